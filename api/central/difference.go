package central

// What may change here: how it is found which answers a save has changed.

import (
	"maps"
	"slices"

	"cmc/forms"
)

// A difference is one answer that changed. For a repeating group there is one for the group when rows came, went or moved,
// and one for each child that changed, with its row.
type difference struct {
	item, group, row string
	withheld         bool // the new answer is the mark of a hidden one
}

// differences finds what changed, in no particular order that matters, but the same each time.
func differences(old, next forms.Answers) []difference { return differencesIn(old, next, "", "") }

func differencesIn(old, next forms.Answers, group, row string) []difference {
	ids := slices.Collect(maps.Keys(old))
	for id := range next {
		if _, there := old[id]; !there {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var out []difference
	for _, id := range ids {
		before, after := old[id], next[id]
		if before.Equal(after) {
			continue
		}
		if len(before.Rows) == 0 && len(after.Rows) == 0 {
			out = append(out, difference{item: id, group: group, row: row, withheld: after.State == forms.Withheld})
			continue
		}
		if !sameRows(before.Rows, after.Rows) {
			out = append(out, difference{item: id})
		}
		for _, one := range after.Rows {
			out = append(out, differencesIn(rowOf(before.Rows, one.ID), one.Answers, id, one.ID)...)
		}
		for _, one := range before.Rows {
			if rowOf(after.Rows, one.ID) == nil {
				out = append(out, differencesIn(one.Answers, nil, id, one.ID)...)
			}
		}
	}
	return out
}

func sameRows(a, b []forms.Row) bool {
	return slices.EqualFunc(a, b, func(x, y forms.Row) bool { return x.ID == y.ID })
}

func rowOf(rows []forms.Row, id string) forms.Answers {
	for _, row := range rows {
		if row.ID == id {
			return row.Answers
		}
	}
	return nil
}

// sectionsOf are the sections that hold what changed, each once, in the order of their names.
func sectionsOf(d *forms.Definition, changed []difference) []string {
	found := map[string]bool{}
	for _, one := range changed {
		id := one.item
		if one.group != "" {
			id = one.group
		}
		if item := d.Item(id); item != nil && item.Section() != nil {
			found[item.Section().ID] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
