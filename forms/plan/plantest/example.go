package plantest

// What may change here: the example. It is the plan in the pictures of the design, so that a reader can compare.

import (
	"time"

	"cmc/forms"
	"cmc/forms/plan"
)

// Example is a full plan as a care-home nurse would write it for an invented resident, John Smith. It may be approved on
// the day, and nothing in it needs confirming.
func Example(today time.Time) forms.Answers {
	day := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
	moment := func(days int) string {
		y, m, d := today.AddDate(0, 0, days).Date()
		return time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Format(time.RFC3339)
	}
	coded := func(s string) forms.Answer { return forms.CodedAnswer(forms.CodedText{Text: s}) }
	text, choice := forms.TextAnswer, forms.ChoiceAnswer
	row := func(id string, a forms.Answers) forms.Row { return forms.Row{ID: id, Answers: a} }
	return forms.Answers{
		plan.PlanCohorts:         forms.ChoicesAnswer("eol", "frailty"),
		plan.PlanType:            choice(plan.TypeFull),
		plan.NHSNumber:           text("9990009600"),
		plan.NHSNumberStatus:     choice(plan.NHSNumberVerified),
		plan.FamilyName:          text("Smith"),
		plan.GivenName:           text("John"),
		plan.Title:               text("Mr"),
		plan.PreferredName:       text("Jack"),
		plan.BirthDate:           text("1941-06-09"),
		plan.SexAtBirth:          choice("1"),
		plan.GenderAdmin:         choice("1"),
		plan.Ethnicity:           choice("A"),
		plan.AddressUsual:        forms.AddressAnswer(forms.PostalAddress{Lines: []string{"Elm House care home, room 12", "4 Elm Road"}, Postcode: "SE1 0AA"}),
		plan.ResidenceType:       choice("care_home_nursing"),
		plan.CareHomeODS:         text("VN999"),
		plan.PhoneHome:           text("020 7946 0110"),
		plan.PracticeODS:         text("Y99001"),
		plan.PracticeName:        text("Riverside Practice"),
		plan.PracticePhone:       text("020 7946 0100"),
		plan.PracticeBypassPhone: text("020 7946 0101"),
		plan.UsualGPName:         text("Dr Amina Osei"),
		plan.HolderOrgODS:        text("Y99001"),

		plan.ConsentStatus:      choice(plan.ConsentGiven),
		plan.ConsentBasis:       choice("patient"),
		plan.ConsentDate:        text(day(-2)),
		plan.ConsentRecordedBy:  text("Rose Okafor, nurse in charge"),
		plan.ShareScope:         forms.ChoicesAnswer("urgent_care", "hospital", "care_home"),
		plan.CapacityForPlan:    choice(plan.CapacityHas),
		plan.CapacityAssessor:   text("Dr Amina Osei, GP"),
		plan.CapacityAssessedOn: text(day(-2)),
		plan.ADRTStatus:         choice(plan.ADRTAbsent),
		plan.LPAType:            choice(plan.LPAWithLifeSustaining),
		plan.LPAPeople: forms.RowsAnswer(row("lpa00001", forms.Answers{
			plan.LPAName: text("Ann Smith"), plan.LPARelationship: text("daughter"), plan.LPAPhone: text("07700 900 123"), plan.LPAActs: choice("alone"),
		})),
		plan.LPADate:          text("2023-04-17"),
		plan.LPARegisteredRef: forms.StateAnswer(forms.Unknown),
		plan.LPASeen:          forms.BoolAnswer(true),

		plan.PrimaryDiagnosis: coded("Heart failure, stage 4"),
		plan.PrimaryCategory:  choice("heart"),
		plan.OtherDiagnoses: forms.RowsAnswer(
			row("dia00001", forms.Answers{plan.OtherDiagnosis: coded("kidney disease")}),
			row("dia00002", forms.Answers{plan.OtherDiagnosis: coded("type 2 diabetes")})),
		plan.ClinicalSummary:       text("Heart failure for eight years. Three hospital stays this year, each time weaker after. Does not want another."),
		plan.PersonAwareDiagnosis:  choice("aware"),
		plan.FamilyAwareDiagnosis:  choice("aware"),
		plan.Prognosis:             choice(plan.PrognosisMonths),
		plan.PrognosisDate:         text(day(-2)),
		plan.PersonAwarePrognosis:  choice("aware"),
		plan.CarerAwarePrognosis:   choice("aware"),
		plan.OnRegister:            forms.BoolAnswer(true),
		plan.CFS:                   choice("7"),
		plan.FunctionDate:          text(day(-2)),
		plan.FunctionBy:            text("Rose Okafor, nurse in charge"),
		plan.Mobility:              choice("frame"),
		plan.Cognition:             text("Knows family, not the date"),
		plan.UsualSpO2:             forms.NumberAnswer(90),
		plan.SpO2TargetLow:         forms.NumberAnswer(88),
		plan.SpO2TargetHigh:        forms.NumberAnswer(92),
		plan.UsualBP:               text("98/60"),
		plan.UsualPulse:            forms.NumberAnswer(64),
		plan.CPRDecision:           choice(plan.CPRDoNotAttempt),
		plan.CPRReason:             forms.ChoicesAnswer("unlikely_success"),
		plan.CPRReasonText:         text("Advanced heart failure; would not restore a life he would want."),
		plan.CPRDate:               text(moment(-2)),
		plan.CPRDecidedBy:          text("Dr Amina Osei"),
		plan.CPRDecidedRole:        choice(plan.RoleGP),
		plan.CPRDecidedRegNo:       text("7654321"),
		plan.CPRReview:             choice("with_plan"),
		plan.CPRPatientDiscussed:   choice("yes"),
		plan.CPRFamilyDiscussed:    choice("yes"),
		plan.CPRFamilyDiscussedWho: text("Ann Smith, daughter"),
		plan.CPRPatientAware:       choice("aware"),
		plan.CPRFamilyAware:        choice("aware"),
		plan.CPRDocument:           choice("RESPECT"),
		plan.CPRDocumentLocation:   text("nurses' office, blue folder"),
		plan.Ceiling:               choice(plan.CeilingCommunityReversible),
		plan.CeilingText:           text("Antibiotics by mouth and oxygen here; no drip, no intensive care."),
		plan.ClinicalFocus:         choice("balanced"),
		plan.Conveyance:            choice(plan.ConveySelected),
		plan.ConveyanceReasons:     text("a fracture, choking, pain that cannot be controlled here"),
		plan.PreferredHospital:     text("St Example's, ward 4"),
		plan.EscalationBy:          text("Dr Amina Osei, GP"),
		plan.EscalationDate:        text(day(-2)),

		plan.ProblemsForeseen: choice("some"),
		plan.AnticipatedProblems: forms.RowsAnswer(
			row("pro00001", forms.Answers{plan.Problem: coded("Breathless"), plan.TriggerSigns: text("Cannot finish a sentence"),
				plan.ActionPatient:   text("Sit up, open the window, ring the bell."),
				plan.ActionClinician: text("Sit up, fan, oxygen to 88-92 %. Medicine from the just-in-case box as charted."), plan.CallFirst: text("care_team/tea00001")}),
			row("pro00002", forms.Answers{plan.Problem: coded("Chest infection"),
				plan.ActionClinician: text("Rescue antibiotics are in the cupboard; start, review in 48 h at home."), plan.CallFirst: text("care_team/tea00002")}),
			row("pro00003", forms.Answers{plan.Problem: coded("Fall, no injury"),
				plan.ActionClinician: text("Lift with hoist, observe, stay here."), plan.CallFirst: text("care_team/tea00004")}),
			row("pro00004", forms.Answers{plan.Problem: coded("Not eating"), plan.ActionClinician: text("Offer what he likes; ring his daughter; no tube.")}),
			row("pro00005", forms.Answers{plan.Problem: coded("Leg swelling"), plan.ActionClinician: text("Weigh; ring the heart-failure nurse.")})),

		plan.PPC1:           choice("usual_residence"),
		plan.PPD1:           choice("usual_residence"),
		plan.PPD2:           choice("hospice"),
		plan.PPDText:        text("Not the hospital again, please. I want my window."),
		plan.PPDDate:        text(day(-2)),
		plan.PPDExpressedBy: choice("patient"),
		plan.MattersMost:    text("Ann being told at once. Test match on the radio."),
		plan.FearsAvoid:     text("Choking."),
		plan.AuthorAboutMe:  choice("patient"),

		plan.AllergyStatus: choice(plan.AllergiesKnown),
		plan.Allergies: forms.RowsAnswer(
			row("all00001", forms.Answers{plan.AllergySubstance: coded("penicillin"), plan.AllergyReaction: text("rash"), plan.AllergyCertainty: choice("confirmed")}),
			row("all00002", forms.Answers{plan.AllergySubstance: coded("codeine"), plan.AllergyReaction: text("vomiting")})),
		plan.MedListStatus: choice("complete_as_of"),
		plan.MedListDate:   text(day(-2)),
		plan.Medicines: forms.RowsAnswer(
			row("med00001", forms.Answers{plan.MedName: coded("furosemide"), plan.MedCritical: forms.BoolAnswer(true), plan.MedCriticalKind: choice("other")}),
			row("med00002", forms.Answers{plan.MedName: coded("apixaban"), plan.MedCritical: forms.BoolAnswer(true), plan.MedCriticalKind: choice("anticoagulant")}),
			row("med00003", forms.Answers{plan.MedName: coded("simvastatin")})),
		plan.OxygenHome:       forms.BoolAnswer(false),
		plan.SyringePump:      forms.BoolAnswer(false),
		plan.JICStatus:        choice(plan.JICIssued),
		plan.JICLocation:      text("treatment room cupboard"),
		plan.JICChart:         choice("signed_in_home"),
		plan.JICIssuedOn:      text(day(-20)),
		plan.JICExpiry:        text(day(101)),
		plan.JICPrescriber:    text("Dr Amina Osei, GP"),
		plan.ICDPacemaker:     choice("icd_deactivated"),
		plan.ICDDeactivatedOn: text(day(-81)),

		plan.MainCarerExists: choice("yes"),
		plan.Contacts: forms.RowsAnswer(
			row("con00001", forms.Answers{plan.ContactName: text("Ann Smith"), plan.ContactRelationship: choice("daughter"), plan.ContactPhone: text("07700 900 123"), plan.ContactRoles: forms.ChoicesAnswer("next_of_kin", "emergency_contact", "main_carer", "attorney")}),
			row("con00002", forms.Answers{plan.ContactName: text("Peter Smith"), plan.ContactRelationship: choice("son"), plan.ContactPhone: text("07700 900 145"), plan.ContactRoles: forms.StateAnswer(forms.NotApplicable)})),
		plan.CarerNeeds:       forms.StateAnswer(forms.NotDiscussed),
		plan.CarerContingency: text("Peter Smith"),
		plan.CareTeam: forms.RowsAnswer(
			row("tea00001", forms.Answers{plan.TeamService: text("Heart-failure nurse"), plan.TeamGroup: choice("cardiology"), plan.TeamName: forms.StateAnswer(forms.Unknown), plan.TeamPhone: text("020 7946 0103"), plan.TeamHours: text("Monday to Friday 08:00-18:00")}),
			row("tea00002", forms.Answers{plan.TeamService: text("Riverside Practice by-pass"), plan.TeamGroup: choice("gp"), plan.TeamName: text("Dr Amina Osei"), plan.TeamPhone: text("020 7946 0101"), plan.TeamHours: text("Monday to Friday 08:00-18:30")}),
			row("tea00003", forms.Answers{plan.TeamService: text("Hospice advice line"), plan.TeamGroup: choice("hospice"), plan.TeamName: forms.StateAnswer(forms.Unknown), plan.TeamPhone: text("020 7946 0199"), plan.TeamHours: text("Day and night")}),
			row("tea00004", forms.Answers{plan.TeamService: text("Duty nurse"), plan.TeamGroup: choice("care_home"), plan.TeamName: forms.StateAnswer(forms.Unknown), plan.TeamPhone: text("020 7946 0110"), plan.TeamHours: text("Day and night")})),
		plan.CallFirstInHours: text("care_team/tea00002"),
		plan.CallFirstOOH:     text("care_team/tea00003"),
		plan.KeyWorker:        text("care_team/tea00001"),

		plan.AccessMethod: choice("concierge"),
		plan.AccessNotes:  text("Staffed day and night. Lift to floor 1."),
		plan.CrewHazards:  forms.ChoicesAnswer("none_known"),
		plan.LivesWith:    choice("care_home"),

		plan.LanguageMain:          choice("en"),
		plan.InterpreterNeeded:     choice("no"),
		plan.Hearing:               text("Hearing aid, left ear"),
		plan.Vision:                text("Reading glasses"),
		plan.Speech:                forms.StateAnswer(forms.NotApplicable),
		plan.ReasonableAdjustments: forms.StateAnswer(forms.NotApplicable),
		plan.Religion:              coded("Church of England"),

		plan.Falls:              text("Two, no injury"),
		plan.DeliriumHistory:    forms.StateAnswer(forms.Unknown),
		plan.CGADate:            forms.StateAnswer(forms.Unknown),
		plan.PolypharmacyReview: text(day(-40)),

		plan.Involvement: choice("A"),
		plan.PeopleInvolved: forms.RowsAnswer(
			row("inv00001", forms.Answers{plan.InvolvedName: text("Ann Smith"), plan.InvolvedRole: text("daughter")}),
			row("inv00002", forms.Answers{plan.InvolvedName: text("Dr Amina Osei"), plan.InvolvedRole: text("GP")})),
		plan.PatientAgreedVersion: choice("agreed"),
		plan.PatientAgreedDate:    text(day(-1)),
		plan.ReviewDue:            text(day(90)),
	}
}
