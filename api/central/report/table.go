package report

// What may change here: how a table is made of counts, and what of it is shown.

import "cmc/api"

// A cell is one figure before it is shown: a count, of how many where it is a part of something, or a value over that many.
type cell struct {
	n, of    int
	isOf     bool // there is an of
	value    bool // n is a value (a score, days) over of, and no count
	unit     string
	noN, noO bool // n, of are not shown
}

type row struct {
	label string
	total bool // of all the others together
	cells []cell
}

// A table is one table. In a table of parts the rows without total are the parts of the row with it, column by column: they add
// up to it, or overlap and hold it together. In one with whole, of is the count of the total in every row.
type table struct {
	title        string
	heads        []string
	rows         []row
	parts, whole bool
	bars         bool
}

func count(n int) cell     { return cell{n: n} }
func share(n, of int) cell { return cell{n: n, of: of, isOf: true} }
func value(n, of int, unit string) cell {
	return cell{n: n, of: of, isOf: true, value: true, unit: unit}
}

// list is a table of one column whose rows are the parts of a whole.
func list(title, head, column string, whole int, parts []coded, n map[string]int) table {
	t := table{title: title, heads: []string{head, column}, parts: true, whole: true, bars: true}
	for _, p := range parts {
		t.rows = append(t.rows, row{label: p.words, cells: []cell{share(n[p.id], whole)}})
	}
	t.rows = append(t.rows, row{label: "All", total: true, cells: []cell{count(whole)}})
	return t
}

// facts is a table of single figures, each of its own.
func facts(title, head, column string, rows ...row) table {
	return table{title: title, heads: []string{head, column}, rows: rows}
}

func fact(label string, c cell) row { return row{label: label, cells: []cell{c}} }

// shown is the table as it is sent; some says whether a number is not shown.
func (t *table) shown(protected bool) (out api.ReportTable, some bool) {
	out = api.ReportTable{Title: t.title, Heads: t.heads, Rows: []api.ReportRow{}, Bars: t.bars}
	number := func(n int) *int {
		if protected {
			n = rounded(n)
		}
		return &n
	}
	for _, r := range t.rows {
		to := api.ReportRow{Label: r.label, Total: r.total, Figures: []api.ReportFigure{}}
		for _, c := range r.cells {
			f := api.ReportFigure{Hidden: c.noN || c.noO}
			if c.isOf && !c.noO {
				f.Of = number(c.of)
			}
			switch {
			case f.Hidden:
				some = true
				if !t.parts && !c.value { // nothing is hidden there for the sake of another number
					f.Below = least
				}
			case c.value && c.of > 0:
				n := c.n
				f.Value, f.Unit = &n, c.unit
			case !c.value:
				f.Count = number(c.n)
			}
			to.Figures = append(to.Figures, f)
		}
		out.Rows = append(out.Rows, to)
	}
	return out, some
}
