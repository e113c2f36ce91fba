package control

// What may change here: the box that is written in. It is ours because Fyne's Entry traps Tab, scrolls inside itself and
// costs too much to have a hundred of. This one wraps and grows, so that nothing written is ever out of sight.

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cmc/ui/theme"
)

// PasteLimit is the greatest number of characters that a box takes in: more would slow the window without helping anybody.
const PasteLimit = 20000

// What is said when something is not taken.
const (
	pastedTooLong = "What you pasted is too long to keep here. Nothing was pasted. Paste a shorter part."
	pastedNothing = "What you pasted holds no words. Nothing was pasted."
	boxIsFull     = "This box is full. The last letter was not taken. Make the text shorter first."
)

// An Entry is a box to write in: one line that grows when it is full, or several lines. Tab leaves it; Ctrl+Enter and other
// shortcuts that it does not use go to the window.
type Entry struct {
	base
	face     *canvas.Rectangle
	caret    *canvas.Rectangle
	lines    []editLine
	texts    []*canvas.Text
	marks    []*canvas.Rectangle
	ghost    *canvas.Text // the placeholder
	counter  *canvas.Text
	text     []rune
	at       int // the caret
	anchor   int // the other end of the selection
	wantX    float32
	undo     []edit
	redo     []edit
	lastEdit time.Time
	shift    bool
	multi    bool
	secret   bool
	disabled bool
	wrong    bool
	rows     int
	width    float32 // at 100 %, 0: all there is
	limit    int     // characters that may be written, 0: no counter
	hidden   string  // the placeholder
	wrapped  float32
	wrapGen  int
	valid    bool
	clickAt  time.Time
	clicks   int

	stays func() bool // the keyboard comes back at once: the box has not been left

	// OnChanged, when set, is called after each change that a person makes.
	OnChanged func(text string)
	// OnSubmit, when set, is called on Enter in a box of one line.
	OnSubmit func(text string)
	// OnLeft, when set, is called when the box loses the keyboard.
	OnLeft func()
	// OnEntered, when set, is called when the box gets the keyboard.
	OnEntered func()
	// OnRefused, when set, is called with a sentence when something pasted or typed was not taken.
	OnRefused func(words string)
	// Clean, when set, is what is done to words that are pasted; without it control characters are taken out.
	Clean func(s string) string
	// Key, when set, sees each key first and answers whether it used it.
	Key func(ev *fyne.KeyEvent) bool
}

type editLine struct{ from, to int }

type edit struct {
	text       []rune
	at, anchor int
}

var (
	_ fyne.Focusable    = (*Entry)(nil)
	_ fyne.Disableable  = (*Entry)(nil)
	_ fyne.Shortcutable = (*Entry)(nil)
	_ fyne.Draggable    = (*Entry)(nil)
	_ desktop.Mouseable = (*Entry)(nil)

	_ fyne.SecondaryTappable = (*Entry)(nil)
	_ desktop.Keyable        = (*Entry)(nil)
	_ desktop.Cursorable     = (*Entry)(nil)
)

// NewEntry makes a box of one line.
func NewEntry() *Entry {
	e := &Entry{rows: 1}
	e.face = canvas.NewRectangle(theme.Colour(theme.Paper))
	e.caret = canvas.NewRectangle(theme.Colour(theme.Ink))
	e.caret.Hidden = true
	e.edged = true
	e.extend(e)
	e.paint()
	return e
}

// NewTextArea makes a box of several lines with a counter of what may still be written; no counter when limit is 0.
func NewTextArea(rows, limit int) *Entry {
	e := NewEntry()
	e.multi, e.rows, e.limit = true, rows, limit
	if limit > 0 {
		e.counter = canvas.NewText("", theme.Colour(theme.Muted))
	}
	return e
}

// Secret shows dots in place of what is written.
func (e *Entry) Secret(on bool) *Entry {
	if e.secret != on {
		e.secret = on
		e.valid = false
		e.redraw()
	}
	return e
}

// Wide sets how wide the box is (at 100 %): a box as wide as its answer tells what is asked for.
func (e *Entry) Wide(width float32) *Entry {
	e.width = width
	return e
}

// Counting shows how many characters may still be written once fewer than a tenth are left.
func (e *Entry) Counting(limit int) *Entry {
	e.limit = limit
	return e
}

// Ghost sets words that show while the box is empty. They never replace a label.
func (e *Entry) Ghost(s string) *Entry {
	e.hidden = s
	return e
}

// Text gives what is written.
func (e *Entry) Text() string { return string(e.text) }

// SetText replaces what is written, without calling OnChanged. Undo forgets.
func (e *Entry) SetText(s string) {
	if string(e.text) == s {
		return
	}
	e.text = []rune(s)
	e.at = min(e.at, len(e.text))
	if !e.focused {
		e.at = len(e.text)
	}
	e.anchor = e.at
	e.undo, e.redo = nil, nil
	e.valid = false
	e.redraw()
}

// Replace puts other words in place of what is written and sets the caret, as a step that Undo takes back. It does not call
// OnChanged: it is for a field that writes its value in another form while it is typed.
func (e *Entry) Replace(s string, caret int) {
	e.text = []rune(s)
	e.at = max(0, min(caret, len(e.text)))
	e.anchor = e.at
	e.valid = false
	e.redraw()
}

// Caret says before which character the caret stands.
func (e *Entry) Caret() int { return e.at }

// SetWrong gives the box a red edge. Words beside it must say what is wrong.
func (e *Entry) SetWrong(wrong bool) {
	if e.wrong != wrong {
		e.wrong = wrong
		e.paint()
		touch(e)
	}
}

// Disable has the box take nothing.
func (e *Entry) Disable() { e.disabled = true; e.paint(); touch(e) }

// Enable ends Disable.
func (e *Entry) Enable() { e.disabled = false; e.paint(); touch(e) }

// Disabled says whether the box takes nothing.
func (e *Entry) Disabled() bool { return e.disabled }

// SelectedText gives what is selected.
func (e *Entry) SelectedText() string {
	a, b := e.selection()
	if e.secret {
		return ""
	}
	return string(e.text[a:b])
}

func (e *Entry) selection() (a, b int) {
	return min(e.at, e.anchor), max(e.at, e.anchor)
}

// FocusGained shows the ring and the caret.
func (e *Entry) FocusGained() {
	e.shift = false
	e.showRing(true)
	e.paint()
	e.placeCaret()
	if e.OnEntered != nil {
		e.OnEntered()
	}
}

// FocusLost hides them.
func (e *Entry) FocusLost() {
	e.showRing(false)
	e.anchor = e.at
	e.paint()
	e.placeCaret()
	if e.OnLeft != nil && (e.stays == nil || !e.stays()) {
		e.OnLeft()
	}
}

// TypedRune writes a letter.
func (e *Entry) TypedRune(r rune) {
	if e.disabled || unwanted(r) {
		return
	}
	e.write(string(r), !unicode.IsSpace(r))
}

// unwanted are characters that cannot be seen and are never part of words: controls, zero width, direction marks.
func unwanted(r rune) bool {
	return unicode.IsControl(r) || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 ||
		r == 0xFEFF || r == 0x2060 || r == unicode.ReplacementChar
}

// TypedKey moves, deletes, or hands on.
func (e *Entry) TypedKey(ev *fyne.KeyEvent) {
	if e.Key != nil && e.Key(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyLeft:
		if a, b := e.selection(); a != b && !e.shift {
			e.moveTo(a)
			return
		}
		e.moveTo(max(0, e.at-1))
	case fyne.KeyRight:
		if a, b := e.selection(); a != b && !e.shift {
			e.moveTo(b)
			return
		}
		e.moveTo(min(len(e.text), e.at+1))
	case fyne.KeyUp:
		e.vertical(-1)
	case fyne.KeyDown:
		e.vertical(1)
	case fyne.KeyHome:
		e.wrap(e.wrapped)
		e.moveTo(e.lines[e.lineOf(e.at)].from)
	case fyne.KeyEnd:
		e.wrap(e.wrapped)
		l := e.lineOf(e.at)
		to := e.lines[l].to
		if l < len(e.lines)-1 && to > e.lines[l].from && e.text[to-1] == ' ' {
			to--
		}
		e.moveTo(to)
	case fyne.KeyBackspace:
		if a, b := e.selection(); a == b {
			e.remove(e.at-1, e.at)
		} else {
			e.remove(a, b)
		}
	case fyne.KeyDelete:
		if a, b := e.selection(); a == b {
			e.remove(e.at, e.at+1)
		} else {
			e.remove(a, b)
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		switch {
		case e.multi && !e.disabled:
			e.write("\n", false)
		case e.OnSubmit != nil:
			e.OnSubmit(string(e.text))
		}
	default:
		e.pass(ev)
	}
}

// KeyDown notes whether Shift is held.
func (e *Entry) KeyDown(ev *fyne.KeyEvent) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		e.shift = true
	}
}

// KeyUp notes when it is let go.
func (e *Entry) KeyUp(ev *fyne.KeyEvent) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		e.shift = false
	}
}

// TypedShortcut does what boxes do, and hands everything else to the window.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	switch sc := s.(type) {
	case *fyne.ShortcutSelectAll:
		e.anchor, e.at = 0, len(e.text)
		e.placeCaret()
	case *fyne.ShortcutCopy:
		e.copyTo(sc.Clipboard)
	case *fyne.ShortcutCut:
		if e.copyTo(sc.Clipboard) && !e.disabled {
			e.remove(e.selection())
		}
	case *fyne.ShortcutPaste:
		if sc.Clipboard != nil {
			e.Paste(sc.Clipboard.Content())
		}
	case *fyne.ShortcutUndo:
		e.step(&e.undo, &e.redo)
	case *fyne.ShortcutRedo:
		e.step(&e.redo, &e.undo)
	case *desktop.CustomShortcut:
		if !e.word(sc) {
			e.passShortcut(s)
		}
	default:
		e.passShortcut(s)
	}
}

func (e *Entry) copyTo(c fyne.Clipboard) bool {
	words := e.SelectedText()
	if words == "" || c == nil {
		return false
	}
	c.SetContent(words)
	return true
}

// Paste writes words that come from somewhere else. What cannot be seen is taken out; what is far too long is refused whole,
// so that nobody believes that all of it was taken.
func (e *Entry) Paste(s string) {
	if e.disabled || s == "" {
		return
	}
	if !e.holds(utf8.RuneCountInString(s)) {
		e.refuse(pastedTooLong)
		return
	}
	if e.Clean != nil {
		s = e.Clean(s)
	} else {
		s = strings.Map(func(r rune) rune {
			if r != '\n' && unwanted(r) {
				return -1
			}
			return r
		}, strings.ReplaceAll(s, "\r\n", "\n"))
	}
	if !e.multi {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }), " ")
	}
	switch {
	case s == "":
		e.refuse(pastedNothing)
	case !e.insert(s, false):
		e.refuse(pastedTooLong)
	}
}

// write puts in what is typed.
func (e *Entry) write(s string, merge bool) {
	if !e.insert(s, merge) {
		e.refuse(boxIsFull)
	}
}

func (e *Entry) refuse(words string) {
	if e.OnRefused != nil {
		e.OnRefused(words)
	}
}

// holds says whether there is room for n characters in place of what is selected. What is over the limit already may get shorter.
func (e *Entry) holds(n int) bool {
	a, b := e.selection()
	whole := len(e.text) - (b - a) + n
	return whole <= PasteLimit || whole < len(e.text)
}

// word moves or deletes by words.
func (e *Entry) word(sc *desktop.CustomShortcut) bool {
	if sc.Modifier&^fyne.KeyModifierShift != fyne.KeyModifierControl && sc.Modifier&^fyne.KeyModifierShift != fyne.KeyModifierAlt {
		return false
	}
	held := e.shift
	e.shift = sc.Modifier&fyne.KeyModifierShift != 0
	defer func() { e.shift = held }()
	switch sc.KeyName {
	case fyne.KeyLeft:
		e.moveTo(e.wordLeft())
	case fyne.KeyRight:
		e.moveTo(e.wordRight())
	case fyne.KeyHome:
		e.moveTo(0)
	case fyne.KeyEnd:
		e.moveTo(len(e.text))
	case fyne.KeyBackspace:
		e.remove(e.wordLeft(), e.at)
	case fyne.KeyDelete:
		e.remove(e.at, e.wordRight())
	default:
		return false
	}
	return true
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func (e *Entry) wordLeft() int {
	i := e.at
	for i > 0 && !letter(e.text[i-1]) {
		i--
	}
	for i > 0 && letter(e.text[i-1]) {
		i--
	}
	return i
}

func (e *Entry) wordRight() int {
	i := e.at
	for i < len(e.text) && letter(e.text[i]) {
		i++
	}
	for i < len(e.text) && !letter(e.text[i]) {
		i++
	}
	return i
}

func (e *Entry) vertical(by int) {
	e.wrap(e.wrapped)
	l := e.lineOf(e.at)
	x := e.wantX
	if x < 0 {
		x = e.xOf(e.at)
	}
	switch {
	case l+by < 0:
		e.moveTo(0)
	case l+by >= len(e.lines):
		e.moveTo(len(e.text))
	default:
		e.moveTo(e.hit(l+by, x))
	}
	e.wantX = x
}

func (e *Entry) moveTo(i int) {
	e.at = i
	if !e.shift {
		e.anchor = i
	}
	e.wantX = -1
	e.lastEdit = time.Time{}
	e.placeCaret()
	e.showCaretLine()
	touch(e)
}

// remember keeps the state before a change. Letters typed one after the other are one step.
func (e *Entry) remember(merge bool) {
	now := time.Now()
	if merge && len(e.undo) > 0 && now.Sub(e.lastEdit) < 2*time.Second {
		e.lastEdit = now
		return
	}
	e.lastEdit = time.Time{}
	if merge {
		e.lastEdit = now
	}
	e.undo = append(e.undo, edit{append([]rune(nil), e.text...), e.at, e.anchor})
	if len(e.undo) > 200 {
		e.undo = e.undo[1:]
	}
	e.redo = nil
}

func (e *Entry) step(from, to *[]edit) {
	if len(*from) == 0 || e.disabled {
		return
	}
	*to = append(*to, edit{e.text, e.at, e.anchor})
	last := (*from)[len(*from)-1]
	*from = (*from)[:len(*from)-1]
	e.text, e.at, e.anchor = append([]rune(nil), last.text...), last.at, last.at
	e.lastEdit = time.Time{}
	e.changed()
}

// insert puts words in place of what is selected; false: there is no room, and nothing is changed.
func (e *Entry) insert(s string, merge bool) bool {
	rs := []rune(s)
	if !e.holds(len(rs)) {
		return false
	}
	a, b := e.selection()
	e.remember(merge && a == b)
	next := make([]rune, 0, len(e.text)+len(rs))
	next = append(append(append(next, e.text[:a]...), rs...), e.text[b:]...)
	e.text = next
	e.at = a + len(rs)
	e.anchor = e.at
	e.changed()
	return true
}

func (e *Entry) remove(a, b int) {
	a, b = max(0, a), min(b, len(e.text))
	if a >= b || e.disabled {
		return
	}
	e.remember(b-a == 1)
	e.text = append(append(make([]rune, 0, len(e.text)), e.text[:a]...), e.text[b:]...)
	e.at, e.anchor = a, a
	e.changed()
}

func (e *Entry) changed() {
	e.wantX = -1
	e.valid = false
	e.redraw()
	e.showCaretLine()
	if e.OnChanged != nil {
		e.OnChanged(string(e.text))
	}
}

// redraw draws in place where the height stays the same, which is nearly always.
func (e *Entry) redraw() {
	old := e.cachedHeight
	had := e.cached
	e.cached = false
	if e.Size().Width <= 0 && !had { // nobody has asked for the height yet
		return
	}
	if had && e.HeightFor(e.cachedWidth) == old {
		if e.Size().Width > 0 {
			e.arrange(e.Size())
			touch(e)
		}
		return
	}
	e.grew()
}

// showCaretLine keeps the line that is written on in view.
func (e *Entry) showCaretLine() {
	if e.focused && e.up != nil && len(e.lines) > 6 {
		_, y := e.pads()
		lh := e.lineHeight()
		e.up.childFocused(e, rect{0, y + float32(e.lineOf(e.at))*lh, e.Size().Width, lh})
	}
}

// Tapped puts the caret where the pointer is. MouseDown has done it already on a desktop.
func (e *Entry) Tapped(*fyne.PointEvent) { e.requestFocus() }

// MouseDown puts the caret; a second press selects the word, a third everything.
func (e *Entry) MouseDown(ev *desktop.MouseEvent) {
	if e.disabled {
		return
	}
	e.requestFocus()
	if ev.Button == desktop.MouseButtonSecondary {
		return // the menu is about what is selected
	}
	now := time.Now()
	if now.Sub(e.clickAt) < 400*time.Millisecond {
		e.clicks++
	} else {
		e.clicks = 1
	}
	e.clickAt = now
	e.at = e.hitPoint(ev.Position)
	if ev.Modifier&fyne.KeyModifierShift == 0 && !e.shift {
		e.anchor = e.at
	}
	switch e.clicks {
	case 2:
		i, j := e.at, e.at
		for i > 0 && letter(e.text[i-1]) {
			i--
		}
		for j < len(e.text) && letter(e.text[j]) {
			j++
		}
		e.anchor, e.at = i, j
	case 3:
		e.anchor, e.at = 0, len(e.text)
	}
	e.wantX = -1
	e.placeCaret()
	touch(e)
}

// TappedSecondary opens the menu of the box: for people who copy and paste with the mouse.
func (e *Entry) TappedSecondary(ev *fyne.PointEvent) {
	c, app := canvasOf(e), fyne.CurrentApp()
	if c == nil || app == nil {
		return
	}
	e.requestFocus()
	act := func(label string, s func() fyne.Shortcut, on bool) *fyne.MenuItem {
		item := fyne.NewMenuItem(label, func() { e.TypedShortcut(s()) })
		item.Disabled = !on
		return item
	}
	board, chosen := app.Clipboard(), e.SelectedText() != ""
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
		act("Cut", func() fyne.Shortcut { return &fyne.ShortcutCut{Clipboard: board} }, chosen && !e.disabled),
		act("Copy", func() fyne.Shortcut { return &fyne.ShortcutCopy{Clipboard: board} }, chosen),
		act("Paste", func() fyne.Shortcut { return &fyne.ShortcutPaste{Clipboard: board} }, !e.disabled),
		act("Select all", func() fyne.Shortcut { return &fyne.ShortcutSelectAll{} }, len(e.text) > 0)), c, ev.AbsolutePosition)
}

// MouseUp does nothing.
func (e *Entry) MouseUp(*desktop.MouseEvent) {}

// Dragged selects.
func (e *Entry) Dragged(ev *fyne.DragEvent) {
	if e.disabled {
		return
	}
	e.at = e.hitPoint(ev.Position)
	e.placeCaret()
	touch(e)
}

// DragEnd does nothing.
func (e *Entry) DragEnd() {}

// Cursor is the beam.
func (e *Entry) Cursor() desktop.Cursor { return desktop.TextCursor }

func (e *Entry) paint() {
	edge, ground, ink := theme.Edge, theme.Paper, theme.Ink
	switch {
	case e.disabled:
		edge, ground, ink = theme.Faint, theme.Side, theme.Muted
	case e.wrong:
		edge = theme.Red
	case e.focused:
		edge = theme.Ink
	}
	e.face.FillColor, e.face.StrokeColor = theme.Colour(ground), theme.Colour(edge)
	e.face.StrokeWidth, e.face.CornerRadius = theme.S(2), theme.S(4)
	e.radius = theme.S(4)
	e.caret.FillColor = theme.Colour(theme.Ink)
	for _, t := range e.texts {
		t.Color = theme.Colour(ink)
	}
	for _, m := range e.marks {
		m.FillColor = theme.Colour(theme.InfoFill)
	}
}

func (e *Entry) pads() (x, y float32) { return theme.S(11), theme.S(9) }

func (e *Entry) lineHeight() float32 { return ceil(theme.Text(15) * leading) }

func (e *Entry) runeWidth(i int) float32 {
	r := e.text[i]
	if e.secret {
		r = '•'
	}
	return runeWidth(r, false) * theme.Text(15)
}

func (e *Entry) wrap(width float32) {
	gen := theme.Generation()
	if e.valid && e.wrapped == width && e.wrapGen == gen {
		return
	}
	e.valid, e.wrapped, e.wrapGen = true, width, gen
	e.lines = e.lines[:0]
	from, lastBreak := 0, -1
	var x, sinceBreak float32
	for i := 0; i < len(e.text); i++ {
		if e.text[i] == '\n' {
			e.lines = append(e.lines, editLine{from, i})
			from, lastBreak, x, sinceBreak = i+1, -1, 0, 0
			continue
		}
		w := e.runeWidth(i)
		if x+w > width && i > from && e.text[i] != ' ' {
			if lastBreak > from {
				e.lines = append(e.lines, editLine{from, lastBreak})
				from, x = lastBreak, sinceBreak
			} else {
				e.lines = append(e.lines, editLine{from, i})
				from, x = i, 0
			}
			lastBreak, sinceBreak = -1, x
		}
		x += w
		sinceBreak += w
		if e.text[i] == ' ' && !e.secret {
			lastBreak, sinceBreak = i+1, 0
		}
	}
	e.lines = append(e.lines, editLine{from, len(e.text)})
}

func (e *Entry) lineOf(i int) int {
	for l := len(e.lines) - 1; l > 0; l-- {
		if i >= e.lines[l].from {
			return l
		}
	}
	return 0
}

func (e *Entry) shown(from, to int) string {
	if e.secret {
		return strings.Repeat("•", to-from)
	}
	return string(e.text[from:to])
}

func (e *Entry) xOf(i int) float32 {
	l := e.lines[e.lineOf(i)]
	if i <= l.from {
		return 0
	}
	return fyne.MeasureText(e.shown(l.from, min(i, l.to)), theme.Text(15), fyne.TextStyle{}).Width
}

func (e *Entry) hit(line int, x float32) int {
	l := e.lines[line]
	var at float32
	for i := l.from; i < l.to; i++ {
		w := e.runeWidth(i)
		if x < at+w/2 {
			return i
		}
		at += w
	}
	if line < len(e.lines)-1 && l.to > l.from && l.to < len(e.text) && e.text[l.to] != '\n' {
		return l.to - 1
	}
	return l.to
}

func (e *Entry) hitPoint(p fyne.Position) int {
	px, py := e.pads()
	e.wrap(e.wrapped)
	line := int((p.Y - py) / e.lineHeight())
	return e.hit(max(0, min(line, len(e.lines)-1)), p.X-px)
}

func (e *Entry) boxWidth(width float32) float32 {
	if e.width > 0 {
		return min(width, theme.S(e.width))
	}
	return width
}

// NaturalWidth gives the width of the box.
func (e *Entry) NaturalWidth() float32 {
	if e.width > 0 {
		return theme.S(e.width)
	}
	return theme.S(320)
}

func (e *Entry) minWidth() float32 { return min(theme.S(80), e.NaturalWidth()) }

// HeightFor gives the height at a width: 38 at 100 % for one line.
func (e *Entry) HeightFor(width float32) float32 {
	return e.height(width, func(width float32) float32 {
		px, py := e.pads()
		e.wrap(e.boxWidth(width) - 2*px)
		h := float32(max(len(e.lines), e.rows))*e.lineHeight() + 2*py
		if e.counter != nil {
			h += theme.S(14)
		}
		return max(h, theme.S(38))
	})
}

func (e *Entry) arrange(size fyne.Size) {
	w := e.boxWidth(size.Width)
	px, py := e.pads()
	e.wrap(w - 2*px)
	e.face.Resize(fyne.NewSize(w, size.Height))
	lh, ts := e.lineHeight(), theme.Text(15)
	ink := theme.Colour(theme.Ink)
	if e.disabled {
		ink = theme.Colour(theme.Muted)
	}
	for len(e.texts) < len(e.lines) {
		e.texts = append(e.texts, &canvas.Text{})
	}
	e.texts = e.texts[:len(e.lines)]
	for i, l := range e.lines {
		t := e.texts[i]
		words := e.shown(l.from, l.to)
		if t.Text != words || t.TextSize != ts || t.Color != ink {
			t.Text, t.TextSize, t.Color = words, ts, ink
			canvas.Refresh(t)
		}
		t.Resize(fyne.NewSize(w-2*px, ts*natural))
		t.Move(fyne.NewPos(px, py+float32(i)*lh+(lh-ts*natural)/2))
	}
	e.ringArea = rect{0, 0, w, size.Height}
	e.placeGhost(px, py)
	e.placeCounter(w, size.Height)
	e.placeCaret()
	e.placeRing()
}

func (e *Entry) placeGhost(px, py float32) {
	if e.hidden == "" {
		return
	}
	if e.ghost == nil {
		e.ghost = canvas.NewText(e.hidden, theme.Colour(theme.Muted))
	}
	e.ghost.Color, e.ghost.TextSize = theme.Colour(theme.Muted), theme.Text(14)
	e.ghost.Hidden = len(e.text) > 0
	e.ghost.Move(fyne.NewPos(px, py+theme.S(1)))
}

func (e *Entry) placeCounter(w, h float32) {
	if e.counter == nil {
		return
	}
	left := e.limit - len(e.text)
	words, colour := strconv.Itoa(left)+" left", theme.Muted
	if left < 0 {
		words, colour = strconv.Itoa(-left)+" too many", theme.Red
	}
	size := theme.Text(12)
	if c := theme.Colour(colour); e.counter.Text != words || e.counter.TextSize != size || e.counter.Color != c {
		e.counter.Text, e.counter.TextSize, e.counter.Color = words, size, c
		canvas.Refresh(e.counter)
	}
	cw := textWidth(words, size, false)
	e.counter.Move(fyne.NewPos(w-cw-theme.S(11), h-size*natural-theme.S(5)))
	e.counter.Resize(fyne.NewSize(cw, size*natural))
}

// placeCaret places the caret and the selection, and lists what is drawn.
func (e *Entry) placeCaret() {
	if e.Size().Width <= 0 {
		return
	}
	e.wrap(e.wrapped)
	px, py := e.pads()
	lh := e.lineHeight()
	e.caret.Hidden = !e.focused || e.disabled
	if e.focused {
		e.caret.Move(fyne.NewPos(px+e.xOf(e.at)-theme.S(0.5), py+float32(e.lineOf(e.at))*lh))
		e.caret.Resize(fyne.NewSize(theme.S(2), lh))
	}
	objs := []fyne.CanvasObject{e.face}
	if a, b := e.selection(); a != b && e.focused {
		first, last := e.lineOf(a), e.lineOf(b)
		for len(e.marks) < last-first+1 {
			e.marks = append(e.marks, canvas.NewRectangle(theme.Colour(theme.InfoFill)))
		}
		for i := first; i <= last; i++ {
			l := e.lines[i]
			x0, x1 := float32(0), fyne.MeasureText(e.shown(l.from, l.to), theme.Text(15), fyne.TextStyle{}).Width
			if i == first {
				x0 = e.xOf(a)
			}
			if i == last {
				x1 = e.xOf(b)
			}
			m := e.marks[i-first]
			m.FillColor = theme.Colour(theme.InfoFill)
			m.Move(fyne.NewPos(px+x0, py+float32(i)*lh))
			m.Resize(fyne.NewSize(max(x1-x0, theme.S(4)), lh))
			objs = append(objs, m)
		}
	}
	for _, t := range e.texts {
		objs = append(objs, t)
	}
	if e.ghost != nil {
		objs = append(objs, e.ghost)
	}
	if e.counter != nil {
		objs = append(objs, e.counter)
	}
	e.setParts(append(objs, e.caret)...)
}
