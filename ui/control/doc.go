// Package control holds what the screens are made of: looks without meaning. Text that wraps, buttons, links, cards, tags,
// boxes to write in, radio buttons, ticks.
//
// Contract:
//   - Everything here is light: plain drawing with its own cached wrapping, no RichText, no Label, no Entry of Fyne.
//   - Layout goes by height for width. Whoever places a thing first knows its width, then asks HeightFor. Stack, Row, Page
//     and the other containers here do that; Fyne's own containers do not, so keep them outside these.
//   - A thing that changes its height tells its container, which rearranges itself up to the nearest Page, at once. What
//     has the keyboard stays what it was.
//   - Every focusable thing shows the yellow ring with the black edge, scrolls itself into view when it gets the keyboard,
//     and hands keys and shortcuts that it does not use to the window.
//   - Text never clips: it wraps, at any width and any text size.
//   - Everything is for the drawing thread, except Work, which may be called from it and returns at once.
package control
