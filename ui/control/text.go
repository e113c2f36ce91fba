package control

// What may change here: the kinds of text, and their sizes and weights.

import (
	"slices"

	"fyne.io/fyne/v2"

	"cmc/ui/theme"
)

// A Text is words that wrap, in one or several looks, with an optional control after the last word.
type Text struct {
	base
	para   *para
	tail   fyne.CanvasObject
	nowrap bool
	align  fyne.TextAlign
}

func newText(size float32, strong bool, colour theme.Name, spans ...Span) *Text {
	t := &Text{para: newPara(size, strong, colour, spans...)}
	t.extend(t)
	return t
}

// Title is the name of a page.
func Title(s string) *Text { return newText(24, true, theme.Ink, Span{Text: s}) }

// Heading is the name of a card.
func Heading(s string) *Text { return newText(18, true, theme.Ink, Span{Text: s}) }

// Strong is a question or another line that leads.
func Strong(s string) *Text { return newText(15, true, theme.Ink, Span{Text: s}) }

// Body is ordinary text.
func Body(s string) *Text { return newText(15, false, theme.Ink, Span{Text: s}) }

// Muted is ordinary text that steps back.
func Muted(s string) *Text { return newText(15, false, theme.Muted, Span{Text: s}) }

// Hint is help under a label.
func Hint(s string) *Text { return newText(14, false, theme.Muted, Span{Text: s}) }

// Small is the smallest text of a screen.
func Small(s string) *Text { return newText(13, false, theme.Muted, Span{Text: s}) }

// ErrorText is what is wrong, in bold red. The words carry the meaning; the colour only helps to find them.
func ErrorText(s string) *Text { return newText(14, true, theme.Red, Span{Text: s}) }

// Words is text of a given size, weight and colour.
func Words(s string, size float32, strong bool, colour theme.Name) *Text {
	return newText(size, strong, colour, Span{Text: s})
}

// Rich is text of several looks in one paragraph.
func Rich(size float32, spans ...Span) *Text { return newText(size, false, theme.Ink, spans...) }

// WithTail puts a control, such as a link, after the last word: on the same line where it fits, else below.
func (t *Text) WithTail(o fyne.CanvasObject) *Text {
	t.tail = o
	own(t, o)
	t.objs = append(t.objs, o) // the keyboard finds it, also where the text has no place yet
	return t
}

// NoWrap asks for room for the whole text on one line wherever a container asks what it needs at least.
func (t *Text) NoWrap() *Text {
	t.nowrap = true
	return t
}

// Right sets the text against the right edge; for one line.
func (t *Text) Right() *Text {
	t.align = fyne.TextAlignTrailing
	return t
}

// Centre sets the text in the middle; for one line.
func (t *Text) Centre() *Text {
	t.align = fyne.TextAlignCenter
	return t
}

// SetText replaces the words.
func (t *Text) SetText(s string) {
	if len(t.para.spans) == 1 && t.para.spans[0].Text == s {
		return
	}
	sp := Span{}
	if len(t.para.spans) == 1 {
		sp = t.para.spans[0]
	}
	sp.Text = s
	t.SetSpans(sp)
}

// SetSpans replaces the words and their looks.
func (t *Text) SetSpans(spans ...Span) {
	if slices.Equal(t.para.spans, spans) {
		return
	}
	old := t.cachedHeight
	had := t.cached
	t.para.set(spans...)
	t.cached = false
	if had && t.tail == nil && t.HeightFor(t.cachedWidth) == old && t.Size().Width > 0 && !widthMatters(t.up) {
		t.arrange(t.Size())
		touch(t)
		return
	}
	t.grew()
}

// SetColour changes the colour of the text.
func (t *Text) SetColour(n theme.Name) {
	if t.para.colour == n {
		return
	}
	t.para.colour = n
	t.para.paint()
	t.Refresh()
}

// SetStrong makes the text bold, or not.
func (t *Text) SetStrong(on bool) {
	if t.para.strong != on {
		t.para.strong = on
		t.para.valid = false
		t.grew()
	}
}

// String gives the words.
func (t *Text) String() string { return t.para.words() }

func (t *Text) childGrew() { t.grew() }

func (t *Text) childFocused(child fyne.CanvasObject, area rect) {
	if t.up != nil {
		area.x += child.Position().X
		area.y += child.Position().Y
		t.up.childFocused(t, area)
	}
}

func (t *Text) pageKey(ev *fyne.KeyEvent) bool { return t.up != nil && t.up.pageKey(ev) }

func (t *Text) minWidth() float32 {
	if t.nowrap {
		return t.NaturalWidth()
	}
	return min(t.para.naturalWidth(), theme.S(40))
}

// NaturalWidth gives the width of the text on one line.
func (t *Text) NaturalWidth() float32 {
	w := t.para.naturalWidth()
	if t.tail != nil {
		w += theme.S(6) + NaturalWidth(t.tail)
	}
	return w
}

func (t *Text) tailPlace(width float32) (x, y, h float32) {
	w := NaturalWidth(t.tail)
	h = HeightFor(t.tail, min(w, width))
	lh := t.para.lineHeight()
	last := float32(t.para.lines-1) * lh
	if x = t.para.endX + theme.S(6); len(t.para.runs) > 0 && x+w <= width {
		return x, last + (lh-h)/2, h
	}
	if len(t.para.runs) == 0 {
		return 0, 0, h
	}
	return 0, last + lh, h
}

// HeightFor gives the height at a width.
func (t *Text) HeightFor(width float32) float32 {
	return t.height(width, func(width float32) float32 {
		h := t.para.heightFor(width)
		if t.tail != nil {
			_, y, th := t.tailPlace(width)
			h = max(h, y+th)
		}
		return h
	})
}

func (t *Text) arrange(size fyne.Size) {
	t.para.wrap(size.Width)
	x := float32(0)
	if t.align != fyne.TextAlignLeading && t.para.lines == 1 {
		x = size.Width - t.para.endX
		if t.align == fyne.TextAlignCenter {
			x /= 2
		}
	}
	t.para.layout(x, 0, size.Width)
	t.objs = t.para.append(t.objs[:0])
	if t.tail != nil {
		tx, ty, h := t.tailPlace(size.Width)
		place(t.tail, tx, ty, min(NaturalWidth(t.tail), size.Width), h)
		t.objs = append(t.objs, t.tail)
	}
}

func (t *Text) paint() { t.para.paint() }
