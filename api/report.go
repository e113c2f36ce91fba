package api

// What may change here: the shape of reports on the wire, their words for a figure, and how they are asked for. Add; never
// rename.

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The names of the reports (domain.md 10.5). They stand in addresses and in the audit: never rename one.
const (
	ReportCoverage = "coverage"
	ReportCreation = "creation"
	ReportViews    = "views"
	ReportQuality  = "quality"
	ReportOutcomes = "outcomes"
	ReportDNACPR   = "dnacpr"
	ReportProblems = "problems"
)

// ReportChoice is one way to split a report.
type ReportChoice struct {
	ID    string `json:"id"` // "" for everything together; practice, cohort, age, sex, ethnicity
	Title string `json:"title"`
}

// ReportRef is one report that this user has.
type ReportRef struct {
	Name  string         `json:"name"`  // coverage, creation, views, quality, outcomes, dnacpr, problems
	Title string         `json:"title"` // "Coverage"
	About string         `json:"about"` // its definition in one sentence
	By    []ReportChoice `json:"by"`    // the ways to split it; the first is everything together
	// Period says that the report is about a period; else it is about today, whatever days are asked for.
	Period bool `json:"period"`
}

// ReportList is the reports that this user has, in order.
type ReportList struct {
	Items []ReportRef `json:"items"`
	Notes []string    `json:"notes"` // what is not there, and why
}

// Report is one report.
type Report struct {
	Name      string        `json:"name"`
	Title     string        `json:"title"`
	About     string        `json:"about"`
	Scope     string        `json:"scope"` // "Riverside Practice", "All organisations"
	From      string        `json:"from"`  // the first day of the period, 2006-01-02
	To        string        `json:"to"`    // the last
	By        string        `json:"by"`    // how it is split
	AsAt      time.Time     `json:"as_at"`
	Protected bool          `json:"protected"` // small numbers are not shown, and the others are rounded
	Empty     string        `json:"empty"`     // where nothing was counted: what would appear here; else ""
	Tables    []ReportTable `json:"tables"`
	Plans     []ReportPlan  `json:"plans,omitempty"` // for clinical governance alone
	Notes     []string      `json:"notes"`
}

// ReportTable is one table. Every row has a figure for each head but the first, which is that of the labels.
type ReportTable struct {
	Title string      `json:"title"`
	Heads []string    `json:"heads"`
	Rows  []ReportRow `json:"rows"`
	Bars  bool        `json:"bars"` // the figures of a row are best compared with those of the others
}

// ReportRow is one row. Total marks the row for all the others together.
type ReportRow struct {
	Label   string         `json:"label"`
	Total   bool           `json:"total,omitempty"`
	Figures []ReportFigure `json:"figures"`
}

// ReportFigure is one number with its denominator: a count, of how many where it is a part of something, or a value (a score,
// days) that was worked out over that many. A number that is not shown is nil.
type ReportFigure struct {
	Count  *int   `json:"count,omitempty"`
	Of     *int   `json:"of,omitempty"`
	Value  *int   `json:"value,omitempty"`
	Unit   string `json:"unit,omitempty"`   // of Value: points, days
	Hidden bool   `json:"hidden,omitempty"` // the number is too small to be shown, or would give away one that is
	Below  int    `json:"below,omitempty"`  // where it is certain that the hidden count is below this number: 5
}

// ReportPlan is a plan that clinical governance looks at, by its id alone: opening it asks for a reason and is audited.
type ReportPlan struct {
	PlanID string `json:"plan_id"`
	Status string `json:"status"`
	Why    string `json:"why"`    // "Learning disability"
	Words  string `json:"words"`  // who decided, and whether it was discussed
	On     string `json:"on"`     // when it was decided, 2006-01-02
	Holder string `json:"holder"` // the practice's name
}

// NotShown is what stands for a number that is too small to be shown, or that would give one away: the two look alike on purpose.
const NotShown = "not shown"

// Words are a figure for people: "31 of 40 (78 %)", "12", "84 points", "fewer than 5 of 40", "not shown".
func (f ReportFigure) Words() string {
	of := ""
	if f.Of != nil {
		of = " of " + strconv.Itoa(*f.Of)
	}
	switch {
	case f.Hidden && f.Below > 0:
		return "fewer than " + strconv.Itoa(f.Below) + of
	case f.Hidden:
		return NotShown + of
	case f.Value != nil:
		return strconv.Itoa(*f.Value) + " " + f.Unit
	case f.Count == nil, f.Of != nil && *f.Of == 0:
		return "none"
	}
	words := strconv.Itoa(*f.Count) + of
	if percent, ok := f.Percent(); ok {
		switch {
		case percent == 0 && *f.Count > 0:
			return words + " (under 1 %)"
		default:
			words += " (" + strconv.Itoa(percent) + " %)"
		}
	}
	return words
}

// Percent is the share in whole per cent; false where there is none. It is 100 only for all of them, and 0 for under one half.
func (f ReportFigure) Percent() (int, bool) {
	if f.Count == nil || f.Of == nil || *f.Of <= 0 {
		return 0, false
	}
	percent := (*f.Count*200 + *f.Of) / (2 * *f.Of)
	if percent == 100 && *f.Count < *f.Of {
		percent = 99
	}
	return percent, true
}

// ReportAsk narrows a report. All of it may be empty: the last twelve months, everything together.
type ReportAsk struct {
	From, To string // days, 2006-01-02; both are in the period
	By       string // an id of ReportRef.By
}

func (a ReportAsk) query() url.Values {
	query := url.Values{}
	for name, value := range map[string]string{"from": a.From, "to": a.To, "by": a.By} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query
}

// Reports lists the reports that this user has.
func (c *Client) Reports(ctx context.Context) (*ReportList, error) {
	out := new(ReportList)
	_, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/reports"}, out)
	return orNil(out, err)
}

// Report is one report; reading it is audited.
func (c *Client) Report(ctx context.Context, name string, ask ReportAsk) (*Report, error) {
	out := new(Report)
	_, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/reports/" + url.PathEscape(name), query: ask.query()}, out)
	return orNil(out, err)
}

// ReportCSV is the same as comma-separated values, one figure on each line, without the plans; audited too.
func (c *Client) ReportCSV(ctx context.Context, name string, ask ReportAsk) ([]byte, error) {
	answer, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/reports/" + url.PathEscape(name) + ".csv", query: ask.query()}, nil)
	if err != nil {
		return nil, err
	}
	return answer.Body(), nil
}
