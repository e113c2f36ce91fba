package ui_test

// What may change here: how much of the summary a crew sees without scrolling.

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/app"
	"cmc/assets/training"
	"cmc/ui/screens"
)

// longest is the training plan in which every answer is as long as it may be. It scrolls.
const longest = "bartholomew-long"

// TestTheFirstEightBlocksNeedNoScrolling opens every live training plan as a crew does, in a window of 1280x800.
func TestTheFirstEightBlocksNeedNoScrolling(t *testing.T) {
	h := newHouse(t)
	h.signIn("urgent")
	h.until("the find page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	people, _, _, _, err := training.Load(time.Now())
	require.NoError(t, err)
	ctx := context.Background()
	live := 0
	for _, p := range people {
		if p.NHSNumber == "" {
			continue
		}
		found, err := h.desk.Search(ctx, api.PatientSearch{NHSNumber: p.NHSNumber})
		require.NoError(t, err)
		if len(found.Items) == 0 || found.Items[0].Plan == nil {
			continue
		}
		id := found.Items[0].Plan.ID
		opened, err := h.desk.OpenWithReason(ctx, id, "999 call to the address")
		if err != nil || opened.Published == nil {
			continue // suspended, or not for a crew
		}
		if _, err := h.desk.Summary(ctx, id); err != nil {
			continue
		}
		h.w.Go(app.Place{Screen: screens.UrgentScreen, PlanID: id})
		h.until("the summary of "+p.ID, func() bool {
			u, ok := h.w.Screen().(*screens.Urgent)
			return ok && u.Plan() == id && u.Summary() != nil
		})
		u := h.w.Screen().(*screens.Urgent)
		live++
		t.Logf("%-24s %4.0f of %4.0f, the whole page %4.0f", p.ID, u.BottomOf("call"), u.Room(), u.BottomOf("footer"))
		if p.ID != longest {
			require.LessOrEqual(t, u.BottomOf("call"), u.Room(), "%s: whom to call first is not on the first page", p.ID)
		}
	}
	require.Greater(t, live, 20, "live training plans")
}
