package main

// What may change here: how pixels reach a window on Linux, through X11.

/*
#include <X11/Xlib.h>
#include <X11/Xutil.h>

// put shows width times height pixels at x, y of the window. Xlib cuts what is too much for one request.
static int put(Display *d, Window w, GC gc, Visual *v, int depth, void *bits, int x, int y, int width, int height) {
	XImage *image = XCreateImage(d, v, depth, ZPixmap, 0, bits, width, height, 32, width * 4);
	if (!image) return 0;
	image->byte_order = LSBFirst;
	XPutImage(d, w, gc, image, 0, 0, x, y, width, height);
	image->data = NULL; // it is Go's
	XDestroyImage(image);
	XFlush(d);
	return 1;
}

// colours says whether a pixel of the visual is four bytes: blue, green, red.
static int colours(Visual *v) { return v->red_mask == 0xff0000 && v->green_mask == 0xff00 && v->blue_mask == 0xff; }
*/
import "C"

import (
	"errors"
	"image"
	"unsafe"

	"github.com/go-gl/glfw/v3.4/glfw"
)

// surface is where X11 takes pixels.
type surface struct {
	display *C.Display
	window  C.Window
	context C.GC
	visual  *C.Visual
	depth   C.int
}

func (s *surface) open(view *glfw.Window) error {
	s.display, s.window = (*C.Display)(unsafe.Pointer(glfw.GetX11Display())), C.Window(view.GetX11Window())
	var a C.XWindowAttributes
	if C.XGetWindowAttributes(s.display, s.window, &a) == 0 {
		return errors.New("the window's colours are not known")
	}
	s.visual, s.depth = a.visual, a.depth
	if s.depth < 24 || C.colours(s.visual) == 0 {
		return errors.New("this screen has too few colours: it must be set to 24 bits or more")
	}
	s.context = C.XCreateGC(s.display, C.Drawable(s.window), 0, nil)
	return nil
}

func (s *surface) put(bits []byte, place image.Rectangle) error {
	if C.put(s.display, s.window, s.context, s.visual, s.depth, unsafe.Pointer(&bits[0]),
		C.int(place.Min.X), C.int(place.Min.Y), C.int(place.Dx()), C.int(place.Dy())) == 0 {
		return errors.New("X11 took no pixels")
	}
	return nil
}

func (s *surface) close() { C.XFreeGC(s.display, s.context) }
