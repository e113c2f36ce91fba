package wizard

// What may change here: how copies of documents come from the form to the service.

import (
	"context"

	"cmc/forms"
	"cmc/ui/field"
)

// A carrier is a Service that carries copies of documents too. *app.Desk is one.
type carrier interface {
	Attach(ctx context.Context, planID, path string) (forms.FileRef, error)
	SaveAttachment(ctx context.Context, planID, sha256, path string) error
}

// planFiles are the copies of one plan.
type planFiles struct {
	carrier carrier
	plan    string
}

// filesOf gives the copies of a plan; nil where the service carries none, and the form says so.
func filesOf(s Service, plan string) field.Files {
	if c, ok := s.(carrier); ok {
		return planFiles{c, plan}
	}
	return nil
}

// Attach implements field.Files.
func (p planFiles) Attach(ctx context.Context, path string) (forms.FileRef, error) {
	return p.carrier.Attach(ctx, p.plan, path)
}

// Save implements field.Files.
func (p planFiles) Save(ctx context.Context, sha256, path string) error {
	return p.carrier.SaveAttachment(ctx, p.plan, sha256, path)
}
