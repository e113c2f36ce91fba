package api

// What may change here: how a refusal, or no answer at all, looks to Go code.

import (
	"errors"
	"fmt"
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

// A Hop is the part of the way to the service that failed.
type Hop string

// The hops, in the order in which a request passes them.
const (
	HopName    Hop = "name"    // the address has no known name
	HopConnect Hop = "connect" // nothing listens there, or no network
	HopTLS     Hop = "tls"     // the certificate is not trusted
	HopExpired Hop = "expired" // the certificate is outside its dates, or this computer's clock is wrong
	HopTime    Hop = "time"    // no answer in time
	HopAnswer  Hop = "answer"  // something answered, and it is not the central service
	HopBroken  Hop = "broken"  // the line broke while the answer was under way: it may have been done
)

// Unreachable says that the service gave no answer: it may or may not have done what was asked. A request with an
// Idempotency-Key may be repeated with the same key.
type Unreachable struct {
	Hop Hop
	Err error // for the log; never shown
}

// Error is a sentence for people.
func (u *Unreachable) Error() string {
	switch u.Hop {
	case HopName:
		return "The address of the central service was not found. Check the address and the network."
	case HopConnect:
		return "There is no connection to the central service."
	case HopTLS:
		return "The connection to the central service is not safe: its certificate is not trusted on this computer."
	case HopExpired:
		return "The certificate of the central service is not valid at the date of this computer: it has expired, or this computer's clock is wrong."
	case HopTime:
		return "The central service did not answer in time."
	case HopAnswer:
		return "What answered at this address is not the central service."
	default:
		return "The connection to the central service broke off."
	}
}

// Unwrap gives the cause.
func (u *Unreachable) Unwrap() error { return u.Err }

// Technical is the cause for a log or a support call: the hop, and the error of the network. It holds no patient's data
// since no address of this service does.
func (u *Unreachable) Technical() string { return fmt.Sprintf("%s: %v", u.Hop, u.Err) }

// IsUnreachable says whether err means that no answer came.
func IsUnreachable(err error) bool {
	var u *Unreachable
	return errors.As(err, &u)
}
