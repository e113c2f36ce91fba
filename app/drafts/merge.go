package drafts

// What may change here: how the words of two people become one draft. Pure: the same three versions always give the same.
//
// A draft is taken apart into places (At): a field, a field of a row, a whole row that came or went, the order of a group's
// rows. Whatever one side alone changed is taken. Where both changed the same place to different things, and wherever both
// changed anything inside one guarded section (domain.md X22, X23), a person chooses: the place becomes a Clash. In a section
// that a person always decides (X23) so does what only the other side changed: it is shown as theirs and waits for a yes.

import (
	"maps"
	"slices"

	"cmc/forms"
)

// merge brings theirs and mine together on base. merged holds mine wherever there is a clash, and theirs where the clash is
// News. Clashes are in the order of the form. None of the three is changed.
func merge(d *forms.Definition, base, theirs, mine forms.Answers) (merged forms.Answers, clashes []Clash) {
	for id, was := range base {
		if was.State != forms.Answered && theirs[id].Rows != nil && mine[id].Rows != nil {
			base = without(base, At{Item: id}) // both took back "unknown" and wrote rows: nothing stands against all of them
		}
	}
	ours, others := differences(base, mine), differences(base, theirs)
	contested := map[At]bool{}
	for _, sides := range [][2]map[At]bool{{ours, others}, {others, ours}} {
		for at := range sides[0] { // one side said "unknown" of the whole group while the other wrote in its rows
			if at.Group == "" && !isOrder(at, base, theirs, mine) {
				for other := range sides[1] {
					if other.Group == at.Item {
						contested[at] = true
					}
				}
			}
		}
	}
	for at := range ours {
		if others[at] {
			contested[at] = true
		}
		// A row that one side took out while the other wrote in it, or that is in both sides' hands as a whole.
		if at.Group != "" && at.Item != "" && others[At{Group: at.Group, Row: at.Row}] {
			contested[At{Group: at.Group, Row: at.Row}] = true
		}
	}
	for at := range others {
		if at.Group != "" && at.Item != "" && ours[At{Group: at.Group, Row: at.Row}] {
			contested[At{Group: at.Group, Row: at.Row}] = true
		}
	}
	for at := range contested { // a row that both brought (one's own words, sent and answered by no one) is compared field by field
		if at.Group != "" && at.Item == "" {
			_, inTheirs := get(theirs, at)
			_, inMine := get(mine, at)
			if _, inBase := get(base, at); !inBase && inTheirs && inMine {
				delete(contested, at)
				delete(ours, at)
				delete(others, at)
				addRowDifferences(ours, others, contested, theirs, mine, at)
			}
		}
	}
	guard(d, ours, others, contested)
	for at := range contested { // inside something that is asked about as a whole, nothing else is asked
		whole := At{Item: at.Group}
		if at.Group != "" && contested[whole] && !isOrder(whole, base, theirs, mine) {
			delete(contested, at)
		}
	}
	news := newsIn(d, ours, others, contested, base, theirs, mine)

	merged = theirs
	mineHere := maps.Clone(ours)
	maps.Copy(mineHere, contested)
	for at := range mineHere {
		if at.Item == "" || at.Group == "" && isOrder(at, base, theirs, mine) {
			continue
		}
		whole := At{Item: at.Group}
		if at.Group != "" && (contested[At{Group: at.Group, Row: at.Row}] || mineHere[whole] && !isOrder(whole, base, theirs, mine)) {
			continue
		}
		answer, ok := get(mine, at)
		merged = put(merged, at, answer, ok)
	}
	merged = mergeRows(merged, base, theirs, mine, mineHere)

	asked := maps.Clone(contested)
	maps.Copy(asked, news)
	for at := range asked {
		clash := Clash{At: at, Guarded: guarded(d, at), Label: label(d, at), News: news[at]}
		clash.Base, clash.InBase = get(base, at)
		clash.Theirs, clash.InTheirs = get(theirs, at)
		clash.Mine, clash.InMine = get(mine, at)
		if isOrder(at, base, theirs, mine) {
			if sameOrder(theirs[at.Item].Rows, mine[at.Item].Rows) {
				continue
			}
		} else if clash.Theirs.Equal(clash.Mine) {
			continue // both say the same
		}
		clashes = append(clashes, clash)
	}
	inFormOrder(d, clashes, merged)
	return merged, clashes
}

// differences are the places where b says something else than a.
func differences(a, b forms.Answers) map[At]bool {
	out := map[At]bool{}
	for id, before := range a {
		difference(out, id, before, b[id])
	}
	for id, after := range b {
		if _, seen := a[id]; !seen {
			difference(out, id, forms.Answer{}, after)
		}
	}
	return out
}

func difference(out map[At]bool, id string, before, after forms.Answer) {
	if before.Equal(after) {
		return
	}
	if before.Rows == nil && after.Rows == nil || before.State != forms.Answered || after.State != forms.Answered {
		out[At{Item: id}] = true
		if before.State == forms.Answered && after.State == forms.Answered {
			return
		}
	}
	for _, row := range before.Rows {
		i := rowIndex(after.Rows, row.ID)
		if i < 0 {
			out[At{Group: id, Row: row.ID}] = true
			continue
		}
		for child := range differences(row.Answers, after.Rows[i].Answers) {
			out[At{Group: id, Row: row.ID, Item: child.Item}] = true
		}
	}
	for _, row := range after.Rows {
		if rowIndex(before.Rows, row.ID) < 0 {
			out[At{Group: id, Row: row.ID}] = true
		}
	}
	if !sameOrder(before.Rows, after.Rows) {
		out[At{Item: id}] = true
	}
}

// addRowDifferences compares a row that both sides brought, field by field.
func addRowDifferences(ours, others, contested map[At]bool, theirs, mine forms.Answers, at At) {
	a, _ := get(theirs, at)
	b, _ := get(mine, at)
	for child := range differences(a.Rows[0].Answers, b.Rows[0].Answers) {
		field := At{Group: at.Group, Row: at.Row, Item: child.Item}
		_, inA := a.Rows[0].Answers[child.Item]
		_, inB := b.Rows[0].Answers[child.Item]
		if inB {
			ours[field] = true
		}
		if inA {
			others[field] = true
		}
		if inA && inB {
			contested[field] = true
		}
	}
}

// sameOrder says whether the rows that both hold stand in the same order.
func sameOrder(a, b []forms.Row) bool {
	return slices.Equal(common(a, b), common(b, a))
}

// common are the ids of a that b has too, in a's order.
func common(a, b []forms.Row) []string {
	var out []string
	for _, row := range a {
		if rowIndex(b, row.ID) >= 0 {
			out = append(out, row.ID)
		}
	}
	return out
}

// isOrder says whether a place that names a group is about the order of its rows alone.
func isOrder(at At, versions ...forms.Answers) bool {
	if at.Group != "" {
		return false
	}
	rows := false
	for _, v := range versions {
		answer := v[at.Item]
		if answer.State != forms.Answered {
			return false
		}
		rows = rows || answer.Rows != nil
	}
	return rows
}

// guard makes everything contested that both sides touched in one guarded section.
func guard(d *forms.Definition, ours, others, contested map[At]bool) {
	inOurs, inOthers := map[string]bool{}, map[string]bool{}
	for at := range ours {
		inOurs[guardedSection(d, at)] = true
	}
	for at := range others {
		inOthers[guardedSection(d, at)] = true
	}
	for _, side := range []map[At]bool{ours, others} {
		for at := range side {
			section := guardedSection(d, at)
			if section == "" || !inOurs[section] || !inOthers[section] {
				continue
			}
			if at.Group != "" && at.Item != "" && contested[At{Group: at.Group, Row: at.Row}] {
				continue // the whole row is asked about already
			}
			contested[at] = true
		}
	}
}

// newsIn are the places in a section that a person always decides (X23) where the other side alone changed something while
// this one was writing elsewhere. What the service sets by itself is nobody's decision, and the order of rows no words.
func newsIn(d *forms.Definition, ours, others, contested map[At]bool, base, theirs, mine forms.Answers) map[At]bool {
	news := map[At]bool{}
	if len(ours) == 0 || len(base) == 0 {
		return news // nothing of this side waits, so there is one draft, not two; or the two never had anything in common to change
	}
	for at := range others {
		it := itemOf(d, at)
		row, whole := At{Group: at.Group, Row: at.Row}, At{Item: at.Group}
		switch {
		case it == nil || it.System || it.Section() == nil || !it.Section().Decided || contested[at]:
		case isOrder(at, base, theirs, mine):
		case at.Group != "" && (contested[row] || others[row] && at != row || (contested[whole] || others[whole]) && !isOrder(whole, base, theirs, mine)):
		default:
			news[at] = true
		}
	}
	return news
}

// mergeRows brings rows in, takes rows out and puts them in order, wherever mine is to stand.
func mergeRows(merged, base, theirs, mine forms.Answers, mineHere map[At]bool) forms.Answers {
	groups := map[string]bool{}
	for at := range mineHere {
		if at.Group != "" {
			groups[at.Group] = true
		} else if isOrder(at, base, theirs, mine) {
			groups[at.Item] = true
		}
	}
	for id := range groups {
		whole := At{Item: id}
		if merged[id].State != forms.Answered || mineHere[whole] && !isOrder(whole, base, theirs, mine) {
			continue
		}
		var rows []forms.Row
		for _, row := range merged[id].Rows {
			if mineHere[At{Group: id, Row: row.ID}] {
				own := rowIndex(mine[id].Rows, row.ID)
				if own < 0 {
					continue // this side took it out, or does not have it yet and is asked
				}
				row = mine[id].Rows[own]
			}
			rows = append(rows, row)
		}
		for _, row := range mine[id].Rows {
			if rowIndex(rows, row.ID) < 0 && mineHere[At{Group: id, Row: row.ID}] {
				rows = append(rows, row)
			}
		}
		first, second := theirs[id].Rows, mine[id].Rows
		if mineHere[whole] {
			first, second = second, first
		}
		merged = withRows(merged, id, func([]forms.Row) []forms.Row { return ordered(rows, first, second) })
	}
	return merged
}

// ordered puts rows in the order of first; a row that first does not have follows its neighbour in second.
func ordered(rows, first, second []forms.Row) []forms.Row {
	var ids []string
	for _, row := range first {
		if rowIndex(rows, row.ID) >= 0 {
			ids = append(ids, row.ID)
		}
	}
	for i, row := range second {
		if rowIndex(rows, row.ID) < 0 || slices.Contains(ids, row.ID) {
			continue
		}
		at := 0
		for j := i - 1; j >= 0; j-- {
			if k := slices.Index(ids, second[j].ID); k >= 0 {
				at = k + 1
				break
			}
		}
		ids = slices.Insert(ids, at, row.ID)
	}
	out := make([]forms.Row, 0, len(rows))
	for _, id := range ids {
		out = append(out, rows[rowIndex(rows, id)])
	}
	for _, row := range rows {
		if !slices.Contains(ids, row.ID) {
			out = append(out, row)
		}
	}
	return out
}

// settle puts one side's version of a clash into answers.
func settle(answers forms.Answers, at At, side forms.Answers, base, theirs, mine forms.Answers) forms.Answers {
	if isOrder(at, base, theirs, mine, answers) {
		return withRows(answers, at.Item, func(rows []forms.Row) []forms.Row { return ordered(rows, side[at.Item].Rows, rows) })
	}
	answer, ok := get(side, at)
	return put(answers, at, answer, ok)
}

// acknowledge moves base on to what was sent, wherever the service's version shows that it arrived: one's own words that
// were sent and never answered are not another person's.
func acknowledge(base, theirs, sent forms.Answers) forms.Answers {
	groups := map[string]bool{}
	for _, at := range slices.SortedFunc(maps.Keys(differences(base, sent)), byDepth) {
		if isOrder(at, base, theirs, sent) {
			groups[at.Item] = true
			continue
		}
		was, inSent := get(sent, at)
		is, inTheirs := get(theirs, at)
		if inSent == inTheirs && was.Equal(is) {
			base = put(base, at, was, inSent)
		}
		if at.Item == "" {
			groups[at.Group] = true
		}
	}
	for id := range groups {
		if rows := sent[id].Rows; len(base[id].Rows) > 1 && sameOrder(theirs[id].Rows, rows) {
			base = withRows(base, id, func(have []forms.Row) []forms.Row { return ordered(have, rows, have) })
		}
	}
	return base
}

// rebase carries what was written since sent over to what the service made of it. Newer words win: they are this person's.
func rebase(sent, server, now forms.Answers) forms.Answers {
	out := server
	changes := differences(sent, now)
	for _, rows := range []bool{true, false} { // rows first: their fields need them
		for at := range changes {
			if (at.Item == "") == rows && !isOrder(at, sent, server, now) {
				answer, ok := get(now, at)
				if at.Group != "" && at.Item != "" {
					if _, there := get(out, At{Group: at.Group, Row: at.Row}); !there {
						row, _ := get(now, At{Group: at.Group, Row: at.Row})
						out = with(out, At{Group: at.Group, Row: at.Row}, row)
						continue
					}
				}
				out = put(out, at, answer, ok)
			}
		}
	}
	for at := range changes {
		if isOrder(at, sent, server, now) || at.Item == "" {
			id := at.Item
			if id == "" {
				id = at.Group
			}
			if len(out[id].Rows) > 1 && out[id].State == forms.Answered {
				out = withRows(out, id, func(rows []forms.Row) []forms.Row { return ordered(rows, now[id].Rows, rows) })
			}
		}
	}
	return out
}

func itemOf(d *forms.Definition, at At) *forms.Item {
	if at.Item != "" {
		return d.Item(at.Item)
	}
	return d.Item(at.Group)
}

// guardedSection is the id of the guarded section that holds a place, or "".
func guardedSection(d *forms.Definition, at At) string {
	it := itemOf(d, at)
	if it == nil || it.Section() == nil || !it.Section().Guarded {
		return ""
	}
	return it.Section().ID
}

func guarded(d *forms.Definition, at At) bool { return guardedSection(d, at) != "" }

func label(d *forms.Definition, at At) string {
	it := itemOf(d, at)
	if it == nil {
		return at.Item
	}
	return it.ShortLabel()
}

// inFormOrder sorts clashes as a person meets their fields.
func inFormOrder(d *forms.Definition, clashes []Clash, rows forms.Answers) {
	place := map[string]int{}
	n := 0
	for it := range d.Items() {
		place[it.ID] = n
		n++
	}
	rank := func(c Clash) [3]int {
		group := c.At.Group
		if group == "" {
			return [3]int{place[c.At.Item], 0, 0}
		}
		return [3]int{place[group], 1 + rowIndex(rows[group].Rows, c.At.Row), place[c.At.Item]}
	}
	slices.SortFunc(clashes, func(a, b Clash) int {
		x, y := rank(a), rank(b)
		if by := slices.Compare(x[:], y[:]); by != 0 {
			return by
		}
		return slices.Compare([]string{a.At.Group, a.At.Row, a.At.Item}, []string{b.At.Group, b.At.Row, b.At.Item})
	})
}

// holdBack is what may be sent: now, with every held place as the service has it.
func holdBack(now, base forms.Answers, held map[At]bool, theirs forms.Answers) forms.Answers {
	out := now
	for _, at := range slices.SortedFunc(maps.Keys(held), byDepth) {
		out = settle(out, at, base, base, theirs, now)
	}
	return out
}

// byDepth puts whole rows before their fields and orders last.
func byDepth(a, b At) int {
	depth := func(at At) int {
		switch {
		case at.Group != "" && at.Item == "":
			return 0
		case at.Group != "":
			return 1
		}
		return 2
	}
	if by := depth(a) - depth(b); by != 0 {
		return by
	}
	return slices.Compare([]string{a.Group, a.Row, a.Item}, []string{b.Group, b.Row, b.Item})
}
