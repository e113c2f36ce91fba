package wizard

// What may change here: how the form learns that the one-page summary of its plan could not be printed, and which field it says
// so at. What cannot be printed, and the words, are said by package summary.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/summary"
)

// To lay a full page out takes longer than a key may (forms/summary finds the room by trying), so it is done away from the
// drawing thread, at a pause in typing. The page that checks and sends never shows an older finding: it waits for its own.
const printPause = 250 * time.Millisecond

// A blot is why the page cannot be printed.
type blot struct {
	problem forms.Problem
	sign    rune     // that cannot be printed; 0: there is no room
	items   []string // that stand on the lines it is about
}

// printing is what of the plan cannot be printed.
type printing struct {
	turn  int // counts the readings of the plan
	known int // the turn that blots are of
	blots []blot
	soon  *time.Timer
}

// paper lays out the page as the service does before it approves: the page of the version to come, not that of the draft.
func (w *Wizard) paper() func() []blot {
	def, answers, today := w.def, w.reader.Answers(), w.reader.Today()
	h := forms.Header{Status: "approved", Version: 1, ApprovedAt: w.d.Now(), ReviewDue: w.reader.Text(plan.ReviewDue), AsAt: w.d.Now(),
		Training: w.d.Training, Hash: "0000-0000", Link: "urn:cmc:plan"}
	if v := w.d.Editor.Plan().Published; v != nil {
		h.Version = v.Number + 1
	}
	return func() []blot { return blotsOf(forms.NewReader(def, answers, today).Summarise(h)) }
}

func blotsOf(s forms.Summary) []blot {
	problems := summary.Check(s)
	if len(problems) == 0 {
		return nil
	}
	missing := summary.MissingGlyphs(s)
	out := make([]blot, 0, len(problems))
	for _, p := range problems {
		b := blot{problem: p}
		for _, m := range missing {
			if strings.Contains(p.Words, fmt.Sprintf("(%U)", m.Rune)) {
				b.sign = m.Rune
			}
		}
		for _, block := range s.Blocks {
			for _, l := range block.Lines {
				if len(l.Items) > 0 && l.Items[0] == p.Item {
					b.items = append(b.items, l.Items...)
				}
			}
		}
		out = append(out, b)
	}
	return out
}

// tryPage finds what cannot be printed, at once on the page that checks and sends, elsewhere soon.
func (w *Wizard) tryPage() {
	p := &w.print
	p.turn++
	if p.soon != nil {
		p.soon.Stop()
	}
	if w.now == checkStep {
		w.settlePage()
		return
	}
	turn, try := p.turn, w.paper()
	p.soon = time.AfterFunc(printPause, func() {
		blots := try()
		w.d.Do(func() {
			if !w.closed && turn == p.turn {
				w.tried(blots)
			}
		})
	})
}

// settlePage waits for what cannot be printed in the plan as it stands.
func (w *Wizard) settlePage() {
	if p := &w.print; p.known != p.turn {
		p.known, p.blots = p.turn, w.paper()()
	}
}

// tried shows what was found of the plan as it stands.
func (w *Wizard) tried(blots []blot) {
	p := &w.print
	if p.known == p.turn {
		return
	}
	same := len(blots)+len(p.blots) == 0
	p.known, p.blots = p.turn, blots
	if same {
		return
	}
	w.find()
	if page := w.pages[w.now]; page != nil {
		page.update()
	}
	w.steps.update()
	w.foot.update()
}

// unprintable are the problems of the page, each at the field to put right, one for each field.
func (w *Wizard) unprintable() []forms.Problem {
	var out []forms.Problem
	seen := map[drafts.At]bool{}
	for _, b := range w.print.blots {
		p := b.problem
		if it, at := w.blotted(b); it != nil {
			p.Step, p.Item, p.Group, p.Row = it.InStep().ID, at.Item, at.Group, at.Row
		} else if b.sign != 0 && w.print.known != w.print.turn {
			continue // it has been put right since
		} else if it := w.def.Item(p.Item); it != nil {
			p.Step = it.InStep().ID
			if group := it.InGroup(); group != nil {
				p.Item = group.ID
			}
		}
		if at := placeOf(p); !seen[at] || p.Item == "" {
			seen[at] = true
			out = append(out, p)
		}
	}
	return out
}

// blotted is the question to put right: of those that hold a sign, the one nearest to what package summary names, which is the
// first of a line; where there is no room, the longest of the line.
func (w *Wizard) blotted(b blot) (found *forms.Item, place drafts.At) {
	near := w.def.Item(b.problem.Item)
	best, longest := 0, 0
	w.asked(func(it *forms.Item, at drafts.At, r forms.Reader) {
		a := r.Answers()[it.ID]
		if a.State != forms.Answered || it.Kind == forms.Secret || it.Sensitive {
			return
		}
		words := writtenIn(a)
		points := 1
		switch {
		case it == near:
			points = 4
		case slices.Contains(b.items, it.ID):
			points = 3
		case near != nil && it.Section() == near.Section():
			points = 2
		}
		if b.sign == 0 {
			if points > 2 && len(words) > longest {
				found, place, longest = it, at, len(words)
			}
			return
		}
		if points > best && strings.ContainsRune(words, b.sign) {
			found, place, best = it, at, points
		}
	})
	return found, place
}

// writtenIn are the words of an answer that a person wrote.
func writtenIn(a forms.Answer) string {
	words := a.Text
	if a.Coded != nil {
		words += " " + a.Coded.Text
	}
	if a.Address != nil {
		words += " " + strings.Join(a.Address.Lines, " ") + " " + a.Address.Postcode
	}
	if a.File != nil {
		words += " " + a.File.Name
	}
	return words
}
