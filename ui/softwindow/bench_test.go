package softwindow

// What may change here: what a picture costs, beside what Fyne's own painter in memory takes for the same window.

import (
	"fmt"
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// BenchmarkPicture paints a page of 1280 by 800 with 400 pieces of text on 40 cards: Fyne's painter ("fyne", the yardstick), all of
// it for the first time ("new"), all of it again ("all"), and one word that changed ("word").
func BenchmarkPicture(b *testing.B) {
	test.NewTempApp(b)
	page := container.NewWithoutLayout()
	var last *canvas.Text
	for i := range 40 {
		card := canvas.NewRectangle(see)
		card.CornerRadius, card.StrokeColor, card.StrokeWidth = 6, red, 1
		card.Resize(fyne.NewSize(310, 74))
		card.Move(fyne.NewPos(float32(i%4*320), float32(i/4*80)))
		page.Add(card)
		for j := range 10 {
			last = canvas.NewText(fmt.Sprintf("Answer %d of question %d", j, i), red)
			last.TextSize = 12
			last.Move(card.Position().AddXY(float32(6+j%2*150), float32(4+j/2*13)))
			last.Resize(last.MinSize())
			page.Add(last)
		}
	}
	size, ground := image.Pt(1280, 800), theme.Color(theme.ColorNameBackground)
	trees := []fyne.CanvasObject{page}
	b.Run("fyne", func(b *testing.B) {
		c := software.NewCanvas()
		c.SetPadded(false)
		c.SetContent(page)
		c.Resize(fyne.NewSize(1280, 800))
		for b.Loop() {
			c.Capture()
		}
	})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			var p Picture
			p.Update(trees, size, 1, ground, 0, nil)
		}
	})
	var p Picture
	p.Update(trees, size, 1, ground, 0, nil)
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			p.paint(image.Rectangle{Max: size})
		}
	})
	b.Run("word", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			last.Text = fmt.Sprintf("Word %d", n)
			p.Update(trees, size, 1, ground, 0, nil)
		}
	})
}
