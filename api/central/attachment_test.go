package central

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/audit"
	"cmc/api/central/document"
	"cmc/api/central/store"
	"cmc/api/networktest"
	"cmc/forms"
	"cmc/forms/plan"
)

// photo is a real JPEG with the place of a phone in its EXIF. Each seed is another picture.
func photo(t *testing.T, seed uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = uint8(i) * seed
	}
	var plain bytes.Buffer
	require.NoError(t, jpeg.Encode(&plain, m, nil))
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x00GPS 51.5007 N 0.1246 W"
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	return append(out, plain.Bytes()[2:]...)
}

func pdf(words string) []byte {
	return []byte("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% " + words + "\nstartxref\n9\n%%EOF\n")
}

// naming puts a row with a file into a draft, all of it answered.
func (w *ward) naming(username string, p *api.Plan, ref forms.FileRef) (*api.Plan, error) {
	w.t.Helper()
	next := p.Draft.Answers.Clone()
	row := forms.Answers{}
	row.SetChoice(plan.AttKind, "letter")
	row[plan.AttFile] = forms.FileAnswer(ref)
	row.SetText(plan.AttCapturedOn, "2026-11-01")
	row.SetChoice(plan.AttMatchesPlan, "yes")
	next[plan.Attachments] = forms.RowsAnswer(append(next[plan.Attachments].Rows, forms.Row{ID: forms.NewRowID(), Answers: row})...)
	change, err := forms.MakePatch(p.Draft.Answers, next)
	require.NoError(w.t, err)
	return w.as(username).PatchDraft(context.Background(), p.ID, change, p.Etag, "")
}

func (w *ward) audited(planID, action string) int {
	w.t.Helper()
	n := 0
	require.NoError(w.t, w.s.store.Read(context.Background(), func(tx store.Tx) error {
		lines, err := tx.AuditOf(planID, 1000)
		for _, one := range lines {
			if one.Action == action {
				n++
				assert.Regexp(w.t, "^sha256 [0-9a-f]{64}$", one.What)
				assert.NotEmpty(w.t, one.Who)
			}
		}
		return err
	}))
	return n
}

func TestACopyGoesInAndComesOut(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.begin("gp", w.without("X99001"))
	raw := photo(t, 3)
	require.Contains(t, string(raw), "GPS")
	ref, err := w.as("gp").Attach(ctx, p.ID, "chart.jpg", raw)
	require.NoError(t, err)
	assert.Equal(t, "chart.jpg", ref.Name)
	assert.Equal(t, document.JPEG, ref.MediaType)
	assert.Less(t, ref.Size, int64(len(raw)))

	kept, err := w.as("gp").Attachment(ctx, p.ID, ref.SHA256)
	require.NoError(t, err)
	assert.EqualValues(t, len(kept), ref.Size)
	assert.NotContains(t, string(kept), "GPS", "the place is gone")
	before, err := jpeg.Decode(bytes.NewReader(raw))
	require.NoError(t, err)
	after, err := jpeg.Decode(bytes.NewReader(kept))
	require.NoError(t, err)
	assert.Equal(t, before, after)
	assert.Equal(t, 1, w.audited(p.ID, audit.Attach))
	assert.Equal(t, 1, w.audited(p.ID, audit.Attachment))

	again, err := w.as("gp").Attach(ctx, p.ID, "other name.jpg", raw)
	require.NoError(t, err)
	assert.Equal(t, ref.SHA256, again.SHA256)
	assert.Equal(t, 1, w.audited(p.ID, audit.Attach), "kept once")

	p, err = w.naming("gp", p, *ref)
	require.NoError(t, err)
	assert.Equal(t, *ref, *p.Draft.Answers[plan.Attachments].Rows[len(p.Draft.Answers[plan.Attachments].Rows)-1].Answers[plan.AttFile].File)

	status, headers, body := w.raw(get, "/v1/plans/"+p.ID+"/attachments/"+ref.SHA256, w.bearer("gp"), "")
	assert.Equal(t, 200, status)
	assert.Equal(t, kept, body)
	assert.Equal(t, "image/jpeg", headers.Get("Content-Type"))
	assert.Equal(t, `attachment; filename="copy.jpg"`, headers.Get("Content-Disposition"))
	assert.Equal(t, "nosniff", headers.Get("X-Content-Type-Options"))
	assert.NotContains(t, w.logged(), ref.SHA256)
	assert.NotContains(t, w.logged(), "chart.jpg")
}

func TestCopiesThatAreRefused(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.begin("gp", w.without("X99001"))
	gp := w.as("gp")
	largest := append(append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("%\n"), (document.MaxSize-40)/2)...), "\nstartxref\n9\n%%EOF\n"...)
	require.LessOrEqual(t, len(largest), document.MaxSize)
	for name, one := range map[string]struct {
		raw    []byte
		status int
		code   string
	}{
		"words":       {[]byte("Dear colleague"), 415, api.CodeInvalid},
		"nothing":     {nil, 415, api.CodeInvalid},
		"a program":   {[]byte("MZ\x90\x00 program"), 415, api.CodeInvalid},
		"cut off":     {photo(t, 3)[:300], 422, api.CodeInvalid},
		"a cut PDF":   {pdf("x")[:40], 422, api.CodeInvalid},
		"a script":    {pdf("x\n<< /S /JavaScript /JS (x) >>"), 422, api.CodeInvalid},
		"a protected": {pdf("x\n<< /Encrypt 2 0 R >>"), 422, api.CodeInvalid},
	} {
		_, err := gp.Attach(ctx, p.ID, "a", one.raw)
		refusal := refused(t, err, one.code)
		assert.Equal(t, one.status, refusal.Status, name)
		assert.Regexp(t, `^[A-Z].*\.$`, refusal.Title, name)
		assert.NotEmpty(t, refusal.Detail)
	}
	path := "/v1/plans/" + p.ID + "/attachments"
	headers := w.bearer("gp")
	headers["Content-Type"] = "image/png"
	status, got, body := w.raw(post, path, headers, "plain words, said to be a picture")
	assert.Equal(t, 415, status, "what the sender says is not believed")
	assert.Contains(t, problemIn(t, got, body).Title, "PDF, JPEG or PNG")
	status, _, body = w.raw(post, path, headers, string(pdf("said to be a picture")))
	assert.Equal(t, 200, status)
	assert.Contains(t, string(body), document.PDF, "what it is, is read from its bytes")
	headers["Content-Type"] = "text/html"
	status, _, _ = w.raw(post, path, headers, string(pdf("b")))
	assert.Equal(t, 415, status)
	delete(headers, "Authorization")
	headers["Content-Type"] = "image/png"
	status, _, _ = w.raw(post, path, headers, "x")
	assert.Equal(t, 401, status)

	_, err := gp.Attach(ctx, p.ID, "largest.pdf", largest)
	require.NoError(t, err)
	// Larger ones, with their size said before and without.
	for _, said := range []bool{true, false} {
		reader := io.Reader(bytes.NewReader(append(largest, bytes.Repeat([]byte(" "), 1000)...)))
		if !said {
			reader = io.MultiReader(reader)
		}
		request, err := http.NewRequest(post, w.web.URL+path, reader)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+gp.Token())
		request.Header.Set("Content-Type", document.PDF)
		request.Header.Set("Expect", "100-continue")
		answer, err := (&http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}).Do(request)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, http.StatusRequestEntityTooLarge, answer.StatusCode)
		assert.Equal(t, api.CodeTooLarge, problemIn(t, answer.Header, body).Code())
	}
	// A line that breaks half way leaves nothing behind.
	line, err := net.Dial("tcp", strings.TrimPrefix(w.web.URL, "http://"))
	require.NoError(t, err)
	whole := pdf("on its way")
	_, err = fmt.Fprintf(line, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		path, gp.Token(), document.PDF, len(whole), whole[:len(whole)-5])
	require.NoError(t, err)
	require.NoError(t, line.(*net.TCPConn).CloseWrite())
	_, err = io.ReadAll(line)
	require.NoError(t, err)
	require.NoError(t, line.Close())
	assert.Equal(t, 2, w.audited(p.ID, audit.Attach), "the largest and the one that said it was a picture")
	require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) error {
		there, err := tx.AttachmentsOf(p.ID)
		assert.Len(t, there, 2)
		return err
	}))
}

// Over a slow line a copy takes longer than a server gives to other requests.
func TestACopyOverASlowLine(t *testing.T) {
	w := openWard(t, nil)
	p := w.begin("gp", w.without("X99001"))
	server := httptest.NewUnstartedServer(w.s.Handler())
	server.Config.ReadTimeout, server.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	server.Start()
	defer server.Close()
	const slow = 900 * time.Millisecond
	whole := append(append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("%\n"), (document.MaxSize-40)/2)...), "\nstartxref\n9\n%%EOF\n"...)
	out, in := io.Pipe()
	go func() {
		_, _ = in.Write(whole[:len(whole)/2])
		time.Sleep(slow)
		_, _ = in.Write(whole[len(whole)/2:])
		_ = in.Close()
	}()
	request, err := http.NewRequest(post, server.URL+"/v1/plans/"+p.ID+"/attachments", out)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+w.as("gp").Token())
	request.Header.Set("Content-Type", document.PDF)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	var ref forms.FileRef
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&ref))
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 200, answer.StatusCode)

	request, err = http.NewRequest(get, server.URL+"/v1/plans/"+p.ID+"/attachments/"+ref.SHA256, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+w.as("gp").Token())
	answer, err = http.DefaultClient.Do(request)
	require.NoError(t, err)
	time.Sleep(slow)
	got, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.True(t, bytes.Equal(whole, got))
}

// A copy may take as long as it likes over a slow line, both ways, as long as it moves; one that stands still, or only trickles, is given
// up, so that nobody holds the service with half a file.
func TestACopyTakesAsLongAsItMoves(t *testing.T) {
	before := fileLine
	t.Cleanup(func() { fileLine = before })
	fileLine = lineLimits{quiet: 800 * time.Millisecond, least: 32 << 10}
	w := openWard(t, nil)
	p := w.begin("gp", w.without("X99001"))
	server := httptest.NewUnstartedServer(w.s.Handler())
	server.Config.ReadTimeout, server.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	var closed sync.Map // by the address of who was served
	server.Config.ConnState = func(line net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed.Store(line.RemoteAddr().String(), true)
		}
	}
	server.Start()
	defer server.Close()
	at := server.Listener.Addr().String()
	whole := append(append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("%\n"), 500<<10)...), "\nstartxref\n9\n%%EOF\n"...)
	token := w.as("gp").Token()

	slow, err := api.NewClient("http://"+networktest.Slow(t, at, 600<<10, 50*time.Millisecond), api.ClientOptions{})
	require.NoError(t, err)
	slow.SetToken(token)
	began := time.Now()
	ref, err := slow.Attach(t.Context(), p.ID, "letter.pdf", whole)
	require.NoError(t, err)
	assert.Greater(t, time.Since(began), 2*fileLine.quiet, "longer than anything may stand still")
	began = time.Now()
	got, err := slow.Attachment(t.Context(), p.ID, ref.SHA256)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(whole, got))
	assert.Greater(t, time.Since(began), 2*fileLine.quiet)

	head := fmt.Sprintf("POST /v1/plans/%s/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		p.ID, token, document.PDF, len(whole))
	for name, piece := range map[string]int{"stands still": 0, "trickles": 1 << 10} {
		line, err := net.Dial("tcp", at)
		require.NoError(t, err)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = io.Copy(io.Discard, line)
		}()
		_, err = io.WriteString(line, head+string(whole[:100<<10]))
		require.NoError(t, err)
		began = time.Now()
		for sent := 100 << 10; ; sent += piece {
			select {
			case <-ended:
			case <-time.After(50 * time.Millisecond):
				_, _ = line.Write(whole[sent : sent+piece])
				if time.Since(began) < 5*time.Second {
					continue
				}
				assert.Fail(t, "it is not given up", name)
			}
			break
		}
		require.NoError(t, line.Close())
	}
	line, err := net.Dial("tcp", at)
	require.NoError(t, err)
	defer line.Close()
	require.NoError(t, line.(*net.TCPConn).SetReadBuffer(8<<10))
	large := append(append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("%\n"), (document.MaxSize-40)/2)...), "\nstartxref\n9\n%%EOF\n"...)
	ref, err = w.as("gp").Attach(t.Context(), p.ID, "letter.pdf", large)
	require.NoError(t, err)
	_, err = fmt.Fprintf(line, "GET /v1/plans/%s/attachments/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", p.ID, ref.SHA256, token)
	require.NoError(t, err)
	assert.Eventually(t, func() bool { _, gone := closed.Load(line.LocalAddr().String()); return gone }, 5*fileLine.quiet, 20*time.Millisecond,
		"whoever reads nothing is not waited for")
}

func TestAPlanNamesOnlyItsOwnCopies(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	other, err := w.as("carehome").CreatePlan(ctx, api.NewPlan{PatientID: w.without("VX991").ID}, "")
	require.NoError(t, err)
	foreign, err := w.as("carehome").Attach(ctx, other.ID, "other.pdf", pdf("other"))
	require.NoError(t, err)
	p := w.begin("gp", w.without("X99002"))
	own, err := w.as("gp").Attach(ctx, p.ID, "own.pdf", pdf("own"))
	require.NoError(t, err)

	_, err = w.as("gp").Attachment(ctx, p.ID, foreign.SHA256)
	refused(t, err, api.CodeNotFound)
	wrongSize, wrongKind := *own, *own
	wrongSize.Size++
	wrongKind.MediaType = document.PNG
	for _, ref := range []forms.FileRef{*foreign, wrongSize, wrongKind} {
		_, err = w.naming("gp", p, ref)
		refusal := refused(t, err, api.CodeInvalid)
		require.NotEmpty(t, refusal.Fields)
		last := refusal.Fields[len(refusal.Fields)-1]
		assert.Regexp(t, `^body\.attachments\.rows\.[^.]+\.answers\.att_file$`, last.Location)
		assert.Equal(t, plan.AttFile, last.Problem.Item)
	}
	typed := forms.Answers{}
	typed.SetText(plan.FamilyName, "Newcomer")
	typed.SetText(plan.GivenName, "Ann")
	typed.SetText(plan.BirthDate, "1950-01-01")
	row := forms.Answers{plan.AttFile: forms.FileAnswer(*foreign)}
	typed[plan.Attachments] = forms.RowsAnswer(forms.Row{ID: forms.NewRowID(), Answers: row})
	_, err = w.as("gp").CreatePlan(ctx, api.NewPlan{Answers: typed}, "")
	assert.Equal(t, plan.AttFile, refused(t, err, api.CodeInvalid).Fields[0].Problem.Item)

	// A draft that came to name a foreign one in another way is not approved, and can be saved all the same.
	p, err = w.naming("gp", p, *own)
	require.NoError(t, err)
	require.NoError(t, w.s.store.Write(ctx, func(tx store.Tx) error {
		draft, err := tx.Draft(p.ID)
		require.NoError(t, err)
		draft.Answers = bytes.ReplaceAll(draft.Answers, []byte(own.SHA256), []byte(foreign.SHA256))
		return tx.PutDraft(draft)
	}))
	p, err = w.as("gp").PatchDraft(ctx, p.ID, []byte(`{"preferred_name":{"value":"Bertie"}}`), p.Etag, "")
	require.NoError(t, err)
	p, err = w.as("gp").Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	_, err = w.as("gp").Approve(ctx, p.ID, w.approval(), p.Etag)
	assert.Contains(t, refused(t, err, api.CodeInvalid).Fields[0].Location, "att_file")
}

func TestWhoReadsACopy(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.begin("gp", w.without("X99001"))
	approved, err := w.as("gp").Attach(ctx, p.ID, "a.pdf", pdf("approved"))
	require.NoError(t, err)
	p, err = w.naming("gp", p, *approved)
	require.NoError(t, err)
	_, err = w.as("urgent").Attachment(ctx, p.ID, approved.SHA256)
	refused(t, err, api.CodeNotFound)
	_, err = w.as("practiceadmin").Attach(ctx, p.ID, "b.pdf", pdf("desk"))
	refused(t, err, api.CodeForbidden)
	_, err = w.as("practiceadmin").Attachment(ctx, p.ID, approved.SHA256)
	refused(t, err, api.CodeForbidden)

	p, err = w.as("gp").Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	p, err = w.as("gp").Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	_, err = w.as("gp").Attach(ctx, p.ID, "late.pdf", pdf("late"))
	refused(t, err, api.CodeState)
	_, err = w.as("gp").Amend(ctx, p.ID, "")
	require.NoError(t, err)
	drafted, err := w.as("gp").Attach(ctx, p.ID, "b.pdf", pdf("only in the draft"))
	require.NoError(t, err)

	_, err = w.as("urgent").Attachment(ctx, p.ID, approved.SHA256)
	refused(t, err, api.CodeReason)
	_, err = w.as("urgent").Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	got, err := w.as("urgent").Attachment(ctx, p.ID, approved.SHA256)
	require.NoError(t, err)
	assert.Equal(t, pdf("approved"), got)
	_, err = w.as("urgent").Attachment(ctx, p.ID, drafted.SHA256)
	refused(t, err, api.CodeNotFound)
	_, err = w.as("urgent").Attach(ctx, p.ID, "c.pdf", pdf("c"))
	refused(t, err, api.CodeForbidden)
	_, err = w.as("gp").Attachment(ctx, p.ID, drafted.SHA256)
	require.NoError(t, err)
	_, err = w.as("gp").Attachment(ctx, p.ID, "none")
	refused(t, err, api.CodeNotFound)

	// Suspended: urgent care reads nothing of it.
	_, err = w.as("gp").Suspend(ctx, p.ID, "Looked into")
	require.NoError(t, err)
	_, err = w.as("urgent").Attachment(ctx, p.ID, approved.SHA256)
	refused(t, err, api.CodeNotFound)
}

func TestCopiesAreFrozenAndCounted(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.begin("gp", w.without("X99001"))
	for i := range maxAttachments {
		_, err := w.as("gp").Attach(ctx, p.ID, "a.pdf", pdf(fmt.Sprint(i)))
		require.NoError(t, err)
	}
	_, err := w.as("gp").Attach(ctx, p.ID, "a.pdf", pdf("one more"))
	refused(t, err, api.CodeTooLarge)
	_, err = w.as("gp").Attach(ctx, p.ID, "a.pdf", pdf("7"))
	require.NoError(t, err, "one that is there costs nothing")
}
