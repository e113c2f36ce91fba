package plan

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cmc/forms"
	"cmc/forms/nhs"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func TestDefinitionLoads(t *testing.T) {
	d := Definition()
	require.NoError(t, d.Check())
	got, ok := DefinitionFor("urgent-care-plan@1.0")
	require.True(t, ok)
	require.Same(t, d, got)
	_, ok = DefinitionFor("urgent-care-plan@0.9")
	require.False(t, ok)
	var steps []string
	for _, s := range d.Steps {
		steps = append(steps, s.ID)
	}
	require.Equal(t, []string{"person", "consent", "diagnosis", "resuscitation", "changes", "places", "medicines", "people",
		"home", "support", "paediatric", "mental-health", "sickle-cell", "dementia-ld-autism", "frailty", "long-term",
		"high-intensity", "check"}, steps)
}

// kept says where a row of domain.md 4 lives that is no answer of the plan: the lifecycle sets it, in the types of package
// api, or the engine keeps it with each section.
var kept = map[string]string{
	"plan_id": "api.Plan.ID", "plan_version": "api.Version.Number", "plan_status": "api.Plan.Status",
	"created_at": "audit", "created_by": "audit", "amended_at": "api.Draft.ChangedAt", "amended_by": "api.Draft.ChangedBy",
	"approved_at": "api.Version.ApprovedAt", "approved_by": "api.Version.ApprovedBy", "approver_regno": "api.Version.ApproverReg",
	"supersedes_version": "api.Draft.BaseVersion", "approver_statement": "api.Approve.Checks",
	"problem_order": "the order of the rows", "att_sha256": "forms.FileRef.SHA256",
}

// rows are the field ids of every table of domain.md 4, section by section. A row of several parts is written as the parts.
var rows = map[string]string{
	"4.1":  "plan_id plan_version plan_status plan_cohorts plan_origin plan_type created_at created_by amended_at amended_by approved_at approved_by approver_regno review_due holder_org_ods supersedes_version urgent_banner",
	"4.2":  "nhs_number nhs_number_status family_name given_name middle_names title preferred_name birth_date sex_at_birth gender_admin gender_identity pronouns ethnicity address_usual address_current address_current_from address_current_to residence_type care_home_ods phone_home phone_mobile email deceased_date sensitive_flag",
	"4.3":  "practice_ods practice_name practice_phone practice_bypass_phone usual_gp_name temporary_practice_ods",
	"4.4":  "consent_status consent_basis consent_date consent_recorded_by consent_discussion share_scope withhold_from_patient_view withhold_reason withhold_second_clinician capacity_for_plan capacity_reason capacity_assessor capacity_assessed_on capacity_fluctuates bi_consulted bi_name bi_relationship bi_imca bi_rationale",
	"4.5":  "adrt_status adrt_treatments adrt_circumstances adrt_life_sustaining adrt_signed adrt_witnessed adrt_date adrt_location adrt_attachment lpa_type lpa_people lpa_name lpa_phone lpa_relationship lpa_acts lpa_registered_ref lpa_seen advance_statement dols_status dols_expires organ_donation other_documents doc_name doc_location doc_source",
	"4.6":  "primary_diagnosis primary_diagnosis_date primary_category other_diagnoses clinical_summary recent_events person_aware_diagnosis family_aware_diagnosis infection_alerts",
	"4.7":  "prognosis prognosis_text gsf_stage prognosis_date person_aware_prognosis carer_aware_prognosis on_register on_register_date eol_tools",
	"4.8":  "who_ps akps cfs efi_score function_date function_by mobility mobility_text cognition nutrition_swallow continence baseline_obs usual_spo2 spo2_target_low spo2_target_high usual_bp usual_pulse usual_resp_rate weight_kg",
	"4.9":  "cpr_decision cpr_reason cpr_reason_text cpr_modified_detail cpr_date cpr_review cpr_review_date cpr_decided_by cpr_decided_regno cpr_endorsed_by cpr_endorsed_at cpr_patient_discussed cpr_patient_not_discussed_reason cpr_family_discussed cpr_family_discussed_who cpr_patient_aware cpr_family_aware cpr_document cpr_document_location cpr_lock",
	"4.10": "ceiling ceiling_text respect_priority clinical_focus interventions intervention intervention_pref intervention_note conveyance conveyance_reasons preferred_hospital preferred_hospital_ods escalation_by escalation_date",
	"4.11": "ppc_1 ppc_2 ppd_1 ppd_2 ppd_text ppd_date ppd_expressed_by place_change_triggers",
	"4.12": "matters_most fears_avoid about_me worries_practical author_about_me",
	"4.13": "anticipated_problems problem trigger_signs action_patient action_clinician treatment_level call_first problem_order",
	"4.14": "allergy_status allergies allergy_substance allergy_reaction allergy_severity allergy_certainty allergy_date allergy_source",
	"4.15": "med_list_status med_list_date medicines med_name med_dose med_route med_frequency med_indication med_critical med_administered_by oxygen_home oxygen_flow oxygen_hours oxygen_target oxygen_supplier_phone syringe_pump syringe_pump_contents syringe_pump_phone",
	"4.16": "jic_status jic_location jic_chart jic_items jic_drug jic_dose jic_route jic_indication jic_max_24h jic_issued_on jic_expiry jic_prescriber jic_cd_risk",
	"4.17": "icd_pacemaker icd_clinic_phone icd_magnet_advice tubes_lines tubes_text equipment equipment_text",
	"4.18": "contacts contact_name contact_relationship contact_phone contact_phone_2 contact_times contact_roles contact_aware_plan contact_aware_prognosis contact_aware_cpr main_carer_exists carer_needs carer_contingency contact_consent",
	"4.19": "care_team team_service team_group team_name team_phone team_hours call_first_in_hours call_first_ooh key_worker package_of_care ooh_notified ooh_notified_on ambulance_notified ambulance_notified_on",
	"4.20": "access_method key_safe_code key_safe_location access_notes crew_hazards crew_hazards_text violence_review_date violence_source pets lives_with dependants",
	"4.21": "social_situation funding safeguarding safeguarding_text occupation_history",
	"4.22": "language_main interpreter_needed interpreter_mode hearing vision speech info_format disabilities reasonable_adjustments",
	"4.23": "religion faith_needs faith_contact after_death_wishes expected_death expected_death_doctor",
	"4.24": "attachments att_kind att_file att_sha256 att_captured_on att_matches_plan",
	"4.25": "parental_responsibility school weight_based_doses siblings transition_date mh_triggers mh_early_signs mh_helps mh_worse mh_crisis_line mh_ward mha_status advance_choice_document safety_plan means_restriction sickle_genotype sickle_analgesia sickle_time_target sickle_baseline_hb sickle_spo2 sickle_transfusion sickle_centre sickle_centre_phone baseline_communication distress_signs calming hospital_passport annual_check_date falls delirium_history cga_date bone_health polypharmacy_review rescue_pack niv_settings target_spo2 diuretic_escalation icd_discussion agreed_response single_point_of_contact review_group",
	"4.26": "involvement involvement_reason people_involved involved_name involved_role patient_agreed_version patient_agreed_date patient_not_shown_reason approver_statement review_reason review_outcome death_date death_place death_ppd_met death_variance_reason plan_seen_in_last_episode bereavement_contact team_reflection",
}

func TestEveryRowOfTheDataSetExists(t *testing.T) {
	require.Len(t, rows, 26)
	for section, ids := range rows {
		for _, id := range strings.Fields(ids) {
			if where, ok := kept[id]; ok {
				require.Nil(t, Definition().Item(id), "%s %s is kept as %s and is an item too", section, id, where)
				continue
			}
			require.NotNil(t, Definition().Item(id), "%s: %s is missing", section, id)
		}
	}
}

// TestFieldConstants holds that fields.go names every item that is asked, and nothing else.
func TestFieldConstants(t *testing.T) {
	ids := constants(t, "fields.go")
	var asked []string
	for it := range Definition().Items() {
		if it.Kind != forms.Computed {
			asked = append(asked, it.ID)
		}
	}
	var named []string
	for _, id := range ids {
		named = append(named, id)
	}
	require.ElementsMatch(t, asked, named)
}

// TestValueSetConstants holds that every code of valuesets.go is an option of the field that it is compared with.
func TestValueSetConstants(t *testing.T) {
	of := []struct{ prefix, item string }{
		{"RoleDoNot", ContactRoles}, {"Type", PlanType}, {"CPR", CPRDecision}, {"Role", CPRDecidedRole}, {"Ceiling", Ceiling}, {"Convey", Conveyance},
		{"Consent", ConsentStatus}, {"Capacity", CapacityForPlan}, {"ADRT", ADRTStatus}, {"LPA", LPAType},
		{"Allergies", AllergyStatus}, {"JIC", JICStatus}, {"Prognosis", Prognosis}, {"NHSNumber", NHSNumberStatus},
		{"Share", ShareScope},
	}
	for name, code := range constants(t, "valuesets.go") {
		i := slices.IndexFunc(of, func(o struct{ prefix, item string }) bool { return strings.HasPrefix(name, o.prefix) })
		require.GreaterOrEqual(t, i, 0, name)
		require.NotNil(t, Definition().Item(of[i].item).Option(code), "%s: %s has no option %q", name, of[i].item, code)
	}
	for _, id := range []string{CPREndorsedRole, CPRDecidedRole} {
		for _, code := range []string{RoleGP, RoleConsultant, RoleHospiceDoctor, RoleAdvancedNurse} {
			require.NotNil(t, Definition().Item(id).Option(code))
		}
	}
}

func constants(t *testing.T, file string) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	out := map[string]string{}
	for _, decl := range f.Decls {
		g, ok := decl.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			for i, n := range v.Names {
				s, err := strconv.Unquote(v.Values[i].(*ast.BasicLit).Value)
				require.NoError(t, err)
				out[n.Name] = s
			}
		}
	}
	require.NotEmpty(t, out)
	return out
}

// snomedOf are the SNOMED CT codes of domain.md 7 (and 4.21) that may be emitted. Codes that are marked there as from memory
// (CFS 1-8, WHO performance status, no known allergy), or as accepted on import only, are left out on purpose.
const snomedOf = `450475007 450476008 143021000119109 845151000000104 931761000000106 713656002 873351000000102 873341000000100
	975311000000109 975291000000108 304251008 89666000 526631000000108 1403151000000103 414937009 736373009 736366004 735324008
	702779007 713673000 1095151000000107 1095081000000100 1025611000000105 1095091000000103 1095161000000105 1095131000000100
	492321000000103 854021000000106 719240009 719238004 1034241000000106 871021000000106 376201000000102 443761007 425691002
	414859005 342611000000100 882981000000105 313372007 511401000000102 955231000000109 968211000000101 767503006
	1413121000000106 845701000000104 845721000000108 845751000000103 845771000000107 518901000000101 518941000000103
	754401000000106 519041000000106 519061000000107 110481000000108 819211000000102 710571000000101 89761000000106
	512071000000106 108401000000102 931401000000103 109401000000108 89751000000108 518741000000100 518771000000106
	1060941000000102 517161000000101 517111000000103 766391000000108 517131000000106 395091006 816361000000101 816381000000105
	1052921000000100 816301000000100 1052911000000106 962601000000103 901361000000101 901671000000100 761869008
	1084961000000105 1084951000000107 713636003 1129411000000100 1751111000000104`

func TestSNOMEDCodes(t *testing.T) {
	allowed := strings.Fields(snomedOf)
	emitted := 0
	look := func(where string, codes []forms.Code) {
		for _, c := range codes {
			emitted++
			require.Equal(t, "http://snomed.info/sct", c.System, where)
			require.True(t, nhs.Verhoeff(c.Code), "%s: %s", where, c.Code)
			require.Contains(t, allowed, c.Code, where)
			require.NotEmpty(t, c.Display, where)
			require.Regexp(t, `^domain\.md (7\.[1-6]|4\.21)`, c.Source, where)
		}
	}
	for it := range Definition().Items() {
		look(it.ID, it.Codes)
		for _, o := range it.Options {
			look(it.ID+"="+o.Code, o.Codes)
		}
	}
	require.Greater(t, emitted, 55)
	for id, want := range map[[2]string]string{
		{CPRDecision, CPRAttempt}: "450475007", {CPRDecision, CPRDoNotAttempt}: "450476008", {CPRDecision, CPRNotAppropriateNow}: "931761000000106",
		{PPD1, "home"}: "110481000000108", {PPD1, "hospice"}: "108401000000102", {LPAType, LPAWithLifeSustaining}: "816381000000105",
		{LPAType, LPAHealthWelfare}: "816361000000101", {ADRTStatus, ADRTPresent}: "816301000000100", {JICStatus, JICIssued}: "376201000000102",
	} {
		require.Equal(t, want, Definition().Item(id[0]).Option(id[1]).Codes[0].Code, id)
	}
	require.Len(t, Definition().Item(PPD1).Options, 16) // the complete value set of domain.md 7.4
	for _, o := range Definition().Item(PPD1).Options {
		require.Len(t, o.Codes, 1, o.Code)
	}
}

// TestGuardedSections holds X22 and X23 where they are data: only a person merges or approves changes to these.
func TestGuardedSections(t *testing.T) {
	var got []string
	for _, st := range Definition().Steps {
		for _, sec := range st.Sections {
			require.NotEmpty(t, sec.Source, sec.ID)
			if sec.Guarded {
				got = append(got, sec.ID)
			}
		}
	}
	require.Equal(t, []string{"consent_capacity", "legal", "cpr", "escalation", "places", "allergies"}, got)
}

// TestWhatAPersonAlwaysDecides holds the list of X23 by walking the whole plan: the sections of domain.md 4.4, 4.5, 4.9, 4.10 and
// 4.14, all five and no other, and none of their questions anywhere else.
func TestWhatAPersonAlwaysDecides(t *testing.T) {
	x23 := regexp.MustCompile(`^domain\.md 4\.(4|5|9|10|14);`)
	var got []string
	for _, st := range Definition().Steps {
		for _, sec := range st.Sections {
			if sec.Decided {
				got = append(got, sec.ID)
			}
			require.Equal(t, x23.MatchString(sec.Source), sec.Decided, "%s: %s", sec.ID, sec.Source)
		}
	}
	require.Equal(t, []string{"consent_capacity", "legal", "cpr", "escalation", "allergies"}, got)
	about := regexp.MustCompile(`^(consent|capacity|bi|imca|adrt|lpa|cpr|ceiling|escalation|allerg)(y|ies)?(_|$)`)
	held := 0
	for it := range Definition().Items() {
		if about.MatchString(it.ID) {
			held++
			require.True(t, it.Section().Decided, "%s is of X23 and stands in %s", it.ID, it.Section().ID)
		}
	}
	require.Greater(t, held, 60)
}

// TestEveryTextHasItsLength holds X24 as far as it is data: every text says in the YAML how long it may be, and none that a
// crew reads is longer than the summary can show.
func TestEveryTextHasItsLength(t *testing.T) {
	names, err := fs.Glob(files, "[0-9]*.yaml")
	require.NoError(t, err)
	require.Len(t, names, 18)
	texts := 0
	var walk func(items []any)
	walk = func(items []any) {
		for _, v := range items {
			it := v.(map[string]any)
			switch forms.Kind(it["kind"].(string)) {
			case forms.Text, forms.LongText, forms.Coded, forms.Secret, forms.Email:
				texts++
				max, ok := it["max"].(int)
				require.True(t, ok, "%s has no max", it["id"])
				require.LessOrEqual(t, max, 2000, it["id"])
				if _, printed := it["print"]; printed {
					require.LessOrEqual(t, max, 1000, it["id"])
				}
			}
			if children, ok := it["items"].([]any); ok {
				walk(children)
			}
		}
	}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		var doc map[string]any
		require.NoError(t, yaml.Unmarshal(raw, &doc))
		for _, sec := range doc["sections"].([]any) {
			walk(sec.(map[string]any)["items"].([]any))
		}
	}
	require.Greater(t, texts, 120)
	for id, max := range map[string]int{UrgentBanner: 140, FamilyName: 35, GivenName: 35, CPRReasonText: 500, ActionClinician: 800,
		ADRTTreatment: 200, ConveyanceReasons: 300, MattersMost: 1000, AdvanceStatement: 2000, ClinicalSummary: 1500, KeySafeCode: 20} {
		require.Equal(t, max, Definition().Item(id).MaxChars, id)
	}
}

// TestWordsThatAPatientCanRead holds that no label, hint or option uses the abbreviations of rule X25.
func TestWordsThatAPatientCanRead(t *testing.T) {
	for _, st := range Definition().Steps {
		for _, s := range []string{st.Title, st.Intro} {
			require.Empty(t, abbreviation(s), s)
		}
	}
	allowed := map[string]bool{LPAType: true, ConsentBasis: true} // vs_lpa_type and vs_consent_basis: exact words of domain.md 3
	for it := range Definition().Items() {
		for _, s := range []string{it.Label, it.Short, it.Hint, it.Missing} {
			require.Empty(t, abbreviation(s), "%s: %s", it.ID, s)
		}
		for _, o := range it.Options {
			if !allowed[it.ID] {
				require.Empty(t, abbreviation(o.Label), "%s: %s", it.ID, o.Label)
			}
			require.Empty(t, abbreviation(o.Crew), "%s: %s", it.ID, o.Crew)
		}
	}
}

func TestNothingDangerousHasADefaultOrAList(t *testing.T) {
	d := Definition()
	for _, id := range []string{CPRDecision, Ceiling, Conveyance, AllergyStatus, CapacityForPlan, ADRTStatus, LPAType, JICChart, AttMatchesPlan} {
		it := d.Item(id)
		require.True(t, it.Critical, id)
		require.Equal(t, forms.Choice, it.Kind, id)
		require.LessOrEqual(t, len(it.Options), 7, id)
	}
	require.Equal(t, "If the heart or breathing stops, should resuscitation (CPR) be attempted?", d.Item(CPRDecision).Label)
	require.Equal(t, "What is the most treatment that should be given?", d.Item(Ceiling).Label)
	for _, code := range []string{CPRNotAppropriateNow, CPRNoDecision} {
		require.Equal(t, "No decision recorded - attempt CPR", d.Item(CPRDecision).Option(code).Crew)
	}
	require.Equal(t, forms.Secret, d.Item(KeySafeCode).Kind)
	for _, id := range []string{JICCDRisk, SafeguardingText, MeansRestriction, TeamReflection} {
		require.True(t, d.Item(id).Sensitive, id)
	}
}

// TestApprovalMinimum holds the fields of domain.md 4.27 as the ones that a rapid plan asks for.
func TestApprovalMinimum(t *testing.T) {
	for _, id := range []string{PlanCohorts, PlanType, ReviewDue, FamilyName, GivenName, BirthDate, SexAtBirth, NHSNumber, AddressUsual,
		ResidenceType, PracticeODS, PracticeName, PracticePhone, UsualGPName, ConsentStatus, ConsentBasis, ConsentDate, CapacityForPlan,
		PrimaryDiagnosis, ClinicalSummary, CFS, WHOPS, AKPS, CPRDecision, Ceiling, Conveyance, AllergyStatus, MedListStatus,
		MainCarerExists, CallFirstInHours, CallFirstOOH, LanguageMain, InterpreterNeeded, Involvement, PatientAgreedVersion} {
		it := Definition().Item(id)
		require.True(t, it.Rapid, id)
		if id != AKPS {
			require.Contains(t, []forms.Need{forms.NeedSave, forms.NeedApprove}, it.Need, id)
		}
	}
	var draft []string
	for it := range Definition().Items() {
		if it.Need == forms.NeedSave {
			draft = append(draft, it.ID)
		}
	}
	require.Equal(t, []string{PlanCohorts, PlanType, FamilyName, GivenName, BirthDate}, draft)
}

// TestWhoMayEdit holds the sections that the patient writes in (domain.md 10.1).
func TestWhoMayEdit(t *testing.T) {
	for _, st := range Definition().Steps {
		for _, sec := range st.Sections {
			clinical := slices.Contains([]string{"plan_meta", "consent_capacity", "legal", "diagnosis", "cpr", "escalation", "allergies", "medications", "anticipatory_medicines"}, sec.ID)
			for _, it := range sec.Items {
				if clinical {
					require.False(t, it.Patient || it.NonClinical || it.Admin, it.ID)
				}
			}
		}
	}
	for _, id := range []string{AddressUsual, PhoneMobile, PPC1, PPD1, PPDText, MattersMost, FearsAvoid, Contacts, ContactPhone, AccessMethod, KeySafeCode, LanguageMain, FaithNeeds} {
		require.True(t, Definition().Item(id).Patient, id)
	}
	require.False(t, Definition().Item(AboutMeTeam).Patient) // 4.27: editing one never overwrites the other
}

var twoLines = regexp.MustCompile(`^# [^\n]+\n# What may change[^\n]+\n`)

func TestEachFileSaysWhatItIs(t *testing.T) {
	names, err := fs.Glob(files, "*.yaml")
	require.NoError(t, err)
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		require.Regexp(t, twoLines, string(raw), name)
	}
}
