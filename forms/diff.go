package forms

// What may change here: how two sets of answers are compared for a reviewer.

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Diff compares two sets of answers, in words, in the order of the form. Rows are matched by their ids: a row that was
// added or taken away gives one change for each of its answers (one for the group when it has none), and rows that changed
// places give one change on the group with both orders. An answer that did not change but no longer applies, or applies
// again, is a change. With all, unchanged answers come too, marked Same. Diff(d, a, a, today, false) is empty.
func Diff(d *Definition, old, new Answers, today time.Time, all bool) []Change {
	df := differ{d: d, all: all}
	o, n := NewReader(d, old, today), NewReader(d, new, today)
	for _, it := range d.order {
		switch {
		case it.group != nil, it.Kind == Computed, it.Kind == Group && !it.Repeats:
		case it.Kind == Group:
			df.group(it, o, n)
		default:
			df.leaf(it, &o, &n)
		}
	}
	return df.out
}

// NoLongerApplies gives the answers that are kept but count for nothing, because the questions are not asked any more.
// Hidden is true on all of them; Old and New are both the words kept.
func NoLongerApplies(d *Definition, a Answers, today time.Time) []Change {
	var out []Change
	r := NewReader(d, a, today)
	add := func(it *Item, in Reader) {
		v, ok := in.raw(it)
		if !ok || v.Blank() || in.visible(it) || it.Kind == Group && v.State == Answered {
			return
		}
		c := change(it, in)
		c.Old = in.wordsOf(it, v, false)
		c.New, c.Hidden = c.Old, true
		out = append(out, c)
	}
	for _, it := range d.order {
		if it.group != nil || it.Kind == Computed {
			continue
		}
		add(it, r)
		if it.Kind == Group && it.Repeats {
			for _, row := range r.rowsOf(it) {
				for i := it.index + 1; i < it.end; i++ {
					add(d.order[i], row)
				}
			}
		}
	}
	return out
}

type differ struct {
	d   *Definition
	all bool
	out []Change
}

// change fills what does not depend on the words.
func change(it *Item, in Reader) Change {
	c := Change{Item: it.ID, Step: it.step.ID, Section: it.section.ID, Label: it.ShortLabel(),
		Critical: it.Critical, Guarded: it.section.Guarded}
	if in.row != nil {
		c.Group, c.Row, c.RowTitle = in.row.group.ID, in.row.id, in.rowName()
	}
	return c
}

// rowName names a row for a reader: its title, else the group's label and its place.
func (r Reader) rowName() string {
	if t := r.Title(); t != "" {
		return t
	}
	for i, row := range r.v.a[r.row.group.ID].Rows {
		if row.ID == r.row.id {
			return r.row.group.ShortLabel() + " " + strconv.Itoa(i+1)
		}
	}
	return r.row.group.ShortLabel()
}

// leaf compares one item; old or new is nil when the row is on one side only.
func (df *differ) leaf(it *Item, old, new *Reader) {
	var o, n Answer
	var oldSeen, newSeen bool
	if old != nil {
		o, _ = old.raw(it)
		oldSeen = !o.Blank() && old.visible(it)
	}
	if new != nil {
		n, _ = new.raw(it)
		newSeen = !n.Blank() && new.visible(it)
	}
	if o.Blank() && n.Blank() {
		return
	}
	same := o.Equal(n)
	// A row that stands on one side only differs even where its answers are hidden.
	unchanged := same && oldSeen == newSeen
	if unchanged && !df.all {
		return
	}
	at := new
	if at == nil {
		at = old
	}
	c := change(it, *at)
	if !o.Blank() && (oldSeen || !same || unchanged) {
		c.Old = old.wordsOf(it, o, false)
	}
	if !n.Blank() {
		c.New = new.wordsOf(it, n, false)
		c.Hidden = !newSeen
	}
	if !same && c.Old == c.New && c.New != "" {
		c.New += ", changed" // two secrets look the same, and so may two entries of one name
	}
	c.Same = unchanged
	df.out = append(df.out, c)
}

func (df *differ) group(it *Item, o, n Reader) {
	oa, _ := o.raw(it)
	na, _ := n.raw(it)
	if oa.State != na.State || df.all && oa.State != Answered {
		c := change(it, n)
		c.Old, c.New = StateWords(oa.State), StateWords(na.State)
		c.Same = oa.State == na.State
		c.Hidden = na.State != Answered && !n.visible(it)
		df.out = append(df.out, c)
	}
	oldRows, newRows := o.rowsOf(it), n.rowsOf(it)
	df.order(it, n, oldRows, newRows)
	for i := range newRows {
		j := slices.IndexFunc(oldRows, func(r Reader) bool { return r.row.id == newRows[i].row.id })
		if j < 0 {
			df.row(it, nil, &newRows[i])
		} else {
			df.row(it, &oldRows[j], &newRows[i])
		}
	}
	for i := range oldRows {
		if !slices.ContainsFunc(newRows, func(r Reader) bool { return r.row.id == oldRows[i].row.id }) {
			df.row(it, &oldRows[i], nil)
		}
	}
}

// row compares the answers of one row.
func (df *differ) row(it *Item, old, new *Reader) {
	before := len(df.out)
	for i := it.index + 1; i < it.end; i++ {
		c := df.d.order[i]
		if c.Kind == Computed || c.Kind == Group {
			continue
		}
		df.leaf(c, old, new)
	}
	if len(df.out) > before || old != nil && new != nil {
		return
	}
	at, c := new, Change{}
	if at == nil {
		at = old
		c = change(it, *at)
		c.Old = "An entry without answers"
	} else {
		c = change(it, *at)
		c.New = "An entry without answers"
	}
	df.out = append(df.out, c)
}

// order reports rows that changed places among those that both sides have. Rows without a title are called by their old
// place on both sides, so that the change can be seen.
func (df *differ) order(it *Item, n Reader, oldRows, newRows []Reader) {
	names := make(map[string]string, len(oldRows))
	var oldIDs, newIDs, oldNames, newNames []string
	for _, r := range oldRows {
		if slices.ContainsFunc(newRows, func(o Reader) bool { return o.row.id == r.row.id }) {
			names[r.row.id] = r.rowName()
			oldIDs, oldNames = append(oldIDs, r.row.id), append(oldNames, r.rowName())
		}
	}
	for _, r := range newRows {
		name, both := names[r.row.id]
		if !both {
			continue
		}
		if t := r.Title(); t != "" {
			name = t
		}
		newIDs, newNames = append(newIDs, r.row.id), append(newNames, name)
	}
	if slices.Equal(oldIDs, newIDs) {
		return
	}
	c := change(it, n)
	c.Label += ", order"
	c.Old, c.New = strings.Join(oldNames, "; "), strings.Join(newNames, "; ")
	if c.Old == c.New {
		c.New += ", changed" // entries of one name
	}
	c.Hidden = !n.visible(it)
	df.out = append(df.out, c)
}
