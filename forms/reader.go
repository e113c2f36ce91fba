package forms

// What may change here: how answers are looked at. Every rule, check, and face reads a plan through a Reader, so that a
// hidden answer counts for nothing everywhere.

import (
	"slices"
	"strings"
	"time"
)

// A Reader is a view of one plan's answers on one day. It is cheap to copy. It remembers what it worked out, so make a new
// one after the answers change, and keep one Reader and its copies on one goroutine. A Reader for a row (see Rows) sees the
// items of its row first and all top-level items after.
type Reader struct {
	v   *view
	row *rowView
}

type view struct {
	d       *Definition
	a       Answers
	today   time.Time
	visible []memo
	rows    map[*Item][]Reader
	age     int
	ageKnow memo
	asked   *[]string // while computed words are made: the ids that they are made of
}

type rowView struct {
	group   *Item
	id      string
	answers Answers
	visible []memo // by index - group.index
}

// memo remembers a yes or no.
type memo int8

const (
	unasked memo = iota
	asking       // guards against a rule that depends on itself, which Check refuses
	yes
	no
)

// NewReader makes a view of the answers; only the date of today counts, in its own zone.
func NewReader(d *Definition, a Answers, today time.Time) Reader {
	y, m, day := today.Date()
	return Reader{v: &view{
		d: d, a: a, today: time.Date(y, m, day, 0, 0, 0, 0, time.UTC),
		visible: make([]memo, len(d.order)),
	}}
}

// Today is the day of the view, midnight UTC.
func (r Reader) Today() time.Time { return r.v.today }

// Def is the definition of the plan.
func (r Reader) Def() *Definition { return r.v.d }

// Answers are the answers under view, hidden ones included; for a row, those of the row. They must not be changed.
func (r Reader) Answers() Answers {
	if r.row != nil {
		return r.row.answers
	}
	return r.v.a
}

// RowID is the id of the row that the Reader stands in; "" at the top.
func (r Reader) RowID() string {
	if r.row != nil {
		return r.row.id
	}
	return ""
}

// Top is the Reader of the whole plan, from any row of it.
func (r Reader) Top() Reader { return Reader{v: r.v} }

// Age is the person's age in whole years on the day, from birth_date; false without a full date of birth, or when it lies
// ahead.
func (r Reader) Age() (int, bool) {
	r.note("birth_date")
	return r.wholeYears()
}

func (r Reader) wholeYears() (int, bool) {
	if r.v.ageKnow == unasked {
		r.v.ageKnow = no
		text := ""
		if it := r.v.d.items["birth_date"]; it != nil {
			a, _ := r.Top().get(it)
			text = a.Text
		}
		if born, err := time.Parse(time.DateOnly, text); err == nil && !born.After(r.v.today) {
			years := r.v.today.Year() - born.Year()
			if r.v.today.Month() < born.Month() || r.v.today.Month() == born.Month() && r.v.today.Day() < born.Day() {
				years--
			}
			r.v.age, r.v.ageKnow = years, yes
		}
	}
	return r.v.age, r.v.ageKnow == yes
}

// Visible says whether an item is asked now: its own rule holds, and those of the groups, section and step around it. It
// is false for an unknown id.
func (r Reader) Visible(id string) bool {
	it := r.v.d.items[id]
	return it != nil && r.visible(it)
}

// SectionVisible says whether a section is asked now: its own rule holds, and its step's.
func (r Reader) SectionVisible(st *Step, sec *Section) bool {
	r = r.Top()
	return r.Holds(st.When) && r.Holds(sec.When)
}

func (r Reader) visible(it *Item) bool {
	var m *memo
	if it.group != nil && r.row != nil && r.row.group == it.group {
		m = &r.row.visible[it.index-it.group.index]
	} else {
		m = &r.v.visible[it.index]
		r = r.Top() // what is seen at the top does not depend on the row that asks
	}
	switch *m {
	case yes:
		return true
	case no, asking:
		return false
	}
	*m = asking
	ok := false
	if it.parent != nil {
		ok = r.visible(it.parent)
	} else {
		ok = r.SectionVisible(it.step, it.section)
	}
	ok = ok && r.Holds(it.When)
	if ok {
		*m = yes
	} else {
		*m = no
	}
	return ok
}

// note remembers that computed words asked for an item, so that the summary can say what a line is made of.
func (r Reader) note(id string) {
	if r.v.asked != nil && !slices.Contains(*r.v.asked, id) && r.v.d.items[id] != nil {
		*r.v.asked = append(*r.v.asked, id)
	}
}

// raw finds the stored answer, hidden or not.
func (r Reader) raw(it *Item) (Answer, bool) {
	if it.group != nil {
		if r.row == nil || r.row.group != it.group {
			return Answer{}, false
		}
		a, ok := r.row.answers[it.ID]
		return a, ok
	}
	a, ok := r.v.a[it.ID]
	return a, ok
}

// Get finds the answer to an item; false when the item is hidden, blank, or was answered without a value ("unknown").
func (r Reader) Get(id string) (Answer, bool) {
	r.note(id)
	it := r.v.d.items[id]
	if it == nil {
		return Answer{}, false
	}
	return r.get(it)
}

func (r Reader) get(it *Item) (Answer, bool) {
	a, ok := r.raw(it)
	if !ok || a.State != Answered || a.Blank() || !r.visible(it) {
		return Answer{}, false
	}
	return a, true
}

// State is the state of a visible answer; Answered also for a hidden or blank one, which Blank tells.
func (r Reader) State(id string) State {
	r.note(id)
	it := r.v.d.items[id]
	if it == nil {
		return Answered
	}
	a, ok := r.raw(it)
	if !ok || !r.visible(it) {
		return Answered
	}
	return a.State
}

// Blank says that the item holds nothing that counts: never asked, or hidden.
func (r Reader) Blank(id string) bool {
	r.note(id)
	it := r.v.d.items[id]
	if it == nil {
		return true
	}
	a, ok := r.raw(it)
	return !ok || a.Blank() || !r.visible(it)
}

// Text is the text, option code, date or reference given; "" when there is none. For coded answers it is the words.
func (r Reader) Text(id string) string {
	a, ok := r.Get(id)
	if !ok {
		return ""
	}
	if a.Coded != nil {
		return a.Coded.Text
	}
	return a.Text
}

// Codes are the option codes chosen, of a choice too; nil when there are none.
func (r Reader) Codes(id string) []string {
	a, ok := r.Get(id)
	switch {
	case !ok:
		return nil
	case len(a.Codes) > 0:
		return a.Codes
	case r.v.d.items[id].Kind == Choice:
		return []string{a.Text}
	}
	return nil
}

// Is says whether the option was chosen.
func (r Reader) Is(id, code string) bool {
	a, ok := r.Get(id)
	if !ok {
		return false
	}
	if a.Text == code {
		return true
	}
	for _, c := range a.Codes {
		if c == code {
			return true
		}
	}
	return false
}

// Bool is the yes or no given; ok is false when neither was.
func (r Reader) Bool(id string) (v, ok bool) {
	a, ok := r.Get(id)
	if !ok || a.Bool == nil {
		return false, false
	}
	return *a.Bool, true
}

// Number is the number given; ok is false when none was.
func (r Reader) Number(id string) (float64, bool) {
	a, ok := r.Get(id)
	if !ok || a.Number == nil {
		return 0, false
	}
	return *a.Number, true
}

// Rows gives a Reader for every row of a repeating group, in order; none when it is hidden. The slice must not be changed.
func (r Reader) Rows(id string) []Reader {
	r.note(id)
	it := r.v.d.items[id]
	if it == nil || it.Kind != Group || !it.Repeats || !r.Top().visible(it) {
		return nil
	}
	return r.rowsOf(it)
}

// rowsOf gives the rows whether the group is visible or not.
func (r Reader) rowsOf(it *Item) []Reader {
	if rows, ok := r.v.rows[it]; ok {
		return rows
	}
	a := r.v.a[it.ID]
	if len(a.Rows) == 0 || a.State != Answered {
		return nil
	}
	size := it.end - it.index
	memos := make([]memo, size*len(a.Rows))
	views := make([]rowView, len(a.Rows))
	rows := make([]Reader, len(a.Rows))
	for i, row := range a.Rows {
		views[i] = rowView{group: it, id: row.ID, answers: row.Answers, visible: memos[i*size : (i+1)*size]}
		rows[i] = Reader{v: r.v, row: &views[i]}
	}
	if r.v.rows == nil {
		r.v.rows = make(map[*Item][]Reader)
	}
	r.v.rows[it] = rows
	return rows
}

// Row finds the Reader of one row of a repeating group by its id.
func (r Reader) Row(group, id string) (Reader, bool) {
	for _, row := range r.Rows(group) {
		if row.row.id == id {
			return row, true
		}
	}
	return Reader{}, false
}

// Ref follows a reference to the row that it names; ok is false when nothing is named, or the row is gone or hidden.
func (r Reader) Ref(id string) (group string, row Reader, ok bool) {
	r.note(id)
	it := r.v.d.items[id]
	if it == nil || it.Kind != Ref {
		return "", Reader{}, false
	}
	a, ok := r.get(it)
	if !ok {
		return "", Reader{}, false
	}
	return r.ref(it, a)
}

func (r Reader) ref(it *Item, a Answer) (group string, row Reader, ok bool) {
	group, rowID, ok := strings.Cut(a.Text, "/")
	if !ok {
		return "", Reader{}, false
	}
	for _, g := range it.RefTo {
		if g == group {
			row, ok = r.Row(group, rowID)
			return group, row, ok
		}
	}
	return "", Reader{}, false
}
