package plan

// What may change here: sentences of the urgent summary that are put together from several answers. What a function says
// must stand in the answers: it never advises, and it never leaves out without counting what it leaves out.

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cmc/forms"
	"cmc/forms/nhs"
)

// computed are the named words of the YAML.
var computed = map[string]func(forms.Reader) []forms.Span{
	"access_line":        accessLine,
	"adjustments_line":   adjustmentsLine,
	"adrt_binding":       adrtBinding,
	"airway_line":        airwayLine,
	"allergy_line":       allergyLine,
	"attorney_line":      attorneyLine,
	"call_in_hours":      func(r forms.Reader) []forms.Span { return plain(calledFirst(r, CallFirstInHours)) },
	"call_ooh":           func(r forms.Reader) []forms.Span { return plain(calledFirst(r, CallFirstOOH)) },
	"capacity_line":      capacityLine,
	"contact_line":       contactLine,
	"conveyance_line":    conveyanceLine,
	"cpr_facts":          cprFacts,
	"cpr_headline":       cprHeadline,
	"cpr_knows":          cprKnows,
	"critical_medicines": criticalMedicines,
	"death_date":         deathDate,
	"death_ppd_met":      deathPPDMet,
	"devices_line":       devicesLine,
	"diagnosis_line":     diagnosisLine,
	"function_line":      functionLine,
	"hazards_line":       hazardsLine,
	"household_line":     householdLine,
	"infection_line":     infectionLine,
	"interpreter_line":   interpreterLine,
	"interventions_line": interventionsLine,
	"jic_line":           jicLine,
	"observations_line":  observationsLine,
	"place_line":         placeLine,
	"practice_bypass":    practiceBypass,
	"problem_action":     problemAction,
	"problem_call":       problemCall,
	"treatments_line":    treatmentsLine,
}

// The words of the CPR headline while the decision is not endorsed (domain.md 5 X03: attempt by default until then).
const (
	cprUnendorsed      = "DNACPR recorded, NOT YET ENDORSED - attempt CPR"
	modifiedUnendorsed = "Modified CPR recorded, NOT YET ENDORSED - attempt CPR"
)

// CPREndorsed says whether a decision to limit resuscitation was made by a senior clinician, or endorsed by one (domain.md
// 5 X03). Without a decision maker's role it is not.
func CPREndorsed(r forms.Reader) bool {
	if seniorRole(r.Text(CPRDecidedRole)) {
		return true
	}
	return seniorRole(r.Text(CPREndorsedRole)) && r.Text(CPREndorsedBy) != "" && r.Text(CPREndorsedAt) != ""
}

func seniorRole(code string) bool {
	switch code {
	case RoleGP, RoleConsultant, RoleHospiceDoctor, RoleAdvancedNurse:
		return true
	}
	return false
}

func cprHeadline(r forms.Reader) []forms.Span {
	switch code := r.Text(CPRDecision); {
	case code == CPRDoNotAttempt && !CPREndorsed(r):
		return plain(cprUnendorsed)
	case code == CPRModifiedChild && !CPREndorsed(r):
		return plain(modifiedUnendorsed)
	case code != "":
		return plain(crew(r, CPRDecision))
	}
	return nil
}

// cprFacts says why, when, by whom and until when.
func cprFacts(r forms.Reader) []forms.Span {
	code := r.Text(CPRDecision)
	limits := code == CPRDoNotAttempt || code == CPRModifiedChild
	if !limits && code != CPRAttempt {
		return nil
	}
	var s []string
	if code == CPRDoNotAttempt {
		s = append(s, or(crew(r, CPRReason), "Reason: Not recorded"))
	}
	decided := "Decision date: Not recorded"
	if at := day(r.Text(CPRDate)); at != "" {
		decided = "Decided " + at
	}
	if by := join(", ", r.Text(CPRDecidedBy), makerRole(r, CPRDecidedRole)); by != "" {
		decided += " by " + by
	} else {
		decided += "; decision maker: Not recorded"
	}
	if limits {
		review := crew(r, CPRReview)
		if d := r.Text(CPRReviewDate); d != "" {
			if d < r.Today().Format(time.DateOnly) {
				review = "REVIEW WAS DUE"
			}
			review += " " + nhs.FormatDate(d)
		}
		decided += "; " + or(review, "review: Not recorded")
	}
	s = append(s, decided)
	if limits && !seniorRole(r.Text(CPRDecidedRole)) {
		if CPREndorsed(r) {
			s = append(s, "Endorsed "+day(r.Text(CPREndorsedAt))+" by "+join(", ", r.Text(CPREndorsedBy), makerRole(r, CPREndorsedRole)))
		} else {
			s = append(s, "A senior clinician has not endorsed it")
		}
	}
	return plain(sentences(s...))
}

// makerRole is the role of a decision maker in the few words that the summary has room for.
func makerRole(r forms.Reader, id string) string {
	switch r.Text(id) {
	case RoleAdvancedNurse:
		return "advanced practitioner"
	case RoleConsultant:
		return "consultant"
	case RoleHospiceDoctor:
		return "hospice doctor"
	case "other_doctor":
		return "doctor"
	case "nurse":
		return "nurse or practitioner"
	case "other":
		return "other role"
	}
	return r.Words(id)
}

// cprKnows says who knows the decision and where the paper form is.
func cprKnows(r forms.Reader) []forms.Span {
	if c := r.Text(CPRDecision); c != CPRDoNotAttempt && c != CPRModifiedChild {
		return nil
	}
	s := []string{knows(r, "the person", CPRPatientAware), knows(r, "the family", CPRFamilyAware)}
	if r.Is(CPRPatientAware, "aware") && r.Is(CPRFamilyAware, "aware") {
		s = []string{"The person and the family know"}
	}
	switch kind := r.Text(CPRDocument); kind {
	case "":
		s = append(s, "Form: Not recorded")
	case "NONE":
		s = append(s, "No paper form")
	default:
		s = append(s, r.Words(CPRDocument)+": "+or(r.Text(CPRDocumentLocation), "place not recorded"))
	}
	return plain(sentences(s...))
}

func knows(r forms.Reader, who, id string) string {
	switch r.Text(id) {
	case "aware":
		return "T" + who[1:] + " knows"
	case "not_aware":
		return "T" + who[1:] + " does NOT know"
	}
	return "Whether " + who + " knows: " + or(r.Words(id), "Not recorded")
}

func interventionsLine(r forms.Reader) []forms.Span {
	by := map[string][]string{}
	notes := false
	for _, row := range r.Rows(Interventions) {
		if what := row.Words(Intervention); what != "" {
			pref := row.Text(InterventionPref)
			by[pref] = append(by[pref], lower(what))
		}
		notes = notes || row.Text(InterventionNote) != ""
	}
	var s []string
	for _, p := range [...]struct{ code, words string }{{"decline", "Declines: "}, {"trial", "For a limited time: "}, {"accept", "Accepts: "}, {"not_discussed", "Not discussed: "}} {
		if list := by[p.code]; len(list) > 0 {
			s = append(s, p.words+strings.Join(list, "; "))
		}
	}
	if len(s) == 0 {
		return nil
	}
	if notes {
		s = append(s, "Notes on these are in the full plan")
	}
	return plain(sentences(s...))
}

func conveyanceLine(r forms.Reader) []forms.Span {
	reasons := r.Text(ConveyanceReasons)
	switch r.Text(Conveyance) {
	case ConveyAny:
		return plain("Take to hospital whenever it is clinically needed.")
	case ConveySelected:
		return plain(sentences("Take to hospital only for: " + or(reasons, "Not recorded")))
	case ConveyAvoid:
		s := []string{"Avoid hospital if at all possible"}
		byDay, byNight := or(calledFirst(r, CallFirstInHours), "Not recorded"), or(calledFirst(r, CallFirstOOH), "Not recorded")
		if byDay == byNight {
			s = append(s, "Call first: "+byDay)
		} else {
			s = append(s, "Call first: in hours "+byDay+"; out of hours "+byNight)
		}
		if reasons != "" {
			s = append(s, "Take to hospital only for: "+reasons)
		}
		return plain(sentences(s...))
	case ConveyNotDiscussed:
		return plain("Going to hospital: not discussed.")
	}
	return nil
}

// attorneyLine names who may decide for the person, and over what. Without authority over life-sustaining treatment it says
// so, so that nobody takes them for the decision maker (domain.md 5 X13).
func attorneyLine(r forms.Reader) []forms.Span {
	var label string
	switch r.Text(LPAType) {
	case LPAWithLifeSustaining:
		label = "Attorney with life-sustaining authority"
	case LPAHealthWelfare:
		label = "Attorney for health, NOT for life-sustaining treatment"
	case LPADeputy:
		label = "Court-appointed deputy, NOT for life-sustaining treatment"
	case LPAProperty:
		return plain("No attorney for health (property and affairs only).")
	case LPAEnduring:
		return plain("No attorney for health (enduring power only).")
	case LPANone:
		return plain("No attorney.")
	case LPAUnknown:
		return plain("Attorney: Unknown.")
	default:
		if s := r.State(LPAType); s != forms.Answered {
			return plain("Attorney: " + forms.StateWords(s) + ".")
		}
		return nil
	}
	var people []string
	for _, row := range r.Rows(LPAPeople) {
		people = append(people, join(", ", row.Text(LPAName), row.Text(LPARelationship), row.Text(LPAPhone)))
	}
	seen, known := r.Bool(LPASeen)
	if known && !seen {
		label += ", DOCUMENT NOT SEEN"
	}
	words := or(upTo(people, 2, 400, "attorney", "attorneys"), "Not recorded")
	for _, row := range r.Rows(LPAPeople) {
		if row.Is(LPAActs, "jointly") {
			words += " (all must agree)"
			break
		}
	}
	if r.Is(CapacityForPlan, CapacityHas) {
		words += " (decides only if capacity is lost)"
	}
	if !known {
		return led(label, words, "Whether the document was seen: "+or(r.Words(LPASeen), "Not recorded"))
	}
	return led(label, words)
}

// ADRTBinds says whether the advance decision meets every condition for refusing life-sustaining treatment: in writing,
// signed, witnessed, says that it applies even if life is at risk, and made at 18 or older (domain.md 5 X12). Otherwise it
// is shown as wishes to be considered.
func ADRTBinds(r forms.Reader) bool {
	if !r.Is(ADRTStatus, ADRTPresent) {
		return false
	}
	for _, id := range []string{ADRTWritten, ADRTSigned, ADRTWitnessed, ADRTLifeSustaining} {
		if v, ok := r.Bool(id); !ok || !v {
			return false
		}
	}
	years, ok := ageOn(r, r.Text(ADRTDate))
	return ok && years >= 18
}

func adrtBinding(r forms.Reader) []forms.Span {
	switch r.Text(ADRTStatus) {
	case ADRTAbsent:
		return plain("No advance decision to refuse treatment.")
	case ADRTUnknown:
		return plain("Advance decision to refuse treatment: Unknown.")
	case ADRTRetracted:
		s := "Advance decision to refuse treatment was retracted"
		if d := r.Words(ADRTRetractedOn); d != "" {
			s += " on " + d
		}
		return plain(s + ".")
	case ADRTPresent:
	default:
		if s := r.State(ADRTStatus); s != forms.Answered {
			return plain("Advance decision to refuse treatment: " + forms.StateWords(s) + ".")
		}
		return nil
	}
	label := "Advance decision to refuse treatment, wishes to be considered, not binding"
	if ADRTBinds(r) {
		label = "Advance decision to refuse treatment, binding"
	}
	if v, ok := r.Bool(ADRTRefusesCPR); ok && v {
		label += ", refuses CPR"
	}
	words := []string{or(r.Words(ADRTDate), "date not recorded")}
	// X13: an advance decision made after the power of attorney prevails, when it binds at all; a later power on the same
	// decision may override it.
	made, given := r.Text(ADRTDate), r.Text(LPADate)
	if r.Is(LPAType, LPAWithLifeSustaining) && made != "" && given != "" {
		switch on := nhs.FormatDate(given); {
		case made == given:
			words = append(words, "The power of attorney is of the same day: which came first is not recorded")
		case made < given:
			words = append(words, "The later power of attorney of "+on+" may override it")
		case ADRTBinds(r):
			words = append(words, "Made after the power of attorney of "+on+": it prevails")
		default:
			words = append(words, "The power of attorney is of "+on)
		}
	}
	return led(label, words...)
}

func capacityLine(r forms.Reader) []forms.Span {
	if r.Text(CapacityForPlan) == "" {
		return nil
	}
	s := crew(r, CapacityForPlan)
	if d := r.Words(CapacityAssessedOn); d != "" {
		s += " (" + d + ")"
	}
	if r.Text(CapacityFluctuates) != "" {
		s += "; it comes and goes, see the full plan"
	}
	if r.Is(ConsentStatus, ConsentBestInterests) {
		s += ". Plan made in the person's best interests"
	}
	return plain(s + ".")
}

// problemAction is by which signs a problem is known, what to do, and the most treatment for it where that is not the level
// of the whole plan, which stands in large letters above.
func problemAction(r forms.Reader) []forms.Span {
	var out []forms.Span
	part := func(label, words string) {
		if words == "" {
			return
		}
		if label != "" {
			out = append(out, forms.Span{Text: label, Strong: true})
			words = " " + words
		}
		out = append(out, forms.Span{Text: sentences(words) + " "})
	}
	part("Signs:", r.Text(TriggerSigns))
	do := "" // alone it needs no name; after the signs a crew must see at once where it begins
	if r.Text(TriggerSigns) != "" {
		do = "Do:"
	}
	part(do, r.Text(ActionClinician))
	if level := r.Text(TreatmentLevel); level != "" && level != r.Text(Ceiling) {
		part("Treatment for this:", lower(r.Words(TreatmentLevel)))
	}
	return out
}

func problemCall(r forms.Reader) []forms.Span {
	if s := calledFirst(r, CallFirst); s != "" {
		return plain("First: " + s)
	}
	return nil
}

// calledFirst names the person or service that a field refers to, with the number.
func calledFirst(r forms.Reader, id string) string {
	group, row, ok := r.Ref(id)
	if !ok {
		return ""
	}
	if group == Contacts {
		if row.Is(ContactRoles, RoleDoNotContact) { // P05 stops approval; a number here would be rung
			return join(": ", row.Text(ContactName), "DO NOT CONTACT")
		}
		return join(" ", row.Text(ContactName), or(row.Text(ContactPhone), "number not recorded"))
	}
	return join(" ", row.Text(TeamService), or(row.Text(TeamPhone), "number not recorded"))
}

// contactLine is who a contact is to the person, and the numbers.
func contactLine(r forms.Reader) []forms.Span {
	who := join(", ", crew1(r, ContactRelationship), strings.ReplaceAll(crew1(r, ContactRoles), "; ", ", "))
	phones := join(" or ", r.Text(ContactPhone), r.Text(ContactPhone2))
	return plain(join(" ", who, or(phones, "number not recorded")))
}

// practiceBypass is left out where the same number stands beside "In hours" or "Out of hours" already.
func practiceBypass(r forms.Reader) []forms.Span {
	n := r.Text(PracticeBypassPhone)
	if n == "" {
		return nil
	}
	for _, id := range []string{CallFirstInHours, CallFirstOOH} {
		if dialled(refPhone(r, id)) == dialled(n) {
			return nil
		}
	}
	return plain("Practice, for professionals only: " + n)
}

func adjustmentsLine(r forms.Reader) []forms.Span {
	var list []string
	for _, row := range r.Rows(ReasonableAdjustments) {
		list = append(list, row.Text(Adjustment))
	}
	if len(list) == 0 {
		return nil
	}
	return led("Adjustments", upTo(list, 3, 400, "adjustment", "adjustments"))
}

// allergyLine is the status in the words of the NHS Common User Interface, then every substance, with reactions where there
// is room for them.
func allergyLine(r forms.Reader) []forms.Span {
	status := r.Words(AllergyStatus)
	if status == "" {
		return nil
	}
	if !r.Is(AllergyStatus, AllergiesKnown) {
		return plain(status + ".")
	}
	var full, short []string
	for _, row := range r.Rows(Allergies) {
		what := row.Text(AllergySubstance)
		short = append(short, what)
		if detail := join(", ", row.Text(AllergyReaction), lower(row.Words(AllergySeverity)), lower(row.Words(AllergyCertainty))); detail != "" {
			what += " (" + detail + ")"
		}
		full = append(full, what)
	}
	const room = 500
	words := strings.Join(full, "; ")
	if utf8.RuneCountInString(words) > room {
		words = upTo(short, len(short), room, "allergy", "allergies")
	}
	return led("\u26a0 "+status, or(words, "Not recorded"))
}

// criticalMedicines are those that must not stop. "None" is said only when every medicine of the list was asked about.
func criticalMedicines(r forms.Reader) []forms.Span {
	switch r.Text(MedListStatus) {
	case "none":
		return plain("No medicines.")
	case "see_gp_record":
		return plain("Not listed here; see the GP record.")
	}
	var names []string
	rows, asked := r.Rows(Medicines), 0
	for _, row := range rows {
		v, ok := row.Bool(MedCritical)
		if ok {
			asked++
		}
		if v {
			names = append(names, row.Text(MedName))
		}
	}
	var s string
	switch {
	case len(names) > 0:
		s = upTo(names, len(names), 400, "medicine", "medicines")
	case len(rows) == 0 || asked < len(rows):
		return nil
	case r.Is(MedListStatus, "partial"):
		s = "None of those listed; the list is not complete"
	default:
		s = "None of those listed"
	}
	if d := r.Words(MedListDate); d != "" {
		s += " (list of " + d + ")"
	}
	return plain(s)
}

func airwayLine(r forms.Reader) []forms.Span {
	if r.Is(TubesLines, "laryngectomy") {
		return []forms.Span{{Text: "Breathes through the neck only (laryngectomy).", Strong: true}}
	}
	if r.Is(TubesLines, "tracheostomy") {
		return []forms.Span{{Text: "Tracheostomy.", Strong: true}}
	}
	return nil
}

func treatmentsLine(r forms.Reader) []forms.Span {
	var s []string
	if v, ok := r.Bool(OxygenHome); ok {
		if v {
			t := "Oxygen at home"
			if d := join(", ", r.Text(OxygenFlow), r.Text(OxygenHours)); d != "" {
				t += ": " + d
			}
			if d := r.Text(OxygenTarget); d != "" {
				t += "; target " + d
			}
			if d := r.Text(OxygenSupplierPhone); d != "" {
				t += "; supplier " + d
			}
			s = append(s, t)
		} else {
			s = append(s, "No oxygen at home")
		}
	} else if _, ok := r.Bool(SyringePump); !ok {
		return plain("Oxygen at home and syringe pump: Not recorded.")
	} else {
		s = append(s, "Oxygen at home: Not recorded")
	}
	if v, ok := r.Bool(SyringePump); ok {
		if v {
			t := "Syringe pump running: " + or(r.Text(SyringePumpContents), "contents not recorded")
			if d := r.Text(SyringePumpPhone); d != "" {
				t += "; team " + d
			}
			s = append(s, t)
		} else {
			s = append(s, "No syringe pump")
		}
	} else {
		s = append(s, "Syringe pump: Not recorded")
	}
	return plain(sentences(s...))
}

func devicesLine(r forms.Reader) []forms.Span {
	var s []string
	switch r.Text(ICDPacemaker) {
	case "":
		s = append(s, "Implanted heart device: "+or(forms.StateWords(r.State(ICDPacemaker)), "Not recorded"))
	case "none":
		s = append(s, "No implanted heart device")
	case "unknown":
		s = append(s, "Implanted heart device: Unknown")
	default:
		t := strings.TrimSuffix(crew(r, ICDPacemaker), ".")
		if d := r.Words(ICDDeactivatedOn); d != "" {
			t += " (" + d + ")"
		}
		if d := r.Text(ICDClinicPhone); d != "" {
			t += "; clinic " + d
		}
		if d := r.Text(ICDMagnetAdvice); d != "" {
			t += "; magnet: " + d
		}
		s = append(s, t)
	}
	if t := join(": ", crew(r, TubesLines), r.Text(TubesText)); t != "" {
		s = append(s, "Has "+t)
	}
	return plain(sentences(s...))
}

func jicLine(r forms.Reader) []forms.Span {
	var s []string
	switch r.Text(JICStatus) {
	case "":
		if st := r.State(JICStatus); st != forms.Answered {
			return plain(forms.StateWords(st) + ".")
		}
		return nil
	case JICNotConsidered:
		return plain("Not considered yet.")
	case JICNotAppropriate:
		return plain("Not appropriate.")
	case JICReturned:
		return plain("Returned; none in the home.")
	case JICPrescribed:
		s = append(s, "Prescribed; where kept: "+or(r.Text(JICLocation), "Not recorded"))
	case JICIssued:
		s = append(s, "In the home: "+or(r.Text(JICLocation), "place not recorded"))
	case JICUsed:
		t := "Used"
		if d := r.Text(JICLocation); d != "" {
			t += "; were kept: " + d
		}
		s = append(s, t)
	}
	s = append(s, or(strings.TrimSuffix(crew(r, JICChart), "."), "Chart: Not recorded"))
	if d := r.Text(JICExpiry); d != "" {
		if d < r.Today().Format(time.DateOnly) {
			s = append(s, "EXPIRED "+nhs.FormatDate(d))
		} else {
			s = append(s, "Earliest expiry "+nhs.FormatDate(d))
		}
	}
	return plain(sentences(s...))
}

func accessLine(r forms.Reader) []forms.Span {
	var s []string
	switch r.Text(AccessMethod) {
	case "":
		if st := r.State(AccessMethod); st != forms.Answered {
			s = append(s, "Getting in: "+forms.StateWords(st))
		} else {
			return nil
		}
	case "key_safe":
		s = append(s, "Key safe: see the live plan for the code")
		if d := r.Text(KeySafeLocation); d != "" {
			s = append(s, "It is here: "+d)
		}
	default:
		s = append(s, crew(r, AccessMethod))
	}
	if d := r.Text(AccessNotes); d != "" {
		s = append(s, d)
	}
	return plain(sentences(s...))
}

func hazardsLine(r forms.Reader) []forms.Span {
	words := crew(r, CrewHazards)
	if words == "" {
		if st := r.State(CrewHazards); st != forms.Answered {
			words = forms.StateWords(st)
		}
	}
	return plain(sentences(join(". ", words, r.Text(CrewHazardsText))))
}

func householdLine(r forms.Reader) []forms.Span {
	s := []string{labelState(r, LivesWith, "Lives with", crew(r, LivesWith))}
	if d := r.Text(Dependants); d != "" {
		s = append(s, "Depends on this person: "+d)
	}
	return plain(sentences(s...))
}

func infectionLine(r forms.Reader) []forms.Span {
	var list []string
	for _, row := range r.Rows(InfectionAlerts) {
		list = append(list, row.Text(InfectionAlert))
	}
	if len(list) == 0 {
		return nil
	}
	return led("Infection", upTo(list, 3, 330, "infection", "infections"))
}

func interpreterLine(r forms.Reader) []forms.Span {
	switch r.Text(InterpreterNeeded) {
	case "yes":
		lang := or(r.Text(LanguageOther), r.Words(LanguageMain))
		words := lang
		if mode := r.Words(InterpreterMode); mode != "" {
			words += ", " + lower(mode)
		}
		return led("Interpreter needed", words)
	case "unknown":
		return plain("Interpreter: Unknown.")
	}
	return nil
}

func diagnosisLine(r forms.Reader) []forms.Span {
	first := r.Text(PrimaryDiagnosis)
	if first == "" {
		return nil
	}
	var others []string
	for _, row := range r.Rows(OtherDiagnoses) {
		others = append(others, row.Text(OtherDiagnosis))
	}
	s := first
	if list := upTo(others, 6, 400, "condition", "conditions"); list != "" {
		s += "; " + list
	}
	return plain(sentences(s))
}

func functionLine(r forms.Reader) []forms.Span {
	var s []string
	if w := scaleWords(r, CFS); w != "" {
		s = append(s, "Frailty scale "+w)
	}
	if w := scaleWords(r, WHOPS); w != "" {
		s = append(s, "WHO performance status "+w)
	}
	if w := scaleWords(r, AKPS); w != "" {
		s = append(s, "Karnofsky scale "+w)
	}
	s = append(s, labelState(r, Mobility, "Getting about", crew(r, Mobility)), r.Text(MobilityText))
	s = append(s, labelState(r, Cognition, "Memory and understanding", r.Text(Cognition)))
	return plain(sentences(s...))
}

// scaleWords turns the label "7 Living with severe frailty" into "7 (living with severe frailty)".
func scaleWords(r forms.Reader, id string) string {
	n, words, ok := strings.Cut(r.Words(id), " ")
	if !ok || r.Text(id) == "" {
		return ""
	}
	return n + " (" + lower(words) + ")"
}

func observationsLine(r forms.Reader) []forms.Span {
	var s []string
	if n, ok := r.Number(UsualSpO2); ok {
		s = append(s, "SpO2 "+num(n)+" %")
	}
	if lo, ok := r.Number(SpO2TargetLow); ok {
		t := "target " + num(lo)
		if hi, ok := r.Number(SpO2TargetHigh); ok {
			t += "-" + num(hi)
		}
		s = append(s, t+" %")
	}
	if t := r.Text(UsualBP); t != "" {
		s = append(s, "BP "+t)
	}
	if n, ok := r.Number(UsualPulse); ok {
		s = append(s, "pulse "+num(n))
	}
	if n, ok := r.Number(UsualRespRate); ok {
		s = append(s, "breaths "+num(n)+" a minute")
	}
	if len(s) == 0 {
		return nil
	}
	return plain("Usual: " + strings.Join(s, ", ") + ".")
}

func placeLine(r forms.Reader) []forms.Span {
	var s []string
	for _, p := range [...]struct{ words, first, second string }{{"Care: ", PPC1, PPC2}, {"Death: ", PPD1, PPD2}} {
		w := lower(r.Words(p.first))
		if w == "" {
			w = "Not recorded"
		}
		if second := r.Words(p.second); second != "" {
			w += "; second choice " + lower(second)
		}
		s = append(s, p.words+w)
	}
	if r.Blank(PPC1) && r.Blank(PPD1) {
		return nil
	}
	return plain(sentences(s...))
}

// deathDate shows the one date of death, kept with the person (deceased_date), where the outcome is written.
func deathDate(r forms.Reader) []forms.Span { return plain(r.Words(DeceasedDate)) }

func deathPPDMet(r forms.Reader) []forms.Span {
	words := map[string]string{
		PlaceMetFirst: "Yes, the first choice", PlaceMetSecond: "Yes, the second choice", PlaceNotMet: "No",
		PlaceNoPreference: "No preference was recorded", PlaceUnknown: "Unknown",
	}
	return plain(words[PlaceMet(r)])
}

// plain is words in one weight; nil for none.
func plain(s string) []forms.Span {
	if s == "" {
		return nil
	}
	return []forms.Span{{Text: s}}
}

// led is a strong label, a colon, and sentences.
func led(label string, words ...string) []forms.Span {
	return []forms.Span{{Text: label, Strong: true}, {Text: ": " + sentences(words...)}}
}

// crew is the answer in the words of the summary: Option.Crew where there is one.
func crew(r forms.Reader, id string) string {
	it := r.Def().Item(id)
	if _, ok := r.Get(id); !ok {
		return r.Words(id)
	}
	var s []string
	codes := r.Codes(id)
	for _, o := range it.Options { // in the order of the definition, whatever the order of the clicks
		for _, c := range codes {
			if c == o.Code {
				s = append(s, or(o.Crew, o.Label))
			}
		}
	}
	return strings.Join(s, "; ")
}

// crew1 is crew for a value alone: an answer without one gives nothing.
func crew1(r forms.Reader, id string) string {
	if !has(r, id) {
		return ""
	}
	return crew(r, id)
}

// upTo joins the first entries, as many as max and the room in characters allow, and counts the others: nothing is ever
// left out silently (domain.md 5 X24). The first entry always stands whole.
func upTo(list []string, max, room int, one, many string) string {
	n, used := 0, 0
	for n < len(list) && n < max {
		used += utf8.RuneCountInString(list[n]) + 2
		if n > 0 && used > room {
			break
		}
		n++
	}
	s := strings.Join(list[:n], "; ")
	switch rest := len(list) - n; {
	case rest == 1:
		s += "; and 1 more " + one + " in the full plan"
	case rest > 1:
		s += "; and " + strconv.Itoa(rest) + " more " + many + " in the full plan"
	}
	return s
}

// sentences writes each part as a sentence.
func sentences(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		p = strings.TrimRight(p, " \n\t")
		if strings.TrimSpace(p) == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p)
		if last, _ := utf8.DecodeLastRuneInString(p); !strings.ContainsRune(".!?:;\u2026", last) {
			b.WriteByte('.')
		}
	}
	return b.String()
}

func join(sep string, parts ...string) string {
	var s []string
	for _, p := range parts {
		if p != "" {
			s = append(s, p)
		}
	}
	return strings.Join(s, sep)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// lower makes a label fit the middle of a sentence, unless it starts with an abbreviation.
func lower(s string) string {
	if s == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); next >= 'A' && next <= 'Z' {
		return s
	}
	return strings.ToLower(string(first)) + s[n:]
}

// labelState is the words of an answer, or its state with a label: "Unknown" alone says nothing.
func labelState(r forms.Reader, id, label, words string) string {
	if st := r.State(id); st != forms.Answered {
		return label + ": " + forms.StateWords(st)
	}
	return words
}

func num(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// day is the date in London of a moment in RFC 3339, as 09-Jun-1941; "" when it is none.
func day(moment string) string {
	d := londonDay(moment)
	if d == "" {
		return ""
	}
	return nhs.FormatDate(d)
}

// londonDay is the date in London of a moment in RFC 3339, as 2006-01-02; "" when it is none.
func londonDay(moment string) string {
	t, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return ""
	}
	return t.In(nhs.London()).Format(time.DateOnly)
}

// ageOn is the person's age in whole years on a date; false when either date is missing.
func ageOn(r forms.Reader, on string) (int, bool) {
	born, err1 := time.Parse(time.DateOnly, r.Text(BirthDate))
	at, err2 := time.Parse(time.DateOnly, on)
	if err1 != nil || err2 != nil || at.Before(born) {
		return 0, false
	}
	return nhs.Years(born, at), true
}
