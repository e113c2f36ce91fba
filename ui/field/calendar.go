package field

// What may change here: how a month opens under a box for a date. Typing stays the first way: the month only writes into the box.

import (
	"time"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

// A calendar is the button beside a box for a date and the month that it opens below. The month is made when it is first
// opened. It closes when a day is chosen, on Esc, and when anything else gets the keyboard; only choosing changes the box.
type calendar struct {
	f      *frame
	button *control.Button
	box    *control.Stack // the box and what is beside it; the month below
	month  *control.Month
	cancel func()
	at     func() (time.Time, bool) // the day that is written now
	chosen func(day time.Time)
	back   func() fyne.Focusable // what has the keyboard after a day was chosen
}

func newCalendar(f *frame) *calendar {
	c := &calendar{f: f}
	c.button = control.Secondary("Choose", c.toggle).Compact()
	return c
}

// under puts the month under a row.
func (c *calendar) under(row fyne.CanvasObject) *control.Stack {
	c.box = control.VStack(8, row)
	return c.box
}

func (c *calendar) open() bool { return c.month != nil && c.month.Visible() }

func (c *calendar) toggle() {
	if c.open() {
		c.close()
		return
	}
	today := c.f.b.Draft.Today()
	if c.month == nil {
		c.month = control.NewMonth(today)
		switch {
		case c.f.it.Past:
			c.month.Limits(time.Time{}, today, "Not after today.")
		case c.f.it.Future:
			c.month.Limits(today, time.Time{}, "Not before today.")
		}
		c.month.Hidden = true
		c.month.OnClosed = func() {
			c.f.b.focus(c.button)
			c.close()
		}
		c.month.OnChosen = func(day time.Time) {
			c.chosen(day)
			c.f.b.focus(c.back())
			c.close()
		}
		c.box.Add(c.month)
	}
	day, ok := c.at()
	if !ok {
		day = today
	}
	c.month.Point(day)
	control.Reveal(c.month, true)
	c.f.b.focus(c.month)
	c.cancel = control.OnFocus(func(o fyne.CanvasObject) {
		if o != fyne.CanvasObject(c.month) {
			c.close()
		}
	})
}

func (c *calendar) close() {
	if c.cancel != nil {
		c.cancel()
		c.cancel = nil
	}
	if c.month != nil {
		control.Reveal(c.month, false)
	}
}

// dayAnswer is a day as answers hold it.
func dayAnswer(day time.Time) forms.Answer { return forms.TextAnswer(day.Format(time.DateOnly)) }
