package store

import (
	"net/url"
	"testing"
)

func TestNamesOfFilesForSQLite(t *testing.T) {
	for path, want := range map[string]string{
		"/srv/a b/100%?#.db": "file:/srv/a%20b/100%25%3F%23.db?x=1",
		"C:/Users/Zoë/c.db":  "file:C:/Users/Zo%C3%AB/c.db?x=1",
	} {
		if got := fileURI(path, url.Values{"x": {"1"}}); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}
