package kept

import "testing"

func TestNamesForSQLite(t *testing.T) {
	for path, want := range map[string]string{
		"/home/a b/100%?#.db": "file:/home/a%20b/100%25%3F%23.db?vfs=cmc-kept",
		"C:/Users/Zoë/k.db":   "file:C:/Users/Zo%C3%AB/k.db?vfs=cmc-kept",
	} {
		if got := fileURI(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}
