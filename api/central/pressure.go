package central

// What may change here: of which class a request is, and what is said to one that is refused under load.

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/pressure"
)

// urgentRoutes are those that somebody beside a person waits for.
var urgentRoutes = []string{"service", "me", "summary", "open", "revealed", "search-patients"}

// classOf is the class of a route, by its name, method and path. Writing is Change and reading is Work, unless it is named:
// a new route needs no line here unless a crew waits for it.
func classOf(id, method, path string) pressure.Class {
	switch {
	case id == "sign-in":
		return pressure.SignIn
	case slices.Contains(urgentRoutes, id):
		return pressure.Urgent
	case id == "access-log", strings.HasPrefix(path, "/v1/reports"), strings.HasPrefix(path, "/v1/governance"):
		return pressure.Report
	case method != get, id == "plan", id == "problems", id == "changes", id == "summary-pdf", id == "attachment":
		return pressure.Change
	}
	return pressure.Work
}

// weigh is the class of one request of a route: who asks, and what for, can change it.
func weigh(class pressure.Class, id string, c *caller, in any) pressure.Class {
	switch id {
	case "search-patients": // by number is one row; by name is a list
		if asked, ok := in.(*searchIn); ok && strings.TrimSpace(asked.Body.NHSNumber) == "" {
			return pressure.Work
		}
	case "plan", "summary-pdf", "attachment": // a crew reads these too
		if access.Of(c.person).Urgent {
			return pressure.Urgent
		}
	}
	return class
}

// enter waits for room for one request, and gives the context for its work. It is called when the body has been read and is
// left before the answer is written, so that no slow line keeps a place. What takes too long is given up: nobody waits for ever,
// and the place is free for the next.
func (s *Service) enter(ctx context.Context, class pressure.Class) (context.Context, func(), error) {
	leave, err := s.door.Enter(ctx, class)
	if err != nil {
		return ctx, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Time)
	return ctx, func() {
		cancel()
		leave()
	}, nil
}

// refuseBusy makes the problem of an error of package pressure, or nil, and counts it.
func (s *Service) refuseBusy(err error) *api.Problem {
	var busy *pressure.Busy
	var fast *pressure.TooFast
	switch {
	case errors.As(err, &busy):
		s.gauges.shed.WithLabelValues(busy.Class.String()).Inc()
		p := refuse(api.CodeUnavailable, "The service has more to do just now than it can.", "Nothing was changed. What you wrote is kept.")
		p.RetryAfter = wholeSeconds(busy.Again)
		return p
	case errors.As(err, &fast):
		s.gauges.limited.WithLabelValues(fast.By).Inc()
		words := "There were too many requests from your account in a short time."
		if fast.By == "address" {
			words = "There were too many requests from your network in a short time."
		}
		p := refuse(api.CodeTooMany, words, "Nothing was changed. What you wrote is kept.")
		p.RetryAfter = wholeSeconds(fast.Again)
		return p
	}
	return nil
}

func wholeSeconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }

// crowded refuses a request with a body when too many are under way already, since each takes memory while it comes in. It
// counts it otherwise, until leave. Reading has no body and is never refused here, nor is what the routes of the house ask.
func (s *Service) crowded(r *http.Request) (leave func(), refused *api.Problem) {
	if r.ContentLength == 0 {
		return func() {}, nil
	}
	if s.bodies.Add(1) > int64(s.limits.Bodies) {
		s.bodies.Add(-1)
		return nil, s.refuseBusy(&pressure.Busy{Class: pressure.Change, Again: s.limits.Shares[pressure.Change].Again})
	}
	return func() { s.bodies.Add(-1) }, nil
}
