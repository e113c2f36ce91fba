package central

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/audit"
	"cmc/api/central/store"
	"cmc/assets/training"
)

// resident makes an approved plan of somebody who lives in Elm House, with hidden answers in it.
func (w *ward) resident() *api.Plan {
	w.t.Helper()
	ctx := context.Background()
	p := w.begin("gp", w.without("VX991"))
	p, err := w.as("gp").PatchDraft(ctx, p.ID, []byte(hiddenPatch()), p.Etag, "")
	require.NoError(w.t, err)
	p, err = w.as("gp").Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(w.t, err)
	p, err = w.as("gp").Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(w.t, err)
	return p
}

// fresh signs an account in once more, as on another computer.
func (w *ward) fresh(username string) *api.Client {
	w.t.Helper()
	delete(w.people, username)
	return w.as(username)
}

func pageOf(b *api.Bundle, planID string) *api.BundlePage {
	for i := range b.Pages {
		if b.Pages[i].PlanID == planID {
			return &b.Pages[i]
		}
	}
	return nil
}

func (w *ward) bundleOf(c *api.Client) *api.Bundle {
	w.t.Helper()
	b, err := c.Bundle(context.Background(), "")
	require.NoError(w.t, err)
	return b
}

// lines are the audit lines of one action on a plan, the newest first.
func (w *ward) lines(planID, action string) []audit.Event {
	w.t.Helper()
	var out []audit.Event
	require.NoError(w.t, w.s.store.Read(context.Background(), func(tx store.Tx) error {
		all, err := tx.AuditOf(planID, 1000)
		for _, one := range all {
			if one.Action == action {
				out = append(out, one)
			}
		}
		return err
	}))
	return out
}

// Each account of training has the plans that the training data says are its own, and nobody else has any.
func TestWhoseBundleHasWhichPlans(t *testing.T) {
	w := openWard(t, nil)
	people, plans, _, _, err := training.Load(w.clock.now())
	require.NoError(t, err)
	home := map[string]string{}
	for _, one := range people {
		home[one.ID] = one.CareHome
	}
	var residents []string
	for _, one := range plans {
		if one.Live != nil && home[one.Person] == "VX991" && slices.Contains([]string{"approved", "amending", "in_review", "review_due", "overdue"}, one.Status) {
			residents = append(residents, trainingID("plan", one.ID))
		}
	}
	require.NotEmpty(t, residents)
	got := w.bundleOf(w.as("carehome"))
	var ids []string
	for _, page := range got.Pages {
		ids = append(ids, page.PlanID)
		assert.Equal(t, 12*time.Hour, page.Until.Sub(page.AsAt))
		assert.Equal(t, w.clock.now(), page.AsAt)
		assert.NotEmpty(t, page.Hash)
		assert.NotEmpty(t, page.Words)
		assert.NotEmpty(t, page.Patient.FamilyName)
		assert.Equal(t, page.Version, page.Summary.Header.Version)
		assert.False(t, page.Summary.Header.Draft)
	}
	assert.ElementsMatch(t, residents, ids)
	for _, nurse := range []string{"hospice", "nurse"} {
		b := w.bundleOf(w.as(nurse))
		require.NotEmpty(t, b.Pages, nurse)
		me, err := w.as(nurse).Me(context.Background())
		require.NoError(t, err)
		assert.Contains(t, me.May, "offline")
		assert.Equal(t, me.ID, b.UserID)
		for _, page := range b.Pages {
			require.NoError(t, w.s.store.Read(context.Background(), func(tx store.Tx) error {
				relations, err := tx.RelationshipsFor(page.PlanID, me.Organisation.ODS, me.ID, w.clock.now())
				assert.True(t, slices.ContainsFunc(relations, func(r store.Relationship) bool { return r.Kind == "team" }), "%s of %s", page.PlanID, nurse)
				return err
			}))
		}
	}
	for _, other := range []string{"gp", "urgent", "practiceadmin", "trainer", "admin", "safety", "commissioner"} {
		_, err := w.as(other).Bundle(context.Background(), "")
		refused(t, err, api.CodeForbidden)
		_, err = w.as(other).Bundle(context.Background(), residents[0])
		refused(t, err, api.CodeForbidden)
	}
	// One that is named is given only to those whose it is.
	b, err := w.as("hospice").Bundle(context.Background(), residents[0])
	require.NoError(t, err)
	if own := pageOf(w.bundleOf(w.as("hospice")), residents[0]); own == nil {
		assert.Empty(t, b.Pages)
	}
}

// Nothing that is hidden, and nothing of a draft, is in a bundle.
func TestABundleHoldsNothingHiddenAndNoDraft(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.resident()
	p, err := w.as("gp").Amend(ctx, p.ID, "A new diagnosis")
	require.NoError(t, err)
	_, err = w.as("gp").PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":{"value":"Nachtigall in the draft"}}`), p.Etag, "")
	require.NoError(t, err)
	b := w.bundleOf(w.as("carehome"))
	page := pageOf(b, p.ID)
	require.NotNil(t, page, "it stays while it is amended")
	assert.False(t, page.Summary.Header.ChangeSince.IsZero(), "and says that a change is being written")
	raw, err := json.Marshal(b)
	require.NoError(t, err)
	for _, secret := range []string{safeCode, "Zauberwort", "Zirkonium", "Nachtigall"} {
		assert.NotContains(t, string(raw), secret)
	}
	assert.Contains(t, string(raw), "Left of the door", "what a crew reads is in it")
}

// A plan that may not be used any more is gone from the next bundle, and from the answer about it alone.
func TestABundleFollowsThePlan(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.resident()
	there := func() bool {
		whole := pageOf(w.bundleOf(w.as("carehome")), p.ID) != nil
		one, err := w.as("carehome").Bundle(ctx, p.ID)
		require.NoError(t, err)
		assert.Equal(t, whole, len(one.Pages) == 1)
		return whole
	}
	require.True(t, there())
	_, err := w.as("gp").Suspend(ctx, p.ID, "Two decisions contradict each other")
	require.NoError(t, err)
	assert.False(t, there(), "suspended")
	_, err = w.as("gp").Resume(ctx, p.ID, "Put right")
	require.NoError(t, err)
	require.True(t, there())
	_, err = w.as("gp").Deceased(ctx, p.ID, api.Death{})
	require.NoError(t, err)
	assert.False(t, there(), "died")
	_, err = w.as("gp").Resume(ctx, p.ID, "It was somebody else")
	require.NoError(t, err)
	require.True(t, there())
	_, err = w.as("gp").Withdraw(ctx, p.ID, "Consent was withdrawn")
	require.NoError(t, err)
	assert.False(t, there(), "withdrawn")
}

// A record that is marked as sensitive is in no bundle, and the bundle says that somebody is missing.
func TestAMarkedRecordIsInNoBundle(t *testing.T) {
	w := openWard(t, nil)
	p := w.resident()
	before := w.bundleOf(w.as("carehome"))
	require.NotNil(t, pageOf(before, p.ID))
	require.NoError(t, w.s.store.Write(context.Background(), func(tx store.Tx) error {
		one, err := tx.Patient(p.Patient.ID)
		if err != nil {
			return err
		}
		one.Sensitive = true
		return tx.UpdatePatient(one)
	}))
	after := w.bundleOf(w.as("carehome"))
	assert.Nil(t, pageOf(after, p.ID))
	assert.Equal(t, before.LeftOut+1, after.LeftOut)
	assert.Len(t, after.Pages, len(before.Pages)-1)
}

// That a page went to a computer is told once for each version and session, and what was read there when it is told.
func TestABundleIsAudited(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.resident()
	home := w.as("carehome")
	w.bundleOf(home)
	w.bundleOf(home)
	_, err := home.Bundle(ctx, p.ID)
	require.NoError(t, err)
	w.bundleOf(home)
	given := w.lines(p.ID, audit.Offline)
	require.Len(t, given, 1, "the same person has the same page on the same computer")
	assert.Equal(t, "Grace Mbeki", given[0].Who)
	assert.Equal(t, 1, given[0].Version)
	assert.NotEmpty(t, given[0].PatientID)
	w.bundleOf(w.fresh("carehome"))
	assert.Len(t, w.lines(p.ID, audit.Offline), 2, "another computer")

	at := w.clock.now().Add(-3 * time.Hour)
	elsewhere := w.live()
	told := api.OfflineReadings{Items: []api.OfflineReading{{PlanID: p.ID, Version: 1, At: at}, {PlanID: p.ID, Version: 1, At: at, Printed: true},
		{PlanID: elsewhere.ID, Version: 1, At: at}, {PlanID: "no-such-plan", At: at}}}
	require.NoError(t, home.BundleReadings(ctx, told, "once"))
	require.NoError(t, home.BundleReadings(ctx, told, "once"))
	read := w.lines(p.ID, audit.OfflineRead)
	require.Len(t, read, 1)
	assert.Equal(t, "at 22-Nov-2026 06:00", read[0].What)
	assert.Len(t, w.lines(p.ID, audit.OfflinePrint), 1)
	assert.Empty(t, w.lines(elsewhere.ID, audit.OfflineRead), "what was not given cannot have been read")
	log, err := w.as("gp").AccessLogFor(ctx, p.ID)
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(log.Items, func(e api.AccessEvent) bool {
		return e.Words == "Read the urgent care summary without a connection"
	}), "the person is told")
}

// The limit is the service's, a day at most, and it may give none at all.
func TestTheLimitIsTheServices(t *testing.T) {
	w := openWard(t, func(o *Options) { o.Offline = time.Hour })
	for _, page := range w.bundleOf(w.as("carehome")).Pages {
		assert.Equal(t, time.Hour, page.Until.Sub(page.AsAt))
	}
	b := w.bundleOf(w.as("carehome"))
	assert.Equal(t, w.clock.now().Add(time.Hour), b.SessionUntil, "an hour unused")
	w.clock.forward(50 * time.Minute)
	for range 13 {
		w.bundleOf(w.as("carehome"))
		w.clock.forward(50 * time.Minute)
	}
	last := w.bundleOf(w.as("carehome"))
	assert.Less(t, last.SessionUntil.Sub(last.AsAt), time.Hour, "never beyond the session's own end")

	none := openWard(t, func(o *Options) { o.Offline = -1 })
	_, err := none.as("carehome").Bundle(context.Background(), "")
	refused(t, err, api.CodeForbidden)
	_, err = Open(context.Background(), Options{DataDir: t.TempDir(), Training: true, Offline: 25 * time.Hour})
	require.ErrorIs(t, err, ErrOffline)
}

// Who is told to erase what their computer keeps: everybody whose session was taken away, whatever has become of the session since;
// and nobody whose session only ran out.
func TestWhoIsToldToErase(t *testing.T) {
	ctx := context.Background()
	w := openWard(t, nil)
	book := w.s.Accounts()
	n := 0
	begin := func() (string, *api.Client) {
		n++
		name := fmt.Sprintf("nurse%d", n)
		w.staff(name, api.RoleHospiceNurse, "XH901")
		c := w.as(name)
		w.bundleOf(c)
		return name, c
	}
	for what, end := range map[string]func(name string, c *api.Client){
		"disabled": func(name string, _ *api.Client) { require.NoError(t, book.Disable(ctx, name, true)) },
		"password": func(name string, _ *api.Client) {
			require.NoError(t, book.SetPassword(ctx, name, "another good password"))
		},
		"position": func(name string, _ *api.Client) {
			require.NoError(t, book.RemovePosition(ctx, name, api.RoleHospiceNurse, "XH901"))
		},
		"by a command": func(name string, _ *api.Client) {
			_, err := book.WipeByHand(ctx, name, "Stolen")
			require.NoError(t, err)
		},
		"by an administrator": func(name string, _ *api.Client) {
			done, err := w.as("admin").Wipe(ctx, api.Wipe{Username: name, Reason: "The computer was stolen"})
			require.NoError(t, err)
			assert.Equal(t, 1, done.Computers)
		},
		"signed out": func(_ string, c *api.Client) {
			token := c.Token()
			require.NoError(t, c.SignOut(ctx))
			c.SetToken(token)
		},
	} {
		name, c := begin()
		end(name, c)
		for range 2 {
			_, err := c.Me(ctx)
			p := refused(t, err, api.CodeErase)
			assert.Equal(t, 401, p.Status)
			assert.NotContains(t, p.Error(), name, what)
		}
		kept, err := book.Bundles(ctx, name)
		require.NoError(t, err)
		require.Len(t, kept, 1)
		assert.Equal(t, w.clock.now(), kept[0].ToldAt, "%s: it is known that the computer was told", what)
	}

	// A session that only ran out is no reason; one that was closed after it ran out is, also when it is long forgotten.
	name, c := begin()
	w.clock.forward(61 * time.Minute)
	_, err := c.Me(ctx)
	refused(t, err, api.CodeUnauthenticated)
	w.clock.forward(13 * time.Hour)
	require.NoError(t, w.s.Chores(ctx))
	_, err = c.Me(ctx)
	refused(t, err, api.CodeUnauthenticated)
	require.NoError(t, book.Disable(ctx, name, true))
	_, err = c.Me(ctx)
	refused(t, err, api.CodeErase)

	// Who was given nothing has nothing to erase.
	gp := w.fresh("gp")
	require.NoError(t, book.SetPassword(ctx, "gp", "another good password"))
	_, err = gp.Me(ctx)
	refused(t, err, api.CodeUnauthenticated)
}

// A wipe is asked for by those who look after accounts, with a reason, and is audited.
func TestWhoAsksForAWipe(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	for _, other := range []string{"gp", "carehome", "hospice", "urgent", "practiceadmin", "trainer", "safety", "commissioner"} {
		_, err := w.as(other).Wipe(ctx, api.Wipe{Username: "hospice", Reason: "Stolen"})
		refused(t, err, api.CodeForbidden)
	}
	hospice := w.as("hospice")
	w.bundleOf(hospice)
	_, err := w.as("admin").Wipe(ctx, api.Wipe{Username: "hospice"})
	refused(t, err, api.CodeInvalid)
	_, err = w.as("admin").Wipe(ctx, api.Wipe{Username: "nobody.here", Reason: "Stolen"})
	refused(t, err, api.CodeNotFound)
	_, err = hospice.Me(ctx)
	require.NoError(t, err)
	_, err = w.as("admin").Wipe(ctx, api.Wipe{Username: "Hospice", Reason: "The computer was stolen"})
	require.NoError(t, err)
	_, err = hospice.Me(ctx)
	refused(t, err, api.CodeErase)
	found := false
	require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) error {
		all, err := tx.AuditFrom(1, 100000)
		for _, one := range all {
			found = found || one.Action == audit.Wipe && one.Who == "Oliver Grant" && one.What == "hospice" && one.Reason == "The computer was stolen"
		}
		return err
	}))
	assert.True(t, found)
	w.bundleOf(w.fresh("hospice")) // the account stays open
}
