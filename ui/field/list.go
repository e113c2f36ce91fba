package field

// What may change here: how questions stand one under the other, and how one that hangs on another's answer is set in.

import (
	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// A List is the questions of a card, of a row or of a group, in order. A question that is asked because of an answer above
// it stands behind a blue bar, and comes and goes in place.
type List struct {
	Box    *control.Stack
	Fields []Field
	bars   []*bar
}

type bar struct {
	outer  *control.Stack // the room left of the bar
	box    *control.Stack
	fields []Field
	inner  []*bar
}

// deepest is how far questions are set in: further would leave no room for words.
const deepest = 2

// NewList makes the questions for items; row is empty at the top level.
func NewList(items []*forms.Item, group, row string, b *Binding) *List {
	l := &List{Box: control.VStack(16)}
	depth := map[string]int{}
	open := []*control.Stack{l.Box}
	var bars []*bar // one less than open
	for _, it := range items {
		if it.Kind == forms.Computed {
			continue
		}
		d := 0
		for _, id := range mentioned(it.When, nil) {
			if above, ok := depth[id]; ok {
				d = max(d, above+1)
			}
		}
		d = min(d, deepest)
		depth[it.ID] = d
		f := New(it, drafts.At{Group: group, Row: row, Item: it.ID}, b)
		l.Fields = append(l.Fields, f)
		open, bars = open[:min(len(open), d+1)], bars[:min(len(bars), d)]
		for len(open) <= d {
			nb := &bar{box: control.VStack(16).Inset(4, 0, 4, 20).Bar(theme.Blue)}
			nb.outer = control.VStack(0, nb.box).Inset(0, 0, 0, 11)
			open[len(open)-1].Add(nb.outer)
			l.bars = append(l.bars, nb)
			if len(bars) > 0 {
				last := bars[len(bars)-1]
				last.inner = append(last.inner, nb)
			}
			open, bars = append(open, nb.box), append(bars, nb)
		}
		open[d].Add(f.Object())
		if d > 0 {
			bars[d-1].fields = append(bars[d-1].fields, f)
		}
	}
	return l
}

func mentioned(r *forms.Rule, ids []string) []string {
	if r == nil {
		return ids
	}
	if r.Item != "" {
		ids = append(ids, r.Item)
	}
	for _, in := range r.All {
		ids = mentioned(in, ids)
	}
	for _, in := range r.Any {
		ids = mentioned(in, ids)
	}
	return mentioned(r.Not, ids)
}

// Update shows the state of the plan in every field, and says whether any of them is asked.
func (l *List) Update(v *View, r forms.Reader) (any bool) {
	for _, f := range l.Fields {
		f.Update(v, r)
		any = any || f.Visible()
	}
	for i := len(l.bars) - 1; i >= 0; i-- { // inner bars come after the bars that hold them
		l.bars[i].show()
	}
	return any
}

func (b *bar) show() {
	on := false
	for _, f := range b.fields {
		on = on || f.Visible()
	}
	for _, in := range b.inner {
		on = on || in.outer.Visible()
	}
	control.Reveal(b.outer, on)
}

// Find gives the field at a place, opening the row that it stands in.
func (l *List) Find(at drafts.At) Field {
	for _, f := range l.Fields {
		if f.At() == at {
			return f
		}
		if h, ok := f.(holder); ok {
			if in := h.find(at); in != nil {
				return in
			}
		}
	}
	return nil
}

// A holder is a field with fields inside.
type holder interface {
	find(at drafts.At) Field
	each(do func(Field))
}

// Each calls do with every field that there is, those in open rows included, in reading order.
func (l *List) Each(do func(Field)) {
	for _, f := range l.Fields {
		do(f)
		if h, ok := f.(holder); ok {
			h.each(do)
		}
	}
}

// A cluster is a group that does not repeat: questions under one heading.
type cluster struct {
	it   *forms.Item
	at   drafts.At
	box  *control.Stack
	list *List
}

func newCluster(it *forms.Item, at drafts.At, b *Binding) *cluster {
	c := &cluster{it: it, at: at, list: NewList(it.Items, at.Group, at.Row, b)}
	c.box = control.VStack(6)
	if it.Label != "" {
		c.box.Add(control.Strong(it.Label))
	}
	if it.Hint != "" {
		c.box.Add(control.Hint(it.Hint))
	}
	c.box.Add(c.list.Box)
	return c
}

func (c *cluster) Object() fyne.CanvasObject { return c.box }
func (c *cluster) Item() *forms.Item         { return c.it }
func (c *cluster) At() drafts.At             { return c.at }
func (c *cluster) Visible() bool             { return c.box.Visible() }
func (c *cluster) Answer() forms.Answer      { return forms.Answer{} }
func (c *cluster) Message() string           { return "" }

func (c *cluster) Update(v *View, r forms.Reader) {
	visible := r.Visible(c.it.ID)
	control.Reveal(c.box, visible)
	if visible {
		c.list.Update(v, r)
	}
}

func (c *cluster) First() fyne.Focusable {
	for _, f := range c.list.Fields {
		if f.Visible() && f.First() != nil {
			return f.First()
		}
	}
	return nil
}

func (c *cluster) find(at drafts.At) Field { return c.list.Find(at) }
func (c *cluster) each(do func(Field))     { c.list.Each(do) }
