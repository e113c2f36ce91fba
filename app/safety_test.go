//go:build linux

package app_test

// What may change here: what the desk does that a hazard of docs/safety/hazard-log.md names as a control, where no other test
// holds it.

import (
	"testing"
	"time"

	"cmc/app"
)

// H16: a computer whose clock is wrong uses the service's for everything clinical: ages, reviews, dates not in the future.
func TestTheClockIsTheServices(t *testing.T) {
	w := openWard(t)
	for what, off := range map[string]time.Duration{"a year behind": -365 * 24 * time.Hour, "a year ahead": 365 * 24 * time.Hour} {
		d, err := app.New(app.Params{ProfileDir: t.TempDir(), Version: "test", Now: func() time.Time { return time.Now().Add(off) }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		if err := d.SetAddress("http://" + w.line.addr()); err != nil {
			t.Fatal(err)
		}
		signIn(t, d, "gp", false)
		if apart := d.Now().Sub(w.now()).Abs(); apart > time.Hour {
			t.Errorf("%s: the desk takes %s for now", what, d.Now())
		}
		yesterday, tomorrow := w.now().AddDate(0, 0, -2).Format("02/01/2006"), w.now().AddDate(0, 0, 2).Format("02/01/2006")
		if _, err := d.ParseFind("Smith " + yesterday); err != nil {
			t.Errorf("%s: born two days ago is refused: %v", what, err)
		}
		if _, err := d.ParseFind("Smith " + tomorrow); err == nil {
			t.Errorf("%s: a birth in two days is taken", what)
		}
	}
}

// H40: a plan that was written with a newer program's questions is not opened for writing, so that no answer is lost unseen.
func TestAPlanOfANewerProgramIsNotWritten(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	p := draftOf(t, d)
	newer := *p
	newer.Definition = "urgent-care-plan@99.0"
	if d.Edit(&newer) != nil {
		t.Fatal("it can be written")
	}
	if d.Edit(p) == nil {
		t.Fatal("nor can one of this program")
	}
}
