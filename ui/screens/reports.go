package screens

// What may change here: how reports are shown. Their numbers, definitions and words are the service's, and so is who has which.

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/forms/nhs"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// unsplit is what everything together is called in Pills, whose empty answer is "none chosen".
const unsplit = "unsplit"

// Reports is one report after the other, with its definition under its name.
type Reports struct {
	d      Deps
	page   *control.Page
	body   *control.Stack
	chips  *control.Row
	byName map[string]*control.Chip
	choice *control.Stack // how it is split, and of which months
	card   *control.Stack // the report
	notes  *control.Stack
	plans  *control.PressList
	by     *control.Pills
	months *control.Pills
	save   *control.Button

	list   api.ReportList
	chosen string // the name of the report
	row    string // the plan to land on
	ask    api.ReportAsk
	shown  *api.Report
	asked  int
	begun  bool
	closed bool
}

// NewReports makes the page. name is the report to begin with and row the plan to land on; both may be empty.
func NewReports(d Deps, name, row string) *Reports {
	r := &Reports{d: d, chosen: name, row: row, byName: map[string]*control.Chip{}, plans: &control.PressList{}}
	r.chips = control.HStack(6)
	r.choice = control.VStack(6)
	r.card = control.VStack(0, control.Muted("Counting..."))
	r.notes = control.VStack(4)
	r.save = control.Secondary("Save as CSV...", r.saveAs)
	r.body = control.VStack(14, control.Title("Reports"), r.chips, r.choice, r.card, r.notes).Inset(20, 28, 28, 28).AtMost(1000)
	r.page = control.Scroll(r.body)
	d.Work("Looking for your reports...", func(ctx context.Context) (err error) {
		r.list, err = d.Desk.Reports(ctx)
		return err
	}, func(err error) {
		if r.closed {
			return
		}
		if err != nil {
			r.failed(err)
			return
		}
		r.drawList()
		r.load()
	})
	return r
}

// ref is the report that is chosen.
func (r *Reports) ref() api.ReportRef {
	for _, one := range r.list.Items {
		if one.Name == r.chosen {
			return one
		}
	}
	return api.ReportRef{}
}

func (r *Reports) drawList() {
	if len(r.list.Items) > 0 && r.ref().Name == "" {
		r.chosen = r.list.Items[0].Name
	}
	var chips []fyne.CanvasObject
	for _, one := range r.list.Items {
		chip := control.NewChip(one.Title, "", one.Name == r.chosen, func() { r.pick(one.Name) })
		r.byName[one.Name] = chip
		chips = append(chips, chip)
	}
	r.chips.Set(chips...)
	var notes []fyne.CanvasObject
	for _, words := range r.list.Notes {
		notes = append(notes, control.Small(words))
	}
	r.notes.Set(notes...)
	r.drawChoice()
}

// drawChoice offers the ways to split the chosen report, and its period where it has one.
func (r *Reports) drawChoice() {
	ref := r.ref()
	r.ask = api.ReportAsk{}
	var options []control.Option
	for _, way := range ref.By {
		id := way.ID
		if id == "" {
			id = unsplit
		}
		options = append(options, control.Option{ID: id, Label: way.Title})
	}
	var objs []fyne.CanvasObject
	r.by = control.NewPills(options, func(id string) {
		r.ask.By = id
		if id == "" || id == unsplit {
			id, r.ask.By = unsplit, ""
		}
		r.by.Choose(id)
		r.load()
	})
	r.by.Choose(unsplit)
	if len(options) > 1 {
		objs = append(objs, r.by)
	}
	r.months = control.NewPills([]control.Option{{ID: "12", Label: "12 months"}, {ID: "6", Label: "6 months"}, {ID: "3", Label: "3 months"}}, func(id string) {
		if id == "" {
			id = "12"
		}
		r.months.Choose(id)
		r.ask.From = r.since(map[string]int{"6": 6, "3": 3}[id])
		r.load()
	})
	r.months.Choose("12")
	if ref.Period {
		objs = append(objs, r.months)
	}
	r.choice.Set(objs...)
}

// since is the first day of so many months up to today, or up to the last month that has ended; none for the usual twelve.
func (r *Reports) since(months int) string {
	if months == 0 {
		return ""
	}
	now := r.d.Desk.Now().In(nhs.London())
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	if r.shown != nil && r.shown.Protected {
		day = day.AddDate(0, 0, 1-day.Day())
		return day.AddDate(0, -months, 0).Format(time.DateOnly)
	}
	return day.AddDate(0, -months, 1).Format(time.DateOnly)
}

// pick shows another report.
func (r *Reports) pick(name string) {
	r.chosen, r.row = name, ""
	for n, chip := range r.byName {
		chip.SetSelected(n == name)
	}
	r.drawChoice()
	r.load()
}

// load reads the chosen report.
func (r *Reports) load() {
	if r.chosen == "" {
		return
	}
	r.asked++
	mine, name, ask := r.asked, r.chosen, r.ask
	var out api.Report
	r.d.Work("Counting...", func(ctx context.Context) (err error) {
		out, err = r.d.Desk.Report(ctx, name, ask)
		return err
	}, func(err error) {
		if r.closed || mine != r.asked {
			return
		}
		if err != nil {
			r.failed(err)
			return
		}
		r.shown = &out
		r.d.Remember(app.Place{Screen: ReportsScreen, Item: name})
		r.draw()
		if !r.begun {
			r.begun = true
			if !r.d.Say.Open() {
				r.Focus()
			}
		}
	})
}

func (r *Reports) failed(err error) {
	e := app.Explain(err)
	if e.SignInAgain {
		r.d.Say.Error(err)
		return
	}
	if e.Cancelled {
		e = app.Explained{What: "Stopped.", Do: "Try again when you like."}
	}
	again := control.Secondary("Try again", func() { r.d.Go(app.Place{Screen: ReportsScreen, Item: r.chosen}) })
	r.card.Set(control.Card("", control.Strong(e.What), control.Body(strings.TrimSpace(e.Means+" "+e.Do)), control.HStack(0, again)))
}

func (r *Reports) draw() {
	release := r.page.Hold()
	defer release()
	r.plans.Clear()
	out := r.shown
	head := []fyne.CanvasObject{control.Heading(out.Title), control.Body(out.About), control.Small(r.about())}
	if out.Protected {
		head = append(head, control.Small("Small numbers are not shown, so that nobody can be recognised."))
	}
	objs := []fyne.CanvasObject{control.VStack(4, head...)}
	if out.Empty != "" {
		objs = append(objs, control.VStack(4, control.Strong("Nothing to count yet"), control.Muted(out.Empty)))
	}
	for _, t := range out.Tables {
		objs = append(objs, r.table(t))
	}
	if len(out.Plans) > 0 {
		objs = append(objs, r.governed())
	}
	var notes []fyne.CanvasObject
	for _, words := range out.Notes {
		notes = append(notes, control.Small(words))
	}
	if len(notes) > 0 {
		objs = append(objs, control.VStack(4, notes...))
	}
	if out.Empty == "" {
		objs = append(objs, control.HStack(0, r.save))
	}
	r.card.Set(control.VStack(20, objs...).Inset(18, 20, 18, 20).Ground(theme.Paper).Bordered(theme.Line, 1, 6))
}

// about says whose plans are counted, of when, and when that was.
func (r *Reports) about() string {
	words := r.shown.Scope + ". "
	if r.ref().Period {
		words += "From " + nhs.FormatDate(r.shown.From) + " to " + nhs.FormatDate(r.shown.To) + ". "
	}
	return words + "Counted " + nhs.FormatDateTime(r.shown.AsAt) + "."
}

// wideColumn is the least width of a column of figures, at 100 % text, beside which others stand.
const wideColumn = 104

// table draws one table: a single column of figures with bars, several columns side by side, or, where there is no room for
// them, each figure under its row with the name of its column.
func (r *Reports) table(t api.ReportTable) fyne.CanvasObject {
	columns := len(t.Heads) - 1
	room := r.d.Window.Canvas().Size().Width/theme.Scale() - 212 - 96
	narrow := r.d.narrow() || columns > 1 && (min(room, 904)*0.7-float32(columns)*12)/float32(columns) < wideColumn
	lines := []fyne.CanvasObject{control.Strong(t.Title)}
	small := func(words string) fyne.CanvasObject { return control.Words(words, 13, true, theme.Muted) }
	shares := []float32{30}
	if columns == 1 {
		shares = []float32{46, 26, 28}
	} else {
		for range columns {
			shares = append(shares, 70/float32(columns))
		}
	}
	if !narrow {
		var heads []fyne.CanvasObject
		for _, words := range t.Heads {
			heads = append(heads, small(words))
		}
		if columns == 1 {
			heads = append(heads, small(""))
		}
		lines = append(lines, control.VStack(0, control.Columns(12, shares, heads...)).Inset(8, 0, 4, 0).Line(control.Bottom, 2))
	}
	for _, row := range t.Rows {
		label := control.Words(row.Label, 15, row.Total, theme.Ink)
		var cells []fyne.CanvasObject
		switch {
		case narrow:
			cells = append(cells, control.Strong(row.Label))
			for i, f := range row.Figures {
				words := f.Words()
				if columns > 1 {
					words = t.Heads[i+1] + ": " + words
				}
				cells = append(cells, control.Body(words))
			}
			if columns == 1 {
				cells = append(cells, bar(row.Figures[0]))
			}
			lines = append(lines, control.VStack(2, cells...).Inset(6, 0, 6, 0).Line(control.Bottom, 1))
			continue
		case columns == 1:
			cells = []fyne.CanvasObject{label, figureText(row.Figures[0], row.Total), bar(row.Figures[0])}
		default:
			cells = append(cells, label)
			for _, f := range row.Figures {
				cells = append(cells, figureText(f, row.Total))
			}
		}
		lines = append(lines, control.VStack(0, control.Columns(12, shares, cells...)).Inset(5, 0, 5, 0).Line(control.Bottom, 1))
	}
	return control.VStack(0, lines...)
}

// figureText is a figure in words; one that is not shown steps back.
func figureText(f api.ReportFigure, total bool) fyne.CanvasObject {
	colour := theme.Ink
	if f.Hidden {
		colour = theme.Muted
	}
	return control.Words(f.Words(), 15, total, colour)
}

// bar is the share of a figure, or nothing where there is none to show.
func bar(f api.ReportFigure) fyne.CanvasObject {
	percent, ok := f.Percent()
	if !ok || f.Hidden {
		return control.VStack(0)
	}
	return control.NewShareBar(percent)
}

// governed lists the plans that clinical governance looks at.
func (r *Reports) governed() fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, one := range r.shown.Plans {
		row := control.NewPressable(r.plans, func() {
			r.d.Remember(app.Place{Screen: ReportsScreen, Item: r.chosen, Row: one.PlanID})
			r.d.Go(app.Place{Screen: PlanScreen, PlanID: one.PlanID})
		}, control.VStack(1, control.Strong(one.Why), control.Body(one.Words+", "+nhs.FormatDate(one.On)+"."),
			control.Small(one.Holder+". "+one.Status+".")).Inset(8, 10, 8, 10))
		rows = append(rows, row)
	}
	list := control.VStack(1, rows...).Inset(1, 1, 1, 1).Ground(theme.Line).Bordered(theme.Line, 1, 0)
	return control.VStack(6, control.Strong("Decisions to look at"),
		control.Small("Enter opens the plan; that you opened it is kept with your name."), list)
}

// saveAs asks where the report goes and saves it there.
func (r *Reports) saveAs() {
	if r.shown == nil {
		return
	}
	name, ask := r.shown.Name, r.ask
	askFile(r.d, "Save as CSV", filepath.Join(app.UsualFolder(), "report-"+name+".csv"), ".csv", "Saving the report...", func(ctx context.Context, path string) error {
		return r.d.Desk.SaveReport(ctx, name, ask, path)
	})
}

// Object is what is drawn.
func (r *Reports) Object() fyne.CanvasObject { return r.page }

// Focus goes to the plan from which the person comes back, or to the report that is chosen.
func (r *Reports) Focus() {
	if r.shown != nil && r.row != "" {
		for i, one := range r.shown.Plans {
			if one.PlanID == r.row {
				r.d.Window.Canvas().Focus(r.plans.Rows()[i])
				return
			}
		}
	}
	if chip := r.byName[r.chosen]; chip != nil {
		r.d.Window.Canvas().Focus(chip)
	}
}

// Shown is the report that is drawn; nil before the first.
func (r *Reports) Shown() *api.Report { return r.shown }

// Help says what the page is for.
func (r *Reports) Help() []string {
	return []string{
		"Reports count plans; they never name a person. Each says under its name what is counted, and every share says of how many.",
		"Tab goes through the reports, the ways to split them and the months. The arrows move among those, Enter chooses.",
		"Save as CSV writes the same numbers into a file for a spreadsheet. Reading and saving a report is kept with your name.",
	}
}

// Close ends the page.
func (r *Reports) Close() { r.closed = true }
