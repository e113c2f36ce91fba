package wizard

// What may change here: how a person chooses when two people wrote in the same place.

import (
	"context"

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
	fields []drafts.At
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
	same := len(conflict.Fields) == len(c.fields)
	for i := 0; same && i < len(c.fields); i++ {
		same = conflict.Fields[i].At == c.fields[i]
	}
	if same && c.page.Visible() {
		return
	}
	c.fields, c.choose = nil, map[drafts.At]bool{}
	c.button = control.Primary("Keep these", c.resolve)
	c.button.Disable()
	objs := []fyne.CanvasObject{control.Heading("Someone else changed the same answers"),
		control.Body(conflict.By + " saved them while you were writing. Nothing is lost. Choose which answer stands.")}
	for _, f := range conflict.Fields {
		c.fields = append(c.fields, f.At)
		objs = append(objs, c.one(f))
	}
	objs = append(objs, control.HStack(0, c.button))
	body := control.VStack(12, objs...)
	c.box.Set(body)
	control.Reveal(c.page, true)
}

func (c *clash) one(f drafts.Clash) fyne.CanvasObject {
	side := func(a forms.Answer, in bool) string {
		it := c.w.def.Item(f.At.Item)
		if !in || it == nil {
			if in {
				return "As it was written"
			}
			return "Nothing"
		}
		if words := forms.Words(it, a); words != "" {
			return words
		}
		return "Nothing"
	}
	label := f.Label
	if label == "" {
		label = "An entry"
	}
	radio := control.NewRadio([]control.Option{
		{ID: "mine", Label: "Yours: " + side(f.Mine, f.InMine)},
		{ID: "theirs", Label: "Theirs: " + side(f.Theirs, f.InTheirs), Hint: "Before: " + side(f.Base, f.InBase)},
	}, func(id string) {
		c.choose[f.At] = id == "mine"
		if len(c.choose) == len(c.fields) {
			c.button.Enable()
		}
	})
	return control.VStack(2, control.Strong(label), radio)
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
