package field

// What may change here: dates, typed in one box or chosen from a month. Which forms are understood is said by package nhs: day before month always.

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/ui/control"
)

func init() {
	kinds[forms.Date] = func(f *frame) body {
		return newDated(f, func(s string) (string, error) {
			parse := nhs.ParseDate
			if f.it.Future {
				parse = nhs.ParseFutureDate
			}
			t, err := parse(s, f.b.Draft.Today())
			if err != nil {
				return "", err
			}
			return t.Format(time.DateOnly), nil
		})
	}
}

// dated is a box for a date. What was understood stands beside it in full.
type dated struct {
	f     *frame
	box   *control.Stack
	month *calendar
	entry *control.Entry
	said  *control.Text
	parse func(string) (string, error)
}

func newDated(f *frame, parse func(string) (string, error)) *dated {
	d := &dated{f: f, entry: control.NewEntry().Wide(150), said: control.Muted(""), parse: parse}
	d.month = newCalendar(f)
	d.month.at, d.month.chosen = d.day, d.choose
	d.month.back = func() fyne.Focusable { return d.entry }
	d.box = d.month.under(control.HStack(10, d.entry, d.month.button, d.said))
	f.wire(d.entry, false, d.left)
	d.entry.OnChanged = d.typed
	return d
}

func (d *dated) typed(s string) {
	iso, err := d.parse(s)
	switch {
	case strings.TrimSpace(s) == "":
		d.said.SetText("")
		d.f.clear()
	case err != nil:
		d.said.SetText("")
		d.f.half(s, err.Error(), false)
	default:
		d.said.SetText(inFull(iso))
		d.f.set(forms.TextAnswer(iso))
	}
}

// day is the day that the box holds, for the month that opens under it; the first one of a date that is only partly known.
func (d *dated) day() (time.Time, bool) {
	text, err := d.parse(d.entry.Text())
	if err != nil {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, (text + "-01-01")[:len(time.DateOnly)])
	return t, err == nil
}

func (d *dated) choose(day time.Time) {
	a := dayAnswer(day)
	d.entry.SetText(nhs.FormatDate(a.Text))
	d.said.SetText(inFull(a.Text))
	d.f.set(a)
}

// inFull writes a date so that no two dates look alike: "Tuesday 9 June 1941", "June 1941", "1941".
func inFull(iso string) string {
	if t, err := time.Parse(time.DateOnly, iso); err == nil {
		return t.Format("Monday 2 January 2006")
	}
	if t, err := time.Parse("2006-01", iso); err == nil {
		return t.Format("January 2006")
	}
	return iso
}

func (d *dated) left() {
	if iso := d.f.shown.Text; iso != "" && d.f.raw == "" {
		d.entry.SetText(nhs.FormatDate(iso))
	}
}

func (d *dated) object() fyne.CanvasObject { return d.box }

func (d *dated) show(a forms.Answer, raw string) {
	if raw != "" {
		if _, err := d.parse(raw); err != nil {
			d.f.bad = err.Error()
		}
		d.entry.SetText(raw)
		d.said.SetText("")
		return
	}
	d.said.SetText("")
	d.entry.SetText("")
	if a.Text != "" {
		d.entry.SetText(nhs.FormatDate(a.Text))
		d.said.SetText(inFull(a.Text))
	}
}

func (d *dated) answer() forms.Answer {
	iso, err := d.parse(d.entry.Text())
	if err != nil {
		return forms.Answer{}
	}
	return forms.TextAnswer(iso)
}

func (d *dated) first() fyne.Focusable { return d.entry }
func (d *dated) mark(wrong bool)       { d.entry.SetWrong(wrong) }
