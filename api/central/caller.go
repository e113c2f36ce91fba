package central

// What may change here: who is asking.

import (
	"context"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/account"
	"cmc/api/central/audit"
	"cmc/api/central/store"
)

// A caller is the signed-in person of one request.
type caller struct {
	*account.Holder
	person access.Person
}

type callerKey struct{}

// callerOf is the signed-in person of a request that passed the gate.
func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey{}).(*caller)
	return c
}

func (s *Service) caller(holder *account.Holder) *caller {
	return &caller{Holder: holder, person: access.Person{
		ID: holder.User.ID, ODS: holder.Org.ODS, Role: api.Role(holder.User.Role),
		AdvancedNurseApproves: holder.Org.AdvancedNurseApproves, Training: s.options.Training,
	}}
}

// title is "Nurse in charge, Elm House care home".
func (c *caller) title() string {
	if c.User.RoleTitle == "" {
		return c.User.Name + ", " + c.Org.Name
	}
	return c.User.RoleTitle + ", " + c.Org.Name
}

// signature is "Dr A. Name (GP partner)".
func (c *caller) signature() string {
	if c.User.RoleTitle == "" {
		return c.User.Name
	}
	return c.User.Name + " (" + c.User.RoleTitle + ")"
}

func organisation(o store.Organisation) api.Organisation {
	return api.Organisation{ODS: o.ODS, Name: o.Name, Kind: o.Kind, Phone: o.Phone}
}

// line begins an audit line about a plan.
func (s *Service) line(c *caller, action string, f *folder) *audit.Event {
	event := c.Line(s.now(), action)
	if f != nil {
		event.PatientID, event.PlanID, event.Version = f.plan.PatientID, f.plan.ID, f.plan.Version
	}
	return event
}
