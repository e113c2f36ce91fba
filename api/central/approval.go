package central

// What may change here: what must hold before a plan is published, and what publishing keeps.

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// approve publishes the draft. Version, snapshot, audit line and notice are one transaction, or none of them.
func (s *Service) approve(ctx context.Context, c *caller, id string, in api.Approve, tag, key string) (*api.Plan, error) {
	if err := s.checked(c, in); err != nil {
		return nil, err
	}
	// Whoever may not approve is told so before a password is compared.
	if err := s.store.Read(ctx, func(tx store.Tx) error {
		f, err := s.find(tx, c, id)
		if err != nil {
			return err
		}
		return s.mayApprove(c, f, key != "")
	}); err != nil {
		return nil, err
	}
	if c.SSO { // the proof is taken with what it proves, below
	} else if err := s.book.CheckAgain(ctx, c.Holder, in.Password); err != nil {
		if errors.Is(err, account.ErrWrong) {
			p := refuse(api.CodeWrongPassword, "The password is wrong.", "Nothing was approved.")
			p.Status = 403
			p.Fields = []api.FieldProblem{{Location: "body.password", Message: "The password is wrong"}}
			return nil, p
		}
		return nil, err
	}
	o := order{c: c, key: key, said: []any{"approve", id, tag, in.Checks, in.ReviewDue}} // never the password
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.take(tx, c, id, string(lifecycle.Approve))
		if err != nil {
			return nil, err
		}
		if err := s.needTag(tx, c, f, tag, true); err != nil {
			return nil, err
		}
		if c.SSO {
			if err := s.book.UseProof(tx, c.Holder, in.Proof, id, tag); err != nil {
				return nil, err
			}
		}
		return f, s.publish(tx, c, f, in)
	})
}

// mayApprove refuses early. A repeat of an approval that was done is let through to its first answer.
func (s *Service) mayApprove(c *caller, f *folder, repeat bool) error {
	verdict := judgeApprove(c, f)
	if verdict == nil {
		return nil
	}
	if repeat && verdict.Code() == api.CodeState {
		return nil
	}
	return verdict
}

// checked looks at the request alone: the five checks, each ticked once by a person, and the review date.
func (s *Service) checked(c *caller, in api.Approve) error {
	p := refuse(api.CodeInvalid, "The plan is not approved yet.", "Nothing was changed.")
	for _, check := range api.ApprovalChecks {
		if !slices.Contains(in.Checks, check.ID) {
			p.Fields = append(p.Fields, api.FieldProblem{Location: "body.checks." + check.ID, Message: "Tick: " + check.Words})
		}
	}
	for _, id := range in.Checks {
		if !slices.ContainsFunc(api.ApprovalChecks, func(check api.ApprovalCheck) bool { return check.ID == id }) {
			p.Fields = append(p.Fields, api.FieldProblem{Location: "body.checks", Message: "There is no such check"})
		}
	}
	if _, err := time.Parse(time.DateOnly, in.ReviewDue); err != nil {
		p.Fields = append(p.Fields, api.FieldProblem{Location: "body.review_due", Message: "Enter by when the plan must be reviewed"})
	}
	switch {
	case c.SSO && in.Proof == "":
		p.Fields = append(p.Fields, api.FieldProblem{Location: "body.proof", Message: "Prove at your identity provider that it is you"})
	case !c.SSO && in.Password == "":
		p.Fields = append(p.Fields, api.FieldProblem{Location: "body.password", Message: "Enter your password to sign"})
	}
	if len(p.Fields) > 0 {
		return p
	}
	return nil
}

// publish makes the draft the next version.
func (s *Service) publish(tx store.Tx, c *caller, f *folder, in api.Approve) error {
	d, err := definition(f.plan.Definition)
	if err != nil {
		return err
	}
	content, err := answers(f.draft.Answers)
	if err != nil {
		return err
	}
	content.SetText(plan.ReviewDue, in.ReviewDue)
	content.SetChoice(plan.NHSNumberStatus, numberStatus(f.patient))
	if f.patient.Sensitive {
		content.SetBool(plan.SensitiveFlag, true)
	}
	r := s.reader(d, content)
	confirmations, err := tx.Confirmations(f.plan.ID)
	if err != nil {
		return err
	}
	if err := s.approvable(tx, r, f, in, confirmations); err != nil {
		return err
	}
	if lost, err := unattached(tx, f.plan.ID, d, nil, content); err != nil {
		return err
	} else if len(lost) > 0 {
		return invalidAnswers("The plan cannot be approved yet. Each reason is named with its field.", "answers", lost)
	}

	now := s.now()
	v := &store.Version{PlanID: f.plan.ID, Number: f.plan.Version + 1, Definition: d.Name(), Recorded: f.draft.Recorded, ApprovedAt: now.Truncate(time.Millisecond),
		ApprovedBy: c.signature(), ApproverID: c.User.ID, ApproverReg: c.User.RegNumber, ApproverODS: c.Org.ODS,
		ReviewDue: in.ReviewDue, Quality: plan.Quality(r).Total}
	if v.Answers, err = json.Marshal(content); err != nil {
		return fmt.Errorf("writing the version: %w", err)
	}
	if v.Confirmed, err = json.Marshal(confirmed(confirmations)); err != nil {
		return fmt.Errorf("writing the version: %w", err)
	}
	if v.Checks, err = json.Marshal(in.Checks); err != nil {
		return fmt.Errorf("writing the version: %w", err)
	}
	v.Salt = rand.Text()
	whole := contentHash(v)
	v.Hash = shortHash(whole)
	if _, err := s.move(tx, c, f, lifecycle.Approve, ""); err != nil {
		return err
	}
	f.plan.Version, f.plan.ReviewDue, f.plan.Definition = v.Number, v.ReviewDue, d.Name()
	f.plan.RemindOn = lifecycle.RemindOn(v.ApprovedAt, v.ReviewDue)
	f.plan.HolderODS = holderOf(r)
	f.live, f.draft = v, nil
	snapshot := r.Summarise(s.header(f, v))
	if v.Summary, err = json.Marshal(snapshot); err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	if err := errors.Join(tx.AddVersion(v), tx.DropDraft(f.plan.ID), tx.DropConfirmations(f.plan.ID)); err != nil {
		return err
	}
	if err := s.learnFacts(tx, f.plan, v, content); err != nil {
		return err
	}
	s.learn(f.patient, r, wholeNumber(r))
	if err := tx.UpdatePatient(f.patient); err != nil {
		return err
	}
	if err := s.relate(tx, f.plan, r); err != nil {
		return err
	}
	if f.holder, err = s.organisation(tx, f.plan.HolderODS, r.Text(plan.PracticeName)); err != nil {
		return err
	}
	return s.keep(tx, c, f, string(lifecycle.Approve), "sha256 "+whole, "")
}

// approvable refuses a draft that may not be published: every problem that stops, every one that was to be confirmed and
// was not, the review date beyond its limit (X15), and a person who is not the index's (X19).
func (s *Service) approvable(tx store.Tx, r forms.Reader, f *folder, in api.Approve, confirmations []store.Confirmation) error {
	person, err := s.identity(tx, r, f.patient)
	if err != nil {
		return err
	}
	var left []forms.Problem
	for _, p := range slices.Concat(r.Validate(forms.ForApproval), person, s.paper(r, f)) {
		switch p.Severity {
		case forms.Stop:
			left = append(left, p)
		case forms.Confirm:
			if !slices.ContainsFunc(confirmations, func(one store.Confirmation) bool {
				return one.Rule == p.Rule && one.Item == p.Item && one.Row == p.Row
			}) {
				left = append(left, p)
			}
		}
	}
	refusal := invalidAnswers("The plan cannot be approved yet. Each reason is named with its field.", "answers", left)
	due, err := time.Parse(time.DateOnly, in.ReviewDue)
	if err != nil {
		return err
	}
	days, why := plan.ReviewLimit(r)
	if due.Before(s.today()) {
		refusal.Fields = append(refusal.Fields, api.FieldProblem{Location: "body.review_due", Message: "The review date is not in the past"})
	} else if due.After(s.today().AddDate(0, 0, days)) {
		refusal.Fields = append(refusal.Fields, api.FieldProblem{Location: "body.review_due",
			Message: "The review is due within " + strconv.Itoa(days) + " days: " + why})
	}
	if len(refusal.Fields) > 0 {
		return refusal
	}
	return nil
}

// contentHash is the SHA-256 of what exactly was approved, for whom, by whom and when; and of the version's salt, so that a
// hidden answer cannot be found by trying.
func contentHash(v *store.Version) string {
	sum := sha256.New()
	for _, part := range []string{v.PlanID, strconv.Itoa(v.Number), v.Definition, string(v.Answers), v.ApprovedAt.UTC().Format(time.RFC3339Nano), v.ApproverID, v.ReviewDue, v.Salt} {
		fmt.Fprintf(sum, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// shortHash is what people compare: "8F3A-41C9".
func shortHash(whole string) string {
	short := strings.ToUpper(whole[:8])
	return short[:4] + "-" + short[4:]
}
