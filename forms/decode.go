package forms

// What may change here: what is refused when answers arrive from outside (a request, a file, another system).

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"time"
	"unicode/utf8"
)

// rowIDForm is what a row's id looks like. NewRowID makes shorter ones; imports may bring a UUID.
var rowIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,36}$`)

// Decode reads answers that come from outside, against the definition. The error means that nothing could be read: not a
// JSON object, a name twice, too deep, or larger than MaxPlanBytes. Everything that is wrong with single answers comes as
// problems, each with its item, and the good answers are returned all the same: an unknown name, a wrong type, an option
// that does not exist, a date that does not exist, control, zero-width or bidirectional characters, more than
// MaxValueBytes. A text that is only too long for its field is a problem AND is returned, so that a draft can be kept.
// Nothing is ever cut or cleaned on the way.
func Decode(d *Definition, raw []byte) (Answers, []Problem, error) {
	t, err := parseTree(raw)
	if err != nil {
		return nil, nil, err
	}
	dec := decoder{d: d}
	out := dec.answers(t, nil, "")
	return out, dec.problems, nil
}

type decoder struct {
	d        *Definition
	problems []Problem
}

// bad notes a problem with one item.
func (dec *decoder) bad(it *Item, row, rule, words string) {
	dec.problems = append(dec.problems, newProblem(it, row, rule, words))
}

// unknown notes a name that the definition does not have here. The name itself came from outside: it is told only when it
// looks like one.
func (dec *decoder) unknown(name string, group *Item, row string) {
	p := Problem{Rule: "shape", Severity: Stop, Words: "This form has no such question"}
	if idForm.MatchString(name) && len(name) <= 64 {
		p.Item = name
	}
	if group != nil {
		p.Group, p.Row, p.Step = group.ID, row, group.step.ID
	}
	dec.problems = append(dec.problems, p)
}

// names sorts the names of a tree in the order of the form, unknown ones last.
func (dec *decoder) names(t tree) []string {
	names := make([]string, 0, len(t))
	for k := range t {
		names = append(names, k)
	}
	place := func(s string) int {
		if it := dec.d.items[s]; it != nil {
			return it.index
		}
		return math.MaxInt
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := place(names[i]), place(names[j])
		return a < b || a == b && names[i] < names[j]
	})
	return names
}

// holds finds the item that stores an answer under this name here (group nil: at the top), or notes a problem.
func (dec *decoder) holds(name string, group *Item, row string) *Item {
	it := dec.d.items[name]
	switch {
	case it == nil, it.group != group:
		dec.unknown(name, group, row)
		return nil
	case it.Kind == Computed, it.Kind == Group && !it.Repeats:
		dec.bad(it, row, "shape", quoted(it)+" holds no answer of its own")
		return nil
	}
	return it
}

func (dec *decoder) answers(t tree, group *Item, row string) Answers {
	out := make(Answers, len(t))
	for _, name := range dec.names(t) {
		it := dec.holds(name, group, row)
		if it == nil {
			continue
		}
		m, ok := t[name].(tree)
		if !ok {
			dec.bad(it, row, "shape", wrongShape(it))
			continue
		}
		if a, ok := dec.answer(it, row, m); ok && !a.Blank() {
			out[name] = a
		}
	}
	return out
}

// answer reads one answer. It returns false, with a problem noted, when the answer cannot be kept.
func (dec *decoder) answer(it *Item, row string, t tree) (Answer, bool) {
	if len(t) == 0 {
		return Answer{}, true
	}
	if len(t) > 1 {
		dec.bad(it, row, "shape", wrongShape(it))
		return Answer{}, false
	}
	if s, ok := t["state"]; ok {
		state, _ := s.(string)
		switch State(state) {
		case Unknown, NotDiscussed, Declined, NotApplicable:
			return Answer{State: State(state)}, true
		case Withheld:
			dec.bad(it, row, "withheld", quoted(it)+" was hidden from you: leave it out of what you send")
			return Answer{}, false
		}
		dec.bad(it, row, "shape", wrongShape(it))
		return Answer{}, false
	}
	if it.Kind == Group {
		rows, ok := t["rows"].(tree)
		if !ok {
			dec.bad(it, row, "shape", wrongShape(it))
			return Answer{}, false
		}
		return dec.rows(it, rows), true
	}
	v, ok := t["value"]
	if !ok {
		dec.bad(it, row, "shape", wrongShape(it))
		return Answer{}, false
	}
	return dec.value(it, row, v)
}

func (dec *decoder) rows(group *Item, t tree) Answer {
	rows := make([]orderedRow, 0, len(t))
	for _, id := range sortedKeys(t) {
		if row, ok := dec.rowOf(group, id, t[id]); ok {
			rows = append(rows, row)
		}
	}
	return Answer{Rows: inOrder(rows)}
}

func (dec *decoder) rowOf(group *Item, id string, v any) (orderedRow, bool) {
	m, ok := v.(tree)
	if !rowIDForm.MatchString(id) {
		dec.bad(group, "", "shape", "An entry of "+quoted(group)+" has an id that cannot be used")
		return orderedRow{}, false
	}
	order, ordered := math.MaxFloat64, true
	if n, given := m["order"]; given {
		order, ordered = decodeOrder(n)
	}
	var answers tree
	if a, given := m["answers"]; given && ok {
		answers, ok = a.(tree)
	}
	for k := range m {
		ok = ok && (k == "order" || k == "answers")
	}
	if !ok || !ordered {
		dec.bad(group, id, "shape", wrongShape(group))
		return orderedRow{}, false
	}
	return orderedRow{order, Row{ID: id, Answers: dec.answers(answers, group, id)}}, true
}

func decodeOrder(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

func (dec *decoder) value(it *Item, row string, v any) (Answer, bool) {
	a, ok := readKind(it, v)
	if !ok {
		dec.bad(it, row, "shape", wrongShape(it))
		return Answer{}, false
	}
	for _, s := range a.texts() {
		if len(s) > MaxValueBytes {
			dec.bad(it, row, "length", tooLong(it.MaxChars, utf8.RuneCountInString(s)))
			return Answer{}, false
		}
		if badText(s, it.Kind == LongText) {
			dec.bad(it, row, "format", quoted(it)+" holds hidden or control characters: type it again without them")
			return Answer{}, false
		}
	}
	switch it.Kind {
	case Choice:
		if a.Text != "" && it.Option(a.Text) == nil {
			dec.bad(it, row, "shape", notAnOption(it))
			return Answer{}, false
		}
	case Choices:
		for i, c := range a.Codes {
			if it.Option(c) == nil || slices.Contains(a.Codes[:i], c) {
				dec.bad(it, row, "shape", notAnOption(it))
				return Answer{}, false
			}
		}
	case Date, PartialDate, DateTime:
		if a.Text != "" && !dateForm(it.Kind, a.Text) {
			dec.bad(it, row, "format", notADate(it))
			return Answer{}, false
		}
	}
	if n, max := utf8.RuneCountInString(a.words()), it.MaxChars; max > 0 && n > max {
		dec.bad(it, row, "length", tooLong(max, n))
	}
	return a, true
}

// readKind puts a value into the field that the kind names; false when it has another type.
func readKind(it *Item, v any) (Answer, bool) {
	switch it.Kind {
	case YesNo:
		b, ok := v.(bool)
		return Answer{Bool: &b}, ok
	case Integer, Decimal:
		n, ok := v.(json.Number)
		if !ok {
			return Answer{}, false
		}
		f, err := n.Float64()
		return Answer{Number: &f}, err == nil
	case Choices:
		list, ok := v.([]any)
		if !ok {
			return Answer{}, false
		}
		codes, ok := stringList(list)
		return Answer{Codes: codes}, ok
	case Coded, Address, File:
		t, ok := v.(tree)
		if !ok {
			return Answer{}, false
		}
		read := map[Kind]func(tree) (Answer, error){Coded: codedOf, Address: addressOf, File: fileOf}[it.Kind]
		a, err := read(t)
		return a, err == nil
	}
	s, ok := v.(string)
	return Answer{Text: s}, ok
}

// texts are all the texts of an answer that a person may have typed.
func (a Answer) texts() []string {
	switch {
	case a.Coded != nil:
		return []string{a.Coded.Text, a.Coded.System, a.Coded.Code, a.Coded.Display, a.Coded.TerminologyVersion}
	case a.Address != nil:
		return append(slices.Clone(a.Address.Lines), a.Address.Postcode)
	case a.File != nil:
		return []string{a.File.Name, a.File.MediaType, a.File.SHA256}
	case len(a.Codes) > 0:
		return a.Codes
	case a.Text != "":
		return []string{a.Text}
	}
	return nil
}

// words is the text whose length a field limits.
func (a Answer) words() string {
	if a.Coded != nil {
		return a.Coded.Text
	}
	return a.Text
}

// dateForm says whether a stored date has its form and exists.
func dateForm(k Kind, s string) bool {
	layouts := []string{time.DateOnly}
	switch k {
	case PartialDate:
		layouts = []string{time.DateOnly, "2006-01", "2006"}
	case DateTime:
		layouts = []string{time.RFC3339}
	}
	for _, l := range layouts {
		if _, err := time.Parse(l, s); err == nil {
			return true
		}
	}
	return false
}

func sortedKeys(t tree) []string {
	keys := make([]string, 0, len(t))
	for k := range t {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// The sentences about one value. They are the same words wherever the finding is made.

func quoted(it *Item) string { return "\u201c" + it.ShortLabel() + "\u201d" }

func wrongShape(it *Item) string { return "The answer to " + quoted(it) + " has the wrong form" }

func notAnOption(it *Item) string { return "Choose one of the answers offered for " + quoted(it) }

func notADate(it *Item) string {
	switch it.Kind {
	case PartialDate:
		return "Enter " + quoted(it) + " as a real date, a month or a year, like 09-Jun-2026, Jun-2026 or 2026"
	case DateTime:
		return "Enter " + quoted(it) + " as a real date and time, like 09-Jun-2026 14:02"
	}
	return "Enter " + quoted(it) + " as a real date, like 09-Jun-2026"
}

func tooLong(max, n int) string {
	if max == 0 {
		max = MaxValueBytes
	}
	return "Use " + strconv.Itoa(max) + " characters or fewer: " + strconv.Itoa(n-max) + " too many"
}

func newProblem(it *Item, row, rule, words string) Problem {
	p := Problem{Item: it.ID, Step: it.step.ID, Rule: rule, Severity: Stop, Words: words}
	if it.group != nil && row != "" {
		p.Group, p.Row = it.group.ID, row
	}
	if it.Repeats && row != "" {
		p.Group, p.Row = it.ID, row
	}
	return p
}
