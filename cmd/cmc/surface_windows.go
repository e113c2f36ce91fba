package main

// What may change here: how pixels reach a window on Windows, through GDI, which every Windows has.

import (
	"errors"
	"image"
	"unsafe"

	"github.com/go-gl/glfw/v3.4/glfw"
	"golang.org/x/sys/windows"
)

var (
	getDC             = windows.NewLazySystemDLL("user32.dll").NewProc("GetDC")
	releaseDC         = windows.NewLazySystemDLL("user32.dll").NewProc("ReleaseDC")
	setDIBitsToDevice = windows.NewLazySystemDLL("gdi32.dll").NewProc("SetDIBitsToDevice")
)

// bitmapInfo is BITMAPINFOHEADER: the shape of the pixels that GDI is given.
type bitmapInfo struct {
	size          uint32
	width, height int32 // a height below zero: the first line is the uppermost
	planes, bits  uint16
	compression   uint32
	imageSize     uint32
	perMetre      [2]int32
	used, needed  uint32
}

// surface is where GDI takes pixels.
type surface struct{ window uintptr }

func (s *surface) open(view *glfw.Window) error {
	s.window = uintptr(unsafe.Pointer(view.GetWin32Window()))
	return nil
}

func (s *surface) put(bits []byte, place image.Rectangle) error {
	dc, _, _ := getDC.Call(s.window)
	if dc == 0 {
		return errors.New("the system gave no place to draw on")
	}
	defer releaseDC.Call(s.window, dc)
	width, height := place.Dx(), place.Dy()
	info := bitmapInfo{width: int32(width), height: -int32(height), planes: 1, bits: 32}
	info.size = uint32(unsafe.Sizeof(info))
	// What it returns is not looked at: it takes nothing while the window is covered or the screen is locked, which is no fault, and
	// all is shown again when the window is seen again.
	setDIBitsToDevice.Call(dc, uintptr(place.Min.X), uintptr(place.Min.Y), uintptr(width), uintptr(height),
		0, 0, 0, uintptr(height), uintptr(unsafe.Pointer(&bits[0])), uintptr(unsafe.Pointer(&info)), 0)
	return nil
}

func (s *surface) close() {}
