// Package screenlock hears when the computer's own screen is locked, or the computer is about to sleep.
//
// Contract: Watch calls away once for each time, on a goroutine of its own, until ctx ends. Where the system does not tell, it
// calls nothing and returns why; the window's own idle minutes hold without it.
//   - Linux: the signals of org.freedesktop.login1 (Lock of this session, LockedHint, PrepareForSleep) and of the screen savers
//     of GNOME, KDE and others (ActiveChanged), over D-Bus.
//   - Windows: the desktop that takes the input cannot be opened by a program of the user while Windows is locked, asks for an
//     administrator, or belongs to another user. It is asked each second.
//   - macOS: the registry (ioreg) is asked every two seconds whether the console is locked. Written from what it is known to print: it
//     was compiled and checked, and never tried on a Mac.
package screenlock

// What may change here: nothing but this contract. How each system tells is in its own file.

import "errors"

// ErrSilent says that this system does not tell.
var ErrSilent = errors.New("this system does not say when its screen is locked")
