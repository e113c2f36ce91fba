package api

// What may change here: how a computer is named in the audit. A name that was given stays one.

import (
	"crypto/rand"
	"regexp"
)

// workstationForm is the form of a computer's name: three times four capitals or digits. Twelve of 32 signs are 60 bits, so no two
// computers ever draw the same one, and it can still be read out over a telephone. Credentials and SSOAnswer hold the same form.
var workstationForm = regexp.MustCompile(`^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$`)

// NewWorkstation draws a name for a computer. It is random: it says nothing of who uses the computer, what it is called or where it
// stands, and it proves nothing either.
func NewWorkstation() string {
	letters := rand.Text()
	return letters[:4] + "-" + letters[4:8] + "-" + letters[8:12]
}

// IsWorkstation says whether a text has the form of a computer's name. The name of a host or a person has not.
func IsWorkstation(name string) bool { return workstationForm.MatchString(name) }
