// Package ui is the window of the desktop program: the bar on top, the band of training mode, the rail of places, and the
// router that puts one screen at a time into the middle.
//
// Contract:
//   - Run and NewWindow are called on the drawing thread, and so is every method of Window.
//   - What a person may do is decided by the service: the rail shows what User.May names, a plan's buttons are its
//     Plan.Actions. There is no access rule here.
//   - No function here waits for the network, the disk or the keychain: that happens inside control.Work.
//   - The window's title and the remembered place hold no patient data.
//   - Keys: Ctrl+K find, Ctrl+S save, Ctrl+Enter next step, Ctrl+P print, Alt+Left back, F1 help, Esc closes what is open.
package ui
