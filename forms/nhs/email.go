package nhs

import (
	"strings"
	"unicode"
)

// What may change here: how much of RFC 5321 is accepted. Quoted names and bare hosts are not.

// ParseEmail reads an email address and returns it without the spaces around it and with its domain in lower case. It
// returns ErrEmpty, ErrLength or ErrShape. Whether mail arrives is not checked.
func ParseEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", refuse(ErrEmpty, "Enter an email address")
	}
	if len(s) > 254 {
		return "", refuse(ErrLength, "Email address must be 254 characters or fewer")
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || !dotted(local, localSign) || len(local) > 64 {
		return "", refuse(ErrShape, emailWords)
	}
	domain = strings.ToLower(domain)
	labels := strings.Split(domain, ".")
	if len(labels) < 2 || len(labels[len(labels)-1]) < 2 || !dotted(domain, domainSign) {
		return "", refuse(ErrShape, emailWords)
	}
	for _, l := range labels {
		if len(l) > 63 || strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-") {
			return "", refuse(ErrShape, emailWords)
		}
	}
	return local + "@" + domain, nil
}

const emailWords = "Enter an email address like name@example.com"

// dotted says whether s is one or more parts joined by single dots, every part of allowed characters.
func dotted(s string, sign func(rune) bool) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !sign(r) }) {
			return false
		}
	}
	return true
}

func localSign(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("!#$%&'*+/=?^_`{|}~-", r))
}

func domainSign(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-')
}
