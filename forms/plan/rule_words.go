package plan

// What may change here: rule X25 of domain.md 5: abbreviations and their long forms. A longer list helps more readers; it
// never stops anybody.

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cmc/forms"
)

// longForms are the words for abbreviations that a patient could not read, or that a crew could misread (hazard H06).
var longForms = map[string]string{
	"ACP":    "advance care planning",
	"ADRT":   "advance decision to refuse treatment",
	"AMHP":   "approved mental health professional",
	"CKD":    "chronic kidney disease",
	"COPD":   "chronic lung disease",
	"DN":     "district nurse",
	"DNACPR": "do not attempt resuscitation",
	"DNAR":   "do not attempt resuscitation",
	"DNR":    "do not attempt resuscitation",
	"DOLS":   "deprivation of liberty safeguards",
	"EOL":    "end of life",
	"EOLC":   "end of life care",
	"GSF":    "Gold Standards Framework",
	"IDDSI":  "texture level of food and drink",
	"JIC":    "just-in-case medicines",
	"LPA":    "lasting power of attorney",
	"NBM":    "nothing by mouth",
	"NFR":    "do not attempt resuscitation",
	"NOK":    "next of kin",
	"OOH":    "out of hours",
	"POA":    "power of attorney",
	"POC":    "care visits",
	"PPC":    "preferred place of care",
	"PPD":    "preferred place of death",
	"SOB":    "breathless",
	"SOBOE":  "breathless on exertion",
	"TEP":    "treatment escalation plan",
	"TLC":    "comfort and symptom control",
	"UTI":    "urine infection",
}

// ruleX25Abbreviations offers the long form of the first abbreviation in each text. The person may read the whole plan, so
// every text counts but the two kinds that nobody is shown.
func ruleX25Abbreviations(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	eachText(r, func(in forms.Reader, it *forms.Item, text string) {
		if short := abbreviation(text); short != "" && in.Visible(it.ID) {
			out = append(out, forms.Problem{Item: it.ID, Row: in.RowID(), Words: "\u201c" + short + "\u201d could be misread: write \u201c" + longForms[short] + "\u201d"})
		}
	})
	return out
}

// abbreviation finds the first abbreviation of longForms in a text: letters of which at least two are capitals, standing by
// themselves; "" when there is none.
func abbreviation(text string) string {
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(c) {
			i += n
			continue
		}
		start, capitals, ascii := i, 0, true
		for i < len(text) {
			c, n = utf8.DecodeRuneInString(text[i:])
			if !unicode.IsLetter(c) {
				break
			}
			if 'A' <= c && c <= 'Z' {
				capitals++
			}
			ascii = ascii && c < utf8.RuneSelf
			i += n
		}
		if capitals >= 2 && ascii && i-start <= 6 {
			if w := strings.ToUpper(text[start:i]); longForms[w] != "" {
				return w
			}
		}
	}
	return ""
}
