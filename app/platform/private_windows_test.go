package platform

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

// rights gives the list of who may do what with a file or folder, in Windows' own notation.
func rights(t *testing.T, path string) string {
	t.Helper()
	descriptor, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	return descriptor.String()
}

func mustBePrivate(t *testing.T, path string) {
	t.Helper()
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	list := rights(t, path)
	if !strings.Contains(list, ";;;"+user.User.Sid.String()+")") {
		t.Errorf("this user may not read what is this user's own: %s", list)
	}
	for _, others := range []string{";;;WD)", ";;;BU)", ";;;AU)"} { // everyone, users, whoever has signed in
		if strings.Contains(list, others) {
			t.Errorf("others may read it: %s", list)
		}
	}
}

func TestWhatIsPrivateIsPrivateOnWindows(t *testing.T) {
	root := filepath.Join(folder(t), "a", "b")
	for range 2 {
		if err := PrivateDir(root); err != nil {
			t.Fatal(err)
		}
	}
	mustBePrivate(t, root)
	mustBePrivate(t, filepath.Dir(root))
	// A file is private in a folder that is not, and in place of one that was not.
	open := folder(t)
	path := filepath.Join(open, "page.pdf")
	everyone, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;WD)")
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := everyone.DACL()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("there"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION, nil, nil, list, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(rights(t, path), ";;;WD)") {
		t.Fatalf("the test could not open the file to everyone: %s", rights(t, path))
	}
	if err := WriteFile(path, []byte("page"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustBePrivate(t, path)
	if err := PrivateDir(path); err == nil {
		t.Fatal("a file was taken for a folder")
	}
}

// Somebody has the page open in a viewer and saves it again under the same name.
func TestAFileThatIsOpenElsewhere(t *testing.T) {
	dir := folder(t)
	path := filepath.Join(dir, "page.pdf")
	if err := WriteFile(path, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	viewer, err := windows.CreateFile(name, windows.GENERIC_READ, windows.FILE_SHARE_READ, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("second"), 0o600); !errors.Is(err, ErrInUse) {
		t.Errorf("it gave %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := windows.CloseHandle(viewer); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("second"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "second" {
		t.Fatalf("%q %v", got, err)
	}
}

func TestNamesThatWindowsDoesNotTake(t *testing.T) {
	for _, name := range []string{"what?.pdf", "a*.pdf", `a".pdf`, "a|b.pdf"} {
		if err := WriteFile(filepath.Join(folder(t), name), []byte("x"), 0o600); !errors.Is(err, ErrBadName) {
			t.Errorf("%s gave %v", name, err)
		}
	}
}
