package forms

// What may change here: what makes a definition wrong. Every fault is found at once and named by the id that it stands at.

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cmc/forms/nhs"
)

var (
	idForm      = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	stepForm    = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)
	versionForm = regexp.MustCompile(`^[0-9]+(\.[0-9]+)*$`)
)

// snomed is the FHIR name of SNOMED CT; its codes carry a check digit.
const snomed = "http://snomed.info/sct"

// maxRadios is how many radio buttons stand under one question before it would become a list (experience: a critical
// choice is never a list).
const maxRadios = 7

var (
	kinds = []Kind{Text, LongText, Choice, Choices, YesNo, Date, PartialDate, DateTime, Integer, Decimal, NHSNumber, ODS,
		Phone, Email, RegNumber, Address, Coded, Secret, Ref, File, Group, Computed}
	numberKinds = []Kind{Integer, Decimal}
	dateKinds   = []Kind{Date, PartialDate, DateTime}
	needs       = []Need{NeedNever, NeedSave, NeedApprove, NeedAnswer}
	styles      = []string{"", "headline", "strong", "quote", "line", "column"}
	severities  = []Severity{Stop, Confirm, Advise}
)

// Check says everything that is wrong with a definition, one fault on each line: ids used twice, unknown ids in rules,
// references and prints, unknown hooks, missing options and labels, malformed SNOMED CT codes, rules that depend on
// themselves, a critical choice that would not fit radio buttons, secrets that would be printed. Load calls it; nil means
// that every function of this package may be used.
func (d *Definition) Check() error {
	c := checker{d: d, faults: append([]error(nil), d.faults...)}
	c.head()
	steps, sections := map[string]bool{}, map[string]bool{}
	for _, st := range d.Steps {
		c.at = "step " + st.ID
		c.when(steps[st.ID], "the id is used twice")
		steps[st.ID] = true
		c.when(!stepForm.MatchString(st.ID), "the id is missing or is not lower case letters, digits and dashes")
		c.when(st.Title == "", "the title is missing")
		c.when(len(st.Sections) == 0, "there are no sections")
		c.rule(st.When)
		for _, sec := range st.Sections {
			c.at = "section " + sec.ID
			c.when(sections[sec.ID], "the id is used twice")
			sections[sec.ID] = true
			c.when(!stepForm.MatchString(sec.ID), "the id is missing or is not lower case letters, digits and dashes")
			c.when(sec.Title == "", "the title is missing")
			c.when(len(sec.Items) == 0, "there are no items")
			c.when(sec.Decided && !sec.Guarded, "it is decided by a person and not guarded")
			c.rule(sec.When)
		}
	}
	for _, it := range d.order {
		c.item(it)
	}
	for _, r := range d.hooks.Rules {
		c.at = "rule " + r.ID
		c.when(r.ID == "", "the id is missing")
		c.when(r.Check == nil, "there is nothing to call")
		c.when(!slices.Contains(severities, r.Level), "the level %q is not stop, confirm or advise", r.Level)
	}
	c.cycles()
	return errors.Join(c.faults...)
}

type checker struct {
	d      *Definition
	at     string
	faults []error
}

// when notes a fault at the present place, if there is one.
func (c *checker) when(wrong bool, format string, args ...any) {
	if wrong {
		c.faults = append(c.faults, fmt.Errorf(c.at+": "+format, args...))
	}
}

func (c *checker) head() {
	c.at = "definition"
	c.when(!stepForm.MatchString(c.d.ID), "the id %q is missing or is not lower case letters, digits and dashes", c.d.ID)
	c.when(!versionForm.MatchString(c.d.Version), "the version %q is not like 1.0 (write it in quotes)", c.d.Version)
	c.when(c.d.Title == "", "the title is missing")
	c.when(len(c.d.Steps) == 0, "there are no steps")
}

func (c *checker) item(it *Item) {
	c.at = "item " + it.ID
	if it.ID == "" {
		c.at = "an item of section " + it.section.ID
	}
	c.when(!idForm.MatchString(it.ID), "the id is missing or is not lower case letters, digits and underscores")
	c.when(!slices.Contains(kinds, it.Kind), "the kind %q does not exist", it.Kind)
	c.when(it.Label == "" && it.Kind != Computed, "the label is missing")
	c.when(!slices.Contains(needs, it.Need), "the need %q does not exist", it.Need)
	c.when(it.NeedWhen != nil && it.Need == NeedNever, "need_when without need")
	c.rule(it.When)
	c.rule(it.NeedWhen)
	c.options(it)
	c.codes(it.Codes)
	c.limits(it)
	c.group(it)
	for _, s := range it.States {
		c.when(!slices.Contains([]State{Unknown, NotDiscussed, Declined, NotApplicable}, s), "the state %q cannot be offered", s)
	}
	c.when((it.Kind == Ref) != (len(it.RefTo) > 0), "ref_to goes with kind ref, and kind ref needs it")
	for _, id := range it.RefTo {
		g := c.d.items[id]
		c.when(g == nil || g.Kind != Group || !g.Repeats, "ref_to names %q, which is not a repeating group", id)
	}
	for _, name := range it.Checks {
		c.when(c.d.hooks.Checks[name] == nil, "the check %q does not exist", name)
	}
	c.when((it.Kind == Computed) != (it.Compute != ""), "compute goes with kind computed, and kind computed needs it")
	if it.Compute != "" {
		c.when(c.d.hooks.Computed[it.Compute] == nil, "the computed words %q do not exist", it.Compute)
		c.when(it.Need != NeedNever, "nobody can answer computed words: leave need out")
	}
	if it.Print != nil {
		c.print(it)
	}
}

func (c *checker) options(it *Item) {
	choice := it.Kind == Choice || it.Kind == Choices
	c.when(choice && len(it.Options) == 0, "the options are missing")
	c.when(!choice && len(it.Options) > 0, "only choice and choices have options")
	c.when(it.Kind == Choice && it.Critical && len(it.Options) > maxRadios,
		"a critical choice has %d radio buttons at most, this has %d options", maxRadios, len(it.Options))
	c.when(it.Critical && it.Kind == Choices, "a critical question has one answer: use choice or yesno")
	seen := map[string]bool{}
	for _, o := range it.Options {
		c.when(strings.TrimSpace(o.Code) == "" || o.Code != strings.TrimSpace(o.Code), "an option has no code, or spaces around it")
		c.when(seen[o.Code], "the option %q is there twice", o.Code)
		seen[o.Code] = true
		c.when(o.Label == "", "the option %q has no label", o.Code)
		c.codes(o.Codes)
		c.rule(o.When)
	}
}

func (c *checker) codes(codes []Code) {
	for _, k := range codes {
		c.when(k.System == "" || k.Code == "", "a code needs system and code")
		c.when(k.System == snomed && !nhs.Verhoeff(k.Code), "the SNOMED CT code %q has a wrong check digit", k.Code)
	}
}

func (c *checker) limits(it *Item) {
	isNumber, isDate := slices.Contains(numberKinds, it.Kind), slices.Contains(dateKinds, it.Kind)
	_, isText := defaultChars[it.Kind]
	c.when(it.Min != nil && !isNumber, "min is for integer and decimal")
	c.when(it.Max != nil && !isNumber, "max is for integer, decimal and the text kinds")
	c.when(isText && it.MaxChars < 1, "max must be 1 or more")
	c.when(it.Min != nil && it.Max != nil && *it.Min > *it.Max, "min is more than max")
	c.when(it.Unit != "" && !isNumber, "unit is for integer and decimal")
	c.when(it.Step != 0 && it.Kind != Integer || it.Step < 0, "step is for integer, and more than 0")
	c.when((it.Past || it.Future) && !isDate, "past and future are for dates")
	c.when(it.Past && it.Future, "a date cannot be both past and future")
	c.when(len(it.Suggest) > 0 && it.Kind != Coded && it.Kind != Text, "suggest is for coded and text")
}

func (c *checker) group(it *Item) {
	c.when(it.Kind != Group && (it.Repeats || len(it.Items) > 0 || it.RowTitle != "" || it.AddLabel != "" || it.MaxRows != 0),
		"repeats, items, row_title, add_label and max_rows are for groups")
	if it.Kind != Group {
		return
	}
	c.when(len(it.Items) == 0, "the group has no items")
	c.when(!it.Repeats && (it.RowTitle != "" || it.AddLabel != "" || it.MaxRows != 0), "row_title, add_label and max_rows are for groups that repeat")
	c.when(!it.Repeats && (it.Need != NeedNever || len(it.States) > 0), "a group that does not repeat has no answer of its own: put need on its items")
	c.when(it.Repeats && it.group != nil, "a repeating group cannot stand inside another")
	c.when(it.MaxRows < 0, "max_rows is less than 0")
	if it.RowTitle != "" {
		t := c.d.items[it.RowTitle]
		c.when(t == nil || t.group != it, "row_title names %q, which is not in the group", it.RowTitle)
	}
}

func (c *checker) print(it *Item) {
	p := it.Print
	known := slices.ContainsFunc(SummaryBlocks, func(b BlockKind) bool { return b.ID == p.Block })
	if it.group == nil {
		c.when(!known, "the block %q does not exist", p.Block)
	} else {
		c.when(it.group.Print == nil, "it prints, but its group %q does not", it.group.ID)
		c.when(p.Block != "" && (it.group.Print == nil || p.Block != it.group.Print.Block), "it prints in another block than its group")
		c.when(p.Rows != 0 || p.More != "", "rows and more are for the group")
		c.when(p.Style == "headline", "a row has no headline")
	}
	c.when(!slices.Contains(styles, p.Style), "the style %q does not exist", p.Style)
	c.when(p.Style == "column" && it.group == nil, "columns are for the children of repeating groups")
	c.when(it.Kind == Secret || it.Sensitive, "secret and sensitive answers are never printed")
	c.when(it.Kind == File, "files are not printed")
	c.when(p.Rows < 0 || p.Weight < 0, "rows and weight are 0 or more")
	if it.Kind == Group {
		c.when(!it.Repeats, "a group that does not repeat is not printed: print its items")
		printed := false
		for i := it.index + 1; i < it.end; i++ {
			printed = printed || c.d.order[i].Print != nil
		}
		c.when(!printed, "none of its items prints")
	} else {
		c.when(it.group == nil && (p.Rows != 0 || p.More != ""), "rows and more are for groups")
	}
	c.rule(p.Only)
}

func (c *checker) rule(r *Rule) {
	if r == nil {
		return
	}
	n := 0
	for _, set := range []bool{r.Item != "", len(r.All) > 0, len(r.Any) > 0, r.Not != nil} {
		if set {
			n++
		}
	}
	c.when(n != 1, "a rule has exactly one of item, all, any, not")
	c.when(r.Item == "" && (r.Op != "" || r.Value != nil), "op and value go with item")
	for _, sub := range r.All {
		c.rule(sub)
	}
	for _, sub := range r.Any {
		c.rule(sub)
	}
	c.rule(r.Not)
	if n == 1 && r.Item != "" {
		c.leaf(r)
	}
}

func (c *checker) leaf(r *Rule) {
	values := []any{r.Value}
	switch r.Op {
	case OpExists:
		c.when(r.Value != nil, "exists takes no value (rule on %s)", r.Item)
		values = nil
	case OpEqual, OpNotEqual, OpLess, OpMore:
	case OpIn:
		list, ok := r.Value.([]any)
		c.when(!ok || len(list) == 0, "in takes a list (rule on %s)", r.Item)
		values = list
	default:
		c.when(true, "the operator %q does not exist (rule on %s)", r.Op, r.Item)
		return
	}
	for _, v := range values {
		_, isText := v.(string)
		_, isBool := v.(bool)
		_, isNumber := number(v)
		c.when(!isText && !isBool && !isNumber, "the value must be text, a number or true/false (rule on %s)", r.Item)
	}
	if r.Item == "@age" {
		for _, v := range values {
			_, ok := number(v)
			c.when(!ok, "@age is compared with numbers")
		}
		return
	}
	id, onState := strings.CutPrefix(r.Item, "@state:")
	it := c.d.items[id]
	switch {
	case it == nil:
		c.when(true, "a rule names %q, which does not exist", r.Item)
		return
	case onState:
		for _, v := range values {
			s, _ := v.(string)
			c.when(!slices.Contains([]State{"answered", Unknown, NotDiscussed, Declined, NotApplicable, Withheld}, State(s)),
				"a rule compares a state with %v", v)
		}
		return
	}
	ordered := r.Op == OpLess || r.Op == OpMore
	switch it.Kind {
	case Choice, Choices:
		for _, v := range values {
			s, isText := v.(string)
			c.when(!ordered && (!isText || it.Option(s) == nil), "a rule compares %s with %v, which is none of its options (write codes in quotes)", it.ID, v)
		}
	case YesNo:
		for _, v := range values {
			_, ok := v.(bool)
			c.when(!ok || ordered, "a rule compares %s, which is yes or no, with %v", it.ID, v)
		}
	case Integer, Decimal:
		for _, v := range values {
			_, ok := number(v)
			c.when(!ok, "a rule compares %s, which is a number, with %v", it.ID, v)
		}
	case Group:
		c.when(r.Op != OpExists || !it.Repeats, "a rule can ask of %s only whether a repeating group has rows", it.ID)
	case Address, File, Secret:
		c.when(r.Op != OpExists, "a rule can ask of %s only whether it exists", it.ID)
	case Computed:
		c.when(true, "a rule names %s, which is never answered", it.ID)
	default:
		for _, v := range values {
			_, ok := v.(string)
			c.when(!ok, "a rule compares %s, which is text, with %v", it.ID, v)
		}
	}
}

// cycles finds items whose being asked depends on themselves. Without it a form could have two right looks, or none.
func (c *checker) cycles() {
	const visiting, done = 1, 2
	mark := make([]int, len(c.d.order))
	var visit func(it *Item, trail []string)
	visit = func(it *Item, trail []string) {
		switch mark[it.index] {
		case done:
			return
		case visiting:
			c.at = "item " + it.ID
			c.when(true, "whether it is asked depends on itself: %s", strings.Join(append(trail, it.ID), ", "))
			return
		}
		mark[it.index] = visiting
		trail = append(trail, it.ID)
		rules := []*Rule{it.When, it.step.When, it.section.When}
		if it.parent != nil {
			visit(it.parent, trail)
			rules = rules[:1]
		}
		for _, r := range rules {
			eachLeaf(r, func(leaf *Rule) {
				id := strings.TrimPrefix(leaf.Item, "@state:")
				if id == "@age" {
					id = "birth_date"
				}
				if on := c.d.items[id]; on != nil {
					visit(on, trail)
				}
			})
		}
		mark[it.index] = done
	}
	for _, it := range c.d.order {
		if c.d.items[it.ID] == it {
			visit(it, nil)
		}
	}
}

func eachLeaf(r *Rule, do func(*Rule)) {
	if r == nil {
		return
	}
	if r.Item != "" {
		do(r)
	}
	for _, sub := range r.All {
		eachLeaf(sub, do)
	}
	for _, sub := range r.Any {
		eachLeaf(sub, do)
	}
	eachLeaf(r.Not, do)
}
