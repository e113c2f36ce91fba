package field

// What may change here: a date and a time of day, in two boxes. Times are London's.

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/ui/control"
)

func init() { kinds[forms.DateTime] = newMoment }

// between separates the two boxes in words that are not a value yet.
const between = " | "

type moment struct {
	f         *frame
	box       *control.Stack
	month     *calendar
	day, hour *control.Entry
	said      *control.Text
}

func newMoment(f *frame) body {
	m := &moment{f: f, day: control.NewEntry().Wide(150).Ghost("Date"), hour: control.NewEntry().Wide(90).Ghost("14:02"), said: control.Muted("")}
	m.month = newCalendar(f)
	m.month.at = func() (time.Time, bool) {
		d, err := nhs.ParseDate(m.day.Text(), f.b.Draft.Today())
		return d, err == nil
	}
	m.month.chosen = func(day time.Time) {
		m.day.SetText(nhs.FormatDate(dayAnswer(day).Text))
		m.typed()
	}
	m.month.back = func() fyne.Focusable {
		if m.hour.Text() == "" {
			return m.hour
		}
		return m.day
	}
	m.box = m.month.under(control.HStack(10, m.day, m.month.button, m.hour, m.said))
	f.wire(m.day, false, m.left)
	f.wire(m.hour, false, m.left)
	changed := func(string) { m.typed() }
	m.day.OnChanged, m.hour.OnChanged = changed, changed
	return m
}

// A sentence is an error in words for the person who types.
type sentence string

// Error gives the words.
func (s sentence) Error() string { return string(s) }

const errTime = sentence("Enter the time of day, for example 14:02")

// clock reads 14:02, 14.02, 1402, 9:05 and 9.05.
func clock(s string) (hour, minute int, err error) {
	s = strings.NewReplacer(".", ":", " ", "").Replace(strings.TrimSpace(s))
	h, m, ok := strings.Cut(s, ":")
	if !ok {
		if len(s) < 3 || len(s) > 4 {
			return 0, 0, errTime
		}
		h, m = s[:len(s)-2], s[len(s)-2:]
	}
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if err1 != nil || err2 != nil || len(m) != 2 || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, 0, errTime
	}
	return hour, minute, nil
}

func (m *moment) read(day, hour string) (time.Time, error) {
	d, err := nhs.ParseDate(day, m.f.b.Draft.Today())
	if err != nil {
		return time.Time{}, err
	}
	h, min, err := clock(hour)
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(d.Year(), d.Month(), d.Day(), h, min, 0, 0, nhs.London()), nil
}

func (m *moment) typed() {
	day, hour := m.day.Text(), m.hour.Text()
	if strings.TrimSpace(day+hour) == "" {
		m.said.SetText("")
		m.f.clear()
		return
	}
	t, err := m.read(day, hour)
	if err != nil {
		m.said.SetText("")
		m.f.half(day+between+hour, err.Error(), false)
		return
	}
	m.said.SetText(t.Format("Monday 2 January 2006, 15:04"))
	m.f.set(forms.TextAnswer(t.UTC().Format(time.RFC3339)))
}

func (m *moment) left() {
	if t, err := time.Parse(time.RFC3339, m.f.shown.Text); err == nil && m.f.raw == "" {
		m.put(t)
	}
}

func (m *moment) put(t time.Time) {
	t = t.In(nhs.London())
	m.day.SetText(nhs.FormatDate(t.Format(time.DateOnly)))
	m.hour.SetText(t.Format("15:04"))
	m.said.SetText(t.Format("Monday 2 January 2006, 15:04"))
}

func (m *moment) object() fyne.CanvasObject { return m.box }

func (m *moment) show(a forms.Answer, raw string) {
	if raw != "" {
		day, hour, _ := strings.Cut(raw, between)
		if _, err := m.read(day, hour); err != nil {
			m.f.bad = err.Error()
		}
		m.day.SetText(day)
		m.hour.SetText(hour)
		m.said.SetText("")
		return
	}
	if t, err := time.Parse(time.RFC3339, a.Text); err == nil {
		m.put(t)
		return
	}
	m.day.SetText("")
	m.hour.SetText("")
	m.said.SetText("")
}

func (m *moment) answer() forms.Answer {
	t, err := m.read(m.day.Text(), m.hour.Text())
	if err != nil {
		return forms.Answer{}
	}
	return forms.TextAnswer(t.UTC().Format(time.RFC3339))
}

func (m *moment) first() fyne.Focusable { return m.day }

func (m *moment) mark(wrong bool) {
	m.day.SetWrong(wrong)
	m.hour.SetWrong(wrong)
}
