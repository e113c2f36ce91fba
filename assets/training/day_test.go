package training

import (
	"testing"
	"time"
)

func TestPlaceholders(t *testing.T) {
	d := newDay(time.Date(2026, 7, 1, 23, 30, 0, 0, time.UTC)) // already 2 July in London
	d = d.at(time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC))
	for in, want := range map[string]string{
		"":                           "",
		"plain words":                "plain words",
		"{today}":                    "2026-07-02",
		"{today-2}":                  "2026-06-30",
		"{today+1w}":                 "2026-07-09",
		"{today-3m month}":           "2026-04",
		"{today-5y year}":            "2021",
		"{today-9y-35d}":             "2017-05-28",
		"{today-1 14:30}":            "2026-07-01T13:30:00Z", // summer time
		"{then 14:30}":               "2026-02-28T14:30:00Z",
		"{then+1}":                   "2026-03-01",
		"seen {today-2}, then again": "seen 30-Jun-2026, then again",
		"at {today-1 14:30}":         "at 01-Jul-2026 14:30",
		"since {today month}":        "since Jul-2026",
	} {
		if got, err := d.fill(in); got != want || err != nil {
			t.Errorf("fill(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"{today-}", "{today 25:00}", "{today-2q}", "{then", "see {today+}"} {
		if got, err := d.fill(in); err == nil {
			t.Errorf("fill(%q) = %q with no error", in, got)
		}
	}
	if _, err := newDay(time.Now()).fill("{then}"); err == nil {
		t.Error("{then} outside a plan passes")
	}
	if at, err := d.moment("{today}"); err != nil || at.Format(time.RFC3339) != "2026-07-02T11:00:00Z" {
		t.Errorf("a day as a moment is %v, %v", at, err)
	}
	if _, err := d.moment("tomorrow"); err == nil {
		t.Error("words pass as a moment")
	}
}

func TestWrongPlansAreRefused(t *testing.T) {
	l := loader{day: newDay(time.Now()), people: map[string]Person{"ann": {ID: "ann"}}}
	for name, w := range map[string]writtenPlan{
		"nobody":       {Person: "bob"},
		"no set":       {Person: "ann", Sets: []string{"none"}},
		"nothing":      {Person: "ann", Answers: map[string]any{"title": nil}},
		"two rows":     {Person: "ann", Answers: map[string]any{"contacts": []any{map[string]any{"row": "a"}, map[string]any{"row": "a"}}}},
		"mixed rows":   {Person: "ann", Answers: map[string]any{"contacts": []any{map[string]any{"row": "a"}, "b"}}},
		"no such date": {Person: "ann", Answers: map[string]any{"birth_date": "{today-1q}"}},
	} {
		l.err = nil
		if _, err := l.plan(w); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}
