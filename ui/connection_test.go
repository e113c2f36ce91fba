package ui_test

// What may change here: what is proved about the connection page.

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

// Whoever cannot reach the service reads which part of the way failed, and what to do.
func TestTheConnectionPageNamesWhatFailed(t *testing.T) {
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Welcome to our guest network</title>")
	}))
	t.Cleanup(portal.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	h := newHouse(t)
	h.press("Sign in with a user name")
	for address, says := range map[string]string{
		portal.URL: "A web page of this network answered instead of the central service. Open any page in your browser, and do what the network asks.",
		gone.URL:   "Its computer answers, but the service does not run there. You can go on writing. If this lasts, check the address under Connection, or call your help desk.",
	} {
		h.press("Connection")
		h.typed(address)
		h.key(fyne.KeyReturn)
		h.until(says, func() bool { return strings.Contains(strings.Join(strings.Fields(overlay(h)), " "), says) })
		h.press("Close")
	}
}
