package plan

// What may change here: checks of one value that YAML cannot say. A check sees the answer alone and returns a sentence, or
// "" when the value is right.

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cmc/forms"
	"cmc/forms/nhs"
)

// checks are the named checks of the YAML.
var checks = map[string]func(forms.Answer) string{
	"attachment":     checkAttachment,
	"birth_date":     checkBirthDate,
	"blood_pressure": checkBloodPressure,
	"no_full_stop":   checkNoFullStop,
	"none_alone":     checkNoneAlone,
	"no_identifiers": checkNoIdentifiers,
	"ods_or_cqc":     checkODSOrCQC,
}

// maxAttachment is the largest attachment in bytes (domain.md 4.24: 10 MB).
const maxAttachment = 10 << 20

func checkAttachment(a forms.Answer) string {
	if a.File == nil {
		return ""
	}
	switch a.File.MediaType {
	case "application/pdf", "image/jpeg", "image/png":
	default:
		return "Attach a PDF, JPEG or PNG file"
	}
	if a.File.Size > maxAttachment {
		return "Attach a file of 10 MB or less"
	}
	return ""
}

// checkBirthDate refuses years that nobody alive was born in. The exact limit of 125 years (domain.md 4.2) needs today and
// is part of rule X19.
func checkBirthDate(a forms.Answer) string {
	t, err := time.Parse(time.DateOnly, a.Text)
	if err == nil && t.Year() < 1890 {
		return "Check the year of birth"
	}
	return ""
}

var bloodPressure = regexp.MustCompile(`^([0-9]{2,3})/([0-9]{2,3})$`)

func checkBloodPressure(a forms.Answer) string {
	m := bloodPressure.FindStringSubmatch(a.Text)
	if m == nil {
		return "Write the blood pressure like 98/60"
	}
	upper, _ := strconv.Atoi(m[1])
	lower, _ := strconv.Atoi(m[2])
	if upper <= lower || upper > 300 {
		return "Check the blood pressure: the first number is the higher one"
	}
	return ""
}

// checkNoneAlone refuses "none known" beside a hazard.
func checkNoneAlone(a forms.Answer) string {
	if len(a.Codes) > 1 && slices.Contains(a.Codes, "none_known") {
		return "Choose \u201cNone known\u201d alone, or the hazards without it"
	}
	return ""
}

// checkNoFullStop holds the display rule of the NHS Common User Interface: a title has no trailing full stop.
func checkNoFullStop(a forms.Answer) string {
	if strings.HasSuffix(strings.TrimSpace(a.Text), ".") {
		return "Leave out the full stop"
	}
	return ""
}

// tenDigits finds ten digits that are not part of a longer number.
var tenDigits = regexp.MustCompile(`(?:^|[^0-9])((?:[0-9][ -]?){9}[0-9])(?:$|[^0-9])`)

// checkNoIdentifiers keeps NHS numbers out of the one-line alert, which is shown before anything else (domain.md 4.1).
// A telephone number may stand there.
func checkNoIdentifiers(a forms.Answer) string {
	for _, m := range tenDigits.FindAllStringSubmatch(a.Text, -1) {
		if _, err := nhs.ParseNHSNumber(m[1]); err == nil {
			return "Leave the NHS number out of this line"
		}
	}
	return ""
}

var cqcLocation = regexp.MustCompile(`^1-[0-9]{6,15}$`)

func checkODSOrCQC(a forms.Answer) string {
	if cqcLocation.MatchString(a.Text) {
		return ""
	}
	if _, err := nhs.ParseODS(a.Text); err != nil {
		return "Enter an ODS code like VN123, or a Care Quality Commission location number like 1-1234567890"
	}
	return ""
}
