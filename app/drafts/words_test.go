package drafts

// What may change here: how two people's edits over the whole plan are made up from a seed, and what must hold of their merge.
// A run that fails prints its seed: CMC_SEED=N go test ./app/drafts -run TestEveryWordOfBoth does that one alone.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cmc/forms"
	"cmc/forms/plan"
)

// hands do what a person's hands can do to the plan, at places drawn from the whole of its definition. Every word that they
// write is new.
type hands struct {
	rng    *rand.Rand
	tops   []*forms.Item
	groups []*forms.Item
	n      int
}

// newHands draws the few questions and lists that this run is about, so that two people meet in them.
func newHands(d *forms.Definition, rng *rand.Rand) *hands {
	var tops, groups []*forms.Item
	for it := range d.Items() {
		switch {
		case it.System || it.Kind == forms.Computed || it.InGroup() != nil:
		case it.Kind == forms.Group && it.Repeats:
			groups = append(groups, it)
		case it.Kind != forms.Group:
			tops = append(tops, it)
		}
	}
	h := &hands{rng: rng}
	for range 7 {
		h.tops = append(h.tops, tops[rng.IntN(len(tops))])
	}
	section := h.tops[0].Section() // and two of one section
	for _, i := range rng.Perm(len(tops)) {
		if tops[i].Section() == section && len(h.tops) < 9 {
			h.tops = append(h.tops, tops[i])
		}
	}
	for range 3 {
		h.groups = append(h.groups, groups[rng.IntN(len(groups))])
	}
	return h
}

func (h *hands) value(it *forms.Item) forms.Answer {
	h.n++
	word := fmt.Sprintf("w%dx%04x", h.n, h.rng.IntN(1<<16))
	if len(it.States) > 0 && h.rng.IntN(6) == 0 {
		return forms.StateAnswer(it.States[h.rng.IntN(len(it.States))])
	}
	code := func() string { return it.Options[h.rng.IntN(len(it.Options))].Code }
	switch it.Kind {
	case forms.Choice:
		return forms.ChoiceAnswer(code())
	case forms.Choices:
		return forms.ChoicesAnswer(code())
	case forms.YesNo:
		return forms.BoolAnswer(h.rng.IntN(2) == 0)
	case forms.Integer, forms.Decimal:
		return forms.NumberAnswer(float64(h.n))
	case forms.Date, forms.PartialDate:
		return forms.TextAnswer(fmt.Sprintf("20%02d-%02d-%02d", h.rng.IntN(90)+10, h.rng.IntN(12)+1, h.rng.IntN(28)+1))
	case forms.DateTime:
		return forms.TextAnswer(fmt.Sprintf("20%02d-%02d-%02dT10:00:00Z", h.rng.IntN(90)+10, h.rng.IntN(12)+1, h.rng.IntN(28)+1))
	case forms.Address:
		return forms.AddressAnswer(forms.PostalAddress{Lines: []string{word}})
	case forms.Coded:
		return forms.CodedAnswer(forms.CodedText{Text: word})
	case forms.File:
		return forms.FileAnswer(forms.FileRef{Name: word, MediaType: "image/png", Size: 1, SHA256: word})
	}
	return forms.TextAnswer(word)
}

// edit does one thing.
func (h *hands) edit(a forms.Answers) forms.Answers {
	group := h.groups[h.rng.IntN(len(h.groups))]
	rows := a[group.ID].Rows
	child := group.Items[h.rng.IntN(len(group.Items))]
	if child.Kind == forms.Computed || child.Kind == forms.Group {
		child = group.Items[0]
	}
	switch kind := h.rng.IntN(12); {
	case kind < 5:
		top := h.tops[h.rng.IntN(len(h.tops))]
		return with(a, At{Item: top.ID}, h.value(top))
	case kind == 5:
		return without(a, At{Item: h.tops[h.rng.IntN(len(h.tops))].ID})
	case kind == 6 && len(group.States) > 0 && h.rng.IntN(3) == 0:
		return with(a, At{Item: group.ID}, forms.StateAnswer(group.States[0]))
	case kind < 8 || len(rows) == 0:
		h.n++
		row := forms.Row{ID: fmt.Sprintf("r%d%x", h.n, h.rng.Uint32()), Answers: forms.Answers{child.ID: h.value(child)}}
		return withRow(a, group.ID, h.rng.IntN(len(rows)+1), row)
	case kind < 10:
		return with(a, At{Group: group.ID, Row: rows[h.rng.IntN(len(rows))].ID, Item: child.ID}, h.value(child))
	case kind == 10:
		return without(a, At{Group: group.ID, Row: rows[h.rng.IntN(len(rows))].ID})
	}
	return withRows(a, group.ID, func(rows []forms.Row) []forms.Row {
		i, j := h.rng.IntN(len(rows)), h.rng.IntN(len(rows))
		rows[i], rows[j] = rows[j], rows[i]
		return rows
	})
}

func (h *hands) edits(a forms.Answers, most int) forms.Answers {
	for range h.rng.IntN(most + 1) {
		a = h.edit(a)
	}
	return a
}

func planDefinition() *forms.Definition { return plan.Definition() }

// seeds are the runs of a test: all, or the one that CMC_SEED names.
func seeds(t *testing.T, all uint64) (from, to uint64) {
	t.Helper()
	if one := os.Getenv("CMC_SEED"); one != "" {
		n, err := strconv.ParseUint(one, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n, n + 1
	}
	return 0, all
}

// Any two sequences of edits over the whole plan, merged with any choices of a person for what is asked: every word of both is
// in the result, or among the words that were not chosen, which are kept; what one side alone changed merges by itself; and in
// the sections of domain.md X23 nothing of another person's does.
func TestEveryWordOfBoth(t *testing.T) {
	d := planDefinition()
	from, to := seeds(t, 6000)
	asked, declinedAny, news := 0, 0, 0
	for seed := from; seed < to; seed++ {
		rng := rand.New(rand.NewPCG(seed, 23))
		h := newHands(d, rng)
		base := h.edits(forms.Answers{}, 14)
		mine, theirs := h.edits(base, 7), h.edits(base, 7)
		merged, clashes := merge(d, base, theirs, mine)
		c := &Conflict{Base: base, Theirs: theirs, Fields: clashes}
		choose := map[At]bool{}
		for _, f := range clashes {
			choose[f.At] = rng.IntN(2) == 0
			asked++
			if f.News {
				news++
			}
		}
		result, declined := decide(merged, c, choose)
		declinedAny += len(declined)
		w := &words{d: d, base: base, mine: mine, theirs: theirs, merged: merged, result: result, clashes: clashes, declined: declined}
		w.ours, w.others = differences(base, mine), differences(base, theirs)
		w.check(choose)
		if len(w.wrong) > 0 {
			t.Fatalf("seed %d: %s\nbase   %v\nmine   %v\ntheirs %v\nmerged %v\nresult %v", seed, strings.Join(w.wrong, "\n"), say(base), say(mine), say(theirs), say(merged), say(result))
		}
	}
	if to-from > 1 && (asked < 1000 || declinedAny < 500 || news < 100) {
		t.Fatalf("the runs ask too little to show anything: %d asked, %d not chosen, %d of the other person's alone", asked, declinedAny, news)
	}
}

// say writes answers out: they are invented here, and a plan's own keep themselves out of every text.
func say(a forms.Answers) string {
	var all []string
	for id, answer := range a {
		raw, _ := answer.MarshalJSON()
		all = append(all, id+"="+string(raw))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// words is one run, and what is wrong with it.
type words struct {
	d                                  *forms.Definition
	base, mine, theirs, merged, result forms.Answers
	ours, others                       map[At]bool
	clashes                            []Clash
	declined                           []Declined
	wrong                              []string
}

func (w *words) no(what string, at At) { w.wrong = append(w.wrong, what+": "+at.String()) }

// isAsked says whether a place is asked about by itself, or with all of its row or its group.
func (w *words) isAsked(at At) bool {
	return slices.ContainsFunc(w.clashes, func(c Clash) bool {
		return c.At == at || at.Group != "" && (c.At == At{Group: at.Group, Row: at.Row} || c.At == At{Item: at.Group}) ||
			at.Group == "" && c.At.Group == at.Item
	})
}

// kept says whether the words of a place are kept although they do not stand.
func (w *words) kept(at At, answer forms.Answer) bool {
	for _, l := range w.declined {
		if l.At == at && l.Answer.Equal(answer) {
			return true
		}
		in := forms.Answers{}
		switch {
		case at.Group == "":
			continue
		case l.At == At{Group: at.Group, Row: at.Row}, l.At == At{Item: at.Group}:
			in[at.Group] = l.Answer
		}
		if there, ok := get(in, at); ok && there.Equal(answer) {
			return true
		}
	}
	return false
}

func (w *words) check(choose map[At]bool) {
	for _, side := range []struct {
		name          string
		says          forms.Answers
		wrote, others map[At]bool
	}{{"mine", w.mine, w.ours, w.others}, {"theirs", w.theirs, w.others, w.ours}} {
		for at := range side.wrote {
			answer, in := get(side.says, at)
			if isOrder(at, w.base, w.mine, w.theirs) || at.Group == "" && answer.Rows != nil {
				continue // its rows are looked at one by one
			}
			stands, there := get(w.result, at)
			switch {
			case in && !(there && stands.Equal(answer)) && !w.kept(at, answer):
				w.no("words of "+side.name+" are lost", at)
			case !in && there && !w.isAsked(at):
				w.no(side.name+" took it out and it is back unasked", at)
			}
			it := itemOf(w.d, at)
			whole := At{Item: at.Group} // it went with all of its list
			alone := !w.meets(at, side.others) && (at.Group == "" || !side.wrote[whole] || isOrder(whole, w.base, w.mine, w.theirs))
			if alone && !it.Section().Guarded && (w.isAsked(at) || there != in || !stands.Equal(answer)) {
				w.no("only "+side.name+" changed it, and it did not merge by itself", at)
			}
		}
	}
	for at := range w.others { // X23
		section := itemOf(w.d, at).Section()
		a, _ := get(w.theirs, at)
		b, _ := get(w.mine, at)
		if section.Decided && len(w.ours) > 0 && len(w.base) > 0 && !isOrder(at, w.base, w.mine, w.theirs) && !a.Equal(b) && !w.isAsked(at) {
			w.no("the other person's change in a section that a person decides merged by itself", at)
		}
	}
	for at := range w.ours {
		section := itemOf(w.d, at).Section()
		a, _ := get(w.theirs, at)
		b, _ := get(w.mine, at)
		for other := range w.others {
			if section.Guarded && itemOf(w.d, other).Section() == section && !isOrder(at, w.base, w.mine, w.theirs) && !a.Equal(b) && !w.isAsked(at) {
				w.no("one's own change in a guarded section where the other wrote too was not asked", at)
			}
		}
	}
	for at := range differences(w.theirs, w.result) { // nothing is made up
		is, in := get(w.result, at)
		b, inMine := get(w.mine, at)
		o, inBase := get(w.base, at)
		if !isOrder(at, w.theirs, w.result) && (in != inMine || !is.Equal(b)) && (in != inBase || !is.Equal(o)) && at.Item != "" && w.result[at.Item].Rows == nil {
			w.no("it is nobody's", at)
		}
	}
	for _, c := range w.clashes {
		if isOrder(c.At, w.base, w.theirs, w.mine) {
			continue
		}
		chosen, in := c.Theirs, c.InTheirs
		if choose[c.At] {
			chosen, in = c.Mine, c.InMine
		}
		if is, there := get(w.result, c.At); there != in || !is.Equal(chosen) {
			w.no("what stands is not what was chosen", c.At)
		}
	}
	for id, answer := range w.result {
		seen := map[string]bool{}
		for _, row := range answer.Rows {
			if seen[row.ID] {
				w.no("an entry stands twice", At{Group: id, Row: row.ID})
			}
			seen[row.ID] = true
		}
	}
}

// meets says whether the other side changed the same place, or the row or group around it, or anything in it.
func (w *words) meets(at At, others map[At]bool) bool {
	for o := range others {
		switch {
		case o == at, o.Group != "" && at == At{Item: o.Group}, at.Group != "" && o == At{Item: at.Group} && !isOrder(o, w.base, w.mine, w.theirs):
			return true
		case at.Group != "" && o.Group == at.Group && o.Row == at.Row && (at.Item == "" || o.Item == ""):
			return true
		}
	}
	return false
}
