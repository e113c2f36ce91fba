package screens

// What may change here: the worklists and how they refresh. Which lists a person has, their titles and what would appear in
// an empty one are the service's (api.WorklistCounts).

import (
	"context"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/forms/nhs"
	"cmc/forms/plan"
	"cmc/ui/control"
	"cmc/ui/theme"
)

const practiceList = "practice-list"

// settle is how long news may gather before the lists are read again: one approval tells of several things.
const settle = 250 * time.Millisecond

// MyWork is what waits for the person: worklists with counts, and the rows of one of them.
type MyWork struct {
	d       Deps
	page    *control.Page
	body    *control.Stack
	here    *control.Stack // what waits on this computer
	waits   []app.Waiting  // as it is drawn
	chips   *control.Row
	chipFor map[string]*control.Chip
	goOn    *control.Stack
	card    *control.Stack
	foot    *control.Text
	list    *rowList
	only    string // practice list: the one list that is shown
	counts  api.WorklistCounts
	chosen  string
	items   []api.WorklistRow
	wanted  string // the row to land on
	asked   int
	loaded  bool
	changed time.Time
	timer   *time.Timer
	ageing  *time.Timer // while plans are shown as they were kept here
	asAt    time.Time   // when the lists that are shown were asked for; zero: they are being asked for, or it was said that they could not be
	looking *time.Timer // how old they are
	cancel  func()
	closed  bool
}

// NewMyWork makes the page. list and row name the list and the plan to begin at; both may be empty.
func NewMyWork(d Deps, list, row string) *MyWork {
	return newMyWork(d, "", list, row)
}

// NewPracticeList makes the page with the practice list alone.
func NewPracticeList(d Deps, row string) *MyWork {
	return newMyWork(d, practiceList, practiceList, row)
}

func newMyWork(d Deps, only, list, row string) *MyWork {
	m := &MyWork{d: d, only: only, chosen: list, wanted: row, chipFor: map[string]*control.Chip{}}
	m.list = newRowList(m.open)
	m.chips = control.HStack(6)
	m.goOn = control.VStack(0)
	m.here = control.VStack(0)
	m.card = control.VStack(0).Inset(6, 10, 6, 10).Ground(theme.Paper).Bordered(theme.Line, 1, 6)
	m.foot = control.Small("")
	title := "My work"
	if only != "" {
		title = "Practice list"
	}
	m.body = control.VStack(12, control.Title(title), m.goOn, m.here, m.chips, m.card, m.foot).Inset(20, 28, 20, 28)
	m.page = control.Scroll(m.body)
	m.list.page = m.page
	m.goOn.Hide()
	m.here.Hide()
	m.chips.Hide()
	m.card.Hide()
	if place, ok := d.Desk.LastPlace(); ok && only == "" && place.PlanID != "" {
		m.offer(place)
	}
	news := d.Desk.Subscribe(func(api.Event) { fyne.Do(m.news) })
	moved := d.Desk.OnWhere(func() { fyne.Do(m.drawWaiting) })
	m.cancel = func() { news(); moved() }
	m.drawWaiting()
	m.looking = time.AfterFunc(ageEvery, func() { fyne.Do(m.Look) })
	m.load()
	return m
}

// Look has lists that stand on the screen asked for anew when nobody said for a minute that they are as they were: the service is gone, and
// what may be read without it takes their place; or its line of news is silent. On the drawing thread.
func (m *MyWork) Look() {
	if m.closed {
		return
	}
	m.looking.Stop()
	m.looking = time.AfterFunc(ageEvery, func() { fyne.Do(m.Look) })
	if desk := m.d.Desk; !m.asAt.IsZero() && !desk.Locked() && (desk.Silent() || desk.Unheard(m.asAt)) {
		m.load()
	}
}

// offer shows the way back to where the person left off.
func (m *MyWork) offer(place app.Place) {
	words := "Go on where you left off"
	if s := plan.Definition().Step(place.Step); s != nil {
		words += ": " + s.Title
	}
	m.goOn.Set(control.NewLink(words, func() { m.d.Go(place) }))
	control.Reveal(m.goOn, true)
}

// news reads the lists again when something has changed.
func (m *MyWork) news() {
	if m.closed || m.timer != nil {
		return
	}
	m.timer = time.AfterFunc(settle, func() {
		fyne.Do(func() {
			m.timer = nil
			if !m.closed {
				m.changed = m.d.Desk.Now()
				m.load()
			}
		})
	})
}

// drawWaiting shows what waits on this computer, with or without a connection.
func (m *MyWork) drawWaiting() {
	if m.closed || m.only != "" {
		return
	}
	waits := m.d.Desk.Waiting()
	if slices.Equal(waits, m.waits) {
		return
	}
	gone := len(waits) < len(m.waits)
	m.waits = waits
	if len(waits) > 0 {
		m.here.Set(waitingCard(m.d, waits, func(key string) { m.d.Go(app.Place{Screen: PlanScreen, PlanID: key}) }, m.drawWaiting))
	}
	control.Reveal(m.here, len(waits) > 0)
	if gone {
		m.news() // what has gone stands in the service's lists now
	}
}

// Waiting is what waits on this computer, as it is shown.
func (m *MyWork) Waiting() []app.Waiting { return m.waits }

// load reads the counts and the rows of the chosen list.
func (m *MyWork) load() {
	m.asked++
	mine := m.asked
	asAt := m.d.Desk.Now()
	m.asAt = time.Time{}
	chosen := m.chosen
	var counts api.WorklistCounts
	var rows api.Worklist
	m.d.Work("Looking for what waits for you...", func(ctx context.Context) error {
		var err error
		if counts, err = m.d.Desk.Worklists(ctx); err != nil {
			return err
		}
		if m.only != "" {
			chosen = m.only
		} else {
			chosen = choose(counts, chosen)
		}
		if chosen == "" {
			return nil
		}
		rows, err = m.d.Desk.Worklist(ctx, chosen)
		return err
	}, func(err error) {
		if m.closed || mine != m.asked {
			return
		}
		if err != nil {
			m.failed(err)
			return
		}
		m.counts, m.chosen, m.items, m.asAt = counts, chosen, rows.Items, asAt
		m.draw()
	})
}

// choose keeps the chosen list, or takes the first in which something waits, or the first.
func choose(counts api.WorklistCounts, chosen string) string {
	first := ""
	for _, c := range counts.Items {
		if c.Name == practiceList {
			continue
		}
		if c.Name == chosen {
			return chosen
		}
		if first == "" {
			first = c.Name
		}
	}
	if chosen == "" {
		for _, c := range counts.Items {
			if c.Name != practiceList && c.Count > 0 {
				return c.Name
			}
		}
	}
	return first
}

func (m *MyWork) failed(err error) {
	e := app.Explain(err)
	if e.SignInAgain {
		m.d.Say.Error(err)
		return
	}
	if e.Cancelled {
		e = app.Explained{What: "Stopped.", Do: "Try again when you like."}
	}
	again := control.Secondary("Try again", m.load)
	card := control.VStack(8, control.Strong(e.What), control.Body(e.Means+" "+e.Do), control.HStack(0, again)).Inset(14, 10, 14, 10)
	first := !m.loaded
	kept := m.drawKept(err, card)
	control.Reveal(m.card, true)
	if first && kept && !m.d.Say.Open() {
		m.loaded = true
		m.list.choose(m.wanted)
		m.Focus()
	}
}

// drawKept puts what may be read offline under the words of a failure, and again after a while, since it grows older. It says whether
// there is any.
func (m *MyWork) drawKept(why error, card fyne.CanvasObject) bool {
	if m.ageing != nil {
		m.ageing.Stop()
		m.ageing = nil
	}
	kept := keptList(m.d, why, m.list)
	if kept == nil {
		m.card.Set(card)
		return false
	}
	m.card.Set(card, kept)
	mine := m.asked
	m.ageing = time.AfterFunc(ageEvery, func() {
		fyne.Do(func() {
			if !m.closed && mine == m.asked {
				m.drawKept(why, card)
			}
		})
	})
	return true
}

func (m *MyWork) draw() {
	if m.ageing != nil {
		m.ageing.Stop()
		m.ageing = nil
	}
	release := m.page.Hold()
	m.drawChips()
	today := m.d.Desk.Now()
	var specs []rowSpec
	for _, r := range m.items {
		specs = append(specs, rowSpec{key: r.PlanID, words: nameOf(r.Patient), content: m.row(r, today)})
	}
	if len(specs) == 0 {
		m.card.Set(m.empty())
		m.list.set(nil, m.d.Window.Canvas())
	} else {
		wanted, since := "What is wanted", "Waiting"
		if m.only != "" { // nothing is wanted of anybody there
			wanted, since = "By", "Since"
		}
		head := control.Columns(10, workShares, control.Words("Person", 13, true, theme.Muted), control.Words("State", 13, true, theme.Muted),
			control.Words(wanted, 13, true, theme.Muted), control.Words(since, 13, true, theme.Muted))
		m.list.set(specs, m.d.Window.Canvas())
		if m.d.narrow() {
			m.card.Set(m.list.stack)
		} else {
			m.card.Set(control.VStack(0, head).Inset(6, 10, 6, 10).Line(control.Bottom, 2), m.list.stack)
		}
	}
	control.Reveal(m.card, true)
	words := "Enter opens.   Up and Down move."
	if len(specs) == 0 {
		words = ""
	}
	if !m.changed.IsZero() {
		words += "   Live: last change " + m.changed.In(nhs.London()).Format("15:04") + "."
	}
	m.foot.SetText(words)
	release()
	if !m.loaded {
		m.loaded = true
		m.list.choose(m.wanted)
		if !m.d.Say.Open() {
			m.Focus()
		}
	}
}

var workShares = []float32{36, 22, 29, 13}

func (m *MyWork) row(r api.WorklistRow, today time.Time) fyne.CanvasObject {
	tone := control.Info
	if m.only != "" {
		tone = statusTone[r.Status]
	}
	if r.Alarm {
		tone = control.Alarm
	}
	var wanted []fyne.CanvasObject
	if r.Wanted != "" {
		wanted = append(wanted, control.Body(r.Wanted))
	}
	if r.From != "" {
		wanted = append(wanted, control.Small(r.From))
	}
	if m.d.narrow() {
		return control.VStack(6, personLines(r.Patient, today, false), control.HStack(10, control.Tag(r.Words, tone), control.Body(waited(r.Since, today))), control.VStack(1, wanted...))
	}
	return control.Columns(10, workShares, personLines(r.Patient, today, false), control.HStack(0, control.Tag(r.Words, tone)),
		control.VStack(1, wanted...), control.Body(waited(r.Since, today)))
}

func (m *MyWork) empty() fyne.CanvasObject {
	words := "Nothing waits for you here."
	for _, c := range m.counts.Items {
		if c.Name == m.chosen && c.Empty != "" {
			words = c.Empty
		}
	}
	return control.VStack(6, control.Strong("Nothing here now"), control.Muted(words)).Inset(18, 10, 18, 10)
}

func (m *MyWork) drawChips() {
	if m.only != "" {
		return
	}
	var objs []fyne.CanvasObject
	same := len(m.chips.Objects()) > 0
	for _, c := range m.counts.Items {
		if c.Name == practiceList {
			continue
		}
		chip := m.chipFor[c.Name]
		if chip == nil {
			chip = control.NewChip(c.Title, strconv.Itoa(c.Count), false, func() { m.pick(c.Name) })
			m.chipFor[c.Name] = chip
			same = false
		}
		chip.SetCount(strconv.Itoa(c.Count))
		chip.SetSelected(c.Name == m.chosen)
		objs = append(objs, chip)
	}
	if !same || len(objs) != len(m.chips.Objects()) {
		m.chips.Set(objs...)
	}
	if len(objs) > 0 {
		control.Reveal(m.chips, true)
	}
}

// pick shows another list.
func (m *MyWork) pick(name string) {
	m.chosen, m.wanted = name, ""
	for n, chip := range m.chipFor {
		chip.SetSelected(n == name)
	}
	m.load()
}

func (m *MyWork) open(key string) {
	screen := MyWorkScreen
	if m.only != "" {
		screen = PracticeListScreen
	}
	m.d.Remember(app.Place{Screen: screen, Item: m.chosen, Row: key})
	if m.chosen == emergencyList {
		reviewOpenings(m.d, key, func() {
			if !m.closed {
				m.load()
			}
		})
		return
	}
	m.d.Go(app.Place{Screen: PlanScreen, PlanID: key})
}

// Object is what is drawn.
func (m *MyWork) Object() fyne.CanvasObject { return m.page }

// Focus goes to the first row, or to the first list when there is none.
func (m *MyWork) Focus() {
	if !m.loaded || m.list.focus(m.d.Window.Canvas()) {
		return
	}
	if chip := m.chipFor[m.chosen]; chip != nil {
		m.d.Window.Canvas().Focus(chip)
	}
}

// Rows are the plans that are shown, in order.
func (m *MyWork) Rows() []api.WorklistRow { return m.items }

// Count is how many wait in a list.
func (m *MyWork) Count(list string) int {
	for _, c := range m.counts.Items {
		if c.Name == list {
			return c.Count
		}
	}
	return 0
}

// Loaded says whether the list named was read.
func (m *MyWork) Loaded() bool { return m.loaded }

// Help says what the page is for.
func (m *MyWork) Help() []string {
	return []string{
		"This page shows what waits for you. Each list at the top has its count; the rows below are its plans, the longest wait first.",
		"The lists refresh by themselves when a colleague sends, approves or sends back.",
	}
}

// Close ends the watching.
func (m *MyWork) Close() {
	m.closed = true
	m.cancel()
	if m.timer != nil {
		m.timer.Stop()
		m.timer = nil
	}
	if m.ageing != nil {
		m.ageing.Stop()
	}
	m.looking.Stop()
}
