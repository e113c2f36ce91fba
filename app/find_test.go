package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cmc/api"
	"cmc/forms/nhs"
)

var testDay = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestParseFind(t *testing.T) {
	born := "1941-06-09"
	for typed, want := range map[string]api.PatientSearch{
		"":                            {},
		"   ":                         {},
		"999 000":                     {},
		"9990009600":                  {NHSNumber: "9990009600"},
		" 999 000 9600 ":              {NHSNumber: "9990009600"},
		"999-000-9600":                {NHSNumber: "9990009600"},
		"Smith":                       {},
		"Smith 9":                     {},
		"Smith 9/6":                   {},
		"Smith 9/6/1":                 {},
		"Smith 9/6/41":                {FamilyName: "Smith", BirthDate: born},
		"Smith 9/6/194":               {},
		"Smith 9/6/1941":              {FamilyName: "Smith", BirthDate: born},
		"smith, john 09-Jun-1941":     {FamilyName: "smith", GivenName: "john", BirthDate: born},
		"smith,john,09-Jun-1941":      {FamilyName: "smith", GivenName: "john", BirthDate: born},
		"John Smith 9 June 1941":      {FamilyName: "Smith", GivenName: "John", BirthDate: born},
		"SMITH John 090641":           {FamilyName: "SMITH", GivenName: "John", BirthDate: born},
		"Jan van der Berg 1941-06-09": {FamilyName: "van der Berg", GivenName: "Jan", BirthDate: born},
		"O'Neill-Ōta 9/6/41":          {FamilyName: "O'Neill-Ōta", BirthDate: born},
		"9/6/1941 Smith":              {FamilyName: "Smith", BirthDate: born},
		"9 June 1941 Smith":           {FamilyName: "Smith", BirthDate: born},
		"9/6/41":                      {},
		"smith,":                      {},
		"Smith 09-J":                  {},
		"Smith 31/12":                 {},
		"Smith 29/2/19":               {},
	} {
		got, err := parseFind(typed, testDay)
		if err != nil || got != want {
			t.Errorf("%q is %+v (%v), want %+v", typed, got, err, want)
		}
	}
}

func TestParseFindSaysWhatCannotBecomeRight(t *testing.T) {
	for typed, want := range map[string]error{
		"9990009601":        nhs.ErrCheckDigit,
		"999 000 96000":     nhs.ErrLength,
		"Smith 31/2":        nil,
		"Smith 31/2/41":     nil,
		"Smith 9/13":        nil,
		"Smith 09-Jux":      nil,
		"Smith 9/6/2030":    nil,
		"Smith 30-Feb-1941": nil,
	} {
		got, err := parseFind(typed, testDay)
		if err == nil || want != nil && !errors.Is(err, want) || got != (api.PatientSearch{}) {
			t.Errorf("%q gave %+v, %v", typed, got, err)
			continue
		}
		words := Explain(err).What
		if len(words) < 10 || strings.Contains(words, "999") {
			t.Errorf("%q is told as %q", typed, words)
		}
	}
}

// While something right is being typed, nothing is called wrong on the way.
func TestHalfTypedIsNeverAnError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1905, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 44000).Draw(t, "day"))
		form := rapid.SampledFrom([]string{"02-Jan-2006", "2/1/2006", "02/01/2006", "2 January 2006", "02012006", "2006-01-02", "2-Jan-2006"}).Draw(t, "form")
		name := rapid.SampledFrom([]string{"Smith ", "smith, john ", "John Smith "}).Draw(t, "name")
		typed := name + day.Format(form)
		for i := range typed {
			if _, err := parseFind(typed[:i], testDay); err != nil {
				t.Fatalf("%q on the way to %q is called wrong: %v", typed[:i], typed, err)
			}
		}
		got, err := parseFind(typed, testDay)
		if err != nil || got.BirthDate != day.Format(time.DateOnly) {
			t.Fatalf("%q is %+v, %v", typed, got, err)
		}
		number, ok := nhs.MakeTestNHSNumber(rapid.IntRange(0, 99999).Draw(t, "number"))
		if !ok {
			return
		}
		shown := nhs.FormatNHSNumber(number)
		for i := range shown {
			if _, err := parseFind(shown[:i], testDay); err != nil {
				t.Fatalf("%q: %v", shown[:i], err)
			}
		}
		wrong := number[:9] + string('0'+(number[9]-'0'+1)%10)
		if _, err := parseFind(wrong, testDay); !errors.Is(err, nhs.ErrCheckDigit) {
			t.Fatalf("%s: %v", wrong, err)
		}
	})
}

func FuzzParseFind(f *testing.F) {
	for _, typed := range []string{"999 000 9600", "Smith 9/6/41", "smith, john 09-Jun-1941", "９９９", "\x00", "31/2", "İ 1/1/1"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := parseFind(typed, testDay)
		if err != nil && got != (api.PatientSearch{}) {
			t.Fatalf("%q gives both a search and an error", typed)
		}
		if got.NHSNumber == "" && (got.FamilyName == "") != (got.BirthDate == "") {
			t.Fatalf("%q is half a search: %+v", typed, got)
		}
	})
}

func TestFindNeeds(t *testing.T) {
	d := &Desk{p: Params{Now: func() time.Time { return testDay }}}
	for typed, want := range map[string]string{
		"":             "Type an NHS number, or a name and a date of birth.",
		"999 000":      "An NHS number has 10 digits.",
		"Smith":        "Add the date of birth, for example 09-Jun-1941.",
		"Smith 9/6":    "Finish the date of birth, for example 09-Jun-1941.",
		"Smith 9/6/41": "",
	} {
		if got := d.FindNeeds(typed); got != want {
			t.Errorf("%q needs %q, want %q", typed, got, want)
		}
	}
}
