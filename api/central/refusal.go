package central

// What may change here: how an error becomes a problem that a person can read.

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/account"
	"cmc/api/central/signon"
	"cmc/api/central/store"
	"cmc/forms"
)

// statuses are the HTTP status of each code.
var statuses = map[string]int{
	api.CodeUnauthenticated: http.StatusUnauthorized,
	api.CodeErase:           http.StatusUnauthorized,
	api.CodeWrongPassword:   http.StatusUnauthorized,
	api.CodeLocked:          http.StatusLocked,
	api.CodeForbidden:       http.StatusForbidden,
	api.CodeUpdate:          http.StatusUpgradeRequired,
	api.CodeNotFound:        http.StatusNotFound,
	api.CodeReason:          http.StatusForbidden,
	api.CodeBreakGlass:      http.StatusForbidden,
	api.CodeConfirm:         http.StatusConflict,
	api.CodePosition:        http.StatusForbidden,
	api.CodeSSO:             http.StatusForbidden,
	api.CodeProof:           http.StatusForbidden,
	api.CodeConflict:        http.StatusPreconditionFailed,
	api.CodePrecondition:    http.StatusPreconditionRequired,
	api.CodeDuplicate:       http.StatusConflict,
	api.CodeState:           http.StatusConflict,
	api.CodeInvalid:         http.StatusUnprocessableEntity,
	api.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	api.CodeTooMany:         http.StatusTooManyRequests,
	api.CodeUnavailable:     http.StatusServiceUnavailable,
	api.CodeInternal:        http.StatusInternalServerError,
}

// refuse makes a problem: title is a sentence for people, detail what to do now.
func refuse(code, title, detail string) *api.Problem {
	return &api.Problem{Type: api.TypeOf(code), Title: title, Status: statuses[code], Detail: detail}
}

func notFound() *api.Problem {
	return refuse(api.CodeNotFound, "There is no plan here that you can open.",
		"If you expected one, call the person's GP practice. Without a plan, treat as you would anyone.")
}

// refuseVerdict makes the problem of a verdict that is not OK.
func refuseVerdict(v access.Verdict) *api.Problem {
	switch v.Code {
	case api.CodeNotFound:
		return notFound()
	case api.CodeReason, api.CodeBreakGlass:
		return refuse(v.Code, v.Why, "")
	}
	return refuse(v.Code, v.Why, "Nothing was changed.")
}

// invalid makes a 422 with one field at fault.
func invalid(location, message string) *api.Problem {
	p := refuse(api.CodeInvalid, "Something in what was sent is not right.", "Nothing was changed.")
	p.Fields = []api.FieldProblem{{Location: location, Message: message}}
	return p
}

// invalidAnswers makes a 422 with a field for each problem of the plan's own checks. prefix says where the answers stand in
// what was sent.
func invalidAnswers(title, prefix string, problems []forms.Problem) *api.Problem {
	p := refuse(api.CodeInvalid, title, "Nothing was changed.")
	for _, one := range problems {
		one := one
		location := prefix
		if one.Row != "" {
			location += "." + one.Group + ".rows." + one.Row + ".answers"
		}
		if one.Item != "" {
			location += "." + one.Item
		}
		p.Fields = append(p.Fields, api.FieldProblem{Location: strings.TrimPrefix(location, "."), Message: one.Words, Problem: &one})
	}
	return p
}

// problemOf makes a problem of any error. An error that nobody foresaw is logged and told as 500 without its words.
func (s *Service) problemOf(ctx context.Context, err error) *api.Problem {
	var ready *api.Problem
	var locked *account.Locked
	var sso *signon.Refusal
	if p := s.refuseBusy(err); p != nil {
		return p
	}
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &locked):
		p := refuse(api.CodeLocked, "Signing in is locked for a while, because the password was wrong several times.",
			"Try again later, or ask the help desk to set a new password.")
		p.RetryAfter = max(1, int(locked.Until.Sub(s.now()).Round(time.Second)/time.Second))
		return p
	case errors.As(err, &sso):
		s.log.WarnContext(ctx, "single sign-on refused", "reason", sso.Reason)
		return refuse(api.CodeSSO, sso.Words, sso.Do)
	case errors.Is(err, signon.ErrAway):
		s.log.ErrorContext(ctx, "the identity provider is away", "err", err)
		return refuse(api.CodeUnavailable, "The identity provider cannot be reached by the central service.", "Nothing was changed. Try again in a few minutes.")
	case errors.Is(err, account.ErrNoSSO):
		return refuse(api.CodeForbidden, "There is no single sign-on here.", "Sign in with your user name and password.")
	case errors.Is(err, account.ErrProof):
		return refuse(api.CodeProof, "Prove again that it is you.", "Nothing was approved. A proof holds for five minutes, once, for the plan as it was when you began.")
	case errors.Is(err, account.ErrWrong):
		return refuse(api.CodeWrongPassword, "The user name or the password is wrong.", "")
	case errors.Is(err, account.ErrSession):
		return refuse(api.CodeUnauthenticated, "You are not signed in, or the session has ended.", "Sign in again. What you typed is kept on your computer.")
	case errors.Is(err, account.ErrPosition):
		return refuse(api.CodeForbidden, "You do not hold that position now.", "Choose another, or ask those who look after accounts at your organisation.")
	case errors.Is(err, account.ErrNoPosition):
		return refuse(api.CodeForbidden, "You hold no position at an organisation of this service now.", "Ask those who look after accounts at your organisation.")
	case errors.Is(err, store.ErrNotFound):
		return notFound()
	case errors.Is(err, store.ErrInDoubt):
		s.log.ErrorContext(ctx, "the database may have kept it", "err", err)
		return refuse(api.CodeUnavailable, "The service cannot say whether this was kept.",
			"Keep what you typed. Open the plan again and look before you do it once more.")
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		s.log.ErrorContext(ctx, "the database cannot keep it", "err", err)
		return refuse(api.CodeUnavailable, "The service cannot keep this now.", "Nothing was saved. Keep what you typed and try again in a few minutes.")
	case errors.Is(err, context.Canceled):
		return refuse(api.CodeUnavailable, "The request was given up.", "Nothing was saved.")
	}
	s.log.ErrorContext(ctx, "unforeseen", "err", err)
	return refuse(api.CodeInternal, "Something went wrong in the service.", "Nothing was saved. Try again; if it happens again, call the help desk.")
}

func init() { huma.NewError = problemOfFramework }

// problemOfFramework makes a problem of what the HTTP framework finds by itself (a missing field, a wrong type). It never
// echoes a value.
func problemOfFramework(status int, message string, errs ...error) huma.StatusError {
	code, title := api.CodeInvalid, "Something in what was sent is not right."
	if message == "cannot read request body" { // the framework's own words, with 500: but it is the line or the sender that failed
		status = http.StatusBadRequest
	}
	switch status {
	case http.StatusRequestEntityTooLarge:
		code, title = api.CodeTooLarge, "What was sent is too large."
	case http.StatusUnsupportedMediaType:
		title = "This service reads JSON."
	case http.StatusNotAcceptable:
		title = "This service answers in JSON."
	case http.StatusRequestTimeout:
		code, title = api.CodeUnavailable, "What was sent did not arrive in time."
	case http.StatusBadRequest:
		title = "What was sent cannot be read."
	}
	if status >= 500 {
		code, title = api.CodeInternal, "Something went wrong in the service."
	}
	p := refuse(code, title, "Nothing was changed.")
	p.Status = status
	if status == http.StatusRequestEntityTooLarge {
		p.Fields = append(p.Fields, api.FieldProblem{Location: "body", Message: "It is longer than " + takes(message) + ". Shorten the longest texts."})
	}
	for _, err := range errs {
		var detail huma.ErrorDetailer
		if !errors.As(err, &detail) {
			if err != nil && status < 500 {
				p.Fields = append(p.Fields, api.FieldProblem{Location: "body", Message: "This is not JSON that can be read."})
			}
			continue
		}
		one := detail.ErrorDetail()
		place := one.Location
		if name, found := strings.CutPrefix(one.Message, "expected required property "); found {
			name, _, _ = strings.Cut(name, " ")
			place += "." + name // our own name of the field, not what was sent
		}
		p.Fields = append(p.Fields, api.FieldProblem{Location: location(place), Message: plain(one.Message)})
	}
	if len(p.Fields) == 0 && status == http.StatusUnprocessableEntity && message != "" {
		p.Fields = []api.FieldProblem{{Location: "body", Message: plain(message)}}
	}
	return p
}

// takes says how long a body may be, out of the framework's words for one that is longer.
func takes(message string) string {
	_, after, _ := strings.Cut(message, "limit=")
	limit, _, _ := strings.Cut(after, " ")
	bytes, err := strconv.Atoi(limit)
	if err != nil {
		return "this route takes"
	}
	return "the " + strconv.Itoa(bytes>>10) + " kB that this route takes"
}

// location keeps a place short and free of signs, since its last part may be a name that somebody made up.
func location(place string) string {
	place = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-[]", r) {
			return r
		}
		return -1
	}, place)
	if runes := []rune(place); len(runes) > 120 {
		place = string(runes[:120])
	}
	return place
}

// plain are the framework's messages in plain words; any other keeps its own when it cannot hold a value.
func plain(message string) string {
	for _, known := range []struct{ begins, words string }{
		{"expected required property", "This is needed and is missing."},
		{"unexpected property", "There is no such field."},
		{"expected string", "This must be text."},
		{"expected boolean", "This must be true or false."},
		{"expected integer", "This must be a whole number."},
		{"expected number", "This must be a number."},
		{"expected object", "This must be an object."},
		{"expected array", "This must be a list."},
		{"expected length <=", "This is too long."},
		{"expected value to be one of", "This is not one of the values that can be chosen."},
		{"request body is required", "A body is needed."},
		{"required", "This is needed and is missing."},
		{"invalid integer", "This must be a whole number."},
		{"invalid boolean", "This must be true or false."},
		{"unknown query parameter", "There is no such parameter."},
	} {
		if strings.HasPrefix(message, known.begins) {
			return known.words
		}
	}
	return "This cannot be read."
}

// stops are those of the problems that stop.
func stops(problems []forms.Problem) []forms.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p forms.Problem) bool { return p.Severity != forms.Stop })
}
