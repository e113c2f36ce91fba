package forms

// What may change here: which findings the engine makes by itself, and their order. Rules across fields are given to Load.

import (
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cmc/forms/nhs"
)

// Validate finds what is wrong with a plan's answers on a day. ForSave finds values that cannot stand and the draft
// minimum (needs of kind save); ForApproval finds every gap too and runs the rules across fields. The findings come in the
// order of the form: step, section, item; for a repeating group row by row. Hidden items have no findings of the engine's
// own. The same answers give the same findings in the same order. Problems never stop a draft from being kept: what ForSave
// finds is told, and the answers are kept as they are.
func Validate(d *Definition, a Answers, today time.Time, scope Scope) []Problem {
	return NewReader(d, a, today).Validate(scope)
}

// Validate is the function of the same name, on a Reader that may already know much.
func (r Reader) Validate(scope Scope) []Problem {
	r = r.Top()
	var out []Problem
	for _, st := range r.v.d.Steps {
		if !r.Holds(st.When) {
			continue
		}
		for _, sec := range st.Sections {
			if !r.Holds(sec.When) {
				continue
			}
			for _, it := range sec.Items {
				out = r.validateItem(out, it, scope)
			}
		}
	}
	if scope != ForApproval {
		return out
	}
	crossed := false
	for _, rule := range r.v.d.hooks.Rules {
		for _, p := range rule.Check(r) {
			out = append(out, r.finish(p, rule))
			crossed = true
		}
	}
	if crossed {
		r.sort(out)
		out = slices.Compact(out)
	}
	return out
}

// finish fills in what a rule across fields left out.
func (r Reader) finish(p Problem, rule CrossRule) Problem {
	if p.Rule == "" {
		p.Rule = rule.ID
	}
	if p.Severity == "" {
		p.Severity = rule.Level
	}
	if it := r.v.d.items[p.Item]; it != nil {
		p.Step = it.step.ID
		if p.Row != "" && p.Group == "" {
			switch {
			case it.group != nil:
				p.Group = it.group.ID
			case it.Repeats:
				p.Group = it.ID
			}
		}
	}
	return p
}

// sort puts problems into the order of the form; those without a place come last, in the order in which they were found.
func (r Reader) sort(ps []Problem) {
	type place struct{ top, row, item int }
	at := func(p Problem) place {
		it := r.v.d.items[p.Item]
		if it == nil {
			return place{math.MaxInt, 0, 0}
		}
		if p.Row == "" || p.Group == "" || r.v.d.items[p.Group] == nil {
			return place{it.index, -1, 0}
		}
		g := r.v.d.items[p.Group]
		i := slices.IndexFunc(r.v.a[g.ID].Rows, func(row Row) bool { return row.ID == p.Row })
		return place{g.index, i, it.index}
	}
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := at(ps[i]), at(ps[j])
		if a.top != b.top {
			return a.top < b.top
		}
		if a.row != b.row {
			return a.row < b.row
		}
		return a.item < b.item
	})
}

// ValidateItem finds what is wrong with one field, for the message beside it: its value and its need, as ForApproval does.
// Row is the id of the row that it stands in, "" at the top. The rules across fields are not run.
func ValidateItem(d *Definition, a Answers, row, item string, today time.Time) []Problem {
	it := d.items[item]
	if it == nil {
		return nil
	}
	r := NewReader(d, a, today)
	if it.group != nil {
		in, ok := r.Row(it.group.ID, row)
		if !ok {
			return nil
		}
		r = in
	}
	if !r.visible(it) {
		return nil
	}
	return r.one(nil, it, ForApproval)
}

// validateItem adds the findings of an item and of everything in it.
func (r Reader) validateItem(out []Problem, it *Item, scope Scope) []Problem {
	if !r.visible(it) {
		return out
	}
	if it.Kind == Computed {
		return out
	}
	if it.Kind != Group || it.Repeats {
		out = r.one(out, it, scope)
	}
	if it.Kind != Group {
		return out
	}
	if !it.Repeats {
		for _, c := range it.Items {
			out = r.validateItem(out, c, scope)
		}
		return out
	}
	for _, row := range r.rowsOf(it) {
		for _, c := range it.Items {
			out = row.validateItem(out, c, scope)
		}
	}
	return out
}

// one adds the findings of one item by itself: need first, then the value.
func (r Reader) one(out []Problem, it *Item, scope Scope) []Problem {
	a, given := r.raw(it)
	if !given || a.Blank() {
		if r.Needs(it, scope) {
			return append(out, r.gap(it))
		}
		return out
	}
	if a.State != Answered {
		if a.State == Withheld {
			return out // the service masked it for this reader: there is a value
		}
		if !slices.Contains(it.States, a.State) {
			return append(out, r.wrong(it, "shape", "\u201c"+StateWords(a.State)+"\u201d is not one of the answers offered for "+quoted(it)))
		}
		if (it.Need == NeedApprove || it.Need == NeedSave) && r.Needs(it, scope) {
			return append(out, r.gap(it))
		}
		return out
	}
	if rule, words := r.fault(it, a); words != "" {
		return append(out, r.wrong(it, rule, words))
	}
	for _, name := range it.Checks {
		if words := r.v.d.hooks.Checks[name](a); words != "" {
			return append(out, r.wrong(it, "format", words))
		}
	}
	return out
}

// Needs says whether a visible item must hold something under the scope, on the day and with the other answers as they
// are: its need, need_when, and in a rapid plan (plan_type "rapid") only what is part of the approval minimum (domain.md
// 4.27).
func (r Reader) Needs(it *Item, scope Scope) bool {
	switch {
	case it.Need == NeedNever, it.System, it.Need != NeedSave && scope != ForApproval:
		return false
	case it.Need != NeedSave && !it.Rapid && r.Is("plan_type", "rapid"):
		return false
	}
	return r.Holds(it.NeedWhen)
}

func (r Reader) gap(it *Item) Problem {
	words := it.Missing
	if words == "" {
		words = "Answer " + quoted(it)
	}
	p := r.wrong(it, "X01", words)
	p.Gap = true
	return p
}

func (r Reader) wrong(it *Item, rule, words string) Problem {
	return newProblem(it, r.RowID(), rule, words)
}

var sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)

// fault finds what is wrong with a value: the rule and the sentence, or "" twice.
func (r Reader) fault(it *Item, a Answer) (rule, words string) {
	if !holds(it.Kind, a) {
		return "shape", wrongShape(it)
	}
	switch it.Kind {
	case Choice, Choices, Date, PartialDate, DateTime: // checked against what they may be
	default:
		for _, s := range a.texts() {
			if badText(s, it.Kind == LongText) {
				return "format", quoted(it) + " holds hidden or control characters: type it again without them"
			}
		}
	}
	if max := it.MaxChars; max > 0 && len(a.words()) > max {
		if n := utf8.RuneCountInString(a.words()); n > max {
			return "length", tooLong(max, n)
		}
	}
	typed := func(err error) (string, string) {
		if err != nil {
			return "format", err.Error()
		}
		return "", ""
	}
	switch it.Kind {
	case Choice:
		return r.optionFault(it, a.Text)
	case Choices:
		for _, c := range a.Codes {
			if rule, words := r.optionFault(it, c); words != "" {
				return rule, words
			}
		}
	case Integer, Decimal:
		return numberFault(it, a)
	case Date, PartialDate, DateTime:
		return r.dateFault(it, a.Text)
	case NHSNumber:
		norm, err := nhs.ParseNHSNumber(a.Text)
		if err == nil && norm != a.Text {
			return "format", "Enter " + quoted(it) + " as ten digits without spaces"
		}
		return typed(err)
	case ODS:
		_, err := nhs.ParseODS(a.Text)
		return typed(err)
	case Phone:
		_, err := nhs.CheckPhone(a.Text)
		return typed(err)
	case Email:
		_, err := nhs.ParseEmail(a.Text)
		return typed(err)
	case RegNumber:
		_, _, err := nhs.CheckRegNumber(a.Text)
		return typed(err)
	case Address:
		return addressFault(it, a)
	case Coded:
		switch {
		case strings.TrimSpace(a.Coded.Text) == "":
			return "shape", "Enter the words for " + quoted(it) + ", not only a code"
		case (a.Coded.Code == "") != (a.Coded.System == ""),
			a.Coded.System == snomed && !nhs.Verhoeff(a.Coded.Code):
			return "shape", "The code for " + quoted(it) + " cannot be right: choose from the list, or type the words alone"
		}
	case Ref:
		if _, _, ok := r.ref(it, a); !ok {
			return "shape", "The entry chosen for " + quoted(it) + " is no longer in the plan: choose again"
		}
	case File:
		if a.File.Name == "" || a.File.MediaType == "" || a.File.Size < 0 || !sha256Form.MatchString(a.File.SHA256) {
			return "shape", wrongShape(it)
		}
	case Group:
		if n := len(a.Rows) - it.MaxRows; n > 0 {
			return "range", "Keep to " + strconv.Itoa(it.MaxRows) + " entries or fewer in " + quoted(it) + ": " + strconv.Itoa(n) + " too many"
		}
	}
	return "", ""
}

// holds says whether the answer's value is in the field that the kind names.
func holds(k Kind, a Answer) bool {
	switch k {
	case Choices:
		return len(a.Codes) > 0
	case YesNo:
		return a.Bool != nil
	case Integer, Decimal:
		return a.Number != nil
	case Address:
		return a.Address != nil
	case Coded:
		return a.Coded != nil
	case File:
		return a.File != nil
	case Group:
		return len(a.Rows) > 0
	}
	return a.Text != ""
}

// optionFault finds an option that does not exist, or is not offered with the other answers as they are.
func (r Reader) optionFault(it *Item, code string) (rule, words string) {
	o := it.Option(code)
	switch {
	case o == nil:
		return "shape", notAnOption(it)
	case !r.Holds(o.When):
		return "shape", "\u201c" + o.Label + "\u201d cannot be chosen with the other answers as they are: choose another answer for " + quoted(it)
	}
	return "", ""
}

func numberFault(it *Item, a Answer) (rule, words string) {
	if math.IsNaN(*a.Number) || math.IsInf(*a.Number, 0) {
		return "shape", wrongShape(it)
	}
	n := *a.Number
	if it.Kind == Integer && n != math.Trunc(n) {
		return "format", quoted(it) + " must be a whole number"
	}
	low, high := it.Min != nil && n < *it.Min, it.Max != nil && n > *it.Max
	switch {
	case (low || high) && it.Min != nil && it.Max != nil:
		return "range", quoted(it) + " must be between " + numberWords(&Item{}, *it.Min) + " and " + numberWords(it, *it.Max)
	case low:
		return "range", quoted(it) + " must be " + numberWords(it, *it.Min) + " or more"
	case high:
		return "range", quoted(it) + " must be " + numberWords(it, *it.Max) + " or less"
	case it.Step > 0 && math.Mod(n, it.Step) != 0:
		return "range", quoted(it) + " must be in steps of " + numberWords(&Item{}, it.Step)
	}
	return "", ""
}

func (r Reader) dateFault(it *Item, s string) (rule, words string) {
	if !dateForm(it.Kind, s) {
		return "format", notADate(it)
	}
	today := r.v.today.Format(time.DateOnly)
	day := s
	if it.Kind == DateTime {
		t, _ := time.Parse(time.RFC3339, s) // dateForm has read it
		day = t.In(nhs.London()).Format(time.DateOnly)
	}
	if y := day[:4]; y < "1850" || y > "2200" {
		return "range", "Check the year of " + quoted(it)
	}
	// A partial date is wrong only when all of it lies on the wrong side: compare as many characters as it has.
	part := today[:len(day)]
	switch {
	case it.Past && day > part:
		return "range", quoted(it) + " cannot be after today"
	case it.Future && day < part:
		return "range", quoted(it) + " cannot be before today"
	}
	return "", ""
}

// maxAddressLine is the longest line of an address in characters. PDS allows 35; people write care homes and rooms on one
// line. The urgent summary has room for five lines of this length (domain.md 5 X24).
const maxAddressLine = 50

// addressFault holds the PDS shape: five lines at most and a postcode.
func addressFault(it *Item, a Answer) (rule, words string) {
	if len(a.Address.Lines) > 5 {
		return "length", "Use five lines or fewer for " + quoted(it)
	}
	for _, l := range a.Address.Lines {
		if n := utf8.RuneCountInString(l); n > maxAddressLine {
			return "length", tooLong(maxAddressLine, n)
		}
	}
	if a.Address.Postcode != "" {
		if _, err := nhs.ParsePostcode(a.Address.Postcode); err != nil {
			return "format", err.Error()
		}
	}
	return "", ""
}
