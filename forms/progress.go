package forms

// What may change here: how far the form has got, step by step.

import "time"

// The states of a step in the list beside the form.
const (
	StepDone       = "done"        // everything needed for approval is there
	StepGaps       = "gaps"        // begun; something is missing, nothing is wrong
	StepAttention  = "attention"   // something is wrong or needs confirming
	StepNotStarted = "not_started" // no answer yet
)

// A StepProgress is one step's place in the list beside the form. Missing counts gaps, Wrong counts problems that stop or
// need confirming; advice is not counted. Answered counts answers that count, "unknown" among them.
type StepProgress struct {
	Step     string `json:"step"`
	Relevant bool   `json:"relevant"` // false: the step is not asked with the answers as they are
	State    string `json:"state"`
	Missing  int    `json:"missing"`
	Wrong    int    `json:"wrong"`
	Answered int    `json:"answered"`
}

// Progress gives every step of the form, in order, as it stands for approval.
func Progress(d *Definition, a Answers, today time.Time) []StepProgress {
	r := NewReader(d, a, today)
	return r.Progress(r.Validate(ForApproval))
}

// Progress counts problems that Validate found ForApproval on the same answers: a screen that has them need not look twice.
func (r Reader) Progress(problems []Problem) []StepProgress {
	r = r.Top()
	out := make([]StepProgress, len(r.v.d.Steps))
	place := make(map[string]int, len(out))
	for i, st := range r.v.d.Steps {
		out[i] = StepProgress{Step: st.ID, Relevant: r.Holds(st.When)}
		place[st.ID] = i
	}
	for _, p := range problems {
		i, ok := place[p.Step]
		switch {
		case !ok:
		case p.Gap:
			out[i].Missing++
		case p.Severity != Advise:
			out[i].Wrong++
		}
	}
	for _, it := range r.v.d.order {
		if it.Kind == Computed || it.Kind == Group && !it.Repeats || it.group != nil {
			continue
		}
		if a, ok := r.raw(it); ok && !a.Blank() && r.visible(it) {
			out[place[it.step.ID]].Answered++
		}
	}
	for i := range out {
		s := &out[i]
		switch {
		case s.Wrong > 0:
			s.State = StepAttention
		case s.Answered == 0:
			s.State = StepNotStarted
		case s.Missing > 0:
			s.State = StepGaps
		default:
			s.State = StepDone
		}
	}
	return out
}
