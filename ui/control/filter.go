package control

// What may change here: the box that filters a list as one types.

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/ui/theme"
)

// MostShown is how many lines of the list a Filter shows at once.
const MostShown = 8

// A Filter is a box with a list that narrows as one types. Down opens the list, the arrows move in it, Enter takes, Esc
// closes. The list opens in the page, below the box: it covers nothing.
type Filter struct {
	Stack
	Entry   *Entry
	options []Option
	menu    *menu
	free    bool
	open    bool
	cancel  func()

	// OnChosen, when set, is called after a person has taken a line of the list.
	OnChosen func(id string)
	// OnTyped, when set, is called with what is written after each change.
	OnTyped func(text string)
	// OnLeft, when set, is called when the box loses the keyboard.
	OnLeft func()
}

// NewFilter makes a box over the options. A free one takes any words; the list only suggests.
func NewFilter(options []Option, free bool) *Filter {
	f := &Filter{Entry: NewEntry(), options: options, free: free, menu: newMenu()}
	f.menu.Hidden = true
	f.menu.pick = f.take
	f.start(f, 0, []fyne.CanvasObject{f.Entry, f.menu})
	f.Entry.Key = f.key
	f.Entry.stays = func() bool { return f.menu.down }
	f.Entry.OnChanged = func(s string) {
		f.narrow(s)
		if f.OnTyped != nil {
			f.OnTyped(s)
		}
	}
	f.Entry.OnLeft = func() {
		if f.OnLeft != nil {
			f.OnLeft()
		}
	}
	return f
}

// SetOptions replaces the list.
func (f *Filter) SetOptions(options []Option) {
	f.options = options
	if f.open {
		f.narrow(f.Entry.Text())
	}
}

// Options gives the list.
func (f *Filter) Options() []Option { return f.options }

// Open says whether the list is to be seen.
func (f *Filter) Open() bool { return f.open }

// Match gives the option whose label is what is written, letter case aside.
func (f *Filter) Match(text string) (Option, bool) {
	for _, o := range f.options {
		if strings.EqualFold(strings.TrimSpace(text), o.Label) {
			return o, true
		}
	}
	return Option{}, false
}

func (f *Filter) matching(text string) []Option {
	words := strings.Fields(strings.ToLower(text))
	if _, exact := f.Match(text); exact || len(words) == 0 {
		return f.options
	}
	var first, then []Option
	for _, o := range f.options {
		label := strings.ToLower(o.Label)
		all := true
		for _, w := range words {
			all = all && strings.Contains(label, w)
		}
		switch {
		case !all:
		case strings.HasPrefix(label, words[0]):
			first = append(first, o)
		default:
			then = append(then, o)
		}
	}
	return append(first, then...)
}

func (f *Filter) narrow(text string) {
	found := f.matching(text)
	if f.free && (len(found) == 0 || strings.TrimSpace(text) == "") {
		f.close()
		return
	}
	f.menu.show(found, f.free)
	f.setOpen(true)
}

func (f *Filter) setOpen(on bool) {
	if f.open == on {
		return
	}
	f.open = on
	Reveal(f.menu, on)
	if f.cancel != nil {
		f.cancel()
		f.cancel = nil
	}
	if on {
		f.cancel = OnFocus(func(o fyne.CanvasObject) {
			if o != fyne.CanvasObject(f.Entry) {
				f.close()
			}
		})
		if f.up != nil {
			f.up.childFocused(f, rect{0, 0, f.Size().Width, f.HeightFor(max(f.Size().Width, 1))})
		}
	}
}

func (f *Filter) close() { f.setOpen(false) }

func (f *Filter) take(o Option) {
	f.Entry.SetText(o.Label)
	f.Entry.at = len(f.Entry.text)
	f.Entry.anchor = f.Entry.at
	f.close()
	f.Entry.requestFocus()
	if f.OnChosen != nil {
		f.OnChosen(o.ID)
	}
}

func (f *Filter) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyDown:
		if !f.open {
			f.menu.show(f.matching(""), f.free)
			f.setOpen(true)
			return true
		}
		f.menu.step(1)
		return true
	case fyne.KeyUp:
		if f.open {
			f.menu.step(-1)
			return true
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if f.open && f.menu.cursor >= 0 && f.menu.cursor < len(f.menu.all) {
			f.take(f.menu.all[f.menu.cursor])
			return true
		}
	case fyne.KeyEscape:
		if f.open {
			f.close()
			return true
		}
	}
	return false
}

// menu is the list under the box. It never has the keyboard itself.
type menu struct {
	base
	face   *canvas.Rectangle
	mark   *canvas.Rectangle
	all    []Option
	rows   []*para
	more   *para
	tops   []float32
	from   int
	cursor int
	pick   func(Option)
	down   bool // the pointer is pressed on the list
}

var (
	_ desktop.Cursorable = (*menu)(nil)
	_ desktop.Mouseable  = (*menu)(nil)
)

func newMenu() *menu {
	m := &menu{face: canvas.NewRectangle(theme.Colour(theme.Paper)), mark: canvas.NewRectangle(theme.Colour(theme.Selected))}
	m.more = newPara(13, false, theme.Muted)
	m.extend(m)
	m.paint()
	return m
}

func (m *menu) show(options []Option, free bool) {
	m.all, m.from, m.cursor = options, 0, 0
	if free {
		m.cursor = -1
	}
	m.fill()
}

func (m *menu) fill() {
	n := min(len(m.all)-m.from, MostShown)
	m.rows = m.rows[:0]
	for i := range n {
		o := m.all[m.from+i]
		spans := []Span{{Text: o.Label}}
		if o.Hint != "" {
			spans = append(spans, Span{Text: "  " + o.Hint, Muted: true, Size: 13})
		}
		m.rows = append(m.rows, newPara(15, false, theme.Ink, spans...))
	}
	words := ""
	if len(m.all) == 0 {
		words = "Nothing in the list matches."
	} else if left := len(m.all) - m.from - n; left > 0 {
		words = plural(left, "more below: go down, or type more letters")
	}
	m.more.set(Span{Text: words})
	m.grew()
}

func plural(n int, words string) string { return strconv.Itoa(n) + " " + words }

func (m *menu) step(by int) {
	if len(m.all) == 0 {
		return
	}
	m.cursor = max(0, min(m.cursor+by, len(m.all)-1))
	from := m.from
	if m.cursor < from {
		from = m.cursor
	}
	if m.cursor >= from+MostShown {
		from = m.cursor - MostShown + 1
	}
	if from != m.from {
		m.from = from
		m.fill()
		return
	}
	m.arrange(m.Size())
	touch(m)
}

// MouseDown notes that the list is pressed: the box loses the keyboard for a moment, but it is not left.
func (m *menu) MouseDown(*desktop.MouseEvent) { m.down = true }

// MouseUp notes that it is let go.
func (m *menu) MouseUp(*desktop.MouseEvent) { m.down = false }

// Tapped takes the line that was pressed.
func (m *menu) Tapped(ev *fyne.PointEvent) {
	m.down = false
	for i := range m.rows {
		if ev.Position.Y >= m.tops[i] && ev.Position.Y < m.tops[i+1] {
			m.pick(m.all[m.from+i])
			return
		}
	}
}

// Cursor is the hand.
func (m *menu) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (m *menu) paint() {
	m.face.FillColor, m.face.StrokeColor, m.face.StrokeWidth = theme.Colour(theme.Paper), theme.Colour(theme.Edge), theme.S(1)
	m.face.CornerRadius = theme.S(4)
	m.mark.FillColor = theme.Colour(theme.Selected)
	for _, r := range m.rows {
		r.paint()
	}
	m.more.paint()
}

// NaturalWidth gives a width that fits a box.
func (m *menu) NaturalWidth() float32 { return theme.S(320) }

func (m *menu) minWidth() float32 { return theme.S(80) }

// HeightFor gives the height at a width.
func (m *menu) HeightFor(width float32) float32 {
	return m.height(width, func(width float32) float32 {
		h := theme.S(8)
		for _, r := range m.rows {
			h += r.heightFor(width-theme.S(24)) + theme.S(12)
		}
		if m.more.words() != "" {
			h += m.more.heightFor(width-theme.S(24)) + theme.S(10)
		}
		return h
	})
}

func (m *menu) arrange(size fyne.Size) {
	m.face.Resize(size)
	y := theme.S(4)
	objs := []fyne.CanvasObject{m.face, m.mark}
	m.mark.Hidden = true
	m.tops = append(m.tops[:0], y)
	for i, r := range m.rows {
		h := r.heightFor(size.Width-theme.S(24)) + theme.S(12)
		r.layout(theme.S(12), y+theme.S(6), size.Width-theme.S(24))
		objs = r.append(objs)
		if m.from+i == m.cursor {
			m.mark.Hidden = false
			m.mark.Move(fyne.NewPos(theme.S(2), y))
			m.mark.Resize(fyne.NewSize(size.Width-theme.S(4), h))
		}
		y += h
		m.tops = append(m.tops, y)
	}
	if m.more.words() != "" {
		m.more.layout(theme.S(12), y+theme.S(4), size.Width-theme.S(24))
		objs = m.more.append(objs)
	}
	m.setParts(objs...)
}
