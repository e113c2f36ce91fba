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

// everyday are the characters of nearly every plan in the United Kingdom: Latin with every accent, Greek, Cyrillic, and
// the signs of clinical writing. A page that needs no others is drawn from a small copy of the font, made once, because
// the PDF library reads the whole font file anew for every page.
var everyday = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0020, Hi: 0x007E, Stride: 1}, // Basic Latin
		{Lo: 0x00A0, Hi: 0x024F, Stride: 1}, // Latin-1, Extended-A and -B
		{Lo: 0x02B0, Hi: 0x036F, Stride: 1}, // modifier letters and combining accents
		{Lo: 0x0370, Hi: 0x03FF, Stride: 1}, // Greek
		{Lo: 0x0400, Hi: 0x045F, Stride: 1}, // Cyrillic
		{Lo: 0x0490, Hi: 0x0491, Stride: 1}, // Ukrainian
		{Lo: 0x1E00, Hi: 0x1EFF, Stride: 1}, // Latin Extended Additional: Welsh, Vietnamese, Yoruba
		{Lo: 0x2010, Hi: 0x2044, Stride: 1}, // dashes, quotation marks
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
}

// fontBytes are the fonts to hand to the PDF library for a page that uses runes: fresh copies, because the library
// writes into what it is given.
func fontBytes(runes map[rune]bool) (regular, bold []byte) {
	src := [2][]byte{assets.FontRegular, assets.FontBold}
	small := true
	for r := range runes {
		if !unicode.Is(everyday, r) {
			small = false
			break
		}
	}
	if small {
		src = smallFonts()
	}
	return append([]byte(nil), src[0]...), append([]byte(nil), src[1]...)
}

// smallFonts are the fonts cut down to the everyday characters.
var smallFonts = sync.OnceValue(func() [2][]byte {
	var set []rune
	for r := rune(0); r <= 0xFFFF; r++ {
		if unicode.Is(everyday, r) && printable(r) {
			set = append(set, r)
		}
	}
	return [2][]byte{
		cutFont(append([]byte(nil), assets.FontRegular...), string(set)),
		cutFont(append([]byte(nil), assets.FontBold...), string(set)),
	}
})
