package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store/storetest"
	"cmc/forms"
)

// The test binary is the real program when it is asked to be.
func TestMain(m *testing.M) {
	if os.Getenv("CMC_CENTRAL_TEST") == "run" {
		main()
		os.Exit(0)
	}
	os.Exit(storetest.Main(m))
}

func program(args ...string) *exec.Cmd {
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), "CMC_CENTRAL_TEST=run")
	return command
}

// do runs a command to its end.
func do(t *testing.T, in string, args ...string) (string, error) {
	t.Helper()
	command := program(args...)
	command.Stdin = strings.NewReader(in)
	out, err := command.CombinedOutput()
	return string(out), err
}

// start serves and gives the address, once it is ready.
func start(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	command := program(append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	_, address := begin(t, command)
	return command, address
}

// begin starts a service and gives what it said before it was ready, and its address.
func begin(t *testing.T, command *exec.Cmd) (said, address string) {
	t.Helper()
	return launch(t, command)()
}

// launch starts a service; the function waits until it is ready.
func launch(t *testing.T, command *exec.Cmd) (ready func() (said, address string)) {
	t.Helper()
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	return func() (said, address string) {
		t.Helper()
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, address, found := strings.Cut(lines.Text(), "ready at "); found {
				go func() {
					for lines.Scan() {
					}
				}()
				return said, address
			}
			said += lines.Text() + "\n"
		}
		t.Fatal("the service never became ready")
		return "", ""
	}
}

func signIn(t *testing.T, base, username, password string) *api.Client {
	t.Helper()
	c, err := api.NewClient(base, api.ClientOptions{Timeout: 5 * time.Second})
	require.NoError(t, err)
	_, err = c.SignIn(context.Background(), api.Credentials{Username: username, Password: password})
	require.NoError(t, err)
	return c
}

func TestAServiceOfOnesOwn(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	command := program("serve", "--addr", "127.0.0.1:0", "--data", data)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill() })
	lines := bufio.NewScanner(out)
	var said strings.Builder
	address := ""
	for address == "" && lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		_, address, _ = strings.Cut(lines.Text(), "ready at ")
	}
	assert.Contains(t, said.String(), "cmc-central users add", "how to make the first account")

	// Accounts are made while it runs.
	answer, err := do(t, "a long enough password\n", "users", "add", "--data", data, "--username", "amina.osei", "--name", "Dr Amina Osei", "--role", "gp", "--org", "A12345", "--title", "GP partner", "--reg", "0000017")
	require.Error(t, err)
	assert.Contains(t, answer, "orgs add")
	answer, err = do(t, "", "orgs", "add", "--data", data, "--ods", "a12345", "--name", "The practice", "--kind", "gp_practice")
	require.NoError(t, err, answer)
	answer, err = do(t, "short\n", "users", "add", "--data", data, "--username", "amina.osei", "--name", "Dr Amina Osei", "--role", "gp", "--org", "A12345")
	require.Error(t, err)
	assert.Contains(t, answer, "at least 12 characters")
	answer, err = do(t, "a long enough password\n", "users", "add", "--data", data, "--username", "Amina.Osei", "--name", "Dr Amina Osei", "--role", "gp", "--org", "A12345", "--title", "GP partner", "--reg", "0000017")
	require.NoError(t, err, answer)
	answer, err = do(t, "a long enough password\n", "users", "add", "--data", data, "--username", "amina.osei", "--name", "Dr Amina Osei", "--role", "gp", "--org", "A12345")
	require.Error(t, err)
	assert.Contains(t, answer, "already")
	answer, err = do(t, "a long enough password\n", "users", "add", "--data", data, "--username", "x.y", "--name", "X", "--role", "wizard", "--org", "A12345")
	require.Error(t, err)
	assert.Contains(t, answer, "no such role")
	// What is printed beside every signature, and what plans are found by, is looked at first.
	answer, err = do(t, "a long enough password\n", "users", "add", "--data", data, "--username", "x.y", "--name", "X", "--role", "gp", "--org", "A12345", "--reg", "banana")
	require.Error(t, err)
	assert.Contains(t, answer, "egistration number")
	answer, err = do(t, "", "orgs", "add", "--data", data, "--ods", "not a code!", "--name", "X", "--kind", "gp_practice")
	require.Error(t, err)
	assert.NotContains(t, answer, "was kept")
	answer, err = do(t, "a long enough password\n", "users", "add", "--data", data, "--username", "x.y", "--name", "李 医生", "--role", "gp", "--org", "A12345")
	require.Error(t, err)
	assert.Contains(t, answer, "cannot print")

	c := signIn(t, address, "amina.osei", "a long enough password")
	me, err := c.Me(context.Background())
	require.NoError(t, err)
	assert.Equal(t, "The practice", me.Organisation.Name)
	answer, err = do(t, "", "users", "list", "--data", data)
	require.NoError(t, err)
	assert.Contains(t, answer, "amina.osei")
	// A second position, in which the person may choose to work, and its end.
	position := []string{"--data", data, "--username", "amina.osei", "--role", "hospice_nurse", "--org", "A12345"}
	answer, err = do(t, "", append([]string{"users", "position", "add"}, position...)...)
	require.NoError(t, err, answer)
	me, err = c.Me(context.Background())
	require.NoError(t, err)
	require.Len(t, me.Positions, 2)
	_, err = c.ChoosePosition(context.Background(), me.Positions[1].ID)
	require.NoError(t, err)
	answer, err = do(t, "", append([]string{"users", "position", "remove"}, position...)...)
	require.NoError(t, err, answer)
	_, err = c.Me(context.Background())
	require.True(t, api.IsCode(err, api.CodeUnauthenticated), "the session in it ended: %v", err)
	answer, err = do(t, "", append([]string{"users", "position", "remove"}, position...)...)
	require.Error(t, err)
	assert.Contains(t, answer, "does not hold")
	c = signIn(t, address, "amina.osei", "a long enough password")

	answer, err = do(t, "another good password\n", "users", "set-password", "--data", data, "--username", "amina.osei")
	require.NoError(t, err, answer)
	_, err = c.Me(context.Background())
	require.True(t, api.IsCode(err, api.CodeUnauthenticated), "every session ended: %v", err)
	c = signIn(t, address, "amina.osei", "another good password")
	answer, err = do(t, "", "users", "wipe", "--data", data, "--username", "amina.osei")
	require.Error(t, err, "without a reason")
	require.Contains(t, answer, "cmc-central users wipe")
	answer, err = do(t, "", "users", "wipe", "--data", data, "--username", "amina.osei", "--reason", "The computer was stolen")
	require.NoError(t, err, answer)
	assert.Contains(t, answer, "to be read offline: 0.")
	_, err = c.Me(context.Background())
	require.True(t, api.IsCode(err, api.CodeUnauthenticated), "every session ended: %v", err)
	answer, err = do(t, "", "users", "kept", "--data", data, "--username", "amina.osei")
	require.NoError(t, err, answer)
	assert.Contains(t, answer, "READABLE UNTIL")
	c = signIn(t, address, "amina.osei", "another good password")
	answer, err = do(t, "", "users", "disable", "--data", data, "--username", "amina.osei")
	require.NoError(t, err, answer)
	_, err = c.Me(context.Background())
	require.True(t, api.IsCode(err, api.CodeUnauthenticated))

	// A polite stop is quick and clean, though somebody listens.
	require.NoError(t, command.Process.Signal(syscall.SIGTERM))
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	select {
	case err := <-done:
		require.NoError(t, err)
	case <-time.After(8 * time.Second):
		t.Fatal("it does not stop")
	}
	answer, err = do(t, "", "verify-audit", "--data", data)
	require.NoError(t, err, answer)
	assert.Contains(t, answer, "whole")
	answer, err = do(t, "", "serve", "--addr", "127.0.0.1:0", "--data", data, "--training")
	require.Error(t, err)
	assert.Contains(t, answer, "real service")
}

func TestOnlyThisComputerWithoutACertificate(t *testing.T) {
	data := t.TempDir()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "example.org:0"} {
		answer, err := do(t, "", "serve", "--training", "--data", data, "--addr", addr)
		require.Error(t, err, addr)
		assert.Contains(t, answer, "--tls-cert", addr)
	}
	for _, args := range [][]string{{}, {"serve"}, {"users"}, {"users", "add", "--data", data}, {"dance"}, {"serve", "--data", data, "extra"}} {
		answer, err := do(t, "", args...)
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		assert.Equal(t, 2, exit.ExitCode())
		assert.Contains(t, answer, "cmc-central serve --data DIR")
	}
}

// putCertificate writes a certificate for this computer and its key, valid from and until, and gives their files and a pool that
// trusts it.
func putCertificate(t *testing.T, dir string, from, until time.Time) (cert, key string, trusted *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(from.UnixNano()), Subject: pkix.Name{CommonName: "cmc"}, NotBefore: from,
		NotAfter: until, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	raw, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(cert, public, 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw}), 0o600))
	trusted = x509.NewCertPool()
	require.True(t, trusted.AppendCertsFromPEM(public))
	return cert, key, trusted
}

func TestWithACertificate(t *testing.T) {
	dir := t.TempDir()
	cert, certKey, pool := putCertificate(t, dir, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	_, address := start(t, "--training", "--data", filepath.Join(dir, "data"), "--tls-cert", cert, "--tls-key", certKey)
	require.True(t, strings.HasPrefix(address, "https://"))

	c, err := api.NewClient(address, api.ClientOptions{})
	require.NoError(t, err)
	_, err = c.Service(context.Background())
	var unreachable *api.Unreachable
	require.ErrorAs(t, err, &unreachable)
	assert.Equal(t, api.HopTLS, unreachable.Hop)

	c, err = api.NewClient(address, api.ClientOptions{RootCAs: pool})
	require.NoError(t, err)
	info, err := c.Service(context.Background())
	require.NoError(t, err)
	assert.True(t, info.Training)
}

// A certificate expires at night. The desktop says so, and a new one in its place is enough: nobody restarts anything, and a
// pair that is only half there leaves the service answering.
func TestACertificateExpiresAndIsReplaced(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	cert, key, expired := putCertificate(t, dir, time.Now().Add(-48*time.Hour), time.Now().Add(-time.Hour))
	_, address := start(t, "--training", "--data", filepath.Join(dir, "data"), "--tls-cert", cert, "--tls-key", key)
	ask := func(pool *x509.CertPool) error {
		c, err := api.NewClient(address, api.ClientOptions{RootCAs: pool})
		require.NoError(t, err)
		_, err = c.Service(ctx)
		return err
	}
	var unreachable *api.Unreachable
	require.ErrorAs(t, ask(expired), &unreachable)
	assert.Equal(t, api.HopExpired, unreachable.Hop)
	assert.Contains(t, unreachable.Error(), "has expired, or this computer's clock is wrong")

	_, _, good := putCertificate(t, dir, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	require.NoError(t, ask(good), "served from the next connection on")
	require.NoError(t, os.WriteFile(key, []byte("half a k"), 0o600))
	require.NoError(t, ask(good), "the last good pair stays in use")
	_, _, next := putCertificate(t, dir, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	require.NoError(t, ask(next))
}

// The service dies in the middle of saving, again and again. Every save that was answered is there; the one that was under
// way is there whole or not at all; and the same save with its key can be sent again.
func TestKilledInTheMiddleOfASave(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	ctx := context.Background()
	command, address := start(t, "--training", "--data", data)
	c := signIn(t, address, "gp", "training")
	typed := forms.Answers{}
	typed.SetText("family_name", "Example")
	typed.SetText("given_name", "Killed")
	typed.SetText("birth_date", "1950-01-01")
	p, err := c.CreatePlan(ctx, api.NewPlan{Answers: typed}, "")
	require.NoError(t, err)
	for round := range 4 {
		answered := p
		type sent struct {
			patch []byte
			etag  string
			key   string
			words string
		}
		var last sent
		go func() {
			time.Sleep(time.Duration(40+60*round) * time.Millisecond)
			_ = command.Process.Kill()
		}()
		for n := 0; ; n++ {
			words := fmt.Sprintf("Round %d, save %d", round, n)
			patch, err := json.Marshal(map[string]any{"urgent_banner": map[string]any{"value": words}})
			require.NoError(t, err)
			last = sent{patch, answered.Etag, fmt.Sprintf("key-%d-%d", round, n), words}
			next, err := c.PatchDraft(ctx, p.ID, patch, last.etag, last.key)
			if err != nil {
				require.True(t, api.IsUnreachable(err), "%v", err)
				assert.NotContains(t, err.Error(), "Example")
				break
			}
			answered = next
		}
		_ = command.Wait()

		command, address = start(t, "--training", "--data", data)
		c = signIn(t, address, "gp", "training")
		now, err := c.Plan(ctx, p.ID)
		require.NoError(t, err)
		have := now.Draft.Answers["urgent_banner"].Text
		assert.Contains(t, []string{answered.Draft.Answers["urgent_banner"].Text, last.words}, have)
		again, err := c.PatchDraft(ctx, p.ID, last.patch, last.etag, last.key)
		require.NoError(t, err, "the same save, sent again, is answered and done once")
		assert.Equal(t, last.words, again.Draft.Answers["urgent_banner"].Text)
		p = again
	}
	_ = command.Process.Kill()
	_ = command.Wait()
	answer, err := do(t, "", "verify-audit", "--data", data)
	require.NoError(t, err, answer)
}

// The organisation chooses after how many idle minutes desktops lock; never is no choice.
func TestTheIdleMinutesOfTheLock(t *testing.T) {
	for _, bad := range []string{"0", "-1", "16"} {
		err := serve(t.Context(), []string{"--training", "--data", t.TempDir(), "--addr", "127.0.0.1:0", "--lock-minutes", bad}, io.Discard, io.Discard)
		require.ErrorContains(t, err, "--lock-minutes is from 1 to 15")
	}
	for _, bad := range []string{"-1", "16"} {
		answer, err := do(t, "", "orgs", "add", "--data", t.TempDir(), "--ods", "A12345", "--name", "The practice", "--kind", "gp_practice", "--lock-minutes", bad)
		require.Error(t, err)
		require.Contains(t, answer, "--lock-minutes is from 1 to 15")
	}
}

// Whoever runs the service says which desktops it serves; what cannot be compared, or would shut everybody out, is refused at the start.
func TestWhichDesktopsAreServed(t *testing.T) {
	for _, bad := range [][]string{{"--newest-client", "latest"}, {"--oldest-client", "2"}, {"--newest-client", "1.4.0", "--oldest-client", "1.5.0"}} {
		err := serve(t.Context(), append([]string{"--training", "--data", t.TempDir(), "--addr", "127.0.0.1:0"}, bad...), io.Discard, io.Discard)
		require.ErrorContains(t, err, "-client is ", bad)
	}
	_, address := start(t, "--training", "--data", t.TempDir(), "--newest-client", "1.5.0", "--oldest-client", "v1.4", "--client-from", "It is in the shop.")
	c, err := api.NewClient(address, api.ClientOptions{UserAgent: "cmc/1.3.9 (linux)"})
	require.NoError(t, err)
	info, err := c.Service(t.Context())
	require.NoError(t, err)
	require.Equal(t, &api.Releases{Newest: "1.5.0", Oldest: "v1.4", From: "It is in the shop."}, info.Client)
	_, err = c.SignIn(t.Context(), api.Credentials{Username: "gp", Password: "training"})
	require.True(t, api.IsCode(err, api.CodeUpdate), "%v", err)
}

// Whoever leaves something out reads what, and not the list of all flags alone.
func TestWhatIsMissingIsNamed(t *testing.T) {
	for args, want := range map[string]string{
		"serve":                                "--data DIR or --database ADDRESS,",
		"users add --data x":                   "--username",
		"users add --data x --username a.osei": "--name, --role or --org",
		"server":                               `no command "server"`,
	} {
		err := run(t.Context(), strings.Fields(args), nil, io.Discard, io.Discard)
		require.ErrorIs(t, err, errUsage, args)
		require.ErrorContains(t, err, want, args)
	}
}
