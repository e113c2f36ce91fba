package tour

// What may change here: what the tour writes. Edith Example is invented (assets/training); there is no clinical advice in it
// and no dose. A question that the plan needs and that is not answered here shows up as a gap on "Check and send", and the tour
// fails there.

import (
	"time"

	"cmc/forms"
	"cmc/forms/nhs"
)

// The person whom the tour is about.
const (
	residentNumber = "999 050 8259"
	residentName   = "EXAMPLE, Edith (Mrs)"
)

// A stepScript is what is written in one step, and what is said about it.
type stepScript struct {
	step, caption string
	fills         []fill
}

// script is the whole plan, as it is written on a day, with a copy of a paper where there is one.
func script(today time.Time, paper string) []stepScript {
	day := func(days int) string { return nhs.FormatDate(today.AddDate(0, 0, days).Format(time.DateOnly)) }
	one := func(item, text string) fill { return fill{item: item, text: text} }
	code := func(item, code string) fill { return fill{item: item, code: code} }
	codes := func(item string, codes ...string) fill { return fill{item: item, codes: codes} }
	yes := func(item string) fill { return fill{item: item, yes: "yes"} }
	no := func(item string) fill { return fill{item: item, yes: "no"} }
	state := func(item string, s forms.State) fill { return fill{item: item, state: s} }
	rows := func(item string, rows ...[]fill) fill { return fill{item: item, rows: rows} }
	ref := func(item, title string) fill { return fill{item: item, ref: title} }
	var copies []fill
	if paper != "" {
		copies = []fill{rows("attachments", []fill{code("att_kind", "respect"), one("att_file", paper), one("att_captured_on", day(-3)), code("att_matches_plan", "yes")})}
	}
	return []stepScript{
		{"person", "Who it is comes first. The practice's records have filled in what they know.", []fill{
			one("urgent_banner", "Very deaf: speak to her left ear."),
			one("preferred_name", "Edie"),
		}},
		{"consent", "Does she want a plan, and can she take part in it?", []fill{
			code("consent_status", "given"), code("consent_basis", "patient"), one("consent_date", day(-3)), one("consent_recorded_by", "Grace Mbeki, nurse in charge"),
			codes("share_scope", "urgent_care", "hospital", "care_home"),
			code("capacity_for_plan", "has_capacity"), one("capacity_assessor", "Dr Amina Osei, GP"), one("capacity_assessed_on", day(-3)),
			code("adrt_status", "absent"), code("lpa_type", "hw_with_lst"),
			rows("lpa_people", []fill{one("lpa_name", "Rose Example"), one("lpa_relationship", "daughter"), one("lpa_phone", "07700 900341")}),
			state("lpa_registered_ref", forms.Unknown), yes("lpa_seen"),
		}},
		{"diagnosis", "What is wrong, and how she usually is: a crew needs her usual self to see what has changed.", []fill{
			one("primary_diagnosis", "Heart failure"), one("primary_diagnosis_date", "2021"), code("primary_category", "heart"),
			rows("other_diagnoses", []fill{one("other_diagnosis", "Osteoarthritis of both knees")}, []fill{one("other_diagnosis", "Hearing loss")}),
			one("clinical_summary", "Heart failure for five years, more breathless since the summer. Two stays in hospital this year; each left her weaker. She says that she has had enough of hospitals."),
			code("person_aware_diagnosis", "aware"), code("family_aware_diagnosis", "aware"),
			code("prognosis", "months"), one("prognosis_date", day(-3)),
			code("person_aware_prognosis", "aware"), code("carer_aware_prognosis", "aware"), yes("on_register"), one("on_register_date", day(-3)),
			code("cfs", "7"), one("function_date", day(-3)), one("function_by", "Dr Amina Osei, GP"), code("mobility", "frame"),
			one("cognition", "Clear. Makes her own decisions."), one("usual_spo2", "91"), one("usual_bp", "104/62"), one("usual_pulse", "68"),
		}},
		{"resuscitation", "The two decisions that are always read together: resuscitation, and how far to treat.", []fill{
			code("cpr_decision", "dnacpr"), codes("cpr_reason", "unlikely_success", "patient_refusal"),
			one("cpr_reason_text", "Advanced heart failure. It would not bring back a life that she would want, and she has said so."),
			one("cpr_date", day(-3)+" 10:30"), one("cpr_decided_by", "Dr Amina Osei"), code("cpr_decided_role", "gp"), one("cpr_decided_regno", "0000017"),
			code("cpr_review", "with_plan"), code("cpr_patient_discussed", "yes"), code("cpr_family_discussed", "yes"),
			one("cpr_family_discussed_who", "Rose Example, daughter"), code("cpr_patient_aware", "aware"), code("cpr_family_aware", "aware"),
			code("cpr_document", "RESPECT"), one("cpr_document_location", "Nurses' office, blue folder"),
			code("ceiling", "community_reversible"), one("ceiling_text", "Treat here what can be put right here. Hospital only for what cannot be controlled."),
			code("clinical_focus", "balanced"), code("conveyance", "convey_selected"),
			one("conveyance_reasons", "A fracture, or distress that cannot be settled here."), one("preferred_hospital", "St Example's Hospital, ward 4"),
			one("escalation_by", "Dr Amina Osei, GP"), one("escalation_date", day(-3)),
		}},
		{"changes", "If this happens, do that. The first three stand on the page that a crew reads.", []fill{
			code("problems_foreseen", "some"),
			rows("anticipated_problems",
				[]fill{one("problem", "Breathlessness"), one("trigger_signs", "Cannot finish a sentence."), one("action_patient", "Sit up, open the window, use the fan. Ring the bell."),
					one("action_clinician", "Sit up, fan, medicines as charted. Ring the heart failure nurse."), code("treatment_level", "community_reversible")},
				[]fill{one("problem", "Fall, no injury"), one("action_clinician", "Lift with the hoist, observe, stay here."), code("treatment_level", "community_reversible")}),
		}},
		{"places", "Where she wants to be, and what matters to her, in her own words.", []fill{
			code("ppc_1", "care_home"), code("ppc_2", "hospice"), code("ppd_1", "care_home"), code("ppd_2", "hospice"),
			one("ppd_text", "Here, where the birds come to the window."), one("ppd_date", day(-3)), code("ppd_expressed_by", "patient"),
			one("matters_most", "Rose being told at once. The birds at the window. Radio in the evening."), one("fears_avoid", "A long wait on a trolley."),
			code("author_about_me", "patient"),
		}},
		{"medicines", "Allergies, what must not be stopped, and the box for the last days. No doses: the chart has them.", []fill{
			code("allergy_status", "known"),
			rows("allergies", []fill{one("allergy_substance", "Penicillin"), one("allergy_reaction", "Rash"), code("allergy_severity", "moderate"), code("allergy_certainty", "confirmed")}),
			code("med_list_status", "complete_as_of"), one("med_list_date", day(-2)),
			rows("medicines", []fill{one("med_name", "Furosemide"), one("med_dose", "as charted"), code("med_route", "oral"), yes("med_critical"), code("med_critical_kind", "other"), code("med_administered_by", "carer")}),
			no("oxygen_home"), no("syringe_pump"),
			code("jic_status", "issued"), one("jic_location", "Treatment room cupboard"), code("jic_chart", "signed_in_home"),
			one("jic_issued_on", day(-2)), one("jic_expiry", day(200)), one("jic_prescriber", "Dr Amina Osei, GP"),
			code("icd_pacemaker", "none"),
		}},
		{"people", "Whom to call: the numbers that answer by day and by night.", []fill{
			code("main_carer_exists", "no"),
			rows("contacts", []fill{one("contact_name", "Rose Example"), code("contact_relationship", "daughter"), one("contact_phone", "07700 900341"),
				codes("contact_roles", "next_of_kin", "emergency_contact", "attorney"), code("contact_aware_plan", "aware"), code("contact_aware_cpr", "aware")}),
			rows("care_team",
				[]fill{one("team_service", "Riverside Practice"), code("team_group", "gp"), one("team_name", "Duty doctor"), one("team_phone", "020 7946 0101"), one("team_hours", "Monday to Friday 08:00-18:30")},
				[]fill{one("team_service", "St Example's Hospice advice line"), code("team_group", "hospice"), one("team_name", "Nurse on call"), one("team_phone", "020 7946 0199"), one("team_hours", "Day and night")}),
			ref("call_first_in_hours", "Riverside Practice"), ref("call_first_ooh", "St Example's Hospice advice line"), ref("key_worker", "Riverside Practice"),
		}},
		{"home", "How to get in, and what may harm a crew.", []fill{
			code("access_method", "concierge"), one("access_notes", "Front desk is staffed day and night. Lift to every floor."), codes("crew_hazards", "none_known"), code("lives_with", "care_home"),
		}},
		{"support", "Language, hearing, faith.", []fill{
			code("language_main", "en"), code("interpreter_needed", "no"), one("hearing", "Very deaf. Hears a little with the left ear."), one("vision", "Reading glasses."),
			one("speech", "Clear."), rows("reasonable_adjustments", []fill{one("adjustment", "Speak slowly, to her left ear")}), one("religion", "Church of England"),
		}},
		{"frailty", "A module for each reason for the plan.", []fill{
			one("falls", "One in the last year, no injury."), one("delirium_history", "Muddled for two days with an infection last winter."),
			state("cga_date", forms.NotApplicable), one("polypharmacy_review", day(-20)),
		}},
		{"check", "Who took part, whether she agrees, and when it is looked at again.", append(copies,
			code("involvement", "A"),
			rows("people_involved", []fill{one("involved_name", "Edith Example"), one("involved_role", "herself")}, []fill{one("involved_name", "Dr Amina Osei"), one("involved_role", "GP")}),
			code("patient_agreed_version", "agreed"), one("patient_agreed_date", day(0)), one("review_due", day(80)),
		)},
	}
}
