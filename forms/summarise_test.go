package forms_test

// What may change here: what a crew reads.

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cmc/forms"
)

// approved is the header of an approved plan, printed a little later.
func approved() forms.Header {
	return forms.Header{
		Status: "approved", Version: 7, ApprovedAt: time.Date(2026, 11, 22, 14, 20, 0, 0, time.UTC), ApprovedBy: "GP partner, Riverside Practice",
		ReviewDue: "2027-02-20", AsAt: time.Date(2026, 11, 22, 14, 31, 0, 0, time.UTC), Hash: "8F3A-41C9",
		PrintedBy: "nurse in charge", PrintedOrg: "Elm House", PrintedAt: time.Date(2026, 11, 22, 14, 31, 0, 0, time.UTC),
	}
}

// page writes a summary as plain lines: what a person would read out.
func page(s forms.Summary) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, " | ") + "\n") }
	text := func(spans []forms.Span) (out string) {
		for _, s := range spans {
			if s.Strong {
				out += "*" + s.Text + "*"
			} else {
				out += s.Text
			}
		}
		return out
	}
	line(s.Strip...)
	if s.Urgent != "" {
		line("!", s.Urgent)
	}
	line(s.Banner.Name, s.Banner.Preferred, s.Banner.Born, s.Banner.Died, s.Banner.AgeAtDeath, s.Banner.Gender, s.Banner.NHSNumber)
	line(s.Banner.Where, s.Banner.Language)
	for _, bl := range s.Blocks {
		line("# "+bl.Title, bl.Headline)
		for _, l := range bl.Lines {
			if l.Columns != nil {
				var cols []string
				for _, c := range l.Columns {
					cols = append(cols, text(c))
				}
				line(cols...)
			} else {
				line(text(l.Spans))
			}
		}
		if bl.More != "" {
			line(bl.More)
		}
		if bl.Dated != "" {
			line(bl.Dated)
		}
	}
	line(s.Footer...)
	line(s.Left...)
	return b.String()
}

func TestSummaryOfAFullPlan(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	a.SetText("urgent_banner", "Oxygen in the home")
	want := `APPROVED, version 7 | 22-Nov-2026 14:20 by GP partner, Riverside Practice | Review by 20-Feb-2027
! | Oxygen in the home
SMITH, John (Mr) | Jack | 09-Jun-1941 (85y) |  |  | Male | 999 000 9600
Elm House care home, room 12, SE1 0AA | English, no interpreter needed
# Resuscitation | Do NOT attempt CPR
*Decided* 20-Nov-2026. Unlikely to succeed.
*The person knows:* Yes.
# Level of treatment | Treat at home; avoid admission
*Take to hospital only for:* a fracture; choking.
# Legal | 
Not recorded
# If this happens | 
Breathless | Sit up, fan. | *First:* Ann Smith
Chest infection | Start what is in the cupboard. | *First:* Peter Smith
Fall, no injury | Lift with hoist, stay here. | 
2 more problems in the full plan
# Allergies and critical medicines | 
Not recorded
# Just-in-case medicines | 
Not recorded
# Call first | 
*Ann Smith*, 07700 900123
*Peter Smith*, 07700 900145
1 more contact in the full plan
# Getting in and hazards | 
*Lives alone:* No.
Key safe: see the live plan.
# Usual self | 
*Karnofsky score* 40. *Weight* 62.5 kg.
# Where, and what matters | 
*Care:* Here. “Not the hospital again. I want my window”.
Check the live plan before you act. | Printed 22-Nov-2026 14:31 by nurse in charge, Elm House. As held centrally at 14:31. | Version 7, check 8F3A-41C9.
2 problems | 1 contact
`
	assert.Equal(t, want, page(forms.Summarise(d, a, approved(), today)))
}

func TestSummaryOfAnEmptyPlan(t *testing.T) {
	want := `DRAFT, NOT FOR CLINICAL USE |  | No review date
Not recorded |  | Not recorded |  |  | Not recorded | Not Known
 | 
# Resuscitation | No decision recorded - attempt CPR
# Level of treatment | Not recorded
# Legal | 
Not recorded
# If this happens | 
Not recorded
# Allergies and critical medicines | 
Not recorded
# Just-in-case medicines | 
Not recorded
# Call first | 
Not recorded
# Getting in and hazards | 
Not recorded
# Usual self | 
Not recorded
# Where, and what matters | 
Not recorded
Check the live plan before you act. | Not yet approved.

`
	assert.Equal(t, want, page(forms.Summarise(testForm(t), nil, forms.Header{}, today)))
}

// Unknown is never "no", and never nothing.
func TestSummarySaysWhatIsNotKnown(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	for _, id := range []string{"lives_alone", "patient_aware"} {
		a.SetState(id, forms.Unknown)
	}
	a.SetState("place", forms.Declined)
	a.SetState("anticipated_problems", forms.NotDiscussed)
	a.SetState("ceiling", forms.Unknown)
	a.SetState("birth_date", forms.Unknown)
	a.SetState("language_main", forms.Unknown)
	a.SetChoice("interpreter_needed", "unknown")
	p := page(forms.Summarise(d, a, approved(), today))
	for _, want := range []string{
		"*Lives alone:* Unknown.", "*The person knows:* Unknown.", "*Care:* Declined to say.", "*What may happen:* Not discussed.",
		"# Level of treatment | Level of treatment: Unknown", " | Jack | Unknown | ", "Language: Unknown, interpreter: Unknown",
	} {
		assert.Contains(t, p, want)
	}
	assert.NotContains(t, p, "alone:* No")
}

func TestStrip(t *testing.T) {
	d := testForm(t)
	for name, c := range map[string]struct {
		change func(*forms.Header, forms.Answers)
		want   []string
	}{
		"approved": {func(*forms.Header, forms.Answers) {}, []string{"APPROVED, version 7", "22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 20-Feb-2027"}},
		"amending": {func(h *forms.Header, _ forms.Answers) {
			h.Status = "amending"
			h.ChangeSince = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
		}, []string{"APPROVED, version 7", "22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 20-Feb-2027; change pending since 21-Nov-2026"}},
		"overdue":   {func(h *forms.Header, _ forms.Answers) { h.Status = "overdue"; h.ReviewDue = "2026-11-21" }, []string{"APPROVED, version 7", "22-Nov-2026 14:20 by GP partner, Riverside Practice", "REVIEW OVERDUE since 21-Nov-2026"}},
		"due today": {func(h *forms.Header, _ forms.Answers) { h.ReviewDue = "2026-11-22" }, []string{"APPROVED, version 7", "22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 22-Nov-2026"}},
		"in summer": {func(h *forms.Header, _ forms.Answers) {
			h.ApprovedAt = time.Date(2026, 7, 1, 23, 30, 0, 0, time.UTC)
			h.ApprovedBy = ""
		}, []string{"APPROVED, version 7", "02-Jul-2026 00:30", "Review by 20-Feb-2027"}},
		"draft":                     {func(h *forms.Header, _ forms.Answers) { h.Status = "draft"; h.Draft = true; h.ApprovedAt = time.Time{} }, []string{"DRAFT, NOT FOR CLINICAL USE", "As at 22-Nov-2026 14:31", "Review by 20-Feb-2027"}},
		"draft of an approved plan": {func(h *forms.Header, _ forms.Answers) { h.Draft = true }, []string{"DRAFT, NOT FOR CLINICAL USE", "As at 22-Nov-2026 14:31", "Review by 20-Feb-2027"}},
		"no status":                 {func(h *forms.Header, _ forms.Answers) { h.Status = "" }, []string{"DRAFT, NOT FOR CLINICAL USE", "Approved 22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 20-Feb-2027"}},
		"suspended":                 {func(h *forms.Header, _ forms.Answers) { h.Status = "suspended" }, []string{"SUSPENDED, NOT FOR CLINICAL USE", "Approved 22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 20-Feb-2027"}},
		"in error":                  {func(h *forms.Header, _ forms.Answers) { h.Status = "entered_in_error" }, []string{"ENTERED IN ERROR, NOT FOR CLINICAL USE", "Approved 22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 20-Feb-2027"}},
		"died":                      {func(h *forms.Header, _ forms.Answers) { h.Status = "deceased" }, []string{"PATIENT HAS DIED", "Approved 22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 20-Feb-2027"}},
		"died, not yet closed":      {func(h *forms.Header, a forms.Answers) { a.SetText("deceased_date", "2026-11-01") }, []string{"PATIENT HAS DIED", "Approved 22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 20-Feb-2027"}},
		"died, withdrawn": {func(h *forms.Header, a forms.Answers) {
			a.SetText("deceased_date", "2026-11-01")
			h.Status = "withdrawn"
		}, []string{"PATIENT HAS DIED; WITHDRAWN, NOT FOR CLINICAL USE", "Approved 22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 20-Feb-2027"}},
		"review from the answers": {func(h *forms.Header, a forms.Answers) { h.ReviewDue = ""; a.SetText("review_due", "2027-01-02") }, []string{"APPROVED, version 7", "22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 02-Jan-2027"}},
	} {
		t.Run(name, func(t *testing.T) {
			h, a := approved(), fullPlan()
			c.change(&h, a)
			assert.Equal(t, c.want, forms.Summarise(d, a, h, today).Strip)
		})
	}
}

func TestBanner(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	a.SetText("deceased_date", "2026-11-01")
	delete(a, "address_current")
	delete(a, "nhs_number")
	a.SetState("gender_admin", forms.Declined)
	delete(a, "interpreter_needed")
	b := forms.Summarise(d, a, approved(), today).Banner
	assert.Equal(t, forms.Banner{Name: "SMITH, John (Mr)", Preferred: "Jack", Born: "09-Jun-1941", Died: "01-Nov-2026", AgeAtDeath: "85y",
		Gender: "Declined to say", NHSNumber: "Not Known", Where: "1 Test Street, London, SE1 0AA", Language: "English"}, b)
}

func TestSummaryMarksItsItems(t *testing.T) {
	s := forms.Summarise(testForm(t), fullPlan(), approved(), today)
	assert.Equal(t, []string{"cpr_decision"}, s.Blocks[0].HeadlineItems)
	assert.Equal(t, []string{"cpr_date", "cpr_reason"}, s.Blocks[0].Lines[0].Items)
	problems := s.Blocks[3].Lines
	assert.Equal(t, []string{"anticipated_problems", "problem", "action", "call_first"}, problems[0].Items)
	assert.Equal(t, "problem", problems[0].Name)
	assert.Equal(t, []int{5, 9, 9}, []int{problems[0].Weight, problems[1].Weight, problems[2].Weight}, "the first row outlives the others")
	assert.Len(t, problems[2].Columns, 3, "an empty column keeps its place")
	assert.Equal(t, []string{"contacts", "contact_name", "contact_phone"}, s.Blocks[6].Lines[0].Items)
	access := s.Blocks[7].Lines
	assert.Equal(t, []string{"access_line", "key_safe"}, access[1].Items, "computed words name what they are made of")
	assert.Equal(t, []int{2, 1}, []int{access[0].Weight, access[1].Weight}, "lines of different weight stay apart")
	quote := s.Blocks[9].Lines[0].Spans
	assert.True(t, quote[len(quote)-2].Quote || quote[len(quote)-1].Quote)
}

// A block that was written before the approval says so: trust hangs on the age of every line.
func TestSummaryDatesOlderBlocks(t *testing.T) {
	h := approved()
	h.Recorded = map[string]forms.Recorded{
		"cpr":        {At: time.Date(2026, 9, 2, 9, 0, 0, 0, time.UTC)},
		"escalation": {At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)},
		"problems":   {At: time.Date(2026, 7, 1, 23, 30, 0, 0, time.UTC)},
	}
	s := forms.Summarise(testForm(t), fullPlan(), h, today)
	assert.Equal(t, "Recorded 02-Sep-2026", s.Blocks[0].Dated)
	assert.Equal(t, "", s.Blocks[1].Dated, "the day of the approval is not older")
	assert.Equal(t, "Recorded 02-Jul-2026", s.Blocks[3].Dated)
	assert.Equal(t, "", s.Blocks[2].Dated)
}

func TestSummaryCountsInWords(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	a.SetRows("anticipated_problems", a["anticipated_problems"].Rows[:4]...)
	for i := range a["contacts"].Rows {
		a["contacts"].Rows[i].Answers.SetBool("emergency", false)
	}
	s := forms.Summarise(d, a, approved(), today)
	assert.Equal(t, "1 more problem in the full plan", s.Blocks[3].More)
	assert.Equal(t, "3 contacts in the full plan", s.Blocks[6].More, "not more: none is printed")
	assert.Empty(t, s.Blocks[6].Lines)
	assert.Equal(t, []string{"1 problem", "3 contacts"}, s.Left)
}

func TestSummaryHasNoSecrets(t *testing.T) {
	raw, err := json.Marshal(forms.Summarise(testForm(t), fullPlan(), approved(), today))
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "4711")
	assert.NotContains(t, string(raw), "private")
}

// Whatever the answers: all blocks in their order, none blank, no line break inside a line, hidden answers absent.
func TestSummaryHoldsForAnyPlan(t *testing.T) {
	d := testForm(t)
	rapid.Check(t, func(t *rapid.T) {
		a := anyPlan(d, "plan").Draw(t, "plan")
		if _, given := a["cpr_reason"]; given {
			a.SetText("cpr_reason", "zqx marks the reason")
		}
		s := forms.Summarise(d, a, approved(), today)
		if len(s.Blocks) != len(forms.SummaryBlocks) || len(s.Strip) != 3 || s.Footer[0] != "Check the live plan before you act." {
			t.Fatal("a part is missing")
		}
		for i, b := range s.Blocks {
			if b.ID != forms.SummaryBlocks[i].ID {
				t.Fatalf("%s stands at %d", b.ID, i)
			}
			if b.Headline == "" && len(b.Lines) == 0 && b.More == "" {
				t.Fatalf("%s is blank", b.ID)
			}
			for _, l := range b.Lines {
				if len(l.Spans) == 0 && len(l.Columns) == 0 {
					t.Fatalf("a line of %s is blank", b.ID)
				}
			}
		}
		p := page(s)
		if strings.Contains(p, "zqx") != forms.NewReader(d, a, today).Visible("cpr_reason") && a["cpr_reason"].State == forms.Answered && !a["cpr_reason"].Blank() {
			t.Fatal("what is hidden is printed, or what is seen is not")
		}
		raw, err := json.Marshal(s)
		if err != nil || strings.Contains(string(raw), `\n`) {
			t.Fatalf("a line break inside a line: %s %v", raw, err)
		}
	})
}
