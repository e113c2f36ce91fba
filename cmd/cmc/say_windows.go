package main

// What may change here: how the program speaks when it has no window, and how another start comes to the front, on Windows.

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// say shows the words in a box of the system's own, which needs nothing but the system, and waits until it is closed. A program
// of the desktop has nobody who reads its standard error.
func say(words string) {
	fmt.Fprintln(os.Stderr, "cmc:", words)
	text, err := windows.UTF16PtrFromString(words)
	if err != nil {
		return
	}
	caption, err := windows.UTF16PtrFromString("Coordinate My Care")
	if err != nil {
		return
	}
	_, _ = windows.MessageBox(0, text, caption, windows.MB_OK|windows.MB_ICONERROR|windows.MB_SETFOREGROUND)
}

// letBeInFront lets another process bring its window to the front: only one that a person has just started may do so, and this is it.
func letBeInFront() {
	const anybody = ^uintptr(0) // ASFW_ANY
	_, _, _ = windows.NewLazySystemDLL("user32.dll").NewProc("AllowSetForegroundWindow").Call(anybody)
}
