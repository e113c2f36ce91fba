package app

// What may change here: what a link of this program may name. Another system may hold links for years: no form of one is ever taken
// away.

import (
	"errors"
	"strings"

	"github.com/google/uuid"
)

// LinkScheme is how the links begin that the system opens this program with: "cmc:plan/" and the id of a plan. A link holds nothing of
// a patient's; opening one is signing in first, and seeing what the service lets that person see.
const LinkScheme = "cmc:"

// ErrLink says that a link names nothing that this program knows.
var ErrLink = errors.New("this link does not lead to an urgent care plan")

// PlanOf is the id of the plan that a link leads to: "cmc:plan/ID", also as browsers write it, "cmc://plan/ID/". ErrLink: it leads to
// none. The error repeats nothing of the link.
func PlanOf(link string) (planID string, err error) {
	rest, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(link)), LinkScheme)
	if !ok {
		return "", ErrLink
	}
	rest, ok = strings.CutPrefix(strings.TrimPrefix(rest, "//"), "plan/")
	id := strings.TrimSuffix(rest, "/")
	if !ok || len(id) != 36 || uuid.Validate(id) != nil {
		return "", ErrLink
	}
	return id, nil
}
