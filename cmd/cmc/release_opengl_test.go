package main

// What may change here: what is proved of a software OpenGL that is packed beside the Windows program. Its files are stand-ins here; what was
// done with a real one stands in docs/figures.md.

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// packsOpenGL packs the program again with several files beside it, and sees that none gets in that is not the one that was meant.
func packsOpenGL(t *testing.T, stage string) {
	dir, with, out := t.TempDir(), filepath.Join(t.TempDir(), "stage"), t.TempDir()
	output(t, "cp", "-rp", stage, with)
	require.NoError(t, os.RemoveAll(filepath.Join(with, "zip")))
	pack := func(hash func([]byte) string, names ...string) (string, error) {
		var files, sums string
		for _, name := range names {
			path := filepath.Join(dir, name)
			require.NoError(t, os.WriteFile(path, []byte("stands for "+name), 0o600))
			files, sums = files+path+" ", sums+hash([]byte("stands for "+name))+" "
		}
		return script(t, "dist", []string{"windows"}, []string{"STAGE=" + with, "OUT=" + out, "VERSION=1.0.7", "MESA=" + files, "MESA_SHA256=" + sums})
	}
	right := func(raw []byte) string { return fmt.Sprintf("%x", sha256.Sum256(raw)) }
	wrong := func([]byte) string { return right(nil) }
	none := func([]byte) string { return "" }
	for _, refused := range []struct {
		hash  func([]byte) string
		names []string
	}{{wrong, []string{"opengl32.dll"}}, {none, []string{"opengl32.dll"}}, {right, []string{"libglapi.dll"}}, {right, []string{"opengl32.dll", "cmc.exe"}}} {
		said, err := pack(refused.hash, refused.names...)
		require.Error(t, err, "%v: %s", refused.names, said)
		files, err := os.ReadDir(out)
		require.NoError(t, err)
		require.Empty(t, files, "%v", refused.names)
	}
	names := []string{"opengl32.dll", "libgallium_wgl.dll", "mesa_licence.txt"}
	said, err := pack(right, names...)
	require.NoError(t, err, said)
	inZip := output(t, "unzip", "-Z1", filepath.Join(out, "cmc-1.0.7-windows-x64.zip"))
	inInstaller := output(t, "msiinfo", "export", filepath.Join(out, "cmc-1.0.7-windows-x64.msi"), "File")
	for _, name := range append(names, "cmc.exe") {
		require.Contains(t, inZip, "cmc-1.0.7-windows-x64/"+name+"\n")
		require.Contains(t, inInstaller, "\t"+name+"\t")
	}
}
