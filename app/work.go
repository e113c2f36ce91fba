package app

// What may change here: what a person does with plans. One method for each call of the service.

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/app/outbox"
	"cmc/forms"
)

// Worklists are the lists of this user, with counts.
func (d *Desk) Worklists(ctx context.Context) (api.WorklistCounts, error) {
	return value(ask(d, func(c *api.Client) (*api.WorklistCounts, error) { return c.Worklists(ctx) }))
}

// Worklist is one list, the longest wait first.
func (d *Desk) Worklist(ctx context.Context, name string) (api.Worklist, error) {
	return value(ask(d, func(c *api.Client) (*api.Worklist, error) { return c.Worklist(ctx, name) }))
}

// Search finds people; every search is audited.
func (d *Desk) Search(ctx context.Context, search api.PatientSearch) (api.PatientList, error) {
	found, err := value(ask(d, func(c *api.Client) (*api.PatientList, error) { return c.SearchPatients(ctx, search) }))
	d.know(found.Items...)
	return found, err
}

// OpenPlan is one plan as this user may see it. An error that NeedsReason wants OpenWithReason. A plan that was begun on this
// computer and is not sent yet comes from here; any other only from the service, since what this program remembers of it is not
// what is live.
func (d *Desk) OpenPlan(ctx context.Context, id string) (*api.Plan, error) {
	id = d.real(id)
	if plan, ok := d.openWaiting(id); ok {
		return plan, nil
	}
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.Plan(ctx, id) })
}

// OpenDraft is the plan of a draft that is being written here, to go on writing in its form while the service cannot be reached; why
// is the error of OpenPlan. For the form and nothing else: what it says of a live version may be hours old. It never blocks.
func (d *Desk) OpenDraft(id string, why error) (*api.Plan, bool) {
	editor := d.editor(id)
	if editor == nil || !api.IsUnreachable(why) {
		return nil, false
	}
	plan := editor.Plan()
	return plan, plan.Draft != nil && slices.Contains(plan.Actions, "save")
}

// real gives the id that the service knows a plan by.
func (d *Desk) real(id string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil {
		return id
	}
	return d.now.held.real(id)
}

// OpenWithReason opens a record that is not this user's. The reason is kept.
func (d *Desk) OpenWithReason(ctx context.Context, id, reason string) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.Open(ctx, id, reason) })
}

// BreakGlass opens the record of somebody whom this user does not look after, in an emergency. An error that NeedsConfirming
// is the second question.
func (d *Desk) BreakGlass(ctx context.Context, id string, in api.BreakGlass) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.BreakGlass(ctx, id, in) })
}

// NeedsBreakGlass says whether err means that the record opens in an emergency only.
func NeedsBreakGlass(err error) bool { return api.IsCode(err, api.CodeBreakGlass) }

// NeedsConfirming says whether err asks again before something is done.
func NeedsConfirming(err error) bool { return api.IsCode(err, api.CodeConfirm) }

// EmergencyOpenings are the openings that wait for this user's review.
func (d *Desk) EmergencyOpenings(ctx context.Context) (api.BreakGlassQueue, error) {
	return value(ask(d, func(c *api.Client) (*api.BreakGlassQueue, error) { return c.BreakGlassQueue(ctx, false) }))
}

// ReviewOpening says what became of an opening in an emergency.
func (d *Desk) ReviewOpening(ctx context.Context, id string, in api.BreakGlassReviewed) (api.BreakGlassOpening, error) {
	return value(ask(d, func(c *api.Client) (*api.BreakGlassOpening, error) { return c.BreakGlassReviewed(ctx, id, in) }))
}

// AccessLogForPerson says who saw the plan in words for the person whom it is about.
func (d *Desk) AccessLogForPerson(ctx context.Context, planID string) (api.AccessLog, error) {
	return value(ask(d, func(c *api.Client) (*api.AccessLog, error) { return c.AccessLogFor(ctx, planID) }))
}

// NeedsReason says whether err means that the record opens only with a reason.
func NeedsReason(err error) bool { return api.IsCode(err, api.CodeReason) }

// StartPlan starts a plan. A person who has one already gets an error of code api.CodeDuplicate with its PlanID. Without a
// connection it begins on this computer, for somebody who was typed by hand or whom the service has shown here: Waiting lists it
// until it is sent.
func (d *Desk) StartPlan(ctx context.Context, plan api.NewPlan) (*api.Plan, error) {
	return d.startPlan(ctx, plan)
}

// Problems is every gap at once, as approval would find them, after sending what is unsent. Values that the service refused
// are in the editor's Status, not here.
func (d *Desk) Problems(ctx context.Context, plan *api.Plan) (api.Problems, error) {
	if err := d.flushMost(ctx, plan.ID); err != nil {
		return api.Problems{}, err
	}
	return value(ask(d, func(c *api.Client) (*api.Problems, error) { return c.Problems(ctx, plan.ID) }))
}

// Submit sends the draft for review, with every word that this window holds. IsWaiting: there is no connection, and it goes
// by itself once there is one.
func (d *Desk) Submit(ctx context.Context, plan *api.Plan, body api.Submit) (*api.Plan, error) {
	return d.order(ctx, outbox.Submit, plan, body, func(c *api.Client) (*api.Plan, error) {
		if err := d.flush(ctx, plan.ID); err != nil {
			return nil, err
		}
		return c.Submit(ctx, plan.ID, body, d.newestEtag(plan))
	})
}

// Return sends the draft back with a reason and comments on fields.
func (d *Desk) Return(ctx context.Context, plan *api.Plan, body api.Return) (*api.Plan, error) {
	if err := d.flush(ctx, plan.ID); err != nil {
		return nil, err
	}
	etag := d.newestEtag(plan)
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.Return(ctx, plan.ID, body, etag) })
}

// Approve publishes the draft exactly as it stood in plan: if anyone, this window included, saved since, it is refused. It never
// waits on this computer: without a connection it is refused, and Explain says why.
func (d *Desk) Approve(ctx context.Context, plan *api.Plan, body api.Approve) (*api.Plan, error) {
	err := d.flush(ctx, plan.ID)
	if err == nil { // asked first, so that without a connection it is certain that nothing was signed
		_, err = ask(d, func(c *api.Client) (*api.ServiceInfo, error) { return c.Service(ctx) })
	}
	if api.IsUnreachable(err) {
		return nil, &notOffline{err: err}
	}
	if err == nil {
		var live *api.Plan
		if live, err = d.plan(func(c *api.Client) (*api.Plan, error) { return c.Approve(ctx, plan.ID, body, plan.Etag) }); err == nil {
			return live, nil
		}
	}
	if api.IsUnreachable(err) {
		err = &notOffline{err: err, sent: true}
	}
	return nil, err
}

// Amend opens a draft beside the live version, which stays.
func (d *Desk) Amend(ctx context.Context, plan *api.Plan, body api.Decide) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.Amend(d.seen(ctx, plan), plan.ID, body.Reason) })
}

// Discard drops the draft of an amendment; the live version stays.
func (d *Desk) Discard(ctx context.Context, plan *api.Plan, body api.Decide) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.Discard(d.seen(ctx, plan), plan.ID, body.Reason) })
}

// Withdraw takes the plan out of use: consent was withdrawn.
func (d *Desk) Withdraw(ctx context.Context, plan *api.Plan, body api.Decide) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.Withdraw(d.seen(ctx, plan), plan.ID, body.Reason) })
}

// Suspend hides the plan for safety until ResumePlan.
func (d *Desk) Suspend(ctx context.Context, plan *api.Plan, body api.Decide) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.Suspend(d.seen(ctx, plan), plan.ID, body.Reason) })
}

// ResumePlan ends a suspension.
func (d *Desk) ResumePlan(ctx context.Context, plan *api.Plan, body api.Decide) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.Resume(d.seen(ctx, plan), plan.ID, body.Reason) })
}

// Deceased notifies that the person has died.
func (d *Desk) Deceased(ctx context.Context, plan *api.Plan, body api.Death) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.Deceased(d.seen(ctx, plan), plan.ID, body) })
}

// CloseRecord closes the plan of a person who has died.
func (d *Desk) CloseRecord(ctx context.Context, plan *api.Plan, body api.Decide) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.CloseRecord(d.seen(ctx, plan), plan.ID, body.Reason) })
}

// EnterInError marks the whole plan as entered in error.
func (d *Desk) EnterInError(ctx context.Context, plan *api.Plan, body api.Decide) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.EnterInError(d.seen(ctx, plan), plan.ID, body.Reason) })
}

// TakeUp starts a clinician's draft from what a patient has sent.
func (d *Desk) TakeUp(ctx context.Context, plan *api.Plan) (*api.Plan, error) {
	return d.plan(func(c *api.Client) (*api.Plan, error) { return c.TakeUp(d.seen(ctx, plan), plan.ID) })
}

// Comment puts words on one field of the draft, or on the whole plan.
func (d *Desk) Comment(ctx context.Context, plan *api.Plan, body api.Comment) (*api.Plan, error) {
	return d.order(ctx, outbox.Comment, plan, body, func(c *api.Client) (*api.Plan, error) { return c.Comment(ctx, plan.ID, body) })
}

// CommentDone marks a comment as answered.
func (d *Desk) CommentDone(ctx context.Context, plan *api.Plan, commentID string) (*api.Plan, error) {
	return d.order(ctx, outbox.Done, plan, commentID, func(c *api.Client) (*api.Plan, error) { return c.CommentDone(ctx, plan.ID, commentID) })
}

// ConfirmProblem answers one problem of severity Confirm: it is still so, and why.
func (d *Desk) ConfirmProblem(ctx context.Context, plan *api.Plan, body api.Confirm) (*api.Plan, error) {
	return d.order(ctx, outbox.Confirm, plan, body, func(c *api.Client) (*api.Plan, error) {
		if err := d.flush(ctx, plan.ID); err != nil {
			return nil, err
		}
		return c.ConfirmProblem(d.seen(ctx, plan), plan.ID, body)
	})
}

// Feedback is a crew's two taps. It gives the plan as it was: feedback changes nothing in it.
func (d *Desk) Feedback(ctx context.Context, plan *api.Plan, body api.Feedback) (*api.Plan, error) {
	_, err := ask(d, func(c *api.Client) (*struct{}, error) { return nil, c.Feedback(ctx, plan.ID, body) })
	if err != nil {
		return nil, err
	}
	return plan, nil
}

// Reveal gives one hidden answer (a key safe code), which the service audits with the reason. Show it; keep it nowhere.
func (d *Desk) Reveal(ctx context.Context, plan *api.Plan, body api.Reveal) (api.Revealed, error) {
	return value(ask(d, func(c *api.Client) (*api.Revealed, error) { return c.Revealed(ctx, plan.ID, body) }))
}

// Changes compares the draft with the live version; with all, answers that are the same are listed too.
func (d *Desk) Changes(ctx context.Context, planID string, all bool) (api.Changes, error) {
	if err := d.flushMost(ctx, planID); err != nil {
		return api.Changes{}, err
	}
	return value(ask(d, func(c *api.Client) (*api.Changes, error) { return c.Changes(ctx, planID, "draft", all) }))
}

// ChangesOf compares one approved version with the one before it.
func (d *Desk) ChangesOf(ctx context.Context, planID string, version int, all bool) (api.Changes, error) {
	return value(ask(d, func(c *api.Client) (*api.Changes, error) {
		return c.Changes(ctx, planID, strconv.Itoa(version), all)
	}))
}

// Versions lists the approved versions, newest first, without their answers.
func (d *Desk) Versions(ctx context.Context, planID string) (api.Versions, error) {
	return value(ask(d, func(c *api.Client) (*api.Versions, error) { return c.Versions(ctx, planID) }))
}

// Version is one approved version with its answers.
func (d *Desk) Version(ctx context.Context, planID string, number int) (api.Version, error) {
	return value(ask(d, func(c *api.Client) (*api.Version, error) { return c.Version(ctx, planID, number) }))
}

// Summary is what a crew reads of the live version.
func (d *Desk) Summary(ctx context.Context, planID string) (*forms.Summary, error) {
	return ask(d, func(c *api.Client) (*forms.Summary, error) { return c.Summary(ctx, planID, "") })
}

// AccessLog says who saw the plan, newest first.
func (d *Desk) AccessLog(ctx context.Context, planID string) (api.AccessLog, error) {
	return value(ask(d, func(c *api.Client) (*api.AccessLog, error) { return c.AccessLog(ctx, planID) }))
}

// plan does a call that gives a plan, and tells the plan's open editor of it.
func (d *Desk) plan(call func(*api.Client) (*api.Plan, error)) (*api.Plan, error) {
	plan, err := ask(d, call)
	if err != nil {
		return nil, err
	}
	if editor := d.editor(plan.ID); editor != nil {
		editor.Adopt(plan)
	}
	return plan, nil
}

func (d *Desk) flush(ctx context.Context, planID string) error {
	if editor := d.editor(planID); editor != nil {
		return editor.Flush(ctx)
	}
	return nil
}

// flushMost is flush for who only looks: values that the service refused stand in nobody's way.
func (d *Desk) flushMost(ctx context.Context, planID string) error {
	err := d.flush(ctx, planID)
	var refused *drafts.RefusedError
	if errors.As(err, &refused) {
		return nil
	}
	return err
}

// newestEtag is the tag of the draft that this window shows: its own saves have moved it on since the plan was read.
func (d *Desk) newestEtag(plan *api.Plan) string {
	if editor := d.editor(plan.ID); editor != nil {
		return editor.Plan().Etag
	}
	return plan.Etag
}

// seen has a call say which state of the plan the person saw, so that it is refused when somebody else has changed it since.
func (d *Desk) seen(ctx context.Context, plan *api.Plan) context.Context {
	return api.WithMatch(ctx, d.newestEtag(plan))
}

func (d *Desk) editor(planID string) *drafts.Editor {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil {
		return nil
	}
	return d.now.held.editors[d.now.held.real(planID)]
}

// ask does one call for the person who is signed in.
func ask[T any](d *Desk, call func(*api.Client) (*T, error)) (*T, error) {
	client, err := d.client()
	if err != nil {
		return nil, err
	}
	asked := d.Now()
	out, err := call(client)
	if err != nil {
		d.noteFailure(client, err)
		d.noteHeard(client, asked, err)
		return nil, err
	}
	d.noteHeard(client, asked, nil)
	d.noteSuccess(client)
	return out, nil
}

func value[T any](out *T, err error) (T, error) {
	if err != nil || out == nil {
		var none T
		return none, err
	}
	return *out, nil
}
