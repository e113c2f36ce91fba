package central

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/audit"
	"cmc/api/central/store"
)

// guest is a client that is not signed in.
func (w *ward) guest() *api.Client {
	w.t.Helper()
	c, err := api.NewClient(w.web.URL, api.ClientOptions{})
	require.NoError(w.t, err)
	return c
}

// newest are the newest lines of the audit, the newest first.
func (w *ward) newest(n int) []audit.Event {
	w.t.Helper()
	var all []audit.Event
	require.NoError(w.t, w.s.store.Read(context.Background(), func(tx store.Tx) (err error) {
		all, err = tx.AuditFrom(1, 1_000_000)
		return err
	}))
	out := make([]audit.Event, 0, n)
	for i := len(all) - 1; i >= 0 && len(out) < n; i-- {
		out = append(out, all[i])
	}
	return out
}

// hear opens a line of events and gives what is heard; the channel closes with the line.
func hear(t *testing.T, base, token string) <-chan string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/v1/events", nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	heard := make(chan string, 100)
	go func() {
		defer close(heard)
		defer answer.Body.Close()
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
				heard <- data
			}
		}
	}()
	require.Contains(t, <-heard, "worklists", "the line stands")
	return heard
}

// endsWithin says how long a line went on after began.
func endsWithin(t *testing.T, heard <-chan string, began time.Time) time.Duration {
	t.Helper()
	last := ""
	for {
		select {
		case data, open := <-heard:
			if !open {
				assert.Contains(t, last, `"end"`, "the listener is told that it is the session")
				return time.Since(began)
			}
			last = data
		case <-time.After(20 * time.Second):
			t.Fatal("the line stays open")
		}
	}
}

func TestAPersonWithSeveralPositions(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	book := w.s.Accounts()
	plan := w.live() // of the practice of gp
	gp, err := w.as("gp").Me(ctx)
	require.NoError(t, err)
	assert.Empty(t, gp.Positions, "one position is no choice")
	assert.NotEmpty(t, gp.Position)

	// The same person is also an ambulance clinician.
	urgent, err := w.as("urgent").Me(ctx)
	require.NoError(t, err)
	require.NoError(t, book.AddPosition(ctx, account.NewPosition{Username: "gp", Role: urgent.Role, RoleTitle: "Out-of-hours doctor", ODS: urgent.Organisation.ODS}))
	require.ErrorIs(t, book.AddPosition(ctx, account.NewPosition{Username: "gp", Role: "wizard", ODS: "X"}), account.ErrRole)
	me, err := w.as("gp").Me(ctx)
	require.NoError(t, err)
	assert.Equal(t, gp.Position, me.Position, "whoever is signed in stays what they are")
	require.Len(t, me.Positions, 2)

	c := w.guest()
	session, err := c.SignIn(ctx, api.Credentials{Username: "gp", Password: "training"})
	require.NoError(t, err)
	assert.Empty(t, session.User.Position)
	assert.Empty(t, session.User.May)
	require.Len(t, session.User.Positions, 2)
	_, err = c.Plan(ctx, plan.ID)
	refused(t, err, api.CodePosition)
	_, err = c.Worklists(ctx)
	refused(t, err, api.CodePosition)
	status, _, _ := w.raw(get, "/v1/events", map[string]string{"Authorization": "Bearer " + c.Token()}, "")
	assert.Equal(t, http.StatusForbidden, status)

	as := func(role api.Role) string {
		for _, p := range session.User.Positions {
			if p.Role == role {
				return p.ID
			}
		}
		t.Fatal("no such position")
		return ""
	}
	_, err = c.ChoosePosition(ctx, "no such position")
	refused(t, err, api.CodeForbidden)
	_, err = c.ChoosePosition(ctx, urgent.Position)
	refused(t, err, api.CodeForbidden) // somebody else's
	user, err := c.ChoosePosition(ctx, as(urgent.Role))
	require.NoError(t, err)
	assert.Equal(t, urgent.Role, user.Role)
	assert.Equal(t, urgent.May, user.May)
	assert.Equal(t, urgent.Organisation.ODS, user.Organisation.ODS)
	line := w.newest(1)[0]
	assert.Equal(t, []string{audit.Position, string(urgent.Role), urgent.Organisation.ODS}, []string{line.Action, line.Role, line.ODS})
	_, err = c.Plan(ctx, plan.ID)
	refused(t, err, api.CodeReason) // rights of the ambulance

	// Switching: the rights of the practice at once, and the line of events is the practice's.
	heard := hear(t, w.web.URL, c.Token())
	_, err = c.ChoosePosition(ctx, as(api.RoleGP))
	require.NoError(t, err)
	seen, err := c.Plan(ctx, plan.ID)
	require.NoError(t, err)
	assert.Contains(t, seen.Actions, "amend")
	assert.Equal(t, "before: "+string(urgent.Role)+" at "+urgent.Organisation.ODS, w.newest(2)[1].What)
	assert.Contains(t, <-heard, "worklists")
	_, err = w.as("gp").Amend(ctx, plan.ID, "A new diagnosis")
	require.NoError(t, err)
	assert.Contains(t, <-heard, plan.ID)

	// Beginning in one of them; one that is not theirs is refused, and said only to who knows the password.
	other := w.guest()
	session, err = other.SignIn(ctx, api.Credentials{Username: "gp", Password: "training", Position: as(urgent.Role)})
	require.NoError(t, err)
	assert.Equal(t, urgent.Role, session.User.Role)
	_, err = other.SignIn(ctx, api.Credentials{Username: "gp", Password: "training", Position: urgent.Position})
	refused(t, err, api.CodeForbidden)
	assert.Equal(t, audit.SignInFail, w.newest(1)[0].Action)
	_, err = other.SignIn(ctx, api.Credentials{Username: "gp", Password: "wrong", Position: urgent.Position})
	refused(t, err, api.CodeWrongPassword)

	// A position ends: its sessions with it, the other's not. With the last one, nobody signs in.
	require.ErrorIs(t, book.RemovePosition(ctx, "gp", api.RoleCareHome, "X99001"), account.ErrPosition)
	require.NoError(t, book.RemovePosition(ctx, "gp", urgent.Role, urgent.Organisation.ODS))
	_, err = other.Me(ctx)
	refused(t, err, api.CodeUnauthenticated)
	me, err = c.Me(ctx)
	require.NoError(t, err)
	assert.Empty(t, me.Positions)
	_, err = c.ChoosePosition(ctx, as(urgent.Role))
	refused(t, err, api.CodeForbidden)
	require.NoError(t, book.RemovePosition(ctx, "gp", api.RoleGP, gp.Organisation.ODS))
	_, err = w.guest().SignIn(ctx, api.Credentials{Username: "gp", Password: "training"})
	p := refused(t, err, api.CodeForbidden)
	assert.Contains(t, p.Title, "no position")
	require.NoError(t, book.AddPosition(ctx, account.NewPosition{Username: "gp", Role: api.RoleGP, RoleTitle: "Salaried GP", ODS: gp.Organisation.ODS}))
	session, err = w.guest().SignIn(ctx, api.Credentials{Username: "gp", Password: "training"})
	require.NoError(t, err)
	assert.Equal(t, "Salaried GP", session.User.RoleTitle)
	assert.Equal(t, gp.Position, session.User.Position, "the same position, opened again")
}

// TestLeavingEndsSessionsWithinASecond is "joiners, movers, leavers": over HTTP and on open lines, on both of two services over one
// database.
func TestLeavingEndsSessionsWithinASecond(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	second, err := Open(ctx, Options{DataDir: w.s.options.DataDir, Database: w.s.options.Database, KeyFile: w.s.options.KeyFile, Training: true, Now: w.clock.now})
	require.NoError(t, err)
	web := httptest.NewServer(second.Handler())
	t.Cleanup(func() {
		second.Hush()
		web.Close()
		require.NoError(t, second.Close())
	})
	for what, leave := range map[string]func(*account.Book, api.User) error{
		"the account": func(b *account.Book, _ api.User) error { return b.Disable(ctx, "nurse", true) },
		"the position": func(b *account.Book, u api.User) error {
			return b.RemovePosition(ctx, "nurse", u.Role, u.Organisation.ODS)
		},
		"the password": func(b *account.Book, _ api.User) error { return b.SetPassword(ctx, "nurse", "another long password") },
	} {
		t.Run(what, func(t *testing.T) {
			c := w.guest()
			session, err := c.SignIn(ctx, api.Credentials{Username: "nurse", Password: "training"})
			require.NoError(t, err)
			here, there, others := hear(t, w.web.URL, c.Token()), hear(t, web.URL, c.Token()), hear(t, web.URL, w.as("gp").Token())
			began := time.Now()
			require.NoError(t, leave(w.s.Accounts(), session.User))
			_, err = c.Me(ctx)
			refused(t, err, api.CodeUnauthenticated)
			// The promise is a second. That it is asked often enough is read off lookEvery, since a machine under load may be late
			// with any timer; that the asking ends the line, and not the next beat, is seen here.
			require.LessOrEqual(t, 2*lookEvery, time.Second)
			assert.Less(t, endsWithin(t, here, began), beat/2)
			assert.Less(t, endsWithin(t, there, began), beat/2)
			select {
			case data, open := <-others:
				t.Errorf("somebody else's line is touched: %q %v", data, open)
			default:
			}
			// Back for the next.
			user, err := userNamed(w, "nurse")
			require.NoError(t, err)
			hashed, err := account.HashTraining("training")
			require.NoError(t, err)
			require.NoError(t, w.s.store.Write(ctx, func(tx store.Tx) error {
				all, err := tx.Positions(user.ID)
				if err != nil {
					return err
				}
				if err := tx.SetPositionDisabled(all[0].ID, false); err != nil {
					return err
				}
				if err := tx.SetUserDisabled(user.ID, false); err != nil {
					return err
				}
				return tx.SetPassword(user.ID, hashed)
			}))
			w.clock.forward(time.Minute) // what ended before is no news
		})
	}
}

func userNamed(w *ward, name string) (user *store.User, err error) {
	err = w.s.store.Read(context.Background(), func(tx store.Tx) error {
		user, err = tx.UserNamed(name)
		return err
	})
	return user, err
}

// TestAStrangerCannotLockAnybodyOut plays the guesser and the person: on a computer that is known, on a new one, and from many
// networks at once.
func TestAStrangerCannotLockAnybodyOut(t *testing.T) {
	w := openWard(t, func(o *Options) { o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ctx := context.Background()
	try := func(from, password, device string, newDevice bool) (*account.SignedIn, error) {
		return w.s.book.SignIn(ctx, account.Entry{Username: "gp", Password: password, Device: device, NewDevice: newDevice, From: netip.MustParseAddr(from)})
	}
	mine, err := try("192.0.2.1", "training", "", true)
	require.NoError(t, err)
	require.NotEmpty(t, mine.Device)
	again, err := try("192.0.2.1", "training", mine.Device, true)
	require.NoError(t, err)
	assert.Empty(t, again.Device, "the pass stays")

	for i := range account.MaxFailures { // one stranger
		_, err = try("198.51.100.1", "wrong", "", false)
		if i < account.MaxFailures-1 {
			require.ErrorIs(t, err, account.ErrWrong)
		}
	}
	require.ErrorIs(t, err, account.ErrLocked)
	_, err = try("198.51.100.1", "training", "", false)
	require.ErrorIs(t, err, account.ErrLocked, "not even with the right password")
	_, err = try("198.51.100.1", "training", "a pass that is nobody's", false)
	require.ErrorIs(t, err, account.ErrLocked)
	elsewhere, err := try("203.0.113.9", "training", "", true)
	require.NoError(t, err, "a new computer in another network")
	_, err = try("198.51.100.1", "training", mine.Device, false)
	require.NoError(t, err, "a known computer, even in the stranger's network")

	// Many networks: all strangers together have a bound, and known computers still come in.
	for i := 1; ; i++ {
		require.LessOrEqual(t, i, account.MaxStrangers, "strangers are never stopped")
		_, err = try(netip.AddrFrom4([4]byte{203, 0, 114, byte(i)}).String(), "wrong", "", false)
		if errors.Is(err, account.ErrLocked) {
			break
		}
		require.ErrorIs(t, err, account.ErrWrong)
	}
	_, err = try("203.0.113.77", "training", "", false)
	require.ErrorIs(t, err, account.ErrLocked, "a new computer waits")
	for _, pass := range []string{mine.Device, elsewhere.Device} {
		_, err = try("203.0.113.77", "training", pass, false)
		require.NoError(t, err)
	}
	// Approving is not touched by strangers, and has a bound of its own.
	require.NoError(t, w.s.book.CheckAgain(ctx, mine.Holder, "training"))
	for range account.MaxFailures {
		err = w.s.book.CheckAgain(ctx, mine.Holder, "wrong")
	}
	require.ErrorIs(t, err, account.ErrLocked)
	require.ErrorIs(t, w.s.book.CheckAgain(ctx, mine.Holder, "training"), account.ErrLocked)
	require.NoError(t, w.s.book.CheckAgain(ctx, again.Holder, "training"), "another session of the same person")
	// A pass is no password: it may be guessed with five times, and ends with the password.
	for range account.MaxFailures {
		_, err = try("192.0.2.1", "wrong", mine.Device, false)
	}
	require.ErrorIs(t, err, account.ErrLocked)
	require.NoError(t, w.s.book.SetPassword(ctx, "gp", "another long password"))
	require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) error {
		_, err := tx.Device(account.TokenHash(elsewhere.Device))
		require.ErrorIs(t, err, store.ErrNotFound)
		return nil
	}))
	_, err = try("198.51.100.1", "another long password", "", false)
	require.NoError(t, err, "a new password opens every lock")

	// Over HTTP the network is what the trusted proxy says.
	for i := range account.MaxFailures + 1 {
		status, _, _ := w.raw(post, "/v1/sessions", map[string]string{"Content-Type": "application/json", "X-Forwarded-For": "10.9.9.9, 198.51.100.7"},
			`{"username":"carehome","password":"wrong"}`)
		if i >= account.MaxFailures-1 {
			assert.Equal(t, http.StatusLocked, status)
		}
	}
	status, _, _ := w.raw(post, "/v1/sessions", map[string]string{"Content-Type": "application/json", "X-Forwarded-For": "198.51.100.7, 10.9.9.9"},
		`{"username":"carehome","password":"training"}`)
	assert.Equal(t, http.StatusOK, status, "what a client writes into the header itself counts for nothing")
}

// TestManyGuessesAtOnceAreCounted: on two services over one database, no more than the bound is ever compared.
func TestManyGuessesAtOnceAreCounted(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	second, err := Open(ctx, Options{DataDir: w.s.options.DataDir, Database: w.s.options.Database, KeyFile: w.s.options.KeyFile, Training: true, Now: w.clock.now})
	require.NoError(t, err)
	defer func() { require.NoError(t, second.Close()) }()
	var wait sync.WaitGroup
	var mu sync.Mutex
	wrong, locked := 0, 0
	for i := range 40 {
		book := w.s.book
		if i%2 == 0 {
			book = second.book
		}
		wait.Go(func() {
			_, err := book.SignIn(ctx, account.Entry{Username: "hospice", Password: "wrong", From: netip.MustParseAddr("198.51.100.1")})
			mu.Lock()
			defer mu.Unlock()
			switch err.(type) {
			case *account.Locked:
				locked++
			default:
				assert.ErrorIs(t, err, account.ErrWrong)
				wrong++
			}
		})
	}
	wait.Wait()
	lines := 0
	for _, line := range w.newest(100) {
		if line.Action == audit.SignInFail {
			lines++
		}
	}
	assert.Equal(t, 40, wrong+locked)
	assert.Equal(t, account.MaxFailures, lines, "a password was compared five times")
}

// "My work" is for whoever has a list besides the practice's, and for nobody who would see an empty page.
func TestMyWorkIsForThoseWhoHaveLists(t *testing.T) {
	w := openWard(t, nil)
	with := []string{}
	for _, name := range []string{"gp", "carehome", "hospice", "nurse", "urgent", "practiceadmin", "trainer", "admin", "safety", "commissioner"} {
		c := w.as(name)
		me, err := c.Me(context.Background())
		require.NoError(t, err)
		has := false
		if counts, err := c.Worklists(context.Background()); err == nil {
			has = slices.ContainsFunc(counts.Items, func(one api.WorklistCount) bool { return one.Name != "practice-list" })
		}
		require.Equal(t, has, slices.Contains(me.May, "work"), name)
		if has {
			with = append(with, name)
		}
	}
	require.Equal(t, []string{"gp", "carehome", "hospice", "nurse", "trainer", "safety"}, with)
}
