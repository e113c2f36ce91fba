package cmd_test

// What may change here: what counts as work that must not run on the drawing thread, and as drawing that must run on it.
//
// How it is proved: whatever may block in cmc/app takes a context. In ui a context can only come from control.Work, which
// runs its function on a goroutine, or from a go statement. So it is enough that ui makes no context anywhere else, and
// touches no file, socket, process or keychain itself. The other way round, a function that runs on a goroutine may change
// the window only inside fyne.Do.

import (
	"go/ast"
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

// blocking are calls that wait for a disk, a network or another program.
var blocking = map[string][]string{
	"context":       {"*"}, // a context begins in control.Work alone
	"os":            {"Open", "OpenFile", "Create", "ReadFile", "WriteFile", "ReadDir", "Remove", "RemoveAll", "Rename", "Mkdir", "MkdirAll", "MkdirTemp", "CreateTemp", "Stat", "Lstat"},
	"time":          {"Sleep"},
	"os/exec":       {"*"},
	"net":           {"*"},
	"net/http":      {"*"},
	"database/sql":  {"*"},
	"path/filepath": {"Walk", "WalkDir", "Glob"},
}

// workFile holds control.Work. It is the one file that is not read: what it does is what all the others are held to.
const workFile = "../ui/control/work.go"

// drawing are methods that change what is on the window.
var drawing = map[string]bool{
	"SetText": true, "SetContent": true, "Refresh": true, "SetBusy": true, "Ready": true, "SetError": true, "SetTitle": true,
	"SetPlaceHolder": true, "SetIcon": true, "SetImage": true, "Unfocus": true, "FocusNext": true, "FocusPrevious": true,
	"SetResource": true, "SetChecked": true, "SetSelected": true, "ScrollToTop": true, "ScrollToBottom": true, "ScrollToOffset": true,
}

// threadFaults reads one file of ui and says where work and drawing stand on the wrong side.
func threadFaults(path, text string) ([]string, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	names := map[string]string{} // the name in this file -> import path
	for _, imp := range file.Imports {
		p, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			return nil, err
		}
		name := p[strings.LastIndex(p, "/")+1:]
		if p == "fyne.io/fyne/v2" {
			name = "fyne" // the last part of the path is only a version
		}
		if imp.Name != nil {
			name = imp.Name.Name
		}
		names[name] = p
	}
	var out []string
	fault := func(n ast.Node, words string) {
		out = append(out, set.Position(n.Pos()).String()+": "+words)
	}
	selector := func(call *ast.CallExpr) (string, string) {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				return x.Name, sel.Sel.Name
			}
			return "", sel.Sel.Name
		}
		if id, ok := call.Fun.(*ast.Ident); ok {
			return "", id.Name
		}
		return "", ""
	}
	// walk visits a node knowing on which side it stands: 0 unknown or drawing thread, 1 a goroutine.
	var walk func(n ast.Node, goroutine bool)
	walk = func(n ast.Node, goroutine bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			if m == n {
				return true
			}
			switch m := m.(type) {
			case *ast.GoStmt:
				if lit, ok := m.Call.Fun.(*ast.FuncLit); ok {
					walk(lit.Body, true)
					return false
				}
				return false // go f(x): f's own body is judged where it is written
			case *ast.CallExpr:
				pkg, name := selector(m)
				switch {
				case names[pkg] == "fyne.io/fyne/v2" && (name == "Do" || name == "DoAndWait"):
					if name == "DoAndWait" && !goroutine {
						fault(m, "fyne.DoAndWait on the drawing thread waits for itself")
					}
					for _, a := range m.Args {
						walk(&ast.ExprStmt{X: a}, false)
					}
					return false
				case name == "Work" && (strings.HasSuffix(names[pkg], "ui/control") || pkg == ""):
					for i, a := range m.Args {
						if lit, ok := a.(*ast.FuncLit); ok {
							walk(lit.Body, i == 0) // Work(do on a goroutine, done on the drawing thread)
						} else {
							walk(&ast.ExprStmt{X: a}, goroutine)
						}
					}
					return false
				}
				for _, b := range blocking[names[pkg]] {
					if (b == "*" || b == name) && !goroutine {
						fault(m, pkg+"."+name+" waits for the world and would freeze the window; put it in control.Work")
					}
				}
				if goroutine && drawing[name] && names[pkg] == "" {
					fault(m, name+" changes the window from a goroutine; put it in fyne.Do or in the done function of control.Work")
				}
			}
			return true
		})
	}
	walk(file, false)
	return out, nil
}

func TestDrawingThreadIsFree(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("../ui", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		if filepath.ToSlash(path) == workFile {
			return nil // control.Work itself: the one place where a context begins
		}
		faults, err := threadFaults(path, string(text))
		if err != nil {
			return err
		}
		for _, f := range faults {
			t.Error(f)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, seen, 20, "the walk must see the screens")
}

// TestDrawingThreadCheckCanFail shows that the checker sees each fault and leaves right code alone.
func TestDrawingThreadCheckCanFail(t *testing.T) {
	const head = "package x\nimport (\n\"context\"\n\"os\"\n\"fyne.io/fyne/v2\"\n\"cmc/ui/control\"\n)\n"
	for body, want := range map[string]int{
		`func f() { d.Worklists(context.Background()) }`:                                                     1,
		`func f() { b.do = func() { os.ReadFile("x") } }`:                                                    1,
		`func f() { go func() { os.ReadFile("x") }() }`:                                                      0,
		`func f() { go func() { label.SetText("x") }() }`:                                                    1,
		`func f() { go func() { fyne.Do(func() { label.SetText("x") }) }() }`:                                0,
		`func f() { fyne.Do(func() { os.ReadFile("x") }) }`:                                                  1,
		`func f() { fyne.DoAndWait(func() {}) }`:                                                             1,
		`func f() { control.Work(func(ctx context.Context) error { label.SetText("x"); return nil }, nil) }`: 1,
		`func f() { control.Work(func(ctx context.Context) error { _, err := os.ReadFile("x"); return err }, func(error) { label.SetText("x") }) }`: 0,
		`func f() { control.Work(func(ctx context.Context) error { return nil }, func(error) { os.ReadFile("x") }) }`:                               1,
	} {
		got, err := threadFaults("x.go", head+body)
		require.NoError(t, err, body)
		require.Len(t, got, want, "%s: %v", body, got)
	}
}
