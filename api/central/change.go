package central

// What may change here: what every change of a plan has in common: one transaction, one answer for one key, one notice.

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
)

// maxKey is the longest Idempotency-Key.
const maxKey = 200

// How long the first answer to a key is given again. A save is repeated within minutes, and its tag guards it later; anything
// else may wait on a desktop without a connection for weeks after its answer was lost, and must not be done twice then.
const (
	saveAgain  = 24 * time.Hour
	otherAgain = 90 * 24 * time.Hour
)

// An order is a request for a change: who asks, under which key, and what is asked, so that the same key with another body
// is refused. Said must not hold a password.
type order struct {
	c    *caller
	key  string
	said []any
	save bool // a save of a draft
}

// again is for how long a repeat gets the first answer.
func (o order) again() time.Duration {
	if o.save {
		return saveAgain
	}
	return otherAgain
}

// digest is the hash of what is asked.
func (o order) digest() (string, error) {
	raw, err := json.Marshal(o.said)
	if err != nil {
		return "", fmt.Errorf("reading the request: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// change runs act in one transaction and answers with the plan as it is then. A key that was answered before gets that
// answer again, and nothing is done twice.
func (s *Service) change(ctx context.Context, o order, act func(tx store.Tx) (*folder, error)) (*api.Plan, error) {
	if len(o.key) > maxKey {
		return nil, invalid("header.Idempotency-Key", "This is too long.")
	}
	digest, err := o.digest()
	if err != nil {
		return nil, err
	}
	var out *api.Plan
	err = s.store.Write(ctx, func(tx store.Tx) error {
		if o.key != "" {
			before, err := tx.Answered(o.c.User.ID, o.key)
			if err == nil {
				if before.BodyHash != digest {
					return invalid("header.Idempotency-Key", "This key was used for another request already.")
				}
				if out, err = unpack(before.Body); err != nil {
					return err
				}
				return s.stillMay(tx, o.c, out.ID)
			}
			if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		f, err := act(tx)
		if err != nil {
			return err
		}
		if err := s.stand(tx, o.c, f); err != nil {
			return err
		}
		if out, err = s.show(tx, o.c, f); err != nil {
			return err
		}
		if o.key == "" {
			return nil
		}
		body, err := pack(out)
		if err != nil {
			return err
		}
		return tx.PutAnswered(&store.Answered{UserID: o.c.User.ID, Name: o.key, BodyHash: digest, Status: 200, Etag: out.Etag, Body: body, At: s.now(), Until: s.now().Add(o.again())})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// stillMay refuses the first answer to one who may not see the plan any more.
func (s *Service) stillMay(tx store.Tx, c *caller, id string) error {
	f, err := s.find(tx, c, id)
	if err != nil {
		return err
	}
	if f.sight <= access.AskReason {
		return refuseVerdict(access.Judge(c.person, f.record, audit.View))
	}
	return nil
}

// pack writes an answer small.
func pack(out *api.Plan) ([]byte, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(w).Encode(out); err != nil {
		return nil, fmt.Errorf("keeping the answer: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

func unpack(packed []byte) (*api.Plan, error) {
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, errors.New("a kept answer cannot be read")
	}
	out := new(api.Plan)
	if err := json.Unmarshal(raw, out); err != nil {
		return nil, errors.New("a kept answer cannot be read")
	}
	return out, nil
}

// take finds a plan for a change, first writing what the clock has brought, and refuses what the caller may not do.
func (s *Service) take(tx store.Tx, c *caller, id, action string) (*folder, error) {
	f, err := s.find(tx, c, id)
	if err != nil {
		return nil, err
	}
	if err := s.tick(tx, f.plan); err != nil {
		return nil, err
	}
	if verdict := access.Judge(c.person, f.record, action); !verdict.OK {
		return nil, refuseVerdict(verdict)
	}
	return f, nil
}

// tick writes the steps that the server's clock has brought to a plan.
func (s *Service) tick(tx store.Tx, p *store.Plan) error {
	for range 3 {
		event := lifecycle.Clock(lifecycle.State(p.Status), review(p), p.StateSince, s.now())
		if event == "" {
			return nil
		}
		row, found := lifecycle.Next(lifecycle.State(p.Status), event, lifecycle.Facts{Live: p.Version > 0})
		if !found {
			return nil
		}
		p.Status, p.StateSince, p.StateBy = string(row.To), s.now(), "The service's clock"
		p.Revision++
		if err := tx.UpdatePlan(p); err != nil {
			return err
		}
		if err := tx.Audit(&audit.Event{At: s.now(), Who: "The service's clock", PatientID: p.PatientID, PlanID: p.ID, Version: p.Version, Action: string(event)}); err != nil {
			return err
		}
		if err := s.tell(tx, p); err != nil {
			return err
		}
	}
	return nil
}

// move takes a plan through an event that was judged before: the state, who and when. The effect is the caller's work.
func (s *Service) move(tx store.Tx, c *caller, f *folder, event lifecycle.Event, reason string) (lifecycle.Row, error) {
	row, found := lifecycle.Next(lifecycle.State(f.plan.Status), event, lifecycle.Facts{Live: f.plan.Version > 0, Draft: f.draft != nil})
	if !found {
		return row, refuse(api.CodeState, "The plan's state does not allow this.", "Nothing was changed.")
	}
	f.plan.Status = string(row.To)
	f.plan.StateSince, f.plan.StateBy, f.plan.Reason = s.now(), c.title(), reason
	f.plan.Revision++
	return row, nil
}

// keep writes the plan, the audit line and the notice of a change.
func (s *Service) keep(tx store.Tx, c *caller, f *folder, action, what, reason string) error {
	if err := tx.UpdatePlan(f.plan); err != nil {
		return err
	}
	line := s.line(c, action, f)
	line.What, line.Reason = what, reason
	if err := tx.Audit(line); err != nil {
		return err
	}
	return s.tell(tx, f.plan)
}

// tell puts a notice of a plan into the outbox, with those who are tied to it; what each of them may know is worked out for each
// who listens (told).
func (s *Service) tell(tx store.Tx, p *store.Plan) error { return s.tellAs(tx, p, "plan") }

// glassNotice is the kind of a notice of an opening in an emergency.
const glassNotice = "break-glass"

func (s *Service) tellAs(tx store.Tx, p *store.Plan, kind string) error {
	relations, err := tx.Relationships(p.ID)
	if err != nil {
		return err
	}
	notice := store.Notice{Kind: kind, PlanID: p.ID, Status: p.Status, Live: p.Version > 0, Revision: p.Revision, At: s.now()}
	for _, one := range relations {
		if access.Holds(access.Relation(one.Kind), one.Until, s.now()) {
			notice.Ties = append(notice.Ties, store.Tie{Kind: one.Kind, ODS: one.ODS, UserID: one.UserID})
		}
	}
	return tx.Tell(notice)
}
