package lifecycle

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rows are domain.md 10.1 written a second time, by hand, as "from event condition -> to": the table may not drift.
var rows = map[[3]string]State{
	{"", "patient-start", "any"}:               PatientDraft,
	{"", "start", "any"}:                       Draft,
	{"patient_draft", "save", "any"}:           PatientDraft,
	{"patient_draft", "patient-submit", "any"}: Submitted,
	{"submitted", "take-up", "any"}:            Draft,
	{"draft", "save", "any"}:                   Draft,
	{"draft", "submit", "any"}:                 InReview,
	{"in_review", "save", "any"}:               InReview,
	{"in_review", "return", "new"}:             Draft,
	{"in_review", "return", "live"}:            Amending,
	{"in_review", "approve", "any"}:            Approved,
	{"in_review", "discard", "live"}:           Approved,
	{"approved", "amend", "any"}:               Amending,
	{"review_due", "amend", "any"}:             Amending,
	{"overdue", "amend", "any"}:                Amending,
	{"amending", "save", "any"}:                Amending,
	{"amending", "submit", "any"}:              InReview,
	{"amending", "approve", "any"}:             Approved,
	{"amending", "discard", "any"}:             Approved,
	{"approved", "review-near", "any"}:         ReviewDue,
	{"approved", "review-passed", "any"}:       Overdue,
	{"review_due", "review-passed", "any"}:     Overdue,
	{"approved", "suspend", "any"}:             Suspended,
	{"review_due", "suspend", "any"}:           Suspended,
	{"overdue", "suspend", "any"}:              Suspended,
	{"amending", "suspend", "any"}:             Suspended,
	{"in_review", "suspend", "live"}:           Suspended,
	{"suspended", "resume", "any"}:             Approved, // or amending, beside a draft
	{"approved", "withdraw", "any"}:            Withdrawn,
	{"review_due", "withdraw", "any"}:          Withdrawn,
	{"overdue", "withdraw", "any"}:             Withdrawn,
	{"amending", "withdraw", "any"}:            Withdrawn,
	{"in_review", "withdraw", "any"}:           Withdrawn,
	{"suspended", "withdraw", "any"}:           Withdrawn,
	{"draft", "withdraw", "any"}:               Withdrawn,
	{"submitted", "withdraw", "any"}:           Withdrawn,
	{"patient_draft", "withdraw", "any"}:       Withdrawn,
	{"approved", "deceased", "any"}:            Deceased,
	{"review_due", "deceased", "any"}:          Deceased,
	{"overdue", "deceased", "any"}:             Deceased,
	{"amending", "deceased", "any"}:            Deceased,
	{"in_review", "deceased", "live"}:          Deceased,
	{"suspended", "deceased", "any"}:           Deceased,
	{"deceased", "resume", "any"}:              Approved,
	{"deceased", "close", "any"}:               Closed,
	{"deceased", "lapse", "any"}:               Closed,
}

// expected is the state after an event, from rows; "" and false when it is refused.
func expected(from State, event Event, live bool) (State, bool) {
	if event == Err && from != None && from != EnteredInError {
		return EnteredInError, true
	}
	key := [3]string{string(from), string(event), "any"}
	if to, found := rows[key]; found {
		return to, true
	}
	key[2] = "new"
	if live {
		key[2] = "live"
	}
	to, found := rows[key]
	return to, found
}

func TestEveryPairOfStateAndEvent(t *testing.T) {
	taken := 0
	for _, from := range append([]State{None}, States...) {
		for _, event := range Events {
			for _, live := range []bool{false, true} {
				for _, draft := range []bool{false, true} {
					want, may := expected(from, event, live)
					if may && event == Resume && draft {
						want = Amending
					}
					row, found := Next(from, event, Facts{Live: live, Draft: draft})
					require.Equal(t, may, found, "%q %q live=%v draft=%v", from, event, live, draft)
					if may {
						assert.Equal(t, want, row.To, "%q %q live=%v draft=%v", from, event, live, draft)
						taken++
					}
				}
			}
		}
	}
	assert.Greater(t, taken, len(Table), "every row was walked")
}

func TestNoTwoRowsAnswerTheSame(t *testing.T) {
	for _, from := range append([]State{None}, States...) {
		for _, event := range Events {
			for _, facts := range []Facts{{}, {Live: true}, {Draft: true}, {Live: true, Draft: true}} {
				n := 0
				for _, row := range Table {
					if row.From == from && row.Event == event && row.If.holds(facts) {
						n++
					}
				}
				assert.LessOrEqual(t, n, 1, "%q %q %+v", from, event, facts)
			}
		}
	}
}

func TestEveryStateIsReachedAndLeft(t *testing.T) {
	for _, state := range States {
		reached, left := false, false
		for _, row := range Table {
			reached = reached || row.To == state
			left = left || (row.From == state && row.To != state)
		}
		assert.True(t, reached, "%s is never reached", state)
		assert.Equal(t, state != EnteredInError, left, "%s", state)
	}
}

func TestWhatUrgentCareSees(t *testing.T) {
	for _, row := range Table {
		if row.Effect == Hide {
			assert.False(t, Urgent(row.To), "%s hides the plan and leaves it in a state that urgent care sees", row.Event)
		}
		if row.Effect == Publish || row.Effect == Show {
			assert.True(t, Urgent(row.To), "%s", row.Event)
		}
	}
}

func TestClock(t *testing.T) {
	at := func(date string) time.Time {
		day, err := time.Parse(ISODate, date)
		require.NoError(t, err)
		return day.Add(12 * time.Hour)
	}
	for _, c := range []struct {
		state State
		due   string
		now   string
		want  State
	}{
		{Approved, "2026-06-30", "2026-06-01", Approved},
		{Approved, "2026-06-30", "2026-06-02", ReviewDue}, // 28 days before
		{Approved, "2026-06-30", "2026-06-30", ReviewDue}, // the day itself is not passed
		{Approved, "2026-06-30", "2026-07-01", Overdue},
		{ReviewDue, "2026-06-30", "2026-07-01", Overdue},
		{Amending, "2026-06-30", "2026-07-01", Amending},
		{Suspended, "2026-06-30", "2026-07-01", Suspended},
		{Approved, "", "2026-07-01", Approved},
		{Approved, "not a date", "2026-07-01", Approved},
	} {
		review := Review{Due: c.due, RemindOn: RemindOn(at("2026-01-01"), c.due)}
		assert.Equal(t, c.want, Effective(c.state, review, at("2026-01-01"), at(c.now)), "%s due %s on %s", c.state, c.due, c.now)
	}
	assert.Equal(t, Overdue, OfLive(Amending, Review{Due: "2026-06-30"}, at("2026-07-01")))
	assert.Equal(t, Suspended, OfLive(Suspended, Review{Due: "2026-06-30"}, at("2026-07-01")))
	assert.Equal(t, Deceased, Effective(Deceased, Review{}, at("2026-01-01"), at("2026-03-01")))
	assert.Equal(t, Closed, Effective(Deceased, Review{}, at("2026-01-01"), at("2026-03-02")), "60 days after")
}

func TestTheDayIsLondons(t *testing.T) {
	// Half past eleven in the evening, UTC, in summer is already tomorrow in London.
	now := time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC)
	assert.Equal(t, "2026-07-01", Today(now).Format(ISODate))
	assert.Equal(t, Overdue, Effective(Approved, Review{Due: "2026-06-30"}, now, now))
}

func TestRemindOn(t *testing.T) {
	approved := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for due, want := range map[string]string{
		"2026-12-01": "2026-11-03", // half a year: 28 days before
		"2026-07-27": "2026-06-29", // 56 days: both rules give the same day
		"2026-06-29": "2026-06-15", // a rapid plan: half-way
		"2026-06-15": "2026-06-08",
		"2026-06-02": "2026-06-02", // a day is not halved
		"2026-06-01": "2026-06-01",
		"":           "",
		"soon":       "",
	} {
		assert.Equal(t, want, RemindOn(approved, due), due)
	}
	assert.Equal(t, "2026-06-01", RemindOn(time.Time{}, "2026-06-29"), "nobody knows when it was approved")
	assert.Equal(t, "2026-06-16", RemindOn(time.Date(2026, 6, 1, 23, 30, 0, 0, time.UTC), "2026-06-29"), "the day of approval is London's")
	rapid := Review{Due: "2026-06-29", RemindOn: RemindOn(approved, "2026-06-29")}
	for now, want := range map[time.Time]State{approved: Approved, approved.AddDate(0, 0, 13): Approved, approved.AddDate(0, 0, 14): ReviewDue, approved.AddDate(0, 0, 29): Overdue} {
		assert.Equal(t, want, Effective(Approved, rapid, approved, now), "%s", now)
		assert.Equal(t, want, OfLive(Amending, rapid, now), "%s", now)
	}
}
