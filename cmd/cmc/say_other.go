//go:build !windows

package main

// What may change here: how the program speaks when it has no window, and how another start comes to the front, where it is not Windows.

import (
	"fmt"
	"os"
)

// say writes the words to the standard error. There is no box that every Linux desktop has without OpenGL or more programs.
func say(words string) { fmt.Fprintln(os.Stderr, "cmc:", words) }

// letBeInFront is for Windows, which alone keeps a window that another program woke behind the others.
func letBeInFront() {}
