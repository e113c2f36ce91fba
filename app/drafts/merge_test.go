package drafts

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cmc/forms"
)

// edits does a random sequence of what hands can do. Every text that it writes is new, so that it can be looked for.
func edits(t *rapid.T, who string, n *int, a forms.Answers, written map[string]At) forms.Answers {
	tops := []string{"name", "story", "reason"}
	for range rapid.IntRange(0, 6).Draw(t, who+" edits") {
		*n++
		word := who + "_" + string(rune('a'+*n%26)) + rapid.StringMatching(`[a-z]{12}`).Draw(t, "word")
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0, 1:
			at := At{Item: rapid.SampledFrom(tops).Draw(t, "item")}
			a = with(a, at, forms.TextAnswer(word))
			written[word] = at
		case 2:
			a = with(a, At{Item: "decision"}, forms.ChoiceAnswer(rapid.SampledFrom([]string{"for", "against"}).Draw(t, "decision")))
		case 3:
			group, child := groupOf(t)
			at := At{Group: group, Row: word[:12], Item: child}
			a = withRow(a, group, rapid.IntRange(0, 3).Draw(t, "place"), forms.Row{ID: at.Row, Answers: forms.Answers{child: forms.TextAnswer(word)}})
			written[word] = at
		case 4:
			group, child := groupOf(t)
			if rows := a[group].Rows; len(rows) > 0 {
				at := At{Group: group, Row: rapid.SampledFrom(rows).Draw(t, "row").ID, Item: child}
				a = with(a, at, forms.TextAnswer(word))
				written[word] = at
			}
		case 5:
			group, _ := groupOf(t)
			if rows := a[group].Rows; len(rows) > 0 {
				a = without(a, At{Group: group, Row: rapid.SampledFrom(rows).Draw(t, "row").ID})
			}
		case 6:
			group, _ := groupOf(t)
			if rows := a[group].Rows; len(rows) > 1 {
				a = withRows(a, group, func(rows []forms.Row) []forms.Row {
					rows[0], rows[len(rows)-1] = rows[len(rows)-1], rows[0]
					return rows
				})
			}
		}
	}
	return a
}

func groupOf(t *rapid.T) (group, child string) {
	if rapid.Bool().Draw(t, "guarded group") {
		return "talks", "with"
	}
	return "people", rapid.SampledFrom([]string{"who", "tel"}).Draw(t, "child")
}

func holds(a forms.Answers, word string) bool {
	for _, answer := range a {
		if strings.Contains(answer.Text, word) {
			return true
		}
		for _, row := range answer.Rows {
			if holds(row.Answers, word) {
				return true
			}
		}
	}
	return false
}

// Whatever two people do, every word that either still has at the end is in what comes of it, or in front of a person who
// chooses; and once chosen, the result is exactly theirs or mine there.
func TestMergeKeepsEveryWordOfBoth(t *testing.T) {
	d := testDefinition(t)
	rapid.Check(t, func(t *rapid.T) {
		n := 0
		words := map[string]At{}
		base := edits(t, "base", &n, forms.Answers{}, words)
		mine := edits(t, "mine", &n, base, words)
		theirs := edits(t, "they", &n, base, words)
		merged, clashes := merge(d, base, theirs, mine)
		for word, at := range words {
			inBase, inMine, inTheirs := holds(base, word), holds(mine, word), holds(theirs, word)
			switch {
			case inMine && inTheirs, !inBase && (inMine || inTheirs):
				if !holds(merged, word) && !inClash(clashes, word) {
					t.Fatalf("%s at %v is lost\nbase %v\nmine %v\ntheirs %v\nmerged %v", word, at, base, mine, theirs, merged)
				}
			case inBase && !inMine && !inTheirs:
				if holds(merged, word) {
					t.Fatalf("%s was taken out by both and is back", word)
				}
			}
		}
		guardedAlone(t, d, base, theirs, mine, clashes)
		settled := merged
		for _, clash := range clashes {
			mineWins := rapid.Bool().Draw(t, "mine")
			side := theirs
			if mineWins {
				side = mine
			}
			settled = settle(settled, clash.At, side, base, theirs, mine)
		}
		for _, group := range []string{"people", "talks"} {
			seen := map[string]bool{}
			for _, row := range settled[group].Rows {
				if seen[row.ID] {
					t.Fatalf("row %s stands twice in %v", row.ID, settled)
				}
				seen[row.ID] = true
			}
		}
		if len(clashes) == 0 {
			other, again := merge(d, base, mine, theirs)
			if len(again) != 0 || !sameWords(other, merged) {
				t.Fatalf("the two sides do not agree:\n%v\n%v", merged, other)
			}
		}
		// What may be sent while a person has not chosen never touches what is asked.
		held := map[At]bool{}
		for _, clash := range clashes {
			held[clash.At] = true
		}
		sendable := holdBack(merged, theirs, held, theirs)
		for _, clash := range clashes {
			if isOrder(clash.At, base, theirs, mine) {
				if !sameOrder(sendable[clash.At.Item].Rows, theirs[clash.At.Item].Rows) {
					t.Fatalf("the order of %s would be sent unasked", clash.At.Item)
				}
				continue
			}
			a, _ := get(sendable, clash.At)
			b, _ := get(theirs, clash.At)
			if !a.Equal(b) {
				t.Fatalf("%v would be sent unasked: %v, they have %v", clash.At, a, b)
			}
		}
	})
}

func inClash(clashes []Clash, word string) bool {
	for _, c := range clashes {
		for _, version := range []forms.Answer{c.Mine, c.Theirs} {
			if holds(forms.Answers{"x": version}, word) {
				return true
			}
		}
	}
	return false
}

// guardedAlone: in a section where nothing merges by itself, a place that differs between the sides is asked about whenever
// both sides changed something there.
func guardedAlone(t *rapid.T, d *forms.Definition, base, theirs, mine forms.Answers, clashes []Clash) {
	ours, others := false, false
	for at := range differences(base, mine) {
		ours = ours || guarded(d, at)
	}
	for at := range differences(base, theirs) {
		others = others || guarded(d, at)
	}
	if !ours || !others {
		return
	}
	for at := range differences(theirs, mine) {
		if !guarded(d, at) {
			continue
		}
		asked := false
		for _, c := range clashes {
			asked = asked || c.At == at || c.At == At{Group: at.Group, Row: at.Row} && at.Group != ""
		}
		if !asked {
			t.Fatalf("%v in a guarded section was merged alone\nbase %v\nmine %v\ntheirs %v\nclashes %v", at, base, mine, theirs, clashes)
		}
	}
}

// sameWords compares without the order of rows, which may follow either side.
func sameWords(a, b forms.Answers) bool {
	for at := range differences(a, b) {
		if !isOrder(at, a, b) {
			return false
		}
	}
	return true
}

// Own words that were sent and never answered are not another person's: no one is asked about them.
func TestOwnUnansweredWordsAreNoConflict(t *testing.T) {
	d := testDefinition(t)
	rapid.Check(t, func(t *rapid.T) {
		n := 0
		words := map[string]At{}
		base := edits(t, "base", &n, forms.Answers{}, words)
		sent := edits(t, "sent", &n, base, words)
		now := edits(t, "mine", &n, sent, words)
		merged, clashes := merge(d, acknowledge(base, sent, sent), sent, now)
		if len(clashes) != 0 {
			t.Fatalf("asked about one's own words: %v", clashes)
		}
		if !merged.Equal(now) {
			t.Fatalf("merged %v is not what was written %v", merged, now)
		}
		if again := rebase(sent, sent, now); !again.Equal(now) {
			t.Fatalf("rebase gives %v, written was %v", again, now)
		}
	})
}

func TestTwoPeopleInOneField(t *testing.T) {
	d := testDefinition(t)
	base := forms.Answers{"name": forms.TextAnswer("a"), "reason": forms.TextAnswer("r")}
	mine := forms.Answers{"name": forms.TextAnswer("mine"), "reason": forms.TextAnswer("r"), "story": forms.TextAnswer("s")}
	theirs := forms.Answers{"name": forms.TextAnswer("theirs"), "reason": forms.TextAnswer("better"), "decision": forms.ChoiceAnswer("for")}
	merged, clashes := merge(d, base, theirs, mine)
	if len(clashes) != 1 || clashes[0].At != (At{Item: "name"}) || clashes[0].Mine.Text != "mine" || clashes[0].Theirs.Text != "theirs" || clashes[0].Label != "Name" {
		t.Fatalf("clashes %+v", clashes)
	}
	if merged["name"].Text != "mine" || merged["reason"].Text != "better" || merged["story"].Text != "s" || merged["decision"].Text != "for" {
		t.Fatalf("merged %v", merged)
	}
}

// Two different fields of the resuscitation section are still one decision (domain.md X23).
func TestTwoPeopleInOneGuardedSection(t *testing.T) {
	d := testDefinition(t)
	base := forms.Answers{"decision": forms.ChoiceAnswer("for"), "reason": forms.TextAnswer("r")}
	mine := forms.Answers{"decision": forms.ChoiceAnswer("for"), "reason": forms.TextAnswer("mine")}
	theirs := forms.Answers{"decision": forms.ChoiceAnswer("against"), "reason": forms.TextAnswer("r")}
	merged, clashes := merge(d, base, theirs, mine)
	if len(clashes) != 2 || !clashes[0].Guarded || !clashes[1].Guarded {
		t.Fatalf("clashes %+v", clashes)
	}
	if merged["decision"].Text != "for" || merged["reason"].Text != "mine" {
		t.Fatalf("merged shows %v; what this person wrote stands until they choose", merged)
	}
}

// A word for the whole group stands against rows: a person chooses.
func TestUnknownAgainstRows(t *testing.T) {
	d := testDefinition(t)
	row := forms.Row{ID: "r1", Answers: forms.Answers{"who": forms.TextAnswer("Ann")}}
	mine := forms.Answers{"people": forms.StateAnswer(forms.Unknown)}
	theirs := forms.Answers{"people": forms.RowsAnswer(row)}
	merged, clashes := merge(d, forms.Answers{}, theirs, mine)
	if len(clashes) != 1 || clashes[0].At != (At{Item: "people"}) || merged["people"].State != forms.Unknown {
		t.Fatalf("merged %v, clashes %+v", merged, clashes)
	}
	both, clashes := merge(d, mine, theirs, forms.Answers{"people": forms.RowsAnswer(forms.Row{ID: "r2", Answers: forms.Answers{"who": forms.TextAnswer("Bo")}})})
	if len(clashes) != 0 || len(both["people"].Rows) != 2 {
		t.Fatalf("two people added one each: %v, clashes %+v", both, clashes)
	}
}
