package ui

// What may change here: how a writer sees what a reviewer said about a plan that came back: one line over the form, and a
// list that leads to each field. The words and who said them are the service's.

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/ui/control"
	"cmc/ui/screens"
	"cmc/ui/theme"
)

// reviewed is what was said about one plan.
type reviewed struct {
	d      screens.Deps
	form   *Form
	plan   *api.Plan
	object *control.Stack
	shut   func()
	closed bool
}

func newReviewed(d screens.Deps, f *Form) *reviewed {
	r := &reviewed{d: d, form: f, plan: f.plan}
	r.object = control.VStack(0).Inset(8, 20, 8, 20).Ground(theme.WarnFill).Line(control.Bottom, 1)
	r.draw()
	return r
}

// comments are the comments on the draft, those that wait for an answer first.
func (r *reviewed) comments() []api.Comment {
	if r.plan.Draft == nil {
		return nil
	}
	var open, done []api.Comment
	for _, k := range r.plan.Draft.Comments {
		if k.Done {
			done = append(done, k)
		} else {
			open = append(open, k)
		}
	}
	return append(open, done...)
}

// draw shows the line where there is something to say.
func (r *reviewed) draw() {
	waiting := 0
	all := r.comments()
	for _, k := range all {
		if !k.Done {
			waiting++
		}
	}
	control.Reveal(r.object, r.plan.Reason != "" || waiting > 0)
	if !r.object.Visible() {
		return
	}
	var objs []fyne.CanvasObject
	if r.plan.Reason != "" {
		who := "Sent back"
		if r.plan.StateBy != "" {
			who += " by " + r.plan.StateBy
		}
		objs = append(objs, control.Rich(15, control.Span{Text: who + ": ", Strong: true}, control.Span{Text: r.plan.Reason}))
	}
	if len(all) > 0 {
		words := "1 comment waits for an answer"
		switch waiting {
		case 0:
			words = "Every comment is answered"
		case 1:
		default:
			words = fmt.Sprintf("%d comments wait for an answer", waiting)
		}
		objs = append(objs, control.NewLink(words, func() { r.open() }))
	}
	r.object.Set(control.VStack(2, objs...))
}

// open lists the comments, each with the way to its field.
func (r *reviewed) open() bool {
	all := r.comments()
	if len(all) == 0 {
		return false
	}
	if r.shut != nil {
		r.shut()
	}
	var cards []fyne.CanvasObject
	var first fyne.Focusable
	for _, k := range all {
		var objs []fyne.CanvasObject
		if words := r.about(k); words != "" {
			link := control.NewLink(words, func() { r.land(k) })
			if first == nil {
				first = link
			}
			objs = append(objs, link)
		}
		cards = append(cards, control.VStack(4, append(objs, screens.CommentLine(k, func() { r.done(k) }))...).Inset(8, 0, 10, 0).Line(control.Bottom, 1))
	}
	closing := control.Primary("Close", func() { r.shut() })
	if first == nil {
		first = closing
	}
	shut := r.d.Say.Custom("What the reviewer said", control.VStack(0, cards...), 640, first, func() { r.shut = nil }, closing)
	r.shut = func() { r.shut = nil; shut() }
	return true
}

// about names the field that a comment is on.
func (r *reviewed) about(k api.Comment) string {
	it := r.form.editor.Definition().Item(k.Item)
	if it == nil {
		return ""
	}
	return it.InStep().Title + ": " + it.ShortLabel()
}

// land lands in the field that a comment is on.
func (r *reviewed) land(k api.Comment) {
	r.shut()
	it := r.form.editor.Definition().Item(k.Item)
	at := drafts.At{Item: k.Item, Row: k.Row}
	if g := it.InGroup(); g != nil {
		at.Group = g.ID
	}
	r.form.Land(it.InStep().ID, at)
}

// done marks a comment as answered, and shows the others.
func (r *reviewed) done(k api.Comment) {
	var p *api.Plan
	r.d.Work("Marking the comment...", func(ctx context.Context) (err error) {
		p, err = r.d.Desk.CommentDone(ctx, r.plan, k.ID)
		return err
	}, func(err error) {
		if r.closed {
			return
		}
		if err != nil {
			r.d.Say.Error(err)
			return
		}
		r.plan = p
		r.draw()
		r.form.object.Refresh()
		if r.shut != nil {
			r.open()
		}
	})
}
