//go:build linux

package networktest

// What may change here: how the real proxy of the tests is started.

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Helpers is where Debian's squid has the programs that look at names and passwords.
const Helpers = "/usr/lib/squid/"

// Squid starts a real squid of the test's own (Debian's package squid, which .ci/need installs) with these lines in its settings
// besides, and gives its address. It takes Away for this computer. log is where it writes what it was asked.
func Squid(t *testing.T, lines func(folder string) string) (address *url.URL, log string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "squid")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	require.NoError(t, os.Chmod(folder, 0o755)) //nolint:gosec // its helpers are another user's
	file := func(name, words string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(words), 0o644))
		return path
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := listener.Addr().String()
	require.NoError(t, listener.Close())
	log = filepath.Join(folder, "access.log")
	config := file("squid.conf", fmt.Sprintf(`http_port %s
hosts_file %s
pid_filename none
cache_log %s/cache.log
access_log stdio:%s
coredump_dir %s
cache deny all
memory_cache_shared off
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
%s
http_access deny all
`, at, file("hosts", "127.0.0.1 "+Away+"\n"), folder, log, folder, lines(folder)))
	if os.Getuid() == 0 { // squid itself becomes this user
		who, err := user.Lookup("proxy")
		require.NoError(t, err)
		id, err := strconv.Atoi(who.Uid)
		require.NoError(t, err)
		require.NoError(t, os.Chown(folder, id, -1))
	}
	said := new(strings.Builder)
	command := exec.Command("/usr/sbin/squid", "-N", "-f", config)
	command.Stdout, command.Stderr = said, said
	require.NoError(t, command.Start(), "squid is missing: .ci/need test installs it")
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
	})
	for range 100 {
		if conn, err := net.Dial("tcp", at); err == nil {
			_ = conn.Close()
			return &url.URL{Scheme: "http", Host: at}, log
		}
		select {
		case <-ended:
			cache, _ := os.ReadFile(filepath.Join(folder, "cache.log"))
			require.Fail(t, "squid ended", "%s%s", said, cache)
		case <-time.After(100 * time.Millisecond):
		}
	}
	require.Fail(t, "squid does not answer")
	return nil, ""
}
