//go:build unix

package kept

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"cmc/app/platform"
)

const folderEnv = "CMC_TEST_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(folderEnv); folder != "" {
		if err := onlyRead(folder); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// onlyRead is a program whose user may read the folder and not write there.
func onlyRead(folder string) error {
	s, err := Open(filepath.Join(folder, "k.db"), testKey, Options{})
	if err != nil {
		return err
	}
	if len(s.All()) != len(written()) || !platform.IsDenied(s.Report().ReadOnly) {
		return fmt.Errorf("%d records, report %+v", len(s.All()), s.Report())
	}
	if err := s.Change(map[string][]byte{"draft/new": []byte("x")}); !platform.IsDenied(err) {
		return fmt.Errorf("a change said %v", err)
	}
	if len(s.All()) != len(written()) {
		return fmt.Errorf("what could not be kept counts as kept")
	}
	if _, err := Open(filepath.Join(folder, "other.db"), testKey, Options{}); !platform.IsDenied(err) {
		return fmt.Errorf("a new store said %v", err)
	}
	return s.Close()
}

// The folder may only be read: what was kept before is read, and that nothing more can be kept is said. The program runs as an
// account that may not write there, whoever runs the test.
func TestAFolderThatMayOnlyBeRead(t *testing.T) {
	folder, err := os.MkdirTemp("", "cmc-read-only-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.Chmod(folder, 0o700)
		_ = os.RemoveAll(folder)
	})
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "kept.test")
	for path, raw := range map[string][]byte{program: self, filepath.Join(folder, "k.db"): whole(t)} {
		if err := os.WriteFile(path, raw, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for path, mode := range map[string]os.FileMode{program: 0o555, filepath.Join(folder, "k.db"): 0o444, folder: 0o555} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), program)
	command.Dir, command.Env = folder, append(os.Environ(), folderEnv+"="+folder)
	if os.Getuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
