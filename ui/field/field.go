// Package field asks the questions of a plan: one way of asking for each kind of item, bound to a draft.
//
// Contract:
//   - A field holds no rule. What is asked, offered, missing or wrong comes from package forms, in its words; what cannot be
//     read as a date or a number comes from package nhs.
//   - What a person types goes into the draft at each key. What cannot be read as a value yet is kept there as typed words.
//   - Nothing is chosen for anybody.
//   - Update shows what the draft holds now. It never takes words out of the hands of the person who is typing them.
//   - Everything is for the drawing thread; nothing blocks.
package field

// What may change here: what all kinds share: label, hint, "Why we ask", messages, and the answers without a value.

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// A Draft is what a field needs of a plan that is being written. *drafts.Editor is one.
type Draft interface {
	Set(at drafts.At, a forms.Answer)
	Clear(at drafts.At)
	// Hidden says whether the service has an answer there that it does not show to this person.
	Hidden(at drafts.At) bool
	Typed(at drafts.At) (string, bool)
	SetTyped(at drafts.At, raw string)
	AddRow(group string) (rowID string)
	RemoveRow(group, row string) (undo func())
	MoveRow(group, row string, by int)
	Today() time.Time
}

// A Binding ties fields to a draft and to the screen that shows them.
type Binding struct {
	Draft      Draft
	Definition *forms.Definition

	// Changed is called after each change that a person makes. The screen then calls Update.
	Changed func(at drafts.At)
	// Entered is called when a field gets the keyboard.
	Entered func(at drafts.At)
	// Focus gives something the keyboard.
	Focus func(f fyne.Focusable)
	// ReadOnly shows answers and takes none.
	ReadOnly bool
	// Locked says which items this person may see and not write; nil: none.
	Locked func(it *forms.Item) bool
	// Reveal asks why this person wants to see a hidden answer, and shows it; nil: it cannot be asked for here.
	Reveal func(at drafts.At, it *forms.Item)
	// Files sends and fetches copies of documents; nil: none can be sent.
	Files Files

	current *frame // the question that has, or had last, the keyboard
}

func (b *Binding) locked(it *forms.Item) bool {
	return b.ReadOnly || it.System || b.Locked != nil && b.Locked(it)
}

func (b *Binding) changed(at drafts.At) {
	if b.Changed != nil {
		b.Changed(at)
	}
}

func (b *Binding) focus(f fyne.Focusable) {
	if b.Focus != nil && f != nil {
		b.Focus(f)
	}
}

// A View is the state of a plan that fields show.
type View struct {
	Reader   forms.Reader                  // of the whole plan
	Problems map[drafts.At][]forms.Problem // by the place that they land in
	Checked  bool                          // say also what is missing: the person has asked, or has left the step before
}

// A Field is one question on the screen.
type Field interface {
	// Object is what is drawn.
	Object() fyne.CanvasObject
	// Item is what is asked.
	Item() *forms.Item
	// At is where the answer goes.
	At() drafts.At
	// Update shows the state of the plan; r reads the row that the field stands in, or the whole plan.
	Update(v *View, r forms.Reader)
	// Visible says whether the question is asked now.
	Visible() bool
	// First is where a link to the field lands; nil where nothing takes the keyboard.
	First() fyne.Focusable
	// Answer is the answer as the field shows it.
	Answer() forms.Answer
	// Message is the sentence beside the field about what is wrong or missing; "" when there is none.
	Message() string
}

// A body is the part of a field that is different for each kind.
type body interface {
	object() fyne.CanvasObject
	// show draws an answer; raw are words that are not a value yet.
	show(a forms.Answer, raw string)
	answer() forms.Answer
	first() fyne.Focusable
}

// An optional part of a body: it follows other answers.
type follower interface {
	follow(r forms.Reader, a forms.Answer)
}

// kinds holds how each kind is asked; each file of a kind adds its own.
var kinds = map[forms.Kind]func(f *frame) body{}

// New makes the field for an item. The place is that of its row when it stands in a repeating group.
func New(it *forms.Item, at drafts.At, b *Binding) Field {
	if it.Kind == forms.Group {
		if it.Repeats {
			return newRows(it, b)
		}
		return newCluster(it, at, b)
	}
	f := &frame{it: it, at: at, b: b}
	f.build()
	return f
}

type frame struct {
	it  *forms.Item
	at  drafts.At
	b   *Binding
	box *control.Stack

	label  *control.Text
	why    *control.Stack
	wrong  *control.Text
	note   *control.Text
	states *control.Pills
	foot   *control.Row  // the states, and undo after them
	undo   *control.Link // takes a chosen answer back; seen only in the question that is being answered
	body   body

	shown    forms.Answer
	raw      string
	drawn    bool
	writing  bool // the keyboard is in it
	anew     bool // another answer is being written in the place of a hidden one
	problems []forms.Problem
	checked  bool
	bad      string // what is wrong with words that are not a value yet
	atOnce   bool   // bad is said while the words are still being typed
	message  string
}

func (f *frame) build() {
	it := f.it
	f.box = control.VStack(4)
	f.box.OnFocusIn(f.noticed)
	if it.Kind == forms.Computed {
		f.box.Hidden = true
		f.body = noBody{}
		return
	}
	f.label = control.Strong(it.Label)
	f.box.Add(f.label)
	if it.Hint != "" || it.Why != "" {
		hint := control.Hint(it.Hint)
		if it.Why != "" {
			hint.WithTail(control.NewLink("Why we ask", f.toggleWhy).Sized(14, false))
		}
		f.box.Add(hint)
	}
	f.body = f.ask(f)
	f.box.Add(f.body.object())
	if len(it.States) > 0 && !f.b.locked(it) {
		var options []control.Option
		for _, s := range it.States {
			options = append(options, control.Option{ID: string(s), Label: forms.StateWords(s)})
		}
		f.states = control.NewPills(options, f.pickState)
		f.foot = control.HStack(14, f.states)
		f.box.Add(control.VStack(0, f.foot).Inset(4, 0, 0, 0))
	}
}

// ask makes the body for the kind of the item.
func (f *frame) ask(*frame) body {
	make, ok := kinds[f.it.Kind]
	if f.b.locked(f.it) || !ok {
		make = newStill
	}
	return make(f)
}

const clearWords = "Clear this answer"

// clearable says that the answer cannot be taken back by deleting words.
func (f *frame) clearable() bool {
	_, radio := f.body.first().(*control.Radio)
	return radio
}

func (f *frame) pickState(id string) {
	if id == "" {
		f.clear()
	} else {
		f.set(forms.StateAnswer(forms.State(id)))
	}
	f.body.show(forms.Answer{}, "")
}

func (f *frame) toggleWhy() {
	if f.why == nil {
		f.why = control.VStack(0, control.Body(f.it.Why)).Inset(6, 0, 6, 14).Bar(theme.Faint)
		f.why.Hidden = true
		f.box.Insert(2, f.why)
	}
	control.Reveal(f.why, !f.why.Visible())
}

// ShowWhy opens what stands behind "Why we ask" and says whether there is anything.
func (f *frame) ShowWhy() bool {
	if f.it.Why == "" {
		return false
	}
	if f.why == nil || !f.why.Visible() {
		f.toggleWhy()
	}
	return true
}

func (f *frame) Object() fyne.CanvasObject { return f.box }
func (f *frame) Item() *forms.Item         { return f.it }
func (f *frame) At() drafts.At             { return f.at }
func (f *frame) Visible() bool             { return f.box.Visible() }
func (f *frame) First() fyne.Focusable     { return f.body.first() }
func (f *frame) Message() string           { return f.message }

func (f *frame) Answer() forms.Answer {
	if f.shown.State != forms.Answered {
		return f.shown
	}
	return f.body.answer()
}

// set puts a value into the draft.
func (f *frame) set(a forms.Answer) {
	f.shown, f.raw, f.bad, f.atOnce = a, "", "", false
	f.b.Draft.Set(f.at, a)
	f.b.changed(f.at)
}

// clear takes the answer away.
func (f *frame) clear() {
	f.raw, f.bad, f.atOnce = "", "", false
	f.b.Draft.SetTyped(f.at, "")
	f.empty()
	f.b.changed(f.at)
}

// half keeps words that are not a value. What is wrong with them is said when the field is left, or at once.
func (f *frame) half(raw, wrong string, atOnce bool) {
	f.raw, f.bad, f.atOnce = raw, wrong, atOnce
	f.empty()
	f.b.Draft.SetTyped(f.at, raw)
	f.b.changed(f.at)
}

// write sets words, or clears when there are none.
func (f *frame) write(a forms.Answer) {
	if a.Blank() {
		f.clear()
		return
	}
	f.set(a)
}

func (f *frame) entered() { f.writing = true }

func (f *frame) noticed() {
	if was := f.b.current; was != f {
		f.b.current = f
		if was != nil && was.undo != nil {
			was.undo.SetQuiet(true)
		}
		if f.undo != nil {
			f.undo.SetQuiet(false)
		}
	}
	if f.b.Entered != nil {
		f.b.Entered(f.at)
	}
}

func (f *frame) left() {
	f.writing = false
	f.say()
}

// wire gives an entry the cleaning and the comings and goings of the field.
func (f *frame) wire(e *control.Entry, multi bool, left func()) *control.Entry {
	e.Clean = func(s string) string { return forms.CleanText(s, multi) }
	e.OnEntered = f.entered
	e.OnLeft = func() {
		if left != nil {
			left()
		}
		f.left()
	}
	e.OnRefused = func(words string) {
		f.bad, f.atOnce = words, true
		f.say()
		f.bad, f.atOnce = "", false
	}
	return e
}

func (f *frame) Update(v *View, r forms.Reader) {
	visible := f.it.Kind != forms.Computed && r.Visible(f.it.ID) && !f.idle(v, r)
	control.Reveal(f.box, visible)
	if !visible {
		return
	}
	a := r.Answers()[f.it.ID]
	raw, _ := f.b.Draft.Typed(f.at)
	f.anew = f.anew && f.b.Draft.Hidden(f.at)
	switch hide := a.State == forms.Withheld && !f.anew; {
	case hide && !f.isHidden():
		f.shut()
	case !hide && f.isHidden():
		f.open()
	}
	if fol, ok := f.body.(follower); ok {
		fol.follow(r, a)
	}
	if !f.drawn || raw != f.raw || !a.Equal(f.shown) {
		f.drawn, f.shown, f.raw = true, a, raw
		shown := a
		if a.State != forms.Answered {
			shown = forms.Answer{}
		}
		f.body.show(shown, raw)
	}
	f.updateStates(a)
	f.problems, f.checked = v.Problems[f.at], v.Checked
	f.say()
}

// idle says that there is nothing to read and nothing to do: what the service fills in is not there yet, and nobody misses it.
func (f *frame) idle(v *View, r forms.Reader) bool {
	return f.it.System && r.Answers()[f.it.ID].State == forms.Answered && r.Blank(f.it.ID) && len(v.Problems[f.at]) == 0
}

func (f *frame) updateStates(a forms.Answer) {
	if _, shut := f.body.(*still); shut || f.isHidden() {
		return
	}
	answered := a.State == forms.Answered && !a.Blank()
	if f.states != nil {
		f.states.Choose(string(a.State))
		f.states.StepBack(answered)
	}
	if f.undo == nil {
		if !answered || !f.clearable() {
			return
		}
		f.undo = control.NewLink(clearWords, func() {
			f.clear()
			f.body.show(forms.Answer{}, "")
			f.b.focus(f.body.first())
		}).Sized(13, false).Coloured(theme.Muted)
		f.undo.SetQuiet(f.b.current != f)
		if f.foot == nil {
			f.foot = control.HStack(14)
			f.box.Add(f.foot)
		}
		f.foot.Set(append(slices.Clone(f.foot.Objects()), f.undo)...)
	}
	control.Reveal(f.undo, answered && f.clearable())
}

// say shows what there is to say about the field. While a person is typing, only what was said before stays; all else waits
// until the field is left.
func (f *frame) say() {
	wrong, note := "", ""
	if f.bad != "" && (!f.writing || f.atOnce) {
		wrong = f.bad
	}
	for _, p := range f.problems {
		switch {
		case wrong != "":
		case p.Gap:
			if f.checked && f.raw == "" {
				wrong = p.Words
			}
		case p.Severity == forms.Stop:
			if !f.writing || f.message != "" {
				wrong = p.Words
			}
		case note == "":
			note = p.Words
		}
	}
	f.message = wrong
	if wrong == "" {
		f.message = note
	}
	if f.wrong == nil && wrong != "" {
		f.wrong = control.ErrorText("")
		f.wrong.Hidden = true
		f.box.Insert(f.bodyIndex(), f.wrong)
	}
	if f.wrong != nil {
		f.wrong.SetText(wrong)
		control.Reveal(f.wrong, wrong != "")
	}
	if f.note == nil && note != "" {
		f.note = control.Words("", 14, true, theme.Amber)
		f.note.Hidden = true
		f.box.Insert(f.bodyIndex(), f.note)
	}
	if f.note != nil {
		f.note.SetText(note)
		control.Reveal(f.note, note != "" && wrong == "")
	}
	if m, ok := f.body.(interface{ mark(bool) }); ok {
		m.mark(wrong != "")
	}
}

func (f *frame) bodyIndex() int {
	for i, o := range f.box.Objects() {
		if o == f.body.object() {
			return i
		}
	}
	return len(f.box.Objects())
}

type noBody struct{}

func (noBody) object() fyne.CanvasObject { return nil }
func (noBody) show(forms.Answer, string) {}
func (noBody) answer() forms.Answer      { return forms.Answer{} }
func (noBody) first() fyne.Focusable     { return nil }
