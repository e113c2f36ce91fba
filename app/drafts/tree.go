package drafts

// What may change here: how one answer is read from, put into and taken out of a set of answers. Nothing here changes a
// map or a slice that someone else may hold: every change copies what it touches, so that a snapshot costs nothing.

import (
	"maps"
	"slices"

	"cmc/forms"
)

// get finds one answer. For a whole row it is an Answer with that one row.
func get(a forms.Answers, at At) (forms.Answer, bool) {
	if at.Group == "" {
		answer, ok := a[at.Item]
		return answer, ok
	}
	i := rowIndex(a[at.Group].Rows, at.Row)
	if i < 0 {
		return forms.Answer{}, false
	}
	row := a[at.Group].Rows[i]
	if at.Item == "" {
		return forms.Answer{Rows: []forms.Row{row}}, true
	}
	answer, ok := row.Answers[at.Item]
	return answer, ok
}

// with gives the answers with one of them changed. It makes no row: an answer for a row that is gone changes nothing.
func with(a forms.Answers, at At, answer forms.Answer) forms.Answers {
	if at.Group == "" {
		out := maps.Clone(a)
		if out == nil {
			out = forms.Answers{}
		}
		out[at.Item] = answer
		return out
	}
	i := rowIndex(a[at.Group].Rows, at.Row)
	if at.Item == "" {
		if len(answer.Rows) != 1 {
			return a
		}
		if i < 0 {
			return withRow(a, at.Group, len(a[at.Group].Rows), answer.Rows[0])
		}
		return withRows(a, at.Group, func(rows []forms.Row) []forms.Row { rows[i] = answer.Rows[0]; return rows })
	}
	if i < 0 {
		return a
	}
	return withRows(a, at.Group, func(rows []forms.Row) []forms.Row {
		inner := maps.Clone(rows[i].Answers)
		if inner == nil {
			inner = forms.Answers{}
		}
		inner[at.Item] = answer
		rows[i].Answers = inner
		return rows
	})
}

// without gives the answers with one of them, or one row, taken out.
func without(a forms.Answers, at At) forms.Answers {
	if _, ok := get(a, at); !ok {
		return a
	}
	if at.Group == "" {
		out := maps.Clone(a)
		delete(out, at.Item)
		return out
	}
	i := rowIndex(a[at.Group].Rows, at.Row)
	if at.Item == "" {
		return withRows(a, at.Group, func(rows []forms.Row) []forms.Row { return slices.Delete(rows, i, i+1) })
	}
	return withRows(a, at.Group, func(rows []forms.Row) []forms.Row {
		inner := maps.Clone(rows[i].Answers)
		delete(inner, at.Item)
		rows[i].Answers = inner
		return rows
	})
}

// put sets or takes out.
func put(a forms.Answers, at At, answer forms.Answer, present bool) forms.Answers {
	if present {
		return with(a, at, answer)
	}
	return without(a, at)
}

// withRow puts a row in at an index.
func withRow(a forms.Answers, group string, index int, row forms.Row) forms.Answers {
	return withRows(a, group, func(rows []forms.Row) []forms.Row {
		return slices.Insert(rows, min(max(index, 0), len(rows)), row)
	})
}

// withRows hands a copy of a group's rows to change, and gives the answers with what it returns. A group without rows has
// no answer at all, unless it has a state.
func withRows(a forms.Answers, group string, change func([]forms.Row) []forms.Row) forms.Answers {
	out := maps.Clone(a)
	if out == nil {
		out = forms.Answers{}
	}
	rows := change(slices.Clone(a[group].Rows))
	if len(rows) == 0 {
		delete(out, group)
		return out
	}
	out[group] = forms.Answer{Rows: rows}
	return out
}

func rowIndex(rows []forms.Row, id string) int {
	return slices.IndexFunc(rows, func(r forms.Row) bool { return r.ID == id })
}

func rowIDs(rows []forms.Row) []string {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}
