package wizard

// What may change here: the page of one step: title, sections as cards, questions in one column.

import (
	"fmt"

	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/field"
)

type page struct {
	w        *Wizard
	step     *forms.Step
	scroll   *control.Page
	lead     *control.Text
	sections []*section
	check    *check // on the last step
}

type section struct {
	def  *forms.Section
	card *control.Stack
	list *field.List
}

// columnWidth is the greatest width of the questions: longer lines are hard to read.
const columnWidth = 760

func newPage(w *Wizard, st *forms.Step) *page {
	p := &page{w: w, step: st, lead: control.Muted("")}
	body := control.VStack(12)
	body.Add(control.VStack(2, control.Title(st.Title), p.lead))
	if st.ID == checkStep {
		p.check = newCheck(w)
		body.Add(p.check.box)
	}
	for _, def := range st.Sections {
		s := &section{def: def, list: field.NewList(def.Items, "", "", w.binding)}
		s.card = control.Card(def.Title)
		if def.Intro != "" {
			s.card.Add(control.Hint(def.Intro))
		}
		s.card.Add(s.list.Box)
		p.sections = append(p.sections, s)
		body.Add(s.card)
	}
	if p.check != nil {
		body.Add(p.check.note)
	}
	p.scroll = control.Scroll(control.VStack(0, body.AtMost(columnWidth)).Inset(18, 26, 28, 26)).Deferring()
	return p
}

// update shows the plan as it stands in every field of the page.
func (p *page) update() {
	release := p.scroll.Hold()
	defer release()
	v := &field.View{Reader: p.w.reader, Problems: p.w.problemsAt(), Checked: p.w.checked[p.step.ID]}
	for _, s := range p.sections {
		on := p.w.reader.SectionVisible(p.step, s.def)
		if on {
			on = s.list.Update(v, p.w.reader)
		}
		control.Reveal(s.card, on)
	}
	p.lead.SetText(p.leadWords())
	if p.check != nil {
		p.check.update()
	}
}

func (p *page) leadWords() string {
	if p.check != nil {
		return p.check.lead()
	}
	ids := p.w.shown()
	for i, id := range ids {
		if id == p.step.ID {
			words := fmt.Sprintf("Step %d of %d.", i+1, len(ids)-1) // the page that checks and sends is not counted
			if p.step.Intro != "" {
				words += " " + p.step.Intro
			}
			return words
		}
	}
	return p.step.Intro
}

func (p *page) find(at drafts.At) field.Field {
	for _, s := range p.sections {
		if f := s.list.Find(at); f != nil {
			return f
		}
	}
	return nil
}

// first is where a person begins: the first question that takes the keyboard.
func (p *page) first() fyne.Focusable {
	if p.check != nil {
		if f := p.check.first(); f != nil {
			return f
		}
	}
	for _, s := range p.sections {
		if !s.card.Visible() {
			continue
		}
		for _, f := range s.list.Fields {
			if f.Visible() && f.First() != nil {
				return f.First()
			}
		}
	}
	return nil
}
