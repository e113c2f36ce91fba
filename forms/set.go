package forms

// What may change here: short ways to make, copy and compare answers.

import (
	"slices"
	"sort"
	"strings"
)

// TextAnswer is an answer in words, a date, a number kept as text, or a reference.
func TextAnswer(v string) Answer { return Answer{Text: v} }

// ChoiceAnswer is one option chosen, by its code.
func ChoiceAnswer(code string) Answer { return Answer{Text: code} }

// ChoicesAnswer is any number of options chosen, by their codes.
func ChoicesAnswer(codes ...string) Answer { return Answer{Codes: codes} }

// NumberAnswer is a number.
func NumberAnswer(n float64) Answer { return Answer{Number: &n} }

// BoolAnswer is yes or no.
func BoolAnswer(v bool) Answer { return Answer{Bool: &v} }

// CodedAnswer is words, with a code where one is known.
func CodedAnswer(c CodedText) Answer { return Answer{Coded: &c} }

// AddressAnswer is an address.
func AddressAnswer(a PostalAddress) Answer { return Answer{Address: &a} }

// FileAnswer describes a stored attachment.
func FileAnswer(f FileRef) Answer { return Answer{File: &f} }

// RowsAnswer is the rows of a repeating group, in order.
func RowsAnswer(rows ...Row) Answer { return Answer{Rows: rows} }

// StateAnswer is an answer without a value: unknown, not discussed, declined.
func StateAnswer(s State) Answer { return Answer{State: s} }

// Set stores an answer, or takes it away when the answer is blank.
func (a Answers) Set(id string, v Answer) {
	if v.Blank() {
		delete(a, id)
		return
	}
	a[id] = v
}

// SetText stores words, a date or a reference; "" takes the answer away.
func (a Answers) SetText(id, v string) { a.Set(id, TextAnswer(v)) }

// SetChoice stores the option chosen; "" takes the answer away.
func (a Answers) SetChoice(id, code string) { a.Set(id, ChoiceAnswer(code)) }

// SetChoices stores the options chosen; none takes the answer away.
func (a Answers) SetChoices(id string, codes ...string) { a.Set(id, ChoicesAnswer(codes...)) }

// SetNumber stores a number.
func (a Answers) SetNumber(id string, n float64) { a.Set(id, NumberAnswer(n)) }

// SetBool stores yes or no.
func (a Answers) SetBool(id string, v bool) { a.Set(id, BoolAnswer(v)) }

// SetCoded stores words with a code.
func (a Answers) SetCoded(id string, c CodedText) { a.Set(id, CodedAnswer(c)) }

// SetAddress stores an address.
func (a Answers) SetAddress(id string, v PostalAddress) { a.Set(id, AddressAnswer(v)) }

// SetRows stores the rows of a repeating group, in order; none takes the answer away.
func (a Answers) SetRows(id string, rows ...Row) { a.Set(id, RowsAnswer(rows...)) }

// SetState stores that there is no value, and why; Answered takes the answer away.
func (a Answers) SetState(id string, s State) { a.Set(id, StateAnswer(s)) }

// Blank says that an answer holds nothing: it is as if it had never been asked. Spaces alone are nothing; a row without
// answers is something.
func (a Answer) Blank() bool {
	return a.State == Answered && strings.TrimSpace(a.Text) == "" && len(a.Codes) == 0 && a.Number == nil && a.Bool == nil &&
		(a.Coded == nil || *a.Coded == CodedText{}) &&
		(a.Address == nil || a.Address.Postcode == "" && strings.TrimSpace(strings.Join(a.Address.Lines, "")) == "") &&
		(a.File == nil || *a.File == FileRef{}) && len(a.Rows) == 0
}

// Clone copies an answer with all it holds.
func (a Answer) Clone() Answer {
	a.Codes = slices.Clone(a.Codes)
	a.Number, a.Bool, a.Coded, a.File = clonePtr(a.Number), clonePtr(a.Bool), clonePtr(a.Coded), clonePtr(a.File)
	if a.Address != nil {
		a.Address = &PostalAddress{Lines: slices.Clone(a.Address.Lines), Postcode: a.Address.Postcode}
	}
	if a.Rows != nil {
		rows := make([]Row, len(a.Rows))
		for i, r := range a.Rows {
			rows[i] = Row{ID: r.ID, Answers: r.Answers.Clone()}
		}
		a.Rows = rows
	}
	return a
}

func clonePtr[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// Clone copies the answers with all they hold. A nil map gives an empty one.
func (a Answers) Clone() Answers {
	out := make(Answers, len(a))
	for id, v := range a {
		out[id] = v.Clone()
	}
	return out
}

// Equal says whether two answers say the same. The order of options chosen carries no meaning; the order of rows does.
func (a Answer) Equal(b Answer) bool {
	if a.State != b.State {
		return false
	}
	if a.State != Answered {
		return true
	}
	if ab, bb := a.Blank(), b.Blank(); ab || bb {
		return ab && bb
	}
	return a.Text == b.Text && sameCodes(a.Codes, b.Codes) && samePtr(a.Number, b.Number) && samePtr(a.Bool, b.Bool) &&
		samePtr(a.Coded, b.Coded) && sameAddress(a.Address, b.Address) && samePtr(a.File, b.File) &&
		slices.EqualFunc(a.Rows, b.Rows, func(x, y Row) bool { return x.ID == y.ID && x.Answers.Equal(y.Answers) })
}

func samePtr[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func sameAddress(a, b *PostalAddress) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Postcode == b.Postcode && slices.Equal(a.Lines, b.Lines)
}

func sameCodes(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	if slices.Equal(a, b) {
		return true
	}
	a, b = slices.Clone(a), slices.Clone(b)
	sort.Strings(a)
	sort.Strings(b)
	return slices.Equal(a, b)
}

// Equal says whether two sets of answers say the same; a blank answer equals none.
func (a Answers) Equal(b Answers) bool {
	for id, v := range a {
		if !v.Equal(b[id]) {
			return false
		}
	}
	for id, v := range b {
		if _, ok := a[id]; !ok && !v.Blank() {
			return false
		}
	}
	return true
}
