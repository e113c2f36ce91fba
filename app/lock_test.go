//go:build linux

package app_test

// What may change here: what is proved about a locked desk: what leaves this computer, and who opens it, with the service and
// without.

import (
	"errors"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"cmc/api"
	"cmc/api/central"
	"cmc/api/central/account"
	"cmc/api/central/signon/signontest"
	"cmc/api/central/store"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain"
	"cmc/app/keychain/keychaintest"
	"cmc/forms"
)

const wardPassword = "a long enough password"

// openHome is a real service with a care home and its practice, and a line to it: two nurses, one of whom holds two positions.
func openHome(t *testing.T) *ward {
	t.Helper()
	keychaintest.Empty(t)
	w := &ward{t: t, log: &lockedBuffer{}}
	var err error
	w.service, err = central.Open(t.Context(), central.Options{DataDir: t.TempDir(), Now: w.now, LockMinutes: 3})
	require.NoError(t, err)
	book := w.service.Accounts()
	for _, o := range []store.Organisation{{ODS: "A12345", Name: "The practice", Kind: "gp_practice"}, {ODS: "VX991", Name: "The home", Kind: "care_home"}} {
		require.NoError(t, book.PutOrganisation(t.Context(), o))
	}
	for _, name := range []string{"first", "second"} {
		_, err = book.Add(t.Context(), account.NewUser{Username: name, Name: "Nurse " + name, Role: api.RoleGP, RoleTitle: "GP", RegNumber: "0000058", ODS: "A12345", Password: wardPassword + name})
		require.NoError(t, err)
	}
	w.served()
	return w
}

// kept says whether the keychain holds something, without printing it all.
func kept(t *testing.T, words string) bool {
	t.Helper()
	return strings.Contains(secrets(t), words)
}

func enter(t *testing.T, d *app.Desk, who string, keep bool) {
	t.Helper()
	_, err := d.SignIn(t.Context(), who, wardPassword+who, keep)
	require.NoError(t, err)
}

// lockUp locks a desk and waits until it is put away.
func lockUp(t *testing.T, d *app.Desk) {
	t.Helper()
	d.Lock()
	require.True(t, d.Locked())
	d.SealUp(t.Context())
}

// begun starts a plan for somebody who is nobody's patient yet, and gives its editor with words in it.
func begun(t *testing.T, d *app.Desk, words string) (*api.Plan, *drafts.Editor) {
	t.Helper()
	plan, err := d.StartPlan(t.Context(), api.NewPlan{Answers: forms.Answers{"family_name": forms.TextAnswer("Testing"), "given_name": forms.TextAnswer("Ann"), "birth_date": forms.TextAnswer("1940-01-02")}})
	require.NoError(t, err)
	e := d.Edit(plan)
	text(e, "preferred_name", words)
	return plan, e
}

// The organisation says after how long, within 1 and 15 minutes; anything else means 5, and nothing means never.
func TestTheServiceSaysWhenADeskLocks(t *testing.T) {
	for minutes, want := range map[int]time.Duration{0: 5, 1: 1, 3: 3, 15: 15, 16: 5, -1: 5, 1000: 5} {
		service, err := central.Open(t.Context(), central.Options{DataDir: t.TempDir(), Training: true, LockMinutes: minutes})
		require.NoError(t, err)
		web := httptest.NewServer(service.Handler())
		d, err := app.New(app.Params{ProfileDir: t.TempDir()})
		require.NoError(t, err)
		require.Equal(t, 5*time.Minute, d.LockAfter(), "before anything is known")
		require.NoError(t, d.SetAddress(web.URL))
		signIn(t, d, "gp", false)
		require.Equal(t, want*time.Minute, d.LockAfter(), "%d", minutes)
		require.NoError(t, d.Close())
		service.Hush()
		web.Close()
		require.NoError(t, service.Close())
	}
}

// Each organisation may say its own time, which counts while somebody works for it; for others it is the service's.
func TestTheOrganisationSaysWhenItsDesksLock(t *testing.T) {
	w := openHome(t)
	d := w.desk(t.TempDir())
	enter(t, d, "first", false)
	require.Equal(t, 3*time.Minute, d.LockAfter(), "the practice says nothing, so it is the service's")
	require.NoError(t, w.service.Accounts().PutOrganisation(t.Context(), store.Organisation{ODS: "A12345", Name: "The practice", Kind: "gp_practice", LockMinutes: 1}))
	require.NoError(t, d.SignOut(t.Context()))
	require.Equal(t, 3*time.Minute, d.LockAfter())
	enter(t, d, "first", false)
	require.Equal(t, time.Minute, d.LockAfter())
	require.NoError(t, w.service.Accounts().PutOrganisation(t.Context(), store.Organisation{ODS: "A12345", Name: "The practice", Kind: "gp_practice", LockMinutes: 1000}))
	require.NoError(t, d.SignOut(t.Context()))
	enter(t, d, "first", false)
	require.Equal(t, 5*time.Minute, d.LockAfter(), "nothing switches it off")
}

// A locked desk leaves no token behind, and starting the program again opens nothing; the person who opens it goes on.
func TestALockedDeskIsNotOpenedByStartingAgain(t *testing.T) {
	w := openHome(t)
	profile := t.TempDir()
	d := w.desk(profile)
	enter(t, d, "first", true)
	require.Equal(t, 3*time.Minute, d.LockAfter())
	plan, e := begun(t, d, "Persimmon")
	await(t, e, "saved", saved)
	require.True(t, kept(t, "session "))
	lockUp(t, d)
	require.False(t, kept(t, "session "), "the token is out of the keychain")
	_, in, err := w.desk(profile).Resume(t.Context())
	require.NoError(t, err)
	require.False(t, in, "a second start opens nothing")

	_, err = d.Unlock(t.Context(), "first", "wrong")
	require.True(t, api.IsCode(err, api.CodeWrongPassword), "%v", err)
	require.True(t, d.Locked())
	got, err := d.Unlock(t.Context(), " FIRST", wardPassword+"first")
	require.NoError(t, err)
	require.True(t, got.Same)
	require.False(t, got.Here)
	require.False(t, d.Locked())
	require.Same(t, e, d.Edit(plan), "the open editor goes on")
	text(e, "preferred_name", "Persimmons")
	await(t, e, "saved", saved)
	require.True(t, kept(t, "session "), "and the next start resumes again")
	_, in, err = w.desk(profile).Resume(t.Context())
	require.NoError(t, err)
	require.True(t, in)
}

// The keychain did not let go of the token when the desk locked: starting the program again opens nothing all the same, and the token
// is taken out then.
func TestALockedDeskAsksAlthoughItsTokenIsStillThere(t *testing.T) {
	w := openHome(t)
	profile := t.TempDir()
	d := w.desk(profile)
	enter(t, d, "first", true)
	name := regexp.MustCompile(`session [\w-]+`).FindString(secrets(t))
	token, err := keyring.Get(keychain.Service, name)
	require.NoError(t, err)
	lockUp(t, d)
	require.NoError(t, d.Close())
	require.NoError(t, keyring.Set(keychain.Service, name, token))
	_, in, err := w.desk(profile).Resume(t.Context())
	require.NoError(t, err)
	require.False(t, in, "somebody else may have started it")
	require.False(t, kept(t, "session "))
}

// Somebody else opens it: the first one's session has ended here and at the service, and their words are theirs.
func TestSomebodyElseOpensALockedDesk(t *testing.T) {
	w := openHome(t)
	d := w.desk(t.TempDir())
	enter(t, d, "first", true)
	plan, e := begun(t, d, "Persimmon")
	w.line.cut()
	text(e, "preferred_name", "Persimmons")
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	lockUp(t, d)
	_, err := d.Unlock(t.Context(), "second", wardPassword+"second")
	require.ErrorIs(t, err, app.ErrOthersOnline)
	w.line.mend()
	got, err := d.Unlock(t.Context(), "second", wardPassword+"second")
	require.NoError(t, err)
	require.False(t, got.Same)
	require.Equal(t, "second", d.User().Username)
	require.False(t, kept(t, "session "), "what the second did not ask to keep is not kept")
	theirs, err := d.OpenPlan(t.Context(), plan.ID)
	if err == nil {
		if n := d.Edit(theirs); n != nil {
			require.NotSame(t, e, n)
		}
	}
	lockUp(t, d)
	got, err = d.Unlock(t.Context(), "first", wardPassword+"first")
	require.NoError(t, err)
	require.False(t, got.Same, "the second was here last")
	fresh, err := d.OpenPlan(t.Context(), plan.ID)
	require.NoError(t, err)
	again := d.Edit(fresh)
	require.Equal(t, "Persimmons", again.Answers()["preferred_name"].Text)
	await(t, again, "saved", saved)
}

// No connection at 4 am: the password that the service took last opens the desk, five wrong ones do not, and nothing is tried for
// nothing by starting again.
func TestALockedDeskWithoutAConnection(t *testing.T) {
	w := openHome(t)
	profile := t.TempDir()
	d := w.desk(profile)
	enter(t, d, "first", true)
	plan, e := begun(t, d, "Persimmon")
	await(t, e, "saved", saved)
	proofKept(t)
	w.line.cut()
	text(e, "preferred_name", "Persimmons")
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	lockUp(t, d)
	for range 2 {
		_, err := d.Unlock(t.Context(), "first", "wrong")
		require.ErrorIs(t, err, app.ErrWrongHere)
	}
	got, err := d.Unlock(t.Context(), "first", wardPassword+"first")
	require.NoError(t, err)
	require.True(t, got.Same && got.Here)
	require.Same(t, e, d.Edit(plan))
	require.True(t, kept(t, "session "), "the session is kept again")
	lockUp(t, d)
	for try := 1; try <= 5; try++ {
		_, err := d.Unlock(t.Context(), "first", "wrong")
		if want := map[bool]error{false: app.ErrWrongHere, true: app.ErrOnlyOnline}[try == 5]; !errors.Is(err, want) {
			t.Fatalf("try %d: %v", try, err)
		}
	}
	_, err = d.Unlock(t.Context(), "first", wardPassword+"first")
	require.ErrorIs(t, err, app.ErrOnlyOnline, "the right one comes too late")
	require.True(t, d.Locked())
	w.line.mend()
	got, err = d.Unlock(t.Context(), "first", wardPassword+"first")
	require.NoError(t, err)
	require.True(t, got.Same)
	await(t, e, "saved", saved)
	require.False(t, kept(t, wardPassword))
	require.NotContains(t, w.log.String(), wardPassword)
}

// proofKept waits until the keychain holds the proof of a password.
func proofKept(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(patience); !kept(t, "argon2id"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the proof was not kept")
		}
	}
}

// Whoever resumed a kept session has typed no password today: the proof is in the keychain. After three days without the service
// it holds no longer, and a clock that is set back does not help.
func TestTheProofIsInTheKeychainForThreeDays(t *testing.T) {
	w := openHome(t)
	profile := t.TempDir()
	d := w.desk(profile)
	enter(t, d, "first", true)
	proofKept(t)
	require.NoError(t, d.Close())
	var ahead time.Duration
	again, err := app.New(app.Params{ProfileDir: profile, Now: func() time.Time { return time.Now().Add(ahead) }})
	require.NoError(t, err)
	t.Cleanup(func() { _ = again.Close() })
	_, in, err := again.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, in)
	w.line.cut()
	lockUp(t, again)
	for _, off := range []time.Duration{73 * time.Hour, -time.Hour} {
		ahead = off
		_, err = again.Unlock(t.Context(), "first", wardPassword+"first")
		if off > 0 {
			require.ErrorIs(t, err, app.ErrNoProof, "%s", off)
		} else { // the service's clock goes on here
			require.NoError(t, err)
			lockUp(t, again)
		}
	}
	ahead = 71 * time.Hour
	got, err := again.Unlock(t.Context(), "first", wardPassword+"first")
	require.NoError(t, err)
	require.True(t, got.Here)
}

// The service ended the session and the person's account while the desk was locked.
func TestALockedDeskOfAClosedAccount(t *testing.T) {
	w := openHome(t)
	d := w.desk(t.TempDir())
	enter(t, d, "first", false)
	proofKept(t)
	lockUp(t, d)
	require.NoError(t, w.service.Accounts().Disable(t.Context(), "first", true))
	_, err := d.Unlock(t.Context(), "first", wardPassword+"first")
	require.Error(t, err)
	require.True(t, d.Locked())
	require.False(t, api.IsUnreachable(err))
	until(t, "the end of the session", d.Expired)
	w.line.cut() // whoever was shut out does not come in by pulling the plug
	_, err = d.Unlock(t.Context(), "first", wardPassword+"first")
	require.ErrorIs(t, err, app.ErrNoProof)
	require.True(t, d.Locked())
}

// What a locked desk keeps to be read offline was erased by the service, and with it the proof that opens the desk without it.
func TestALockedDeskThatWasWiped(t *testing.T) {
	w := openWard(t)
	keychaintest.Empty(t) // of the proofs that other tests left
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	carried(t, d)
	proofKept(t)
	lockUp(t, d)
	_, err := w.service.Accounts().WipeByHand(t.Context(), "carehome", "The computer was stolen")
	require.NoError(t, err)
	until(t, "the end of the session", d.Expired)
	until(t, "the end of the proof", func() bool { return !kept(t, "argon2id") })
	w.line.cut()
	_, err = d.Unlock(t.Context(), "carehome", "training")
	require.True(t, api.IsCode(err, api.CodeErase), "%v", err)
	require.True(t, d.Locked())
}

// Who signed in at the identity provider opens the desk there, and is asked again though they are signed in.
func TestALockedDeskAndTheIdentityProvider(t *testing.T) {
	w, _ := openReal(t)
	keychaintest.Empty(t)
	d := w.desk(t.TempDir())
	signontest.UseChromium(t, "910000000001")
	_, err := d.SignInSSO(t.Context(), true)
	require.NoError(t, err)
	lockUp(t, d)
	got, err := d.UnlockSSO(t.Context())
	require.NoError(t, err)
	require.True(t, got.Same)
	require.True(t, kept(t, "session "))

	lockUp(t, d)
	signontest.UseChromium(t, "910000000002")
	got, err = d.UnlockSSO(t.Context())
	require.NoError(t, err)
	require.False(t, got.Same)
	require.True(t, got.Choose, "somebody else, who holds two positions")
	require.Empty(t, d.User().ID, "nobody of before is here")

	w.line.cut()
	_, err = d.UnlockSSO(t.Context())
	require.True(t, api.IsUnreachable(err))
}
