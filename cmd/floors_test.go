package cmd_test

// What may change here: which floor a package stands on, and who alone may import a library. Each rule says why. Loosen one
// only with a new sentence that would convince a colleague.

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "cmc/"

// floors gives each room its floor: a package may import rooms on lower floors, and its own room.
var floors = []struct {
	room  string // path prefix inside the module; the first that matches counts
	floor int
	why   string
}{
	{"cmd", 4, "composition roots import everything and are imported by nothing"},
	{"ui", 3, "pixels know the desktop's brain, never the service"},
	{"app", 2, "the brain has no pixels and reaches the service only over the contract"},
	{"api/central", 2, "the service and the desktop meet only in the contract below both"},
	{"api", 1, "the contract knows the plan and nothing else"},
	{"forms", 0, "the plan is pure: it must mean the same on client and server"},
	{"assets", 0, "files only"},
}

// sameFloor lists the imports between rooms of one floor that are wanted.
var sameFloor = map[string]string{
	"forms -> assets": "the printed summary and its glyph check need the embedded font",
}

// alone names libraries that only some packages may import.
var alone = []struct {
	library string
	only    []string // path prefixes
	why     string
}{
	{"cmc/api/central", []string{"api/central", "cmd"}, "the desktop and the service meet only in the contract; cmd/cmc hosts the service for training"},
	{"fyne.io/fyne/v2/app", []string{"cmd/cmc"}, "it pulls in OpenGL and cgo: everything else builds and tests in seconds without them"},
	{"cmc/ui/softwindow", []string{"ui/softwindow", "cmd/cmc"}, "no screen may know whether its window is drawn with OpenGL"},
	{"fyne.io/fyne/v2", []string{"ui", "cmd/cmc"}, "the brain has no pixels"},
	{"github.com/go-gl/glfw", []string{"cmd/cmc"}, "the window belongs to Fyne: one file listens before it does, and one opens it where Fyne cannot"},
	{"github.com/jung-kurt/gofpdf", []string{"forms/summary"}, "it is archived: its maintained successor must be able to replace it in a day"},
	{"github.com/zalando/go-keyring", []string{"app/keychain"}, "it can block for ever: one package bounds it"},
	{"github.com/go-resty/resty/v2", []string{"api"}, "one client, so that retries and secrets are decided once"},
	{"github.com/Azure/go-ntlmssp", []string{"api"}, "it takes a password: one place shows it to a proxy"},
	{"github.com/alexbrainman/sspi", []string{"api"}, "it proves who is signed in to Windows: one place shows that to a proxy"},
	{"github.com/mattn/go-ieproxy", []string{"app/proxy"}, "it has Windows run a script, which touches the network: one place says when"},
	{"github.com/danielgtaylor/huma/v2", []string{"api/central"}, "the contract's types must not need a server library"},
	{"github.com/ncruces/go-sqlite3", []string{"api/central/store", "app/kept", "cmd/cmc-central"}, "two stores, each behind one package"},
	{"github.com/jackc/pgx/v5", []string{"api/central/store"}, "what is asked of a database is asked through store.Tx, whichever it is"},
	{"net/http", []string{"api", "cmd", "app/browser"}, "the desktop talks to the service through api.Client; app/browser alone hears the browser come back, on loopback"},
	{"database/sql", []string{"api/central", "app/drafts"}, "two stores, each behind one package"},
}

// badNames say nothing of what is inside.
var badNames = map[string]bool{"util": true, "utils": true, "common": true, "helpers": true, "helper": true, "manager": true, "misc": true}

type source struct {
	path, dir string
	imports   []string
}

// house reads the imports of every Go file that is not a test.
func house(t *testing.T, root string) []source {
	t.Helper()
	var files []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata" || d.Name() == "dist") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f := source{path: filepath.ToSlash(rel), dir: filepath.ToSlash(filepath.Dir(rel))}
		for _, imp := range parsed.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, name)
		}
		files = append(files, f)
		return nil
	})
	require.NoError(t, err)
	return files
}

func within(dir, prefix string) bool { return dir == prefix || strings.HasPrefix(dir, prefix+"/") }

func room(dir string) (name string, floor int, why string, ok bool) {
	for _, r := range floors {
		if within(dir, r.room) {
			return r.room, r.floor, r.why, true
		}
	}
	return "", 0, "", false
}

// faults lists every breach of the rules above.
func faults(files []source) []string {
	var out []string
	for _, f := range files {
		from, floor, why, ok := room(f.dir)
		if !ok {
			out = append(out, f.path+" stands in no room of the house")
			continue
		}
		for _, part := range strings.Split(f.dir, "/") {
			if badNames[part] {
				out = append(out, f.path+": a package called "+part+" says nothing of what is inside")
			}
		}
		for _, imp := range f.imports {
			if to, ok := strings.CutPrefix(imp, module); ok {
				name, below, _, known := room(to)
				allowed := known && (name == from || below < floor || sameFloor[from+" -> "+name] != "")
				if !allowed {
					out = append(out, f.path+" imports "+imp+": "+why)
					continue
				}
			}
			for _, a := range alone {
				if !within(imp, a.library) {
					continue
				}
				permitted := false
				for _, p := range a.only {
					permitted = permitted || within(f.dir, p)
				}
				if !permitted {
					out = append(out, f.path+" imports "+imp+": "+a.why)
				}
				break // the first library that matches is the most exact one
			}
		}
	}
	return out
}

func TestFloorsHold(t *testing.T) {
	files := house(t, "..")
	require.Greater(t, len(files), 20, "the walk must see the house")
	require.Empty(t, faults(files))
}

// TestFloorsCanFail shows that each kind of breach is seen.
func TestFloorsCanFail(t *testing.T) {
	for _, f := range []source{
		{path: "ui/x.go", dir: "ui", imports: []string{"cmc/api/central"}},
		{path: "app/x.go", dir: "app", imports: []string{"cmc/ui"}},
		{path: "app/x.go", dir: "app", imports: []string{"cmc/api/central/store"}},
		{path: "forms/x.go", dir: "forms", imports: []string{"cmc/api"}},
		{path: "assets/x.go", dir: "assets", imports: []string{"cmc/forms"}},
		{path: "app/x.go", dir: "app", imports: []string{"fyne.io/fyne/v2/widget"}},
		{path: "ui/x.go", dir: "ui", imports: []string{"fyne.io/fyne/v2/app"}},
		{path: "cmd/cmc-central/x.go", dir: "cmd/cmc-central", imports: []string{"fyne.io/fyne/v2/app"}},
		{path: "ui/x.go", dir: "ui", imports: []string{"github.com/zalando/go-keyring"}},
		{path: "ui/util/x.go", dir: "ui/util"},
		{path: "tools/x.go", dir: "tools"},
	} {
		require.Len(t, faults([]source{f}), 1, "%v", f)
	}
	require.Empty(t, faults([]source{{path: "forms/summary/x.go", dir: "forms/summary", imports: []string{"cmc/assets", "cmc/forms", "github.com/jung-kurt/gofpdf"}}}))
}
