package report

// What may change here: how small numbers are kept from those who may not see them. docs/decisions.md says why each step is there;
// a property test holds that no step can be left out.
//
// The rule is that of hospital statistics in England: a number below 5 is not shown, the others are rounded to the nearest 5. One
// mark stands for every number that is not shown. Zero counts as below 5: "none of them" says something of everybody.

// least is the smallest number that is shown.
const least = 5

// rounded is the nearest multiple of 5.
func rounded(n int) int { return (n + 2) / 5 * 5 }

// protect decides which numbers of a table are not shown.
func (t *table) protect() {
	if len(t.rows) == 0 {
		return
	}
	for c := range t.rows[0].cells {
		t.protectColumn(c)
	}
}

func (t *table) protectColumn(c int) {
	total := -1
	var parts []int
	for i := range t.rows {
		if t.parts && t.rows[i].total {
			total = i
		} else {
			parts = append(parts, i)
		}
	}
	cellAt := func(i int) *cell { return &t.rows[i].cells[c] }

	// Of how many: by itself, or as parts of a whole.
	if t.whole {
		for _, i := range parts {
			cellAt(i).noO = cellAt(i).of < least
		}
	} else {
		of := make([]int, len(parts))
		for k, i := range parts {
			of[k] = cellAt(i).of
			cellAt(i).noO = cellAt(i).isOf && of[k] < least
		}
		if total >= 0 {
			cellAt(total).noO = cellAt(total).isOf && cellAt(total).of < least
			if cellAt(total).isOf {
				for k, hidden := range hide(of) {
					cellAt(parts[k]).noO = hidden
				}
			}
		}
	}

	// The numbers themselves. What is not of a number that is shown is not shown.
	n := make([]int, len(parts))
	values := false
	for k, i := range parts {
		n[k] = cellAt(i).n
		values = values || cellAt(i).value
		cellAt(i).noN = cellAt(i).noO || !cellAt(i).value && n[k] < least
	}
	if total < 0 {
		return
	}
	cellAt(total).noN = cellAt(total).noO || !cellAt(total).value && cellAt(total).n < least
	if values {
		return // a value is no count, and goes with its of
	}
	for k, hidden := range hide(n) {
		cellAt(parts[k]).noN = hidden // shown looks at noO too
	}
}

// hide says which parts of a whole are not shown: those below 5, and as many more, the smallest first, as it takes for the ones that
// are not shown to be 5 together. They are then at least two, and whoever takes what is shown from the whole has a number of which
// any of them may be a part, or none: each may still be anything from 0 to 4.
func hide(parts []int) []bool {
	hidden := make([]bool, len(parts))
	some, sum := false, 0
	for i, n := range parts {
		if n < least {
			hidden[i], some = true, true
			sum += n
		}
	}
	for some && sum < least {
		next := -1
		for i, n := range parts {
			if !hidden[i] && (next < 0 || n < parts[next]) {
				next = i
			}
		}
		if next < 0 {
			break // nothing is shown, and the whole is below 5 itself
		}
		hidden[next] = true
		sum += parts[next]
	}
	return hidden
}
