package summary

// What may change here: the fonts of the page, and which characters it can print. Widths are what the layout measures
// with, so they are rounded exactly as the PDF states them (thousandths of the type size).

import (
	"fmt"
	"math"
	"sync"
	"unicode"

	"cmc/assets"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
)

// widths holds the advance of each character of the basic plane in thousandths of the type size; -1 where the page
// cannot print it.
type widths [0x10000]int16

// faces are the two weights of the page: index 0 regular, 1 bold.
var faces = sync.OnceValue(func() *[2]widths {
	var w [2]widths
	for i, ttf := range [][]byte{assets.FontRegular, assets.FontBold} {
		if err := readWidths(ttf, &w[i]); err != nil {
			// The fonts are part of the program, so only a broken build can get here.
			panic(fmt.Sprintf("summary: the page font cannot be read: %v", err))
		}
	}
	return &w
})

// readWidths fills w from a TrueType font.
func readWidths(ttf []byte, w *widths) error {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		return err
	}
	var buf sfnt.Buffer
	em := int(f.UnitsPerEm())
	for i := range w {
		w[i] = -1
		r := rune(i)
		if !drawable(r) {
			continue
		}
		g, err := f.GlyphIndex(&buf, r)
		if err != nil || g == 0 {
			continue
		}
		adv, err := f.GlyphAdvance(&buf, g, fixed.I(em), font.HintingNone)
		if err != nil {
			return err
		}
		w[i] = int16(math.Round(float64(adv) / 64 * 1000 / float64(em)))
	}
	return nil
}

// drawable says whether r may be put on the page at all, whatever the font holds. Right-to-left and joined scripts are
// refused: the PDF library sets letters one by one from left to right, and a name in reversed, unjoined letters is worse
// than a refusal. So are private and unassigned characters, for which the font may hold anything.
func drawable(r rune) bool {
	if !unicode.IsGraphic(r) || unicode.Is(unicode.Co, r) {
		return false
	}
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.R, bidi.AL, bidi.AN:
		return false
	}
	return !unicode.In(r, unicode.Arabic, unicode.Nko, unicode.Lao, unicode.Mongolian, unicode.Tifinagh)
}

// printable says whether both weights can print r.
func printable(r rune) bool {
	if r < 0 || r > 0xFFFF {
		return false // the PDF library writes two bytes for each character
	}
	f := faces()
	return f[0][r] >= 0 && f[1][r] >= 0
}

// A cut is a copy of the fonts with only some characters. The PDF library reads the whole font file anew for every page,
// so a page is drawn from the smallest cut that has all its characters; each cut is made once.
type cut struct {
	has   *unicode.RangeTable
	fonts func() [2][]byte
}

// cuts from small to large: the characters of nearly every plan in the United Kingdom; those of nearly every name in
// Europe, Vietnam and West Africa. A page that needs others is drawn from the whole font.
var cuts = []cut{
	newCut(&unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0x0020, Hi: 0x007E, Stride: 1}, // Basic Latin
			{Lo: 0x00A0, Hi: 0x017F, Stride: 1}, // Latin-1 and Extended-A
			{Lo: 0x0218, Hi: 0x021B, Stride: 1}, // Romanian
			{Lo: 0x1E80, Hi: 0x1E85, Stride: 1}, // Welsh
			{Lo: 0x1EF2, Hi: 0x1EF3, Stride: 1}, // Welsh
			{Lo: 0x2003, Hi: 0x2003, Stride: 1}, // the wide space of the banner
			{Lo: 0x2010, Hi: 0x2026, Stride: 1}, // dashes, quotation marks
			{Lo: 0x2080, Hi: 0x2089, Stride: 1}, // subscripts
			{Lo: 0x20AC, Hi: 0x20AC, Stride: 1}, // euro
			{Lo: 0x2122, Hi: 0x2122, Stride: 1}, // trade mark
			{Lo: 0x2190, Hi: 0x2193, Stride: 1}, // arrows
			{Lo: 0x2212, Hi: 0x2212, Stride: 1}, // minus
			{Lo: 0x2248, Hi: 0x2248, Stride: 1}, // approximately
			{Lo: 0x2264, Hi: 0x2265, Stride: 1}, // at most, at least
			{Lo: 0x25CF, Hi: 0x25CF, Stride: 1}, // circle
			{Lo: 0x2610, Hi: 0x2612, Stride: 1}, // ballot boxes
			{Lo: 0x26A0, Hi: 0x26A0, Stride: 1}, // warning sign
			{Lo: 0x2713, Hi: 0x2714, Stride: 1}, // ticks
		},
		LatinOffset: 1,
	}),
	newCut(&unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0x0020, Hi: 0x007E, Stride: 1}, // Basic Latin
			{Lo: 0x00A0, Hi: 0x024F, Stride: 1}, // Latin-1, Extended-A and -B
			{Lo: 0x02B0, Hi: 0x036F, Stride: 1}, // modifier letters and combining accents
			{Lo: 0x0370, Hi: 0x03FF, Stride: 1}, // Greek
			{Lo: 0x0400, Hi: 0x045F, Stride: 1}, // Cyrillic
			{Lo: 0x0490, Hi: 0x0491, Stride: 1}, // Ukrainian
			{Lo: 0x1E00, Hi: 0x1EFF, Stride: 1}, // Latin Extended Additional: Vietnamese, Yoruba
			{Lo: 0x2003, Hi: 0x2044, Stride: 1}, // spaces, dashes, quotation marks
			{Lo: 0x2070, Hi: 0x209C, Stride: 1}, // superscripts and subscripts
			{Lo: 0x20AC, Hi: 0x20AC, Stride: 1}, // euro
			{Lo: 0x2116, Hi: 0x2126, Stride: 1}, // numero, trade mark, ohm
			{Lo: 0x2150, Hi: 0x215E, Stride: 1}, // fractions
			{Lo: 0x2190, Hi: 0x2195, Stride: 1}, // arrows
			{Lo: 0x2212, Hi: 0x2265, Stride: 1}, // minus, approximately, less, more
			{Lo: 0x25A0, Hi: 0x25CF, Stride: 1}, // squares, circles
			{Lo: 0x2610, Hi: 0x2612, Stride: 1}, // ballot boxes
			{Lo: 0x26A0, Hi: 0x26A1, Stride: 1}, // warning signs
			{Lo: 0x2713, Hi: 0x2718, Stride: 1}, // ticks and crosses
		},
		LatinOffset: 1,
	}),
}

func newCut(has *unicode.RangeTable) cut {
	return cut{has: has, fonts: sync.OnceValue(func() [2][]byte {
		var set []rune
		for r := rune(0); r <= 0xFFFF; r++ {
			if unicode.Is(has, r) && printable(r) {
				set = append(set, r)
			}
		}
		return [2][]byte{
			cutFont(append([]byte(nil), assets.FontRegular...), string(set)),
			cutFont(append([]byte(nil), assets.FontBold...), string(set)),
		}
	})}
}

// fontBytes are the fonts to hand to the PDF library for a page that uses runes: fresh copies, because the library
// writes into what it is given.
func fontBytes(runes map[rune]bool) (regular, bold []byte) {
	src := [2][]byte{assets.FontRegular, assets.FontBold}
	for _, c := range cuts {
		all := true
		for r := range runes {
			if !unicode.Is(c.has, r) {
				all = false
				break
			}
		}
		if all {
			src = c.fonts()
			break
		}
	}
	return append([]byte(nil), src[0]...), append([]byte(nil), src[1]...)
}
