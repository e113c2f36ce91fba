//go:build drill

package main

// What may change here: what is tried before docs/running.md says it. The settings and scripts that it gives are read from
// there, so that what is written is what was tried.

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store/storetest"
)

// A drill is one run of everything, and its transcript.
type drill struct {
	t        *testing.T
	ctx      context.Context
	out      io.Writer
	shown    *strings.Replacer // folders and ports of this run, as docs/running.md names them
	figures  [][2]string
	machines []*machine
	archive  string
	service  string // the password of the service's role
	key      string
	file     string // holds the address that the service is given
}

// A machine is one PostgreSQL of the region.
type machine struct {
	*storetest.Cluster
	name string
}

func (m *machine) host() string { h, _, _ := strings.Cut(m.Addr(), ":"); return h }
func (m *machine) port() string { _, p, _ := strings.Cut(m.Addr(), ":"); return p }

func (d *drill) say(format string, args ...any) {
	fmt.Fprintf(d.out, "\n%s  %s\n", time.Now().UTC().Format("15:04:05.000"), fmt.Sprintf(format, args...))
}

func (d *drill) figure(what, format string, args ...any) {
	value := fmt.Sprintf(format, args...)
	d.figures = append(d.figures, [2]string{what, value})
	fmt.Fprintf(d.out, "    >> %s: %s\n", what, value)
}

// run runs a command, shows it and what it said, and gives how long it took.
func (d *drill) run(command *exec.Cmd, words ...string) (said string, took time.Duration) {
	d.t.Helper()
	fmt.Fprintln(d.out, "    $ "+d.shown.Replace(strings.Join(words, " ")))
	began := time.Now()
	out, err := command.CombinedOutput()
	took = time.Since(began)
	said = strings.TrimSpace(string(out))
	for line := range strings.Lines(said) {
		fmt.Fprint(d.out, "      "+d.shown.Replace(line))
	}
	if said != "" {
		fmt.Fprintln(d.out)
	}
	require.NoError(d.t, err)
	return said, took
}

// postgres runs one of PostgreSQL's programs as its user.
func (d *drill) postgres(name string, args ...string) (string, time.Duration) {
	d.t.Helper()
	command := storetest.Program(d.t, name, args...)
	command.Env = append(command.Env, "PGPASSWORD="+d.machines[0].Password(), "PGCONNECT_TIMEOUT=3")
	return d.run(command, append([]string{name}, args...)...)
}

func (d *drill) central(args ...string) (string, time.Duration) {
	d.t.Helper()
	return d.run(program(args...), append([]string{"cmc-central"}, args...)...)
}

func (m *machine) at(database string) []string {
	return []string{"-h", m.host(), "-p", m.port(), "-U", "postgres", "-d", database}
}

func (d *drill) psql(m *machine, database, sql string) string {
	d.t.Helper()
	said, _ := d.postgres("psql", append(m.at(database), "-Atc", sql)...)
	return said
}

// written is a block of docs/running.md, by the first words in it.
func written(t *testing.T, first string) string {
	t.Helper()
	raw, err := os.ReadFile("../../docs/running.md")
	require.NoError(t, err)
	found := regexp.MustCompile("(?s)```[a-z]*\n(" + regexp.QuoteMeta(first) + ".*?)```").FindSubmatch(raw)
	require.NotNil(t, found, "docs/running.md has no block that begins with %q", first)
	return string(found[1])
}

// A ledger is what was acknowledged, and when.
type ledger struct {
	mu    sync.Mutex
	acks  []time.Time // of changes
	reads []time.Time // of the summary
}

func (l *ledger) note(in *[]time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*in = append(*in, time.Now())
}

func (l *ledger) seen(in *[]time.Time) []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(*in)
}

// between counts what was acknowledged in a span.
func between(all []time.Time, from, until time.Time) (n int) {
	for _, at := range all {
		if at.After(from) && at.Before(until) {
			n++
		}
	}
	return n
}

// longest is the longest time without an answer that began or ended in a span.
func longest(all []time.Time, from, until time.Time) (out time.Duration) {
	last := from
	for _, at := range all {
		if at.After(from) && at.Before(until) {
			out, last = max(out, at.Sub(last)), at
		}
	}
	return max(out, until.Sub(last))
}

// firstAfter is how long after a moment the first answer came.
func firstAfter(all []time.Time, from time.Time) time.Duration {
	for _, at := range all {
		if at.After(from) {
			return at.Sub(from)
		}
	}
	return -1
}

// A shift is people who work while machines die: authors, half at each copy of the service, and a crew that reads.
type shift struct {
	d       *drill
	book    ledger
	authors []*author
	etags   map[*author][]string // what was acknowledged, oldest first
	quit    chan struct{}
	busy    sync.WaitGroup
	wrong   chan error
}

func (d *drill) begin(copies []string, authors []*author) *shift {
	d.t.Helper()
	s := &shift{d: d, authors: authors, etags: map[*author][]string{}, quit: make(chan struct{}), wrong: make(chan error, len(authors)+1)}
	crew := signIn(d.t, copies[0], "urgent", "training")
	read := authors[0].acked.ID
	_, err := crew.Open(d.ctx, read, "999 call")
	require.NoError(d.t, err)
	for i, a := range authors {
		a.gp, a.quit = signIn(d.t, copies[i%len(copies)], "gp", "training"), s.quit
		now, err := a.gp.Plan(d.ctx, a.acked.ID)
		require.NoError(d.t, err)
		a.acked, a.sent = now, nil
		s.etags[a] = []string{now.Etag}
	}
	for _, a := range authors {
		s.busy.Go(func() { s.wrong <- s.work(a) })
	}
	s.busy.Go(func() {
		for !s.over() {
			if _, err := crew.Summary(d.ctx, read, ""); err == nil {
				s.book.note(&s.book.reads)
			} else {
				time.Sleep(20 * time.Millisecond)
			}
		}
		s.wrong <- nil
	})
	return s
}

func (s *shift) changes() []time.Time  { return s.book.seen(&s.book.acks) }
func (s *shift) readings() []time.Time { return s.book.seen(&s.book.reads) }

// again waits for the first change that is acknowledged after a moment, and gives how long it took.
func (s *shift) again(from time.Time) time.Duration {
	s.d.t.Helper()
	require.Eventually(s.d.t, func() bool { return firstAfter(s.changes(), from) > 0 }, 2*time.Minute, 20*time.Millisecond)
	return firstAfter(s.changes(), from)
}

func (s *shift) over() bool {
	select {
	case <-s.quit:
		return true
	default:
		return false
	}
}

// work changes a plan until the shift is over. Whoever is not answered, or is told that it is not certain, looks and goes on, as
// the desktop does.
func (s *shift) work(a *author) error {
	for !s.over() {
		if a.sent == nil {
			a.sent = a.next()
		}
		got, err := a.sent.does(s.d.ctx)
		if err == nil {
			if err := a.sent.done(got); err != nil {
				return fmt.Errorf("%s was answered with a plan that does not show it: %w", a.sent.name, err)
			}
			s.book.note(&s.book.acks)
			s.kept(a, got)
			continue
		}
		refusal := err
		now, err := a.gp.Plan(s.d.ctx, a.acked.ID)
		switch {
		case err != nil:
			time.Sleep(20 * time.Millisecond)
		case a.sent.done(now) == nil: // kept, though nobody could say so
			s.kept(a, now)
		case now.Etag == a.acked.Etag: // not kept, or not yet
			time.Sleep(20 * time.Millisecond)
		default:
			return fmt.Errorf("%s was refused (%w), and the plan is as nobody left it", a.sent.name, refusal)
		}
	}
	return nil
}

func (s *shift) kept(a *author, p *api.Plan) {
	a.acked, a.sent = p, nil
	s.etags[a] = append(s.etags[a], p.Etag)
}

// end ends the shift. It gives how many acknowledged changes are not in the database, and of how many.
func (s *shift) end(gp *api.Client) (lost, of int) {
	t := s.d.t
	t.Helper()
	close(s.quit)
	s.busy.Wait()
	for range len(s.authors) + 1 {
		require.NoError(t, <-s.wrong)
	}
	return s.missing(gp), len(s.book.acks)
}

func (s *shift) missing(gp *api.Client) (lost int) {
	t := s.d.t
	t.Helper()
	for _, a := range s.authors {
		now, err := gp.Plan(s.d.ctx, a.acked.ID)
		require.NoError(t, err)
		i := slices.Index(s.etags[a], now.Etag)
		switch {
		case i >= 0:
			lost += len(s.etags[a]) - 1 - i
		default: // what was under way was kept
			require.NotNil(t, a.sent)
			require.NoError(t, a.sent.done(now))
			s.etags[a] = append(s.etags[a], now.Etag)
		}
		a.acked, a.sent = now, nil
	}
	return lost
}

// wait lets a shift work.
func (s *shift) wait(span time.Duration) (from, until time.Time) {
	from = time.Now()
	time.Sleep(span)
	return from, time.Now()
}

func seconds(took time.Duration) string { return fmt.Sprintf("%.1f s", took.Seconds()) }

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

// sizeOf adds up the files of a folder.
func sizeOf(t *testing.T, dir string) (size int64) {
	t.Helper()
	require.NoError(t, filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return err
	}))
	return size
}

// TestDrill tries everything that docs/running.md tells an operator to do, and writes what was done, what was said and how long it
// took into CMC_DRILL/transcript.txt. It fails when something acknowledged is lost that must not be, when what must be lost is
// not noticed, and when what was put back is not what it says.
func TestDrill(t *testing.T) {
	dir := os.Getenv("CMC_DRILL")
	require.NotEmpty(t, dir, "make drill says where the transcript is kept")
	plans, err := strconv.Atoi(os.Getenv("CMC_DRILL_PLANS"))
	require.NoError(t, err)
	file, err := os.Create(filepath.Join(dir, "transcript.txt"))
	require.NoError(t, err)
	defer file.Close()
	d := &drill{t: t, ctx: context.Background(), out: io.MultiWriter(file, os.Stdout)}
	d.shown = strings.NewReplacer()
	fmt.Fprintf(d.out, "The drill of docs/running.md, %s, %d invented plans\n", time.Now().UTC().Format(time.DateTime), plans)
	d.oneMachine(plans)
	d.region(plans)
	fmt.Fprintf(d.out, "\n| what | measured |\n| --- | --- |\n")
	for _, one := range d.figures {
		fmt.Fprintf(d.out, "| %s | %s |\n", one[0], one[1])
	}
}

// oneMachine loads a folder, keeps a backup while it is served, and puts it back.
func (d *drill) oneMachine(plans int) {
	t := d.t
	d.say("ONE MACHINE: the embedded database")
	dir := t.TempDir()
	d.shown = strings.NewReplacer(dir, "/srv/cmc")
	data, copied, again := filepath.Join(dir, "data"), filepath.Join(dir, "monday.backup"), filepath.Join(dir, "again")
	_, took := d.central("load", "--data", data, "--plans", strconv.Itoa(plans))
	d.figure("one machine: invented plans loaded", "%d in %s", plans, seconds(took))
	command, address := start(t, "--training", "--data", data)
	d.say("people work while the backup is made")
	authors := authorsOf(t, d.ctx, signIn(t, address, "gp", "training"), 3)
	s := d.begin([]string{address}, authors)
	s.wait(2 * time.Second)
	began := time.Now()
	_, took = d.central("backup", "--data", data, "--to", copied)
	d.figure("one machine: backup, made and read back while serving", "%s, %s", seconds(took), mib(sizeOf(t, copied)))
	d.figure("one machine: longest wait for a change meanwhile", "%s", seconds(longest(s.changes(), began, time.Now())))
	lost, of := s.end(signIn(t, address, "gp", "training"))
	require.Zero(t, lost)
	require.NotZero(t, of)
	stop(t, command)
	d.say("the computer is gone; what is left is the backup and, from elsewhere, the key file")
	copyOf(t, filepath.Join(data, "central.key"), filepath.Join(again, "central.key"))
	_, took = d.central("restore", "--from", copied, "--data", again)
	d.figure("one machine: restore", "%s", seconds(took))
	d.central("verify-audit", "--data", again)
	command, address = start(t, "--training", "--data", again)
	signIn(t, address, "gp", "training")
	stop(t, command)
}

// address is what the service is given: all machines, and that it wants the one that may be written to.
func (d *drill) address(machines ...*machine) string {
	var hosts []string
	for _, m := range machines {
		hosts = append(hosts, m.Addr())
	}
	return "postgres://cmc:" + d.service + "@" + strings.Join(hosts, ",") + "/cmc?sslmode=disable&target_session_attrs=read-write"
}

// show has the transcript name everything as docs/running.md does.
func (d *drill) show(more ...string) {
	pairs := append(more, d.archive, "/srv/archive", d.file, "/etc/cmc/database", d.key, "/etc/cmc/central.key")
	for _, m := range d.machines {
		pairs = append(pairs, "-h "+m.host()+" -p "+m.port(), "-h "+m.name, "host="+m.host()+" port="+m.port(), "host="+m.name, m.Data(), "/srv/postgresql")
	}
	d.shown = strings.NewReplacer(pairs...)
}

// build makes the first machine of the region as docs/running.md says, and the places of the others.
func (d *drill) build() {
	t := d.t
	one := &machine{storetest.NewCluster(t, nil), "one"}
	d.machines = []*machine{one, {one.Beside(t), "two"}, {one.Beside(t), "three"}}
	d.archive = one.Shared(t, "archive")
	d.service, d.key = rand.Text(), newKeyFile(t)
	d.file = addressFile(t, d.address(d.machines...))
	d.show()
	var hosts, ports []string
	for _, m := range d.machines {
		m.Settings["cluster_name"] = m.name
		hosts, ports = append(hosts, m.host()), append(ports, m.port())
	}
	script, passwords := filepath.Join(one.Dir, "archive-wal"), filepath.Join(one.Dir, "pgpass")
	one.Write(t, "../archive-wal", strings.ReplaceAll(written(t, "#!/bin/sh"), "/srv/archive", d.archive))
	require.NoError(t, os.Chmod(script, 0o700))
	one.Write(t, "../pgpass", "*:*:*:replicator:a password of the standbys\n")
	settings := written(t, "# postgresql.conf")
	for from, to := range map[string]string{
		"/usr/local/bin/archive-wal": script,
		"/srv/archive":               d.archive,
		"host=one,two,three":         "host=" + strings.Join(hosts, ",") + " port=" + strings.Join(ports, ","),
		"/etc/postgresql/pgpass":     passwords,
		"sslmode=verify-full":        "sslmode=disable",
	} {
		require.Contains(t, settings, from)
		settings = strings.ReplaceAll(settings, from, to)
	}
	have, err := os.ReadFile(filepath.Join(one.Data(), "postgresql.conf"))
	require.NoError(t, err)
	one.Stop()
	one.Write(t, "postgresql.conf", string(have)+"\n"+settings)
	d.start(one)
	d.alone(one)
	for _, sql := range []string{
		"CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'a password of the standbys'",
		"CREATE ROLE cmc LOGIN PASSWORD '" + d.service + "'",
		"CREATE DATABASE cmc OWNER cmc ENCODING 'UTF8' TEMPLATE template0",
	} {
		require.NoError(t, storetest.Exec(one.URL("postgres"), sql))
	}
}

// alone has a primary wait for no standby, until together.
func (d *drill) alone(m *machine) {
	d.psql(m, "postgres", "ALTER SYSTEM SET synchronous_standby_names = ''")
	d.psql(m, "postgres", "SELECT pg_reload_conf()")
	d.psql(m, "postgres", "ALTER SYSTEM RESET synchronous_standby_names") // counts from the next reload; copies have it so
}

func (d *drill) together(m *machine) {
	d.streaming(m, 2)
	d.psql(m, "postgres", "SELECT pg_reload_conf()")
	d.psql(m, "postgres", "SELECT application_name, state, sync_state FROM pg_stat_replication ORDER BY 1")
}

// follow makes a standby of a machine that holds nothing yet.
func (d *drill) follow(m, primary *machine) time.Duration {
	_, took := d.postgres("pg_basebackup", "-h", primary.host(), "-p", primary.port(), "-U", "postgres", "-D", m.Data(), "-c", "fast", "-X", "stream")
	d.standby(m)
	return took
}

// standby starts a machine that follows whichever leads.
func (d *drill) standby(m *machine) {
	fmt.Fprintln(d.out, "    $ touch /srv/postgresql/standby.signal")
	m.Write(d.t, "standby.signal", "")
	d.start(m)
}

// rewind makes a machine that led a standby of the one that leads now.
func (d *drill) rewind(m, primary *machine) time.Duration {
	began := time.Now()
	d.psql(primary, "postgres", "CHECKPOINT")
	d.postgres("pg_rewind", "--target-pgdata="+m.Data(), "--source-server=host="+primary.host()+" port="+primary.port()+" user=postgres dbname=postgres", "--restore-target-wal")
	d.standby(m)
	d.streaming(primary, 2)
	return time.Since(began)
}

func (d *drill) start(m *machine) {
	fmt.Fprintf(d.out, "    machine %s: PostgreSQL is started\n", m.name)
	m.Start(d.t)
}

func (d *drill) crash(m *machine) time.Time {
	at := time.Now()
	fmt.Fprintf(d.out, "    machine %s: every process of PostgreSQL is killed (%s)\n", m.name, at.UTC().Format("15:04:05.000"))
	m.Crash()
	return at
}

// streaming waits until so many standbys follow a machine.
func (d *drill) streaming(m *machine, n int) {
	d.t.Helper()
	require.Eventually(d.t, func() bool {
		return storetest.Ask(d.t, m.URL("postgres"), "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == strconv.Itoa(n)
	}, 2*time.Minute, 50*time.Millisecond)
}

// promote makes the standby lead that has more of the log: only it has everything that was acknowledged.
func (d *drill) promote(a, b *machine) (leads, follows *machine) {
	d.t.Helper()
	ask := "SELECT pg_wal_lsn_diff(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0')::bigint"
	leads, follows = a, b
	var has [2]int64
	for i, m := range []*machine{a, b} {
		var err error
		has[i], err = strconv.ParseInt(d.psql(m, "postgres", ask), 10, 64)
		require.NoError(d.t, err)
	}
	if has[1] > has[0] {
		leads, follows = b, a
	}
	d.psql(leads, "postgres", "SELECT pg_promote(true, 60)")
	return leads, follows
}

// dead waits as an operator's watch does: three looks without an answer.
func (d *drill) dead(m *machine) {
	for missed := 0; missed < 3; time.Sleep(200 * time.Millisecond) {
		missed++
		if storetest.Program(d.t, "pg_isready", "-q", "-h", m.host(), "-p", m.port(), "-t", "1").Run() == nil {
			missed = 0
		}
	}
	fmt.Fprintf(d.out, "    $ pg_isready -h %s\n      no answer, three times\n", m.name)
}

func (d *drill) region(plans int) {
	t := d.t
	d.say("ONE REGION: three machines with PostgreSQL, two copies of the service")
	d.build()
	one, two, three := d.machines[0], d.machines[1], d.machines[2]
	at := []string{"--database", d.file, "--key-file", d.key}
	_, took := d.central(append([]string{"load", "--plans", strconv.Itoa(plans)}, at...)...)
	d.figure("region: invented plans loaded", "%d in %s", plans, seconds(took))
	d.postgres("vacuumdb", append(one.at("cmc"), "--analyze", "-q")...)
	size := d.number(one, "cmc", "SELECT pg_database_size('cmc')")
	d.figure("region: size of the database", "%s, %.1f KiB for each plan with 3 versions and 20 lines of audit", mib(size), float64(size)/1024/float64(plans))
	d.psql(one, "cmc", `SELECT relname, reltuples::bigint AS rows, pg_total_relation_size(oid) / 1024 AS kib FROM pg_class WHERE relkind = 'r'
		AND relnamespace = 'public'::regnamespace AND pg_total_relation_size(oid) > 1000000 ORDER BY 3 DESC`)

	d.say("the standbys are made, and from then on a change waits for one of them")
	d.figure("region: copy of the primary for a new standby", "%s", seconds(d.follow(two, one)))
	d.follow(three, one)
	d.together(one)

	d.say("base backup, checked; the archive holds the log from here on")
	base := filepath.Join(one.Shared(t, "base"), "sunday")
	d.show(base, "/srv/backup/sunday")
	_, took = d.postgres("pg_basebackup", "-h", one.host(), "-p", one.port(), "-U", "postgres", "-D", base, "-c", "fast", "-X", "none")
	d.figure("region: base backup", "%s, %s", seconds(took), mib(sizeOf(t, base)))
	d.postgres("pg_verifybackup", "--no-parse-wal", base)

	var copies []string
	var commands []*exec.Cmd
	for range 2 {
		command := program(append([]string{"serve", "--training", "--addr", "127.0.0.1:0"}, at...)...)
		_, address := begin(t, command)
		commands, copies = append(commands, command), append(copies, address)
	}
	gp := func(address string) *api.Client { return signIn(t, address, "gp", "training") }
	authors := authorsOf(t, d.ctx, gp(copies[0]), 3)
	none := func(s *shift) {
		t.Helper()
		lost, of := s.end(gp(copies[1]))
		require.Zero(t, lost, "of %d", of)
	}

	d.say("an ordinary day: three people change plans without a pause, half at each copy of the service, and a crew reads")
	before := d.psql(one, "postgres", "SELECT pg_current_wal_lsn()")
	s := d.begin(copies, authors)
	s.wait(2 * time.Second)
	from, until := s.wait(15 * time.Second)
	d.figure("region: changes acknowledged, each also on a standby", "%.0f a second", float64(between(s.changes(), from, until))/until.Sub(from).Seconds())
	d.figure("region: longest time without any", "%s", seconds(longest(s.changes(), from, until)))
	none(s)
	log := d.number(one, "postgres", "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '"+before+"')::bigint")
	d.figure("region: log written for each change, with the reading beside it", "%.1f KiB", float64(log)/1024/float64(len(s.changes())))

	d.say("one standby dies: nobody waits for it")
	s = d.begin(copies, authors)
	s.wait(2 * time.Second)
	from = d.crash(three)
	_, until = s.wait(5 * time.Second)
	d.figure("one standby dies: longest time without a change", "%s", seconds(longest(s.changes(), from, until)))
	d.start(three)
	d.streaming(one, 2)
	none(s)

	d.say("both standbys die: nothing is acknowledged that only one machine has")
	s = d.begin(copies, authors)
	s.wait(2 * time.Second)
	d.crash(two)
	d.crash(three)
	s.wait(500 * time.Millisecond) // what was on its way
	from, until = s.wait(20 * time.Second)
	require.Zero(t, between(s.changes(), from, until), "a change was acknowledged that no standby has")
	require.NotZero(t, between(s.readings(), from, until), "a crew reads all the same")
	d.figure("both standbys die: in the next 20 s", "%d changes acknowledged, %d summaries read", between(s.changes(), from, until), between(s.readings(), from, until))
	from = time.Now()
	d.alone(one)
	d.figure("the operator lets the primary work alone: next change", "after %s", seconds(s.again(from)))
	d.start(two)
	d.start(three)
	d.together(one)
	none(s)

	d.say("FAIL-OVER, a change waits for a standby (synchronous_commit = on): the primary dies in the middle of its work")
	s = d.begin(copies, authors)
	s.wait(3 * time.Second)
	died := d.crash(one)
	d.dead(one)
	noticed := time.Now()
	next, other := d.promote(two, three)
	promoted := time.Now()
	first := s.again(promoted) + promoted.Sub(died)
	s.wait(5 * time.Second)
	d.figure("fail-over: noticed (three looks)", "%s after the death", seconds(noticed.Sub(died)))
	d.figure("fail-over: standby chosen and promoted", "%s later", seconds(promoted.Sub(noticed)))
	d.figure("fail-over: first change acknowledged", "%s after the death", seconds(first))
	d.figure("fail-over: longest time without a summary", "%s", seconds(longest(s.readings(), died, time.Now())))
	d.streaming(next, 1)
	lost, of := s.end(gp(copies[1]))
	d.figure("fail-over: acknowledged changes lost", "%d of %d", lost, of)
	require.Zero(t, lost)
	d.central(append([]string{"verify-audit"}, at...)...)
	d.say("the old primary comes back as a standby")
	d.figure("the old primary follows", "%s", seconds(d.rewind(one, next)))

	d.say("FAIL-OVER, nobody waits for a standby: both cannot be reached for two seconds, and then the primary dies")
	d.alone(next)
	s = d.begin(copies, authors)
	s.wait(2 * time.Second)
	d.crash(one)
	d.crash(other)
	s.wait(2 * time.Second)
	d.crash(next)
	close(s.quit)
	s.busy.Wait()
	d.start(one)
	d.start(other)
	old := next
	next, _ = d.promote(one, other)
	d.alone(next)
	lost = s.missing(gp(copies[0]))
	d.figure("fail-over, not waiting, standbys 2 s behind: acknowledged changes lost", "%d of %d", lost, len(s.changes()))
	require.NotZero(t, lost, "the drill does not see what is lost")
	d.central(append([]string{"verify-audit"}, at...)...)
	d.rewind(old, next)
	d.together(next)

	d.say("A POINT IN TIME: people work, and then somebody at a console does what nobody should")
	s = d.begin(copies, authors)
	s.wait(5 * time.Second)
	none(s)
	had := d.psql(next, "cmc", "SELECT count(*) FROM plans WHERE status = 'approved'")
	moment := d.psql(next, "cmc", "SELECT clock_timestamp()")
	time.Sleep(time.Second)
	d.psql(next, "cmc", "UPDATE plans SET status = 'withdrawn' WHERE status = 'approved'")
	for _, command := range commands {
		stop(t, command)
	}
	segment := d.psql(next, "postgres", "SELECT pg_walfile_name(pg_switch_wal())")
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(d.archive, segment))
		return err == nil
	}, 2*time.Minute, 100*time.Millisecond, "the end of the log is in the archive")
	logs, err := os.ReadDir(d.archive)
	require.NoError(t, err)
	four := &machine{one.Beside(t), "four"}
	four.Settings["cluster_name"] = "four"
	d.machines = append(d.machines, four)
	there := []string{"--database", addressFile(t, d.address(four)), "--key-file", d.key}
	d.show(base, "/srv/backup/sunday", there[1], "/etc/cmc/database-four")
	began := time.Now()
	d.run(exec.Command("cp", "-a", base, four.Data()), "cp", "-a", base, four.Data())
	settings := strings.ReplaceAll(written(t, "# postgresql.auto.conf"), "/srv/archive", d.archive)
	require.Contains(t, settings, "2026-01-31 09:30:00+00")
	four.Write(t, "postgresql.auto.conf", strings.ReplaceAll(settings, "2026-01-31 09:30:00+00", moment))
	four.Write(t, "recovery.signal", "")
	fmt.Fprintln(d.out, "    $ touch /srv/postgresql/recovery.signal")
	d.start(four)
	require.Eventually(t, func() bool { return storetest.Ask(t, four.URL("postgres"), "SELECT pg_is_in_recovery()") == "false" }, 10*time.Minute, 50*time.Millisecond)
	d.figure("a point in time: base backup and log put back", "%s, with %d files of the log (%s)", seconds(time.Since(began)), len(logs), mib(sizeOf(t, d.archive)))
	require.Equal(t, had, d.psql(four, "cmc", "SELECT count(*) FROM plans WHERE status = 'approved'"), "what was done wrong is not there")
	d.central(append([]string{"restored"}, there...)...)
	command := program(append([]string{"serve", "--training", "--addr", "127.0.0.1:0"}, there...)...)
	_, address := begin(t, command)
	lost = s.missing(gp(address))
	d.figure("a point in time: acknowledged changes before it that are missing", "%d of %d", lost, len(s.changes()))
	require.Zero(t, lost)
	stop(t, command)
	d.central(append([]string{"verify-audit"}, there...)...)
}

func (d *drill) number(m *machine, database, sql string) int64 {
	d.t.Helper()
	n, err := strconv.ParseInt(d.psql(m, database, sql), 10, 64)
	require.NoError(d.t, err)
	return n
}
