package forms

// What may change here: which characters a plan may hold.

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// CleanText makes typed or pasted text fit to be kept: Unicode NFC, CRLF and other line separators to LF, no-break and
// other unusual spaces and tabs to a plain space, control, zero-width and bidirectional characters taken out, spaces at the
// ends of lines and of the whole trimmed. In one-line text a line break becomes a space. It never shortens what a person
// can see, and applying it twice changes nothing. Use it on what is pasted and when a field is left, not at each key: it
// would take the space that somebody has just typed.
func CleanText(s string, multiline bool) string {
	s = strings.ToValidUTF8(s, "")
	// A hidden character between a letter and its accent keeps NFC from joining them, so compose after it is gone.
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029', r == '\u0085', r == '\v', r == '\f':
			if multiline {
				b.WriteByte('\n')
			} else {
				b.WriteByte(' ')
			}
		case r == '\t', unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case hiddenRune(r):
		default:
			b.WriteRune(r)
		}
	}
	s = norm.NFC.String(b.String())
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), " \n")
}

// hiddenRune tells the characters that nobody can see and that can make text read as something else: control, format
// (zero-width, bidirectional, tags, soft hyphen), private use, and the mark of bytes that could not be read.
func hiddenRune(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || r == unicode.ReplacementChar
}

// badText says whether text that arrives ready-made (from another system, not from a keyboard) holds something that
// CleanText would have taken out or changed into a space or line break. It runs over the whole plan at each keystroke, so
// the letters of Europe take the short way.
func badText(s string, multiline bool) bool {
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if b < 0x20 && (b != '\n' || !multiline) || b == 0x7f {
				return true
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case r >= 0xa0 && r < 0x600: // Latin, Greek, Cyrillic, Hebrew: one format character among them
			if r == '\u00ad' {
				return true
			}
		case hiddenRune(r), r == '\u2028', r == '\u2029':
			return true
		}
	}
	return false
}
