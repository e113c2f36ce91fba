// Package storetest starts real PostgreSQL for tests: the one that Debian ships, each cluster with a folder, a port and a
// password of its own, on loopback.
//
// Contract:
//   - Only tests import it. PostgreSQL is installed by .ci/need test; where it is missing a test fails and says so, and none
//     is left out.
//   - Database gives an empty database of the one cluster that the tests of a process share. That cluster stops when the
//     process ends, however it ends on Linux; TestMain calls Main, which also removes its folder.
//   - NewCluster gives a test a cluster of its own, which it may stop, kill and copy. It waits for the disk as a real one
//     does (fsync is on).
//   - Root may not run PostgreSQL: as root it runs as the user postgres, else as whoever runs the tests.
//   - Sorting by the database's own rules is English (ICU), not by bytes, so that a statement which relies on those is seen.
package storetest

// What may change here: how PostgreSQL is started for tests.

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startWait is how long a cluster may take until it answers: other tests may load the machine.
const startWait = 90 * time.Second

// A Cluster is one PostgreSQL server with its folder. Its functions are for one test's goroutine.
type Cluster struct {
	Dir      string            // holds data, the log and, when asked for, the archive
	Settings map[string]string // of postgresql.conf; a change counts from the next Start
	password string
	port     int
	running  *running
}

type running struct {
	process *os.Process
	ended   chan struct{}
}

var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
	made    atomic.Int64
}

// Main runs the tests of a package and then ends what they shared. TestMain calls it: os.Exit(storetest.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	if shared.cluster != nil {
		shared.cluster.remove()
	}
	return code
}

// Database gives the address of a new, empty database of the cluster that the tests of this process share.
func Database(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() {
		if shared.cluster, shared.err = create(); shared.err == nil {
			shared.err = shared.cluster.start()
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.cluster.CreateDatabase(t)
}

// NewCluster starts a cluster of the test's own. It is removed when the test ends.
func NewCluster(t testing.TB, settings map[string]string) *Cluster {
	t.Helper()
	c, err := create()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.remove)
	for name, value := range settings {
		c.Settings[name] = value
	}
	c.Start(t)
	return c
}

// URL is the address of a database of the cluster, with its password.
func (c *Cluster) URL(database string) string {
	address := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", c.password), Host: c.Addr(), Path: "/" + database, RawQuery: "sslmode=disable"}
	return address.String()
}

// Addr is host and port.
func (c *Cluster) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)) }

// Password is that of the user postgres: the tests look for it where it must not be.
func (c *Cluster) Password() string { return c.password }

// CreateDatabase makes an empty database and gives its address.
func (c *Cluster) CreateDatabase(t testing.TB) string {
	t.Helper()
	name := "cmc" + strconv.FormatInt(shared.made.Add(1), 10)
	c.Exec(t, "postgres", "CREATE DATABASE "+name)
	return c.URL(name)
}

// Exec runs statements in a database, as its owner.
func (c *Cluster) Exec(t testing.TB, database, sql string) {
	t.Helper()
	if err := Exec(c.URL(database), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Exec runs statements at an address.
func Exec(address, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWait)
	defer cancel()
	db, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	_, err = db.Exec(ctx, sql)
	return err
}

// Ask reads one value at an address, as text.
func Ask(t testing.TB, address, sql string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startWait)
	defer cancel()
	db, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(ctx)
	var out string
	if err := db.QueryRow(ctx, "SELECT ("+sql+")::text").Scan(&out); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

// Start starts the server and returns when it answers.
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
}

// Stop stops the server as an operator does, with what is under way broken off and everything written.
func (c *Cluster) Stop() { c.end(syscall.SIGINT) }

// Crash stops the server at once, as a power cut does: nothing is written any more, and the next start recovers from the log.
// Every process of it is killed, and gone when Crash returns: a new server refuses to start while one of the old is left.
func (c *Cluster) Crash() {
	if c.running == nil {
		return
	}
	send(c.running.process.Pid, stop) // or it starts another while they are counted
	children := childrenOf(c.running.process.Pid)
	_ = c.running.process.Kill() // it may be gone
	for _, pid := range children {
		send(pid, syscall.SIGKILL)
	}
	<-c.running.ended
	c.running = nil
	for deadline := time.Now().Add(startWait); len(children) > 0 && time.Now().Before(deadline); {
		children = slices.DeleteFunc(children, ended)
		time.Sleep(2 * time.Millisecond)
	}
}

// Freeze stops every process of the server where it stands, as a machine does that hangs; the function lets them go on.
func (c *Cluster) Freeze() (thaw func()) {
	pids := append([]int{c.running.process.Pid}, childrenOf(c.running.process.Pid)...)
	for _, pid := range pids {
		send(pid, stop)
	}
	return func() {
		for _, pid := range pids {
			send(pid, carryOn)
		}
	}
}

// Standby makes a copy of the running cluster that follows it (pg_basebackup -R), and starts it. The copy calls itself name.
func (c *Cluster) Standby(t testing.TB, name string) *Cluster {
	t.Helper()
	s := c.Copy(t, "-R", "-X", "stream")
	s.Settings["cluster_name"] = name
	s.Start(t)
	return s
}

// Copy makes a copy of the running cluster by pg_basebackup, with its further arguments, and does not start it.
func (c *Cluster) Copy(t testing.TB, args ...string) *Cluster {
	t.Helper()
	s := c.Beside(t)
	args = append([]string{"-d", c.URL(""), "-D", s.Data(), "-c", "fast"}, args...)
	if err := run("pg_basebackup", args...); err != nil {
		t.Fatal(err)
	}
	return s
}

// Beside makes the place of another cluster with the same password and settings. Its data folder is not there yet: one of
// PostgreSQL's programs makes it.
func (c *Cluster) Beside(t testing.TB) *Cluster {
	t.Helper()
	s, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	s.password = c.password
	for name, value := range c.Settings {
		s.Settings[name] = value
	}
	return s
}

// Promote makes a standby the primary and returns when it is.
func (c *Cluster) Promote(t testing.TB) {
	t.Helper()
	c.Exec(t, "postgres", "SELECT pg_promote(true, 60)")
}

// Log is what the server wrote about itself.
func (c *Cluster) Log() string {
	text, _ := os.ReadFile(filepath.Join(c.Dir, "log"))
	return string(text)
}

// Data is the data folder.
func (c *Cluster) Data() string { return filepath.Join(c.Dir, "data") }

// Write puts a file into the data folder, for the server to read.
func (c *Cluster) Write(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join(c.Data(), name)
	if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), owned(path)); err != nil {
		t.Fatal(err)
	}
}

// Shared makes a folder that the server can write into, beside its data.
func (c *Cluster) Shared(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(c.Dir, name)
	if err := errors.Join(os.MkdirAll(path, 0o700), owned(path)); err != nil {
		t.Fatal(err)
	}
	return path
}

// folder makes the folder of a cluster, with a port.
func folder() (*Cluster, error) {
	dir, err := os.MkdirTemp("", "cmc-postgres-")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c := &Cluster{Dir: dir, port: port, Settings: map[string]string{"listen_addresses": "127.0.0.1", "unix_socket_directories": "",
		"max_connections": "200", "shared_buffers": "32MB", "logging_collector": "off", "log_line_prefix": "%m [%p] "}}
	return c, owned(dir)
}

func create() (*Cluster, error) {
	c, err := folder()
	if err != nil {
		return nil, err
	}
	c.password = "secret of " + rand.Text()
	file := filepath.Join(c.Dir, "password")
	if err := errors.Join(os.WriteFile(file, []byte(c.password), 0o600), owned(file)); err != nil {
		return nil, err
	}
	return c, run("initdb", "-D", c.Data(), "-U", "postgres", "-A", "scram-sha-256", "--pwfile", file, "-E", "UTF8",
		"--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-GB", "--no-sync", "--no-instructions")
}

func (c *Cluster) start() error {
	if c.running != nil {
		return errors.New("it runs already")
	}
	log, err := os.OpenFile(filepath.Join(c.Dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", c.Data(), "-p", strconv.Itoa(c.port)}
	for name, value := range c.Settings {
		args = append(args, "-c", name+"="+value)
	}
	command, err := asOwner("postgres", args...)
	if err != nil {
		return err
	}
	command.Stdout, command.Stderr = log, log
	r := &running{ended: make(chan struct{})}
	began := make(chan error, 1)
	go func() {
		// The server ends when the thread that started it ends, so that no failed test leaves one behind.
		runtime.LockOSThread()
		err := command.Start()
		r.process = command.Process
		began <- err
		if err == nil {
			_ = command.Wait() // how it ended is in its log
		}
		close(r.ended)
	}()
	if err := <-began; err != nil {
		return err
	}
	c.running = r
	deadline := time.Now().Add(startWait)
	for {
		err := c.answers()
		if err == nil {
			return nil
		}
		select {
		case <-r.ended:
			c.running = nil
			return fmt.Errorf("PostgreSQL did not start: %w\n%s", err, c.Log())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, c.Log())
		}
	}
}

func (c *Cluster) answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	db, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return err
	}
	return db.Close(ctx)
}

func (c *Cluster) end(signal syscall.Signal) {
	if c.running == nil {
		return
	}
	_ = c.running.process.Signal(signal) // it may be gone
	<-c.running.ended
	c.running = nil
}

// remove stops the server and removes its folder.
func (c *Cluster) remove() {
	c.end(syscall.SIGQUIT)
	_ = os.RemoveAll(c.Dir) // a folder of the system's temporary files
}

// bin finds PostgreSQL's programs: the newest that is installed.
func bin() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed: run .ci/need test")
	}
	sort.Slice(found, func(i, j int) bool { return release(found[i]) < release(found[j]) })
	return filepath.Dir(found[len(found)-1]), nil
}

func release(path string) int {
	number, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return number
}

// asOwner makes a command of PostgreSQL's that runs as the user who may.
func asOwner(name string, args ...string) (*exec.Cmd, error) {
	dir, err := bin()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil { // only some of the programs are linked to there
		if found, err := exec.LookPath(name); err == nil {
			path = found
		} else if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
			path = slices.MaxFunc(found, func(a, b string) int { return release(a) - release(b) })
		}
	}
	command := exec.Command(path, args...)
	command.Dir = "/"
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"}
	return command, asPostgres(command)
}

// Program makes a command of one of PostgreSQL's programs, to be run as the user who may.
func Program(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	command, err := asOwner(name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return command
}

// run runs one of PostgreSQL's programs to its end.
func run(name string, args ...string) error {
	command, err := asOwner(name, args...)
	if err != nil {
		return err
	}
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	return port, listener.Close()
}
