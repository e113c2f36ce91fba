package central

// What may change here: how the urgent care summary is made and handed out.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/summary"
)

// link is what the QR code holds: an opaque plan id and version, no patient data.
func link(planID string, version int) string {
	return "urn:cmc:plan:" + planID + ":v" + strconv.Itoa(version)
}

// header is what the lifecycle knows of a version of a plan.
func (s *Service) header(f *folder, v *store.Version) forms.Header {
	h := forms.Header{
		Version: v.Number, ApprovedAt: v.ApprovedAt, ApprovedBy: v.ApprovedBy, ReviewDue: v.ReviewDue, AsAt: s.now().Truncate(time.Minute),
		Training: s.options.Training, Hash: v.Hash, Link: link(v.PlanID, v.Number),
		Status: string(lifecycle.OfLive(s.effective(f.plan), review(f.plan), s.now())),
	}
	if f.draft != nil && f.live != nil {
		h.ChangeSince = f.draft.StartedAt
	}
	return h
}

// summaryOf makes the summary of a version ("" is the live one, or a number) or of the draft.
// paper is nil on screen, else who prints.
func (s *Service) summaryOf(tx store.Tx, f *folder, which string, paper *caller) (*forms.Summary, error) {
	if err := clinical(f); err != nil {
		return nil, err
	}
	if which == "draft" {
		return s.draftSummary(f, paper)
	}
	v := f.live
	if which != "" {
		number, err := strconv.Atoi(which)
		if err != nil || number < 1 {
			return nil, invalid("query.version", "This is a number, or draft.")
		}
		if v, err = s.oneVersion(tx, f, number); err != nil {
			return nil, err
		}
	}
	if v == nil {
		return nil, refuse(api.CodeNotFound, "Nothing is approved yet.", "Those who write the plan can ask for the draft.")
	}
	if which == "" && !lifecycle.Urgent(f.state()) {
		return nil, refuse(api.CodeState, lifecycle.Words(f.state(), v.Number)+".", "Do not act on it. Call the person's GP practice.")
	}
	d, err := definition(v.Definition)
	if err != nil {
		return nil, err
	}
	h := s.header(f, v)
	if v.Number != f.plan.Version {
		h.Status, h.ChangeSince = "superseded", time.Time{}
		h.Draft = true // never to be acted on
	}
	kept, err := s.faces.version(tx, v.PlanID, v.Number)
	if err != nil {
		return nil, err
	}
	h.Recorded = kept.stamps
	s.onPaper(&h, paper)
	out := forms.Summarise(d, veiled(d, withDeath(f, kept.answers), f.record.Marked), h, s.today())
	return &out, nil
}

// withDeath adds the date of death that was notified after the version was approved, so that the banner says it. What is kept
// of the version is left as it is.
func withDeath(f *folder, content forms.Answers) forms.Answers {
	switch f.state() {
	case lifecycle.Deceased, lifecycle.Closed:
		if f.plan.DeathDate != "" {
			content = content.Clone()
			content.SetText(plan.DeceasedDate, f.plan.DeathDate)
		}
	}
	return content
}

// onPaper writes who prints, for whom and when.
func (s *Service) onPaper(h *forms.Header, paper *caller) {
	if paper != nil {
		h.PrintedBy, h.PrintedOrg, h.PrintedAt = paper.signature(), paper.Org.Name, s.now().Truncate(time.Second)
	}
}

// draftSummary is a preview of the draft, marked as such.
func (s *Service) draftSummary(f *folder, paper *caller) (*forms.Summary, error) {
	if f.draft == nil || f.sight != access.Everything {
		return nil, refuse(api.CodeNotFound, "There is no draft.", "")
	}
	d, err := definition(f.plan.Definition)
	if err != nil {
		return nil, err
	}
	content, err := answers(f.draft.Answers)
	if err != nil {
		return nil, err
	}
	stamps, err := recorded(f.draft.Recorded)
	if err != nil {
		return nil, err
	}
	h := forms.Header{Status: string(f.state()), Version: f.plan.Version, AsAt: s.now().Truncate(time.Second), Training: s.options.Training,
		Draft: true, Link: link(f.plan.ID, 0), Recorded: stamps}
	s.onPaper(&h, paper)
	out := forms.Summarise(d, veiled(d, content, f.record.Marked), h, s.today())
	return &out, nil
}

// summary is what a crew reads, as JSON. A crew waits for it, so that it is made once and kept for the minute in which it is
// true; who may read it is asked, and the reading audited, each time.
func (s *Service) summary(ctx context.Context, c *caller, id, which string) (page []byte, err error) {
	if which != "" {
		err = s.look(ctx, c, id, audit.Summary, which, func(tx store.Tx, f *folder) error {
			out, err := s.summaryOf(tx, f, which, nil)
			if err != nil {
				return err
			}
			page, err = json.Marshal(out)
			return err
		})
		return page, err
	}
	var f *folder
	err = s.store.Once(ctx, func(tx store.Tx) error {
		var err error
		if f, err = s.glance(tx, c, id); err != nil {
			return err
		}
		key := strings.Join([]string{id, strconv.Itoa(f.plan.Revision), string(f.state()), strconv.Itoa(f.plan.Version), strconv.FormatBool(f.record.Marked),
			s.now().Truncate(time.Minute).Format(time.RFC3339)}, "/")
		if page = s.faces.page(key); page != nil && f.sight != access.Desk && lifecycle.Urgent(f.state()) {
			return nil
		}
		out, err := s.summaryOf(tx, f, "", nil)
		if err != nil {
			return err
		}
		if page, err = json.Marshal(out); err != nil {
			return err
		}
		s.faces.keep(key, page)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return page, s.scribe.write(ctx, s.line(c, audit.Summary, f))
}

// glance reads as much of a plan as its summary needs, and refuses as find and look do.
func (s *Service) glance(tx store.Tx, c *caller, id string) (*folder, error) {
	glanced, err := tx.Glance(id, c.Org.ODS, c.User.ID, s.now())
	if err != nil {
		return nil, err
	}
	f := &folder{plan: &glanced.Plan}
	f.record = s.glancedRecord(glanced)
	f.sight = access.See(c.person, f.record)
	switch f.sight {
	case access.Nothing:
		return nil, notFound()
	case access.AskReason, access.BreakGlass:
		return nil, refuseVerdict(access.Judge(c.person, f.record, audit.Summary))
	}
	if glanced.Draft {
		f.draft = &store.Draft{PlanID: id, StartedAt: glanced.DraftSince}
	}
	if f.plan.Version > 0 {
		kept, err := s.faces.version(tx, id, f.plan.Version)
		if err != nil {
			return nil, err
		}
		f.live = kept.version
	}
	return f, nil
}

// summaryPDF is the same on one A4 page. It is audited as a print, since a page leaves the service.
func (s *Service) summaryPDF(ctx context.Context, c *caller, id, which string) ([]byte, error) {
	var page bytes.Buffer
	err := s.look(ctx, c, id, audit.Print, which, func(tx store.Tx, f *folder) error {
		model, err := s.summaryOf(tx, f, which, c)
		if err != nil {
			return err
		}
		err = summary.Render(&page, *model) // here, so that the audit holds no page that never came out
		if glyph := (summary.ErrGlyph{}); errors.As(err, &glyph) {
			p := refuse(api.CodeInvalid, "The page cannot be printed: it holds signs that the font does not have.", "Read it on the screen, and have the plan amended.")
			for _, one := range summary.Check(*model) {
				p.Fields = append(p.Fields, api.FieldProblem{Location: strings.TrimSuffix("summary."+one.Item, "."), Message: one.Words})
			}
			return p
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return page.Bytes(), nil
}

// paper says what would keep the page of the next version from being printed. Every plan that is approved can be printed: a
// crew must not be the first to learn that it cannot.
func (s *Service) paper(r forms.Reader, f *folder) []forms.Problem {
	h := forms.Header{Status: string(lifecycle.Approved), Version: f.plan.Version + 1, ApprovedAt: s.now(), ReviewDue: r.Text(plan.ReviewDue),
		AsAt: s.now(), Training: s.options.Training, Hash: shortHash("00000000"), Link: link(f.plan.ID, f.plan.Version+1)}
	out := summary.Check(r.Summarise(h))
	for i := range out {
		out[i].Step = stepOf(r.Def(), out[i].Item)
	}
	return out
}

// printed is told by a client that has printed a page itself.
func (s *Service) printed(ctx context.Context, c *caller, id string, in api.Print) error {
	return s.look(ctx, c, id, audit.Print, "", func(tx store.Tx, f *folder) error {
		if err := clinical(f); err != nil {
			return err
		}
		if in.Version == 0 {
			if f.draft == nil || f.sight != access.Everything {
				return refuse(api.CodeNotFound, "There is no draft.", "")
			}
			return nil
		}
		_, err := s.oneVersion(tx, f, in.Version)
		return err
	})
}

// reveal hands out one hidden answer with a reason.
func (s *Service) reveal(ctx context.Context, c *caller, id string, in api.Reveal) (*api.Revealed, error) {
	if err := needReason(in.Reason, "Say why you need to see it"); err != nil {
		return nil, err
	}
	var out *api.Revealed
	var f *folder
	err := s.store.Read(ctx, func(tx store.Tx) (err error) {
		if f, err = s.find(tx, c, id); err != nil {
			return err
		}
		out, err = s.revealed(tx, c, f, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	line := s.line(c, audit.Reveal, f)
	line.What, line.Reason = in.Item, in.Reason
	if in.Row != "" {
		line.What += " " + in.Row
	}
	// Not with the lines of other views: this one waits for the disk, since what was hidden has been seen.
	if err := s.store.Write(ctx, func(tx store.Tx) error { return tx.Audit(line) }); err != nil {
		return nil, err
	}
	return out, nil
}

// faces remember what was read lately of versions, and the summaries made of them. A version never changes, so that nothing
// here can be stale; a summary's key holds everything else that it depends on. One is dropped, whichever, for each that is too many.
type faces struct {
	mu       sync.Mutex
	versions map[string]*keptVersion
	pages    map[string][]byte
}

type keptVersion struct {
	version *store.Version // without its JSON, which answers and stamps are made of
	answers forms.Answers
	stamps  map[string]forms.Recorded
}

// maxFaces is for how many plans: about 40 MB, and more than a region's crews read in half an hour.
const maxFaces = 1024

func newFaces() *faces {
	return &faces{versions: map[string]*keptVersion{}, pages: map[string][]byte{}}
}

// version is an approved version with its answers, for reading only.
func (k *faces) version(tx store.Tx, planID string, number int) (*keptVersion, error) {
	key := planID + "/" + strconv.Itoa(number)
	k.mu.Lock()
	found, there := k.versions[key]
	k.mu.Unlock()
	if there {
		return found, nil
	}
	v, err := tx.Version(planID, number)
	if err != nil {
		return nil, err
	}
	found = &keptVersion{version: v}
	if found.answers, err = answers(v.Answers); err != nil {
		return nil, err
	}
	if found.stamps, err = recorded(v.Recorded); err != nil {
		return nil, err
	}
	v.Answers, v.Recorded, v.Confirmed, v.Checks, v.Summary = nil, nil, nil, nil, nil
	k.mu.Lock()
	defer k.mu.Unlock()
	makeRoom(k.versions)
	k.versions[key] = found
	return found, nil
}

// page gives a summary that was written before under this key.
func (k *faces) page(key string) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pages[key]
}

func (k *faces) keep(key string, page []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	makeRoom(k.pages)
	k.pages[key] = page
}

// makeRoom drops one, whichever comes first: a map has no order.
func makeRoom[T any](kept map[string]T) {
	if len(kept) < maxFaces {
		return
	}
	for key := range kept {
		delete(kept, key)
		return
	}
}
