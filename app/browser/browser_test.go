package browser

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func get(t *testing.T, address, host string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	require.NoError(t, err)
	request.Host = host
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
	return answer.StatusCode, string(page)
}

func TestOnlyTheAnswerThatWasAskedForIsTaken(t *testing.T) {
	l, err := Listen()
	require.NoError(t, err)
	redirect := l.Redirect()
	require.True(t, strings.HasPrefix(redirect, "http://127.0.0.1:"))
	status, _ := get(t, redirect+"?state=&code=early", "")
	assert.Equal(t, http.StatusBadRequest, status, "nobody waits yet")
	type answer struct {
		code string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		code, err := l.Wait(t.Context(), "the state")
		got <- answer{code, err}
	}()
	right := redirect + "?" + url.Values{"state": {"the state"}, "code": {"c0de"}}.Encode()
	for _, wrong := range []string{redirect, redirect + "?code=x", redirect + "?state=other&code=x", redirect + "?state=other&error=access_denied"} {
		status, page := get(t, wrong, "")
		assert.Equal(t, http.StatusBadRequest, status, wrong)
		assert.Contains(t, page, "no sign-in")
	}
	status, _ = get(t, right, "evil.example") // a name that was bent to this computer
	assert.Equal(t, http.StatusNotFound, status)
	status, _ = get(t, strings.Replace(right, "/callback", "/other", 1), "")
	assert.Equal(t, http.StatusNotFound, status)
	select {
	case a := <-got:
		t.Fatalf("%+v was taken", a)
	default:
	}
	for { // once Wait has said what it waits for
		status, page := get(t, right, "")
		if status == http.StatusOK {
			assert.Contains(t, page, "Go back to Coordinate My Care")
			assert.NotContains(t, page, "c0de")
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	assert.Equal(t, answer{"c0de", nil}, <-got)
	l.Close()
	_, err = http.Get(redirect)
	require.Error(t, err, "nothing listens any more")

	l, err = Listen()
	require.NoError(t, err)
	defer l.Close()
	go func() {
		code, err := l.Wait(t.Context(), "the state")
		got <- answer{code, err}
	}()
	for {
		if status, page := get(t, l.Redirect()+"?state=the+state&error=access_denied&error_description=x", ""); status == http.StatusOK {
			assert.Contains(t, page, "not signed in")
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	assert.ErrorIs(t, (<-got).err, ErrRefused)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	other, err := Listen()
	require.NoError(t, err)
	defer other.Close()
	_, err = other.Wait(ended, "x")
	require.ErrorIs(t, err, context.Canceled)
}

func TestOnlySafeAddressesAreOpened(t *testing.T) {
	t.Setenv("BROWSER", "/bin/true")
	for _, good := range []string{"https://id.example/auth?x=1&y=%20", "http://127.0.0.1:1/auth"} {
		assert.NoError(t, Open(good), good)
	}
	for _, bad := range []string{"", "id.example", "http://id.example/", "file:///etc/passwd", "javascript:alert(1)", "https://user:word@id.example/", "-x",
		"https://id.example/ x", "https://id.example/\"x", "https://id.example/\nx", "http://localhost/"} {
		assert.ErrorIs(t, Open(bad), ErrAddress, bad)
	}
	t.Setenv("BROWSER", "/no/such/browser")
	assert.ErrorIs(t, Open("https://id.example/"), ErrNoBrowser)
	// RFC 7636, appendix B.
	assert.Equal(t, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
}
