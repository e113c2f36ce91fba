package plan

// What may change here: rule X19 of domain.md 5: that a plan is for the person whom the patient index knows under the number
// (hazard H01). Names alone never match anybody.

import (
	"strings"
	"time"
	"unicode"

	"cmc/forms"

	"golang.org/x/text/unicode/norm"
)

// IndexRecord is a person as the patient index knows them.
type IndexRecord struct {
	NHSNumber  string // ten digits
	FamilyName string
	GivenName  string
	BirthDate  string // 2006-01-02
	OtherPlan  bool   // another live plan names this person: one person has one plan (domain.md 10.3)
}

// Index finds people by NHS number, and by nothing less. The central service implements it over its own store.
type Index interface {
	// FindByNHSNumber returns the person with the ten digits; ok is false when the index does not know the number.
	FindByNHSNumber(digits string) (rec IndexRecord, ok bool)
}

// greatestAge is the greatest age that a date of birth may give (domain.md 4.2).
const greatestAge = 125

// ruleX19Identity is the part of X19 that a plan can answer by itself: the number is verified, or somebody signed for the
// match; the date of birth can be right.
func ruleX19Identity(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	if !r.Is(NHSNumberStatus, NHSNumberVerified) && !signedMatch(r) {
		out = append(out, forms.Problem{Item: NHSMatchReason, Words: "The NHS number is not verified. Have it checked, or say how you know that this is the right person and sign for it"})
	}
	if age, ok := r.Age(); ok && age > greatestAge {
		out = append(out, forms.Problem{Item: BirthDate, Words: "Check the date of birth: the person would be more than 125 years old"})
	}
	died := r.Text(DeceasedDate)
	if born := r.Text(BirthDate); died != "" && born != "" && died < born {
		out = append(out, forms.Problem{Item: DeceasedDate, Words: "The date of death is before the date of birth"})
	}
	return out
}

func signedMatch(r forms.Reader) bool {
	return strings.TrimSpace(r.Text(NHSMatchReason)) != "" && strings.TrimSpace(r.Text(NHSMatchBy)) != ""
}

// CheckIndex looks the person up and compares (X19). A number that the index does not know stops approval unless somebody
// signed for the match.
func CheckIndex(r forms.Reader, ix Index) []forms.Problem {
	number := r.Text(NHSNumber)
	if number == "" {
		return nil // the gap is told of already
	}
	rec, ok := ix.FindByNHSNumber(number)
	if !ok {
		p := placed(r, NHSNumber, "The patient index does not know this NHS number. Check it, or sign for the match")
		if signedMatch(r) {
			p.Severity = forms.Confirm
			p.Words = "The patient index does not know this NHS number. Somebody has signed for the match"
		}
		return []forms.Problem{p}
	}
	return CheckIdentity(r, rec)
}

// CheckIdentity compares a plan with the record of the patient index that has its NHS number: number, date of birth and
// family name must all agree before approval (X19). With a signed match a difference of name or date of birth is to be
// confirmed; another number never passes. A second plan for one person is stopped. The problems are complete: Rule, Severity
// and Step are filled.
func CheckIdentity(r forms.Reader, rec IndexRecord) []forms.Problem {
	var out []forms.Problem
	differs := func(id, words string) {
		p := placed(r, id, words)
		if signedMatch(r) && id != NHSNumber {
			p.Severity = forms.Confirm
		}
		out = append(out, p)
	}
	if r.Text(NHSNumber) != rec.NHSNumber {
		differs(NHSNumber, "The NHS number is not the one of this patient's record")
	}
	if r.Text(BirthDate) != rec.BirthDate {
		differs(BirthDate, "The date of birth differs from the patient index")
	}
	if !sameName(r.Text(FamilyName), rec.FamilyName) {
		differs(FamilyName, "The family name differs from the patient index")
	}
	if rec.OtherPlan {
		p := placed(r, NHSNumber, "This person already has a plan. Open that one: one person has one plan")
		out = append(out, p)
	}
	return out
}

func placed(r forms.Reader, id, words string) forms.Problem {
	return forms.Problem{Item: id, Step: r.Def().Item(id).InStep().ID, Rule: "X19", Severity: forms.Stop, Words: words}
}

// sameName compares family names by their letters: upper and lower case, spaces, dashes and apostrophes, and marks over
// letters make no difference; any other letter does.
func sameName(a, b string) bool {
	return letters(a) == letters(b) && letters(a) != ""
}

func letters(s string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(s) {
		if unicode.IsLetter(c) {
			b.WriteRune(unicode.ToLower(c))
		}
	}
	return b.String()
}

// Overdue says whether the review of a plan was due before a day, and since when (2006-01-02).
func Overdue(r forms.Reader) (since string, overdue bool) {
	due := r.Text(ReviewDue)
	return due, due != "" && due < r.Today().Format(time.DateOnly)
}
