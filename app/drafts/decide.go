package drafts

// What may change here: what a person's choices make of a conflict, and what becomes of the words that were not chosen. Pure,
// but for the last part, which hands those words to the service.

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cmc/api"
	"cmc/forms"
	"cmc/forms/nhs"
)

// Tell puts a comment on a field of the draft at the service; the same key does it once. It may block until ctx ends.
type Tell func(ctx context.Context, planID string, comment api.NewComment, idemKey string) (*api.Plan, error)

// Declined are words that a person did not choose when two people had written in one place. They are kept as a comment on
// the field, so that the other person and the reviewer can read them.
type Declined struct {
	At     At           `json:"at"`
	Label  string       `json:"label,omitempty"`
	Answer forms.Answer `json:"answer"` // of a whole row: that one row
	Mine   bool         `json:"mine,omitempty"`
	Twice  bool         `json:"twice,omitempty"` // with Mine: the same person wrote what stands, in another window
	By     string       `json:"by,omitempty"`    // who wrote them, unless Mine
	When   time.Time    `json:"when,omitzero"`   // when they were saved, unless Mine
	Keys   []string     `json:"keys,omitempty"`  // of the comments that say it, so that each is made once
	Told   int          `json:"told,omitempty"`  // how many of the comments the service has
}

// mineOf is a person's own version of a clash while answers stand in the editor. What only the other person changed stands
// there already: as long as nobody writes over it, one's own version is what was before.
func (c Clash) mineOf(now forms.Answers) (forms.Answer, bool) {
	answer, in := get(now, c.At)
	if c.News && in == c.InTheirs && answer.Equal(c.Theirs) {
		return c.Base, c.InBase
	}
	return answer, in
}

// decide puts the chosen version of every clash into now, and gives the words that were not chosen.
func decide(now forms.Answers, c *Conflict, choose map[At]bool) (forms.Answers, []Declined) {
	var declined []Declined
	fields := slices.Clone(c.Fields)
	slices.SortFunc(fields, func(a, b Clash) int { return byDepth(a.At, b.At) })
	for _, field := range fields {
		at := field.At
		mine, inMine := field.mineOf(now)
		order := isOrder(at, c.Base, c.Theirs, now)
		lost := Declined{At: at, Label: field.Label, By: field.By, When: field.When, Answer: field.Theirs}
		in := field.InTheirs
		if choose[at] {
			if field.News {
				now = put(now, at, mine, inMine)
			}
		} else {
			now = settle(now, at, c.Theirs, c.Base, c.Theirs, now)
			lost = Declined{At: at, Label: field.Label, Mine: true, Answer: mine}
			in = inMine
		}
		was := in == field.InBase && lost.Answer.Equal(field.Base) // nobody's new words
		if stands, still := get(now, at); order || !in || was || lost.Answer.Blank() || still && stands.Equal(lost.Answer) {
			continue
		}
		declined = append(declined, lost)
	}
	return now, declined
}

// Change puts words that were not chosen beside those that stand, for who reads them.
func (l Declined) Change(d *forms.Definition, stands forms.Answers) forms.Change {
	shown := func(*forms.Item) bool { return false }
	now, _ := get(stands, l.At)
	out := forms.Change{Item: l.At.Item, Group: l.At.Group, Row: l.At.Row, Label: l.Label + ", not chosen", Old: wordsAt(d, shown, l.At, now), New: wordsAt(d, shown, l.At, l.Answer)}
	if l.Label == "" {
		out.Label = "Not chosen"
	}
	if name, _, _ := strings.Cut(l.By, ","); name != "" && !l.Mine {
		out.Label += ", of " + name
	}
	if it := itemOf(d, l.At); it != nil && it.Section() != nil && it.InStep() != nil {
		out.Section, out.Step = it.Section().ID, it.InStep().ID
	}
	return out
}

// maxComment is the longest comment that the service takes, in characters, with some room for what stands around the words.
const maxComment = 850

// comments say in words what was not chosen, in pieces that the service takes. No words repeat a hidden answer: the service keeps
// it sealed, beside the one that stands.
func (l Declined) comments(d *forms.Definition, hidden func(*forms.Item) bool) []api.NewComment {
	secrets := l.secrets(d, hidden)
	if l.At.Item != "" && len(secrets) > 0 {
		return secrets
	}
	who := "mine"
	if !l.Mine {
		who = "of " + l.By
		if l.By == "" {
			who = "of somebody else"
		}
		if !l.When.IsZero() {
			who += ", saved " + nhs.FormatDateTime(l.When)
		}
	}
	head := "Two people wrote here at the same time. Not kept, " + who + ": "
	if l.Twice {
		head = "The same person wrote here in two windows. Not kept: "
	}
	var out []api.NewComment
	rest := wordsAt(d, hidden, l.At, l.Answer)
	for first := true; first || rest != ""; first = false {
		piece := rest
		if utf8.RuneCountInString(piece) > maxComment {
			piece = string([]rune(piece)[:maxComment])
		}
		rest = strings.TrimPrefix(rest, piece)
		text := head + "\u201c" + piece + "\u201d"
		if !first {
			text = "(continued) \u201c" + piece + "\u201d"
		}
		item := l.At.Item
		if item == "" {
			item = l.At.Group
		}
		out = append(out, api.NewComment{Item: item, Row: l.At.Row, Text: text})
	}
	return append(out, secrets...)
}

// secrets are the hidden answers in what was not chosen, each for the service to keep. One that this person does not see has no words
// here: the service keeps it when the save that takes its place arrives.
func (l Declined) secrets(d *forms.Definition, hidden func(*forms.Item) bool) []api.NewComment {
	var out []api.NewComment
	keep := func(it *forms.Item, row string, a forms.Answer) {
		if a.Blank() || a.State == forms.Withheld || it.Kind != forms.Secret && !it.Sensitive && !hidden(it) {
			return
		}
		out = append(out, api.NewComment{Item: it.ID, Row: row, Hidden: forms.Answers{it.ID: a},
			Text: "Two people wrote here at the same time. What was not chosen is kept, hidden: who shows the answer sees both."})
	}
	it := itemOf(d, l.At)
	if it == nil {
		return nil
	}
	if l.Answer.Rows == nil {
		keep(it, l.At.Row, l.Answer)
	}
	for _, row := range l.Answer.Rows {
		for _, child := range it.Items {
			keep(child, row.ID, row.Answers[child.ID])
		}
	}
	return out
}

// wordsAt puts an answer, a row or the rows of a group into words.
func wordsAt(d *forms.Definition, hidden func(*forms.Item) bool, at At, a forms.Answer) string {
	it := itemOf(d, at)
	if it == nil {
		return ""
	}
	if hidden(it) {
		return forms.StateWords(forms.Withheld)
	}
	if a.State != forms.Answered || a.Rows == nil {
		return forms.Words(it, a)
	}
	var rows []string
	for _, row := range a.Rows {
		var facts []string
		for _, child := range it.Items {
			words := forms.Words(child, row.Answers[child.ID])
			if words != "" && hidden(child) {
				words = forms.StateWords(forms.Withheld)
			}
			if words != "" {
				facts = append(facts, child.ShortLabel()+": "+words)
			}
		}
		rows = append(rows, strings.Join(facts, "; "))
	}
	return strings.Join(rows, " / ")
}

// hidden says whether no note may repeat an answer, beside those that are never shown. It needs the lock.
func (e *Editor) hidden(it *forms.Item) bool { return e.conf.Hidden != nil && e.conf.Hidden(e.now, it) }

// decline notes words that were not chosen, to be told. It needs the lock.
func (e *Editor) decline(lost []Declined) {
	for _, l := range lost {
		for range l.comments(e.conf.Definition, e.hidden) {
			l.Keys = append(l.Keys, rand.Text())
		}
		e.work.declined = append(e.work.declined, l)
	}
}

// tellDeclined hands the service the words that were not chosen. It is called by who has the turn to send. What the service
// refuses stays on this computer with the draft.
func (e *Editor) tellDeclined(ctx context.Context) error {
	w := &e.work
	for {
		e.mu.Lock()
		i := slices.IndexFunc(w.declined, func(l Declined) bool { return l.Told < len(l.Keys) })
		if i < 0 || e.plan.Draft == nil || !e.untold() {
			e.mu.Unlock()
			return nil
		}
		l, id := w.declined[i], e.id
		pieces := l.comments(e.conf.Definition, e.hidden)
		e.mu.Unlock()
		plan, err := e.conf.Tell(ctx, id, pieces[min(l.Told, len(pieces)-1)], l.Keys[l.Told])
		e.mu.Lock()
		var problem *api.Problem
		switch {
		case err == nil:
			w.declined[i].Told++
			if w.declined[i].Told == len(l.Keys) {
				w.declined = slices.Delete(w.declined, i, i+1)
			}
			e.touch()
			if plan != nil {
				e.adopt(plan)
			}
		case errors.As(err, &problem) && problem.Status < 500 && !api.IsSignedOut(problem) && problem.Code() != api.CodeTooMany:
			w.untellable = true
			e.conf.Log.Warn("the service took no note of words that were not chosen", "plan", id, "err", problem.Code())
			err = nil
		default:
			err = e.failed(fmt.Errorf("telling what was not chosen: %w", err))
		}
		e.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// Declined are the words that were not chosen in this plan's conflicts and that the service does not have yet.
func (e *Editor) Declined() []Declined {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.work.declined)
}
