package screens

// What may change here: short words and tones for a plan's status (vs_plan_status) where the service sends only its code.
// Where a whole plan is at hand its own StatusWords are shown.

import (
	"cmc/api"
	"cmc/ui/control"
)

var statusWords = map[string]string{
	"patient_draft": "Being written by the patient", "submitted": "Sent by the patient", "draft": "Draft", "in_review": "Waiting for approval",
	"approved": "Approved", "amending": "Approved, change pending", "review_due": "Approved, review due", "overdue": "Review overdue",
	"suspended": "Suspended", "withdrawn": "Withdrawn", "deceased": "The person has died", "closed": "Closed", "entered_in_error": "Entered in error",
}

var statusTone = map[string]control.Tone{
	"patient_draft": control.Neutral, "submitted": control.Info, "draft": control.Info, "in_review": control.Info, "approved": control.Good,
	"amending": control.Info, "review_due": control.Warn, "overdue": control.Alarm, "suspended": control.Alarm, "withdrawn": control.Alarm,
	"deceased": control.Neutral, "closed": control.Neutral, "entered_in_error": control.Alarm,
}

// StatusTag is a plan's status at the right of its banner.
func StatusTag(p *api.Plan) *control.TagLabel {
	return control.Tag(p.StatusWords, statusTone[p.Status])
}
