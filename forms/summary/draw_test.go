package summary

// What may change here: what is measured. The wanted figures: Render in 30 ms or less, and in at most three times what a
// bare page of the same words costs.

import (
	"io"
	"testing"

	"cmc/assets"
	"cmc/forms"
	"github.com/jung-kurt/gofpdf"
)

func benchRender(b *testing.B, s forms.Summary) {
	rendered(b, s)
	b.ReportAllocs()
	for b.Loop() {
		if err := Render(io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRenderTypical(b *testing.B)  { benchRender(b, typical()) }
func BenchmarkRenderFullest(b *testing.B)  { benchRender(b, fullest()) }
func BenchmarkRenderEmptiest(b *testing.B) { benchRender(b, emptiest()) }

func BenchmarkFitTypical(b *testing.B) {
	s := typical()
	for b.Loop() {
		if _, err := Fit(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFitFullest(b *testing.B) {
	s := fullest()
	for b.Loop() {
		if _, err := Fit(s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBarePage is the yardstick: the same words, at their places, by the library alone as its manual says, with the
// same two fonts.
func BenchmarkBarePage(b *testing.B) {
	_, page, err := fit(typical())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f := gofpdf.New("P", "pt", "A4", "")
		f.AddUTF8FontFromBytes("bare", "", assets.FontRegular)
		f.AddUTF8FontFromBytes("bare", "B", assets.FontBold)
		f.AddPage()
		for _, m := range page.Marks {
			style := ""
			if m.Bold {
				style = "B"
			}
			f.SetFont("bare", style, m.Size)
			f.Text(m.X, m.Y, m.Text)
		}
		if err := f.Output(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
