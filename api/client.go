package api

// What may change here: one method for each route of the central service. A route in api/central/routes.go without a
// method here fails a test there.

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/net/http/httpproxy"

	"cmc/forms"
)

// Client speaks to one central service for one person. Make it with NewClient. It may be used from any goroutine, never
// from the drawing thread: every call may block until its context ends or the time runs out. The token lives in memory
// only.
//
// Every error is a *Problem (the service said no), an *Unreachable (no answer came), or the context's own error. Calls
// that change something carry an Idempotency-Key, so that a repeat after a broken line does it once: where a method takes
// idemKey, an empty one makes the client choose; give your own to repeat a call across restarts. Where a method takes
// etag, an empty one sends no If-Match, which PatchDraft, Submit, Return, Approve and Discard refuse; where one takes none, give it
// with WithMatch.
type Client struct {
	rest   *resty.Client
	calls  *http.Client // below rest, for what is too large for it
	stream *http.Client // for what has no end
	base   string
	place  string // the name of this computer, or ""

	// openPort is where a network is asked without encryption whether it has a page of its own (Reach). Tests change it.
	openPort string
	open     *http.Client // for that alone

	quiet     time.Duration // how long nothing may come on the line of events
	lineHeard func()        // nil: nobody wants to know

	mu    sync.RWMutex
	token string
}

// ClientOptions are what a Client may be told. The zero value is right for most.
type ClientOptions struct {
	Timeout   time.Duration  // how long nothing may move in one try; 0: 15 seconds
	RootCAs   *x509.CertPool // trusted beside nothing else; nil: what the computer trusts
	UserAgent string         // "cmc/1.0 (windows)"; empty: "cmc"
	Proxies   *Proxies       // the way out of this network; nil: what the environment says
	// Workstation is the name of this computer, as NewWorkstation draws it, which SignIn and SignInSSO tell; empty: none.
	Workstation string

	// LineHeard is called each time that something came on the line of Events, also a word that only says that it stands. It is called on
	// a goroutine of the client and must not block; nil: nobody wants to know.
	LineHeard func()

	slowest int           // bytes a second on the slowest line; 0: slowestLine. Tests set another
	quiet   time.Duration // how long nothing may come on the line of events; 0: lineQuiet. Tests set another
}

const (
	maxAnswerBytes = 32 << 20
	retries        = 2
	retryWait      = 150 * time.Millisecond
	retryMaxWait   = time.Second
)

// NewClient makes a client for the service at base, for example "https://cmc.example.nhs.uk". Only https is taken, and
// http for this very computer. The error is a sentence for people.
func NewClient(base string, options ClientOptions) (*Client, error) {
	base = strings.TrimRight(strings.TrimSpace(base), "/")
	address, err := url.Parse(base)
	if err != nil || address.Host == "" || (address.Scheme != "https" && address.Scheme != "http") {
		return nil, addressError("The address of the service starts with https:// and a name.")
	}
	if address.User != nil || address.RawQuery != "" || address.Fragment != "" {
		return nil, addressError("The address of the service holds no user name, question mark or hash sign.")
	}
	if address.Scheme == "http" && !isLoopback(address.Hostname()) {
		return nil, addressError("The address of the service must start with https://. Without it, others on the network could read what is sent.")
	}
	if options.Timeout == 0 {
		options.Timeout = 15 * time.Second
	}
	if options.UserAgent == "" {
		options.UserAgent = "cmc"
	}
	if options.quiet == 0 {
		options.quiet = lineQuiet
	}
	if options.slowest == 0 {
		options.slowest = slowestLine
	}
	if options.Proxies == nil {
		options.Proxies = NewProxies(httpproxy.FromEnvironment().ProxyFunc())
	}
	transport := &http.Transport{
		DialContext:         (&tunnel{proxies: options.Proxies, service: address, roots: options.RootCAs}).dial,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: options.RootCAs},
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     60 * time.Second,
		ForceAttemptHTTP2:   true,
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c := &Client{
		base:     base,
		place:    options.Workstation,
		stream:   &http.Client{Transport: patience{next: transport, limit: options.Timeout, slowest: options.slowest, endless: true}, CheckRedirect: stay},
		openPort: "80",
		quiet:    options.quiet, lineHeard: options.LineHeard,
		open: &http.Client{Transport: &http.Transport{Proxy: options.Proxies.openWay, DialContext: reach, DisableKeepAlives: true}, CheckRedirect: stay},
	}
	c.calls = &http.Client{Transport: patience{next: transport, limit: options.Timeout, slowest: options.slowest}, CheckRedirect: stay}
	c.rest = resty.NewWithClient(c.calls).
		SetBaseURL(base).
		SetHeader("Accept", "application/json").
		SetHeader("User-Agent", options.UserAgent).
		SetResponseBodyLimit(maxAnswerBytes).
		SetRetryCount(retries).
		SetRetryWaitTime(retryWait).
		SetRetryMaxWaitTime(retryMaxWait).
		SetLogger(silent{}).
		AddRetryCondition(mayRepeat)
	return c, nil
}

// silent keeps the library from writing to the terminal: what went wrong is in the error.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}

// addressError is a sentence for people about an address that cannot be used.
type addressError string

// Error is the sentence.
func (e addressError) Error() string { return string(e) }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// mayRepeat says whether a request is tried again: only one that changes nothing or carries an Idempotency-Key, and only
// when no answer came or the way to the service is busy.
func mayRepeat(answer *resty.Response, err error) bool {
	if answer == nil || answer.Request == nil {
		return false
	}
	safe := answer.Request.Method == http.MethodGet || answer.Request.Header.Get("Idempotency-Key") != ""
	if !safe || answer.Request.Context().Err() != nil {
		return false
	}
	if err != nil {
		return !decided(err)
	}
	switch answer.StatusCode() {
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// Base is the address of the service.
func (c *Client) Base() string { return c.base }

// SetToken makes the client speak with this token; "" forgets it. SignIn and SignOut do it by themselves.
func (c *Client) SetToken(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = token
}

// Token is the token in use, or "".
func (c *Client) Token() string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.token
}

// A call is one request before it is sent.
type call struct {
	method, path string
	body         any    // nil: none
	raw          []byte // instead of body
	media        string // of raw
	etag         string
	idem         string
	query        url.Values
}

func newKey() string { return rand.Text() }

// send does the call and puts a JSON answer into out, unless out is nil.
func (c *Client) send(ctx context.Context, what call, out any) (*resty.Response, error) {
	request := c.rest.R().SetContext(ctx)
	if token := c.Token(); token != "" {
		request.SetHeader("Authorization", "Bearer "+token)
	}
	if what.etag != "" {
		request.SetHeader("If-Match", what.etag)
	}
	if what.idem != "" {
		request.SetHeader("Idempotency-Key", what.idem)
	}
	if what.query != nil {
		request.SetQueryParamsFromValues(what.query)
	}
	switch {
	case what.raw != nil:
		request.SetHeader("Content-Type", what.media).SetBody(what.raw)
	case what.body != nil:
		raw, err := json.Marshal(what.body)
		if err != nil {
			return nil, fmt.Errorf("writing the request: %w", err)
		}
		request.SetHeader("Content-Type", "application/json").SetBody(raw)
	}
	answer, err := request.Execute(what.method, what.path)
	if err != nil {
		return nil, noAnswer(ctx, err)
	}
	if answer.StatusCode() >= 300 {
		return nil, readRefusal(answer.StatusCode(), answer.Header(), answer.Body(), c.base)
	}
	if out != nil {
		if err := json.Unmarshal(answer.Body(), out); err != nil {
			return nil, &Unreachable{Hop: stranger(answer.Header()), Err: errors.New("the answer is not the expected JSON")}
		}
	}
	return answer, nil
}

// Service asks what the service is; no sign-in is needed. It is the test button of "Connection".
func (c *Client) Service(ctx context.Context) (*ServiceInfo, error) {
	out := new(ServiceInfo)
	_, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/service"}, out)
	if err == nil && out.Definition == "" {
		err = &Unreachable{Hop: HopAnswer, Err: errors.New("no definition named")}
	}
	return orNil(out, err)
}

// SignIn starts a session and keeps its token.
func (c *Client) SignIn(ctx context.Context, who Credentials) (*Session, error) {
	if who.Workstation == "" {
		who.Workstation = c.place
	}
	out := new(Session)
	_, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/sessions", body: who}, out)
	if err != nil {
		return nil, err
	}
	c.SetToken(out.Token)
	return out, nil
}

// StartSSO begins a sign-in at the identity provider.
func (c *Client) StartSSO(ctx context.Context, start StartSSO) (*SSOStarted, error) {
	out := new(SSOStarted)
	_, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/sessions/sso/start", body: start}, out)
	return orNil(out, err)
}

// SignInSSO starts a session with what the browser brought back, and keeps its token.
func (c *Client) SignInSSO(ctx context.Context, answer SSOAnswer) (*Session, error) {
	if answer.Workstation == "" {
		answer.Workstation = c.place
	}
	out := new(Session)
	if _, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/sessions/sso", body: answer}, out); err != nil {
		return nil, err
	}
	c.SetToken(out.Token)
	return out, nil
}

// StartProof begins a proof of identity for one approval.
func (c *Client) StartProof(ctx context.Context, start StartProof) (*SSOStarted, error) {
	out := new(SSOStarted)
	_, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/sessions/sso/proof/start", body: start}, out)
	return orNil(out, err)
}

// Prove gives the proof for Approve with what the browser brought back.
func (c *Client) Prove(ctx context.Context, answer SSOAnswer) (*Proof, error) {
	out := new(Proof)
	_, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/sessions/sso/proof", body: answer}, out)
	return orNil(out, err)
}

// ChoosePosition puts the session into one of the person's positions; what they may do is that position's at once.
func (c *Client) ChoosePosition(ctx context.Context, id string) (*User, error) {
	out := new(User)
	_, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/sessions/current/position", body: Choice{Position: id}}, out)
	return orNil(out, err)
}

// SignOut ends the session here and at the service. The token is forgotten even when the service cannot be reached.
func (c *Client) SignOut(ctx context.Context) error {
	_, err := c.send(ctx, call{method: http.MethodDelete, path: "/v1/sessions/current"}, nil)
	c.SetToken("")
	if IsCode(err, CodeUnauthenticated) {
		return nil
	}
	return err
}

// Me is the signed-in person.
func (c *Client) Me(ctx context.Context) (*User, error) {
	out := new(User)
	_, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/me"}, out)
	return orNil(out, err)
}

// SearchPatients finds people; the search is audited.
func (c *Client) SearchPatients(ctx context.Context, search PatientSearch) (*PatientList, error) {
	out := new(PatientList)
	_, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/patients/search", body: search}, out)
	return orNil(out, err)
}

// CreatePlan starts a plan. A person who has one gets CodeDuplicate with its PlanID.
func (c *Client) CreatePlan(ctx context.Context, plan NewPlan, idemKey string) (*Plan, error) {
	return c.plan(ctx, call{method: http.MethodPost, path: "/v1/plans", body: plan, idem: orKey(idemKey)})
}

// Plan is one plan as this user may see it. CodeReason means: Open it with a reason first.
func (c *Client) Plan(ctx context.Context, id string) (*Plan, error) {
	return c.plan(ctx, call{method: http.MethodGet, path: planPath(id, "")})
}

// Open says why a record that is not this user's is opened, and gives the plan. The answer is kept; the right lapses
// after 12 hours for urgent care and 28 days for others (domain.md 10.3).
func (c *Client) Open(ctx context.Context, id, reason string) (*Plan, error) {
	return c.event(ctx, id, "open", Opening{Reason: reason}, "")
}

// BreakGlass opens the record of somebody whom this user does not look after, for twelve hours, in an emergency. Not
// confirmed it gets CodeConfirm, whose words are to be put to the person before it is asked again, confirmed.
func (c *Client) BreakGlass(ctx context.Context, id string, in BreakGlass) (*Plan, error) {
	return c.event(ctx, id, "break-glass", in, "")
}

// BreakGlassQueue lists openings in an emergency: of every plan for clinical safety, of one's own practice's plans for those
// who approve there. With all, those that were reviewed come too.
func (c *Client) BreakGlassQueue(ctx context.Context, all bool) (*BreakGlassQueue, error) {
	out := new(BreakGlassQueue)
	query := url.Values{}
	if all {
		query.Set("all", "true")
	}
	_, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/governance/break-glass", query: query}, out)
	return orNil(out, err)
}

// BreakGlassReviewed says what became of an opening in an emergency.
func (c *Client) BreakGlassReviewed(ctx context.Context, id string, in BreakGlassReviewed) (*BreakGlassOpening, error) {
	out := new(BreakGlassOpening)
	_, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/governance/break-glass/" + url.PathEscape(id) + "/reviewed", body: in, idem: newKey()}, out)
	return orNil(out, err)
}

// PatchDraft saves a merge patch of answers (forms.MakePatch). A stale etag gets CodeConflict with Theirs and Etag.
func (c *Client) PatchDraft(ctx context.Context, id string, patch []byte, etag, idemKey string) (*Plan, error) {
	return c.plan(ctx, call{method: http.MethodPatch, path: planPath(id, "draft"), raw: patch,
		media: "application/merge-patch+json", etag: etag, idem: orKey(idemKey)})
}

// Problems is every gap of the draft (or of the live version, where there is no draft) at once, as approval would find
// them.
func (c *Client) Problems(ctx context.Context, id string) (*Problems, error) {
	out := new(Problems)
	_, err := c.send(ctx, call{method: http.MethodGet, path: planPath(id, "problems"), query: url.Values{"for": {"approval"}}}, out)
	return orNil(out, err)
}

// Submit sends the draft for review. While a problem of severity Stop is left it gets CodeInvalid with Fields.
func (c *Client) Submit(ctx context.Context, id string, submit Submit, etag string) (*Plan, error) {
	return c.event(ctx, id, "submit", submit, etag)
}

// Return sends the draft back with a reason and comments on fields.
func (c *Client) Return(ctx context.Context, id string, back Return, etag string) (*Plan, error) {
	return c.event(ctx, id, "return", back, etag)
}

// Approve publishes the draft that etag names, so that nobody signs what they have not seen.
func (c *Client) Approve(ctx context.Context, id string, approve Approve, etag string) (*Plan, error) {
	return c.event(ctx, id, "approve", approve, etag)
}

// Amend opens a draft beside the live version, which stays.
func (c *Client) Amend(ctx context.Context, id, reason string) (*Plan, error) {
	return c.event(ctx, id, "amend", Decide{Reason: reason}, "")
}

// Discard drops the draft of an amendment; the live version stays as it is.
func (c *Client) Discard(ctx context.Context, id, reason string) (*Plan, error) {
	return c.event(ctx, id, "discard", Decide{Reason: reason}, "")
}

// Withdraw takes the plan out of use: consent was withdrawn. Urgent care stops seeing it at once.
func (c *Client) Withdraw(ctx context.Context, id, reason string) (*Plan, error) {
	return c.event(ctx, id, "withdraw", Decide{Reason: reason}, "")
}

// Suspend hides the plan for safety until Resume.
func (c *Client) Suspend(ctx context.Context, id, reason string) (*Plan, error) {
	return c.event(ctx, id, "suspend", Decide{Reason: reason}, "")
}

// Resume ends a suspension.
func (c *Client) Resume(ctx context.Context, id, reason string) (*Plan, error) {
	return c.event(ctx, id, "resume", Decide{Reason: reason}, "")
}

// Deceased notifies that the person has died.
func (c *Client) Deceased(ctx context.Context, id string, death Death) (*Plan, error) {
	return c.event(ctx, id, "deceased", death, "")
}

// CloseRecord closes the plan of a person who has died, once the outcome is written.
func (c *Client) CloseRecord(ctx context.Context, id, reason string) (*Plan, error) {
	return c.event(ctx, id, "close", Decide{Reason: reason}, "")
}

// EnterInError marks the whole plan as entered in error, for example under the wrong person.
func (c *Client) EnterInError(ctx context.Context, id, reason string) (*Plan, error) {
	return c.event(ctx, id, "error", Decide{Reason: reason}, "")
}

// TakeUp starts a clinician's draft from what a patient has sent.
func (c *Client) TakeUp(ctx context.Context, id string) (*Plan, error) {
	return c.event(ctx, id, "take-up", Decide{}, "")
}

// Comment puts words on one field of the draft, or on the whole plan. Only Item, Row and Text are read.
func (c *Client) Comment(ctx context.Context, id string, comment Comment) (*Plan, error) {
	return c.event(ctx, id, "comments", NewComment{Item: comment.Item, Row: comment.Row, Text: comment.Text}, "")
}

// GiveUp puts words on one field of the draft about an answer of one's own that another took the place of, and a hidden one with them.
func (c *Client) GiveUp(ctx context.Context, id string, comment NewComment) (*Plan, error) {
	return c.event(ctx, id, "comments", comment, "")
}

// CommentDone marks a comment as answered.
func (c *Client) CommentDone(ctx context.Context, id, commentID string) (*Plan, error) {
	return c.event(ctx, id, "comments/"+url.PathEscape(commentID)+"/done", nil, "")
}

// ConfirmProblem answers one problem of severity Confirm: it is still so, and why.
func (c *Client) ConfirmProblem(ctx context.Context, id string, confirm Confirm) (*Plan, error) {
	return c.event(ctx, id, "confirmations", confirm, "")
}

// Versions lists the approved versions, newest first, without their answers.
func (c *Client) Versions(ctx context.Context, id string) (*Versions, error) {
	out := new(Versions)
	_, err := c.send(ctx, call{method: http.MethodGet, path: planPath(id, "versions")}, out)
	return orNil(out, err)
}

// Version is one approved version with its answers.
func (c *Client) Version(ctx context.Context, id string, number int) (*Version, error) {
	out := new(Version)
	_, err := c.send(ctx, call{method: http.MethodGet, path: planPath(id, "versions/"+strconv.Itoa(number))}, out)
	return orNil(out, err)
}

// Changes compares a version, or "draft", with the one before it (the draft with the version that it amends). With all,
// answers that are the same are listed too.
func (c *Client) Changes(ctx context.Context, id, to string, all bool) (*Changes, error) {
	out := new(Changes)
	query := url.Values{}
	if all {
		query.Set("all", "true")
	}
	_, err := c.send(ctx, call{method: http.MethodGet, path: planPath(id, "versions/"+url.PathEscape(to)+"/changes"), query: query}, out)
	return orNil(out, err)
}

// Summary is what a crew reads: version "" is the live one, a number an older one, "draft" a preview for those who may.
func (c *Client) Summary(ctx context.Context, id, version string) (*forms.Summary, error) {
	out := new(forms.Summary)
	_, err := c.send(ctx, call{method: http.MethodGet, path: planPath(id, "summary"), query: versionQuery(version)}, out)
	return orNil(out, err)
}

// SummaryPDF is the live summary on one A4 page.
func (c *Client) SummaryPDF(ctx context.Context, id string) ([]byte, error) {
	return c.SummaryPDFOf(ctx, id, "")
}

// SummaryPDFOf is the summary of one version, or of the draft, as in Summary.
func (c *Client) SummaryPDFOf(ctx context.Context, id, version string) ([]byte, error) {
	answer, err := c.send(ctx, call{method: http.MethodGet, path: planPath(id, "summary.pdf"), query: versionQuery(version)}, nil)
	if err != nil {
		return nil, err
	}
	return answer.Body(), nil
}

func versionQuery(version string) url.Values {
	if version == "" {
		return nil
	}
	return url.Values{"version": {version}}
}

// Printed tells the service that a version was printed or saved as PDF, which is audited.
func (c *Client) Printed(ctx context.Context, id string, version int) error {
	_, err := c.send(ctx, call{method: http.MethodPost, path: planPath(id, "prints"), body: Print{Version: version}, idem: newKey()}, nil)
	return err
}

// Revealed tells the service that a hidden answer (a key safe code) was shown, and why, and gives the answer.
func (c *Client) Revealed(ctx context.Context, id string, reveal Reveal) (*Revealed, error) {
	out := new(Revealed)
	_, err := c.send(ctx, call{method: http.MethodPost, path: planPath(id, "reveal"), body: reveal, idem: newKey()}, out)
	return orNil(out, err)
}

// Feedback is a crew's two taps.
func (c *Client) Feedback(ctx context.Context, id string, feedback Feedback) error {
	_, err := c.send(ctx, call{method: http.MethodPost, path: planPath(id, "feedback"), body: feedback, idem: newKey()}, nil)
	return err
}

// AccessLog says who saw the plan, newest first.
func (c *Client) AccessLog(ctx context.Context, id string) (*AccessLog, error) {
	out := new(AccessLog)
	_, err := c.send(ctx, call{method: http.MethodGet, path: planPath(id, "access-log")}, out)
	return orNil(out, err)
}

// AccessLogFor is the access log in the form for the person whom the plan is about: plain words, without names.
func (c *Client) AccessLogFor(ctx context.Context, id string) (*AccessLog, error) {
	out := new(AccessLog)
	_, err := c.send(ctx, call{method: http.MethodGet, path: planPath(id, "access-log"), query: url.Values{"for": {"person"}}}, out)
	return orNil(out, err)
}

// Worklists are the lists of this user, with counts.
func (c *Client) Worklists(ctx context.Context) (*WorklistCounts, error) {
	out := new(WorklistCounts)
	_, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/worklists"}, out)
	return orNil(out, err)
}

// Worklist is one list, the longest wait first.
func (c *Client) Worklist(ctx context.Context, name string) (*Worklist, error) {
	out := new(Worklist)
	_, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/worklists/" + url.PathEscape(name)}, out)
	return orNil(out, err)
}

// plan does a call whose answer is a plan.
func (c *Client) plan(ctx context.Context, what call) (*Plan, error) {
	out := new(Plan)
	_, err := c.send(ctx, what, out)
	return orNil(out, err)
}

// event posts something that happens to a plan. Each gets a key of its own, so that a repeat after a broken line does it
// once.
func (c *Client) event(ctx context.Context, id, name string, body any, etag string) (*Plan, error) {
	return c.plan(ctx, call{method: http.MethodPost, path: planPath(id, name), body: body, etag: matchIn(ctx, etag), idem: orKey(keyIn(ctx))})
}

func planPath(id, rest string) string {
	path := "/v1/plans/" + url.PathEscape(id)
	if rest != "" {
		path += "/" + rest
	}
	return path
}

func orKey(key string) string {
	if key == "" {
		return newKey()
	}
	return key
}

func orNil[T any](out *T, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}
