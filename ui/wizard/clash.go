package wizard

// What may change here: how a person chooses when two people wrote in the same place.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/theme"
)

type clash struct {
	w      *Wizard
	box    *control.Stack
	page   *control.Page
	fields []drafts.Clash
	choose map[drafts.At]bool
	button *control.Button
}

func newClash(w *Wizard) *clash {
	c := &clash{w: w, box: control.VStack(10).Inset(14, 26, 14, 26).Ground(theme.WarnFill).Line(control.Bottom, 2)}
	c.page = control.Scroll(c.box).AtMost(330)
	c.page.Hidden = true
	return c
}

func (c *clash) show(conflict *drafts.Conflict) {
	if conflict == nil {
		c.fields = nil
		control.Reveal(c.page, false)
		return
	}
	same := slices.EqualFunc(conflict.Fields, c.fields, func(a, b drafts.Clash) bool {
		return a.At == b.At && a.Theirs.Equal(b.Theirs) && a.Mine.Equal(b.Mine) && a.InTheirs == b.InTheirs && a.InMine == b.InMine
	})
	if same && c.page.Visible() {
		return
	}
	before := c.choose
	seen := c.fields
	c.choose = map[drafts.At]bool{}
	for _, f := range conflict.Fields { // a choice stands while what it was made against stays as it was
		if mine, chosen := before[f.At]; chosen && slices.ContainsFunc(seen, func(old drafts.Clash) bool {
			return old.At == f.At && old.Theirs.Equal(f.Theirs) && old.InTheirs == f.InTheirs
		}) {
			c.choose[f.At] = mine
		}
	}
	c.fields = conflict.Fields
	c.button = control.Primary("Keep these", c.resolve)
	words := "Saved while you were writing."
	if conflict.By != "" {
		words = "Saved by " + conflict.By + ", while you were writing."
	}
	words += " Nothing is lost. Choose which answer stands."
	if n := len(conflict.Fields); n > 1 {
		words += fmt.Sprintf(" There are %d to choose.", n)
	}
	objs := []fyne.CanvasObject{control.Heading("Someone else changed the same answers"), control.Body(words)}
	if slices.ContainsFunc(conflict.Fields, func(f drafts.Clash) bool { return f.Guarded }) {
		objs = append(objs, control.Hint("Answers that are read together are asked one by one, also where only one of you wrote."))
	}
	versions := [3]forms.Reader{}
	for i, a := range []forms.Answers{conflict.Base, conflict.Theirs, conflict.Mine} {
		versions[i] = forms.NewReader(c.w.def, a, c.w.d.Editor.Today())
	}
	for _, f := range conflict.Fields {
		objs = append(objs, c.one(f, versions))
	}
	objs = append(objs, control.HStack(0, c.button))
	body := control.VStack(12, objs...)
	c.box.Set(body)
	c.ready()
	control.Reveal(c.page, true)
}

func (c *clash) ready() {
	if len(c.choose) == len(c.fields) {
		c.button.Enable()
	} else {
		c.button.Disable()
	}
}

// The places of the three versions that a choice shows.
const (
	before = iota
	theirs
	mine
)

// one is one choice. What stands as it was before says so; else what was before is said below.
func (c *clash) one(f drafts.Clash, versions [3]forms.Reader) fyne.CanvasObject {
	said, same := c.saidIn(f, versions)
	words := func(i int) string {
		if same[i] {
			return said[i] + " (as it was)"
		}
		return said[i]
	}
	last := ""
	if !same[theirs] && !same[mine] {
		last = "Before: " + said[before]
	}
	radio := control.NewRadio([]control.Option{
		{ID: "mine", Label: "Yours: " + words(mine)},
		{ID: "theirs", Label: "Theirs: " + words(theirs), Hint: last},
	}, func(id string) {
		c.choose[f.At] = id == "mine"
		c.ready()
	})
	if mine, chosen := c.choose[f.At]; chosen && mine {
		radio.Choose("mine")
	} else if chosen {
		radio.Choose("theirs")
	}
	return control.VStack(2, control.Strong(c.label(f, versions)), radio)
}

// label says what the choice is about: "Preferred name", "Ann Smith: Phone", "Contacts: Ann Smith", "Contacts: the order".
func (c *clash) label(f drafts.Clash, versions [3]forms.Reader) string {
	label := f.Label
	if label == "" {
		label = "An entry"
	}
	if f.At.Group == "" {
		if it := c.w.def.Item(f.At.Item); it != nil && it.Repeats && len(f.Mine.Rows)+len(f.Theirs.Rows) > 0 {
			return label + ": which entries, and their order"
		}
		return label
	}
	title := ""
	for _, v := range versions {
		if row, ok := v.Row(f.At.Group, f.At.Row); ok && row.Title() != "" {
			title = row.Title()
		}
	}
	switch {
	case title == "":
		return label
	case f.At.Item == "":
		return label + ": " + title
	}
	return title + ": " + label
}

const nothing = "Nothing"

// saidIn gives in words what each version holds at the place of a choice, and whether that is what was there before.
func (c *clash) saidIn(f drafts.Clash, versions [3]forms.Reader) (said [3]string, same [3]bool) {
	if f.At.Item == "" && f.At.Row != "" { // all of an entry
		return c.entries(f.At, versions)
	}
	answers := [3]forms.Answer{before: f.Base, theirs: f.Theirs, mine: f.Mine}
	in := [3]bool{before: f.InBase, theirs: f.InTheirs, mine: f.InMine}
	it := c.w.def.Item(f.At.Item)
	for i, v := range versions {
		said[i] = nothing
		same[i] = in[i] == in[before] && answers[i].Equal(answers[before])
		switch {
		case !in[i] || it == nil:
		case it.Repeats && answers[i].State == forms.Answered:
			var titles []string
			for n, row := range v.Rows(it.ID) {
				titles = append(titles, fmt.Sprintf("%d. %s", n+1, titleOr(row.Title())))
			}
			if len(titles) > 0 {
				said[i] = strings.Join(titles, ", ")
			}
		default:
			if words := c.wordsOf(f.At, it, answers[i], v); words != "" {
				said[i] = words
			}
		}
	}
	return said, same
}

// wordsOf gives one answer in words; one that points at an entry is named by that entry, which only its own version knows.
func (c *clash) wordsOf(at drafts.At, it *forms.Item, a forms.Answer, v forms.Reader) string {
	if at.Group != "" {
		row, ok := v.Row(at.Group, at.Row)
		if !ok {
			return ""
		}
		v = row
	}
	if got, ok := v.Get(it.ID); ok && got.Equal(a) {
		return v.Words(it.ID)
	}
	return forms.Words(it, a)
}

// entries writes out an entry as each version has it. Where both sides have it, only what differs is written.
func (c *clash) entries(at drafts.At, versions [3]forms.Reader) (said [3]string, same [3]bool) {
	var rows [3]forms.Reader
	var there [3]bool
	for i, v := range versions {
		rows[i], there[i] = v.Row(at.Group, at.Row)
	}
	group := c.w.def.Item(at.Group)
	for i := range said {
		same[i] = there[i] == there[before] && (!there[i] || rows[i].Answers().Equal(rows[before].Answers()))
		if !there[i] {
			said[i] = "Taken out"
			if !there[before] {
				said[i] = "Not there"
			}
			continue
		}
		var facts []string
		for _, it := range group.Items {
			words := rows[i].Words(it.ID)
			differs := !there[mine] || !there[theirs] || !rows[mine].Answers()[it.ID].Equal(rows[theirs].Answers()[it.ID])
			if rows[i].Blank(it.ID) || words == "" || !differs {
				continue
			}
			facts = append(facts, it.ShortLabel()+": "+words)
		}
		said[i] = titleOr(rows[i].Title())
		if len(facts) > 0 {
			said[i] = strings.Join(facts, "; ")
		}
	}
	return said, same
}

func titleOr(title string) string {
	if title == "" {
		return "An entry without a name"
	}
	return title
}

func (c *clash) resolve() {
	choose := c.choose
	c.button.SetBusy("Saving...")
	c.w.d.Work("Saving your choice...", func(ctx context.Context) error { return c.w.d.Editor.Resolve(ctx, choose) }, func(err error) {
		if c.w.closed {
			return
		}
		c.button.Ready()
		if err != nil {
			c.w.d.Say.Error(err)
		}
		c.w.changed(c.w.editing)
	})
}
