package summary

// What may change here: the PDF library. This is the only file that names it; see the package comment for how to change
// over to its maintained successor.

import (
	"io"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// family is the name of the page's font inside the PDF.
const family = "page"

// draw writes a finished page as a PDF. Everything is placed already: it measures nothing and breaks no line.
func draw(w io.Writer, p box, at time.Time) error {
	runes := map[rune]bool{}
	for _, m := range p.Marks {
		for _, r := range m.Text {
			runes[r] = true
		}
	}
	regular, bold := fontBytes(runes)
	f := gofpdf.New("P", "pt", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(at)
	f.SetModificationDate(at)
	f.SetTitle("Urgent care summary", true) // no name here: titles end up in print queues
	f.SetCreator("Coordinate My Care", true)
	f.SetMargins(0, 0, 0)
	f.SetAutoPageBreak(false, 0)
	f.AddUTF8FontFromBytes(family, "", regular)
	f.AddUTF8FontFromBytes(family, "B", bold)
	f.AddPage()

	for _, a := range p.Across {
		f.SetFont(family, "B", a.Size)
		f.SetTextColor(watermark, watermark, watermark)
		f.TransformBegin()
		f.TransformRotate(a.Angle, pageW/2, pageH/2)
		f.Text((pageW-a.Width)/2, pageH/2+a.Shift, a.Text)
		f.TransformEnd()
	}
	for _, r := range p.Frames {
		f.SetDrawColor(r.Grey, r.Grey, r.Grey)
		f.SetFillColor(r.Grey, r.Grey, r.Grey)
		if r.Width == 0 {
			f.Rect(r.X, r.Y, r.W, r.H, "F")
			continue
		}
		f.SetLineWidth(r.Width)
		f.Rect(r.X+r.Width/2, r.Y+r.Width/2, r.W-r.Width, r.H-r.Width, "D")
	}
	for _, s := range p.Strokes {
		f.SetDrawColor(s.Grey, s.Grey, s.Grey)
		f.SetLineWidth(s.Width)
		if s.Dotted {
			f.SetDashPattern([]float64{1, 1.6}, 0)
		}
		f.Line(s.X1, s.Y1, s.X2, s.Y2)
		if s.Dotted {
			f.SetDashPattern([]float64{}, 0)
		}
	}
	size, isBold, grey := 0.0, false, -1
	for _, m := range p.Marks {
		if m.Grey != grey {
			f.SetTextColor(m.Grey, m.Grey, m.Grey)
			grey = m.Grey
		}
		if m.Size != size || m.Bold != isBold {
			style := ""
			if m.Bold {
				style = "B"
			}
			f.SetFont(family, style, m.Size)
			size, isBold = m.Size, m.Bold
		}
		f.Text(m.X, m.Y, m.Text)
	}
	return f.Output(w)
}

// cutFont is a font with only the characters of set.
func cutFont(ttf []byte, set string) []byte { return gofpdf.UTF8CutFont(ttf, set) }
