package report

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// remains says whether, to somebody who sees what is shown of parts that add up to a whole, a part that is not shown may still be
// each number from 0 to 4. Shown numbers lie between low and high of what stands there.
func remains(parts []int, hidden []bool, whole int, span func(int) (low, high int)) (bad int, all bool) {
	for i := range parts {
		if !hidden[i] {
			continue
		}
		for v := range least {
			// The others that are not shown may be anything that is not negative; those that are shown, anything in their span.
			low, high, free := 0, 0, false
			for k, n := range parts {
				switch {
				case k == i:
				case hidden[k]:
					free = true
				default:
					from, to := span(n)
					low, high = low+from, high+to
				}
			}
			from, to := span(whole)
			if whole < least {
				from, to = 0, least-1 // the whole is not shown either
			}
			// Is there a whole in from..to with whole - v - shown = what the others that are not shown hold?
			if most := to - v - low; most < 0 || !free && from-v-high > 0 {
				return v, false
			}
		}
	}
	return 0, true
}

func sum(parts []int) (s int) {
	for _, n := range parts {
		s += n
	}
	return s
}

// The promise of hide: what is not shown cannot be worked out by taking what is shown from the whole, not even in part, also if
// numbers were not rounded.
func TestNothingHiddenCanBeWorkedOut(t *testing.T) {
	exact := func(n int) (int, int) { return n, n }
	round := func(n int) (int, int) { return max(least, rounded(n)-2), rounded(n) + 2 }
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 9), rapid.IntRange(0, 200)), 1, 9).Draw(t, "parts")
		whole := sum(parts)
		hidden := hide(parts)
		for i, n := range parts {
			if n < least {
				assert.True(t, hidden[i], "%d is shown", n)
			}
		}
		if v, ok := remains(parts, hidden, whole, exact); !ok {
			t.Fatalf("%v with %v hidden: that one is not %d can be worked out", parts, hidden, v)
		}
		if v, ok := remains(parts, hidden, whole, round); !ok {
			t.Fatalf("%v with %v hidden and rounded: that one is not %d can be worked out", parts, hidden, v)
		}
	})
}

// The checker of the property finds what it is for.
func TestTheCheckerCanFail(t *testing.T) {
	exact := func(n int) (int, int) { return n, n }
	_, ok := remains([]int{3, 20, 30}, []bool{true, false, false}, 53, exact)
	assert.False(t, ok, "one hidden part is the whole less the others")
	_, ok = remains([]int{0, 1, 20}, []bool{true, true, false}, 21, exact)
	assert.False(t, ok, "two hidden parts that are 1 together cannot be 4")
	_, ok = remains([]int{3, 20, 30}, []bool{true, true, false}, 53, exact)
	assert.True(t, ok)
}

func TestHide(t *testing.T) {
	for _, c := range []struct {
		parts  []int
		hidden []bool
	}{
		{[]int{12, 30}, []bool{false, false}},
		{[]int{3, 20, 30}, []bool{true, true, false}},
		{[]int{3, 4, 30}, []bool{true, true, false}},
		{[]int{1, 1, 30, 9}, []bool{true, true, false, true}},
		{[]int{0, 30}, []bool{true, true}},
		{[]int{2}, []bool{true}},
	} {
		assert.Equal(t, c.hidden, hide(c.parts), "%v", c.parts)
	}
	for n, want := range map[int]int{5: 5, 7: 5, 8: 10, 12: 10, 13: 15, 0: 0, 4: 5} {
		assert.Equal(t, want, rounded(n))
	}
}

// Whatever is counted: no number below 5 leaves a protected table, and a number is not shown when that of how many is not.
func TestAProtectedTableShowsNoSmallNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "rows")
		parts := rapid.Bool().Draw(t, "parts")
		b := table{heads: []string{"Group", "Share", "Count", "Score"}, parts: parts}
		var of, in, plain int
		for range n {
			d := rapid.IntRange(0, 30).Draw(t, "of")
			k := rapid.IntRange(0, d).Draw(t, "n")
			c := rapid.IntRange(0, 12).Draw(t, "count")
			of, in, plain = of+d, in+k, plain+c
			b.rows = append(b.rows, row{cells: []cell{share(k, d), count(c), value(77, d, "points")}})
		}
		if parts {
			b.rows = append(b.rows, row{total: true, cells: []cell{share(in, of), count(plain), value(77, of, "points")}})
		}
		b.protect()
		shown, _ := b.shown(true)
		for i, r := range shown.Rows {
			for k, f := range r.Figures {
				if f.Count != nil {
					assert.GreaterOrEqual(t, *f.Count, least)
					assert.Zero(t, *f.Count%5)
					assert.GreaterOrEqual(t, b.rows[i].cells[k].n, least)
				}
				if f.Of != nil {
					assert.GreaterOrEqual(t, *f.Of, least)
					assert.Zero(t, *f.Of%5)
					assert.GreaterOrEqual(t, b.rows[i].cells[k].of, least)
				}
				if b.rows[i].cells[k].isOf && f.Of == nil {
					assert.Nil(t, f.Count)
					assert.Nil(t, f.Value)
				}
				assert.Equal(t, f.Count == nil && f.Value == nil, f.Hidden)
			}
		}
		if !parts {
			return
		}
		for k := range 2 { // the shares' numbers, and the counts: no total gives a part away
			var numbers, ofs []int
			var noN, noO []bool
			for i, r := range b.rows[:n] {
				numbers, noN = append(numbers, r.cells[k].n), append(noN, shown.Rows[i].Figures[k].Count == nil)
				ofs, noO = append(ofs, r.cells[k].of), append(noO, shown.Rows[i].Figures[k].Of == nil)
			}
			exact := func(n int) (int, int) { return n, n }
			if n > 1 {
				_, ok := remains(numbers, noN, b.rows[n].cells[k].n, exact)
				assert.True(t, ok, "%v %v of %d", numbers, noN, b.rows[n].cells[k].n)
				if k == 0 {
					_, ok = remains(ofs, noO, of, exact)
					assert.True(t, ok, "%v %v of %d", ofs, noO, of)
				}
			}
		}
	})
}
