// Package softwindow shows the window of the program where a computer has no OpenGL, as remote desktops and thin clients have
// none. It is a driver of Fyne's that paints in memory and hands what changed to the window of the system, which comes from
// outside as a Glass.
//
// Contract: what is on the Glass is what Fyne's own painter in software makes of the same objects. Only what differs from the
// picture before is painted, and only that is handed over, because it may travel over a network. An idle window costs nothing.
// Everything here belongs to the drawing thread, except Driver.DoFromGoroutine.
package softwindow

// What may change here: nothing but these words.
