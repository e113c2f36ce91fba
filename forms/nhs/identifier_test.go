package nhs

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
)

// A reading is one typed text and what must come of it: the stored form, or the kind of refusal.
type reading struct {
	typed, want string
	kind        error
}

func check(t *testing.T, name string, parse func(string) (string, error), cases []reading) {
	t.Helper()
	for _, c := range cases {
		got, err := parse(c.typed)
		if got != c.want || c.kind == nil && err != nil || c.kind != nil && !errors.Is(err, c.kind) {
			t.Errorf("%s(%q) = %q, %v; want %q, %v", name, c.typed, got, err, c.want, c.kind)
		}
		wantSentence(t, err)
		if err == nil {
			if again, err := parse(got); again != got || err != nil {
				t.Errorf("%s(%q) is not stable: %q, %v", name, got, again, err)
			}
		}
	}
}

func TestParsePostcode(t *testing.T) {
	check(t, "ParsePostcode", ParsePostcode, []reading{
		{"SE1 0AA", "SE1 0AA", nil}, {"se10aa", "SE1 0AA", nil}, {" sw1a  1aa ", "SW1A 1AA", nil}, {"EC1A-1BB", "EC1A 1BB", nil},
		{"W1A 0AX", "W1A 0AX", nil}, {"M1 1AE", "M1 1AE", nil}, {"B33 8TH", "B33 8TH", nil}, {"CR2 6XH", "CR2 6XH", nil},
		{"DN55 1PT", "DN55 1PT", nil}, {"gir0aa", "GIR 0AA", nil}, {"GIR 0AA", "GIR 0AA", nil}, {"BFPO 57", "BFPO 57", nil},
		{"bfpo1234", "BFPO 1234", nil}, {"BFPO c/o 3", "BFPO 3", nil}, {"BF1 4AA", "BF1 4AA", nil}, {"ZZ99 3VZ", "ZZ99 3VZ", nil},
		{"FIQQ 1ZZ", "FIQQ 1ZZ", nil},
		{"", "", ErrEmpty}, {" - ", "", ErrEmpty}, {"SE1", "", ErrShape}, {"SE1 0A", "", ErrShape}, {"SE1 OAA", "", ErrShape},
		{"SE1 0AC", "", ErrShape}, {"SE1 0IA", "", ErrShape}, {"1SE 0AA", "", ErrShape}, {"SE111 0AA", "", ErrShape},
		{"BFPO", "", ErrShape}, {"BFPO 12345", "", ErrShape}, {"90210", "", ErrShape}, {"GIR 0AB", "", ErrShape},
		{"SE1 0AA!", "", ErrShape}, {strings.Repeat("A", 1<<20), "", ErrShape},
	})
}

func TestCheckPhone(t *testing.T) {
	check(t, "CheckPhone", CheckPhone, []reading{
		{"020 7946 0123", "020 7946 0123", nil}, {"07700 900123", "07700 900123", nil}, {"07700 90012", "", ErrShape}, {"0207-946-0123", "0207 946 0123", nil},
		{"(020) 7946 0123", "020 7946 0123", nil}, {"+44 20 7946 0123", "+44 20 7946 0123", nil}, {"+44 (0)20 7946 0123", "+44 20 7946 0123", nil},
		{"+44 020 7946 0123", "+44 20 7946 0123", nil}, {"+447700900123", "+447700900123", nil}, {"0044 7700 900123", "+44 7700 900123", nil},
		{" 020  7946   0123 ", "020 7946 0123", nil}, {"020.7946.0123", "020 7946 0123", nil}, {"01632 960123", "01632 960123", nil},
		{"016977 2345", "016977 2345", nil}, {"0808 157 0123", "0808 157 0123", nil}, {"0306 999 0123", "0306 999 0123", nil},
		{"020 7946 0123 ext 12", "020 7946 0123 ext 12", nil}, {"020 7946 0123 ext. 12", "020 7946 0123 ext 12", nil},
		{"02079460123x12", "02079460123 ext 12", nil}, {"020 7946 0123, Extension: 4321", "020 7946 0123 ext 4321", nil},
		{"999", "999", nil}, {"111", "111", nil}, {"112", "112", nil}, {"116 123", "116 123", nil}, {"0800 1111", "0800 1111", nil},
		{"18001 020 7946 0123", "18001 020 7946 0123", nil}, {"+353 20 915 1234", "+353 20 915 1234", nil},
		{"", "", ErrEmpty}, {"  ", "", ErrEmpty}, {"ext 12", "", ErrEmpty}, {"+", "", ErrEmpty}, {"00", "", ErrLength},
		{"4321", "", ErrLength}, {"946 0123", "", ErrLength}, {"12", "", ErrLength}, {"7946 0123", "", ErrShape},
		{"7700 900123", "", ErrShape}, {"(0)20 7946 0123", "0 20 7946 0123", nil}, {"020 7946 012", "", ErrShape},
		{"020 7946 01234", "", ErrLength}, {"020 7946 0123 ask for Ann", "", ErrLetters}, {"phone mum", "", ErrLetters},
		{"06700 900123", "", ErrShape}, {"00700 900123", "", ErrShape}, {"+44 00 20 7946 0123", "", ErrLength},
		{"020+7946 0123", "", ErrShape}, {"+1 234", "", ErrLength}, {"020 7946 0123 / 0456", "", ErrLength}, {strings.Repeat("1", 1<<20), "", ErrLength},
	})
	for i := range 1000 { // every number that Ofcom sets aside for drama
		for _, n := range []string{"020 7946 0" + pad(i, 3), "07700 900" + pad(i, 3), "01632 960" + pad(i, 3)} {
			if got, err := CheckPhone(n); got != n || err != nil {
				t.Fatalf("CheckPhone(%q) = %q, %v", n, got, err)
			}
		}
	}
}

func TestParseODS(t *testing.T) {
	check(t, "ParseODS", ParseODS, []reading{
		{"l81008", "L81008", nil}, {" RPY ", "RPY", nil}, {"FLM49", "FLM49", nil}, {"V81997", "V81997", nil}, {"a1b2c3d4e5", "A1B2C3D4E5", nil}, {"8", "8", nil},
		{"", "", ErrEmpty}, {"A1B2C3D4E5F", "", ErrLength}, {"L81 008", "", ErrLetters}, {"L81-08", "", ErrLetters}, {"É81008", "", ErrLetters},
	})
}

func TestCheckRegNumber(t *testing.T) {
	check(t, "CheckRegNumber", func(s string) (string, error) {
		kind, norm, err := CheckRegNumber(s)
		if err == nil && kind == "" || err != nil && kind != "" {
			t.Errorf("CheckRegNumber(%q) has kind %q and error %v", s, kind, err)
		}
		return norm, err
	}, []reading{
		{"1234567", "1234567", nil}, {"GMC 1234567", "1234567", nil}, {"123 4567", "1234567", nil}, {"12a3456b", "12A3456B", nil},
		{"NMC: 12A3456B", "12A3456B", nil}, {"pa12345", "PA12345", nil}, {"PH 123456", "PH123456", nil}, {"OT1", "OT1", nil},
		{"", "", ErrEmpty}, {"GMC", "", ErrEmpty}, {"123456", "", ErrShape}, {"12345678", "", ErrShape}, {"12A3456", "", ErrShape},
		{"PA1234567", "", ErrShape}, {"P12345", "", ErrShape}, {"Dr Jones", "", ErrShape}, {"12345६7", "", ErrShape},
		{strings.Repeat("1", 1<<20), "", ErrShape},
	})
	for n, want := range map[string]string{"1234567": GMC, "12A3456B": NMC, "PA12345": HCPC} {
		if kind, _, _ := CheckRegNumber(n); kind != want {
			t.Errorf("CheckRegNumber(%q) is of %s", n, kind)
		}
	}
}

func TestParseEmail(t *testing.T) {
	check(t, "ParseEmail", ParseEmail, []reading{
		{"ann@example.com", "ann@example.com", nil}, {" Ann.O'Neil+gp@Example.NHS.uk ", "Ann.O'Neil+gp@example.nhs.uk", nil},
		{"", "", ErrEmpty}, {"ann", "", ErrShape}, {"ann@", "", ErrShape}, {"@example.com", "", ErrShape}, {"ann@example", "", ErrShape},
		{"a b@example.com", "", ErrShape}, {"a@b@example.com", "", ErrShape}, {"a..b@example.com", "", ErrShape}, {".a@example.com", "", ErrShape},
		{"a@-example.com", "", ErrShape}, {"a@example..com", "", ErrShape}, {"Ann <ann@example.com>", "", ErrShape},
		{"a@example.com\nBcc: b@example.com", "", ErrShape}, {strings.Repeat("a", 300) + "@example.com", "", ErrLength},
		{strings.Repeat("a", 65) + "@example.com", "", ErrShape},
	})
}

func TestFormatName(t *testing.T) {
	for _, c := range []struct{ family, given, title, want string }{
		{"Smith", "John", "Mr", "SMITH, John (Mr)"},
		{"smith", "JOHN", "Mr.", "SMITH, John (Mr)"},
		{"  van  der Berg ", "jean-luc marie", "", "VAN DER BERG, Jean-Luc Marie"},
		{"O'Neil", "D'Arcy", "Dr", "O'NEIL, D'Arcy (Dr)"},
		{"McKenzie", "DeShawn", "", "MCKENZIE, DeShawn"},
		{"Ó Súilleabháin", "Caoimhín", "Mr", "Ó SÚILLEABHÁIN, Caoimhín (Mr)"},
		{"Ağaoğlu", "ŞULE", "Ms", "AĞAOĞLU, Şule (Ms)"},
		{"Nguyễn", "thị hồng", "", "NGUYỄN, Thị Hồng"},
		{"Groß", "Jörg", "", "GROSS, Jörg"},
		{"", "Björk", "", "Björk"},
		{"Unknown", "", "", "UNKNOWN"},
		{"", "", "Mrs", "(Mrs)"},
		{"", "", "", ""},
		{"Smith", "John", ".", "SMITH, John"},
	} {
		if got := FormatName(c.family, c.given, c.title); got != c.want {
			t.Errorf("FormatName(%q, %q, %q) = %q, want %q", c.family, c.given, c.title, got, c.want)
		}
	}
	long := strings.Repeat("Abcdefg", 5)
	if got := FormatName(long, long, long); len(got) != 3*35+5 {
		t.Errorf("a long name was cut: %q", got)
	}
}

func TestVerhoeff(t *testing.T) {
	good := strings.Fields(`450475007 450476008 304252001 304253006 143021000119109 845151000000104 931761000000106 713656002
		873351000000102 873341000000100 975311000000109 975291000000108 304251008 89666000 526631000000108 414937009 736373009
		1129331000000101 1129411000000100 373803006 716186003 110481000000108 1060941000000102 395091006`) // domain.md 7
	for _, c := range good {
		if !Verhoeff(c) {
			t.Errorf("%s is refused", c)
		}
		for i := range len(c) { // every slip of one digit and every swap of neighbours is found
			for d := byte('0'); d <= '9'; d++ {
				b := []byte(c)
				b[i] = d
				if d != c[i] && Verhoeff(string(b)) {
					t.Errorf("%s passes in place of %s", b, c)
				}
			}
			if i > 0 && c[i] != c[i-1] {
				b := []byte(c)
				b[i], b[i-1] = b[i-1], b[i]
				if Verhoeff(string(b)) {
					t.Errorf("%s passes in place of %s", b, c)
				}
			}
		}
	}
	for _, c := range []string{"", "12345", "0450475007", "45047500x", "1234567890123456789", "450475008"} {
		if Verhoeff(c) {
			t.Errorf("%q passes", c)
		}
	}
}

// Errors may be logged: nothing of what was typed is in them, wherever it stands.
func TestErrorsHoldNothingTyped(t *testing.T) {
	for _, canary := range []string{"Zebedee", "9990009600873", "1937", "quince@", "07700 93"} {
		for _, typed := range []string{canary, canary + "!", "9 " + canary + " 1", "1/2/" + canary, "+" + canary, canary + " ext", canary + "@b"} {
			_, err1 := ParseNHSNumber(typed)
			_, err2 := ParseDate(typed, today)
			_, err3 := ParsePartialDate("31 2 "+typed, today)
			_, err4 := ParsePostcode(typed)
			_, err5 := CheckPhone(typed)
			_, err6 := ParseODS(typed + " -")
			_, _, err7 := CheckRegNumber(typed)
			_, err8 := ParseEmail(typed)
			for _, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8} {
				if err != nil && (strings.Contains(err.Error(), canary) || strings.Contains(errors.Unwrap(err).Error(), canary)) {
					t.Errorf("%q repeats what was typed", err)
				}
			}
		}
	}
}

// The package promises that it asks nothing of the machine: no clock and no environment.
func TestNoClockNoEnvironment(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	bad := regexp.MustCompile(`time\.(Now|Since|Until|Local)\b|"os"|"net`)
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
			text, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			if m := bad.Find(text); m != nil {
				t.Errorf("%s uses %s", f.Name(), m)
			}
		}
	}
}

func FuzzIdentifiers(f *testing.F) {
	for _, s := range []string{"SE1 0AA", "GIR 0AA", "BFPO 57", "+44 (0)20 7946 0123 ext 12", "999", "L81008", "GMC 1234567", "12A3456B", "ann@example.com",
		"\xff\xfe", "0044", "18001", "K\u212a1 1AA", "ſe1 0aa", "450475007", "x x 1"} {
		f.Add(s)
	}
	parsers := map[string]func(string) (string, error){"postcode": ParsePostcode, "phone": CheckPhone, "ods": ParseODS, "email": ParseEmail,
		"registration": func(s string) (string, error) { _, n, err := CheckRegNumber(s); return n, err }}
	f.Fuzz(func(t *testing.T, s string) {
		Verhoeff(s)
		if got := FormatDate(s); got == "" && s != "" {
			t.Fatalf("FormatDate lost %q", s)
		}
		if got := Born(s, today); !strings.HasPrefix(got, FormatDate(s)) {
			t.Fatalf("Born lost %q: %q", s, got)
		}
		if got := FormatNHSNumber(s); got != s && strings.ReplaceAll(got, " ", "") != s {
			t.Fatalf("FormatNHSNumber made %q of %q", got, s)
		}
		if got := FormatName(s, s, s); got == "" && strings.Trim(s, ".") != "" && len(strings.Fields(s)) > 0 {
			t.Fatalf("FormatName lost %q", s)
		}
		for name, parse := range parsers {
			got, err := parse(s)
			if err != nil {
				wantSentence(t, err)
				continue
			}
			if again, err := parse(got); again != got || err != nil {
				t.Fatalf("%s: %q gave %q, which gave %q %v", name, s, got, again, err)
			}
		}
	})
}
