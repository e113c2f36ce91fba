package nhs

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// validNumbers are the fixtures of domain.md 8.
var validNumbers = strings.Fields(`9990009600 9990019207 9990038406 9990048002 9990057605 9990067201 9990076804 9990086400
	9990096007 9990115206 9990124809 9990134405 9990144001 9990153604 9990163200 9990172803 9990192006 9990201609 9990211205
	9990220808 9990230404 9990240000 9990249601 9990259208`)

func TestParseNHSNumberFixtures(t *testing.T) {
	for _, n := range append([]string{"9434765919"}, validNumbers...) {
		for _, typed := range []string{n, FormatNHSNumber(n), " " + n + "\n", n[:3] + "-" + n[3:6] + "-" + n[6:], n[:3] + "\u00a0" + n[3:6] + " – " + n[6:], n[:5] + "  " + n[5:]} {
			if got, err := ParseNHSNumber(typed); got != n || err != nil {
				t.Errorf("ParseNHSNumber(%q) = %q, %v; want %q", typed, got, err, n)
			}
		}
	}
}

func TestParseNHSNumberRefuses(t *testing.T) {
	for typed, want := range map[string]error{
		"":               ErrEmpty,
		" - ":            ErrEmpty,
		"9990009601":     ErrCheckDigit, // domain.md 8
		"999 123 4560":   ErrCheckDigit, // a public example that does not hold
		"911 111 1124":   ErrCheckDigit, // another
		"999000960":      ErrLength,
		"999000960000":   ErrLength, // twelve digits
		"99900096001":    ErrLength,
		"999 000 96OO":   ErrLetters, // letters O
		"999000000x":     ErrLetters,
		"ABCD 12345":     ErrLetters, // old format
		"AB123456":       ErrLetters,
		"9990009600?":    ErrLetters,
		"٩٩٩٠٠٠٩٦٠٠":     ErrLetters, // digits of another script
		"0000000000":     ErrAllSame,
		"7777777777":     ErrAllSame,
		"9999999999":     ErrAllSame,
		"999 000 9600 😀": ErrLetters,
	} {
		got, err := ParseNHSNumber(typed)
		if got != "" || !errors.Is(err, want) {
			t.Errorf("ParseNHSNumber(%q) = %q, %v; want %v", typed, got, err, want)
		}
		wantSentence(t, err)
	}
	for d := '0'; d <= '9'; d++ { // 999 000 000x: the check would be 10
		if _, err := ParseNHSNumber("999000000" + string(d)); !errors.Is(err, ErrCheckDigit) {
			t.Errorf("999 000 000%c passed: %v", d, err)
		}
	}
}

// wantSentence holds that an error reads as a sentence of the GOV.UK kind.
func wantSentence(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		return
	}
	words := err.Error()
	if len(words) < 10 || strings.HasPrefix(words, "nhs:") || words[0] < '0' || words[0] > 'Z' {
		t.Errorf("not a sentence: %q", words)
	}
	for _, bad := range []string{"invalid", "please", "Please", "sorry", "oops"} {
		if strings.Contains(words, bad) {
			t.Errorf("%q says %q", words, bad)
		}
	}
}

// anyNumber draws a valid number: of the training range, or of the whole range.
func anyNumber(t *rapid.T) string {
	for n := rapid.IntRange(0, 999_999_999).Draw(t, "nine digits"); ; n++ {
		nine := pad(n%1_000_000_000, 9)
		c, ok := checkDigit(nine)
		if number := nine + string(c); ok && strings.Count(number, number[:1]) < 10 {
			return number
		}
	}
}

func pad(n, width int) string {
	b := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}

func TestEverySlipOfAnNHSNumberIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNumber(t)
		if got, err := ParseNHSNumber(FormatNHSNumber(n)); got != n || err != nil {
			t.Fatalf("round trip of %s: %q %v", n, got, err)
		}
		for i := range 10 { // every single digit changed to every other
			for d := byte('0'); d <= '9'; d++ {
				wrong := []byte(n)
				wrong[i] = d
				if _, err := ParseNHSNumber(string(wrong)); d != n[i] && err == nil {
					t.Fatalf("%s passed in place of %s", wrong, n)
				}
			}
		}
		for i := range 9 { // every pair of neighbours swapped
			wrong := []byte(n)
			wrong[i], wrong[i+1] = wrong[i+1], wrong[i]
			if _, err := ParseNHSNumber(string(wrong)); n[i] != n[i+1] && err == nil {
				t.Fatalf("%s passed in place of %s", wrong, n)
			}
		}
	})
}

func TestMakeTestNHSNumber(t *testing.T) {
	seen, missing := map[string]bool{}, 0
	for n := range 1_000_000 {
		s, ok := MakeTestNHSNumber(n)
		if !ok {
			missing++
			continue
		}
		if seen[s] || !IsTestNHSNumber(s) || s[3:9] != pad(n, 6) {
			t.Fatalf("MakeTestNHSNumber(%d) = %q", n, s)
		}
		seen[s] = true
		if n%997 == 0 {
			if got, err := ParseNHSNumber(s); got != s || err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
	}
	if missing < 85_000 || missing > 95_000 { // one in eleven
		t.Errorf("%d of a million have no check digit; about 90,909 expected", missing)
	}
	if s, ok := MakeTestNHSNumber(960); s != "9990009600" || !ok {
		t.Errorf("MakeTestNHSNumber(960) = %q, %v", s, ok)
	}
	for _, n := range []int{-1, 1_000_000} {
		if s, ok := MakeTestNHSNumber(n); ok {
			t.Errorf("MakeTestNHSNumber(%d) = %q", n, s)
		}
	}
	if IsTestNHSNumber("9434765919") || IsTestNHSNumber("999") || IsTestNHSNumber("999000960x") {
		t.Error("IsTestNHSNumber says yes outside 999 000 0000 to 999 999 9999")
	}
}

func TestFormatNHSNumber(t *testing.T) {
	for in, want := range map[string]string{"9990009600": "999 000 9600", "": "", "Not Known": "Not Known", "999000960": "999000960", "99900096001": "99900096001"} {
		if got := FormatNHSNumber(in); got != want {
			t.Errorf("FormatNHSNumber(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"": "", "9": "9", "999": "999", "9990": "999 0", "999-000-96": "999 000 96", "9990009600": "999 000 9600",
		"999 000 96001": "999 000 96001", "999 0a": "999 0a"} {
		if got := FormatNHSNumberPartial(in); got != want {
			t.Errorf("FormatNHSNumberPartial(%q) = %q, want %q", in, got, want)
		}
		if got := FormatNHSNumberPartial(FormatNHSNumberPartial(in)); got != want {
			t.Errorf("FormatNHSNumberPartial is not stable on %q: %q", in, got)
		}
	}
}

func FuzzParseNHSNumber(f *testing.F) {
	for _, s := range append(validNumbers, "", "999 000 96O0", "943-476-5919", "\xff\xfe", "1e9") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		FormatNHSNumberPartial(s)
		n, err := ParseNHSNumber(s)
		if err != nil {
			wantSentence(t, err)
			return
		}
		if again, err := ParseNHSNumber(n); again != n || err != nil || len(n) != 10 {
			t.Fatalf("%q gave %q, which gave %q %v", s, n, again, err)
		}
	})
}
