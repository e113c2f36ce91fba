package main

// What may change here: what is proved of the packages that are given to others. They are built here as make dist builds them; the
// Windows ones are installed on a Windows that is made out of Wine for it and thrown away.

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/app/onwindows/winetest"
)

// script runs one of the project's own scripts and gives what it wrote.
func script(t *testing.T, name string, args, env []string) (string, error) {
	t.Helper()
	c := exec.Command(filepath.Join("..", "..", ".ci", name), args...)
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	return string(out), err
}

// packages builds everything in a folder of its own.
func packages(t *testing.T, version string) (stage, out string) {
	t.Helper()
	stage, out = filepath.Join(t.TempDir(), "stage"), filepath.Join(t.TempDir(), "release")
	said, err := script(t, "dist", nil, []string{"STAGE=" + stage, "OUT=" + out, "VERSION=" + version})
	require.NoError(t, err, said)
	return stage, out
}

func hashes(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	found := map[string][sha256.Size]byte{}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, f := range files {
		raw, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		found[f.Name()] = sha256.Sum256(raw)
	}
	return found
}

// output is what a program of this system wrote.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, args, out)
	return string(out)
}

// TestTheRelease builds what make dist builds, looks into it, signs it, and installs and uses it.
func TestTheRelease(t *testing.T) {
	stage, out := packages(t, "1.0.7")
	t.Run("the same bytes again", func(t *testing.T) {
		_, again := packages(t, "1.0.7")
		first := hashes(t, out)
		require.Len(t, first, 10)
		require.Equal(t, first, hashes(t, again))
	})
	t.Run("what is in them", func(t *testing.T) { looksInto(t, out) })
	t.Run("a software OpenGL", func(t *testing.T) { packsOpenGL(t, stage) })
	t.Run("signing", func(t *testing.T) { signs(t, stage, out) })
	t.Run("on Windows", func(t *testing.T) { usesOnWindows(t, stage, out) })
}

func looksInto(t *testing.T, out string) {
	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = out
	said, err := check.CombinedOutput()
	require.NoError(t, err, string(said))
	require.Equal(t, 9, strings.Count(string(said), ": OK"))

	deb := filepath.Join(out, "cmc_1.0.7_amd64.deb")
	held := output(t, "dpkg-deb", "-c", deb)
	for _, file := range []string{"./usr/bin/cmc\n", "./usr/share/applications/cmc.desktop\n", "./usr/share/icons/hicolor/scalable/apps/cmc.svg\n", "./etc/cmc/preset.conf\n"} {
		require.Contains(t, held, file)
	}
	root := t.TempDir()
	output(t, "dpkg-deb", "-x", deb, root)
	require.Equal(t, "cmc 1.0.7\n", output(t, filepath.Join(root, "usr", "bin", "cmc"), "-version"))
	output(t, "desktop-file-validate", filepath.Join(root, "usr", "share", "applications", "cmc.desktop"))
	for _, file := range []string{"/usr/bin/cmc\n", "/usr/share/applications/cmc.desktop\n"} {
		require.Contains(t, output(t, "rpm", "-qlp", filepath.Join(out, "cmc-1.0.7-1.x86_64.rpm")), file)
	}

	root = t.TempDir()
	output(t, "dpkg-deb", "-x", filepath.Join(out, "cmc-central_1.0.7_amd64.deb"), root)
	program := filepath.Join(root, "usr", "bin", "cmc-central")
	require.Contains(t, output(t, program, "version"), "1.0.7")
	// What the unit tells the service is what it takes: the line of its settings, as systemd would cut it.
	settings, err := os.ReadFile(filepath.Join(root, "etc", "cmc-central", "cmc-central.conf"))
	require.NoError(t, err)
	_, line, found := strings.Cut(string(settings), "\nCMC_ARGS=\"")
	require.True(t, found)
	line, _, _ = strings.Cut(line, "\"")
	args := strings.Fields(strings.NewReplacer("/var/lib/cmc-central", t.TempDir(), ":8443", ":0").Replace(line))
	serving := exec.Command(program, append([]string{"serve"}, args...)...)
	listening := serves(t, serving)
	require.True(t, strings.HasPrefix(listening.address, "http://127.0.0.1:"), listening.address)
	output(t, "systemd-analyze", "verify", "--recursive-errors=no", "--root="+root, "cmc-central.service")
	output(t, "systemd-analyze", "security", "--offline=true", "--threshold=15", filepath.Join(root, "usr", "lib", "systemd", "system", "cmc-central.service"))

	for _, made := range []struct{ file, with, without string }{
		{"cmc-1.0.7.cdx.json", "fyne.io/fyne/v2", "github.com/jackc/pgx/v5"}, {"cmc.exe-1.0.7.cdx.json", "fyne.io/fyne/v2", "github.com/jackc/pgx/v5"},
		{"cmc-central-1.0.7.cdx.json", "github.com/jackc/pgx/v5", "fyne.io/fyne/v2"},
	} {
		raw, err := os.ReadFile(filepath.Join(out, made.file))
		require.NoError(t, err)
		var bill struct {
			BOMFormat  string
			Components []struct{ Name string }
		}
		require.NoError(t, json.Unmarshal(raw, &bill))
		require.Equal(t, "CycloneDX", bill.BOMFormat)
		var names []string
		for _, c := range bill.Components {
			names = append(names, c.Name)
		}
		require.Contains(t, names, made.with, made.file)
		require.NotContains(t, names, made.without, made.file)
	}
	held = output(t, "unzip", "-Z1", filepath.Join(out, "cmc-1.0.7-windows-x64.zip"))
	for _, file := range []string{"cmc.exe", "README.txt", "policy/cmc.admx", "policy/en-GB/cmc.adml"} {
		require.Contains(t, held, "cmc-1.0.7-windows-x64/"+file+"\n")
	}
}

// signs makes a certificate, signs with it, and sees that one changed byte is noticed.
func signs(t *testing.T, stage, out string) {
	dir := t.TempDir()
	key, cert := filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	output(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Coordinate My Care test", "-addext", "extendedKeyUsage=codeSigning",
		"-addext", "keyUsage=digitalSignature", "-keyout", key, "-out", cert)
	signed := filepath.Join(dir, "signed")
	env := []string{"STAGE=" + stage, "OUT=" + signed, "VERSION=1.0.7", "CERT=" + cert, "KEY=" + key, "CA=" + cert}
	said, err := script(t, "sign", nil, env)
	require.NoError(t, err, said)
	require.Len(t, hashes(t, signed), 3)
	require.NotEqual(t, hashes(t, out)["cmc-1.0.7-windows-x64.msi"], hashes(t, signed)["cmc-1.0.7-windows-x64.msi"])
	output(t, "unzip", "-q", "-d", dir, filepath.Join(signed, "cmc-1.0.7-windows-x64.zip"))
	program := filepath.Join(dir, "cmc-1.0.7-windows-x64", "cmc.exe")
	output(t, "osslsigncode", "verify", "-CAfile", cert, "-in", program)
	raw, err := os.ReadFile(program)
	require.NoError(t, err)
	raw[len(raw)/2] ^= 1
	require.NoError(t, os.WriteFile(program, raw, 0o600))
	require.Error(t, exec.Command("osslsigncode", "verify", "-CAfile", cert, "-in", program).Run(), "a changed program")

	said, err = script(t, "sign", nil, slices.Concat(env, []string{"KEY=" + filepath.Join(dir, "none.pem")}))
	require.Error(t, err, said)
	require.NoDirExists(t, signed, "nothing unsigned is left where signed files are looked for")
}

// serving is the service in a process of its own.
type serving struct {
	address string
	mu      sync.Mutex
	log     bytes.Buffer
}

func (s *serving) says() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// serves starts it and waits until it listens.
func serves(t *testing.T, c *exec.Cmd) *serving {
	t.Helper()
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	c.Stderr = c.Stdout
	require.NoError(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	s, ready := &serving{}, make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, address, found := strings.Cut(lines.Text(), "ready at "); found {
				ready <- address
			}
			s.mu.Lock()
			s.log.WriteString(lines.Text() + "\n")
			s.mu.Unlock()
		}
	}()
	select {
	case s.address = <-ready:
	case <-time.After(30 * time.Second):
		t.Fatalf("the service never became ready: %s", s.says())
	}
	return s
}

// usesOnWindows installs the program silently, does the main job with it at a real service, and takes it away again.
func usesOnWindows(t *testing.T, stage, out string) {
	service := serves(t, exec.Command(filepath.Join(stage, "cmc-central"), "serve", "--training", "--data", t.TempDir(), "--addr", "127.0.0.1:0"))
	s := newScreen(t, noOpenGL...)
	w := winetest.New(t, s.display)
	msi := func(args ...string) error {
		_, err := winetest.Output(t, w.Program(t.Context(), append([]string{"msiexec"}, args...)...))
		return err
	}
	file := func(dir, version string) string {
		return `Z:` + strings.ReplaceAll(filepath.Join(dir, "cmc-"+version+"-windows-x64.msi"), "/", `\`)
	}
	value := func(key, name string) string {
		said, err := winetest.Output(t, w.Program(t.Context(), "reg", "query", key, "/v", name))
		if err != nil {
			return ""
		}
		_, value, _ := strings.Cut(string(said), "REG_SZ")
		return strings.TrimSpace(value)
	}
	const settled, program = `HKLM\Software\Coordinate My Care`, `C:\Program Files\Coordinate My Care\cmc.exe`
	folder := filepath.Join(w.Disk, "Program Files", "Coordinate My Care")

	require.NoError(t, msi("/i", file(out, "1.0.7"), "/qn", "SERVICEADDRESS="+service.address, "SINGLESIGNONONLY=1"))
	require.FileExists(t, filepath.Join(folder, "cmc.exe"))
	require.FileExists(t, filepath.Join(folder, "policy", "en-GB", "cmc.adml"))
	require.Equal(t, service.address, value(settled, "ServiceAddress"))
	require.Equal(t, "1", value(settled, "SingleSignOnOnly"))
	require.Empty(t, value(settled, "IdleLockMinutes"), "what was not given is not settled")
	require.Contains(t, w.Do("reg", "query", `HKLM\Software\Classes\cmc\shell\open\command`, "/ve"), `"`+program+`" "%1"`)
	var links []string
	for _, menu := range []string{"ProgramData", filepath.Join("users", "*", "AppData", "Roaming")} { // Wine takes the second
		found, err := filepath.Glob(filepath.Join(w.Disk, menu, "Microsoft", "Windows", "Start Menu", "Programs", "Coordinate My Care.lnk"))
		require.NoError(t, err)
		links = append(links, found...)
	}
	require.NotEmpty(t, links, "the Start menu")

	// A newer one takes its place and keeps what was settled; the older one is refused.
	newer := t.TempDir()
	said, err := script(t, "dist", []string{"windows"}, []string{"STAGE=" + stage, "OUT=" + newer, "VERSION=1.0.8"})
	require.NoError(t, err, said)
	require.NoError(t, msi("/i", file(newer, "1.0.8"), "/qn", "IDLELOCKMINUTES=3"))
	require.Equal(t, service.address, value(settled, "ServiceAddress"))
	require.Equal(t, "3", value(settled, "IdleLockMinutes"))
	uninstall := w.Do("reg", "query", `HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall`, "/s")
	require.Equal(t, 1, strings.Count(uninstall, "DisplayName "), uninstall)
	require.Contains(t, uninstall, "1.0.8")
	require.Error(t, msi("/i", file(out, "1.0.7"), "/qn"), "an older version over a newer one")
	// Repair puts back what is gone.
	require.NoError(t, os.Remove(filepath.Join(folder, "policy", "cmc.admx")))
	require.NoError(t, msi("/i", file(newer, "1.0.8"), "REINSTALL=ALL", "REINSTALLMODE=amus", "/qn")) // what /fa stands for; Wine has not that
	require.FileExists(t, filepath.Join(folder, "policy", "cmc.admx"))

	// The main job: a care-home nurse writes a plan and sends it, the GP approves it, the ambulance clinician reads it and saves the page.
	begun := time.Now()
	w.Do(program, "--tour", `C:\tour`, "--address", service.address, "--drawing", "software") // by itself it would begin again in another process
	t.Logf("the main job took %v", time.Since(begun).Round(time.Second))
	page := filepath.Join(w.Disk, "tour", summaryName)
	require.Contains(t, output(t, "pdfinfo", page), "Pages:           1\n")
	require.Contains(t, output(t, "pdftotext", "-layout", page, "-"), "Do NOT attempt CPR")
	if to := os.Getenv("CMC_PICTURES"); to != "" {
		output(t, "cp", "-r", filepath.Join(w.Disk, "tour"), filepath.Join(to, "windows"))
	}

	// Somebody stays signed in: the token is in the Credential Manager, and the program goes on after a sudden end.
	start := func() (stop func()) {
		c := w.Program(t.Context(), program)
		require.NoError(t, c.Start())
		return func() {
			w.Do("taskkill", "/f", "/im", "cmc.exe")
			_ = c.Wait()
		}
	}
	signIns := func() int { return strings.Count(service.says(), `"route":"POST /v1/sessions"`) }
	before := signIns()
	stop := start()
	for end := time.Now().Add(90 * time.Second); signIns() == before && time.Now().Before(end); time.Sleep(2 * time.Second) {
		if s.try("search", "--onlyvisible", "--name", "Coordinate My Care", "windowfocus") != nil {
			continue // it is still to come
		}
		s.do("mousemove", "730", "770", "click", "1") // "Sign in with a user name"
		time.Sleep(time.Second)
		s.do("type", "--delay", "30", "carehome")
		s.do("key", "Tab")
		s.do("type", "--delay", "30", "training")
		s.do("key", "Tab", "space") // "Keep me signed in on this computer"
		s.picture("windows-sign-in")
		s.do("key", "Tab", "Return")
	}
	require.Equal(t, before+1, signIns(), "somebody signed in")
	require.Eventually(t, func() bool {
		said, err := winetest.Output(t, w.Program(t.Context(), "reg", "query", `HKCU\Software\Wine\Credential Manager`, "/s"))
		return err == nil && strings.Contains(string(said), "Generic: Coordinate My Care:session ")
	}, 20*time.Second, time.Second, "the Credential Manager holds the token")
	stop()
	asked := strings.Count(service.says(), `"route":"GET /v1/worklists"`)
	stop = start()
	require.Eventually(t, func() bool { return strings.Count(service.says(), `"route":"GET /v1/worklists"`) > asked }, 60*time.Second, 200*time.Millisecond,
		"it goes on where it was")
	time.Sleep(time.Second)
	s.picture("windows-signed-in-again")
	require.Equal(t, before+1, signIns(), "without signing in again")
	stop()

	// Nothing is left but what is the person's own.
	require.NoError(t, msi("/x", file(newer, "1.0.8"), "/qn"))
	require.NoDirExists(t, folder)
	for _, key := range []string{settled, `HKLM\Software\Classes\cmc`} {
		_, err := winetest.Output(t, w.Program(t.Context(), "reg", "query", key))
		require.Error(t, err, key)
	}
	require.NotContains(t, w.Do("reg", "query", `HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall`, "/s"), "Coordinate My Care")
	for _, l := range links {
		require.NoFileExists(t, l)
	}
	own, err := filepath.Glob(filepath.Join(w.Disk, "users", "*", "AppData", "Local", "Coordinate My Care", "settings.json"))
	require.NoError(t, err)
	require.Len(t, own, 1, "what people wrote stays theirs")
}
