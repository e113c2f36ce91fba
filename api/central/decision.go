package central

// What may change here: what each event of the lifecycle does beside changing the state. Approval is in approval.go.

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// needReason refuses an empty or unreadable reason.
func needReason(reason, words string) error {
	if strings.TrimSpace(reason) == "" {
		return invalid("body.reason", words)
	}
	return cleanWords("body.reason", reason)
}

// cleanWords refuses control, zero-width and bidirectional characters in words that others will read.
func cleanWords(location, words string) error {
	for _, r := range words {
		joiner := r == '\u200d' // holds emoji together
		if r == utf8.RuneError || (unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r') || (unicode.Is(unicode.Cf, r) && !joiner) {
			return invalid(location, "This holds characters that cannot be shown. Type it again without them.")
		}
	}
	return nil
}

// submit sends the draft for review. A draft with a problem that stops is refused with all of them.
func (s *Service) submit(ctx context.Context, c *caller, id string, in api.Submit, tag, key string) (*api.Plan, error) {
	if err := cleanWords("body.note", in.Note); err != nil {
		return nil, err
	}
	o := order{c: c, key: key, said: []any{"submit", id, tag, in}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.take(tx, c, id, string(lifecycle.Submit))
		if err != nil {
			return nil, err
		}
		if err := s.needTag(tx, c, f, tag, true); err != nil {
			return nil, err
		}
		d, err := definition(f.plan.Definition)
		if err != nil {
			return nil, err
		}
		content, err := answers(f.draft.Answers)
		if err != nil {
			return nil, err
		}
		left := s.beforeSending(d, content)
		if len(left) == 0 {
			left = s.paper(s.reader(d, content), f)
		}
		if len(left) > 0 {
			return nil, invalidAnswers("The plan cannot be sent yet. Each gap is named with its field.", "answers", left)
		}
		if f.draft.Wanted, err = s.wanted(tx, f, d, content); err != nil {
			return nil, err
		}
		f.draft.Returned = false
		if err := outOfHands(f.draft); err != nil {
			return nil, err
		}
		if err := tx.PutDraft(f.draft); err != nil {
			return nil, err
		}
		if in.Note != "" {
			if err := s.addComment(tx, c, f, api.NewComment{Text: in.Note}); err != nil {
				return nil, err
			}
		}
		if _, err := s.move(tx, c, f, lifecycle.Submit, ""); err != nil {
			return nil, err
		}
		return f, s.keep(tx, c, f, string(lifecycle.Submit), "", in.Note)
	})
}

// approverOnly are the answers that only approving gives: they do not keep a draft from being sent.
var approverOnly = []string{plan.ReviewDue, plan.NHSNumberStatus, plan.NHSMatchReason, plan.NHSMatchBy,
	plan.CPREndorsedBy, plan.CPREndorsedRole, plan.CPREndorsedRegNo, plan.CPREndorsedAt}

// beforeSending are the problems that stop a draft from being sent: all that stop approval, but for what only the approver
// can give (the review date, the match of the NHS number, the endorsement of X03).
func (s *Service) beforeSending(d *forms.Definition, content forms.Answers) []forms.Problem {
	return slices.DeleteFunc(stops(s.reader(d, content).Validate(forms.ForApproval)), func(p forms.Problem) bool {
		return p.Rule == "X03" || p.Rule == "X19" || (slices.Contains(approverOnly, p.Item) && p.Gap)
	})
}

// wanted says in the reviewer's list what is asked of them, with labels only.
func (s *Service) wanted(tx store.Tx, f *folder, d *forms.Definition, content forms.Answers) (string, error) {
	if f.live == nil {
		return "Approve a new plan", nil
	}
	old, err := answers(f.live.Answers)
	if err != nil {
		return "", err
	}
	changes := forms.Diff(d, old, content, s.today(), false)
	if len(changes) == 0 {
		return "Approve: nothing changed", nil
	}
	first := changes[0]
	for _, one := range changes {
		if one.Critical {
			first = one
			break
		}
	}
	words := "Approve: " + first.Label + " changed"
	if len(changes) > 1 {
		words += ", and " + strconv.Itoa(len(changes)-1) + " more"
	}
	return words, nil
}

// sendBack returns the draft with a reason and comments on fields.
func (s *Service) sendBack(ctx context.Context, c *caller, id string, in api.Return, tag, key string) (*api.Plan, error) {
	if err := needReason(in.Reason, "Say why the plan is sent back"); err != nil {
		return nil, err
	}
	for i, one := range in.Comments {
		if err := cleanWords("body.comments["+strconv.Itoa(i)+"].text", one.Text); err != nil {
			return nil, err
		}
	}
	o := order{c: c, key: key, said: []any{"return", id, tag, in}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.take(tx, c, id, string(lifecycle.Return))
		if err != nil {
			return nil, err
		}
		if err := s.needTag(tx, c, f, tag, true); err != nil {
			return nil, err
		}
		for _, one := range in.Comments {
			if err := s.addComment(tx, c, f, api.NewComment{Item: one.Item, Row: one.Row, Text: one.Text}); err != nil {
				return nil, err
			}
		}
		f.draft.Returned = true
		if err := tx.PutDraft(f.draft); err != nil {
			return nil, err
		}
		if _, err := s.move(tx, c, f, lifecycle.Return, in.Reason); err != nil {
			return nil, err
		}
		return f, s.keep(tx, c, f, string(lifecycle.Return), strconv.Itoa(len(in.Comments))+" comments", in.Reason)
	})
}

// addComment puts one comment on the draft.
func (s *Service) addComment(tx store.Tx, c *caller, f *folder, in api.NewComment) error {
	if strings.TrimSpace(in.Text) == "" {
		return invalid("body.text", "Write the comment")
	}
	var hidden []byte
	if in.Item != "" {
		d, err := definition(f.plan.Definition)
		if err != nil {
			return err
		}
		item := d.Item(in.Item)
		if item == nil {
			return invalid("body.item", "This form has no such question")
		}
		if hidden, err = unchosen(item, in.Hidden); err != nil {
			return err
		}
	} else if len(in.Hidden) > 0 {
		return invalid("body.hidden", "Name the question that this answers")
	}
	return s.putComment(tx, c, f, in, hidden)
}

// putComment keeps a comment on the draft, and a hidden answer with it.
func (s *Service) putComment(tx store.Tx, c *caller, f *folder, in api.NewComment, hidden []byte) error {
	return tx.AddComment(&store.Comment{ID: uuid.NewString(), PlanID: f.plan.ID, Item: in.Item, Row: in.Row, Words: in.Text,
		ByName: c.signature(), ByID: c.User.ID, At: s.now(), Version: f.plan.Version + 1, Hidden: hidden})
}

// comment puts words on a field of the draft.
func (s *Service) comment(ctx context.Context, c *caller, id string, in api.NewComment, key string) (*api.Plan, error) {
	if err := cleanWords("body.text", in.Text); err != nil {
		return nil, err
	}
	o := order{c: c, key: key, said: []any{"comment", id, in}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.take(tx, c, id, access.Comment)
		if err != nil {
			return nil, err
		}
		if err := s.addComment(tx, c, f, in); err != nil {
			return nil, err
		}
		return f, s.keep(tx, c, f, audit.Comment, in.Item, "")
	})
}

// commentDone marks a comment as answered.
func (s *Service) commentDone(ctx context.Context, c *caller, id, commentID, key string) (*api.Plan, error) {
	o := order{c: c, key: key, said: []any{"comment-done", id, commentID}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.take(tx, c, id, access.Comment)
		if err != nil {
			return nil, err
		}
		if err := tx.CommentDone(f.plan.ID, commentID); err != nil {
			return nil, err
		}
		return f, s.keep(tx, c, f, audit.Comment, "done", "")
	})
}

// confirm answers one problem of severity Confirm.
func (s *Service) confirm(ctx context.Context, c *caller, id string, in api.Confirm, tag, key string) (*api.Plan, error) {
	if err := needReason(in.Reason, "Say why it is still so"); err != nil {
		return nil, err
	}
	o := order{c: c, key: key, said: []any{"confirm", id, in}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.take(tx, c, id, string(lifecycle.Save))
		if err != nil {
			return nil, err
		}
		if verdict := access.JudgeConfirm(c.person, f.record); !verdict.OK {
			return nil, refuseVerdict(verdict)
		}
		if err := s.needTag(tx, c, f, tag, false); err != nil {
			return nil, err
		}
		d, err := definition(f.plan.Definition)
		if err != nil {
			return nil, err
		}
		content, err := answers(f.draft.Answers)
		if err != nil {
			return nil, err
		}
		r := s.reader(d, content)
		person, err := s.identity(tx, r, f.patient)
		if err != nil {
			return nil, err
		}
		asked := slices.ContainsFunc(append(r.Validate(forms.ForApproval), person...), func(p forms.Problem) bool {
			return p.Severity == forms.Confirm && p.Rule == in.Rule && p.Item == in.Item && p.Row == in.Row
		})
		if !asked {
			return nil, invalid("body.rule", "The plan asks for no such confirmation now.")
		}
		if err := tx.PutConfirmation(&store.Confirmation{PlanID: f.plan.ID, Rule: in.Rule, Item: in.Item, Row: in.Row, Reason: in.Reason,
			ByName: c.signature(), ByID: c.User.ID, At: s.now()}); err != nil {
			return nil, err
		}
		return f, s.keep(tx, c, f, audit.Confirm, in.Rule+" "+in.Item, in.Reason)
	})
}

// needed says for which events a reason is asked, and with which words.
var needed = map[lifecycle.Event]string{
	lifecycle.Suspend:  "Say why the plan is suspended",
	lifecycle.Resume:   "Say why the plan is shown again",
	lifecycle.Withdraw: "Say why the plan is withdrawn",
	lifecycle.Err:      "Say what was entered in error",
}

// decide does an event that has nothing but a reason.
func (s *Service) decide(ctx context.Context, c *caller, id string, event lifecycle.Event, in api.Decide, tag, key string) (*api.Plan, error) {
	if words, must := needed[event]; must {
		if err := needReason(in.Reason, words); err != nil {
			return nil, err
		}
	}
	if err := cleanWords("body.reason", in.Reason); err != nil {
		return nil, err
	}
	o := order{c: c, key: key, said: []any{event, id, tag, in}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.take(tx, c, id, string(event))
		if err != nil {
			return nil, err
		}
		if err := s.needTag(tx, c, f, tag, event == lifecycle.Discard); err != nil {
			return nil, err
		}
		row, err := s.move(tx, c, f, event, in.Reason)
		if err != nil {
			return nil, err
		}
		if err := s.effect(tx, c, f, row); err != nil {
			return nil, err
		}
		return f, s.keep(tx, c, f, string(event), "", in.Reason)
	})
}

// effect does what a row of the table asks beside the state.
func (s *Service) effect(tx store.Tx, c *caller, f *folder, row lifecycle.Row) error {
	switch row.Effect {
	case lifecycle.CopyDraft:
		now := s.now()
		f.draft = &store.Draft{PlanID: f.plan.ID, Answers: f.live.Answers, Recorded: f.live.Recorded, BaseVersion: f.live.Number,
			Origin: origin(c.person.Role), AuthorID: c.User.ID, AuthorODS: c.Org.ODS, StartedAt: now, ChangedAt: now,
			ChangedBy: c.User.Name + ", " + c.Org.Name, ChangedID: c.User.ID}
		return errors.Join(tx.PutDraft(f.draft), tx.DropConfirmations(f.plan.ID))
	case lifecycle.DropDraft:
		if f.draft != nil {
			if err := tx.KeepDiscarded(f.draft, s.now(), c.signature(), c.User.ID); err != nil {
				return err
			}
		}
		f.draft = nil
		return errors.Join(tx.DropDraft(f.plan.ID), tx.DropConfirmations(f.plan.ID))
	case lifecycle.Show:
		if row.From == lifecycle.Deceased {
			f.plan.DeathDate, f.plan.DeathPlace, f.patient.DeathDate = "", "", ""
			return tx.UpdatePatient(f.patient)
		}
	case lifecycle.NoEffect:
		if row.Event == lifecycle.TakeUp && f.draft != nil {
			f.draft.AuthorID, f.draft.AuthorODS = c.User.ID, c.Org.ODS
			return tx.PutDraft(f.draft)
		}
	}
	return nil
}

// deceased notifies a death.
func (s *Service) deceased(ctx context.Context, c *caller, id string, in api.Death, tag, key string) (*api.Plan, error) {
	if in.Date != "" {
		day, err := time.Parse(time.DateOnly, in.Date)
		if err != nil {
			return nil, invalid("body.date", "There is no such date")
		}
		if day.After(s.today()) {
			return nil, invalid("body.date", "The date of death is not in the future")
		}
	}
	o := order{c: c, key: key, said: []any{"deceased", id, in}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.take(tx, c, id, string(lifecycle.Die))
		if err != nil {
			return nil, err
		}
		if err := s.needTag(tx, c, f, tag, false); err != nil {
			return nil, err
		}
		d, err := definition(f.plan.Definition)
		if err != nil {
			return nil, err
		}
		if place := d.Item(plan.DeathPlace); in.Place != "" && (place == nil || place.Option(in.Place) == nil) {
			return nil, invalid("body.place", "Choose one of the places offered")
		}
		if in.Date != "" && in.Date < f.patient.BirthDate {
			return nil, invalid("body.date", "The date of death is not before the date of birth")
		}
		if _, err := s.move(tx, c, f, lifecycle.Die, ""); err != nil {
			return nil, err
		}
		f.plan.DeathDate, f.plan.DeathPlace, f.patient.DeathDate = in.Date, in.Place, in.Date
		if err := tx.UpdatePatient(f.patient); err != nil {
			return nil, err
		}
		return f, s.keep(tx, c, f, string(lifecycle.Die), "", "")
	})
}

// openWith says why a record that is not the caller's is opened, and gives the plan.
func (s *Service) openWith(ctx context.Context, c *caller, id string, in api.Opening, key string) (*api.Plan, error) {
	if err := needReason(in.Reason, "Say why you open this record"); err != nil {
		return nil, err
	}
	o := order{c: c, key: key, said: []any{"open", id, in}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.find(tx, c, id)
		if err != nil {
			return nil, err
		}
		if verdict := access.JudgeOpen(c.person, f.record); !verdict.OK {
			return nil, refuseVerdict(verdict)
		}
		kind, lasts, may := access.Opening(c.person)
		if may {
			if err := tx.PutRelationship(&store.Relationship{PlanID: f.plan.ID, Kind: string(kind), UserID: c.User.ID, Until: s.now().Add(lasts), Reason: in.Reason}); err != nil {
				return nil, err
			}
		}
		line := s.line(c, audit.Opened, f)
		line.Reason = in.Reason
		if err := tx.Audit(line); err != nil {
			return nil, err
		}
		return s.fill(tx, c, f.plan)
	})
}
