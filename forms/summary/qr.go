package summary

// What may change here: how the code in the footer looks, and what it may hold. It holds Header.Link and nothing else.

import (
	"errors"
	"image/color"
	"strings"
	"unicode"

	"cmc/forms"
	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// ErrLink says that Header.Link cannot stand on the page: it is too long for a code that a telephone can read, or it
// holds the patient's NHS number.
var ErrLink = errors.New("summary: the link to the live plan is too long, or holds an NHS number")

// longestLink, in bytes, keeps the modules of the printed code at half a millimetre, so that a telephone can read it
// from a crumpled page.
const longestLink = 84

// checkLink says whether the link may stand on the page: nil or ErrLink.
func checkLink(s forms.Summary) error {
	number := digits(s.Banner.NHSNumber)
	if link := s.Header.Link; len(link) > longestLink || len(number) == 10 && strings.Contains(digits(link), number) {
		return ErrLink
	}
	return nil
}

// linkBox is the code of the link to the live plan; without a link it is empty. The error is ErrLink.
func linkBox(link string) (box, error) {
	if link == "" {
		return box{}, nil
	}
	code, err := qr.Encode(link, qr.M, qr.Auto)
	if err != nil {
		return box{}, ErrLink
	}
	return codeBox(code, qrSide), nil
}

func digits(t string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, t)
}

// codeBox draws a code as rows of black bars, so that it stays sharp on any printer. One module of the quiet zone is in
// the box; the page around it is white for the rest.
func codeBox(code barcode.Barcode, side float64) box {
	n := code.Bounds().Dx()
	m := side / float64(n+2)
	b := box{H: side}
	for y := range n {
		for x := 0; x < n; {
			if !dark(code.At(x, y)) {
				x++
				continue
			}
			from := x
			for x < n && dark(code.At(x, y)) {
				x++
			}
			// A hair's breadth of overlap keeps white lines from showing between the rows.
			b.Frames = append(b.Frames, frame{X: m * float64(from+1), Y: m * float64(y+1), W: m * float64(x-from), H: m * 1.02, Grey: ink})
		}
	}
	return b
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
