package main

// What may change here: how the program speaks when it has no window, on Windows.

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
