package nhs

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var today = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestParseDate(t *testing.T) {
	for _, lang := range []string{"en_US.UTF-8", "en_GB.UTF-8", "C", "tr_TR"} { // day first always
		t.Setenv("LANG", lang)
		t.Setenv("LC_ALL", lang)
		for typed, want := range map[string]string{
			"09-Jun-1941": "1941-06-09", "9/6/41": "1941-06-09", "090641": "1941-06-09", "9 June 1941": "1941-06-09",
			"1941-06-09": "1941-06-09", "9.6.1941": "1941-06-09", "9 6 1941": "1941-06-09", "09061941": "1941-06-09",
			"9th June 1941": "1941-06-09", "9th of June, 1941": "1941-06-09", "June 9, 1941": "1941-06-09", "09jun1941": "1941-06-09",
			" 09 – JUN – 1941 ": "1941-06-09", "1941/6/9": "1941-06-09", "1941 June 9": "1941-06-09", "1st Sept 2026": "2026-09-01",
			"12/10/2026": "2026-10-12", "01/02/03": "2003-02-01", "22/11/26": "2026-11-22", "23/11/26": "1926-11-23",
			"1/1/27": "1927-01-01", "29/2/24": "2024-02-29", "29 2 28": "1928-02-29", "31 Dec 99": "1999-12-31", "3 august 1960": "1960-08-03",
			"29 February 2000": "2000-02-29", "01012050": "2050-01-01",
		} {
			got, err := ParseDate(typed, today)
			if err != nil || got != day(want) {
				t.Errorf("LANG=%s ParseDate(%q) = %v, %v; want %s", lang, typed, got, err, want)
			}
		}
	}
}

func TestParseFutureDate(t *testing.T) {
	for typed, want := range map[string]string{
		"12/1/27": "2027-01-12", "12/1/26": "2026-01-12", "1 Jan 06": "2106-01-01", "1 Jan 07": "2007-01-01", "010180": "2080-01-01",
		"9 June 1941": "1941-06-09", "22 11 2026": "2026-11-22",
	} {
		got, err := ParseFutureDate(typed, today)
		if err != nil || got != day(want) {
			t.Errorf("ParseFutureDate(%q) = %v, %v; want %s", typed, got, err, want)
		}
	}
	// Whatever the day, a two-digit year is never more than 80 years ahead, nor more than 19 behind.
	for y := 1990; y < 2095; y++ {
		for yy := range 100 {
			got := futureYear(yy, time.Date(y, 5, 5, 0, 0, 0, 0, time.UTC))
			if got < y-19 || got > y+80 || got%100 != yy {
				t.Fatalf("in %d, %02d became %d", y, yy, got)
			}
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, c := range []struct {
		typed string
		kind  error
		words string
	}{
		{"", ErrEmpty, "Enter a date"},
		{" / / ", ErrEmpty, "Enter a date"},
		{"9", ErrDateParts, "The date must include a month and a year"},
		{"9 June", ErrDateParts, "The date must include a year"},
		{"June 9", ErrDateParts, "The date must include a year"},
		{"9/6", ErrDateParts, "The date must include a year"},
		{"32 June", ErrDateParts, "The date must include a year"},
		{"June 1941", ErrDateParts, "The date must include a day"},
		{"June 41", ErrDateParts, "The date must include a day"},
		{"6/1941", ErrDateParts, "The date must include a day"},
		{"1941", ErrDateParts, "The date must include a day and a month"},
		{"June", ErrDateParts, "The date must include a day and a year"},
		{"31 February 1941", ErrNoSuchDay, "31 February is not a real date"},
		{"31-Feb-41", ErrNoSuchDay, "31 February is not a real date"},
		{"30/2/2000", ErrNoSuchDay, "30 February is not a real date"},
		{"31 4 1941", ErrNoSuchDay, "31 April is not a real date"},
		{"29-Feb-1900", ErrNoSuchDay, "29 February is not a real date in that year: check the year"},
		{"29/02/2023", ErrNoSuchDay, "29 February is not a real date in that year: check the year"},
		{"29/02/23", ErrNoSuchDay, "29 February is not a real date in that year: check the year"},
		{"32/1/1941", ErrNoSuchDay, "The day must be a number from 1 to 31"},
		{"32 June 1941", ErrNoSuchDay, "The day must be a number from 1 to 31"},
		{"0/1/1941", ErrNoSuchDay, "The day must be a number from 1 to 31"},
		{"000141", ErrNoSuchDay, "The day must be a number from 1 to 31"},
		{"6/13/1941", ErrNoSuchDay, "The month must be a number from 1 to 12"}, // never turned round
		{"010041", ErrNoSuchDay, "The month must be a number from 1 to 12"},
		{"19410609", ErrNoSuchDay, "The month must be a number from 1 to 12"}, // day first, so the month is 41
		{"1/1/941", ErrYearRange, "The year must have 4 numbers"},
		{"1/1/1", ErrYearRange, "The year must have 4 numbers"},
		{"1/1/1066", ErrYearRange, "The year must be between 1850 and 2199"},
		{"1/1/9999", ErrYearRange, "The year must be between 1850 and 2199"},
		{"9 Junk 1941", ErrLetters, ""},
		{"June July 1941", ErrLetters, ""},
		{"yesterday", ErrLetters, ""},
		{"9/6/1941😀", ErrLetters, ""},
		{"९/६/१९४१", ErrLetters, ""},
		{"9 6 19 41", ErrShape, ""},
		{"123456789", ErrLength, ""},
		{"12345", ErrLength, ""},
		{strings.Repeat("9 ", 100), ErrLength, ""},
	} {
		for name, parse := range map[string]func(string, time.Time) (time.Time, error){"past": ParseDate, "future": ParseFutureDate} {
			if name == "future" && strings.HasSuffix(c.typed, "/23") {
				continue
			}
			got, err := parse(c.typed, today)
			if !errors.Is(err, c.kind) || !got.IsZero() || c.words != "" && err.Error() != c.words {
				t.Errorf("%s %q = %v, %v; want %v %q", name, c.typed, got, err, c.kind, c.words)
			}
			wantSentence(t, err)
		}
	}
}

func TestParsePartialDate(t *testing.T) {
	for typed, want := range map[string]string{
		"2019": "2019", "Mar 2019": "2019-03", "03/2019": "2019-03", "3 2019": "2019-03", "2019-03": "2019-03", "2019 March": "2019-03",
		"Mar-2019": "2019-03", "June 41": "1941-06", "Jan 00": "2000-01", "9/6/41": "1941-06-09", "09-Jun-1941": "1941-06-09",
		"1941-06-09": "1941-06-09", "090641": "1941-06-09",
	} {
		if got, err := ParsePartialDate(typed, today); got != want || err != nil {
			t.Errorf("ParsePartialDate(%q) = %q, %v; want %q", typed, got, err, want)
		}
	}
	for typed, want := range map[string]error{
		"": ErrEmpty, "19": ErrDateParts, "March": ErrDateParts, "Mar 19": ErrDateParts, "9/6": ErrDateParts, "32 June": ErrDateParts,
		"13/2019": ErrNoSuchDay, "0/2019": ErrNoSuchDay, "31 Feb 2019": ErrNoSuchDay, "1066": ErrYearRange, "Mar 1066": ErrYearRange,
		"long ago": ErrLetters,
	} {
		got, err := ParsePartialDate(typed, today)
		if got != "" || !errors.Is(err, want) {
			t.Errorf("ParsePartialDate(%q) = %q, %v; want %v", typed, got, err, want)
		}
		wantSentence(t, err)
	}
}

// typedForms are the forms in which a person or a document writes a day with a whole year.
var typedForms = []string{"2006-01-02", "02-Jan-2006", "2/1/2006", "02/01/2006", "2.1.2006", "2 1 2006", "02012006", "2 January 2006",
	"2 January, 2006", "January 2 2006", "Jan 2, 2006", "02Jan2006", "2006/1/2", "2006 January 2"}

// shortForms leave out the century.
var shortForms = []string{"2/1/06", "02/01/06", "020106", "2 Jan 06", "02-Jan-06", "2.1.06"}

func TestEveryDayOfTwoCenturiesInEveryForm(t *testing.T) {
	n := 0
	for d := day("1900-01-01"); d.Year() <= 2100; d = d.AddDate(0, 0, 1) {
		iso := d.Format(time.DateOnly)
		for _, f := range typedForms {
			typed := d.Format(f)
			if got, err := ParseDate(typed, today); err != nil || got != d {
				t.Fatalf("ParseDate(%q) = %v, %v; want %s", typed, got, err, iso)
			}
			if n%13 == 0 {
				if got, err := ParseFutureDate(typed, today); err != nil || got != d {
					t.Fatalf("ParseFutureDate(%q) = %v, %v; want %s", typed, got, err, iso)
				}
				if got, err := ParsePartialDate(typed, today); err != nil || got != iso {
					t.Fatalf("ParsePartialDate(%q) = %v, %v; want %s", typed, got, err, iso)
				}
			}
		}
		if got, err := ParseDate(FormatDate(iso), today); err != nil || got != d {
			t.Fatalf("FormatDate(%q) = %q does not come back: %v %v", iso, FormatDate(iso), got, err)
		}
		// Two digits: the hundred years that end on the day itself.
		later := d.AddDate(0, 0, n%36000)
		for _, f := range shortForms {
			if got, err := ParseDate(d.Format(f), later); err != nil || got != d {
				t.Fatalf("on %s ParseDate(%q) = %v, %v; want %s", later.Format(time.DateOnly), d.Format(f), got, err, iso)
			}
		}
		n++
	}
	if n != 73414 {
		t.Errorf("tried %d days", n)
	}
}

func TestFormatDate(t *testing.T) {
	for in, want := range map[string]string{"1941-06-09": "09-Jun-1941", "2019-03": "Mar-2019", "2019": "2019", "": "", "1941-02-31": "1941-02-31", "Not Known": "Not Known"} {
		if got := FormatDate(in); got != want {
			t.Errorf("FormatDate(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"2026-01-12T14:02:00Z": "12-Jan-2026 14:02", "2026-07-12T14:02:59Z": "12-Jul-2026 15:02",
		"2026-07-12T23:30:00Z": "13-Jul-2026 00:30", "2026-07-12T23:30:00+05:30": "12-Jul-2026 19:00"} {
		at, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got := FormatDateTime(at); got != want {
			t.Errorf("FormatDateTime(%s) = %q, want %q", in, got, want)
		}
	}
	if FormatDateTime(time.Time{}) != "" || London().String() != "Europe/London" {
		t.Error("the zero time must be blank, and the zone London's")
	}
}

func TestAge(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct{ born, on, want string }{
		{"2026-01-01 10:00", "2026-01-01 10:00", "0min"},
		{"2026-01-01 10:00", "2026-01-01 11:59", "119min"},
		{"2026-01-01 10:00", "2026-01-01 12:00", "2hrs"},
		{"2026-01-01 10:00", "2026-01-02 12:00", "26hrs"},
		{"2026-01-01 10:00", "2026-01-03 09:59", "47hrs"},
		{"2026-01-01 10:00", "2026-01-03 10:00", "2d"},
		{"2026-01-01 00:00", "2026-01-28 00:00", "27d"},
		{"2026-01-01 00:00", "2026-01-29 00:00", "4w 0d"},
		{"2026-01-01 00:00", "2026-01-30 00:00", "4w 1d"},
		{"2025-01-01 00:00", "2025-12-31 00:00", "52w 0d"},
		{"2025-01-01 00:00", "2026-01-01 00:00", "12m 0d"},
		{"2025-01-01 00:00", "2026-02-09 00:00", "13m 8d"},
		{"2025-01-31 00:00", "2026-02-28 00:00", "12m 28d"},
		{"2025-01-31 00:00", "2026-03-01 00:00", "13m 0d"}, // 31 January and one month is past the end of February
		{"2024-01-01 00:00", "2025-12-31 00:00", "23m 30d"},
		{"2024-01-01 00:00", "2026-01-01 00:00", "2y 0m"},
		{"2022-01-01 00:00", "2026-02-03 00:00", "4y 1m"},
		{"2008-11-23 00:00", "2026-11-22 00:00", "17y 11m"},
		{"2008-11-22 00:00", "2026-11-22 00:00", "18y"},
		{"1941-06-09 00:00", "2026-11-22 00:00", "85y"},
		{"2024-02-29 00:00", "2025-02-28 00:00", "52w 1d"},
		{"2024-02-29 00:00", "2025-03-01 00:00", "12m 0d"},
		{"2026-01-02 00:00", "2026-01-01 00:00", ""},
	} {
		if got := Age(at(c.born), at(c.on)); got != c.want {
			t.Errorf("Age(%s, %s) = %q, want %q", c.born, c.on, got, c.want)
		}
	}
	for _, c := range []struct{ born, on, want string }{
		{"1941-06-09", "2026-11-22 03:00", "09-Jun-1941 (85y)"},
		{"2026-11-22", "2026-11-22 03:00", "22-Nov-2026 (0d)"}, // no time of birth is known, so no minutes
		{"2026-11-23", "2026-11-22 03:00", "23-Nov-2026"},
		{"2026-07-01", "2026-07-01 23:30", "01-Jul-2026 (1d)"}, // already the second in London
		{"1941", "2026-11-22 03:00", "1941"},
		{"", "2026-11-22 03:00", ""},
	} {
		if got := Born(c.born, at(c.on)); got != c.want {
			t.Errorf("Born(%q, %s) = %q, want %q", c.born, c.on, got, c.want)
		}
	}
}

func TestAgeNeverStepsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		born := day("1900-01-01").AddDate(0, 0, rapid.IntRange(0, 70000).Draw(t, "born"))
		n := rapid.IntRange(0, 45000).Draw(t, "days")
		a, b := Years(born, born.AddDate(0, 0, n)), Years(born, born.AddDate(0, 0, n+1))
		if a < 0 || b < a || b > a+1 {
			t.Fatalf("years %d then %d", a, b)
		}
		m1, d1 := monthsAndDays(born, born.AddDate(0, 0, n))
		m2, d2 := monthsAndDays(born, born.AddDate(0, 0, n+1))
		if m1 < 0 || d1 < 0 || d1 > 31 || m2 < m1 || m2 == m1 && d2 < d1 {
			t.Fatalf("%s: %dm %dd then %dm %dd", born.Format(time.DateOnly), m1, d1, m2, d2)
		}
		if AgeOn(born, born.AddDate(0, 0, n)) == "" {
			t.Fatal("no age")
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"09-Jun-1941", "9/6/41", "090641", "1941-06-09", "31 Feb 1900", "1st", "June", "00 00 00", "\xff", "9999999999", "9th of June", "2019-03", "Mar 19"} {
		f.Add(s, int64(1_800_000_000))
	}
	f.Fuzz(func(t *testing.T, s string, at int64) {
		now := time.Unix(at%4_000_000_000, 0)
		for _, parse := range []func(string, time.Time) (time.Time, error){ParseDate, ParseFutureDate} {
			d, err := parse(s, now)
			if err != nil {
				wantSentence(t, err)
				continue
			}
			if again, err := parse(d.Format(time.DateOnly), now); err != nil || again != d {
				t.Fatalf("%q gave %v, which gave %v %v", s, d, again, err)
			}
			if again, err := parse(FormatDate(d.Format(time.DateOnly)), now); err != nil || again != d {
				t.Fatalf("%q gave %v, which showed as something else: %v %v", s, d, again, err)
			}
		}
		p, err := ParsePartialDate(s, now)
		if err != nil {
			wantSentence(t, err)
			return
		}
		for _, form := range []string{p, FormatDate(p)} {
			if again, err := ParsePartialDate(form, now); err != nil || again != p {
				t.Fatalf("%q gave %q, which gave %q %v", s, p, again, err)
			}
		}
	})
}
