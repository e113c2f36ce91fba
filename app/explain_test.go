package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/app/keychain"
	"cmc/app/platform"
	"cmc/app/printing"
	"cmc/forms"
	"cmc/forms/nhs"
)

// No error, known or not, reaches a person as a code, a stack or the words of a library.
var technical = regexp.MustCompile(`(?i)\b(http|tcp|tls|dial|dns|eof|json|sql|nil|null|errno|status \d|code \d|4\d\d|5\d\d|goroutine|x509|dbus|token)\b|urn:|%!|\{|\}|\.go:`)

func TestEveryErrorIsThreePlainSentences(t *testing.T) {
	codes := []string{api.CodeUnauthenticated, api.CodeWrongPassword, api.CodeLocked, api.CodeForbidden, api.CodeNotFound, api.CodeReason,
		api.CodeConflict, api.CodePrecondition, api.CodeDuplicate, api.CodeState, api.CodeInvalid, api.CodeTooLarge, api.CodeTooMany,
		api.CodeUnavailable, api.CodeInternal, api.CodePosition, api.CodeSSO, api.CodeProof, api.CodeUpdate, "something-new"}
	var all []error
	for _, code := range codes {
		if _, ok := byCode[code]; !ok && code != "something-new" {
			t.Errorf("the code %s has no words", code)
		}
		all = append(all, &api.Problem{Type: api.TypeOf(code), Status: 400})
	}
	for _, hop := range api.Hops() {
		if _, ok := byHop[hop]; !ok {
			t.Errorf("the hop %s has no words", hop)
		}
		all = append(all, &api.Unreachable{Hop: hop, Err: errors.New("dial tcp: x509")})
	}
	for _, row := range byError {
		all = append(all, row.err)
	}
	_, number := nhs.ParseNHSNumber("9990009601")
	all = append(all, ErrSignedOut, number, context.DeadlineExceeded, syscall.ENOSPC, fs.ErrPermission, platform.ErrDiskFull,
		&drafts.RefusedError{Count: 1, Err: errors.New("json")}, &printing.NotAudited{Err: &api.Unreachable{Hop: api.HopConnect}},
		errors.New("runtime error: index out of range"), os.ErrNotExist, errors.New("dial tcp 10.0.0.1: i/o timeout"))
	for _, err := range all {
		for _, err := range []error{err, fmt.Errorf("doing something: %w", err)} {
			got := Explain(err)
			for _, words := range []string{got.What, got.Means, got.Do} {
				if words != "" && (!strings.HasSuffix(words, ".") || strings.ToUpper(words[:1]) != words[:1]) || technical.MatchString(words) {
					t.Errorf("%v is told as %q", err, words)
				}
			}
			if got.What == "" || got.Cancelled {
				t.Errorf("%v has no words: %+v", err, got)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	if got := Explain(nil); got != (Explained{}) {
		t.Errorf("nil is told as %+v", got)
	}
	if got := Explain(fmt.Errorf("x: %w", context.Canceled)); !got.Cancelled {
		t.Errorf("cancelled is told as %+v", got)
	}
	if got := Explain(ErrSignedOut); !got.SignInAgain || got.What != "You are not signed in." {
		t.Errorf("signed out is told as %+v", got)
	}
	locked := Explain(&api.Problem{Type: api.TypeOf(api.CodeLocked), Status: 423, Title: "This account is locked.", RetryAfter: 61})
	if locked.What != "This account is locked." || locked.Do != "Wait 2 minutes and try again." {
		t.Errorf("locked is told as %+v", locked)
	}
	field := Explain(&api.Problem{Type: api.TypeOf(api.CodeInvalid), Status: 422, Title: "Some answers are not right.", Detail: "Nothing was changed.",
		Fields: []api.FieldProblem{{Location: "body.answers.nhs_number", Message: "The check digit is wrong"}}})
	if field.Field != "nhs_number" || field.Means != "The check digit is wrong" {
		t.Errorf("a field is told as %+v", field)
	}
	row := Explain(&api.Problem{Type: api.TypeOf(api.CodeInvalid), Status: 422, Title: "Wrong.",
		Fields: []api.FieldProblem{{Location: "body.contacts", Message: "m", Problem: &forms.Problem{Item: "contact_phone"}}, {Message: "n"}}})
	if row.Field != "contact_phone" {
		t.Errorf("a row is told as %+v", row)
	}
	if got := Explain(fmt.Errorf("%w (%w)", keychain.ErrLocked, errors.New("dbus"))); got.What != "This computer's keychain is locked." {
		t.Errorf("a locked keychain is told as %+v", got)
	}
	if spell(1e9*30) != "30 seconds" || spell(1e9*60) != "a minute" || spell(1e9*900) != "15 minutes" {
		t.Error("waits are spelt wrong")
	}
}
