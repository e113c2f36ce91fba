package control

// What may change here: how a month of days is drawn, and the keys that move in it. Which days may be chosen, and what happens
// with the chosen one, is the field's business.

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/ui/theme"
)

// A Month is one month of days, Monday first, of which one may be chosen. It is one stop of the Tab key. The arrows move a day or
// a week, Home and End go to the ends of the week, Page Up and Page Down move a month, with Shift a year. Enter and Space choose,
// Esc closes. A day that may not be chosen is never reached.
type Month struct {
	base
	face        *canvas.Rectangle
	mark        *canvas.Rectangle
	arrows      [4]*para // a year back, a month back, a month on, a year on
	arrowAt     [4]rect
	title       *para
	heads       [7]*para
	days        []*para
	now         *para // the word under today
	foot        *para
	today       time.Time
	first, last time.Time // the days that may be chosen lie between these; zero: no limit
	limit       string
	cursor      time.Time
	shift       bool
	grid        rect
	cell        fyne.Size

	// OnChosen, when set, is called after a person has chosen a day: midnight UTC.
	OnChosen func(day time.Time)
	// OnClosed, when set, is called when a person closes the month without choosing.
	OnClosed func()
}

var (
	_ fyne.Focusable     = (*Month)(nil)
	_ desktop.Keyable    = (*Month)(nil)
	_ desktop.Cursorable = (*Month)(nil)
)

// monthKeys says how the keys move. It stands under the days.
const monthKeys = "Page Up and Page Down turn the month, with Shift the year. Enter chooses, Esc closes."

// The years that can be shown: those that a typed date may have (cmc/forms/nhs).
const (
	firstMonthYear = 1850
	lastMonthYear  = 2199
)

// NewMonth shows the month of today, which is a date at midnight UTC.
func NewMonth(today time.Time) *Month {
	m := &Month{face: canvas.NewRectangle(theme.Colour(theme.Paper)), mark: canvas.NewRectangle(theme.Colour(theme.Selected)), today: today}
	for i, sign := range []string{"\u00ab", "\u2039", "\u203a", "\u00bb"} {
		m.arrows[i] = newPara(20, true, theme.Blue, Span{Text: sign})
	}
	m.title = newPara(15, true, theme.Ink)
	for i, day := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		m.heads[i] = newPara(13, false, theme.Muted, Span{Text: day})
	}
	m.now = newPara(11, false, theme.Ink, Span{Text: "today"})
	m.foot = newPara(13, false, theme.Ink)
	m.extend(m)
	m.Point(today)
	return m
}

// Limits keeps the choice between two days, both included; a zero one is no limit. Words say so under the days.
func (m *Month) Limits(first, last time.Time, words string) {
	m.first, m.last, m.limit = first, last, words
	m.Point(m.cursor)
}

// Point puts the ring on a day, or on the nearest one that may be chosen.
func (m *Month) Point(day time.Time) {
	if !m.first.IsZero() && day.Before(m.first) {
		day = m.first
	}
	if !m.last.IsZero() && day.After(m.last) {
		day = m.last
	}
	if day.Year() < firstMonthYear {
		day = time.Date(firstMonthYear, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if day.Year() > lastMonthYear {
		day = time.Date(lastMonthYear, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	m.cursor = day
	m.fill()
}

// Day gives the day that the ring is on.
func (m *Month) Day() time.Time { return m.cursor }

// Words gives the line under the days: the day that the ring is on, in full.
func (m *Month) Words() string { return m.foot.words() }

func (m *Month) may(day time.Time) bool {
	return (m.first.IsZero() || !day.Before(m.first)) && (m.last.IsZero() || !day.After(m.last))
}

func (m *Month) begin() time.Time {
	return time.Date(m.cursor.Year(), m.cursor.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// lead is how many days of the first week belong to the month before.
func (m *Month) lead() int { return (int(m.begin().Weekday()) + 6) % 7 }

func (m *Month) fill() {
	begin := m.begin()
	n := begin.AddDate(0, 1, -1).Day()
	m.title.set(Span{Text: begin.Format("January 2006")})
	m.days = m.days[:0]
	for d := 1; d <= n; d++ {
		day := begin.AddDate(0, 0, d-1)
		p := newPara(15, day.Equal(m.cursor), theme.Ink, Span{Text: strconv.Itoa(d)})
		if !m.may(day) {
			p.colour = theme.Faint
		}
		m.days = append(m.days, p)
	}
	words := m.cursor.Format("Monday 2 January 2006")
	if m.cursor.Equal(m.today) {
		words += ", today"
	}
	spans := []Span{{Text: words, Strong: true}, {Text: "\n"}}
	if m.limit != "" {
		spans = append(spans, Span{Text: m.limit + " ", Muted: true})
	}
	m.foot.set(append(spans, Span{Text: monthKeys, Muted: true})...)
	m.grew()
}

// turn goes by months and keeps the day of the month where there is one: from 31 January one on is 28 February.
func (m *Month) turn(months int) {
	begin := m.begin().AddDate(0, months, 0)
	m.Point(begin.AddDate(0, 0, min(m.cursor.Day(), begin.AddDate(0, 1, -1).Day())-1))
}

// FocusGained shows the ring on the day.
func (m *Month) FocusGained() {
	m.shift = false
	m.placeCursor()
	m.showRing(true)
	if m.up != nil { // all of the month comes into view, not only the day
		m.up.childFocused(m, rect{0, 0, m.Size().Width, m.Size().Height})
	}
}

// FocusLost hides it.
func (m *Month) FocusLost() { m.showRing(false) }

// KeyDown notes Shift.
func (m *Month) KeyDown(ev *fyne.KeyEvent) { m.held(ev, true) }

// KeyUp notes that Shift is let go.
func (m *Month) KeyUp(ev *fyne.KeyEvent) { m.held(ev, false) }

func (m *Month) held(ev *fyne.KeyEvent, on bool) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		m.shift = on
	}
}

// TypedRune does nothing.
func (m *Month) TypedRune(rune) {}

// TypedKey moves, chooses or closes.
func (m *Month) TypedKey(ev *fyne.KeyEvent) {
	months := 1
	if m.shift {
		months = 12
	}
	weekday := (int(m.cursor.Weekday()) + 6) % 7
	switch ev.Name {
	case fyne.KeyLeft:
		m.step(-1)
	case fyne.KeyRight:
		m.step(1)
	case fyne.KeyUp:
		m.step(-7)
	case fyne.KeyDown:
		m.step(7)
	case fyne.KeyHome:
		m.step(-weekday)
	case fyne.KeyEnd:
		m.step(6 - weekday)
	case fyne.KeyPageUp:
		m.turn(-months)
	case fyne.KeyPageDown:
		m.turn(months)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.choose(m.cursor)
	case fyne.KeyEscape:
		if m.OnClosed != nil {
			m.OnClosed()
		}
	default:
		m.pass(ev)
	}
}

func (m *Month) step(days int) { m.Point(m.cursor.AddDate(0, 0, days)) }

func (m *Month) choose(day time.Time) {
	if m.may(day) && m.OnChosen != nil {
		m.OnChosen(day)
	}
}

// Tapped chooses the day that was pressed, or turns to another month.
func (m *Month) Tapped(ev *fyne.PointEvent) {
	m.requestFocus()
	for i, at := range m.arrowAt {
		if at.holds(ev.Position) {
			m.turn([]int{-12, -1, 1, 12}[i])
			return
		}
	}
	if !m.grid.holds(ev.Position) {
		return
	}
	column, line := int((ev.Position.X-m.grid.x)/m.cell.Width), int((ev.Position.Y-m.grid.y)/m.cell.Height)
	if d := line*7 + column - m.lead(); d >= 0 && d < len(m.days) {
		m.choose(m.begin().AddDate(0, 0, d))
	}
}

func (r rect) holds(at fyne.Position) bool {
	return at.X >= r.x && at.X < r.x+r.w && at.Y >= r.y && at.Y < r.y+r.h
}

// Cursor is the hand.
func (m *Month) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (m *Month) paint() {
	m.face.FillColor, m.face.StrokeColor, m.face.StrokeWidth = theme.Colour(theme.Paper), theme.Colour(theme.Edge), theme.S(1)
	m.face.CornerRadius = theme.S(4)
	m.mark.FillColor, m.mark.CornerRadius = theme.Colour(theme.Selected), theme.S(4)
	for _, p := range m.paras() {
		p.paint()
	}
}

func (m *Month) paras() []*para {
	all := append([]*para{m.title, m.now, m.foot}, m.arrows[:]...)
	return append(append(all, m.heads[:]...), m.days...)
}

const (
	monthPad  = 12
	dayWide   = 44
	dayTall   = 34
	monthHead = 36
	weekHead  = 24
)

// NaturalWidth gives the width of seven days.
func (m *Month) NaturalWidth() float32 { return theme.S(7*dayWide + 2*monthPad) }

func (m *Month) minWidth() float32 { return theme.S(80) }

// HeightFor gives the height at a width. There is always room for six weeks, so that nothing below moves with the month.
func (m *Month) HeightFor(width float32) float32 {
	return m.height(width, func(width float32) float32 {
		w := min(width, m.NaturalWidth()) - theme.S(2*monthPad)
		return theme.S(2*monthPad+monthHead+weekHead+6*dayTall+6) + m.foot.heightFor(w)
	})
}

func (m *Month) arrange(size fyne.Size) {
	wide := min(size.Width, m.NaturalWidth())
	m.face.Resize(fyne.NewSize(wide, size.Height))
	pad := theme.S(monthPad)
	m.cell = fyne.NewSize((wide-2*pad)/7, theme.S(dayTall))
	m.grid = rect{pad, pad + theme.S(monthHead+weekHead), 7 * m.cell.Width, 6 * m.cell.Height}
	objs := append(m.objs[:0], m.face)
	if m.ring != nil { // above the face and below the day
		objs = append(objs, m.ring[0], m.ring[1])
	}
	objs = append(objs, m.mark)
	middle := func(p *para, at rect) {
		h := p.heightFor(1e9)
		p.layout(at.x+(at.w-p.inkWidth())/2, at.y+(at.h-h)/2, 1e9)
		objs = p.append(objs)
	}
	side := theme.S(34)
	m.arrowAt = [4]rect{{pad, pad, side, side}, {pad + side, pad, side, side},
		{wide - pad - 2*side, pad, side, side}, {wide - pad - side, pad, side, side}}
	for i, p := range m.arrows {
		middle(p, m.arrowAt[i])
	}
	middle(m.title, rect{pad + 2*side, pad, wide - 2*pad - 4*side, side})
	for i, p := range m.heads {
		middle(p, rect{pad + float32(i)*m.cell.Width, pad + theme.S(monthHead), m.cell.Width, theme.S(weekHead)})
	}
	for i, p := range m.days {
		at := m.cellOf(i + 1)
		if m.begin().AddDate(0, 0, i).Equal(m.today) {
			word := m.now.heightFor(1e9)
			middle(m.now, rect{at.x, at.y + at.h - word - theme.S(1), at.w, word})
			at.h -= word - theme.S(5)
		}
		middle(p, at)
	}
	at := m.cellOf(m.cursor.Day())
	m.mark.Move(fyne.NewPos(at.x+theme.S(5), at.y+theme.S(2)))
	m.mark.Resize(fyne.NewSize(at.w-theme.S(10), at.h-theme.S(4)))
	m.foot.layout(pad, m.grid.y+m.grid.h+theme.S(6), wide-2*pad)
	objs = m.foot.append(objs)
	m.objs = objs
	m.placeCursor()
	m.placeRing()
}

func (m *Month) rebuildParts() { m.arrange(m.Size()) }

func (m *Month) cellOf(day int) rect {
	i := m.lead() + day - 1
	return rect{m.grid.x + float32(i%7)*m.cell.Width, m.grid.y + float32(i/7)*m.cell.Height, m.cell.Width, m.cell.Height}
}

func (m *Month) placeCursor() {
	at := m.cellOf(m.cursor.Day())
	m.ringArea, m.radius = rect{at.x + theme.S(5), at.y + theme.S(2), at.w - theme.S(10), at.h - theme.S(4)}, theme.S(3)
}
