package field

// What may change here: entries that repeat: contacts, medicines, problems. Each is a card of its own. An entry with answers
// starts closed, as one line that says who or what it is; opening it shows its questions in place. Only open entries have
// their questions built, so that twenty contacts are as quick as one.

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/theme"
)

type rows struct {
	it  *forms.Item
	b   *Binding
	box *control.Stack

	wrong  *control.Text
	list   *control.Stack
	undo   *control.Stack
	add    *control.Button
	full   *control.Text
	states *control.Pills
	cards  map[string]*row
	order  []string

	view    *View
	reader  forms.Reader
	message string
	opening string // the row to open with the next update
}

func newRows(it *forms.Item, b *Binding) *rows {
	g := &rows{it: it, b: b, cards: map[string]*row{}}
	g.box = control.VStack(8, control.Strong(it.Label))
	if it.Hint != "" {
		g.box.Add(control.Hint(it.Hint))
	}
	if it.Why != "" {
		why := control.VStack(0, control.Body(it.Why)).Inset(6, 0, 6, 14).Bar(theme.Faint)
		why.Hidden = true
		g.box.Add(control.HStack(0, control.NewLink("Why we ask", func() { control.Reveal(why, !why.Visible()) }).Sized(14, false)), why)
	}
	g.wrong = control.ErrorText("")
	g.wrong.Hidden = true
	g.list = control.VStack(8)
	g.undo = control.VStack(0).Inset(8, 12, 8, 12).Ground(theme.WarnFill).Bordered(theme.WarnEdge, 1, 4)
	g.undo.Hidden = true
	g.box.Add(g.wrong, g.list, g.undo)
	if !b.locked(it) {
		g.add = control.Secondary(g.addWords(0), g.addRow).Compact()
		g.full = control.Muted(fmt.Sprintf("There is room for %d entries.", it.MaxRows))
		g.full.Hidden = true
		g.box.Add(control.HStack(0, g.add), g.full)
		if len(it.States) > 0 {
			var options []control.Option
			for _, s := range it.States {
				options = append(options, control.Option{ID: string(s), Label: forms.StateWords(s)})
			}
			g.states = control.NewPills(options, g.pickState)
			g.box.Add(control.VStack(0, g.states).Inset(4, 0, 0, 0))
		}
	}
	return g
}

// addWords are the words of the button: "Add another person", and "Add a person" while there is none.
func (g *rows) addWords(n int) string {
	words := g.it.AddLabel
	if words == "" {
		words = "Add another entry"
	}
	before, noun, ok := strings.Cut(words, "another ")
	if n > 0 || !ok || noun == "" {
		return words
	}
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return before + "an " + noun
	}
	return before + "a " + noun
}

func (g *rows) pickState(id string) {
	if id == "" {
		g.b.Draft.Clear(g.At())
	} else {
		g.b.Draft.Set(g.At(), forms.StateAnswer(forms.State(id)))
	}
	g.b.changed(g.At())
}

func (g *rows) Object() fyne.CanvasObject { return g.box }
func (g *rows) Item() *forms.Item         { return g.it }
func (g *rows) At() drafts.At             { return drafts.At{Item: g.it.ID} }
func (g *rows) Visible() bool             { return g.box.Visible() }
func (g *rows) Message() string           { return g.message }

func (g *rows) First() fyne.Focusable {
	if len(g.order) == 0 || g.message != "" {
		if g.add == nil {
			return nil
		}
		return g.add
	}
	return g.cards[g.order[0]].first()
}

// Answer gives the rows as the open cards show them, and the others as the draft holds them.
func (g *rows) Answer() forms.Answer {
	if g.view == nil {
		return forms.Answer{}
	}
	if a := g.reader.Answers()[g.it.ID]; a.State != forms.Answered {
		return a
	}
	var out []forms.Row
	for _, id := range g.order {
		c := g.cards[id]
		answers := forms.Answers{}
		if c.list == nil {
			answers = c.reader.Answers()
		} else {
			c.list.Each(func(f Field) {
				if a := f.Answer(); !a.Blank() {
					answers[f.Item().ID] = a
				}
			})
			for item, a := range c.reader.Answers() { // hidden answers stay
				if _, ok := answers[item]; !ok && !c.reader.Visible(item) {
					answers[item] = a
				}
			}
		}
		out = append(out, forms.Row{ID: id, Answers: answers})
	}
	return forms.Answer{Rows: out}
}

func (g *rows) addRow() {
	id := g.b.Draft.AddRow(g.it.ID)
	g.opening = id
	g.hideUndo()
	g.b.changed(g.At())
	if c := g.cards[id]; c != nil {
		g.b.focus(c.first())
	}
}

func (g *rows) remove(id string) {
	c := g.cards[id]
	name := "the entry"
	if c != nil && c.title != "" {
		name = "\u201c" + c.title + "\u201d"
	}
	undo := g.b.Draft.RemoveRow(g.it.ID, id)
	link := control.NewLink("Put it back", func() {
		undo()
		g.hideUndo()
		g.opening = id
		g.b.changed(g.At())
		if c := g.cards[id]; c != nil {
			g.b.focus(c.first())
		}
	})
	g.undo.Set(control.Rich(15, control.Span{Text: "You removed " + name + "."}).WithTail(link))
	control.Reveal(g.undo, true)
	g.b.changed(g.At())
	g.b.focus(link)
}

func (g *rows) hideUndo() {
	control.Reveal(g.undo, false)
}

func (g *rows) move(id string, by int) {
	g.b.Draft.MoveRow(g.it.ID, id, by)
	g.b.changed(g.At())
	c := g.cards[id]
	switch {
	case c == nil:
	case by < 0 && c.up.Visible():
		g.b.focus(c.up)
	case by > 0 && c.down.Visible():
		g.b.focus(c.down)
	default:
		g.b.focus(c.toggle)
	}
}

func (g *rows) Update(v *View, r forms.Reader) {
	visible := r.Visible(g.it.ID)
	control.Reveal(g.box, visible)
	if !visible {
		return
	}
	g.view, g.reader = v, r
	a := r.Answers()[g.it.ID]
	if g.states != nil {
		g.states.Choose(string(a.State))
		g.states.StepBack(len(a.Rows) > 0)
	}
	readers := r.Rows(g.it.ID)
	var order []string
	for i, in := range readers {
		id := in.RowID()
		c := g.cards[id]
		if c == nil {
			c = newRow(g, id)
			g.cards[id] = c
			if id == g.opening || len(readers) == 1 || len(in.Answers()) == 0 {
				c.open = true
			}
		}
		if id == g.opening {
			c.open = true
		}
		c.update(v, in, i, len(readers))
		order = append(order, id)
	}
	g.opening = ""
	if strings.Join(order, " ") != strings.Join(g.order, " ") {
		objs := make([]fyne.CanvasObject, len(order))
		keep := map[string]*row{}
		for i, id := range order {
			objs[i] = g.cards[id].box
			keep[id] = g.cards[id]
		}
		g.cards, g.order = keep, order
		g.list.Set(objs...)
		control.Reveal(g.list, len(objs) > 0)
	}
	if len(order) == 0 {
		control.Reveal(g.list, false)
	}
	if g.add != nil {
		room := g.it.MaxRows == 0 || len(order) < g.it.MaxRows
		control.Reveal(g.add, room)
		if words := g.addWords(len(order)); words != g.add.Text() {
			g.add.SetText(words)
		}
		control.Reveal(g.full, !room)
	}
	wrong := ""
	for _, p := range v.Problems[g.At()] {
		if (!p.Gap || v.Checked) && wrong == "" && (p.Severity == forms.Stop || p.Gap) {
			wrong = p.Words
		}
	}
	g.message = wrong
	g.wrong.SetText(wrong)
	control.Reveal(g.wrong, wrong != "")
}

func (g *rows) find(at drafts.At) Field {
	if at.Group != g.it.ID {
		return nil
	}
	c := g.cards[at.Row]
	if c == nil {
		return nil
	}
	c.setOpen(true)
	if at.Item == "" {
		return c
	}
	return c.list.Find(at)
}

func (g *rows) each(do func(Field)) {
	for _, id := range g.order {
		if c := g.cards[id]; c.list != nil {
			c.list.Each(do)
		}
	}
}

// OpenAll opens every entry.
func (g *rows) OpenAll() {
	for _, id := range g.order {
		g.cards[id].setOpen(true)
	}
}

// A row is one entry. It is a Field too, so that a link can land on it as a whole.
type row struct {
	g      *rows
	id     string
	box    *control.Stack
	name   *control.Text
	digest *control.Text
	tag    *control.TagLabel
	toggle *control.Link
	up     *control.Link
	down   *control.Link
	tools  *control.Row
	list   *List
	open   bool
	title  string
	reader forms.Reader
	known  bool
	place  int
	of     int
}

func newRow(g *rows, id string) *row {
	c := &row{g: g, id: id}
	c.box = control.VStack(10).Inset(10, 14, 10, 14).Ground(theme.Paper).Bordered(theme.Faint, 1, 4)
	c.name = control.Strong("")
	c.digest = control.Hint("")
	c.digest.Hidden = true
	c.tag = control.SmallTag("", control.Warn)
	c.tag.Hidden = true
	c.toggle = control.NewLink("Open", func() { c.setOpen(!c.open); g.b.focus(c.toggle) })
	c.box.Add(control.HStack(12, control.Grow(200, c.name), c.tag, c.toggle).AlignTop(), c.digest)
	return c
}

func (c *row) Object() fyne.CanvasObject { return c.box }
func (c *row) Item() *forms.Item         { return c.g.it }
func (c *row) At() drafts.At             { return drafts.At{Group: c.g.it.ID, Row: c.id} }
func (c *row) Visible() bool             { return true }
func (c *row) Answer() forms.Answer      { return forms.Answer{} }
func (c *row) Message() string           { return "" }
func (c *row) First() fyne.Focusable     { return c.first() }

func (c *row) Update(*View, forms.Reader) {}

func (c *row) first() fyne.Focusable {
	if c.open && c.list != nil {
		for _, f := range c.list.Fields {
			if f.Visible() && f.First() != nil {
				return f.First()
			}
		}
	}
	return c.toggle
}

func (c *row) setOpen(open bool) {
	if c.open == open && (c.list != nil || !open) {
		return
	}
	c.open = open
	if c.known {
		c.update(c.g.view, c.reader, c.place, c.of)
	}
}

func (c *row) build() {
	if c.list != nil {
		return
	}
	c.list = NewList(c.g.it.Items, c.g.it.ID, c.id, c.g.b)
	c.box.Add(c.list.Box)
	if c.g.b.locked(c.g.it) {
		return
	}
	c.up = control.NewLink("Move up", func() { c.g.move(c.id, -1) })
	c.down = control.NewLink("Move down", func() { c.g.move(c.id, 1) })
	c.tools = control.HStack(18, control.NewLink("Close", func() { c.setOpen(false); c.g.b.focus(c.toggle) }),
		c.up, c.down, control.NewLink("Remove", func() { c.g.remove(c.id) }).Coloured(theme.Red))
	c.box.Add(c.tools)
}

func (c *row) update(v *View, r forms.Reader, place, of int) {
	c.reader, c.known, c.place, c.of = r, true, place, of
	c.title = r.Title()
	name := fmt.Sprintf("%d. %s", place+1, c.title)
	if c.title == "" {
		name = fmt.Sprintf("%d. (%s)", place+1, strings.ToLower(c.g.it.ShortLabel())+": new entry")
	}
	c.name.SetText(name)
	if c.open {
		c.build()
		c.list.Update(v, r)
		c.toggle.SetText("Close")
		if c.tools != nil {
			control.Reveal(c.up, place > 0)
			control.Reveal(c.down, place < of-1)
		}
	} else {
		c.toggle.SetText("Open")
	}
	if c.list != nil {
		control.Reveal(c.list.Box, c.open)
	}
	if c.tools != nil {
		control.Reveal(c.tools, c.open)
	}
	digest := ""
	if !c.open {
		digest = c.summary(r)
	}
	c.digest.SetText(digest)
	control.Reveal(c.digest, digest != "")
	c.count(v)
}

// count says on a closed card how much of it is missing or wrong.
func (c *row) count(v *View) {
	gaps, wrong := 0, 0
	if !c.open {
		for at, ps := range v.Problems {
			if at.Group != c.g.it.ID || at.Row != c.id {
				continue
			}
			for _, p := range ps {
				switch {
				case p.Gap:
					gaps++
				case p.Severity == forms.Stop:
					wrong++
				}
			}
		}
	}
	switch {
	case wrong > 0:
		c.tag.Set("Needs attention", control.Alarm)
	case gaps == 1:
		c.tag.Set("1 answer missing", control.Warn)
	case gaps > 1:
		c.tag.Set(fmt.Sprintf("%d answers missing", gaps), control.Warn)
	}
	control.Reveal(c.tag, wrong+gaps > 0)
}

// mostFacts is how many answers a closed card shows besides its name.
const mostFacts = 4

func (c *row) summary(r forms.Reader) string {
	var facts []string
	for _, it := range c.g.it.Items {
		if len(facts) == mostFacts {
			break
		}
		if it.ID == c.g.it.RowTitle || it.Sensitive || it.Kind == forms.Secret {
			continue
		}
		if words := r.Words(it.ID); words != "" && len(words) < 70 && !r.Blank(it.ID) && r.State(it.ID) == forms.Answered {
			if it.Kind == forms.YesNo || it.Kind == forms.Choice { // "Yes" and "Another" say nothing by themselves
				words = it.ShortLabel() + ": " + words
			}
			facts = append(facts, words)
		}
	}
	return strings.Join(facts, " \u00b7 ")
}
