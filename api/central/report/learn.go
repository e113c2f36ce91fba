package report

// What may change here: what reports need of the answers of a version. A new fact is a column (package store) and a line here.

import (
	"time"

	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
)

// Learn reads the facts of a version that was approved at a time, for a plan that was started at another. first is when version 1
// was approved. r reads the answers on the day of the approval.
func Learn(r forms.Reader, planID string, version, quality int, started, first, approved time.Time) store.Facts {
	f := store.Facts{PlanID: planID, Version: version, FirstAt: first, FirstDays: max(0, int(first.Sub(started).Hours()/24)),
		ApprovedOn: lifecycle.Today(approved).Format(time.DateOnly), Quality: quality, Cohorts: r.Codes(plan.PlanCohorts), Age: -1,
		Sex: r.Text(plan.SexAtBirth), Ethnicity: r.Text(plan.Ethnicity), CPR: r.Text(plan.CPRDecision), CPRMaker: r.Text(plan.CPRDecidedRole),
		CPRTold: r.Text(plan.CPRPatientDiscussed), CPRToldWhy: r.Text(plan.CPRPatientNotDiscussedReason) != "", CPRFamily: r.Text(plan.CPRFamilyDiscussed),
		Ceiling:    chosen(r, plan.Ceiling, plan.CeilingNotDiscussed),
		Conveyance: chosen(r, plan.Conveyance, plan.ConveyNotDiscussed),
		Place1:     plan.PlaceMeeting(r, r.Text(plan.PPD1)), Place2: plan.PlaceMeeting(r, r.Text(plan.PPD2))}
	if age, known := r.Age(); known {
		f.Age = age
	}
	for _, part := range plan.Quality(r).Parts {
		switch part.ID {
		case "jic":
			f.JIC = part.Points > 0
		case "out_of_hours":
			f.OOH = part.Points > 0
		}
	}
	switch f.CPR {
	case plan.CPRDoNotAttempt:
		f.CPRReasoned = len(r.Codes(plan.CPRReason)) > 0 && r.Text(plan.CPRReasonText) != ""
	case plan.CPRModifiedChild:
		f.CPRReasoned = r.Text(plan.CPRModifiedDetail) != ""
	}
	if f.CPROn = day(r.Text(plan.CPRDate)); f.CPROn == "" {
		f.CPROn = f.ApprovedOn
	}
	return f
}

// chosen says that an answer was given, and is not that it was not discussed.
func chosen(r forms.Reader, item, notDiscussed string) bool {
	code := r.Text(item)
	return code != "" && code != notDiscussed
}

// day is the day in London of a date and time; "" when it cannot be read.
func day(text string) string {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.In(nhs.London()).Format(time.DateOnly)
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return text
	}
	return ""
}
