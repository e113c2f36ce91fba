package central

// What may change here: which plans are given to a computer to be read there without a connection, for how long, and what is told
// of it. Who may have them is decided in package access.

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/account"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms/nhs"
)

// How long a page may be read offline: a shift, as long as a session and an opening of urgent care last (domain.md 10.3). Every
// page says whether resuscitation is to be attempted, so that there is one limit for all: a decision that was revoked is shown to
// nobody for longer. Whoever runs the service may choose another, up to a day.
const (
	OfflineFor  = 12 * time.Hour
	OfflineMost = 24 * time.Hour
)

// ErrOffline says that a limit for reading offline is none.
var ErrOffline = errors.New("plans are read offline for a day at most; 0 hours means never")

// maxBundle is the most plans of one bundle. Whose caseload is larger is told how many are left out.
const maxBundle = 300

// inForce are the states in which plans are in a bundle.
var inForce = words(lifecycle.Approved, lifecycle.Amending, lifecycle.InReview, lifecycle.ReviewDue, lifecycle.Overdue)

// offline refuses who has no plans to read offline here.
func (s *Service) offline(c *caller) (access.Relation, error) {
	relation, may := access.Offline(c.person)
	switch {
	case s.options.Offline < 0:
		return "", refuse(api.CodeForbidden, "This service gives no plans to be read offline.", "Read them while there is a connection.")
	case !may:
		return "", refuse(api.CodeForbidden, "Your role keeps no plans to be read offline.", "Read them while there is a connection.")
	}
	return relation, nil
}

// bundle gives the caller's plans to be read offline, or the one named if it is among them. Each that this session was not given in
// this version before is one line of the audit, on disk before the answer goes out: whose page is on whose computer can be told of
// each person.
func (s *Service) bundle(ctx context.Context, c *caller, only string) (*api.Bundle, error) {
	relation, err := s.offline(c)
	if err != nil {
		return nil, err
	}
	now := s.now()
	out := &api.Bundle{UserID: c.User.ID, Position: c.User.PositionID, AsAt: now, SessionUntil: c.ExpiresAt, Pages: []api.BundlePage{}}
	if idle := now.Add(account.IdleFor); idle.Before(out.SessionUntil) {
		out.SessionUntil = idle
	}
	given := map[string]*folder{}
	err = s.store.Read(ctx, func(tx store.Tx) error {
		found, err := s.bundled(tx, c, relation, only)
		if err != nil {
			return err
		}
		if len(found) > maxBundle {
			out.LeftOut, found = len(found)-maxBundle, found[:maxBundle]
		}
		for i := range found {
			page, f, err := s.page(tx, c, &found[i], now)
			if err != nil {
				return err
			}
			if page == nil {
				if f != nil {
					out.LeftOut++
				}
				continue
			}
			out.Pages = append(out.Pages, *page)
			given[page.PlanID] = f
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, s.store.Write(ctx, func(tx store.Tx) error { return s.gave(tx, c, given, only, now) })
}

// bundled are the plans that may be in the caller's bundle, as far as a list can tell.
func (s *Service) bundled(tx store.Tx, c *caller, relation access.Relation, only string) ([]store.Listed, error) {
	if only == "" {
		return tx.List(store.Filter{Statuses: inForce, RelatedODS: c.Org.ODS, RelatedUser: c.User.ID, RelatedKind: string(relation), Limit: 10 * maxBundle})
	}
	one, err := tx.Plan(only)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	patient, err := tx.Patient(one.PatientID)
	if err != nil {
		return nil, err
	}
	namesake, err := tx.Namesake(patient)
	return []store.Listed{{Plan: *one, Patient: *patient, Namesake: namesake}}, err
}

// page is one plan for a bundle; nil when it may not be in it. A folder without a page is of somebody who is theirs, and left out.
func (s *Service) page(tx store.Tx, c *caller, one *store.Listed, now time.Time) (*api.BundlePage, *folder, error) {
	f, err := s.glance(tx, c, one.Plan.ID)
	var refused *api.Problem
	if errors.As(err, &refused) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if verdict := access.JudgeOffline(c.person, f.record); !verdict.OK {
		if verdict.Code != api.CodeForbidden {
			f = nil
		}
		return nil, f, nil
	}
	face, err := s.summaryOf(tx, f, "", nil)
	if err != nil {
		return nil, nil, err
	}
	state := lifecycle.OfLive(f.state(), review(f.plan), now) // of the page, not of a draft beside it
	return &api.BundlePage{PlanID: f.plan.ID, Version: f.live.Number, Hash: f.live.Hash, Status: string(state), Words: short(state, one),
		Alarm: state == lifecycle.Overdue, Patient: *shownPatient(&one.Patient, one.Namesake), AsAt: now, Until: now.Add(s.options.Offline), Summary: *face}, f, nil
}

// gave notes what a session was given, and audits what is new of it.
func (s *Service) gave(tx store.Tx, c *caller, given map[string]*folder, only string, now time.Time) error {
	had := map[string]int{}
	before, err := tx.Bundle(c.TokenHash)
	if err == nil {
		err = json.Unmarshal(before.Pages, &had)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	has := map[string]int{}
	if only != "" {
		for id, version := range had {
			if id != only {
				has[id] = version
			}
		}
	}
	for id, f := range given {
		if has[id] = f.live.Number; had[id] == f.live.Number {
			continue
		}
		if err := tx.Audit(s.line(c, audit.Offline, f)); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(has)
	if err != nil {
		return err
	}
	return s.book.GiveBundle(tx, c.Holder, raw, now.Add(s.options.Offline))
}

// readOffline audits what a person read while the service could not be asked. Only what they were given is taken; what else is
// named is left out, since it cannot have been read.
func (s *Service) readOffline(ctx context.Context, c *caller, in api.OfflineReadings, key string) error {
	if len(key) > maxKey {
		return invalid("header.Idempotency-Key", "This is too long.")
	}
	return s.store.Write(ctx, func(tx store.Tx) error {
		if key != "" {
			if _, err := tx.Answered(c.User.ID, key); err == nil {
				return nil
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		kept, err := tx.BundlesOf(c.User.ID)
		if err != nil {
			return err
		}
		had := map[string]bool{}
		for _, one := range kept {
			pages := map[string]int{}
			if err := json.Unmarshal(one.Pages, &pages); err != nil {
				return err
			}
			for id := range pages {
				had[id] = true
			}
		}
		for _, one := range in.Items {
			if !had[one.PlanID] {
				s.log.WarnContext(ctx, "a reading of a plan that was not given was told")
				continue
			}
			p, err := tx.Plan(one.PlanID)
			if err != nil {
				return err
			}
			line := s.line(c, audit.OfflineRead, &folder{plan: p})
			if one.Printed {
				line.Action = audit.OfflinePrint
			}
			line.Version, line.What = one.Version, "at "+nhs.FormatDateTime(one.At)
			if err := tx.Audit(line); err != nil {
				return err
			}
		}
		if key == "" {
			return nil
		}
		return tx.PutAnswered(&store.Answered{UserID: c.User.ID, Name: key, Status: 204, Body: []byte{}, At: s.now()})
	})
}

// wipe has a person's computers erase what they keep to be read offline.
func (s *Service) wipe(ctx context.Context, c *caller, in api.Wipe) (*api.Wiped, error) {
	if verdict := access.JudgeWipe(c.person); !verdict.OK {
		return nil, refuseVerdict(verdict)
	}
	if err := needReason(in.Reason, "Say why"); err != nil {
		return nil, err
	}
	done, err := s.book.Wipe(ctx, in.Username, in.Reason, c.Line(s.now(), audit.Wipe))
	if errors.Is(err, store.ErrNotFound) {
		return nil, refuse(api.CodeNotFound, "There is no account of this name.", "Nothing was erased.")
	}
	if err != nil {
		return nil, err
	}
	return &api.Wiped{Computers: done.Computers}, nil
}

// goneFor is the answer to the token of a session that has ended: sign in again, or also erase what is kept.
func (s *Service) goneFor(ctx context.Context, token string, err error) error {
	if !errors.Is(err, account.ErrSession) {
		return err
	}
	erase, failed := s.book.Erases(ctx, token)
	switch {
	case failed != nil:
		return failed // whether to erase is not known: neither is said
	case erase:
		return refuse(api.CodeErase, "Your session was ended, and what this computer kept to be read offline is erased.",
			"Your organisation closed the account, changed it, or asked for this. Words that you had not sent are not erased: they stay sealed on this computer until you sign in there. Sign in again if you still may.")
	}
	return err
}

func (s *Service) bundleRoute(ctx context.Context, c *caller, in *struct {
	Plan string `query:"plan" maxLength:"100" doc:"This plan alone; none when it may not be read offline"`
}) (*answerOf[api.Bundle], error) {
	return answerWith(s.bundle(ctx, c, in.Plan))
}

func (s *Service) readOfflineRoute(ctx context.Context, c *caller, in *struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"A repeat with the same key is taken once"`
	Body api.OfflineReadings
}) (*nothing, error) {
	return &nothing{}, s.readOffline(ctx, c, in.Body, in.Key)
}

func (s *Service) wipeRoute(ctx context.Context, c *caller, in *struct{ Body api.Wipe }) (*answerOf[api.Wiped], error) {
	return answerWith(s.wipe(ctx, c, in.Body))
}
