package central

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
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
	"cmc/api/central/signon"
	"cmc/api/central/signon/signontest"
	"cmc/api/central/store"
)

const redirect = "http://127.0.0.1:50123/callback"

// A federation is two copies of the service over one database, with a real identity provider.
type federation struct {
	*ward
	p      *signontest.Provider
	second *httptest.Server
	moved  *testClock // how far the service's clock is from the real one, as a time after its beginning
	zero   time.Time
}

// people of the provider, at organisations of the training service.
func cis2People() map[string]map[string]any {
	return map[string]map[string]any{
		"910000000001": signontest.Person("Dr Noor Haddad", "R0260 X99001"),
		"910000000002": signontest.Person("Jo Several", "R0260 X99001", "R8000 XA9"),
		"910000000003": signontest.Person("No Role", "R9999 X99001", "R0260 NOWHERE"),
		"910000000004": func() map[string]any {
			p := signontest.Person("Low Assurance", "R0260 X99001")
			p["id_assurance_level"] = "1"
			return p
		}(),
		"910000000005": {"id_assurance_level": "3"},
		"910000000006": signontest.Person("李 医生", "R0260 X99001"),
	}
}

func openFederation(t *testing.T, o signontest.Options) *federation {
	t.Helper()
	f := &federation{moved: newTestClock()}
	f.zero = f.moved.now()
	logout := http.NewServeMux()
	back := httptest.NewServer(logout)
	t.Cleanup(back.Close)
	o.LogoutURL = back.URL + logoutPath
	if o.Accounts == nil {
		o.Accounts = cis2People()
	}
	f.p = signontest.Start(t, o)
	now := f.now
	sso := &SSO{Issuer: f.p.Issuer, ClientID: signontest.ClientID, Secret: signontest.Secret}
	f.ward = openWard(t, func(o *Options) { o.Now, o.SSO = now, sso })
	second, err := Open(context.Background(), Options{DataDir: f.s.options.DataDir, Database: f.s.options.Database, KeyFile: f.s.options.KeyFile, Training: true, Now: now, SSO: sso})
	require.NoError(t, err)
	f.second = httptest.NewServer(second.Handler())
	t.Cleanup(func() {
		second.Hush()
		f.second.Close()
		require.NoError(t, second.Close())
	})
	logout.Handle("/", second.Handler()) // the provider tells the other copy
	return f
}

// now is the service's time.
func (f *federation) now() time.Time { return time.Now().Add(f.moved.now().Sub(f.zero)) }

// forward moves the clocks of the service and of the provider.
func (f *federation) forward(d time.Duration) {
	f.t.Helper()
	f.moved.forward(d)
	f.p.SetClock(f.moved.now().Sub(f.zero))
}

// A journey is what a desktop holds while the browser is open.
type journey struct {
	verifier string
	started  *api.SSOStarted
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (f *federation) set(c *api.Client) journey {
	f.t.Helper()
	j := journey{verifier: rand.Text() + rand.Text()}
	var err error
	j.started, err = c.StartSSO(context.Background(), api.StartSSO{CodeChallenge: challengeOf(j.verifier), RedirectURI: redirect})
	require.NoError(f.t, err)
	return j
}

// answer is what came back at the loopback.
func (j journey) answer(back *url.URL) api.SSOAnswer {
	return api.SSOAnswer{State: back.Query().Get("state"), Code: back.Query().Get("code"), CodeVerifier: j.verifier, RedirectURI: redirect}
}

// in signs somebody in.
func (f *federation) in(subject string, b *signontest.Browser) (*api.Client, *api.Session) {
	f.t.Helper()
	c := f.guest()
	j := f.set(c)
	session, err := c.SignInSSO(context.Background(), j.answer(b.Visit(j.started.URL, subject)))
	require.NoError(f.t, err)
	return c, session
}

// elsewhere is the same session at the other copy of the service.
func (f *federation) elsewhere(c *api.Client) *api.Client {
	f.t.Helper()
	other, err := api.NewClient(f.second.URL, api.ClientOptions{})
	require.NoError(f.t, err)
	other.SetToken(c.Token())
	return other
}

func TestSingleSignOn(t *testing.T) {
	f := openFederation(t, signontest.Options{})
	ctx := context.Background()
	info, err := f.guest().Service(ctx)
	require.NoError(t, err)
	require.NotNil(t, info.SSO)
	assert.Equal(t, "NHS CIS2", info.SSO.Name)

	here := api.NewWorkstation()
	c := f.at(here)
	j := f.set(c)
	address, err := url.Parse(j.started.URL)
	require.NoError(t, err)
	q := address.Query()
	assert.Equal(t, []string{"S256", challengeOf(j.verifier), "code", j.started.State, redirect},
		[]string{q.Get("code_challenge_method"), q.Get("code_challenge"), q.Get("response_type"), q.Get("state"), q.Get("redirect_uri")})
	assert.NotEmpty(t, q.Get("nonce"))
	assert.NotContains(t, j.started.URL, signontest.Secret)
	browser := f.p.Browser()
	back := browser.Visit(j.started.URL, "910000000001")
	assert.Equal(t, j.started.State, back.Query().Get("state"))
	session, err := c.SignInSSO(ctx, j.answer(back))
	require.NoError(t, err)
	u := session.User
	assert.Equal(t, []any{"Dr Noor Haddad", api.RoleGP, "Role R0260", "X99001", "sso"}, []any{u.Name, u.Role, u.RoleTitle, u.Organisation.ODS, u.Signs})
	assert.Contains(t, u.May, "approve")
	line := f.newest(1)[0]
	assert.Equal(t, []string{audit.SignIn, "gp", "X99001", here}, []string{line.Action, line.Role, line.ODS, line.Workstation})
	// The provider's tokens are nowhere but sealed.
	refresh, _ := f.p.Last()["refresh_token"].(string)
	require.NotEmpty(t, refresh)
	require.NoError(t, f.s.store.Read(ctx, func(tx store.Tx) error {
		s, err := tx.SSOSession(account.TokenHash(c.Token()))
		require.NoError(t, err)
		assert.Equal(t, "910000000001", s.Subject)
		assert.Greater(t, len(s.Refresh), len(refresh))
		assert.NotContains(t, string(s.Refresh), refresh)
		return nil
	}))
	assert.NotContains(t, f.logged(), refresh)
	assert.NotContains(t, f.logged(), "910000000001")
	// What was begun at one copy ends at the other, once: the first does not take the same answer again.
	begun := f.set(f.guest())
	brought := begun.answer(f.p.Browser().Visit(begun.started.URL, "910000000001"))
	there := f.elsewhere(f.guest())
	ended, err := there.SignInSSO(ctx, brought)
	require.NoError(t, err)
	assert.Equal(t, u.ID, ended.User.ID)
	_, err = there.Me(ctx)
	require.NoError(t, err)
	_, err = f.guest().SignInSSO(ctx, brought)
	refused(t, err, api.CodeSSO)
	// The second time it is the same person, without typing: the browser is still signed in at the provider.
	_, again := f.in("nobody", browser)
	assert.Equal(t, u.ID, again.User.ID)
	assert.Equal(t, u.Position, again.User.Position)
	// The role that was chosen at the provider is taken; another may be chosen here.
	several, s := f.in("910000000002", f.p.Browser())
	assert.Equal(t, api.RoleGP, s.User.Role)
	require.Len(t, s.User.Positions, 2)
	_, err = several.ChoosePosition(ctx, s.User.Positions[1].ID)
	require.NoError(t, err)
	// No password opens such an account.
	_, err = f.guest().SignIn(ctx, api.Credentials{Username: u.Username, Password: ""})
	refused(t, err, api.CodeWrongPassword)
	// Signing out forgets the refresh token at the provider.
	last, _ := f.p.Last()["refresh_token"].(string)
	require.NoError(t, several.SignOut(ctx))
	assert.Equal(t, http.StatusBadRequest, f.redeemRefresh(last))
}

// redeemRefresh tries a refresh token at the provider and gives the status.
func (f *federation) redeemRefresh(token string) int {
	f.t.Helper()
	request, err := http.NewRequest(post, f.p.Issuer+"/token", strings.NewReader(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}.Encode()))
	require.NoError(f.t, err)
	request.SetBasicAuth(signontest.ClientID, signontest.Secret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(f.t, err)
	require.NoError(f.t, answer.Body.Close())
	return answer.StatusCode
}

// TestWhoDoesNotComeIn is every way in which an answer of the provider, or of somebody who plays it, is not taken: a sentence, a
// line of the audit, and no session.
func TestWhoDoesNotComeIn(t *testing.T) {
	f := openFederation(t, signontest.Options{})
	ctx := context.Background()
	_, good := f.in("910000000001", f.p.Browser())
	stranger := signontest.NewKey(t)
	// tokenFor is a real token of the same provider for another of its clients.
	tokenFor := func() string {
		verifier := rand.Text() + rand.Text()
		ask := url.Values{"client_id": {signontest.OtherID}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {"openid profile nationalrbacaccess"},
			"state": {"x"}, "nonce": {"x"}, "code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"}}
		back := f.p.Browser().Visit(f.p.Issuer+"/auth?"+ask.Encode(), "910000000001")
		request, err := http.NewRequest(post, f.p.Issuer+"/token", strings.NewReader(url.Values{"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")},
			"redirect_uri": {redirect}, "code_verifier": {verifier}}.Encode()))
		require.NoError(t, err)
		request.SetBasicAuth(signontest.OtherID, signontest.Secret)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer answer.Body.Close()
		require.Equal(t, 200, answer.StatusCode)
		token, _ := f.p.Last()["id_token"].(string)
		return token
	}
	oldKey := f.p.Key()
	f.p.Rotate()
	otherAudience := tokenFor()
	swap := func(key signontest.Key, change func(map[string]any)) func(map[string]any) {
		return func(answer map[string]any) {
			answer["id_token"] = signontest.Resign(t, answer["id_token"], key, change)
		}
	}
	keep := func(map[string]any) {}
	for _, one := range []struct {
		what, reason string
		person       string
		token        func(map[string]any)
		before       func() // with the journey begun
		address      func(url.Values)
		change       func(*api.SSOAnswer)
	}{
		{what: "another nonce", reason: "nonce", address: func(q url.Values) { q.Set("nonce", "another") }},
		{what: "another audience", reason: "audience", token: func(answer map[string]any) { answer["id_token"] = otherAudience }},
		{what: "an audience beside ours", reason: "audience", token: swap(f.p.Key(), func(c map[string]any) { c["aud"] = []string{signontest.ClientID, "x"} })},
		{what: "a key that was taken away", reason: "signature", token: swap(oldKey, keep)},
		{what: "a key that nobody knows", reason: "signature", token: swap(stranger, keep)},
		{what: "no signature", reason: "signature", token: func(answer map[string]any) {
			parts := strings.Split(answer["id_token"].(string), ".")
			answer["id_token"] = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
		}},
		{what: "another issuer", reason: "issuer", token: swap(f.p.Key(), func(c map[string]any) { c["iss"] = "https://elsewhere.example" })},
		{what: "an expired token", reason: "clock", token: swap(f.p.Key(), func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() })},
		{what: "the provider's clock ten minutes ahead", reason: "clock", before: func() { f.p.SetClock(10 * time.Minute) }},
		{what: "the provider's clock ten minutes behind", reason: "clock", before: func() { f.p.SetClock(-10 * time.Minute) }},
		{what: "an access token that is not this answer's", reason: "token", token: func(answer map[string]any) { answer["access_token"] = "another" }},
		{what: "no id token", reason: "token", token: func(answer map[string]any) { delete(answer, "id_token") }},
		{what: "another verifier", reason: "pkce", change: func(a *api.SSOAnswer) { a.CodeVerifier = rand.Text() + rand.Text() }},
		{what: "another redirect", reason: "pkce", change: func(a *api.SSOAnswer) { a.RedirectURI = "http://127.0.0.1:50999/callback" }},
		{what: "a state that nobody began", reason: "state", change: func(a *api.SSOAnswer) { a.State = "made up" }},
		{what: "a code that nobody gave", reason: "code", change: func(a *api.SSOAnswer) { a.Code = "made up" }},
		{what: "eleven minutes in the browser", reason: "late", change: func(*api.SSOAnswer) { f.moved.forward(11 * time.Minute) }},
		{what: "no role that is known here", reason: "role", person: "910000000003"},
		{what: "too little assurance", reason: "assurance", person: "910000000004"},
		{what: "no name", reason: "claims", person: "910000000005"},
		{what: "a name that cannot be printed", reason: "name", person: "910000000006"},
	} {
		t.Run(one.what, func(t *testing.T) {
			f.p.SetClock(0)
			c := f.guest()
			j := f.set(c)
			if one.before != nil {
				one.before()
			}
			address, err := url.Parse(j.started.URL)
			require.NoError(t, err)
			if one.address != nil {
				q := address.Query()
				one.address(q)
				address.RawQuery = q.Encode()
			}
			person := one.person
			if person == "" {
				person = "910000000001"
			}
			back := f.p.Browser().Visit(address.String(), person)
			answer := j.answer(back)
			require.NotEmpty(t, answer.Code)
			if one.change != nil {
				one.change(&answer)
			}
			f.p.OnToken(one.token)
			_, err = c.SignInSSO(ctx, answer)
			f.p.OnToken(nil)
			p := refused(t, err, api.CodeSSO)
			assert.Equal(t, http.StatusForbidden, p.Status)
			assert.True(t, strings.HasSuffix(p.Title, "."), "%q is a sentence", p.Title)
			assert.NotEmpty(t, p.Detail)
			line := f.newest(1)[0]
			assert.Equal(t, []string{audit.SignInFail, "identity provider: " + one.reason}, []string{line.Action, line.What})
			assert.Empty(t, c.Token())
			_, err = c.SignInSSO(ctx, answer)
			refused(t, err, api.CodeSSO) // and it is not better the second time
			if one.reason == "late" {
				f.moved.forward(-11 * time.Minute)
			}
		})
	}
	f.p.SetClock(0)
	// A key that is new at the provider is taken.
	_, again := f.in("910000000001", f.p.Browser())
	assert.Equal(t, good.User.ID, again.User.ID)

	t.Run("a code twice", func(t *testing.T) {
		// Two journeys with one verifier, so that only the provider can tell that the code was used.
		verifier := rand.Text() + rand.Text()
		start := func() journey {
			started, err := f.guest().StartSSO(ctx, api.StartSSO{CodeChallenge: challengeOf(verifier), RedirectURI: redirect})
			require.NoError(t, err)
			return journey{verifier, started}
		}
		first, second := start(), start()
		c := f.guest()
		answer := first.answer(f.p.Browser().Visit(first.started.URL, "910000000001"))
		_, err := c.SignInSSO(ctx, answer)
		require.NoError(t, err)
		_, err = f.guest().SignInSSO(ctx, answer)
		refused(t, err, api.CodeSSO)
		assert.Equal(t, "identity provider: state", f.newest(1)[0].What)
		answer.State = second.started.State
		_, err = f.guest().SignInSSO(ctx, answer)
		refused(t, err, api.CodeSSO)
		assert.Equal(t, "identity provider: code", f.newest(1)[0].What)
		// The provider now takes the session for stolen, and says so when it is asked.
		f.forward(account.RefreshEvery + time.Second)
		_, err = c.Me(ctx)
		refused(t, err, api.CodeUnauthenticated)
	})
	t.Run("a closed account", func(t *testing.T) {
		require.NoError(t, f.s.Accounts().Disable(ctx, good.User.Username, true))
		c := f.guest()
		j := f.set(c)
		_, err := c.SignInSSO(ctx, j.answer(f.p.Browser().Visit(j.started.URL, "910000000001")))
		refused(t, err, api.CodeSSO)
		line := f.newest(1)[0]
		assert.Equal(t, []string{good.User.ID, "identity provider: disabled"}, []string{line.UserID, line.What})
	})
	t.Run("the provider is away", func(t *testing.T) {
		c := f.guest()
		j := f.set(c)
		back := f.p.Browser().Visit(j.started.URL, "910000000001")
		f.p.Down(true)
		defer f.p.Down(false)
		_, err := c.SignInSSO(ctx, j.answer(back))
		refused(t, err, api.CodeUnavailable)
	})
	t.Run("where answers may go", func(t *testing.T) {
		for _, to := range []string{"http://127.0.0.1/callback", "https://127.0.0.1:1/callback", "http://localhost:1/callback", "http://192.0.2.1:1/callback",
			"http://127.0.0.1:1/callback?x=1", "http://127.0.0.1:1/other", "http://user@127.0.0.1:1/callback", "cmc://callback", ""} {
			_, err := f.guest().StartSSO(ctx, api.StartSSO{CodeChallenge: challengeOf("x"), RedirectURI: to})
			refused(t, err, api.CodeSSO)
		}
		_, err := f.guest().StartSSO(ctx, api.StartSSO{CodeChallenge: "short", RedirectURI: redirect})
		refused(t, err, api.CodeSSO)
	})
	local := openWard(t, nil)
	_, err := local.guest().StartSSO(ctx, api.StartSSO{CodeChallenge: challengeOf("x"), RedirectURI: redirect})
	refused(t, err, api.CodeForbidden)
}

// TestTheProviderEndsSessions: refused, revoked, moved, left, logged out, away.
func TestTheProviderEndsSessions(t *testing.T) {
	f := openFederation(t, signontest.Options{})
	ctx := context.Background()
	interval := account.RefreshEvery + time.Second
	work := func(c *api.Client) error { _, err := c.Worklists(ctx); return err }

	t.Run("it goes on while the provider says yes, with a new refresh token each time", func(t *testing.T) {
		c, _ := f.in("910000000001", f.p.Browser())
		before, _ := f.p.Last()["refresh_token"].(string)
		require.NoError(t, work(c))
		now, _ := f.p.Last()["refresh_token"].(string)
		assert.Equal(t, before, now, "not before its time")
		for range 3 {
			f.forward(interval)
			// Many requests at once, on both copies of the service, ask once: a refresh token that is used twice would end it.
			var wait sync.WaitGroup
			for i := range 10 {
				who := c
				if i%2 == 0 {
					who = f.elsewhere(c)
				}
				wait.Go(func() { assert.NoError(t, work(who)) })
			}
			wait.Wait()
			now, _ = f.p.Last()["refresh_token"].(string)
			assert.NotEqual(t, before, now)
			before = now
		}
	})
	t.Run("revoked", func(t *testing.T) {
		c, _ := f.in("910000000001", f.p.Browser())
		other, _ := f.in("910000000002", f.p.Browser())
		require.NoError(t, work(c))
		f.revoke(f.p.Last()["refresh_token"].(string)) // of other
		f.forward(interval)
		heard := hear(t, f.web.URL, c.Token())
		refused(t, work(f.elsewhere(other)), api.CodeUnauthenticated)
		line := f.newest(1)[0]
		assert.Equal(t, []string{audit.SignOut, "identity provider: ended", "Jo Several"}, []string{line.Action, line.What, line.Who})
		require.NoError(t, work(c))
		select {
		case data, open := <-heard:
			t.Errorf("another person's line is touched: %q %v", data, open)
		default:
		}
	})
	t.Run("logged out at the provider: at once, lines of events included", func(t *testing.T) {
		browser := f.p.Browser()
		c, _ := f.in("910000000001", browser)
		stays, _ := f.in("910000000001", f.p.Browser()) // the same person elsewhere: another session there
		here, there := hear(t, f.web.URL, c.Token()), hear(t, f.second.URL, c.Token())
		began := time.Now()
		browser.SignOut()
		refused(t, work(c), api.CodeUnauthenticated)
		refused(t, work(f.elsewhere(c)), api.CodeUnauthenticated)
		assert.Less(t, endsWithin(t, here, began), 5*time.Second)
		assert.Less(t, endsWithin(t, there, began), 5*time.Second)
		assert.Equal(t, "identity provider: logout", f.newest(1)[0].What)
		require.NoError(t, work(stays))
	})
	t.Run("logout tokens that do not count", func(t *testing.T) {
		c, _ := f.in("910000000001", f.p.Browser())
		claims := func(change func(map[string]any)) func(map[string]any) {
			return func(all map[string]any) {
				for name, value := range map[string]any{"iss": f.p.Issuer, "aud": signontest.ClientID, "sub": "910000000001", "iat": f.now().Unix(),
					"exp": f.now().Add(2 * time.Minute).Unix(), "jti": rand.Text(), "events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}} {
					all[name] = value
				}
				change(all)
			}
		}
		try := func(token string) int {
			status, _, _ := f.raw(post, logoutPath, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, url.Values{"logout_token": {token}}.Encode())
			return status
		}
		for what, token := range map[string]string{
			"nothing":          "",
			"an id token":      f.p.Last()["id_token"].(string),
			"a stranger's key": signontest.Resign(t, "", signontest.NewKey(t), claims(func(map[string]any) {})),
			"another service":  signontest.Resign(t, "", f.p.Key(), claims(func(c map[string]any) { c["aud"] = "x" })),
			"another issuer":   signontest.Resign(t, "", f.p.Key(), claims(func(c map[string]any) { c["iss"] = "https://x.example" })),
			"a nonce":          signontest.Resign(t, "", f.p.Key(), claims(func(c map[string]any) { c["nonce"] = "x" })),
			"nobody":           signontest.Resign(t, "", f.p.Key(), claims(func(c map[string]any) { delete(c, "sub") })),
			"old":              signontest.Resign(t, "", f.p.Key(), claims(func(c map[string]any) { c["iat"] = f.now().Add(-10 * time.Minute).Unix() })),
		} {
			assert.Equal(t, http.StatusBadRequest, try(token), what)
		}
		require.NoError(t, work(c))
		token := signontest.Resign(t, "", f.p.Key(), claims(func(map[string]any) {}))
		assert.Equal(t, http.StatusOK, try(token))
		refused(t, work(c), api.CodeUnauthenticated)
		c, _ = f.in("910000000001", f.p.Browser())
		assert.Equal(t, http.StatusBadRequest, try(token), "a token works once")
		require.NoError(t, work(c))
	})
	t.Run("a mover and a leaver", func(t *testing.T) {
		c, s := f.in("910000000002", f.p.Browser())
		i := slices.IndexFunc(s.User.Positions, func(p api.Position) bool { return p.Role == api.RoleUrgentClinician })
		_, err := c.ChoosePosition(ctx, s.User.Positions[i].ID)
		require.NoError(t, err)
		stays, _ := f.in("910000000002", f.p.Browser()) // as GP
		// The ambulance is left: sessions in that position end, the other's go on.
		people := cis2People()
		people["910000000002"] = signontest.Person("Jo Married", "R0260 X99001")
		f.p.SetAccounts(people)
		heard := hear(t, f.second.URL, c.Token())
		f.forward(interval)
		require.NoError(t, work(stays))
		refused(t, work(c), api.CodeUnauthenticated)
		endsWithin(t, heard, time.Now())
		me, err := stays.Me(ctx)
		require.NoError(t, err)
		assert.Equal(t, "Jo Married", me.Name)
		assert.Empty(t, me.Positions)
		// What was ended here by hand does not come back from there.
		require.NoError(t, f.s.Accounts().RemovePosition(ctx, me.Username, api.RoleGP, "X99001"))
		refused(t, work(stays), api.CodeUnauthenticated)
		again := f.guest()
		j := f.set(again)
		_, err = again.SignInSSO(ctx, j.answer(f.p.Browser().Visit(j.started.URL, "910000000002")))
		refused(t, err, api.CodeSSO)
		require.NoError(t, f.s.Accounts().AddPosition(ctx, account.NewPosition{Username: me.Username, Role: api.RoleGP, ODS: "X99001"}))
		again, _ = f.in("910000000002", f.p.Browser())
		// The person leaves altogether.
		delete(people, "910000000002")
		f.p.SetAccounts(people)
		f.forward(interval)
		refused(t, work(again), api.CodeUnauthenticated)
		f.p.SetAccounts(cis2People())
	})
	t.Run("away", func(t *testing.T) {
		c, _ := f.in("910000000001", f.p.Browser())
		f.p.Down(true)
		defer f.p.Down(false)
		for range 11 { // an hour without an answer
			f.forward(interval)
			require.NoError(t, work(c))
		}
		f.forward(interval)
		refused(t, work(c), api.CodeUnauthenticated)
		assert.Equal(t, "identity provider: the provider is away", f.newest(1)[0].What)
	})
	t.Run("back after being away", func(t *testing.T) {
		c, _ := f.in("910000000001", f.p.Browser())
		f.p.Down(true)
		f.forward(interval)
		require.NoError(t, work(c))
		f.p.Down(false)
		before := f.p.Last()["refresh_token"]
		f.forward(time.Minute)
		require.NoError(t, work(c))
		assert.NotEqual(t, before, f.p.Last()["refresh_token"])
	})
	t.Run("a service without single sign-on takes none of its sessions for good", func(t *testing.T) {
		c, _ := f.in("910000000001", f.p.Browser())
		f.forward(interval)
		party := f.s.book.SSO
		f.s.book.SSO = nil
		defer func() { f.s.book.SSO = party }()
		refused(t, work(c), api.CodeUnauthenticated)
	})
}

func (f *federation) revoke(token string) {
	f.t.Helper()
	request, err := http.NewRequest(post, f.p.Issuer+"/token/revocation", strings.NewReader(url.Values{"token": {token}}.Encode()))
	require.NoError(f.t, err)
	request.SetBasicAuth(signontest.ClientID, signontest.Secret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(f.t, err)
	require.NoError(f.t, answer.Body.Close())
	require.Equal(f.t, http.StatusOK, answer.StatusCode)
}

func TestAProviderWithoutRefreshTokens(t *testing.T) {
	f := openFederation(t, signontest.Options{NoRefresh: true})
	ctx := context.Background()
	c, _ := f.in("910000000001", f.p.Browser())
	require.Empty(t, f.p.Last()["refresh_token"])
	f.forward(50 * time.Minute)
	_, err := c.Me(ctx)
	require.NoError(t, err)
	f.forward(11 * time.Minute) // the access token's hour is over
	_, err = c.Me(ctx)
	refused(t, err, api.CodeUnauthenticated)
}

// TestProofForAnApproval: whoever signed in at the provider signs there again, for one plan as it is.
func TestProofForAnApproval(t *testing.T) {
	f := openFederation(t, signontest.Options{})
	ctx := context.Background()
	browser := f.p.Browser()
	_, first := f.in("910000000001", browser)
	require.NoError(t, f.s.Accounts().AddPosition(ctx, account.NewPosition{Username: first.User.Username, Role: api.RoleGP, RegNumber: "0000058", ODS: "X99001"}))
	c, session := f.in("910000000001", browser) // what the help desk added stays; the rest is the provider's
	assert.Equal(t, []string{"Role R0260", "0000058"}, []string{session.User.RoleTitle, session.User.RegNumber})
	plan := f.begin("gp", f.without("X99001"))
	plan, err := f.as("gp").Submit(ctx, plan.ID, api.Submit{}, plan.Etag)
	require.NoError(t, err)
	approval := f.approval()
	begin := func(c *api.Client, id, etag string) journey {
		j := journey{verifier: rand.Text() + rand.Text()}
		j.started, err = c.StartProof(ctx, api.StartProof{PlanID: id, Etag: etag, CodeChallenge: challengeOf(j.verifier), RedirectURI: redirect})
		require.NoError(t, err)
		return j
	}
	prove := func(id, etag string) string {
		time.Sleep(1100 * time.Millisecond) // the provider says whole seconds, and each proof is after the sign-in
		j := begin(c, id, etag)
		proof, err := c.Prove(ctx, j.answer(browser.Visit(j.started.URL, "910000000001")))
		require.NoError(t, err)
		return proof.Proof
	}
	_, err = c.Approve(ctx, plan.ID, approval, plan.Etag) // the password of nobody
	p := refused(t, err, api.CodeInvalid)
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "body.proof", p.Fields[0].Location)
	approval.Password = ""
	try := func(proof string) error {
		approval.Proof = proof
		_, err := c.Approve(ctx, plan.ID, approval, plan.Etag)
		return err
	}
	refused(t, try("made up"), api.CodeProof)

	j := begin(c, plan.ID, plan.Etag)
	q, err := url.Parse(j.started.URL)
	require.NoError(t, err)
	assert.Equal(t, []string{"login", "0"}, []string{q.Query().Get("prompt"), q.Query().Get("max_age")})
	t.Run("the provider does not ask again", func(t *testing.T) { // as when prompt and max_age are taken out on the way
		v := q.Query()
		v.Del("prompt")
		v.Del("max_age")
		address := *q
		address.RawQuery = v.Encode()
		time.Sleep(6 * time.Second) // more than the seconds by which the clocks may differ
		j := begin(c, plan.ID, plan.Etag)
		v.Set("state", j.started.State)
		other, err := url.Parse(j.started.URL)
		require.NoError(t, err)
		v.Set("nonce", other.Query().Get("nonce"))
		v.Set("code_challenge", challengeOf(j.verifier))
		address.RawQuery = v.Encode()
		_, err = c.Prove(ctx, j.answer(browser.Visit(address.String(), "910000000001")))
		refused(t, err, api.CodeSSO)
		assert.Equal(t, []string{audit.ProofFail, "identity provider: not afresh"}, []string{f.newest(1)[0].Action, f.newest(1)[0].What})
	})
	t.Run("somebody else", func(t *testing.T) {
		j := begin(c, plan.ID, plan.Etag)
		_, err := c.Prove(ctx, j.answer(f.p.Browser().Visit(j.started.URL, "910000000002")))
		refused(t, err, api.CodeSSO)
		assert.Equal(t, "identity provider: person", f.newest(1)[0].What)
	})
	t.Run("another session's", func(t *testing.T) {
		other, _ := f.in("910000000001", f.p.Browser())
		j := begin(other, plan.ID, plan.Etag)
		_, err := c.Prove(ctx, j.answer(f.p.Browser().Visit(j.started.URL, "910000000001")))
		refused(t, err, api.CodeSSO)
		j = begin(c, plan.ID, plan.Etag)
		_, err = f.guest().SignInSSO(ctx, j.answer(f.p.Browser().Visit(j.started.URL, "910000000001")))
		refused(t, err, api.CodeSSO) // a proof signs nobody in
		j = f.set(c)
		_, err = c.Prove(ctx, j.answer(f.p.Browser().Visit(j.started.URL, "910000000001")))
		refused(t, err, api.CodeSSO) // and a sign-in proves nothing
	})
	refused(t, try(prove("another plan", plan.Etag)), api.CodeProof)
	refused(t, try(prove(plan.ID, `"another content"`)), api.CodeProof)
	late := prove(plan.ID, plan.Etag)
	f.forward(account.ProofFor + time.Second)
	refused(t, try(late), api.CodeProof) // and the session goes on with what the provider gave at the proof, the older word being void
	f.forward(-account.ProofFor - time.Second)
	proof := prove(plan.ID, plan.Etag)
	assert.Equal(t, []string{audit.Proof, plan.ID}, []string{f.newest(1)[0].Action, f.newest(1)[0].PlanID})
	// What is refused for another reason leaves the proof.
	due := approval.ReviewDue
	approval.ReviewDue = "2001-01-01"
	refused(t, try(proof), api.CodeInvalid)
	approval.ReviewDue = due
	require.NoError(t, try(proof))
	assert.ErrorContains(t, try(proof), "", "the plan is published")
	require.NoError(t, f.s.store.Read(ctx, func(tx store.Tx) error {
		_, err := tx.Proof(account.TokenHash(proof))
		assert.ErrorIs(t, err, store.ErrNotFound)
		return nil
	}))
	// A person with a password proves with it, as ever.
	_, err = f.as("gp").StartProof(ctx, api.StartProof{PlanID: plan.ID, Etag: plan.Etag, CodeChallenge: challengeOf("x"), RedirectURI: redirect})
	refused(t, err, api.CodeForbidden)
}

func TestMappings(t *testing.T) {
	m, err := signon.ReadMapping(nil)
	require.NoError(t, err)
	assert.True(t, slices.Contains(m.Scopes, "nationalrbacaccess"))
	role, ok := m.Role(signon.Post{Job: "R8000"}, "ambulance")
	assert.True(t, ok)
	assert.Equal(t, api.RoleUrgentClinician, role)
	_, ok = m.Role(signon.Post{Job: "R0260"}, "ambulance")
	assert.False(t, ok)
	for _, text := range []string{"roles: [", "unknown: 1", "roles: []", "claims: {roles: r, role_code: c, org_code: o}\nroles:\n  - {job: [R1], role: wizard}"} {
		_, err := signon.ReadMapping([]byte(text))
		require.Error(t, err, text)
	}
	for _, c := range []signon.Config{{Issuer: "http://id.example", ClientID: "x", Secret: "y"}, {Issuer: "https://id.example", ClientID: "x"}, {}} {
		_, err := signon.New(c)
		require.Error(t, err)
	}
}

// A locked desk: the provider is told to ask the person again though they are signed in there, and whoever it did not ask is
// refused, also when what tells it so is taken out on the way.
func TestALockedDeskHasTheProviderAskAgain(t *testing.T) {
	f := openFederation(t, signontest.Options{})
	ctx := context.Background()
	browser := f.p.Browser()
	f.in("910000000001", browser)
	begin := func() journey {
		j := journey{verifier: rand.Text() + rand.Text()}
		var err error
		j.started, err = f.guest().StartSSO(ctx, api.StartSSO{CodeChallenge: challengeOf(j.verifier), RedirectURI: redirect, Afresh: true})
		require.NoError(t, err)
		return j
	}
	j := begin()
	q, err := url.Parse(j.started.URL)
	require.NoError(t, err)
	assert.Equal(t, []string{"login", "0"}, []string{q.Query().Get("prompt"), q.Query().Get("max_age")})
	answer := j.answer(browser.Visit(j.started.URL, "910000000001"))
	answer.Afresh = true
	_, err = f.guest().SignInSSO(ctx, answer)
	require.NoError(t, err)

	time.Sleep(6 * time.Second) // more than the seconds by which the clocks may differ
	j = begin()
	q, err = url.Parse(j.started.URL)
	require.NoError(t, err)
	v := q.Query()
	v.Del("prompt")
	v.Del("max_age")
	q.RawQuery = v.Encode()
	answer = j.answer(browser.Visit(q.String(), "910000000001"))
	answer.Afresh = true
	_, err = f.guest().SignInSSO(ctx, answer)
	refused(t, err, api.CodeSSO)
	assert.Equal(t, "identity provider: not afresh", f.newest(1)[0].What)
}
