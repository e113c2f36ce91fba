//go:build linux

package app_test

// What may change here: what is proved of reading without a connection: with a real service that is stopped and started, the real
// keychain, the real sealed store, and a clock that the test sets.

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central"
	"cmc/api/central/account"
	"cmc/app"
	"cmc/app/bundle"
	"cmc/app/drafts"
)

// A night is a service that can be stopped and started, and a clock that it shares with the desks.
type night struct {
	t       *testing.T
	data    string
	address string
	service *central.Service
	server  *http.Server
	log     *lockedBuffer

	mu sync.Mutex
	at time.Time
	on time.Duration // by how much the desk's clock is off

	sleepOver []string // what is asked for until then, by path: the answer to the last is slept over
}

func newNight(t *testing.T) *night {
	t.Helper()
	n := &night{t: t, data: t.TempDir(), log: &lockedBuffer{}, at: time.Date(2026, 11, 25, 14, 2, 0, 0, time.UTC)}
	n.start()
	t.Cleanup(n.stop)
	return n
}

func (n *night) now() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.at
}

func (n *night) here() time.Time { return n.now().Add(n.off()) }

func (n *night) off() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.on
}

func (n *night) forward(by time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at = n.at.Add(by)
}

// setBack sets the desk's clock back.
func (n *night) setBack(by time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.on -= by
}

func (n *night) start() {
	n.t.Helper()
	var err error
	n.service, err = central.Open(context.Background(), central.Options{DataDir: n.data, Training: true, Now: n.now})
	require.NoError(n.t, err)
	at := "127.0.0.1:0"
	if n.address != "" {
		at = strings.TrimPrefix(n.address, "http://")
	}
	listener, err := net.Listen("tcp", at)
	require.NoError(n.t, err)
	n.address = "http://" + listener.Addr().String()
	n.server = &http.Server{Handler: n.overslept(n.service.Handler()), ReadHeaderTimeout: time.Second}
	go func() { _ = n.server.Serve(listener) }()
}

// overslept passes answers on, one of them as to a computer that went to sleep when it had asked: 40 minutes late.
func (n *night) overslept(service http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		late := false
		if len(n.sleepOver) > 0 && r.URL.Path == n.sleepOver[0] {
			n.sleepOver = n.sleepOver[1:]
			late = len(n.sleepOver) == 0
		}
		n.mu.Unlock()
		if !late {
			service.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		service.ServeHTTP(answer, r)
		n.forward(40 * time.Minute)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

func (n *night) stop() {
	if n.service == nil {
		return
	}
	n.service.Hush()
	_ = n.server.Close()
	require.NoError(n.t, n.service.Close())
	n.service = nil
}

// desk opens a desk over a profile.
func (n *night) desk(profile string, change ...func(*app.Params)) *app.Desk {
	n.t.Helper()
	p := app.Params{ProfileDir: profile, Version: "test", Now: n.here, Log: slog.New(slog.NewTextHandler(n.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, one := range change {
		one(&p)
	}
	d, err := app.New(p)
	require.NoError(n.t, err)
	n.t.Cleanup(func() { _ = d.Close() })
	if d.Address() == "" {
		require.NoError(n.t, d.SetAddress(n.address))
	}
	return d
}

var gone = &api.Unreachable{Hop: api.HopConnect}

// until waits for something real to happen.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s never came", what)
		}
	}
}

// carried waits until the pages of who is signed in are kept, and gives them.
func carried(t *testing.T, d *app.Desk) app.KeptPlans {
	t.Helper()
	var out app.KeptPlans
	until(t, "what is to be read offline", func() bool {
		var err error
		out, err = d.Kept(gone)
		return err == nil
	})
	return out
}

// shelves are the files of pages in a profile.
func shelves(t *testing.T, profile string) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(profile, "kept", bundle.Prefix+"*"))
	require.NoError(t, err)
	return out
}

func pdfText(t *testing.T, page []byte) string {
	t.Helper()
	command := exec.Command("pdftotext", "-layout", "-", "-")
	command.Stdin = bytes.NewReader(page)
	out, err := command.Output()
	require.NoError(t, err)
	return strings.Join(strings.Fields(string(out)), " ")
}

func client(t *testing.T, n *night, who string) *api.Client {
	t.Helper()
	c, err := api.NewClient(n.address, api.ClientOptions{})
	require.NoError(t, err)
	_, err = c.SignIn(t.Context(), api.Credentials{Username: who, Password: "training"})
	require.NoError(t, err)
	return c
}

// At 4 am the service is gone. What a care-home nurse may read is there, says how old it is on screen and on paper, and what was
// read is told when the service is back.
func TestReadingOffline(t *testing.T) {
	n := newNight(t)
	profile := t.TempDir()
	d := n.desk(profile)
	signIn(t, d, "carehome", true)
	plans := carried(t, d)
	require.NotEmpty(t, plans.Items)
	first := plans.Items[0]
	live, err := d.Summary(t.Context(), first.PlanID)
	require.NoError(t, err)
	_, err = d.Kept(nil)
	require.ErrorIs(t, err, bundle.ErrNone, "while the service answers, it is asked")
	_, err = d.OpenKept(first.PlanID, &api.Problem{Type: api.TypeOf(api.CodeState)})
	require.ErrorIs(t, err, bundle.ErrNone, "what the service refuses is not shown from here")

	n.stop()
	n.forward(3 * time.Hour)
	_, why := d.Worklists(t.Context())
	require.True(t, api.IsUnreachable(why))
	plans, err = d.Kept(why)
	require.NoError(t, err)
	require.Equal(t, "as at 14:02, 3 hours ago", plans.Age)
	page, err := d.OpenKept(first.PlanID, why)
	require.NoError(t, err)
	require.Equal(t, "as at 14:02, 3 hours ago", page.Age)
	require.Equal(t, "NOT LIVE: as at 14:02, 3 hours ago", page.Summary.Header.Kept)
	require.Equal(t, live.Blocks, page.Summary.Blocks)
	require.Equal(t, live.Banner, page.Summary.Banner)
	require.Equal(t, n.now().Add(9*time.Hour), page.Until)
	n.forward(10 * time.Minute)
	job, err := d.PrintKept(t.Context(), first.PlanID)
	require.NoError(t, err)
	words := pdfText(t, job.PDF())
	require.Contains(t, words, "NOT LIVE: as at 25-Nov-2026 14:02, 3 hours 10 minutes before it was printed")
	require.Contains(t, words, "Printed 25-Nov-2026 17:12 by Grace Mbeki")
	require.Contains(t, words, "As held centrally at 14:02.")
	require.NoError(t, job.SavePDF(t.Context(), filepath.Join(t.TempDir(), "page.pdf")))
	job.Close()

	var names []string
	for _, one := range plans.Items {
		names = append(names, one.Patient.FamilyName, one.Patient.NHSNumber)
	}
	nothingInTheClear(t, profile, append(names, "Grace Mbeki", "attempt CPR", first.PlanID)...)
	for _, name := range names {
		require.NotContains(t, n.log.String(), name)
	}

	n.start()
	until(t, "the end of the session, which nobody used for three hours", d.Expired)
	_, err = d.Kept(gone)
	require.ErrorIs(t, err, bundle.ErrNone, "nothing is read in a session that is over")
	signIn(t, d, "carehome", true)
	gp := client(t, n, "gp")
	until(t, "the service knowing who read and printed", func() bool {
		log, err := gp.AccessLog(t.Context(), first.PlanID)
		require.NoError(t, err)
		has := func(action string) bool {
			return slices.ContainsFunc(log.Items, func(e api.AccessEvent) bool { return e.Action == action && e.Who == "Grace Mbeki" })
		}
		return has("offline") && has("offline-read") && has("offline-print")
	})
}

// Past its limit nothing can be opened, and nothing is left on the disk or in the keychain; with the service back it is there anew.
func TestPastTheLimitNothingIsLeft(t *testing.T) {
	n := newNight(t)
	profile := t.TempDir()
	d := n.desk(profile)
	signIn(t, d, "carehome", true)
	first := carried(t, d).Items[0]
	require.NotEmpty(t, shelves(t, profile))
	n.stop()
	n.forward(12*time.Hour - time.Second)
	_, err := d.OpenKept(first.PlanID, gone)
	require.NoError(t, err)
	n.forward(time.Second)
	_, err = d.LookKept(first.PlanID)
	require.ErrorIs(t, err, bundle.ErrOver)
	require.Contains(t, app.Explain(err).What, "past its limit")
	_, err = d.PrintKept(t.Context(), first.PlanID)
	require.Error(t, err)
	until(t, "an empty disk", func() bool { return len(shelves(t, profile)) == 0 })
	_, err = d.Kept(gone)
	require.ErrorIs(t, err, bundle.ErrOver, "and it is said why")
}

// A clock that is set back while the program runs, or while it is closed, lengthens nothing.
func TestAClockSetBackLengthensNothing(t *testing.T) {
	n := newNight(t)
	profile := t.TempDir()
	d := n.desk(profile)
	signIn(t, d, "carehome", true)
	first := carried(t, d).Items[0]
	n.stop()
	n.forward(30 * time.Minute)
	_, err := d.OpenKept(first.PlanID, gone)
	require.NoError(t, err)
	n.setBack(25 * time.Minute)
	_, err = d.OpenKept(first.PlanID, gone)
	require.ErrorIs(t, err, bundle.ErrClock)
	require.NotEmpty(t, app.Explain(err).Do)
	n.setBack(-25 * time.Minute)
	_, err = d.OpenKept(first.PlanID, gone)
	require.NoError(t, err)
	require.NoError(t, d.Close())

	n.setBack(25 * time.Minute)
	again := n.desk(profile)
	_, in, err := again.Resume(t.Context())
	require.False(t, in)
	require.ErrorIs(t, err, bundle.ErrClock)
	require.NoError(t, again.Close())
	n.setBack(-25 * time.Minute)
	again = n.desk(profile)
	_, in, err = again.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, in)
	n.forward(12 * time.Hour)
	_, err = again.Kept(gone)
	require.ErrorIs(t, err, bundle.ErrOver)
}

// A computer whose clock is wrong, and stays so, tells the age by the service's time.
func TestAWrongClockTellsTheRightAge(t *testing.T) {
	n := newNight(t)
	n.setBack(400 * 24 * time.Hour)
	profile := t.TempDir()
	d := n.desk(profile)
	signIn(t, d, "carehome", true)
	carried(t, d)
	require.NoError(t, d.Close())
	n.stop()
	n.forward(50 * time.Minute)
	again := n.desk(profile)
	in, ok, err := again.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.True(t, in.Offline)
	require.Equal(t, "as at 14:02, 50 minutes ago", carried(t, again).Age)
}

// A computer that sleeps while an answer is on its way does not take what is kept for younger than it is: neither now nor after a
// restart.
func TestAnAnswerThatWasSleptOverTellsNoTime(t *testing.T) {
	for name, asked := range map[string][]string{"the pages": {"/v1/bundle"}, "the time": {"/v1/bundle", "/v1/service"}} {
		t.Run(name, func(t *testing.T) {
			n := newNight(t)
			profile := t.TempDir()
			d := n.desk(profile)
			signIn(t, d, "carehome", true)
			carried(t, d)
			require.NoError(t, d.Close())
			n.forward(5 * time.Minute)
			n.mu.Lock()
			n.sleepOver = asked
			n.mu.Unlock()
			d = n.desk(profile)
			_, ok, err := d.Resume(t.Context())
			require.NoError(t, err)
			require.True(t, ok)
			const want = "as at 14:07, 40 minutes ago"
			until(t, "the age", func() bool { got, err := d.Kept(gone); return err == nil && got.Age == want })
			n.stop()
			require.NoError(t, d.Close())
			again := n.desk(profile)
			in, ok, err := again.Resume(t.Context())
			require.NoError(t, err)
			require.True(t, ok && in.Offline)
			require.Equal(t, want, carried(t, again).Age)
		})
	}
}

// Across a restart without a connection the same person goes on reading, for as long as the service would let the kept sign-in stand;
// after that they prove who they are, where this computer can tell.
func TestReadingAcrossARestart(t *testing.T) {
	n := newNight(t)
	profile := t.TempDir()
	d := n.desk(profile)
	signIn(t, d, "carehome", true)
	before := carried(t, d)
	require.NoError(t, d.Close())
	n.stop()
	n.forward(20 * time.Minute)
	again := n.desk(profile)
	in, ok, err := again.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.True(t, in.Offline)
	require.Equal(t, "carehome", in.User.Username)
	require.Contains(t, in.Notice, "as at 14:02, 20 minutes ago")
	require.True(t, again.Training(), "the band of training stays")
	after := carried(t, again)
	require.Len(t, after.Items, len(before.Items))
	require.NoError(t, again.Close())

	n.forward(41 * time.Minute) // an hour unused
	third := n.desk(profile)
	_, ok, err = third.Resume(t.Context())
	require.False(t, ok)
	require.True(t, api.IsUnreachable(err))
	_, err = third.SignIn(t.Context(), "carehome", "training", false)
	require.True(t, api.IsUnreachable(err), "this computer cannot tell who it is")
	require.NoError(t, third.Close())

	wrong := errors.New("that is not the password of this person")
	fourth := n.desk(profile, func(p *app.Params) {
		p.Proof = func(_ context.Context, user api.User, password string) error {
			if user.Username != "carehome" || password != "training" {
				return wrong
			}
			return nil
		}
	})
	_, err = fourth.SignIn(t.Context(), "CareHome", "guess", false)
	require.ErrorIs(t, err, wrong)
	_, err = fourth.SignIn(t.Context(), "hospice", "training", false)
	require.True(t, api.IsUnreachable(err), "nothing of theirs is here")
	in, err = fourth.SignIn(t.Context(), "CareHome", "training", false)
	require.NoError(t, err)
	require.True(t, in.Offline)
	require.Len(t, carried(t, fourth).Items, len(before.Items))

	n.start() // the sign-in was proved here only: the service asks for it
	until(t, "the word that the session has ended", fourth.Expired)
	_, err = fourth.Kept(gone)
	require.ErrorIs(t, err, bundle.ErrNone)
}

// Whoever did not ask to be kept signed in is not, with or without a connection.
func TestNobodyIsKeptSignedInUnasked(t *testing.T) {
	n := newNight(t)
	profile := t.TempDir()
	d := n.desk(profile)
	signIn(t, d, "carehome", false)
	carried(t, d)
	require.NoError(t, d.Close())
	n.stop()
	_, ok, err := n.desk(profile).Resume(t.Context())
	require.False(t, ok)
	require.NoError(t, err)
}

// Who leaves takes everything along, whether the service can be told or not; and nobody else ever has it.
func TestSigningOutErases(t *testing.T) {
	n := newNight(t)
	profile := t.TempDir()
	d := n.desk(profile)
	signIn(t, d, "carehome", true)
	first := carried(t, d).Items[0]
	n.stop()
	require.Error(t, d.SignOut(t.Context()), "the service could not be told")
	require.Empty(t, shelves(t, profile))
	_, err := d.Kept(gone)
	require.ErrorIs(t, err, bundle.ErrNone)
	n.start()
	_, ok, err := d.Resume(t.Context())
	require.NoError(t, err)
	require.False(t, ok)

	signIn(t, d, "carehome", true)
	carried(t, d)
	signIn(t, d, "hospice", true) // at the same desk, without the other having left
	_, err = d.OpenKept(first.PlanID, gone)
	require.Error(t, err)
	for _, one := range carried(t, d).Items {
		require.NotEqual(t, first.PlanID, one.PlanID)
	}
	require.Len(t, slices.DeleteFunc(shelves(t, profile), func(f string) bool { return strings.HasSuffix(f, ".lock") }), 1)
	signIn(t, d, "gp", true)
	until(t, "an empty disk", func() bool { return len(shelves(t, profile)) == 0 })
	_, err = d.Kept(gone)
	require.ErrorIs(t, err, bundle.ErrNone, "a GP carries nothing about")
}

// A plan that may not be used any more is gone at once by the news of it, and at the next contact when there was no line.
func TestAWithdrawnPlanVanishes(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", true)
	plans := carried(t, d)
	require.Greater(t, len(plans.Items), 1)
	gp := w.client("gp")
	has := func(id string) bool { _, err := d.LookKept(id); return err == nil }
	one, other := "", ""
	for _, p := range plans.Items {
		if plan, err := gp.Plan(t.Context(), p.PlanID); err == nil && slices.Contains(plan.Actions, "suspend") {
			if one == "" {
				one = p.PlanID
			} else {
				other = p.PlanID
			}
		}
	}
	require.NotEmpty(t, other)
	_, err := gp.Suspend(t.Context(), one, "Two decisions contradict each other")
	require.NoError(t, err)
	until(t, "the end of it", func() bool { return !has(one) })
	require.True(t, has(other))
	_, err = gp.Resume(t.Context(), one, "Put right")
	require.NoError(t, err)
	until(t, "the page", func() bool { return has(one) })

	w.line.cut()
	_, err = gp.Suspend(t.Context(), other, "Two decisions contradict each other")
	require.NoError(t, err)
	require.True(t, has(other), "nobody could say so")
	w.line.mend()
	until(t, "the end of it", func() bool { return !has(other) })
	require.True(t, has(one))
}

// When it is known that something changed and it cannot be fetched, the copy says so.
func TestACopyThatIsKnownToBeOldSaysSo(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", true)
	plans := carried(t, d).Items
	first := plans[slices.IndexFunc(plans, func(p app.KeptPlan) bool { return p.Status == "approved" && p.Summary.Header.ChangeSince.IsZero() })]
	require.Empty(t, first.Changed)
	w.line.mu.Lock()
	w.line.cutting, w.line.when = 1000, func(request []byte) bool { return bytes.HasPrefix(request, []byte("GET /v1/bundle?plan=")) }
	w.line.mu.Unlock()
	_, err := w.client("gp").Amend(t.Context(), first.PlanID, "A new diagnosis")
	require.NoError(t, err)
	until(t, "the word that it is old", func() bool {
		page, err := d.LookKept(first.PlanID)
		return err == nil && strings.Contains(page.Changed, "could not be fetched")
	})
}

// A remote wipe, and a closed account, take the pages away at once by the line, at the next contact when there was none, and at the
// next start; words that were never sent stay, sealed, and go when the person signs in again.
func TestAWipe(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", true)
	carried(t, d)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	text(e, "preferred_name", "Sent before")
	await(t, e, "saved", saved)
	w.line.cut()
	text(e, "preferred_name", "Persimmon")
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	book := w.service.Accounts()
	done, err := book.WipeByHand(t.Context(), "carehome", "The computer was stolen")
	require.NoError(t, err)
	require.Equal(t, 1, done.Computers)
	require.NotEmpty(t, shelves(t, profile), "nobody could tell it")
	w.line.mend()
	until(t, "an empty disk", func() bool { return len(shelves(t, profile)) == 0 })
	until(t, "the end of the session", d.Expired)
	_, err = d.Worklists(t.Context())
	require.True(t, api.IsCode(err, api.CodeErase))
	said := app.Explain(err)
	require.True(t, said.SignInAgain)
	require.Contains(t, said.What, "erased")
	require.Contains(t, said.Means, "Words that you had not sent are not erased")
	kept, err := book.Bundles(t.Context(), "carehome")
	require.NoError(t, err)
	require.False(t, kept[0].ToldAt.IsZero(), "an administrator sees that the computer was told")
	require.Equal(t, account.Wiped, kept[0].Erase)
	signIn(t, d, "carehome", true)
	await(t, e, "saved", saved)
	require.Equal(t, "Persimmon", w.atService("carehome", plan.ID)["preferred_name"].Text)

	carried(t, d)
	require.NoError(t, book.Disable(t.Context(), "carehome", true))
	until(t, "an empty disk, by the line alone", func() bool { return len(shelves(t, profile)) == 0 })
	require.NoError(t, book.Disable(t.Context(), "carehome", false))

	signIn(t, d, "carehome", true)
	carried(t, d)
	require.NoError(t, d.Close())
	require.NoError(t, book.Disable(t.Context(), "carehome", true))
	again := w.desk(profile)
	_, ok, err := again.Resume(t.Context())
	require.False(t, ok)
	require.True(t, api.IsCode(err, api.CodeErase), "%v", err)
	require.Empty(t, shelves(t, profile))
	_, ok, err = again.Resume(t.Context())
	require.NoError(t, err)
	require.False(t, ok, "the kept sign-in is gone too")
}

// The pages are fetched anew by and by, without any news.
func TestPagesAreFetchedAnew(t *testing.T) {
	n := newNight(t)
	d := n.desk(t.TempDir(), func(p *app.Params) { p.Refresh = 50 * time.Millisecond })
	signIn(t, d, "nurse", false)
	carried(t, d)
	n.forward(20 * time.Minute)
	until(t, "a fresh copy", func() bool {
		plans, err := d.Kept(gone)
		return err == nil && plans.Age == "as at 14:22, less than a minute ago"
	})
}

// Pages of somebody who never came back are swept a day later, by whoever starts the program.
func TestForgottenPagesAreSwept(t *testing.T) {
	n := newNight(t)
	profile := t.TempDir()
	d := n.desk(profile)
	signIn(t, d, "carehome", false)
	carried(t, d)
	require.NoError(t, d.Close())
	files := shelves(t, profile)
	require.NotEmpty(t, files)
	next := n.desk(profile)
	time.Sleep(50 * time.Millisecond) // it has looked by now, or looks in vain below
	require.NotEmpty(t, shelves(t, profile))
	require.NoError(t, next.Close())
	for _, file := range files {
		require.NoError(t, os.Chtimes(file, n.here(), n.here().Add(-26*time.Hour)))
	}
	n.desk(profile)
	until(t, "an empty disk", func() bool { return len(shelves(t, profile)) == 0 })
}

// A program that closes while pages are being fetched keeps what it has: at whatever moment, the next start without a connection
// can read.
func TestClosingWhileFetchingKeepsThePages(t *testing.T) {
	n := newNight(t)
	profile := t.TempDir()
	d := n.desk(profile)
	signIn(t, d, "carehome", true)
	before := carried(t, d).Age
	require.NoError(t, d.Close())
	n.forward(time.Minute)
	began := time.Now()
	d = n.desk(profile)
	_, _, err := d.Resume(t.Context())
	require.NoError(t, err)
	until(t, "the pages of the new start", func() bool { got, err := d.Kept(gone); return err == nil && got.Age[:11] != before[:11] })
	usual := time.Since(began)
	require.NoError(t, d.Close())
	const closings = 60
	for i := range closings {
		d := n.desk(profile)
		_, ok, err := d.Resume(t.Context())
		require.NoError(t, err)
		require.True(t, ok)
		time.Sleep(usual * time.Duration(i) * 3 / 2 / closings) // not waiting for anything: the moment of closing, from at once to after all
		require.NoError(t, d.Close())
		require.Condition(t, func() bool {
			return slices.ContainsFunc(shelves(t, profile), func(name string) bool { return strings.HasSuffix(name, ".db") })
		}, "closing %d", i)
	}
	n.stop()
	again := n.desk(profile)
	in, ok, err := again.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, ok && in.Offline)
	require.NotEmpty(t, carried(t, again).Items)
}

// A page on the screen is live while the service was heard within a minute. When it was asked counts, and not when its answer was read:
// a computer may have slept in between.
func TestAPageOnTheScreenIsLiveWhileTheServiceIsHeard(t *testing.T) {
	n := newNight(t)
	d := n.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	page := carried(t, d).Items[0]
	live, err := d.Summary(t.Context(), page.PlanID)
	require.NoError(t, err)
	asAt := live.Header.AsAt
	_, old, err := d.Aged(page.PlanID, asAt)
	require.NoError(t, err)
	require.False(t, old)

	n.forward(30 * time.Second) // the service is asked in the background, and is there
	_, old, _ = d.Aged(page.PlanID, asAt)
	require.False(t, old)
	until(t, "the answer", func() bool { return d.Heard().Equal(n.now()) })

	n.mu.Lock()
	n.sleepOver = []string{"/v1/worklists"}
	n.mu.Unlock()
	_, err = d.Worklists(t.Context())
	require.NoError(t, err)
	age, old, err := d.Aged(page.PlanID, asAt)
	require.NoError(t, err)
	require.True(t, old, "what was asked before the sleep is not heard after it")
	require.Equal(t, "NOT LIVE: as at 14:02, 40 minutes ago", age.Words)
	until(t, "the service being heard again", func() bool { _, old, _ := d.Aged(page.PlanID, asAt); return !old })

	n.stop()
	_, err = d.Worklists(t.Context())
	require.Error(t, err)
	n.forward(time.Minute + time.Second)
	_, old, err = d.Aged(page.PlanID, asAt)
	require.NoError(t, err)
	require.True(t, old, "a question without an answer is nothing heard")
	n.forward(12 * time.Hour)
	_, old, err = d.Aged(page.PlanID, asAt)
	require.True(t, old)
	require.ErrorIs(t, err, bundle.ErrOver)
}
