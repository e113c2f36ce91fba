package forms_test

// What may change here: which characters a plan may hold.

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"cmc/forms"
)

func TestCleanText(t *testing.T) {
	for name, c := range map[string]struct{ in, line, lines string }{
		"plain":          {"Sit up, fan.", "Sit up, fan.", "Sit up, fan."},
		"nothing":        {" \t\n ", "", ""},
		"windows lines":  {"one\r\ntwo\rthree", "one two three", "one\ntwo\nthree"},
		"other lines":    {"one\u2028two\u2029three\u0085four\vfive", "one two three four five", "one\ntwo\nthree\nfour\nfive"},
		"rich text":      {"\u00a0one\u00a0two\u2003three\tfour\u00a0", "one two three four", "one two three four"},
		"line ends":      {"one  \n two \n\n", "one    two", "one\n two"},
		"zero width":     {"Sm\u200bi\u200cth\ufeff\u2060", "Smith", "Smith"},
		"bidi":           {"\u202eSm\u2066ith\u200f\u061c", "Smith", "Smith"},
		"soft hyphen":    {"Smi\u00adth", "Smith", "Smith"},
		"control":        {"Smi\x00t\x07h\x7f\x1b", "Smith", "Smith"},
		"private":        {"\ue000Smith", "Smith", "Smith"},
		"bad bytes":      {"Sm\xffith\ufffd", "Smith", "Smith"},
		"composed":       {"Jose\u0301", "José", "José"},
		"composed after": {"Jose\u200b\u0301", "José", "José"},
		"other letters":  {"Zoë Öztürk Łukasz Ngô", "Zoë Öztürk Łukasz Ngô", "Zoë Öztürk Łukasz Ngô"},
		"emoji stays":    {"fine 😀", "fine 😀", "fine 😀"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.line, forms.CleanText(c.in, false))
			assert.Equal(t, c.lines, forms.CleanText(c.in, true))
		})
	}
}

// Cleaned text is accepted, is the same when cleaned again, and has lost no letter, digit or mark that can be seen.
func TestCleanTextKeepsWhatIsSeen(t *testing.T) {
	d := testForm(t)
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "text")
		multiline := rapid.Bool().Draw(t, "multiline")
		out := forms.CleanText(in, multiline)
		if again := forms.CleanText(out, multiline); again != out {
			t.Fatalf("%q became %q", out, again)
		}
		count := func(s string) (n int) {
			for _, r := range s {
				if unicode.In(r, unicode.L, unicode.N) && !unicode.Is(unicode.Lm, r) {
					n++
				}
			}
			return n
		}
		if in := count(in); in > count(out) && !composes(in, out) {
			t.Fatalf("%d letters became %d", in, count(out))
		}
		raw, err := forms.Answers{"own_words": forms.TextAnswer(out)}.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if _, problems, err := forms.Decode(d, raw); err != nil || len(problems) > 0 && problems[0].Rule != "length" {
			t.Fatalf("%q: %v %v", out, problems, err)
		}
	})
}

// composes allows for Hangul letters, which NFC joins into syllables.
func composes(_ int, out string) bool {
	for _, r := range out {
		if unicode.Is(unicode.Hangul, r) {
			return true
		}
	}
	return false
}

// The short way through the letters of Europe agrees with Unicode, for every character there is.
func TestHiddenCharactersAreFound(t *testing.T) {
	d := testForm(t)
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r < 0xe000 || r > 0x3000 && r < 0xd7a4 && r%97 != 0 || r > 0x20000 && r%997 != 0 && r < 0xe0000 {
			continue // no characters, or thousands alike
		}
		want := unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar
		a := forms.Answers{"given_name": forms.TextAnswer("a" + string(r) + "b")}
		got := len(forms.ValidateItem(d, a, "", "given_name", today)) > 0
		if got != want {
			t.Fatalf("U+%04X: found %v, hidden %v", r, got, want)
		}
	}
}
