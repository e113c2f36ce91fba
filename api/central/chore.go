package central

// What may change here: what the service does by itself, each minute.

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms/nhs"
)

func newID() string { return uuid.NewString() }

func displayDate(iso string) string { return nhs.FormatDate(iso) }

// Chores writes the steps that time has brought to plans and drops what has expired. The service does it by itself each
// minute; a test may do it at any time.
func (s *Service) Chores(ctx context.Context) error {
	var due []string
	err := s.store.Read(ctx, func(tx store.Tx) error {
		today := s.today().Format(lifecycle.ISODate)
		// Each asks only for plans that are due, so that those at its limit are not kept waiting by others that are not.
		for _, f := range []store.Filter{
			{Statuses: words(lifecycle.Approved, lifecycle.ReviewDue), ReviewBefore: today},
			{Statuses: words(lifecycle.Approved), RemindBy: today},
			{Statuses: words(lifecycle.Deceased), Since: s.now().AddDate(0, 0, -lifecycle.LapseDays+1)},
		} {
			f.Limit = 10000
			found, err := tx.List(f)
			if err != nil {
				return err
			}
			for _, one := range found {
				if s.effective(&one.Plan) != lifecycle.State(one.Plan.Status) {
					due = append(due, one.Plan.ID)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := s.store.Write(ctx, func(tx store.Tx) error {
			p, err := tx.Plan(id)
			if err != nil {
				return err
			}
			return s.tick(tx, p)
		}); err != nil {
			return err
		}
	}
	return errors.Join(ctx.Err(), s.catchUp(ctx), s.store.Write(ctx, func(tx store.Tx) error { return tx.Sweep(s.now()) }))
}
