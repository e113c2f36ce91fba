package control

// What may change here: how wide letters are. Wrapping adds up single letters from a table, which costs nothing once a
// letter has been seen; the caret asks the font itself, which knows about pairs.

import (
	"fyne.io/fyne/v2"
)

// slack is how far the sum of single letters may exceed what the font draws for a short label.
const slack = 12

// The tables hold widths for text of the size unit.
const unit = 64

type widths struct {
	low  [0x300]float32
	high map[rune]float32
}

var widthTables [2]widths

func runeWidth(r rune, bold bool) float32 {
	t := &widthTables[0]
	if bold {
		t = &widthTables[1]
	}
	if r >= 0 && int(r) < len(t.low) {
		if w := t.low[r]; w != 0 {
			return w
		}
	} else if w, ok := t.high[r]; ok {
		return w
	}
	w := fyne.MeasureText(string(r), unit, fyne.TextStyle{Bold: bold}).Width / unit
	if w <= 0 {
		w = 0.0001
	}
	if r >= 0 && int(r) < len(t.low) {
		t.low[r] = w
	} else {
		if t.high == nil {
			t.high = map[rune]float32{}
		}
		t.high[r] = w
	}
	return w
}

func textWidth(s string, size float32, bold bool) float32 {
	var w float32
	for _, r := range s {
		w += runeWidth(r, bold)
	}
	return w * size
}
