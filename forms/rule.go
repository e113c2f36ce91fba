package forms

// What may change here: how the closed set of operators is worked out. It follows the comment on Rule, and FHIR R4
// Questionnaire.item.enableWhen where that is silent.

import (
	"strconv"
	"strings"
)

// Holds works out a rule; a nil rule holds. It always ends, and never fails: a rule on something that is not there is false
// but for OpNotEqual.
func (r Reader) Holds(rule *Rule) bool {
	switch {
	case rule == nil:
		return true
	case len(rule.All) > 0:
		for _, c := range rule.All {
			if !r.Holds(c) {
				return false
			}
		}
		return true
	case len(rule.Any) > 0:
		for _, c := range rule.Any {
			if r.Holds(c) {
				return true
			}
		}
		return false
	case rule.Not != nil:
		return !r.Holds(rule.Not)
	}
	if rule.Op == OpNotEqual {
		return !r.matches(rule, OpEqual)
	}
	return r.matches(rule, rule.Op)
}

// matches works out every operator but OpNotEqual, which is the opposite of OpEqual.
func (r Reader) matches(rule *Rule, op Op) bool {
	if strings.HasPrefix(rule.Item, "@") {
		if rule.Item == "@age" {
			age, ok := r.wholeYears()
			return ok && (op == OpExists || compareNumber(float64(age), op, rule.Value))
		}
		id, ok := strings.CutPrefix(rule.Item, "@state:")
		it := r.v.d.items[id]
		if !ok || it == nil {
			return false
		}
		return r.someRow(it, func(in Reader) bool {
			a, ok := in.raw(it)
			if !ok || a.Blank() || !in.visible(it) {
				return false
			}
			state := string(a.State)
			if a.State == Answered {
				state = "answered"
			}
			return op == OpExists || compareText(state, op, rule.Value)
		})
	}
	it := r.v.d.items[rule.Item]
	if it == nil {
		return false
	}
	return r.someRow(it, func(in Reader) bool {
		a, ok := in.get(it)
		return ok && (op == OpExists || compare(a, op, rule.Value))
	})
}

// someRow asks about an item where it is held: here, or, from outside its repeating group, in any row.
func (r Reader) someRow(it *Item, ask func(Reader) bool) bool {
	if it.group == nil || r.row != nil && r.row.group == it.group {
		return ask(r)
	}
	for _, row := range r.rowsOf(it.group) {
		if ask(row) {
			return true
		}
	}
	return false
}

func compare(a Answer, op Op, want any) bool {
	switch {
	case a.Bool != nil:
		if op == OpIn {
			return inList(want, func(v any) bool { return v == *a.Bool })
		}
		return op == OpEqual && want == *a.Bool
	case a.Number != nil:
		return compareNumber(*a.Number, op, want)
	case len(a.Codes) > 0:
		for _, c := range a.Codes {
			if compareText(c, op, want) {
				return true
			}
		}
		return false
	case a.Coded != nil:
		return compareText(a.Coded.Code, op, want) || compareText(a.Coded.Text, op, want)
	case a.Text != "":
		return compareText(a.Text, op, want)
	}
	return false
}

func compareNumber(have float64, op Op, want any) bool {
	if op == OpIn {
		return inList(want, func(v any) bool { return compareNumber(have, OpEqual, v) })
	}
	w, ok := number(want)
	if !ok {
		return false
	}
	switch op {
	case OpEqual:
		return have == w
	case OpLess:
		return have < w
	case OpMore:
		return have > w
	}
	return false
}

// compareText compares words, codes and dates; a code that is a number is compared as one when the rule's value is one.
func compareText(have string, op Op, want any) bool {
	if op == OpIn {
		return inList(want, func(v any) bool { return compareText(have, OpEqual, v) })
	}
	w, ok := want.(string)
	if !ok {
		n, err := strconv.ParseFloat(have, 64)
		return err == nil && compareNumber(n, op, want)
	}
	switch op {
	case OpEqual:
		return have == w
	case OpLess:
		return have < w
	case OpMore:
		return have > w
	}
	return false
}

func inList(want any, is func(any) bool) bool {
	list, _ := want.([]any)
	for _, v := range list {
		if is(v) {
			return true
		}
	}
	return false
}

// number reads the numbers that YAML gives.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
