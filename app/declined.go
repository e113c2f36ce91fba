package app

// What may change here: how words that a person did not choose in a conflict reach the service.

import (
	"context"
	"slices"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/forms"
	careplan "cmc/forms/plan"
)

// teller puts comments of the person with this key on drafts, as sender sends their words.
func (d *Desk) teller(key string) drafts.Tell {
	return func(ctx context.Context, planID string, comment api.NewComment, idemKey string) (*api.Plan, error) {
		d.mu.Lock()
		now := d.now
		d.mu.Unlock()
		if now == nil || now.held.key != key {
			return nil, ErrSignedOut
		}
		plan, err := now.client.GiveUp(api.WithKey(ctx, idemKey), planID, comment)
		if err != nil {
			d.noteFailure(now.client, err)
		}
		return plan, err
	}
}

// hiddenInNotes keeps where a person is out of notes when the national index marks the record: notes have no veil of their own.
func hiddenInNotes(now forms.Answers, it *forms.Item) bool {
	flag := now[careplan.SensitiveFlag].Bool
	return flag != nil && *flag && slices.Contains(careplan.Whereabouts, it.ID)
}
