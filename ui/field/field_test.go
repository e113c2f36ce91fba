package field

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"
	"cmc/ui/control"
	"cmc/ui/theme"

	"github.com/stretchr/testify/require"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// memory is a draft that is kept nowhere.
type memory struct {
	a     forms.Answers
	sent  forms.Answers // as the service has it
	typed map[drafts.At]string
}

func newMemory(a forms.Answers) *memory { return &memory{a: a, typed: map[drafts.At]string{}} }

func (m *memory) in(at drafts.At) forms.Answers {
	for _, r := range m.a[at.Group].Rows {
		if r.ID == at.Row {
			return r.Answers
		}
	}
	return m.a
}

func (m *memory) Set(at drafts.At, a forms.Answer) { delete(m.typed, at); m.in(at)[at.Item] = a }
func (m *memory) Clear(at drafts.At)               { delete(m.in(at), at.Item) }
func (m *memory) Hidden(at drafts.At) bool         { return m.sent[at.Item].State == forms.Withheld }
func (m *memory) Typed(at drafts.At) (string, bool) {
	s, ok := m.typed[at]
	return s, ok
}

func (m *memory) SetTyped(at drafts.At, raw string) {
	delete(m.typed, at)
	if raw != "" {
		m.typed[at] = raw
	}
}

func (m *memory) AddRow(group string) string {
	id := forms.NewRowID()
	m.a[group] = forms.Answer{Rows: append(slices.Clone(m.a[group].Rows), forms.Row{ID: id, Answers: forms.Answers{}})}
	return id
}

func (m *memory) RemoveRow(group, row string) func() {
	old := m.a[group]
	m.a[group] = forms.Answer{Rows: slices.DeleteFunc(slices.Clone(old.Rows), func(r forms.Row) bool { return r.ID == row })}
	return func() { m.a[group] = old }
}

func (m *memory) MoveRow(group, row string, by int) {
	rows := slices.Clone(m.a[group].Rows)
	i := slices.IndexFunc(rows, func(r forms.Row) bool { return r.ID == row })
	j := min(max(i+by, 0), len(rows)-1)
	rows[i], rows[j] = rows[j], rows[i]
	m.a[group] = forms.Answer{Rows: rows}
}

func (m *memory) Today() time.Time { return today }

// form is a list of questions over a draft in memory, in a window.
type form struct {
	def  *forms.Definition
	m    *memory
	b    *Binding
	list *List
	win  fyne.Window
	view *View
}

func newForm(t testing.TB, def *forms.Definition, items []*forms.Item, a forms.Answers) *form {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 1))
	f := &form{def: def, m: newMemory(a)}
	b := &Binding{Draft: f.m, Definition: def}
	f.b = b
	b.Changed = func(drafts.At) { f.update(false) }
	b.Focus = func(o fyne.Focusable) { f.win.Canvas().Focus(o) }
	f.list = NewList(items, "", "", b)
	page := control.Scroll(f.list.Box)
	f.win = test.NewWindow(page)
	t.Cleanup(f.win.Close)
	f.win.SetPadded(false)
	f.win.Resize(fyne.NewSize(640, 800))
	f.update(false)
	return f
}

func (f *form) update(checked bool) {
	r := forms.NewReader(f.def, f.m.a, today)
	f.view = &View{Reader: r, Checked: checked, Problems: map[drafts.At][]forms.Problem{}}
	for _, p := range r.Validate(forms.ForApproval) {
		at := drafts.At{Item: p.Item}
		if p.Row != "" {
			at.Group, at.Row = p.Group, p.Row
		}
		f.view.Problems[at] = append(f.view.Problems[at], p)
	}
	f.list.Update(f.view, r)
}

func (f *form) entry(t testing.TB, id string) *control.Entry {
	t.Helper()
	e, ok := f.list.Find(drafts.At{Item: id}).First().(*control.Entry)
	require.True(t, ok, "%s takes no words", id)
	return e
}

func planItems(def *forms.Definition) []*forms.Item {
	var items []*forms.Item
	for _, st := range def.Steps {
		for _, s := range st.Sections {
			items = append(items, s.Items...)
		}
	}
	return items
}

func one(t testing.TB, id string, a forms.Answers) *form {
	t.Helper()
	def := plan.Definition()
	require.NotNil(t, def.Item(id))
	return newForm(t, def, []*forms.Item{def.Item(id)}, a)
}

func TestEveryKindIsAsked(t *testing.T) {
	for _, k := range []forms.Kind{forms.Text, forms.LongText, forms.Choice, forms.Choices, forms.YesNo, forms.Date, forms.PartialDate,
		forms.DateTime, forms.Integer, forms.Decimal, forms.NHSNumber, forms.ODS, forms.Phone, forms.Email, forms.RegNumber,
		forms.Address, forms.Coded, forms.Secret, forms.Ref, forms.File, forms.Computed} {
		require.Contains(t, kinds, k)
	}
	for it := range plan.Definition().Items() {
		if it.Kind != forms.Group {
			require.Contains(t, kinds, it.Kind, it.ID)
		}
	}
}

// What the draft holds is what the screen shows, for every question of the plan, in the fullest plan and in others.
func TestEveryAnswerIsShown(t *testing.T) {
	def := plan.Definition()
	rng := rand.New(rand.NewPCG(7, 7))
	plans := []forms.Answers{plantest.Fullest(today), plantest.Minimal(today)}
	for range 12 {
		plans = append(plans, plantest.Random(rng, today))
	}
	seen := map[string]bool{}
	for n, a := range plans {
		f := newForm(t, def, planItems(def), a.Clone())
		for _, in := range f.list.Fields {
			if g, ok := in.(*rows); ok {
				g.OpenAll()
			}
		}
		r := f.view.Reader
		f.list.Each(func(in Field) {
			at, it := in.At(), in.Item()
			if !in.Visible() || it.Kind == forms.Computed || it.Kind == forms.Group && !it.Repeats {
				return
			}
			reader := r
			if at.Row != "" {
				reader, _ = r.Row(at.Group, at.Row)
				if !reader.Visible(it.ID) {
					return
				}
			}
			want := reader.Answers()[it.ID]
			if it.Kind == forms.Group {
			}
			if !want.Blank() {
				seen[it.ID] = true
			}
			if !in.Answer().Equal(want) {
				t.Fatalf("plan %d, %s in row %q: shows %.300s, the draft holds %.300s", n, it.ID, at.Row, fmt.Sprintf("%+v", in.Answer()), fmt.Sprintf("%+v", want))
			}
		})
		require.Truef(t, a.Equal(f.m.a), "showing plan %d changed it", n)
	}
	for it := range def.Items() {
		if it.Kind == forms.Computed || it.Kind == forms.Group && !it.Repeats || it.System {
			continue
		}
		if r := plans[0]; r != nil && !seen[it.ID] && it.InGroup() == nil && !r[it.ID].Blank() {
			t.Errorf("%s was never shown", it.ID)
		}
	}
}

// Whoever types an answer that is there already has that answer.
func TestTypedAnswersArriveInTheDraft(t *testing.T) {
	for _, c := range []struct {
		id, typed string
		want      forms.Answer
	}{
		{"family_name", "O'Brien-Łukasz", forms.TextAnswer("O'Brien-Łukasz")},
		{"birth_date", "09-Jun-1941", forms.TextAnswer("1941-06-09")},
		{"birth_date", "9/6/41", forms.TextAnswer("1941-06-09")},
		{"birth_date", "090641", forms.TextAnswer("1941-06-09")},
		{"nhs_number", "9990009600", forms.TextAnswer("9990009600")},
		{"nhs_number", "999 000-9600", forms.TextAnswer("9990009600")},
		{"practice_ods", "a81001", forms.TextAnswer("A81001")},
		{"email", "a@example.org", forms.TextAnswer("a@example.org")},
		{"weight_kg", "62.5", forms.NumberAnswer(62.5)},
		{"primary_diagnosis_date", "2019", forms.TextAnswer("2019")},
		{"primary_diagnosis", "Heart failure", forms.CodedAnswer(forms.CodedText{Text: "Heart failure"})},
		{"clinical_summary", "Two\nlines", forms.TextAnswer("Two\nlines")},
		{"title", "Mx", forms.TextAnswer("Mx")},
	} {
		f := one(t, c.id, forms.Answers{})
		e := f.entry(t, c.id)
		f.win.Canvas().Focus(e)
		for _, r := range c.typed {
			if r == '\n' {
				e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				continue
			}
			e.TypedRune(r)
		}
		f.win.Canvas().Unfocus()
		require.True(t, f.m.a[c.id].Equal(c.want), "%s typed as %q gives %+v", c.id, c.typed, f.m.a[c.id])
	}
}

func typeIn(f *form, e *control.Entry, words string) {
	f.win.Canvas().Focus(e)
	for _, r := range words {
		e.TypedRune(r)
	}
}

func TestHalfTypedDateIsKept(t *testing.T) {
	f := one(t, "birth_date", forms.Answers{})
	e := f.entry(t, "birth_date")
	typeIn(f, e, "31-Feb")
	at := drafts.At{Item: "birth_date"}
	require.Equal(t, "31-Feb", f.m.typed[at])
	require.Empty(t, f.list.Find(at).Message(), "nothing is said while the date is being typed")
	f.win.Canvas().Unfocus()
	require.NotEmpty(t, f.list.Find(at).Message())
	require.Empty(t, f.m.a["birth_date"])

	again := newForm(t, f.def, []*forms.Item{f.def.Item("birth_date")}, forms.Answers{})
	again.m.typed[at] = "31-Feb"
	again.update(false)
	require.Equal(t, "31-Feb", again.entry(t, "birth_date").Text(), "half-typed words come back")
	require.NotEmpty(t, again.list.Find(at).Message())
}

func TestWhatWasUnderstoodIsSaid(t *testing.T) {
	f := one(t, "birth_date", forms.Answers{})
	typeIn(f, f.entry(t, "birth_date"), "9/6/41")
	said := ""
	control.Walk(f.list.Box, func(o fyne.CanvasObject) bool {
		if text, ok := o.(*control.Text); ok && text.String() == "Monday 9 June 1941" {
			said = text.String()
		}
		return true
	})
	require.NotEmpty(t, said)
	require.Equal(t, "9/6/41", f.entry(t, "birth_date").Text(), "the words stay as typed until the box is left")
	f.win.Canvas().Unfocus()
	require.Equal(t, "09-Jun-1941", f.entry(t, "birth_date").Text())
}

func TestWrongCheckDigitIsSaidAtOnce(t *testing.T) {
	f := one(t, "nhs_number", forms.Answers{})
	e := f.entry(t, "nhs_number")
	at := drafts.At{Item: "nhs_number"}
	typeIn(f, e, "999000960")
	require.Equal(t, "999 000 960", e.Text(), "it groups itself while it is typed")
	require.Empty(t, f.list.Find(at).Message())
	e.TypedRune('1')
	require.NotEmpty(t, f.list.Find(at).Message(), "while the box still has the keyboard")
	require.Equal(t, "999 000 9601", f.m.typed[at])
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	e.TypedRune('0')
	require.Empty(t, f.list.Find(at).Message())
	require.Equal(t, "9990009600", f.m.a["nhs_number"].Text)
}

func TestNothingIsChosenForAnybody(t *testing.T) {
	def := plan.Definition()
	f := newForm(t, def, planItems(def), forms.Answers{})
	f.list.Each(func(in Field) {
		require.True(t, in.Answer().Blank(), "%s begins with an answer", in.Item().ID)
		if c, ok := in.First().(*control.Radio); ok {
			require.Empty(t, c.Chosen())
		}
	})
	require.Empty(t, f.m.a)
}

func TestCriticalChoicesAreAlwaysSeenWhole(t *testing.T) {
	def := plan.Definition()
	for it := range def.Items() {
		if it.Kind == forms.Choice && it.Critical {
			fr := New(it, drafts.At{Item: it.ID}, &Binding{Draft: newMemory(forms.Answers{}), Definition: def}).(*frame)
			require.IsType(t, &radios{}, fr.body, it.ID)
		}
	}
}

func TestAQuestionComesInPlace(t *testing.T) {
	def := plan.Definition()
	items := def.Item("cpr_decision").Section().Items
	f := newForm(t, def, items, forms.Answers{})
	radio := f.list.Find(drafts.At{Item: "cpr_decision"}).First().(*control.Radio)
	reason := f.list.Find(drafts.At{Item: "cpr_reason"})
	require.False(t, reason.Visible())
	f.win.Canvas().Focus(radio)
	radio.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	require.Empty(t, radio.Chosen(), "an arrow moves the ring and chooses nothing")
	radio.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	require.Equal(t, "dnacpr", radio.Chosen())
	require.True(t, reason.Visible())
	require.Equal(t, fyne.Focusable(radio), f.win.Canvas().Focused(), "the keyboard stays where it was")
	require.Same(t, reason, f.list.Find(drafts.At{Item: "cpr_reason"}), "nothing was built again")
	require.Greater(t, reason.Object().Size().Height, float32(30))
	radio.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	radio.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	require.False(t, reason.Visible())
}

func TestStatesAreAnswers(t *testing.T) {
	f := one(t, "phone_home", forms.Answers{})
	fr := f.list.Fields[0].(*frame)
	require.NotNil(t, fr.states)
	fr.states.OnChanged("unknown")
	require.Equal(t, forms.Unknown, f.m.a["phone_home"].State)
	require.Equal(t, "unknown", fr.states.Chosen())
	typeIn(f, f.entry(t, "phone_home"), "020 7946 0101")
	require.Equal(t, forms.Answered, f.m.a["phone_home"].State, "a value takes the place of a state")
	require.Empty(t, fr.states.Chosen())
	fr.states.OnChanged("declined")
	require.Equal(t, forms.Declined, f.m.a["phone_home"].State)
	require.Empty(t, f.entry(t, "phone_home").Text())
	fr.states.OnChanged("")
	require.True(t, f.m.a["phone_home"].Blank())
}

func TestChosenAnswerCanBeTakenBack(t *testing.T) {
	f := one(t, "sex_at_birth", forms.Answers{})
	fr := f.list.Fields[0].(*frame)
	f.win.Canvas().Focus(fr.First())
	press(f, fyne.KeySpace)
	require.Equal(t, "1", f.m.a["sex_at_birth"].Text)
	require.True(t, fr.undo.Visible())
	require.False(t, fr.undo.Quiet())
	fr.undo.Tapped(nil)
	require.True(t, f.m.a["sex_at_birth"].Blank())
	require.Empty(t, fr.First().(*control.Radio).Chosen())
	require.False(t, fr.undo.Visible())
}

func TestALongListFiltersAsOneTypes(t *testing.T) {
	f := one(t, "ethnicity", forms.Answers{})
	e := f.entry(t, "ethnicity")
	at := drafts.At{Item: "ethnicity"}
	typeIn(f, e, "irish")
	require.Equal(t, "irish", f.m.typed[at], "words that are no answer yet are kept")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Equal(t, "B", f.m.a["ethnicity"].Text)
	require.Equal(t, "White - Irish", e.Text())
	require.Empty(t, f.m.typed)
}

func TestPastedWordsAreCleaned(t *testing.T) {
	f := one(t, "clinical_summary", forms.Answers{})
	e := f.entry(t, "clinical_summary")
	e.Paste("Heart\u200b failure\u00a0stage 4\r\nfrail\x07")
	require.Equal(t, "Heart failure stage 4\nfrail", f.m.a["clinical_summary"].Text)
	e.Paste(string(make([]rune, 30000)))
	require.Equal(t, "Heart failure stage 4\nfrail", f.m.a["clinical_summary"].Text, "a megabyte is refused whole")
}

// Words in any letters are taken up to the same number of characters; what is not taken is said at the question, and what stood there stays.
func TestWordsInOtherLettersAreTakenOrSaid(t *testing.T) {
	for _, letter := range []string{"a", "\u0436", "\u0995"} {
		f := one(t, "clinical_summary", forms.Answers{})
		at := f.list.Find(drafts.At{Item: "clinical_summary"})
		e := f.entry(t, "clinical_summary")
		words := strings.Repeat(letter, 10100)
		e.Paste(words)
		require.Equal(t, words, f.m.a["clinical_summary"].Text, "10,100 times %q", letter)
		for _, n := range []int{10100, 1 << 20} {
			e.Paste(strings.Repeat(letter, n))
			require.Contains(t, at.Message(), "Nothing was pasted.", "%d more", n)
			require.Equal(t, words, f.m.a["clinical_summary"].Text, "nothing that was there is lost")
			require.Equal(t, words, e.Text())
		}
		e.Paste(strings.Repeat(letter, control.PasteLimit-10100))
		require.NotContains(t, at.Message(), "Nothing was pasted.")
		e.TypedRune('x')
		require.Contains(t, at.Message(), "This box is full.")
		require.Len(t, []rune(f.m.a["clinical_summary"].Text), control.PasteLimit)
	}
}

func TestRowsComeGoAndComeBack(t *testing.T) {
	f := one(t, "contacts", forms.Answers{})
	g := f.list.Fields[0].(*rows)
	g.add.Tapped(nil)
	require.Len(t, f.m.a["contacts"].Rows, 1)
	first := f.m.a["contacts"].Rows[0].ID
	name, ok := f.win.Canvas().Focused().(*control.Entry)
	require.True(t, ok, "the keyboard is in the first question of the new entry")
	typeIn(f, name, "Ann Smith")
	require.Equal(t, "Ann Smith", f.m.a["contacts"].Rows[0].Answers["contact_name"].Text)
	require.Equal(t, "1. Ann Smith", g.cards[first].name.String())
	g.add.Tapped(nil)
	second := f.m.a["contacts"].Rows[1].ID
	typeIn(f, f.win.Canvas().Focused().(*control.Entry), "Peter Smith")

	g.move(second, -1)
	require.Equal(t, []string{second, first}, g.order)
	require.NotNil(t, f.win.Canvas().Focused(), "the keyboard stays with the entry that moved")

	g.remove(first)
	require.Len(t, f.m.a["contacts"].Rows, 1)
	require.True(t, g.undo.Visible())
	link, ok := f.win.Canvas().Focused().(*control.Link)
	require.True(t, ok, "the way back has the keyboard")
	link.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Equal(t, []string{second, first}, g.order)
	require.Equal(t, "Ann Smith", f.m.a["contacts"].Rows[1].Answers["contact_name"].Text)
	require.False(t, g.undo.Visible())
}

func TestWhatIsHiddenFromThisPersonIsNotWrittenOver(t *testing.T) {
	for _, id := range []string{"preferred_name", "key_safe_code", "address_usual"} {
		f := one(t, id, forms.Answers{"access_method": forms.ChoiceAnswer("key_safe")})
		require.NotNil(t, f.list.Fields[0].First())
		f.m.a.SetState(id, forms.Withheld)
		f.m.sent = f.m.a.Clone()
		f.update(false)
		require.Equal(t, forms.Withheld, f.list.Fields[0].Answer().State)
		link, ok := f.list.Fields[0].First().(*control.Link)
		require.True(t, ok, "nobody types over an answer that they cannot see, unless they say so")
		link.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		f.update(false)
		entry, ok := f.win.Canvas().Focused().(*control.Entry)
		require.True(t, ok, "%s is asked again", id)
		require.Empty(t, entry.Text())
		require.Equal(t, forms.Withheld, f.m.a[id].State, "and nothing is lost until something is written")
		entry.TypedRune('7')
		f.update(false)
		require.NotEqual(t, "", entry.Text())
		entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		f.update(false)
		require.Equal(t, forms.Withheld, f.m.a[id].State, "%s: what was written was taken back: the hidden answer stands", id)
		entry.TypedRune('7')
		f.m.sent = forms.Answers{} // saved, and shown to who typed it
		f.update(false)
		require.NotEqual(t, forms.Withheld, f.m.a[id].State)
		f.m.a.SetState(id, forms.Withheld) // and hidden again after a while
		f.m.sent = f.m.a.Clone()
		f.update(false)
		_, ok = f.list.Fields[0].First().(*control.Link)
		require.True(t, ok)
	}
}

func TestAHiddenAnswerIsShownWhenAskedFor(t *testing.T) {
	f := one(t, "key_safe_code", forms.Answers{"access_method": forms.ChoiceAnswer("key_safe")})
	var asked []string
	f.b.Reveal = func(_ drafts.At, it *forms.Item) { asked = append(asked, it.ID) }
	f.m.a.SetState("key_safe_code", forms.Withheld)
	f.m.sent = f.m.a.Clone()
	f.update(false)
	f.list.Fields[0].First().(*control.Link).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Equal(t, []string{"key_safe_code"}, asked)
}

func TestLockedItemsAreShownAndNotWritten(t *testing.T) {
	def := plan.Definition()
	test.NewTempApp(t)
	m := newMemory(plantest.Fullest(today))
	l := NewList(planItems(def), "", "", &Binding{Draft: m, Definition: def, Locked: func(it *forms.Item) bool { return !it.Admin }})
	r := forms.NewReader(def, m.a, today)
	l.Update(&View{Reader: r, Problems: map[drafts.At][]forms.Problem{}}, r)
	require.NotNil(t, l.Find(drafts.At{Item: "family_name"}).First())
	require.Nil(t, l.Find(drafts.At{Item: "cpr_decision"}).First())
}

func TestTwoPeopleOfOneNameAreToldApart(t *testing.T) {
	named := func(id string) forms.Row {
		in := forms.Answers{}
		in.SetText("contact_name", "Ann Smith")
		return forms.Row{ID: id, Answers: in}
	}
	for n := 2; n < 10; n += 7 { // as radio buttons, and as a box that filters
		a := forms.Answers{}
		var people []forms.Row
		for i := range n {
			people = append(people, named(fmt.Sprintf("row%05d", i)))
		}
		a.SetRows("contacts", people...)
		a.SetText("key_worker", "contacts/row00001")
		f := one(t, "key_worker", a)
		require.Equal(t, "contacts/row00001", f.list.Fields[0].Answer().Text)
	}
}

func TestReadOnlyTakesNothing(t *testing.T) {
	def := plan.Definition()
	test.NewTempApp(t)
	m := newMemory(plantest.Fullest(today))
	l := NewList(planItems(def), "", "", &Binding{Draft: m, Definition: def, ReadOnly: true})
	r := forms.NewReader(def, m.a, today)
	l.Update(&View{Reader: r, Problems: map[drafts.At][]forms.Problem{}}, r)
	l.Each(func(f Field) {
		if f.Item().Kind != forms.Group {
			require.Nil(t, f.First(), f.Item().ID)
		}
	})
}

func TestWhatCannotBeWrittenIsStillRead(t *testing.T) {
	def := plan.Definition()
	test.NewTempApp(t)
	a := forms.Answers{}
	a.SetState("phone_home", forms.Unknown)
	a.SetText("family_name", "Smith")
	l := NewList(planItems(def), "", "", &Binding{Draft: newMemory(a), Definition: def, ReadOnly: true})
	r := forms.NewReader(def, a, today)
	l.Update(&View{Reader: r, Problems: map[drafts.At][]forms.Problem{}}, r)
	read := func(id string) string { return l.Find(drafts.At{Item: id}).(*frame).body.(*still).text.String() }
	require.Equal(t, "Unknown", read("phone_home"))
	require.Equal(t, "Smith", read("family_name"))
	require.Equal(t, "Not recorded", read("given_name"))
}

func press(f *form, names ...fyne.KeyName) {
	for _, n := range names {
		f.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func TestADateCanBeChosenFromAMonth(t *testing.T) {
	const id = "birth_date"
	f := one(t, id, forms.Answers{})
	e := f.entry(t, id)
	c := f.list.Fields[0].(*frame).body.(*dated).month
	typeIn(f, e, "3-Mar-2021")
	f.win.Canvas().FocusNext()
	require.Equal(t, fyne.Focusable(c.button), f.win.Canvas().Focused(), "typing is the first way, the button comes after it")
	press(f, fyne.KeyReturn)
	require.True(t, c.open())
	require.Equal(t, fyne.Focusable(c.month), f.win.Canvas().Focused())
	require.Equal(t, "2021-03-03", c.month.Day().Format(time.DateOnly), "it begins at what is written")
	press(f, fyne.KeyPageUp, fyne.KeyRight, fyne.KeyReturn)
	require.Equal(t, "2021-02-04", f.m.a[id].Text)
	require.Equal(t, "04-Feb-2021", e.Text())
	require.False(t, c.open())
	require.Equal(t, fyne.Focusable(e), f.win.Canvas().Focused())
}

func TestEscClosesTheMonthAndKeepsTheTypedWords(t *testing.T) {
	f := one(t, "birth_date", forms.Answers{})
	e := f.entry(t, "birth_date")
	c := f.list.Fields[0].(*frame).body.(*dated).month
	typeIn(f, e, "31-Feb")
	f.win.Canvas().Focus(c.button)
	press(f, fyne.KeySpace, fyne.KeyLeft, fyne.KeyEscape)
	require.False(t, c.open())
	require.Equal(t, fyne.Focusable(c.button), f.win.Canvas().Focused())
	require.Equal(t, "31-Feb", e.Text())
	require.Equal(t, "31-Feb", f.m.typed[drafts.At{Item: "birth_date"}])
	require.Empty(t, f.m.a["birth_date"])

	press(f, fyne.KeySpace)
	require.True(t, c.open())
	f.win.Canvas().Focus(e)
	require.False(t, c.open(), "it closes when something else has the keyboard")
}

// No date can be chosen that the plan refuses for being past or to come, and what is chosen is what is shown.
func TestEveryDateOfThePlanCanBeChosen(t *testing.T) {
	test.NewTempApp(t)
	def := plan.Definition()
	n := 0
	for it := range def.Items() {
		if it.Kind != forms.Date && it.Kind != forms.PartialDate && it.Kind != forms.DateTime || it.System {
			continue
		}
		n++
		m := newMemory(forms.Answers{})
		b := &Binding{Draft: m, Definition: def, Focus: func(fyne.Focusable) {}}
		fr := New(it, drafts.At{Item: it.ID}, b).(*frame)
		var c *calendar
		switch body := fr.body.(type) {
		case *dated:
			c = body.month
		case *moment:
			c = body.month
			body.hour.SetText("14:02")
		}
		c.toggle()
		for _, way := range []fyne.KeyName{fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyPageDown} {
			c.month.TypedKey(&fyne.KeyEvent{Name: way})
		}
		day := c.month.Day()
		require.False(t, it.Past && day.After(today), it.ID)
		require.False(t, it.Future && day.Before(today), it.ID)
		c.month.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		require.Contains(t, m.a[it.ID].Text, day.Format(time.DateOnly), it.ID)
		require.True(t, fr.Answer().Equal(m.a[it.ID]), it.ID)
	}
	require.Greater(t, n, 10)
}

// The way to clear an answer is seen in the question that is being answered, and in no other; its room and its place in the
// order of Tab stay.
func TestOnlyTheQuestionInHandOffersToClear(t *testing.T) {
	def := plan.Definition()
	f := newForm(t, def, []*forms.Item{def.Item("sex_at_birth"), def.Item("gender_admin")}, forms.Answers{
		"sex_at_birth": forms.ChoiceAnswer("1"), "gender_admin": forms.ChoiceAnswer("1")})
	sex, gender := f.list.Fields[0].(*frame), f.list.Fields[1].(*frame)
	require.True(t, sex.undo.Quiet())
	require.True(t, gender.undo.Quiet())
	height := f.list.Box.Size().Height
	f.win.Canvas().Focus(sex.First())
	require.False(t, sex.undo.Quiet())
	gender.undo.Tapped(nil)
	require.Equal(t, "1", f.m.a["gender_admin"].Text, "what is not seen takes no press")
	f.win.Canvas().Focus(gender.undo)
	require.True(t, sex.undo.Quiet())
	require.False(t, gender.undo.Quiet())
	require.Equal(t, height, f.list.Box.Size().Height, "nothing moves")
	press(f, fyne.KeyReturn)
	require.True(t, f.m.a["gender_admin"].Blank())
	require.False(t, gender.undo.Visible())
}

// What only the service fills in is not shown before it is there, unless somebody has to do something about it.
func TestWhatTheServiceFillsInWaitsUntilItIsThere(t *testing.T) {
	f := one(t, "ooh_notified", forms.Answers{})
	require.False(t, f.list.Fields[0].Visible())
	f.m.a["ooh_notified"] = forms.Answer{State: forms.Unknown}
	f.update(false)
	require.True(t, f.list.Fields[0].Visible())
}

func TestAClosedEntrySaysWhatItsAnswersAre(t *testing.T) {
	row := forms.Answers{}
	row.SetText("med_name", "furosemide")
	row.SetBool("med_critical", true)
	a := forms.Answers{}
	a.SetRows("medicines", forms.Row{ID: "aaaa0001", Answers: row}, forms.Row{ID: "aaaa0002", Answers: forms.Answers{"med_name": forms.TextAnswer("x")}})
	a.SetChoice("med_list_status", "complete_as_of")
	f := one(t, "medicines", a)
	c := f.list.Fields[0].(*rows).cards["aaaa0001"]
	require.Contains(t, c.digest.String(), ": Yes")
}
