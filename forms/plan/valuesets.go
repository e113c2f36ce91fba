package plan

// What may change here: the option codes that Go code compares with. Each is in the YAML too; a test holds that it is an
// option of the fields named beside it.

// The codes of plan_type (domain.md 4.1).
const (
	TypeRapid = "rapid"
	TypeFull  = "full"
)

// The codes of cpr_decision (domain.md 3, vs_cpr_decision).
const (
	CPRAttempt           = "attempt"
	CPRDoNotAttempt      = "dnacpr"
	CPRModifiedChild     = "modified_child"
	CPRNotAppropriateNow = "not_appropriate_now"
	CPRNoDecision        = "no_decision"
)

// The codes of cpr_decided_role that are senior enough to decide alone (domain.md 10.2: GP, consultant, hospice doctor,
// nurse consultant or advanced practitioner with that authority).
const (
	RoleGP            = "gp"
	RoleConsultant    = "consultant"
	RoleHospiceDoctor = "hospice_doctor"
	RoleAdvancedNurse = "advanced_nurse"
)

// The codes of ceiling (domain.md 3, vs_ceiling).
const (
	CeilingFullICU             = "full_icu"
	CeilingFullNoICU           = "full_no_icu"
	CeilingHospitalReversible  = "hospital_reversible"
	CeilingCommunityReversible = "community_reversible"
	CeilingComfort             = "comfort"
	CeilingNotDiscussed        = "not_discussed"
)

// The codes of conveyance (domain.md 3, vs_conveyance).
const (
	ConveyAny          = "convey_any"
	ConveySelected     = "convey_selected"
	ConveyAvoid        = "avoid"
	ConveyNotDiscussed = "not_discussed"
)

// The codes of consent_status (domain.md 4.4).
const (
	ConsentGiven         = "given"
	ConsentBestInterests = "best_interests"
	ConsentRefused       = "refused"
	ConsentWithdrawn     = "withdrawn"
	ConsentNotYetAsked   = "not_yet_asked"
)

// The codes of capacity_for_plan (domain.md 3, vs_capacity).
const (
	CapacityHas           = "has_capacity"
	CapacityLacks         = "lacks_capacity"
	CapacityIndeterminate = "indeterminate"
	CapacityNotAssessed   = "not_assessed"
)

// The codes of adrt_status (domain.md 4.5).
const (
	ADRTPresent   = "present"
	ADRTAbsent    = "absent"
	ADRTRetracted = "retracted"
	ADRTUnknown   = "unknown"
)

// The codes of lpa_type (domain.md 3, vs_lpa_type).
const (
	LPAWithLifeSustaining = "hw_with_lst"
	LPAHealthWelfare      = "hw"
	LPADeputy             = "deputy"
	LPAProperty           = "pf"
	LPAEnduring           = "epa"
	LPANone               = "none"
	LPAUnknown            = "unknown"
)

// The codes of allergy_status (domain.md 3, vs_allergy_status).
const AllergiesKnown = "known"

// The codes of jic_status (domain.md 3, vs_jic_status).
const (
	JICNotConsidered  = "not_considered"
	JICPrescribed     = "prescribed"
	JICIssued         = "issued"
	JICUsed           = "used"
	JICReturned       = "returned"
	JICNotAppropriate = "not_appropriate"
)

// The codes of prognosis (domain.md 3, vs_prognosis).
const (
	PrognosisDays   = "days"
	PrognosisWeeks  = "weeks"
	PrognosisMonths = "months"
	PrognosisYear   = "year"
)

// NHSNumberVerified is the code of nhs_number_status under which a plan may be approved without a signed match.
const NHSNumberVerified = "01"

// RoleDoNotContact is the code of contact_roles for somebody who must not be rung (domain.md 3, vs_contact_role).
const RoleDoNotContact = "do_not_contact"

// ShareUrgentCare is the code of share_scope for 111, ambulance and out-of-hours services (domain.md 4.4).
const ShareUrgentCare = "urgent_care"
