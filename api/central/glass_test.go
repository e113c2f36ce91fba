package central

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store"
)

// A nurse of another home opens a record in an emergency: asked twice, told to the practice, read as a crew reads it, lapsed
// after twelve hours, and reviewed by the practice and by clinical safety.
func TestBreakingTheGlass(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live() // of Riverside Practice; lives at home
	nurse, gp, safety := w.as("carehome"), w.as("gp"), w.as("safety")
	listening, stop := context.WithCancel(ctx)
	defer stop()
	hears, safetyHears := gp.Events(listening), safety.Events(listening)
	require.Equal(t, "worklists", (<-hears).Kind)
	require.Equal(t, "worklists", (<-safetyHears).Kind)

	found, err := nurse.SearchPatients(ctx, api.PatientSearch{NHSNumber: p.Patient.NHSNumber})
	require.NoError(t, err)
	require.NotNil(t, found.Items[0].Plan)
	assert.Equal(t, api.WayBreakGlass, found.Items[0].WayIn)
	assert.False(t, found.Items[0].NeedsReason)
	_, err = nurse.Plan(ctx, p.ID)
	refused(t, err, api.CodeBreakGlass)
	_, err = nurse.Open(ctx, p.ID, "She fell in our garden")
	refused(t, err, api.CodeBreakGlass)
	_, err = nurse.Summary(ctx, p.ID, "")
	refused(t, err, api.CodeBreakGlass)

	good := api.BreakGlass{Code: "life_at_risk", Reason: "Found unconscious in our garden", Confirmed: true}
	for name, in := range map[string]api.BreakGlass{"body.code": {Code: "curious", Reason: "I wanted to see", Confirmed: true},
		"body.reason": {Code: "other", Reason: " ", Confirmed: true}} {
		_, err = nurse.BreakGlass(ctx, p.ID, in)
		assert.Equal(t, name, refused(t, err, api.CodeInvalid).Fields[0].Location)
	}
	first := good
	first.Confirmed = false
	_, err = nurse.BreakGlass(ctx, p.ID, first)
	second := refused(t, err, api.CodeConfirm)
	assert.Equal(t, 409, second.Status)
	assert.Regexp(t, `practice is told at once.*reviewed`, second.Detail, "the second question")
	_, err = nurse.Plan(ctx, p.ID)
	refused(t, err, api.CodeBreakGlass)

	seen, err := nurse.BreakGlass(ctx, p.ID, good)
	require.NoError(t, err)
	assert.Equal(t, []string{"print", "feedback"}, seen.Actions)
	assert.Equal(t, api.WayBreakGlass, seen.WayIn)
	require.NotNil(t, seen.Published)
	for _, from := range []<-chan api.Event{hears, safetyHears} {
		select {
		case e := <-from:
			assert.Equal(t, api.Event{Kind: "break-glass", PlanID: p.ID}, e)
		case <-time.After(10 * time.Second):
			t.Fatal("nobody was told")
		}
	}
	_, err = nurse.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	_, err = nurse.AccessLog(ctx, p.ID)
	refused(t, err, api.CodeForbidden)
	_, err = nurse.Amend(ctx, p.ID, "It is wrong")
	refused(t, err, api.CodeForbidden)
	require.NoError(t, nurse.Feedback(ctx, p.ID, api.Feedback{Outcome: "used"}))
	_, err = gp.BreakGlass(ctx, p.ID, good)
	refused(t, err, api.CodeState)
	_, err = w.as("hospice").BreakGlass(ctx, p.ID, good)
	refused(t, err, api.CodeReason)
	_, err = w.as("admin").BreakGlass(ctx, p.ID, good)
	refused(t, err, api.CodeNotFound)

	// The draft beside it is not theirs.
	_, err = gp.Amend(ctx, p.ID, "A new diagnosis")
	require.NoError(t, err)
	seen, err = nurse.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Nil(t, seen.Draft)
	assert.Equal(t, "approved", seen.Status)

	// The queue and the worklist of those who review, and of nobody else.
	other := w.as("hilllanegp")
	for name, c := range map[string]*api.Client{"gp": gp, "safety": safety} {
		queue, err := c.BreakGlassQueue(ctx, false)
		require.NoError(t, err, name)
		require.Len(t, queue.Items, 1, name)
		one := queue.Items[0]
		assert.Equal(t, "Found unconscious in our garden", one.Reason)
		assert.Equal(t, "A life is at risk now", one.CodeWords)
		assert.Equal(t, "Elm House care home", one.Org)
		assert.Equal(t, p.Patient.NHSNumber, one.Patient.NHSNumber)
		assert.Equal(t, 12*time.Hour, one.Until.Sub(one.At))
		list, err := c.Worklist(ctx, "emergency-openings")
		require.NoError(t, err, name)
		require.Len(t, list.Items, 1, name)
		assert.Equal(t, "Emergency opening", list.Items[0].Words)
		assert.Contains(t, list.Items[0].From, "Grace Mbeki")
	}
	queue, err := other.BreakGlassQueue(ctx, true)
	require.NoError(t, err)
	assert.Empty(t, queue.Items, "another practice's")
	list, err := other.Worklist(ctx, "emergency-openings")
	require.NoError(t, err)
	assert.Empty(t, list.Items)
	for _, name := range []string{"carehome", "nurse", "practiceadmin", "urgent", "commissioner", "admin"} {
		_, err := w.as(name).BreakGlassQueue(ctx, false)
		refused(t, err, api.CodeForbidden)
		_, err = w.as(name).Worklist(ctx, "emergency-openings")
		refused(t, err, api.CodeNotFound)
	}

	queue, err = gp.BreakGlassQueue(ctx, false)
	require.NoError(t, err)
	id := queue.Items[0].ID
	_, err = other.BreakGlassReviewed(ctx, id, api.BreakGlassReviewed{Outcome: "appropriate"})
	hidden := refused(t, err, api.CodeNotFound)
	_, err = other.BreakGlassReviewed(ctx, "nothing", api.BreakGlassReviewed{Outcome: "appropriate"})
	assert.Equal(t, hidden, refused(t, err, api.CodeNotFound), "not even that it is there")
	_, err = gp.BreakGlassReviewed(ctx, id, api.BreakGlassReviewed{Outcome: "not_appropriate"})
	assert.Equal(t, "body.note", refused(t, err, api.CodeInvalid).Fields[0].Location)
	done, err := gp.BreakGlassReviewed(ctx, id, api.BreakGlassReviewed{Outcome: "appropriate", Note: "The home rang us"})
	require.NoError(t, err)
	assert.Equal(t, "Dr Amina Osei (GP partner)", done.Review.By)
	_, err = safety.BreakGlassReviewed(ctx, id, api.BreakGlassReviewed{Outcome: "unclear", Note: "?"})
	refused(t, err, api.CodeState)
	queue, err = safety.BreakGlassQueue(ctx, false)
	require.NoError(t, err)
	assert.Empty(t, queue.Items)
	queue, err = safety.BreakGlassQueue(ctx, true)
	require.NoError(t, err)
	assert.Equal(t, "appropriate", queue.Items[0].Review.Outcome)

	log, err := gp.AccessLog(ctx, p.ID)
	require.NoError(t, err)
	for _, action := range []string{"break-glass", "break-glass reviewed"} {
		at := slices.IndexFunc(log.Items, func(e api.AccessEvent) bool { return e.Action == action })
		require.GreaterOrEqual(t, at, 0, action)
		assert.NotEmpty(t, log.Items[at].Reason)
	}

	w.clock.forward(12*time.Hour + time.Minute)
	delete(w.people, "carehome")
	_, err = w.as("carehome").Plan(ctx, p.ID)
	refused(t, err, api.CodeBreakGlass)
	require.NoError(t, w.s.Chores(ctx))
	delete(w.people, "safety")
	queue, err = w.as("safety").BreakGlassQueue(ctx, true)
	require.NoError(t, err)
	assert.Len(t, queue.Items, 1, "what was opened is kept")
}

// A record that the national index marks as sensitive opens to no claim of one's own.
func TestAMarkedRecordNeedsAnEmergency(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live()
	w.mark(p.Patient.ID)
	for _, name := range []string{"hospice", "hilllanegp"} {
		_, err := w.as(name).Open(ctx, p.ID, "Referred to us")
		refused(t, err, api.CodeBreakGlass)
		found, err := w.as(name).SearchPatients(ctx, api.PatientSearch{NHSNumber: p.Patient.NHSNumber})
		require.NoError(t, err)
		assert.Equal(t, api.WayBreakGlass, found.Items[0].WayIn)
	}
	_, err := w.as("hospice").BreakGlass(ctx, p.ID, api.BreakGlass{Code: "team_not_reached", Reason: "Called by the neighbour at night", Confirmed: true})
	require.NoError(t, err)
	_, err = w.as("urgent").Open(ctx, p.ID, "999 call")
	require.NoError(t, err, "a crew does not wait")
	_, err = w.as("safety").Open(ctx, p.ID, "Incident 7")
	require.NoError(t, err)
}

// mark sets the mark of a sensitive record, as the national index would.
func (w *ward) mark(patientID string) {
	w.t.Helper()
	require.NoError(w.t, w.s.store.Write(context.Background(), func(tx store.Tx) error {
		person, err := tx.Patient(patientID)
		if err != nil {
			return err
		}
		person.Sensitive = true
		return tx.UpdatePatient(person)
	}))
}

// The person's own list: plain words, no names, no reason that speaks of safeguarding.
func TestWhoLookedInThePersonsWords(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live()
	gp := w.as("gp")
	_, err := w.as("carehome").BreakGlass(ctx, p.ID, api.BreakGlass{Code: "safeguarding", Reason: "Her son shouts at her", Confirmed: true})
	require.NoError(t, err)
	_, err = w.as("urgent").Open(ctx, p.ID, "Police report an assault")
	require.NoError(t, err)
	_, err = w.as("hospice").Open(ctx, p.ID, "Referred to us")
	require.NoError(t, err)
	_, err = w.as("nurse").SearchPatients(ctx, api.PatientSearch{NHSNumber: p.Patient.NHSNumber})
	require.NoError(t, err)
	_, err = w.as("nurse").SearchPatients(ctx, api.PatientSearch{NHSNumber: w.without("X99002").NHSNumber})
	require.NoError(t, err)
	log, err := gp.AccessLogFor(ctx, p.ID)
	require.NoError(t, err)
	assert.False(t, log.More)
	searched := slices.DeleteFunc(slices.Clone(log.Items), func(one api.AccessEvent) bool {
		return one.Action != "search" || one.RoleWords != "Community nurse or therapist"
	})
	require.Len(t, searched, 1, "that somebody looked for the person, and nobody else's searches")
	assert.Equal(t, "Found you in a search", searched[0].Words)
	said := map[string]api.AccessEvent{}
	for _, one := range log.Items {
		assert.Empty(t, one.Who, "no names of staff")
		assert.NotEmpty(t, one.Words)
		assert.NotEmpty(t, one.RoleWords)
		assert.Equal(t, one.Action == "break-glass", one.Emergency)
		assert.NotContains(t, one.Reason, "son")
		assert.NotContains(t, one.Reason, "Police")
		said[one.RoleWords+" "+one.Action] = one
	}
	assert.Equal(t, "Opened the plan in an emergency", said["Care home staff break-glass"].Words)
	assert.Empty(t, said["Care home staff break-glass"].Reason)
	assert.Equal(t, "Referred to us", said["Hospice nurse open"].Reason)
	assert.Equal(t, "St Example's Hospice", said["Hospice nurse open"].Org)
	assert.Equal(t, "Approved the plan", said["Doctor approve"].Words)
	for _, name := range []string{"hospice", "practiceadmin"} {
		_, err := w.as(name).AccessLogFor(ctx, p.ID)
		refused(t, err, api.CodeForbidden)
	}
}

// Care-home staff start plans for their own residents, and learn of nobody else's.
func TestAHomeStartsPlansForItsResidents(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	nurse := w.as("carehome")
	stranger := w.without("X99002")
	_, err := nurse.CreatePlan(ctx, api.NewPlan{PatientID: stranger.ID, Reason: "She asked"}, "")
	without := refused(t, err, api.CodeForbidden)
	_, err = w.as("hilllanegp").CreatePlan(ctx, api.NewPlan{PatientID: stranger.ID}, "")
	require.NoError(t, err)
	_, err = nurse.CreatePlan(ctx, api.NewPlan{PatientID: stranger.ID, Reason: "She asked"}, "")
	assert.Equal(t, without, refused(t, err, api.CodeForbidden), "whether or not there is a plan")
}
