package report

// What may change here: a report as a file for analysts: one figure on each line.

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"cmc/api"
)

// csvHeads are the columns of the file. They stay: add new ones at the end.
var csvHeads = []string{"report", "from", "to", "scope", "table", "row", "measure", "count", "of", "percent", "value", "unit", "shown"}

// CSV writes a report as comma-separated values (RFC 4180), the same numbers as the report has and no others. It has no plans: ids
// do not leave in a file. A number that is not shown is empty, with "no" as shown.
func CSV(r *api.Report) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	if err := w.Write(csvHeads); err != nil {
		return nil, err
	}
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	for _, t := range r.Tables {
		for _, row := range t.Rows {
			for i, f := range row.Figures {
				percent := ""
				if n, ok := f.Percent(); ok && !f.Hidden {
					percent = strconv.Itoa(n)
				}
				shown := "yes"
				if f.Hidden {
					shown = "no"
				}
				line := []string{r.Name, r.From, r.To, r.Scope, t.Title, row.Label, t.Heads[i+1], number(f.Count), number(f.Of), percent, number(f.Value), f.Unit, shown}
				for k := range line {
					line[k] = inert(line[k])
				}
				if err := w.Write(line); err != nil {
					return nil, err
				}
			}
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// inert keeps a spreadsheet from reading words as a formula: names of organisations come from outside. Numbers of a report are
// never below zero, so that none of them is touched.
func inert(words string) string {
	if words != "" && strings.ContainsRune("=+-@\t\r\n", rune(words[0])) {
		return "'" + words
	}
	return words
}
