package screens

// What may change here: how a person is named outside the patient banner: always two identifiers (H01).

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
	"cmc/ui/control"
)

// nameOf is SMITH, John (Mr).
func nameOf(p api.Patient) string { return nhs.FormatName(p.FamilyName, p.GivenName, p.Title) }

// numberOf is 999 000 9600, or the words of the NHS banner guide for none.
func numberOf(p api.Patient) string {
	if p.NHSNumber == "" {
		return "Not Known"
	}
	return nhs.FormatNHSNumber(p.NHSNumber)
}

// identifiersOf is "Born 09-Jun-1941 (85y)   NHS No. 999 000 9600", with when the person died where that is known.
func identifiersOf(p api.Patient, today time.Time) string {
	born := "Born " + nhs.Born(p.BirthDate, today)
	if p.DeathDate != "" {
		born = "Born " + nhs.FormatDate(p.BirthDate) + "   Died " + nhs.FormatDate(p.DeathDate)
	}
	return together(born) + "   " + together("NHS No. "+numberOf(p))
}

// together keeps words on one line: an identifier is never broken (NUM-0001).
func together(words string) string { return strings.ReplaceAll(words, " ", "\u00a0") }

// personLines is the person's name with what warns of a mix-up, the identifiers, and where the person is.
func personLines(p api.Patient, today time.Time, where bool) fyne.CanvasObject {
	var name fyne.CanvasObject = control.Strong(nameOf(p))
	var tags []fyne.CanvasObject
	if p.SameName {
		tags = append(tags, control.SmallTag("Same surname", control.Warn))
	}
	if p.DeathDate != "" {
		tags = append(tags, control.SmallTag("Has died", control.Neutral))
	}
	if len(tags) > 0 {
		name = control.HStack(8, append([]fyne.CanvasObject{name}, tags...)...)
	}
	lines := []fyne.CanvasObject{name, control.Small(identifiersOf(p, today))}
	if where && p.Where != "" {
		lines = append(lines, control.Small(p.Where))
	}
	return control.VStack(1, lines...)
}

// genderOf is the gender on the health record in the words of the plan's own question.
func genderOf(code string) string {
	if it := plan.Definition().Item(plan.GenderAdmin); it != nil {
		if o := it.Option(code); o != nil {
			return o.Label
		}
	}
	return "Not Known"
}

// BannerOf is the patient banner of a plan that has no summary here.
func BannerOf(p api.Patient, today time.Time) forms.Banner {
	b := forms.Banner{
		Name: nameOf(p), Preferred: p.Preferred, Born: nhs.Born(p.BirthDate, today), NHSNumber: numberOf(p), Where: p.Where,
		Gender: genderOf(p.Gender),
	}
	if p.DeathDate != "" {
		b.Born, b.Died = nhs.FormatDate(p.BirthDate), nhs.FormatDate(p.DeathDate)
		born, err1 := time.Parse(time.DateOnly, p.BirthDate)
		died, err2 := time.Parse(time.DateOnly, p.DeathDate)
		if err1 == nil && err2 == nil {
			b.AgeAtDeath = nhs.AgeOn(born, died)
		}
	}
	return b
}

// waited says how long something waits: "2 hours".
func waited(since, now time.Time) string {
	d := now.Sub(since)
	count := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch {
	case since.IsZero():
		return ""
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return count(int(d.Minutes()), "minute")
	case d < 24*time.Hour:
		return count(int(d.Hours()), "hour")
	case d < 60*24*time.Hour:
		return count(int(d.Hours()/24), "day")
	}
	return count(int(d.Hours()/24/30), "month")
}
