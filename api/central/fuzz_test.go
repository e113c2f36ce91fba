package central

// What may change here: what is thrown at the routes. A new route is thrown at by itself, since the list is the service's own
// description; a new kind of nonsense is a line of nonsense().

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/store"
)

// canary stands for what somebody typed: no refusal may say it again.
const canary = "Zqxwvcanary"

// A target is one operation of the service with real ids in its path.
type target struct{ method, path string }

// targets are every operation of the description and every page beside it. Each {id} is a plan that the GP may write.
func (w *ward) targets(t require.TestingT, planID string) []target {
	out := httptest.NewRecorder()
	w.s.Handler().ServeHTTP(out, httptest.NewRequest(get, "/openapi.json", nil))
	var description struct {
		Paths map[string]map[string]struct{} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(out.Body.Bytes(), &description))
	var all []target
	for path, item := range description.Paths {
		path = strings.NewReplacer("{id}", planID, "{n}", "1", "{comment}", "c1", "{sha256}", strings.Repeat("0", 64), "{name}", "to-approve").Replace(path)
		require.NotContains(t, path, "{", "a part of a path that this test cannot fill in")
		for method := range item {
			all = append(all, target{strings.ToUpper(method), path})
		}
	}
	require.Greater(t, len(all), 30)
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics", "/docs", "/docs/style.css", "/openapi.json", "/openapi.yaml"} {
		all = append(all, target{get, path})
	}
	slices.SortFunc(all, func(a, b target) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return all
}

// A throw is what is sent in place of what a route expects.
type throw struct {
	query, header, value, media, body string
}

func nonsense() []throw {
	deep := strings.Repeat(`{"a":`, 20000)
	return []throw{
		{},
		{body: `{`}, {body: `null`}, {body: `[]`}, {body: `"` + canary + `"`}, {body: `7`}, {body: `true`}, {body: ` `}, {body: "\x00"}, {body: "\xef\xbb\xbf{}"},
		{body: `{}`}, {body: `{"` + canary + `":1}`}, {body: `{"":""}`}, {body: "{\"\x00\":1}"}, {body: "{\"\xff\":\"\xfe\"}"}, {body: `{"\ud800":"\udfff"}`},
		{body: `{"reason":` + `"` + canary + `","reason":7}`}, {body: `{"reason":["` + canary + `"]}`}, {body: `{"reason":{"a":"` + canary + `"}}`},
		{body: `{"reason":"` + canary + `\u202e\u0000"}`}, {body: `{"reason":"` + canary + strings.Repeat("x", 5000) + `"}`}, {body: `{"reason":1e400}`},
		{body: `{"version":1e400}`}, {body: `{"version":-9223372036854775809}`}, {body: `{"version":1.5}`}, {body: `{"version":"` + canary + `"}`}, {body: `{"version":-1}`},
		{body: deep}, {body: strings.Repeat("[", 60000)}, {body: `{"answers":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`},
		{body: `{"answers":{"contacts":{"rows":` + strings.Repeat(`{"a":{"order":1,"answers":{"contacts":{"rows":`, 900) + `{}` + strings.Repeat(`}}}}`, 900) + `}}}`},
		{body: `{"answers":{"title":{"value":"` + canary + `"}}}`}, {body: `{"answers":{"title":{"value":{"a":["` + canary + `"]}}}}`}, {body: `{"answers":7}`},
		{body: `{"contacts":{"rows":{"` + canary + `":{"order":1e99,"answers":{"contact_name":{"value":7}}}}}}`}, {body: `{"title":{"state":"` + canary + `"}}`},
		{body: `{"title":{"value":"` + canary + `","state":"unknown","rows":{}}}`}, {body: `{"birth_date":{"value":"` + canary + `"}}`},
		{body: `{"nhs_number":"` + canary + `"}`}, {body: `{"nhs_number":7}`}, {body: `{"family_name":"` + canary + `","birth_date":"` + canary + `"}`},
		{body: `{"family_name":"\u0000","birth_date":"0000-00-00"}`}, {body: `{"family_name":"` + strings.Repeat("é", 3000) + `","birth_date":"1941-06-09"}`},
		{body: `{"username":"` + canary + `","password":"` + canary + `"}`}, {body: `{"username":"\u0000","password":""}`},
		{body: `{"item":"` + canary + `","reason":"` + canary + `"}`}, {body: `{"rule":"` + canary + `","item":"` + canary + `","reason":"because"}`},
		{body: `{"text":"` + canary + `","item":"` + canary + `"}`}, {body: `{"outcome":"` + canary + `"}`}, {body: `{"date":"` + canary + `","place":"` + canary + `"}`},
		{body: `{"date":"-0001-01-01"}`}, {body: `{"patient_id":"` + canary + `"}`}, {body: `{"checks":["` + canary + `"],"review_due":"` + canary + `","password":"` + canary + `"}`},
		{body: `{"checks":null,"review_due":null,"password":null}`}, {body: `{"comments":[{"item":"` + canary + `","text":"` + canary + `"}],"reason":"so"}`},
		{body: `{"comments":[null]}`}, {body: `{"note":"` + canary + `\u200b"}`},
		{body: `{}{}`}, {body: `{"reason":"so"} ` + canary}, {body: `{"reason":"so","reason":"so"}`}, {body: `{"REASON":"` + canary + `"}`},
		{body: strings.Repeat("x", 70<<10)}, {body: `{"reason":"` + strings.Repeat("y", 70<<10) + `"}`}, {body: `{"clinical_summary":{"value":"` + strings.Repeat("z", 3<<20) + `"}}`},
		{media: "text/html", body: `<` + canary + `>`}, {media: "application/json; charset=" + canary, body: `{}`}, {media: "application/" + canary, body: `{}`},
		{media: ";;;", body: `{}`}, {media: "application/merge-patch+json", body: `{"title":7}`}, {media: "application/merge-patch+json", body: "\xff\xfe"},
		{media: "application/pdf", body: "%PDF-" + canary}, {media: "image/png", body: "\x89PNG\r\n\x1a\n" + canary}, {media: "image/jpeg", body: "\xff\xd8\xff" + canary},
		{media: "multipart/form-data; boundary=x", body: "--x\r\n\r\n" + canary + "\r\n--x--"}, {media: "application/x-www-form-urlencoded", body: "a=" + canary},
		{query: "for=" + canary}, {query: "version=" + canary}, {query: "version=-1"}, {query: "version=99999999999999999999"}, {query: "all=" + canary}, {query: "%zz=;&&=&a;b"},
		{query: "version=1&version=" + canary}, {query: canary + "=" + canary}, {query: "version=%00%ff"}, {query: strings.Repeat("a=1&", 3000)},
		{header: "If-Match", value: canary}, {header: "If-Match", value: "*"}, {header: "If-Match", value: `"` + strings.Repeat("1,", 2000)}, {header: "If-Match", value: "\xff"},
		{header: "Idempotency-Key", value: canary, body: `{"reason":"one"}`}, {header: "Idempotency-Key", value: canary, body: `{"reason":"two"}`},
		{header: "Idempotency-Key", value: strings.Repeat("k", 300), body: `{}`}, {header: "Idempotency-Key", value: "\x01\xff", body: `{}`},
		{header: "Authorization", value: "Bearer " + canary}, {header: "Authorization", value: canary}, {header: "Authorization", value: "Bearer "}, {header: "Authorization", value: strings.Repeat("Bearer ", 900)},
		{header: "Accept", value: canary}, {header: "Accept", value: "text/html"}, {header: "Accept", value: "application/cbor;q=1,*/*;q=0"}, {header: "Accept", value: ";;,,;q=" + canary},
		{header: "Accept-Encoding", value: canary}, {header: "Content-Encoding", value: "gzip", body: canary}, {header: "Content-Length", value: canary, body: `{}`},
		{header: "Transfer-Encoding", value: canary, body: `{}`}, {header: "Expect", value: canary, body: `{}`}, {header: "Range", value: "bytes=0-" + canary},
		{header: "X-Forwarded-For", value: canary}, {header: "X-Http-Method-Override", value: "DELETE"}, {header: "Last-Event-Id", value: canary}, {header: "Host", value: canary},
	}
}

// FuzzRequests throws anything at every route of the real handler, with real tokens: never a panic, never a status of the
// service's own fault, and every refusal is a problem with a sentence that says nothing again of what was sent.
func FuzzRequests(f *testing.F) {
	w := openWardFor(f)
	id, _ := w.fuzzed()
	all := w.targets(f, id)
	for i := range all {
		for j, one := range nonsense() {
			f.Add(uint16(i), uint8(j%5), "", "", one.query, one.header, one.value, one.media, []byte(one.body))
		}
		for _, method := range []string{"HEAD", "OPTIONS", "PUT", "TRACE", "CONNECT", "PURGE", canary, "get", "\xff", "DELETE", "PATCH"} {
			f.Add(uint16(i), uint8(1), method, "", "", "", "", "", []byte(`{"reason":"`+canary+`"}`))
		}
		for _, path := range []string{"/", "/../", "//", "/" + canary, "/%2e%2e%2f" + canary, "/\x00", "/\xff\xfe", "/ " + canary, "?", ";" + canary, "/" + strings.Repeat("a/", 900), strings.Repeat("b", 5000)} {
			f.Add(uint16(i), uint8(1), "", path, "", "", "", "", []byte(nil))
			f.Add(uint16(i), uint8(0), "POST", path, "", "", "", "", []byte(`{}`))
		}
	}
	for _, path := range []string{canary, "*", "", "/v1/patients/" + canary, "//v1//plans", "/v1/./plans/..", "/V1/ME", "/v1/plans/" + canary + "/summary.pdf", "/v1/plans/" + canary + "/versions/" + canary} {
		f.Add(uint16(len(all)), uint8(1), "GET", path, "", "", "", "", []byte(nil))
	}
	accounts := []string{"", "gp", "urgent", "practiceadmin", "carehome"}
	tokens := map[string]string{}
	token := func(t *testing.T, name string) string {
		if tokens[name] == "" {
			in, err := w.s.book.SignIn(context.Background(), account.Entry{Username: name, Password: "training"})
			require.NoError(t, err)
			tokens[name] = in.Token
		}
		return tokens[name]
	}
	f.Fuzz(func(t *testing.T, at uint16, who uint8, method, path, query, header, value, media string, body []byte) {
		where := target{method: get}
		if int(at) < len(all) {
			where = all[at]
		}
		if method == "" {
			method = where.method
		}
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		// Not http.NewRequest: it refuses much of what another client may send.
		r := (&http.Request{Method: method, URL: &url.URL{Path: where.path + path, RawQuery: query}, Host: "central", RemoteAddr: "192.0.2.1:1",
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}).WithContext(ctx)
		r.RequestURI = r.URL.RequestURI()
		if len(body) > 0 && media == "" {
			media = "application/json"
		}
		if media != "" {
			r.Header.Set("Content-Type", media)
		}
		account := accounts[int(who)%len(accounts)]
		if account != "" {
			r.Header.Set("Authorization", "Bearer "+token(t, account))
		}
		if header != "" {
			r.Header[http.CanonicalHeaderKey(header)] = []string{value}
		}
		out := &untilFlushed{ResponseRecorder: httptest.NewRecorder(), stop: stop}
		w.s.Handler().ServeHTTP(out, r)
		if r.Method == remove && strings.HasSuffix(where.path, "/sessions/current") {
			delete(tokens, account)
		}
		defer func() {
			if t.Failed() {
				t.Logf("%s %.200q?%.100s as %q, %s: %.100q, %s %.300q", method, r.URL.Path, query, account, header, value, media, body)
			}
		}()
		sound(t, method, out.Code, out.Header(), out.Body.Bytes(), body)
	})
}

// untilFlushed is the answer of a line of events too: the listener leaves after the first word.
type untilFlushed struct {
	*httptest.ResponseRecorder
	stop func()
}

func (u *untilFlushed) Flush() {
	u.ResponseRecorder.Flush()
	u.stop()
}

var sentenceLike = regexp.MustCompile(`^[A-Z].*[.?]$`)

// sound holds an answer to what every answer of the service is.
func sound(t require.TestingT, method string, status int, headers http.Header, answer, sent []byte) {
	require.Less(t, status, 500, "%s", answer)
	require.False(t, status >= 300 && status < 400, "no route redirects: %s", headers.Get("Location"))
	if status < 400 {
		return
	}
	require.Equal(t, "application/problem+json", headers.Get("Content-Type"), "%d %s", status, answer)
	require.NotContains(t, fmt.Sprint(headers), canary)
	if method == http.MethodHead && len(answer) == 0 {
		return
	}
	p := new(api.Problem)
	require.NoError(t, json.Unmarshal(answer, p), "%s", answer)
	require.Equal(t, status, p.Status)
	require.NotEmpty(t, p.Code(), "%s", answer)
	require.Regexp(t, sentenceLike, p.Title)
	said := p.Title + " " + p.Detail
	for _, one := range p.Fields {
		require.NotEmpty(t, one.Message)
		said += " " + one.Message
		if one.Problem != nil {
			said += " " + one.Problem.Words
		}
	}
	require.NotContains(t, said, canary, "a refusal repeats what was sent")
	var leaf func(v any)
	leaf = func(v any) {
		switch v := v.(type) {
		case string:
			if len(v) >= 12 {
				require.NotContains(t, said, v, "a refusal repeats a value")
			}
		case []any:
			for _, one := range v {
				leaf(one)
			}
		case map[string]any:
			for _, one := range v {
				leaf(one)
			}
		}
	}
	var content any
	if json.Unmarshal(sent, &content) == nil {
		leaf(content)
	}
}

// What no client library sends: requests written by hand into the connection, over the real server.
func TestBrokenRequestsOnTheWire(t *testing.T) {
	w := openWard(t, nil)
	person := w.without("X99001")
	p, err := w.as("gp").CreatePlan(context.Background(), api.NewPlan{PatientID: person.ID}, "")
	require.NoError(t, err)
	token := w.as("gp").Token()
	address := strings.TrimPrefix(w.web.URL, "http://")
	head := func(method, path, more string) string {
		return method + " " + path + " HTTP/1.1\r\nHost: central\r\nAuthorization: Bearer " + token + "\r\n" + more + "\r\n"
	}
	chunked := "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
	draft := "/v1/plans/" + p.ID + "/draft"
	for name, one := range map[string]struct {
		request string
		status  int // what the handler says; 0: the server itself answers, before any handler, in its own plain words
	}{
		"a chunk that is no number":      {head(patch, draft, chunked) + "zz\r\n" + canary + "\r\n", 400},
		"a chunk of a negative length":   {head(patch, draft, chunked) + "-1\r\n" + canary + "\r\n", 400},
		"a chunk longer than it says":    {head(patch, draft, chunked) + "2\r\n" + canary + "\r\n0\r\n\r\n", 400},
		"a chunk of immense length":      {head(patch, draft, chunked) + "ffffffffffffffffff\r\n" + canary, 400},
		"a body that ends early":         {head(patch, draft, "Content-Type: application/json\r\nContent-Length: 500\r\n") + `{"title":{"value":"` + canary, 400},
		"a search that ends early":       {head(post, "/v1/patients/search", "Content-Type: application/json\r\nContent-Length: 500\r\n") + `{"family_name":"` + canary, 400},
		"a sign-in that ends early":      {head(post, "/v1/sessions", chunked) + "5\r\n{\"use\r\nzz\r\n", 400},
		"a copy that ends early":         {head(post, "/v1/plans/"+p.ID+"/attachments", "Content-Type: application/pdf\r\nContent-Length: 500\r\n") + "%PDF-1.4 " + canary, 400},
		"a length that is no number":     {head(post, "/v1/patients/search", "Content-Length: "+canary+"\r\n"), 0},
		"two lengths":                    {head(post, "/v1/patients/search", "Content-Length: 1\r\nContent-Length: 2\r\n") + "{}", 0},
		"a length and chunks":            {head(post, "/v1/patients/search", chunked+"Content-Length: 2\r\n") + "0\r\n\r\n", 400},
		"no host":                        {"GET /v1/me HTTP/1.1\r\n\r\n", 0},
		"another protocol":               {"GET /v1/me HTTP/9.9\r\n\r\n", 0},
		"no protocol":                    {canary + "\r\n\r\n", 0},
		"a header that is none":          {"GET /v1/me HTTP/1.1\r\nHost: central\r\n" + canary + "\r\n\r\n", 0},
		"a path with a patient's number": {head(get, "/v1/patients/"+person.NHSNumber, ""), 404},
		"a path with signs":              {head(get, "/v1/plans/%00%ff%2e%2e%2f"+canary, ""), 404},
		"a path with another one in it":  {head(get, "/v1//plans/../me", ""), 404},
		"a whole address as the path":    {head(get, "http://elsewhere/"+canary, ""), 404},
		"a method of one's own":          {head(canary, "/v1/me", ""), 405},
		"an upgrade":                     {head(get, "/v1/worklists/"+canary, "Connection: Upgrade\r\nUpgrade: websocket\r\n"), 404},
	} {
		t.Run(name, func(t *testing.T) {
			line, err := net.Dial("tcp", address)
			require.NoError(t, err)
			defer line.Close()
			require.NoError(t, line.SetDeadline(time.Now().Add(time.Minute)))
			_, err = io.WriteString(line, one.request)
			require.NoError(t, err)
			if !strings.HasPrefix(one.request, get) || one.status == 0 { // whoever closes while reading has given the request up
				require.NoError(t, line.(*net.TCPConn).CloseWrite())
			}
			answer, err := http.ReadResponse(bufio.NewReader(line), nil)
			require.NoError(t, err)
			body, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.NotContains(t, string(body), canary)
			require.NotContains(t, string(body), person.NHSNumber)
			if one.status == 0 {
				require.GreaterOrEqual(t, answer.StatusCode, 400)
				require.Less(t, answer.StatusCode, 506) // 505: a version of HTTP that the server does not speak
				return
			}
			require.Equal(t, one.status, answer.StatusCode, "%s", body)
			sound(t, "", answer.StatusCode, answer.Header, body, nil)
		})
	}
	now, err := w.as("gp").Plan(context.Background(), p.ID)
	require.NoError(t, err)
	require.Equal(t, p.Etag, now.Etag, "half a body changes nothing")
	require.NotContains(t, w.logged(), canary)
	require.NotContains(t, w.logged(), person.NHSNumber)
	require.NotContains(t, w.logged(), `"panic"`)
	require.NoError(t, w.s.store.Read(context.Background(), func(tx store.Tx) error {
		_, err := tx.PatientByNumber(person.NHSNumber)
		return err
	}))
}
