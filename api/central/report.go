package central

// What may change here: how reports are asked for and handed out, and how their facts are kept. What a report is, is package report;
// who has which, package access.

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/report"
	"cmc/api/central/store"
	"cmc/forms"
)

// csvEnding asks for a report as a file.
const csvEnding = ".csv"

// factsBatch is how many versions are read at once for facts that are not there yet.
const factsBatch = 100

// reportIn names a report and narrows it.
type reportIn struct {
	Name string `path:"name" maxLength:"40" doc:"coverage, creation, views, quality, outcomes, dnacpr or problems; with .csv at its end for comma-separated values"`
	From string `query:"from" maxLength:"10" doc:"The first day, 2006-01-02; nothing: twelve months before the last. For those who see protected numbers the period is whole months that have ended"`
	To   string `query:"to" maxLength:"10" doc:"The last day; nothing: today"`
	By   string `query:"by" maxLength:"20" doc:"How the report is split: practice, cohort, age, sex or ethnicity, where it can be"`
}

func (s *Service) reportsRoute(_ context.Context, c *caller, _ *nothing) (*answerOf[api.ReportList], error) {
	return answerWith(s.reports(c))
}

func (s *Service) reportRoute(ctx context.Context, c *caller, in *reportIn) (*pageOut, error) {
	name, file := strings.CutSuffix(in.Name, csvEnding)
	out, err := s.report(ctx, c, name, in.From, in.To, in.By, file)
	if err != nil {
		return nil, err
	}
	if file {
		page, err := report.CSV(out)
		return &pageOut{"text/csv; charset=utf-8; header=present", `attachment; filename="` + out.Name + `.csv"`, page}, err
	}
	page, err := json.Marshal(out)
	return &pageOut{ContentType: "application/json", Body: page}, err
}

// reportAnswers describes what the route of a report answers, which it writes itself.
func reportAnswers(a huma.API) map[string]*huma.Response {
	out := written("application/json", a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[api.Report](), true, "Report"))
	out["200"].Content["text/csv"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	return out
}

// reports lists the reports of the caller.
func (s *Service) reports(c *caller) (*api.ReportList, error) {
	grant := access.Reports(c.person)
	if len(grant.Names) == 0 {
		return nil, noReports()
	}
	out := &api.ReportList{Items: []api.ReportRef{}, Notes: report.LeftOut}
	for _, name := range grant.Names {
		if d, there := report.Find(name); there {
			out.Items = append(out.Items, d.Ref(grant.Own))
		}
	}
	return out, nil
}

func noReports() *api.Problem {
	return refuse(api.CodeForbidden, "Reports are for practices, commissioners and clinical safety.", "Ask the practice that holds the plans.")
}

// report works a report out for the caller. That it was read is kept before it is handed out.
func (s *Service) report(ctx context.Context, c *caller, name, from, to, by string, file bool) (*api.Report, error) {
	grant := access.Reports(c.person)
	if len(grant.Names) == 0 {
		return nil, noReports()
	}
	d, there := report.Find(name)
	if !there || !slices.Contains(grant.Names, name) {
		return nil, refuse(api.CodeNotFound, "You have no such report.", "")
	}
	if !slices.ContainsFunc(d.Ref(grant.Own).By, func(way api.ReportChoice) bool { return way.ID == by }) {
		return nil, invalid("query.by", "This report cannot be split like that.")
	}
	period, err := report.ParsePeriod(from, to, s.today(), grant.Protected)
	switch {
	case errors.Is(err, report.ErrTo) && !errors.Is(err, report.ErrFrom):
		return nil, invalid("query.to", err.Error()+".")
	case err != nil:
		return nil, invalid("query.from", err.Error()+".")
	}
	ask := report.Ask{Protected: grant.Protected, Plans: grant.Plans, Slice: store.Slice{By: by, FirstDay: period.First.Format(time.DateOnly),
		LastDay: period.Last.Format(time.DateOnly), Today: s.today().Format(time.DateOnly), InUse: inUse, Readers: access.UrgentRoles()}}
	ask.Slice.From, ask.Slice.Until = period.Moments()
	scope := "All organisations"
	if grant.Own {
		ask.Slice.HolderODS, scope = c.Org.ODS, c.Org.Name
	}
	var out *api.Report
	if err := s.store.Read(ctx, func(tx store.Tx) error {
		out, err = d.Make(tx, ask)
		return err
	}); err != nil {
		return nil, err
	}
	out.Scope, out.AsAt = scope, s.now().Truncate(time.Second)
	if !s.caughtUp.Load() {
		out.Notes = append([]string{"Plans that were approved a while ago are still being counted. Read this again in a few minutes."}, out.Notes...)
	}
	line := s.line(c, audit.Report, nil)
	line.What = name
	if file {
		line.What += csvEnding
	}
	return out, s.scribe.write(ctx, line)
}

// inUse are the states in which urgent care sees the plan of a living person.
var inUse = func() []string {
	var out []string
	for _, state := range lifecycle.States {
		if lifecycle.Urgent(state) && state != lifecycle.Deceased {
			out = append(out, string(state))
		}
	}
	return out
}()

// learnFacts keeps the facts of a version, read from its answers as they were on the day of its approval.
func (s *Service) learnFacts(tx store.Tx, p *store.Plan, v *store.Version, content forms.Answers) error {
	d, err := definition(v.Definition)
	if err != nil {
		return err
	}
	first := v.ApprovedAt
	if v.Number > 1 {
		before, err := tx.Versions(p.ID)
		if err != nil {
			return err
		}
		for _, one := range before {
			if one.Number == 1 {
				first = one.ApprovedAt
			}
		}
	}
	f := report.Learn(forms.NewReader(d, content, lifecycle.Today(v.ApprovedAt)), p.ID, v.Number, v.Quality, p.CreatedAt, first, v.ApprovedAt)
	return tx.PutFacts(&f)
}

// catchUp keeps the facts of versions that were approved before there were any, a few at a time, so that nobody waits for it.
func (s *Service) catchUp(ctx context.Context) error {
	for !s.caughtUp.Load() {
		var missing []store.VersionRef
		if err := s.store.Read(ctx, func(tx store.Tx) (err error) {
			missing, err = tx.WithoutFacts(factsBatch)
			return err
		}); err != nil {
			return err
		}
		if err := s.store.Write(ctx, func(tx store.Tx) error {
			for _, one := range missing {
				if err := s.catchUpWith(tx, one.PlanID); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		s.caughtUp.Store(len(missing) < factsBatch)
	}
	return nil
}

// catchUpWith keeps the facts of a plan's newest version.
func (s *Service) catchUpWith(tx store.Tx, planID string) error {
	p, err := tx.Plan(planID)
	if err != nil {
		return err
	}
	v, err := tx.Version(p.ID, p.Version)
	if err != nil {
		return err
	}
	content, err := answers(v.Answers)
	if err != nil {
		return err
	}
	return s.learnFacts(tx, p, v, content)
}
