package plan

// What may change here: the table of rules across fields, and the few words that they share. Each rule is one function, named
// for it, in the file of its group. X22 and X23 (who may change what, and edits that cross) are kept by the service and by
// the "guarded" mark of the sections; X24 (no text longer than the summary shows) by the "max" of every text, which a test
// compares with the summary.

import (
	"slices"

	"cmc/forms"
)

// Rules are the rules across fields of domain.md 5 that a plan on its own can break, in its order, then the plan's own. Rules of level confirm
// need a person to say "still so", with a reason that the audit keeps.
var Rules = []forms.CrossRule{
	{ID: "X01", Title: "Whoever is called first has a number", Level: forms.Stop, Check: ruleX01CallFirstHasNumber},
	{ID: "X02", Title: "A decision not to attempt resuscitation is complete", Level: forms.Stop, Check: ruleX02DecisionComplete},
	{ID: "X03", Title: "A decision of somebody not senior needs endorsement", Level: forms.Stop, Check: ruleX03Endorsement},
	{ID: "X04", Title: "Not discussed with the person, or with those close to somebody who cannot decide", Level: forms.Confirm, Check: ruleX04NotDiscussed},
	{ID: "X05", Title: "The reason is about this person", Level: forms.Stop, Check: ruleX05IndividualReason},
	{ID: "X06", Title: "Attempt resuscitation contradicts comfort only", Level: forms.Stop, Check: ruleX06AttemptWithComfort},
	{ID: "X07", Title: "Attempt resuscitation while avoiding admission", Level: forms.Confirm, Check: ruleX07AttemptAtHome},
	{ID: "X08", Title: "The advance decision and the resuscitation decision agree", Level: forms.Stop, Check: ruleX08AdvanceDecision},
	{ID: "X09", Title: "Going to hospital fits the level of treatment", Level: forms.Confirm, Check: ruleX09Conveyance},
	{ID: "X10", Title: "Dying at home soon, without just-in-case medicines", Level: forms.Confirm, Check: ruleX10JustInCase},
	{ID: "X11", Title: "Capacity is lacking: how, who, when, with whom and why", Level: forms.Stop, Check: ruleX11BestInterests},
	{ID: "X12", Title: "Whether the advance decision binds", Level: forms.Advise, Check: ruleX12Binding},
	{ID: "X13", Title: "What the attorney may decide", Level: forms.Advise, Check: ruleX13Attorney},
	{ID: "X14", Title: "Under 18", Level: forms.Stop, Check: ruleX14Under18},
	{ID: "X15", Title: "The review is soon enough", Level: forms.Stop, Check: ruleX15ReviewLimit},
	{ID: "X16", Title: "Medicines lists and boxes are in date", Level: forms.Confirm, Check: ruleX16InDate},
	{ID: "X17", Title: "The key safe code is a code, and stands nowhere else", Level: forms.Confirm, Check: ruleX17KeySafe},
	{ID: "X18", Title: "The emergency contact has a number of their own", Level: forms.Confirm, Check: ruleX18EmergencyNumber},
	{ID: "X19", Title: "This is the right person", Level: forms.Stop, Check: ruleX19Identity},
	{ID: "X20", Title: "Copies say the same as the plan", Level: forms.Stop, Check: ruleX20Attachments},
	{ID: "X21", Title: "There is consent", Level: forms.Stop, Check: ruleX21Consent},
	{ID: "X25", Title: "Words instead of abbreviations", Level: forms.Advise, Check: ruleX25Abbreviations},
	{ID: "P01", Title: "One treatment has one decision", Level: forms.Stop, Check: ruleP01OneDecision},
	{ID: "P02", Title: "Specific treatments fit the level of treatment", Level: forms.Confirm, Check: ruleP02TreatmentFitsLevel},
	{ID: "P03", Title: "Who decides fits the person's capacity", Level: forms.Stop, Check: ruleP03WhoDecides},
	{ID: "P04", Title: "A death is told of, not typed into a plan", Level: forms.Stop, Check: ruleP04NoDeath},
	{ID: "P05", Title: "Whoever must not be contacted is not called first", Level: forms.Stop, Check: ruleP05DoNotContact},
	{ID: "P06", Title: "The plan may be shared with urgent care", Level: forms.Stop, Check: ruleP06Shared},
	{ID: "P07", Title: "Others decide only after an assessment of capacity", Level: forms.Stop, Check: ruleP07Assessed},
	{ID: "P08", Title: "One oxygen level is aimed for", Level: forms.Stop, Check: ruleP08OxygenTarget},
	{ID: "P09", Title: "Comfort only has a resuscitation decision", Level: forms.Confirm, Check: ruleP09ComfortWithoutDecision},
	{ID: "P10", Title: "The prognosis is recent", Level: forms.Confirm, Check: ruleP10PrognosisRecent},
	{ID: "P11", Title: "The resuscitation decision fits what else is said", Level: forms.Confirm, Check: ruleP11DecisionFits},
	{ID: "P12", Title: "Resuscitation is limited for somebody with a learning disability or autism", Level: forms.Advise, Check: ruleP12LearningDisability},
}

// problem is one finding on a field outside repeating groups.
func problem(item, words string) []forms.Problem {
	return []forms.Problem{{Item: item, Words: words}}
}

// missing finds the fields, asked now, that hold nothing although a rule needs them, and that the definition itself does not
// already ask for (it makes its own X01 gap for those). A rule that names its fields holds even when somebody loosens the
// YAML.
func missing(r forms.Reader, words string, ids ...string) []forms.Problem {
	var out []forms.Problem
	for _, id := range ids {
		it := r.Def().Item(id)
		if it == nil || !r.Visible(id) || !r.Blank(id) || r.Needs(it, forms.ForApproval) {
			continue
		}
		w := it.Missing
		if w == "" {
			w = words + ": " + it.ShortLabel()
		}
		out = append(out, forms.Problem{Item: id, Words: w, Gap: true})
	}
	return out
}

// eachText calls look with every text that people wrote, rows included, but for the two kinds that nobody is shown and what
// the service sets. The reader is the one of the row. Texts that are not asked for now are among them.
func eachText(r forms.Reader, look func(in forms.Reader, it *forms.Item, text string)) {
	one := func(in forms.Reader, it *forms.Item) {
		switch it.Kind {
		case forms.Text, forms.LongText, forms.Coded:
		default:
			return
		}
		if it.Sensitive || it.System {
			return
		}
		a, ok := in.Answers()[it.ID]
		if !ok || a.State != forms.Answered {
			return
		}
		text := a.Text
		if a.Coded != nil {
			text = a.Coded.Text
		}
		if text != "" {
			look(in, it, text)
		}
	}
	for it := range r.Def().Items() {
		if it.InGroup() != nil {
			continue
		}
		if it.Kind != forms.Group || !it.Repeats {
			one(r, it)
			continue
		}
		for _, row := range r.Rows(it.ID) {
			for _, c := range it.Items {
				one(row, c)
			}
		}
	}
}

func isOneOf(r forms.Reader, id string, codes ...string) bool {
	return slices.Contains(codes, r.Text(id))
}
