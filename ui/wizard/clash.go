package wizard

// What may change here: how a person chooses when two people wrote in the same place.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// A clash is the screen on which a person chooses, and the band above the questions that leads to it. It never comes by itself in
// front of somebody who is writing.
type clash struct {
	w      *Wizard
	page   *control.Page  // the band
	screen *control.Page  // the choices
	box    *control.Stack // what the screen shows
	open   bool           // the screen is in the place of the questions
	narrow bool           // there is no room for three versions side by side

	conflict *drafts.Conflict
	fields   []drafts.Clash
	choose   map[drafts.At]bool
	choices  []*choice
	button   *control.Button
	left     *control.Text
}

// A choice is one question: what it is about, and the two versions that can be pressed.
type choice struct {
	field        drafts.Clash
	name         string
	theirs, mine *version
}

// A version is one person's words, and whether they stand.
type version struct {
	box   *control.Pressable
	said  string
	state *control.Text
}

func newClash(w *Wizard) *clash {
	c := &clash{w: w, box: control.VStack(0), left: control.Muted("")}
	c.page = control.Scroll(control.VStack(0))
	c.page.Hidden = true
	c.screen = control.Scroll(control.Column(1120, c.box).Inset(18, 26, 28, 26))
	c.button = control.Primary("Keep these", c.resolve)
	return c
}

func (c *clash) show(conflict *drafts.Conflict) {
	if conflict == nil {
		c.conflict, c.fields, c.choices = nil, nil, nil
		control.Reveal(c.page, false)
		c.shut()
		return
	}
	same := slices.EqualFunc(conflict.Fields, c.fields, func(a, b drafts.Clash) bool {
		return a.Asks(b) && a.Mine.Equal(b.Mine) && a.InMine == b.InMine && a.By == b.By && a.When.Equal(b.When)
	})
	if same && c.page.Visible() {
		return
	}
	before, seen := c.choose, c.fields
	c.choose = map[drafts.At]bool{}
	for _, f := range conflict.Fields { // a choice stands while what it was made against stays as it was
		if mine, chosen := before[f.At]; chosen && slices.ContainsFunc(seen, f.Asks) {
			c.choose[f.At] = mine
		}
	}
	c.conflict, c.fields = conflict, conflict.Fields
	look := control.Secondary("Look at both and choose", c.look)
	row := control.HStack(16, control.Grow(200, control.VStack(2, control.Strong(headWords), control.Body(c.about()))), look)
	c.page.SetContent(control.VStack(0, row).Inset(10, 26, 10, 26).Ground(theme.WarnFill).Line(control.Bottom, 2))
	c.build()
	control.Reveal(c.page, true)
}

const headWords = "Somebody else saved this plan while you were writing"

// about says who saved, and how much there is to choose.
func (c *clash) about() string {
	words := ""
	var names []string
	for _, f := range c.fields {
		if name, _, _ := strings.Cut(f.By, ","); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch last := len(names) - 1; {
	case last > 0:
		words = "Saved by " + strings.Join(names[:last], ", ") + " and " + names[last] + ". "
	case last == 0:
		words = "Saved by " + c.conflict.By
		if !c.conflict.At.IsZero() {
			words += ", " + nhs.FormatDateTime(c.conflict.At)
		}
		words += ". "
	}
	words += "Nothing is lost."
	switch n := len(c.fields); n {
	case 1:
		return words + " There is 1 answer to choose."
	default:
		return words + fmt.Sprintf(" There are %d answers to choose.", n)
	}
}

// look puts the choices in the place of the questions.
func (c *clash) look() {
	if c.conflict == nil {
		return
	}
	if !c.open {
		c.open = true
		c.w.closeSheet()
		control.Reveal(c.page, false)
		control.Reveal(c.w.steps.page, false)
		c.w.frame.SetMiddle(c.screen)
		c.w.fit()
		c.screen.ScrollTo(0)
	}
	for _, one := range c.choices {
		if _, chosen := c.choose[one.field.At]; !chosen {
			c.w.focus(one.theirs.box)
			return
		}
	}
	c.w.focus(c.button)
}

// shut shows the questions again. What was chosen so far stays chosen.
func (c *clash) shut() {
	if !c.open {
		return
	}
	c.open = false
	control.Reveal(c.page, c.conflict != nil)
	control.Reveal(c.w.steps.page, true)
	c.w.frame.SetMiddle(c.w.pages[c.w.now].scroll)
	c.w.fit()
	c.w.Focus()
}

// The places of the three versions that a choice shows.
const (
	before = iota
	theirs
	mine
)

// build writes the screen anew.
func (c *clash) build() {
	versions := [3]forms.Reader{}
	for i, a := range []forms.Answers{c.conflict.Base, c.conflict.Theirs, c.conflict.Mine} {
		versions[i] = forms.NewReader(c.w.def, a, c.w.d.Editor.Today())
	}
	focused := drafts.At{}
	for _, one := range c.choices {
		if one.theirs.box.Ringed() || one.mine.box.Ringed() {
			focused = one.field.At
		}
	}
	c.choices = nil
	objs := []fyne.CanvasObject{control.Title(headWords), control.Body(c.about() + " For each answer, press the words that stand. The others are kept as a note on the plan.")}
	if slices.ContainsFunc(c.fields, func(f drafts.Clash) bool { return f.Guarded }) {
		objs = append(objs, control.Hint("In consent, legal documents, resuscitation, how far to treat and allergies nothing is put together by itself: a person decides, also where only one of you wrote. So it is with the places of care when you both wrote there."))
	}
	section := ""
	for _, f := range c.fields {
		it := c.w.def.Item(f.At.Item)
		if it == nil {
			it = c.w.def.Item(f.At.Group)
		}
		if it != nil && it.Section() != nil && it.Section().Title != section {
			section = it.Section().Title
			objs = append(objs, control.Gap(4), control.Heading(section))
		}
		objs = append(objs, c.one(f, versions))
	}
	if came := c.came(versions); came != nil {
		objs = append(objs, control.Gap(4), came)
	}
	objs = append(objs, control.HStack(16, control.Secondary("Back to the questions", c.shut), control.Grow(80, c.left), c.button))
	c.box.Set(control.VStack(12, objs...))
	c.ready()
	if c.open {
		for _, one := range c.choices {
			if one.field.At == focused {
				c.w.focus(one.theirs.box)
			}
		}
	}
}

// ready says how much is still to be chosen, and lets the person go on when nothing is.
func (c *clash) ready() {
	for _, one := range c.choices {
		mine, chosen := c.choose[one.field.At]
		one.theirs.show(chosen, chosen && !mine, one.field.News)
		one.mine.show(chosen, chosen && mine, one.field.News)
	}
	c.left.SetText(fmt.Sprintf("%d of %d chosen", len(c.choose), len(c.fields)))
	if len(c.choose) == len(c.fields) {
		c.button.Enable()
	} else {
		c.button.Disable()
	}
}

// show says in words and in shape whether a version stands.
func (v *version) show(chosen, stands, news bool) {
	words, colour, edge, width := "Press to choose this", theme.Blue, theme.Edge, float32(1)
	switch {
	case stands:
		words, colour, edge, width = "\u2713 This stands", theme.Green, theme.Green, 3
	case chosen:
		words, colour, edge = "Not chosen: kept as a note", theme.Muted, theme.Line
		if news {
			words = "Not chosen"
		}
	}
	v.state.SetText(words)
	v.state.SetColour(colour)
	v.box.SetBorder(edge, width)
	v.box.SetChosen(stands)
}

// one is one choice: what was before, and the words of each of the two with whose they are.
func (c *clash) one(f drafts.Clash, versions [3]forms.Reader) fyne.CanvasObject {
	said, same := c.saidIn(f, versions)
	one := &choice{field: f, name: c.label(f, versions)}
	list := &control.PressList{}
	side := func(whose, said string, same, mine bool) *version {
		v := &version{said: said, state: control.Words("", 14, true, theme.Blue)}
		objs := []fyne.CanvasObject{control.Words(whose, 14, true, theme.Muted), control.Words(said, 16, true, theme.Ink)}
		if same {
			objs = append(objs, control.Small("As it was before"))
		}
		v.box = control.NewPressable(list, func() {
			c.choose[f.At] = mine
			c.ready()
		}, control.VStack(4, append(objs, v.state)...).Inset(10, 14, 10, 14))
		v.box.Bordered(theme.Edge, 1, 4)
		return v
	}
	by := "THEIRS"
	if name, _, _ := strings.Cut(f.By, ","); name != "" {
		by += ": " + name
		if !f.When.IsZero() {
			by += ", " + nhs.FormatDateTime(f.When)
		}
	}
	own := "YOURS"
	if f.News {
		own = "NOT THEIRS: put back what was before"
	}
	one.theirs = side(by, said[theirs], same[theirs], false)
	one.mine = side(own, said[mine], same[mine] && !f.News, true)
	c.choices = append(c.choices, one)
	was := control.VStack(4, control.Words("BEFORE", 14, true, theme.Muted), control.Muted(said[before])).Inset(10, 4, 10, 2)
	var three fyne.CanvasObject = control.Columns(14, []float32{24, 38, 38}, was, one.theirs.box, one.mine.box)
	if c.narrow {
		three = control.VStack(8, was, one.theirs.box, one.mine.box)
	}
	head := []fyne.CanvasObject{control.Strong(one.name)}
	if f.News {
		head = append(head, control.Tag("Only they changed this", control.Warn))
	}
	return control.VStack(6, control.HStack(10, head...), three).Inset(12, 16, 14, 16).Ground(theme.Paper).Bordered(theme.Line, 1, 4)
}

// came says what the other person's save brought beside the choices: nobody has to look for it.
func (c *clash) came(versions [3]forms.Reader) fyne.CanvasObject {
	var lines []fyne.CanvasObject
	more := 0
	for it := range c.w.def.Items() {
		if it.InGroup() != nil || it.Kind == forms.Computed || it.Kind == forms.Group && !it.Repeats || it.System {
			continue
		}
		was, is := c.conflict.Base[it.ID], c.conflict.Theirs[it.ID]
		asked := slices.ContainsFunc(c.fields, func(f drafts.Clash) bool { return f.At.Item == it.ID || f.At.Group == it.ID })
		if asked || was.Equal(is) || c.conflict.Mine != nil && !c.conflict.Mine[it.ID].Equal(is) {
			continue
		}
		if len(lines) == 12 {
			more++
			continue
		}
		words := versions[theirs].Words(it.ID)
		if words == "" {
			words = nothing
		}
		lines = append(lines, control.Muted(it.ShortLabel()+": "+words))
	}
	if len(lines) == 0 {
		return nil
	}
	if more > 0 {
		lines = append(lines, control.Muted(fmt.Sprintf("And %d more.", more)))
	}
	return control.VStack(4, append([]fyne.CanvasObject{control.Strong("These came in by themselves, since only they changed them")}, lines...)...)
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
	choose, shown := maps.Clone(c.choose), c.conflict
	if len(choose) < len(c.fields) {
		c.look() // goes to the first that is not chosen
		return
	}
	c.button.SetBusy("Saving...")
	c.w.d.Work("Saving your choice...", func(ctx context.Context) error { return c.w.d.Editor.Resolve(ctx, shown, choose) }, func(err error) {
		if c.w.closed {
			return
		}
		c.button.Ready()
		c.ready()
		if err != nil {
			c.w.d.Say.Error(err)
		}
		c.w.changed(c.w.editing)
	})
}

// sideBySide is the width of the form, at 100 % text, from which three versions stand beside each other.
const sideBySide = 760

// fit follows the width of the form.
func (c *clash) fit(width float32) {
	if narrow := width < sideBySide; narrow != c.narrow {
		c.narrow = narrow
		if c.conflict != nil {
			c.build()
		}
	}
}
