// Package signontest starts a real identity provider for tests: npm's oidc-provider, which the OpenID Foundation has certified, on
// this computer's loopback, installed once into the user's cache by the lock file beside this one.
//
// Contract: only tests import it. In front of the provider stands a line of this process, by which a test can change what is on the
// way, as an attacker or a fault would.
package signontest

// What may change here: how the provider is installed and started, and how a person signs in at its pages.

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
)

//go:embed provider.mjs
var program []byte

//go:embed package.json
var packages []byte

//go:embed package-lock.json
var lock []byte

// The client that the service is, and another of the same provider.
const (
	ClientID = "cmc"
	OtherID  = "somebody-else"
	Secret   = "only-for-tests-0123456789-abcdefghij"
)

// Options say what is unusual. The zero value is right for most.
type Options struct {
	LogoutURL string                    // where logout tokens go; "": nowhere
	NoRefresh bool                      // it gives no refresh tokens
	Accounts  map[string]map[string]any // claims by subject
}

// A Provider runs until the test ends.
type Provider struct {
	Issuer string

	t       testing.TB
	options Options
	web     *httptest.Server
	key     *rsa.PrivateKey
	kid     string
	mu      sync.Mutex
	target  *url.URL
	control string
	stop    func()
	onToken func(answer map[string]any)
	down    bool
	last    map[string]any
}

// Person makes the claims of somebody as NHS CIS2 tells them. Each post is "role code at ODS code", the first is the chosen one.
func Person(name string, posts ...string) map[string]any {
	roles := []any{}
	for i, post := range posts {
		job, ods, _ := strings.Cut(post, " ")
		roles = append(roles, map[string]any{"person_orgid": "555000000" + strconv.Itoa(i), "person_roleid": "5550000001" + strconv.Itoa(i), "org_code": ods,
			"role_code": "S8000:G8000:" + job, "role_name": `"Clinical":"Clinical Provision":"Role ` + job + `"`})
	}
	out := map[string]any{"name": name, "id_assurance_level": "3", "nhsid_nrbac_roles": roles}
	if len(posts) > 0 {
		out["selected_roleid"] = "55500000010"
	}
	return out
}

// Start starts a provider and waits until it answers.
func Start(t testing.TB, o Options) *Provider {
	t.Helper()
	p := &Provider{t: t, options: o}
	p.web = httptest.NewServer(http.HandlerFunc(p.carry))
	p.Issuer = p.web.URL
	t.Cleanup(p.web.Close)
	p.run()
	t.Cleanup(func() { p.stop() })
	return p
}

// run starts the program with a new key.
func (p *Provider) run() {
	p.t.Helper()
	modules := install(p.t)
	var err error
	p.key, err = rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(p.t, err)
	p.kid = rand.Text()
	clients := []map[string]any{}
	for _, id := range []string{ClientID, OtherID} {
		client := map[string]any{"client_id": id, "client_secret": Secret, "application_type": "native", "redirect_uris": []string{"http://127.0.0.1/callback"},
			"grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"}}
		if p.options.LogoutURL != "" && id == ClientID {
			client["backchannel_logout_uri"], client["backchannel_logout_session_required"] = p.options.LogoutURL, true
		}
		clients = append(clients, client)
	}
	setup, err := json.Marshal(map[string]any{"issuer": p.Issuer, "clients": clients, "accounts": p.options.Accounts, "noRefresh": p.options.NoRefresh,
		"jwks": map[string]any{"keys": []jose.JSONWebKey{{Key: p.key, KeyID: p.kid, Algorithm: "RS256", Use: "sig"}}}})
	require.NoError(p.t, err)
	command := exec.Command("node", filepath.Join(modules, "provider.mjs"))
	command.Env = append(os.Environ(), "SETUP="+string(setup), "MODULES="+modules, "NODE_ENV=test")
	in, err := command.StdinPipe()
	require.NoError(p.t, err)
	out, err := command.StdoutPipe()
	require.NoError(p.t, err)
	said := &said{}
	command.Stderr = said
	require.NoError(p.t, command.Start(), "is nodejs installed? .ci/need test")
	lines := bufio.NewScanner(out)
	var port, control int
	for lines.Scan() {
		if n, _ := fmt.Sscanf(lines.Text(), "READY %d %d", &port, &control); n == 2 {
			break
		}
	}
	stop := sync.OnceFunc(func() { _ = in.Close(); _, _ = io.Copy(io.Discard, out); _ = command.Wait() })
	if port == 0 {
		stop()
		p.t.Fatalf("the identity provider does not start: %s", said)
	}
	p.t.Cleanup(func() {
		if p.t.Failed() {
			p.t.Logf("the identity provider said: %s", said)
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = &url.URL{Scheme: "http", Host: "127.0.0.1:" + strconv.Itoa(port)}
	p.control = "http://127.0.0.1:" + strconv.Itoa(control)
	p.stop = stop
}

// A said keeps what the program says.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// Rotate starts the provider again with another key. It forgets who was signed in.
func (p *Provider) Rotate() {
	p.stop()
	p.run()
}

// carry passes a request on, and changes what a test wants changed.
func (p *Provider) carry(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	target, onToken, down := p.target, p.onToken, p.down
	p.mu.Unlock()
	if down {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	(&httputil.ReverseProxy{
		Rewrite: func(out *httputil.ProxyRequest) { out.SetURL(target); out.Out.Host = out.In.Host },
		ModifyResponse: func(answer *http.Response) error {
			if r.URL.Path != "/token" || answer.StatusCode != http.StatusOK {
				return nil
			}
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				return err
			}
			token := map[string]any{}
			if err := json.Unmarshal(body, &token); err != nil {
				return err
			}
			if onToken != nil {
				onToken(token)
			}
			p.mu.Lock()
			p.last = token
			p.mu.Unlock()
			if body, err = json.Marshal(token); err != nil {
				return err
			}
			answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			answer.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	}).ServeHTTP(w, r)
}

// OnToken has each answer of the token endpoint changed on its way; nil: no longer.
func (p *Provider) OnToken(change func(answer map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.onToken = change
}

// Down cuts the provider off, or brings it back.
func (p *Provider) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Last is the newest answer of the token endpoint.
func (p *Provider) Last() map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// Change tells the running provider of other accounts or another clock.
func (p *Provider) Change(change map[string]any) {
	p.t.Helper()
	body, err := json.Marshal(change)
	require.NoError(p.t, err)
	answer, err := http.Post(p.control, "application/json", bytes.NewReader(body))
	require.NoError(p.t, err)
	require.NoError(p.t, answer.Body.Close())
}

// SetAccounts replaces who there is.
func (p *Provider) SetAccounts(accounts map[string]map[string]any) {
	p.options.Accounts = accounts
	p.Change(map[string]any{"accounts": accounts})
}

// SetClock makes the provider's clock wrong.
func (p *Provider) SetClock(ahead time.Duration) {
	p.Change(map[string]any{"ahead": int(ahead / time.Second)})
}

// A Key signs as the provider does, or did.
type Key struct {
	key *rsa.PrivateKey
	kid string
}

// Key is the key that the provider signs with now.
func (p *Provider) Key() Key { return Key{p.key, p.kid} }

// NewKey is a key that the provider never had.
func NewKey(t testing.TB) Key {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return Key{key, rand.Text()}
}

// Resign changes the claims of a token and signs it with a key.
func Resign(t testing.TB, token any, with Key, change func(claims map[string]any)) string {
	t.Helper()
	claims := map[string]any{}
	if raw, _ := token.(string); raw != "" {
		parsed, err := jose.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(parsed.UnsafePayloadWithoutVerification(), &claims))
	}
	change(claims)
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: with.key, KeyID: with.kid}}, nil)
	require.NoError(t, err)
	signed, err := signer.Sign(payload)
	require.NoError(t, err)
	out, err := signed.CompactSerialize()
	require.NoError(t, err)
	return out
}

// A Browser is a person's browser with its cookies.
type Browser struct {
	t      testing.TB
	client *http.Client
	issuer string
}

// Browser opens a new one.
func (p *Provider) Browser() *Browser {
	jar, err := cookiejar.New(nil)
	require.NoError(p.t, err)
	return &Browser{t: p.t, issuer: p.Issuer, client: &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

var (
	actions = regexp.MustCompile(`<form[^>]*action="([^"]+)"`)
	hidden  = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*>`)
	names   = regexp.MustCompile(`name="([^"]+)"`)
	values  = regexp.MustCompile(`value="([^"]*)"`)
)

// Visit goes to an address, signs in as somebody where a form asks, and gives the address at which the browser leaves the
// provider: that of the desktop, with the answer.
func (b *Browser) Visit(address, login string) *url.URL {
	b.t.Helper()
	answer, err := b.client.Get(address)
	require.NoError(b.t, err)
	for range 5 {
		if answer.StatusCode/100 == 3 {
			_ = answer.Body.Close()
			back, err := answer.Location()
			require.NoError(b.t, err)
			return back
		}
		page, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		require.NoError(b.t, err)
		form := actions.FindSubmatch(page)
		require.NotNil(b.t, form, "a page without a form: %s", page)
		fields := url.Values{"login": {login}, "password": {"any"}}
		answer = b.send(answer.Request.URL, string(form[1]), page, fields)
	}
	b.t.Fatal("the provider asks again and again")
	return nil
}

func (b *Browser) send(base *url.URL, action string, page []byte, fields url.Values) *http.Response {
	b.t.Helper()
	for _, input := range hidden.FindAll(page, -1) {
		name, value := names.FindSubmatch(input), values.FindSubmatch(input)
		if name != nil && value != nil {
			fields.Set(string(name[1]), html.UnescapeString(string(value[1])))
		}
	}
	to, err := base.Parse(html.UnescapeString(action))
	require.NoError(b.t, err)
	answer, err := b.client.PostForm(to.String(), fields)
	require.NoError(b.t, err)
	return answer
}

// SignOut signs the person out at the provider, which tells its clients.
func (b *Browser) SignOut() {
	b.t.Helper()
	answer, err := b.client.Get(b.issuer + "/session/end")
	require.NoError(b.t, err)
	page, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	require.NoError(b.t, err)
	form := actions.FindSubmatch(page)
	require.NotNil(b.t, form, "%s", page)
	answer = b.send(answer.Request.URL, string(form[1]), page, url.Values{"logout": {"yes"}})
	require.NoError(b.t, answer.Body.Close())
}

// install puts the provider's program and its modules into the user's cache, once for each lock file, and gives the folder.
func install(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	sum := sha256.New()
	for _, part := range [][]byte{program, packages, lock} {
		sum.Write(part)
	}
	parent := filepath.Join(cache, "cmc-tests")
	dir := filepath.Join(parent, "identity-provider-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	require.NoError(t, os.MkdirAll(parent, 0o700))
	building, err := os.MkdirTemp(parent, "building-")
	require.NoError(t, err)
	defer os.RemoveAll(building)
	for name, content := range map[string][]byte{"provider.mjs": program, "package.json": packages, "package-lock.json": lock} {
		require.NoError(t, os.WriteFile(filepath.Join(building, name), content, 0o600))
	}
	command := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
	command.Dir = building
	said, err := command.CombinedOutput()
	require.NoError(t, err, "npm ci: %s (is npm installed? .ci/need test)", said)
	if err := os.Rename(building, dir); err != nil { // another test was quicker
		_, there := os.Stat(dir)
		require.NoError(t, errors.Join(there))
	}
	return dir
}
