package api

// What may change here: how a refusal looks to Go code. No answer at all is in hop.go.

import (
	"errors"
	"strings"
)

// problemType is what every Problem.Type begins with.
const problemType = "urn:cmc:problem:"

// TypeOf makes the Problem.Type of a code.
func TypeOf(code string) string { return problemType + code }

// Code is the last part of the type: one of the Code constants, or "" for a foreign problem.
func (p *Problem) Code() string {
	code, found := strings.CutPrefix(p.Type, problemType)
	if !found {
		return ""
	}
	return code
}

// Error is the sentence for people. It holds no patient's data.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Title
	}
	return p.Title + " " + p.Detail
}

// GetStatus is the HTTP status. With ContentType it makes a Problem an answer that the service can write as it is.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType turns the media type of an answer into that of a problem (RFC 9457).
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// IsCode says whether err is a Problem with this code.
func IsCode(err error, code string) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code() == code
}

// IsSignedOut says whether err means that there is no session any more: it ran out, or was taken away (then IsCode says CodeErase).
func IsSignedOut(err error) bool { return IsCode(err, CodeUnauthenticated) || IsCode(err, CodeErase) }
