package main

// What may change here: how a picture of the window is taken.

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"github.com/go-gl/gl/v2.1/gl"
)

// picture takes a picture of the window as it stands on the screen. Drawing thread. Fyne reads what is in front, which some
// software drivers give as nothing but black; then what was drawn last is read, and when that is black too, the same objects
// are painted once more without OpenGL.
func picture(w fyne.Window) image.Image {
	front := w.Canvas().Capture()
	if !plain(front) {
		return front
	}
	if back := drawnLast(w, front.Bounds()); back != nil && !plain(back) {
		return back
	}
	return software.RenderCanvas(w.Canvas(), fyne.CurrentApp().Settings().Theme())
}

// drawnLast reads the buffer into which the window draws.
func drawnLast(w fyne.Window, size image.Rectangle) image.Image {
	drawn, ok := w.(interface{ RunWithContext(func()) })
	if !ok || size.Empty() {
		return nil
	}
	width, height := size.Dx(), size.Dy()
	upside := make([]uint8, width*height*4)
	drawn.RunWithContext(func() {
		gl.ReadBuffer(gl.BACK)
		gl.ReadPixels(0, 0, int32(width), int32(height), gl.RGBA, gl.UNSIGNED_BYTE, gl.Ptr(upside))
	})
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		copy(out.Pix[y*out.Stride:(y+1)*out.Stride], upside[(height-1-y)*width*4:(height-y)*width*4])
	}
	for i := 3; i < len(out.Pix); i += 4 {
		out.Pix[i] = 0xff // what lies behind the window does not shine through
	}
	return out
}

// plain says whether a picture shows nothing: one colour all over.
func plain(p image.Image) bool {
	b := p.Bounds()
	if b.Empty() {
		return true
	}
	r0, g0, b0, _ := p.At(b.Min.X, b.Min.Y).RGBA()
	for y := b.Min.Y; y < b.Max.Y; y += 7 {
		for x := b.Min.X; x < b.Max.X; x += 7 {
			if r, g, b, _ := p.At(x, y).RGBA(); r != r0 || g != g0 || b != b0 {
				return false
			}
		}
	}
	return true
}
