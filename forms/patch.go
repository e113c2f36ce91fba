package forms

// What may change here: how one set of answers is turned into another (RFC 7386, JSON merge patch).

import (
	"encoding/json"
	"reflect"
)

// MakePatch writes the RFC 7386 merge patch that turns old into new: only what differs, null for what is gone. Where an
// answer changes from a value to a state, the patch takes the value away in the same object. The error is for answers that
// cannot be written at all (NaN, two rows with one id).
func MakePatch(old, new Answers) ([]byte, error) {
	o, err := old.tree()
	if err != nil {
		return nil, err
	}
	n, err := new.tree()
	if err != nil {
		return nil, err
	}
	p := make(tree)
	for id := range new {
		if has(n, id) && !new[id].Equal(old[id]) {
			if has(o, id) {
				p[id] = mergeDiff(o[id].(tree), n[id].(tree))
			} else {
				p[id] = n[id]
			}
		}
	}
	for id := range o {
		if !has(n, id) {
			p[id] = nil
		}
	}
	return marshalTree(p)
}

func mergeDiff(old, new tree) tree {
	p := make(tree)
	for k, nv := range new {
		ov, had := old[k]
		om, oldIsMap := ov.(tree)
		nm, newIsMap := nv.(tree)
		switch {
		case !had, oldIsMap != newIsMap:
			// A merge patch cannot replace an object: a value that was an object would be merged into. The other way round
			// is safe.
			p[k] = nv
		case oldIsMap:
			if sub := mergeDiff(om, nm); len(sub) > 0 {
				p[k] = sub
			}
		case !reflect.DeepEqual(ov, nv):
			p[k] = nv
		}
	}
	for k := range old {
		if !has(new, k) {
			p[k] = nil
		}
	}
	return p
}

// ApplyPatch turns old into what the merge patch asks for and returns the result; old is not touched. The error means that
// the patch could not be read at all. What is wrong with single answers comes as problems, as from Decode, and for those
// answers the result keeps what old held: one bad field never loses the others. Answers that the patch does not name are
// not looked at. A row without an order keeps its place; a new one without goes last.
func ApplyPatch(d *Definition, old Answers, patch []byte) (Answers, []Problem, error) {
	t, err := parseTree(patch)
	if err != nil {
		return nil, nil, err
	}
	dec := decoder{d: d}
	out := old.Clone()
	dec.apply(out, t, nil, "")
	return out, dec.problems, nil
}

// apply changes the answers of the plan (group nil) or of one row.
func (dec *decoder) apply(out Answers, t tree, group *Item, row string) {
	for _, name := range dec.names(t) {
		if t[name] == nil {
			delete(out, name) // what another version of the form left behind may go too
			continue
		}
		it := dec.holds(name, group, row)
		if it == nil {
			continue
		}
		p, ok := t[name].(tree)
		if !ok {
			dec.bad(it, row, "shape", wrongShape(it))
			continue
		}
		var a Answer
		if rows, given := p["rows"]; given && rows != nil && it.Kind == Group {
			a, ok = dec.applyRows(it, row, out[name], p, rows)
		} else {
			was, err := out[name].tree()
			if err != nil {
				was = nil // an old answer that cannot be written is replaced, never merged into
			}
			a, ok = dec.answer(it, row, mergeAnswer(was, p))
		}
		switch {
		case !ok:
		case a.Blank():
			delete(out, name)
		default:
			out[name] = a
		}
	}
}

// mergeAnswer merges the patch of one answer. A value sent replaces a state that was there, and the other way round, so that
// a sender who does not know RFC 7386 by heart still says what they mean.
func mergeAnswer(old, p tree) tree {
	out := mergeTree(old, p)
	for _, k := range []string{"value", "state", "rows"} {
		if p[k] == nil {
			continue
		}
		for _, other := range []string{"value", "state", "rows"} {
			if other != k && p[other] == nil {
				delete(out, other)
			}
		}
	}
	return out
}

func mergeTree(old, p tree) tree {
	out := make(tree, len(old)+len(p))
	for k, v := range old {
		out[k] = v
	}
	for k, v := range p {
		switch v := v.(type) {
		case nil:
			delete(out, k)
		case tree:
			om, _ := out[k].(tree)
			out[k] = mergeTree(om, v)
		default:
			out[k] = v
		}
	}
	return out
}

func (dec *decoder) applyRows(group *Item, row string, old Answer, p tree, v any) (Answer, bool) {
	t, ok := v.(tree)
	for k, other := range p {
		ok = ok && (k == "rows" || other == nil)
	}
	if !ok {
		dec.bad(group, row, "shape", wrongShape(group))
		return Answer{}, false
	}
	if old.State != Answered {
		old.Rows = nil
	}
	rows := make([]orderedRow, 0, len(old.Rows)+len(t))
	for i, r := range old.Rows {
		order := float64(i + 1)
		change, named := t[r.ID]
		if !named {
			rows = append(rows, orderedRow{order, r})
			continue
		}
		if change == nil {
			continue
		}
		m, ok := change.(tree)
		for k := range m {
			ok = ok && (k == "order" || k == "answers")
		}
		if n := m["order"]; ok && n != nil {
			var f float64
			if f, ok = decodeOrder(n); ok {
				order = f
			}
		}
		answers := r.Answers
		if a := m["answers"]; ok && a != nil {
			var at tree
			if at, ok = a.(tree); ok {
				dec.apply(answers, at, group, r.ID)
			}
		} else if ok && has(m, "answers") {
			answers = Answers{}
		}
		if !ok {
			dec.bad(group, r.ID, "shape", wrongShape(group))
		}
		rows = append(rows, orderedRow{order, Row{ID: r.ID, Answers: answers}})
	}
	for _, id := range sortedKeys(t) {
		if t[id] == nil || hasRow(old.Rows, id) {
			continue
		}
		if nr, ok := dec.rowOf(group, id, stripNulls(t[id])); ok {
			rows = append(rows, nr)
		}
	}
	return Answer{Rows: inOrder(rows)}, true
}

func hasRow(rows []Row, id string) bool {
	for _, r := range rows {
		if r.ID == id {
			return true
		}
	}
	return false
}

// stripNulls leaves out what a merge patch takes away, where there is nothing to take it from.
func stripNulls(v any) any {
	t, ok := v.(tree)
	if !ok {
		return v
	}
	return mergeTree(nil, t)
}

// Both write themselves in the stored form.
var (
	_ json.Marshaler = Answers(nil)
	_ json.Marshaler = Answer{}
)
