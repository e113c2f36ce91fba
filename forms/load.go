package forms

// What may change here: how a definition is read from YAML and linked together. What makes one wrong is in check.go.

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"regexp"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// stepFile is the name of a file that holds one step: the number gives its place in the form.
var stepFile = regexp.MustCompile(`^[0-9]{2}-[a-z0-9-]+\.yaml$`)

// yamlLine finds the place in an error of the YAML reader.
var yamlLine = regexp.MustCompile(`line (\d+): `)

// Load reads a definition from a folder: dir/definition.yaml with id, version and title, and one step from each
// dir/NN-name.yaml, in name order. It is strict: an unknown key is an error that names file and line. The result has passed
// Check against the hooks; it is immutable and safe for any number of goroutines. The error tells every fault that could be
// found, one on each line.
func Load(fsys fs.FS, dir string, hooks Hooks) (*Definition, error) {
	if dir == "" {
		dir = "."
	}
	var head struct {
		ID      string `yaml:"id"`
		Version string `yaml:"version"`
		Title   string `yaml:"title"`
	}
	if err := decodeYAML(fsys, path.Join(dir, "definition.yaml"), &head); err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("definition: %w", err)
	}
	names := make([]string, 0, len(entries))
	var faults []error
	for _, e := range entries {
		name := e.Name()
		switch {
		case e.IsDir(), name == "definition.yaml", path.Ext(name) != ".yaml" && path.Ext(name) != ".yml":
		case stepFile.MatchString(name):
			names = append(names, name)
		default:
			faults = append(faults, fmt.Errorf("%s: a step's file is named like 01-person.yaml", path.Join(dir, name)))
		}
	}
	sort.Strings(names)
	d := &Definition{ID: head.ID, Version: head.Version, Title: head.Title, hooks: hooks}
	for _, name := range names {
		s := new(Step)
		if err := decodeYAML(fsys, path.Join(dir, name), s); err != nil {
			faults = append(faults, err)
			continue
		}
		d.Steps = append(d.Steps, s)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	d.link()
	if err := d.Check(); err != nil {
		return nil, err
	}
	return d, nil
}

// decodeYAML reads one strict YAML document into out. Its errors begin with file:line where the reader knows the line.
func decodeYAML(fsys fs.FS, name string, out any) error {
	f, err := fsys.Open(name)
	if err != nil {
		return fmt.Errorf("definition: %w", err)
	}
	defer f.Close()
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	if err := dec.Decode(out); err != nil {
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: the file is empty", name)
		}
		return placeYAML(name, err)
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: one file holds one document", name)
	}
	return nil
}

// placeYAML turns "line 12: ..." of the YAML reader into "name:12: ...", one line for each fault.
func placeYAML(name string, err error) error {
	place := func(s string) error {
		s = strings.TrimPrefix(strings.TrimSpace(s), "yaml: ")
		if yamlLine.MatchString(s) {
			return errors.New(yamlLine.ReplaceAllString(s, name+":$1: "))
		}
		return errors.New(name + ": " + s)
	}
	var te *yaml.TypeError
	if !errors.As(err, &te) {
		return place(err.Error())
	}
	var all []error
	for _, s := range te.Errors {
		all = append(all, place(s))
	}
	return errors.Join(all...)
}

// link fills what the YAML leaves implicit: parents, order, index, default states and lengths. It drops empty entries and
// notes them as faults, so that everything after it can follow pointers without asking.
func (d *Definition) link() {
	d.items = make(map[string]*Item)
	d.order = nil
	d.print = make(map[string][]*Item)
	d.faults = nil
	d.Steps = dropNil(d, d.Steps, "a step")
	for _, st := range d.Steps {
		st.When = dropNilRules(d, st.When, "step "+st.ID)
		st.Sections = dropNil(d, st.Sections, "a section of step "+st.ID)
		for _, sec := range st.Sections {
			sec.When = dropNilRules(d, sec.When, "section "+sec.ID)
			sec.Items = dropNil(d, sec.Items, "an item of section "+sec.ID)
			for _, it := range sec.Items {
				d.linkItem(it, st, sec, nil, nil)
			}
		}
	}
	for _, it := range d.order {
		if it.Print != nil && it.group == nil {
			d.print[it.Print.Block] = append(d.print[it.Print.Block], it)
		}
	}
	for _, items := range d.print {
		sort.SliceStable(items, func(i, j int) bool { return items[i].Print.Order < items[j].Print.Order })
	}
}

func (d *Definition) linkItem(it *Item, st *Step, sec *Section, parent, group *Item) {
	it.step, it.section, it.parent, it.group, it.index = st, sec, parent, group, len(d.order)
	d.order = append(d.order, it)
	if old := d.items[it.ID]; old != nil {
		d.faults = append(d.faults, fmt.Errorf("item %s: the id is used twice (steps %s and %s)", it.ID, old.step.ID, st.ID))
	} else {
		d.items[it.ID] = it
	}
	it.Options = dropNil(d, it.Options, "an option of "+it.ID)
	it.When = dropNilRules(d, it.When, it.ID)
	it.NeedWhen = dropNilRules(d, it.NeedWhen, it.ID)
	for _, o := range it.Options {
		o.When = dropNilRules(d, o.When, it.ID)
	}
	if it.Print != nil {
		it.Print.Only = dropNilRules(d, it.Print.Only, it.ID)
	}
	if it.Need == NeedAnswer && len(it.States) == 0 {
		it.States = []State{Unknown, NotDiscussed, Declined}
	}
	if def, ok := defaultChars[it.Kind]; ok {
		it.MaxChars = def
		if it.Max != nil {
			it.MaxChars = int(*it.Max)
			it.Max = nil
		}
	}
	inner := group
	if it.Kind == Group && it.Repeats {
		inner = it
		if it.MaxRows == 0 {
			it.MaxRows = 50
		}
	}
	it.Items = dropNil(d, it.Items, "an item of "+it.ID)
	for _, c := range it.Items {
		d.linkItem(c, st, sec, it, inner)
	}
	it.end = len(d.order)
}

// defaultChars is the length limit of the text kinds where the definition names none.
var defaultChars = map[Kind]int{
	Text: 200, LongText: 1000, Coded: 200, Secret: 100, Phone: 40, Email: 254,
}

func dropNil[T any](d *Definition, in []*T, what string) []*T {
	out := in[:0:0]
	for _, p := range in {
		if p == nil {
			d.faults = append(d.faults, fmt.Errorf("%s is empty", what))
			continue
		}
		out = append(out, p)
	}
	return out
}

func dropNilRules(d *Definition, r *Rule, where string) *Rule {
	if r == nil {
		return nil
	}
	r.All = dropNil(d, r.All, "a rule of "+where)
	r.Any = dropNil(d, r.Any, "a rule of "+where)
	for _, c := range r.All {
		dropNilRules(d, c, where)
	}
	for _, c := range r.Any {
		dropNilRules(d, c, where)
	}
	dropNilRules(d, r.Not, where)
	return r
}

// Name is the id and version that a stored plan carries: "urgent-care-plan@1.0".
func (d *Definition) Name() string { return d.ID + "@" + d.Version }

// Item finds an item by id, at any depth. It returns nil when there is none.
func (d *Definition) Item(id string) *Item { return d.items[id] }

// Items gives every item, groups and their children included, depth first and in the order of the form.
func (d *Definition) Items() iter.Seq[*Item] {
	return func(yield func(*Item) bool) {
		for _, it := range d.order {
			if !yield(it) {
				return
			}
		}
	}
}

// Step finds a step by id. It returns nil when there is none.
func (d *Definition) Step(id string) *Step {
	for _, s := range d.Steps {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// Rules gives the rules across fields that the definition was loaded with, in order.
func (d *Definition) Rules() []CrossRule { return d.hooks.Rules }

// Section is the card that holds the item, at whatever depth.
func (it *Item) Section() *Section { return it.section }

// InStep is the step that holds the item. (Item.Step is the multiple that an integer must keep to.)
func (it *Item) InStep() *Step { return it.step }

// Parent is the group around the item; nil when it stands directly in a section.
func (it *Item) Parent() *Item { return it.parent }

// InGroup is the repeating group whose rows hold the item's answers; nil when the answer stands at the top level.
func (it *Item) InGroup() *Item { return it.group }

// Option finds an option by its code. It returns nil when there is none.
func (it *Item) Option(code string) *Option {
	for _, o := range it.Options {
		if o.Code == code {
			return o
		}
	}
	return nil
}

// ShortLabel is the label in lists, comparisons and messages: Short, else Label, else the id.
func (it *Item) ShortLabel() string {
	switch {
	case it.Short != "":
		return it.Short
	case it.Label != "":
		return it.Label
	}
	return it.ID
}
