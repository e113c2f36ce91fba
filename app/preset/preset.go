// Package preset reads what an administrator has settled for this program on a computer: by a policy, which a person cannot change,
// or at installation, as a beginning.
//
// Contract: Read never fails and is quick; a value that is missing, of the wrong kind or out of range is as none. It holds no secret and
// nothing of a patient's. On Windows the values are in the registry, under Software\Policies\Coordinate My Care of the computer or of
// the user (policy), and Software\Coordinate My Care of the computer (installation). Elsewhere they are lines "Name = value" in
// /etc/cmc/policy.conf and /etc/cmc/preset.conf.
package preset

// What may change here: what may be settled, and by which names. Installations hold the names: they are never renamed.

import (
	"strconv"
	"strings"

	"cmc/api"
)

// The names of the values. In the registry the first is a string, the others are numbers; as strings they are taken too.
const (
	ServiceAddress   = "ServiceAddress"   // of the central service, "https://plans.example.nhs.uk"
	SingleSignOnOnly = "SingleSignOnOnly" // 1: where the service has single sign-on, no name and password are asked for
	IdleLockMinutes  = "IdleLockMinutes"  // 1 to 15: the window locks at the latest after so many minutes
)

// names are all of them.
var names = []string{ServiceAddress, SingleSignOnOnly, IdleLockMinutes}

// A Preset is what is settled on one computer. The zero Preset is nothing.
type Preset struct {
	Address     string // of the central service, without a slash at its end; "": none
	Fixed       bool   // Address is policy: nobody chooses another one here
	SSOOnly     bool   // people sign in by single sign-on wherever the service has it, and not by name and password
	LockMinutes int    // after which the window locks at the latest; 0: what the service says
}

// Read gives what is settled on this computer, policy before installation.
func Read() Preset { return from(policy(), installed()) }

// from makes a preset of the values of a policy and of an installation, by their names.
func from(policy, installed map[string]string) Preset {
	value := func(name string) (words string, fixed bool) {
		if words, fixed = policy[name]; fixed {
			return strings.TrimSpace(words), true
		}
		return strings.TrimSpace(installed[name]), false
	}
	var p Preset
	if p.Address, p.Fixed = value(ServiceAddress); p.Address == "" {
		p.Address, p.Fixed = strings.TrimSpace(installed[ServiceAddress]), false // an empty policy settles nothing
	}
	p.Address = strings.TrimRight(p.Address, "/")
	only, _ := value(SingleSignOnOnly)
	p.SSOOnly = only == "1"
	words, _ := value(IdleLockMinutes)
	if minutes, err := strconv.Atoi(words); err == nil && minutes >= api.LeastLock && minutes <= api.MostLock {
		p.LockMinutes = minutes
	}
	return p
}
