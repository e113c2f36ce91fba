//go:build !linux && !windows

package main

// What may change here: that elsewhere there is no window without OpenGL. Each Mac has OpenGL.

import (
	"image"

	"github.com/go-gl/glfw/v3.4/glfw"
)

type surface struct{}

func (s *surface) open(*glfw.Window) error           { return errNoOpenGL }
func (s *surface) put([]byte, image.Rectangle) error { return errNoOpenGL }
func (s *surface) close()                            {}
