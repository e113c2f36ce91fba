//go:build linux

package central

// What may change here: what is measured of the service over a city's worth of plans, and the yardstick of each. docs/figures.md
// says how it is read. It is a measurement and no test; only what could not be measured makes it fail.

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // database/sql over PostgreSQL, for the yardstick
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/pressure"
	"cmc/api/central/store"
	"cmc/api/central/store/storetest"
	"cmc/forms"
	"cmc/forms/plan"
)

// setting reads a number or words from the environment.
func setting(name, usual string) string {
	if said := os.Getenv(name); said != "" {
		return said
	}
	return usual
}

func seconds(b *testing.B, name, usual string) time.Duration {
	n, err := strconv.ParseFloat(setting(name, usual), 64)
	require.NoError(b, err)
	return time.Duration(n * float64(time.Second))
}

// BenchmarkCity fills databases and measures the service over them, each figure in turns with its yardstick: net/http, the same
// driver and database, the same rows. ENGINES and PLANS say over which; KEEP is a folder in which filled SQLite databases stay.
// Run it with -benchtime 1x.
func BenchmarkCity(b *testing.B) {
	var rows []figureRow
	for _, engine := range strings.Fields(setting("ENGINES", "sqlite postgres")) {
		for _, size := range strings.Fields(setting("PLANS", "10000 134000")) {
			plans, err := strconv.Atoi(size)
			require.NoError(b, err)
			b.Run(engine+"/"+size, func(b *testing.B) {
				rows = append(rows, measureCity(b, engine, plans)...)
			})
		}
	}
	tellRows(rows)
}

// A figureRow is one line of the table.
type figureRow struct {
	engine, what string
	plans        int
	ours, bare   *timing
	words        string // instead of the two
}

// A timing is how long each of many answers took.
type timing struct {
	took  []time.Duration
	total time.Duration // of the rounds
	work  time.Duration // of the processors, the clients' too
}

func (t *timing) add(took []time.Duration, total, work time.Duration) {
	t.took, t.total, t.work = append(t.took, took...), t.total+total, t.work+work
}

// each is the work of the processors for one answer.
func (t *timing) each() time.Duration { return t.work / time.Duration(max(1, len(t.took))) }

// worked is how long processors have worked for this process.
func worked() time.Duration {
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func (t *timing) rate() float64 { return float64(len(t.took)) / t.total.Seconds() }

func (t *timing) at(share float64) time.Duration {
	if len(t.took) == 0 {
		return 0
	}
	slices.Sort(t.took)
	return t.took[min(len(t.took)-1, int(share*float64(len(t.took))))]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000) }

func tellRows(rows []figureRow) {
	fmt.Printf("\n%-9s %8s  %-34s %9s %9s %6s %9s %9s %9s %9s %7s %7s\n", "database", "plans", "what", "rate /s", "bare /s", "ratio", "median ms", "p99 ms", "bare med.", "bare p99",
		"work ms", "bare")
	for _, r := range rows {
		if r.words != "" {
			fmt.Printf("%-9s %8d  %-34s %s\n", r.engine, r.plans, r.what, r.words)
			continue
		}
		fmt.Printf("%-9s %8d  %-34s %9.0f %9.0f %6.2f %9s %9s %9s %9s %7s %7s\n", r.engine, r.plans, r.what, r.ours.rate(), r.bare.rate(), r.ours.rate()/r.bare.rate(),
			ms(r.ours.at(.5)), ms(r.ours.at(.99)), ms(r.bare.at(.5)), ms(r.bare.at(.99)), ms(r.ours.each()), ms(r.bare.each()))
	}
	// How much slower with many plans than with few: medians of the same run.
	for _, r := range rows {
		for _, few := range rows {
			if r.ours != nil && few.ours != nil && r.engine == few.engine && r.what == few.what && r.plans > few.plans {
				fmt.Printf("%-9s %8d  %-34s %.2f times the median of %d plans\n", r.engine, r.plans, r.what, float64(r.ours.at(.5))/float64(few.ours.at(.5)), few.plans)
			}
		}
	}
}

// A knock is one kept connection.
type knock struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
}

// ask sends one request and gives the status, the tag and the body of the answer.
func (k *knock) ask(method, path, token, tag string, body []byte) (int, string, []byte, error) {
	if k.conn == nil {
		conn, err := net.Dial("tcp", k.address)
		if err != nil {
			return 0, "", nil, err
		}
		k.conn, k.in = conn, bufio.NewReaderSize(conn, 64<<10)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n", method, path, k.address, token)
	if tag != "" {
		fmt.Fprintf(&out, "If-Match: %s\r\n", tag)
	}
	switch {
	case method == http.MethodPatch:
		fmt.Fprintf(&out, "Content-Type: application/merge-patch+json\r\nContent-Length: %d\r\n", len(body))
	case body != nil:
		fmt.Fprintf(&out, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	out.WriteString("\r\n")
	out.Write(body)
	answer, err := func() (*http.Response, error) {
		if _, err := k.conn.Write(out.Bytes()); err != nil {
			return nil, err
		}
		return http.ReadResponse(k.in, nil)
	}()
	if err != nil {
		k.close()
		return 0, "", nil, err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if answer.Close {
		k.close()
	}
	return answer.StatusCode, answer.Header.Get("ETag"), raw, err
}

func (k *knock) close() {
	if k.conn != nil {
		_ = k.conn.Close()
		k.conn = nil
	}
}

// want is ask for an answer that must be good.
func (k *knock) want(method, path, token, tag string, body []byte) (string, []byte, error) {
	status, next, raw, err := k.ask(method, path, token, tag, body)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("%s: %d %.300s", method, status, raw)
	}
	return next, raw, err
}

func marshalled(b *testing.B, value any) []byte {
	raw, err := json.Marshal(value)
	require.NoError(b, err)
	return raw
}

// A city is a service over a filled database, and the yardstick beside it.
type city struct {
	b              *testing.B
	engine         string
	plans          int
	s              *Service
	ours, bare     *httptest.Server
	db             *sql.DB
	mu             sync.Mutex // the yardstick's writer of SQLite
	crew           string     // a token
	people         []somebody
	tokens         map[string]string // by user name
	round          time.Duration
	rounds         int
	approvals      int
	pressureLimits pressure.Limits
}

// somebody has a live plan.
type somebody struct{ plan, patient, number, family, born, holder string }

// openCity fills a database unless it is there, and opens the service and the yardstick over it.
func openCity(b *testing.B, engine string, plans int) *city {
	ctx := context.Background()
	c := &city{b: b, engine: engine, plans: plans, tokens: map[string]string{}, round: seconds(b, "ROUND", "2"), rounds: 3, approvals: 120}
	// The rate is measured, not how fast one person may ask.
	c.pressureLimits = pressure.Limits{Person: 1 << 30, Address: 1 << 30}
	options := Options{Training: true, Limits: c.pressureLimits}
	what := Loading{Plans: plans, Versions: 3, Audit: 20, Seed: 1}
	if plans >= 500_000 {
		what.Versions, what.Audit = 1, 5
	}
	there := false
	if engine == "sqlite" {
		options.DataDir = filepath.Join(setting("KEEP", b.TempDir()), fmt.Sprint("sqlite-", plans))
		_, err := os.Stat(Database(options.DataDir))
		there = err == nil
	} else {
		cluster := storetest.NewCluster(b, map[string]string{"shared_buffers": "1GB", "max_wal_size": "8GB", "max_connections": "200"})
		options.Database, options.KeyFile = cluster.CreateDatabase(b), filepath.Join(b.TempDir(), "central.key")
		require.NoError(b, NewKey(options.KeyFile))
	}
	if !there {
		began := time.Now()
		require.NoError(b, Load(ctx, options, what, func(int) {}))
		fmt.Printf("%s: %d plans, %d versions and %d audit lines each, were loaded in %s\n", engine, plans, what.Versions, what.Audit, time.Since(began).Round(time.Second))
	}
	var err error
	if engine == "sqlite" {
		c.db, err = driver.Open("file:" + filepath.ToSlash(Database(options.DataDir)) + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-16000)")
		require.NoError(b, err)
		c.db.SetMaxOpenConns(5)
		c.db.SetMaxIdleConns(5)
	} else {
		c.db, err = sql.Open("pgx", options.Database)
		require.NoError(b, err)
		c.db.SetMaxOpenConns(16)
		c.db.SetMaxIdleConns(16)
	}
	_, err = c.db.Exec(`CREATE TABLE IF NOT EXISTS bench_rows (id TEXT, number INTEGER, body TEXT)`)
	require.NoError(b, err)
	c.s, err = Open(ctx, options)
	require.NoError(b, err)
	c.ours = httptest.NewServer(c.s.Handler())
	c.bare = httptest.NewServer(c.yardstick())
	b.Cleanup(func() {
		c.s.Hush()
		c.ours.Close()
		c.bare.Close()
		require.NoError(b, c.db.Close())
		require.NoError(b, c.s.Close())
	})
	rows, err := c.db.Query(`SELECT p.id, q.id, q.nhs_number, q.family_name, q.birth_date, p.holder_ods FROM plans p JOIN patients q ON q.id = p.patient_id
		WHERE p.status = 'approved' AND q.nhs_number <> '' AND p.holder_ods LIKE 'Q0%' ORDER BY p.id LIMIT 3000`)
	require.NoError(b, err)
	defer rows.Close()
	for rows.Next() {
		var one somebody
		require.NoError(b, rows.Scan(&one.plan, &one.patient, &one.number, &one.family, &one.born, &one.holder))
		c.people = append(c.people, one)
	}
	require.NoError(b, rows.Err())
	require.NotEmpty(b, c.people)
	c.crew = c.token("urgent")
	return c
}

// token signs somebody in.
func (c *city) token(username string) string {
	if token, there := c.tokens[username]; there {
		return token
	}
	client, err := api.NewClient(c.ours.URL, api.ClientOptions{})
	require.NoError(c.b, err)
	session, err := client.SignIn(context.Background(), api.Credentials{Username: username, Password: trainingPassword})
	require.NoError(c.b, err, username)
	c.tokens[username] = session.Token
	return session.Token
}

func (c *city) gp(one somebody) string { return c.token("gp." + strings.ToLower(one.holder)) }

// yardstick answers the same questions with the least that answers them: the same rows by the same driver, no sign-in, no
// rights, no audit, no rules.
func (c *city) yardstick() http.Handler {
	mux := http.NewServeMux()
	list := func(w http.ResponseWriter, r *http.Request, query string, args ...any) {
		rows, err := c.db.QueryContext(r.Context(), query, args...)
		if err != nil {
			http.Error(w, "rows", http.StatusInternalServerError)
			return
		}
		defer rows.Close()
		names, _ := rows.Columns()
		out := []map[string]string{}
		for rows.Next() {
			values := make([]sql.NullString, len(names))
			into := make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if rows.Scan(into...) != nil {
				http.Error(w, "row", http.StatusInternalServerError)
				return
			}
			one := make(map[string]string, len(names))
			for i, name := range names {
				one[name] = values[i].String
			}
			out = append(out, one)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out)
	}
	const person = `SELECT id, nhs_number, family_name, given_name, title, birth_date, death_date, gender, place, practice_ods, practice_name FROM patients WHERE `
	mux.HandleFunc("POST /search", func(w http.ResponseWriter, r *http.Request) {
		var in api.PatientSearch
		if json.NewDecoder(r.Body).Decode(&in) != nil {
			http.Error(w, "body", http.StatusBadRequest)
			return
		}
		if in.NHSNumber != "" {
			list(w, r, person+`nhs_number = $1 AND nhs_number <> ''`, in.NHSNumber) // so that the index is used
			return
		}
		list(w, r, person+`family_key = $1 AND birth_date = $2`, store.Key(in.FamilyName), in.BirthDate)
	})
	mux.HandleFunc("GET /summary/{id}", func(w http.ResponseWriter, r *http.Request) {
		var body string
		if c.db.QueryRowContext(r.Context(), `SELECT v.summary FROM plans p JOIN versions v ON v.plan_id = p.id AND v.number = p.version WHERE p.id = $1`,
			r.PathValue("id")).Scan(&body) != nil {
			http.Error(w, "row", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	})
	mux.HandleFunc("GET /list/{ods}", func(w http.ResponseWriter, r *http.Request) {
		list(w, r, `SELECT p.id, p.status, p.version, p.state_since, p.state_by, q.nhs_number, q.family_name, q.given_name, q.birth_date, q.place FROM plans p
			JOIN patients q ON q.id = p.patient_id WHERE p.id IN (SELECT plan_id FROM relationships WHERE ods = $1) ORDER BY p.state_since, p.id LIMIT 500`, r.PathValue("ods"))
	})
	write := func(w http.ResponseWriter, query string, args ...any) {
		if c.engine == "sqlite" {
			c.mu.Lock()
			defer c.mu.Unlock()
		}
		if _, err := c.db.Exec(query, args...); err != nil {
			http.Error(w, "write", http.StatusInternalServerError)
		}
	}
	mux.HandleFunc("PATCH /draft/{id}", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		// The same row: its answers are written again, with what came.
		write(w, `UPDATE drafts SET answers = answers || '', changed_by = $1 WHERE plan_id = $2`, string(body), r.PathValue("id"))
	})
	mux.HandleFunc("POST /approve/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		write(w, `INSERT INTO bench_rows (id, number, body) SELECT plan_id, number, answers || summary FROM versions WHERE plan_id = $1 AND number = 1`, r.PathValue("id"))
	})
	return mux
}

// together asks with several workers for a while and says how long each answer took, and the processors' work for them all.
func (c *city) together(address string, workers int, until time.Duration, ask func(k *knock, rng *rand.Rand, worker int) error) (took []time.Duration, total, work time.Duration) {
	c.b.Helper()
	before := worked()
	var mu sync.Mutex
	var all []time.Duration
	var failed atomic.Pointer[error]
	var group sync.WaitGroup
	began := time.Now()
	for worker := range workers {
		group.Go(func() {
			k := &knock{address: address}
			defer k.close()
			rng := rand.New(rand.NewPCG(uint64(worker), uint64(began.UnixNano())))
			var mine []time.Duration
			for time.Since(began) < until && failed.Load() == nil {
				at := time.Now()
				if err := ask(k, rng, worker); errors.Is(err, errNothingLeft) {
					break
				} else if err != nil {
					failed.Store(&err)
					return
				}
				mine = append(mine, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		c.b.Fatal(*err)
	}
	return all, time.Since(began), worked() - before
}

// turns measures the service and the yardstick in turns.
func (c *city) turns(what string, workers int, ours, bare func(k *knock, rng *rand.Rand, worker int) error) figureRow {
	row := figureRow{engine: c.engine, plans: c.plans, what: what, ours: &timing{}, bare: &timing{}}
	ourAddress, bareAddress := c.ours.Listener.Addr().String(), c.bare.Listener.Addr().String()
	c.together(ourAddress, workers, c.round/4, ours) // so that both begin warm
	c.together(bareAddress, workers, c.round/4, bare)
	for round := range c.rounds {
		row.bare.add(c.together(bareAddress, workers, c.round, bare))
		done := c.profile(what, round)
		row.ours.add(c.together(ourAddress, workers, c.round, ours))
		done()
	}
	return row
}

// forget makes every reading the first one.
func (k *faces) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.versions)
	clear(k.pages)
}

// profile writes where the processors were in the last round of a figure, when PROFILE names a folder for it.
func (c *city) profile(what string, round int) (done func()) {
	folder := os.Getenv("PROFILE")
	if folder == "" || round < c.rounds-1 {
		return func() {}
	}
	out, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s-%d-%s.prof", c.engine, c.plans, strings.ReplaceAll(what, " ", "-"))))
	require.NoError(c.b, err)
	require.NoError(c.b, pprof.StartCPUProfile(out))
	return func() {
		pprof.StopCPUProfile()
		require.NoError(c.b, out.Close())
	}
}

// benchReaders is how many read at the same time, for each processor.
const benchReaders = 16

// measureCity measures everything over one database.
func measureCity(b *testing.B, engine string, plans int) []figureRow {
	c := openCity(b, engine, plans)
	readers := benchReaders * runtime.GOMAXPROCS(0)
	address := c.ours.Listener.Addr().String()
	k := &knock{address: address}
	b.ResetTimer()

	// A crew has opened these, with a reason.
	opened := c.people[:min(1000, len(c.people))]
	for _, one := range opened {
		_, _, err := k.want(post, "/v1/plans/"+one.plan+"/open", c.crew, "", marshalled(b, map[string]string{"reason": "Called to the home"}))
		require.NoError(b, err)
	}
	byNumber := map[string][]byte{}
	byName := map[string][]byte{}
	for _, one := range c.people {
		byNumber[one.plan] = marshalled(b, api.PatientSearch{NHSNumber: one.number})
		byName[one.plan] = marshalled(b, api.PatientSearch{FamilyName: one.family, BirthDate: one.born})
	}
	var gps []somebody
	seen := map[string]bool{}
	for _, one := range c.people {
		if !seen[one.holder] && len(gps) < 40 {
			seen[one.holder] = true
			gps = append(gps, one)
			c.gp(one)
		}
	}
	var rows []figureRow
	asked := func(name string) bool {
		only := strings.Fields(os.Getenv("FIGURES"))
		return len(only) == 0 || slices.Contains(only, name)
	}
	say := func(row figureRow) {
		rows = append(rows, row)
		tellRows([]figureRow{row})
	}
	for _, one := range []struct {
		what string
		of   []somebody
		cold bool
	}{{"summary by number, first reading", opened, true}, {"summary by number, read lately", opened[:min(50, len(opened))], false}} {
		if !asked("summary") {
			break
		}
		// Two requests: the person by number, then the summary of their plan.
		say(c.turns(one.what, readers, func(k *knock, rng *rand.Rand, _ int) error {
			if one.cold {
				c.s.faces.forget()
			}
			one := one.of[rng.IntN(len(one.of))]
			if _, _, err := k.want(post, "/v1/patients/search", c.crew, "", byNumber[one.plan]); err != nil {
				return err
			}
			_, _, err := k.want(get, "/v1/plans/"+one.plan+"/summary", c.crew, "", nil)
			return err
		}, func(k *knock, rng *rand.Rand, _ int) error {
			one := one.of[rng.IntN(len(one.of))]
			if _, _, err := k.want(post, "/search", "", "", byNumber[one.plan]); err != nil {
				return err
			}
			_, _, err := k.want(get, "/summary/"+one.plan, "", "", nil)
			return err
		}))
	}
	if asked("name") {
		say(c.turns("name and date of birth", readers, func(k *knock, rng *rand.Rand, _ int) error {
			one := c.people[rng.IntN(len(c.people))]
			_, _, err := k.want(post, "/v1/patients/search", c.tokens["gp."+strings.ToLower(gps[rng.IntN(len(gps))].holder)], "", byName[one.plan])
			return err
		}, func(k *knock, rng *rand.Rand, _ int) error {
			_, _, err := k.want(post, "/search", "", "", byName[c.people[rng.IntN(len(c.people))].plan])
			return err
		}))
	}
	for _, one := range []struct{ what, path string }{{"worklist counts", "/v1/worklists"}, {"practice list", "/v1/worklists/practice-list"}, {"review due", "/v1/worklists/review-due"}} {
		if !asked("worklists") {
			break
		}
		say(c.turns(one.what, 8, func(k *knock, rng *rand.Rand, _ int) error {
			_, _, err := k.want(get, one.path, c.tokens["gp."+strings.ToLower(gps[rng.IntN(len(gps))].holder)], "", nil)
			return err
		}, func(k *knock, rng *rand.Rand, _ int) error {
			_, _, err := k.want(get, "/list/"+gps[rng.IntN(len(gps))].holder, "", "", nil)
			return err
		}))
	}

	if asked("saves") {
		saves := c.amended(c.people[len(c.people)/2:], 8, false)
		require.NotEmpty(b, saves, "no plan could be amended")
		say(c.turns("saves", len(saves), func(k *knock, rng *rand.Rand, worker int) error {
			d := saves[worker]
			tag, _, err := k.want(patch, "/v1/plans/"+d.plan+"/draft", d.token, d.tag, fmt.Appendf(nil, `{"continence":{"value":"Saved %d"}}`, rng.IntN(1_000_000)))
			d.tag = tag
			return err
		}, func(k *knock, rng *rand.Rand, worker int) error {
			_, _, err := k.want(patch, "/draft/"+saves[worker].plan, "", "", fmt.Appendf(nil, `Saved %d`, rng.IntN(1_000_000)))
			return err
		}))

	}
	if asked("approvals") {
		// Each approval is a plan's own, so that there are only so many.
		sent := c.amended(c.people[len(c.people)/2+300:], c.approvals, true)
		require.NotEmpty(b, sent, "no plan could be sent for approval")
		approving := figureRow{engine: engine, plans: plans, what: "approvals", ours: &timing{}, bare: &timing{}}
		var next atomic.Int64
		const approvers = 4
		approve := func(address string, one func(k *knock, d *amendment) error) ([]time.Duration, time.Duration, time.Duration) {
			next.Store(0)
			return c.together(address, approvers, time.Hour, untilNone(&next, len(sent), func(k *knock, i int) error { return one(k, sent[i]) }))
		}
		took, total, work := approve(c.bare.Listener.Addr().String(), func(k *knock, d *amendment) error {
			_, _, err := k.want(post, "/approve/"+d.plan, "", "", d.approval)
			return err
		})
		approving.bare.add(took, total, work)
		took, total, work = approve(address, func(k *knock, d *amendment) error {
			_, _, err := k.want(post, "/v1/plans/"+d.plan+"/approve", d.token, d.tag, d.approval)
			return err
		})
		approving.ours.add(took, total, work)
		say(approving)
	}
	if asked("events") {
		say(c.events(500, 30))
	}
	if asked("overload") {
		say(c.overload(5))
	}
	if long := seconds(b, "SOAK", "60"); long > 0 && asked("memory") {
		say(c.soak(long, opened, byNumber))
	}
	return rows
}

// errNothingLeft ends a worker that has nothing left to do.
var errNothingLeft = errors.New("nothing left")

func untilNone(next *atomic.Int64, n int, one func(k *knock, i int) error) func(k *knock, rng *rand.Rand, worker int) error {
	return func(k *knock, _ *rand.Rand, _ int) error {
		i := int(next.Add(1)) - 1
		if i >= n {
			return errNothingLeft
		}
		return one(k, i)
	}
}

// An amendment is a draft beside a live plan, written by the practice.
type amendment struct {
	plan, token, tag string
	approval         []byte
}

// amended begins so many amendments; sent says that they are sent for approval too.
func (c *city) amended(people []somebody, n int, sent bool) []*amendment {
	c.b.Helper()
	var out []*amendment
	for _, one := range people {
		if len(out) == n {
			break
		}
		if d := c.amend(one, sent); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// amend begins one, or gives nil when it is being amended already or approval would ask more about it.
func (c *city) amend(one somebody, sent bool) *amendment {
	c.b.Helper()
	k := &knock{address: c.ours.Listener.Addr().String()}
	defer k.close()
	d := &amendment{plan: one.plan, token: c.gp(one)}
	status, tag, raw, err := k.ask(post, "/v1/plans/"+one.plan+"/amend", d.token, "", []byte(`{"reason":"Something has changed"}`))
	require.NoError(c.b, err)
	if status != http.StatusOK {
		return nil
	}
	var p api.Plan
	require.NoError(c.b, json.Unmarshal(raw, &p))
	d.tag = tag
	if !sent {
		return d
	}
	_, raw, err = k.want(get, "/v1/plans/"+one.plan+"/problems?for=approval", d.token, "", nil)
	require.NoError(c.b, err)
	var gaps api.Problems
	require.NoError(c.b, json.Unmarshal(raw, &gaps))
	if slices.ContainsFunc(gaps.Items, func(p forms.Problem) bool { return p.Severity != forms.Advise }) {
		return nil
	}
	if status, d.tag, _, err = k.ask(post, "/v1/plans/"+one.plan+"/submit", d.token, tag, []byte(`{}`)); status != http.StatusOK {
		require.NoError(c.b, err)
		return nil
	}
	days, _ := plan.ReviewLimit(forms.NewReader(plan.Definition(), p.Draft.Answers, c.s.now()))
	in := api.Approve{Password: trainingPassword, ReviewDue: c.s.today().AddDate(0, 0, days).Format(time.DateOnly)}
	for _, check := range api.ApprovalChecks {
		in.Checks = append(in.Checks, check.ID)
	}
	d.approval = marshalled(c.b, in)
	return d
}

// events measures how long it takes from the moment at which an approval is sent to the moment at which listeners hear of it.
// All of them may know: they listen with the session of the practice whose plan it is, one practice after the other.
func (c *city) events(listeners, approvals int) figureRow {
	c.b.Helper()
	t := &timing{}
	done, missed := 0, 0
	tried := map[string]bool{}
	for _, one := range c.people {
		if tried[one.holder] || done >= approvals {
			continue
		}
		tried[one.holder] = true
		rows, err := c.db.Query(`SELECT id, holder_ods FROM plans WHERE holder_ods = $1 AND status = 'approved' ORDER BY id DESC LIMIT 60`, one.holder)
		require.NoError(c.b, err)
		var some []somebody
		for rows.Next() {
			var one somebody
			require.NoError(c.b, rows.Scan(&one.plan, &one.holder))
			some = append(some, one)
		}
		require.NoError(c.b, errors.Join(rows.Err(), rows.Close()))
		sent := c.amended(some, min(10, approvals-done), true)
		if len(sent) > 0 {
			missed += c.heard(one.holder, listeners, sent, t)
			done += len(sent)
		}
	}
	return figureRow{engine: c.engine, plans: c.plans, what: fmt.Sprintf("approval to event, %d listeners", listeners),
		words: fmt.Sprintf("%d approvals: median %s ms, p99 %s ms, worst %s ms from sending the approval; %d not heard", done, ms(t.at(.5)), ms(t.at(.99)), ms(t.at(1)), missed)}
}

// heard approves while so many listen, and gives how many did not hear of it within seconds.
func (c *city) heard(holder string, listeners int, sent []*amendment, t *timing) (missed int) {
	c.b.Helper()
	address := c.ours.Listener.Addr().String()
	token := c.token("gp." + strings.ToLower(holder))
	var mu sync.Mutex
	heard := map[string][]time.Time{}
	var ready, group sync.WaitGroup
	var lines []net.Conn
	for range listeners {
		conn, err := net.Dial("tcp", address)
		require.NoError(c.b, err)
		lines = append(lines, conn)
		ready.Add(1)
		group.Go(func() {
			once := sync.OnceFunc(ready.Done)
			defer once()
			fmt.Fprintf(conn, "GET /v1/events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", address, token)
			in := bufio.NewScanner(conn)
			for in.Scan() {
				raw, is := strings.CutPrefix(in.Text(), "data: ")
				if !is {
					continue
				}
				now := time.Now()
				once()
				var e api.Event
				if json.Unmarshal([]byte(raw), &e) == nil && e.PlanID != "" {
					mu.Lock()
					heard[e.PlanID] = append(heard[e.PlanID], now)
					mu.Unlock()
				}
			}
		})
	}
	ready.Wait()
	k := &knock{address: address}
	defer k.close()
	for _, d := range sent {
		at := time.Now()
		_, _, err := k.want(post, "/v1/plans/"+d.plan+"/approve", d.token, d.tag, d.approval)
		require.NoError(c.b, err)
		for range 500 {
			mu.Lock()
			n := len(heard[d.plan])
			mu.Unlock()
			if n >= listeners {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		mu.Lock()
		for _, then := range heard[d.plan] {
			t.took = append(t.took, then.Sub(at))
		}
		missed += max(0, listeners-len(heard[d.plan]))
		mu.Unlock()
	}
	for _, conn := range lines {
		_ = conn.Close()
	}
	group.Wait()
	return missed
}

// overload asks so many times as much at once as the service has places for, with its usual limits: one in five is a crew that
// looks a person up and reads their summary; the others read lists, names, access logs and save.
func (c *city) overload(times int) figureRow {
	c.b.Helper()
	address := c.ours.Listener.Addr().String()
	workers := times * c.s.limits.AtWork
	var urgent, others timing
	var urgentAsked, urgentShed, otherAsked, otherShed, reports, reportsShed atomic.Int64
	var mu sync.Mutex
	gp := ""
	for name, token := range c.tokens {
		if strings.HasPrefix(name, "gp.") {
			gp = token
		}
	}
	var group sync.WaitGroup
	began := time.Now()
	long := 3 * c.round
	for worker := range workers {
		group.Go(func() {
			k := &knock{address: address}
			defer k.close()
			rng := rand.New(rand.NewPCG(uint64(worker), 9))
			for time.Since(began) < long {
				one := c.people[rng.IntN(min(1000, len(c.people)))]
				at := time.Now()
				if worker%5 == 0 {
					status, _, _, err := k.ask(post, "/v1/patients/search", c.crew, "", marshalled(c.b, api.PatientSearch{NHSNumber: one.number}))
					if err == nil && status == http.StatusOK {
						status, _, _, err = k.ask(get, "/v1/plans/"+one.plan+"/summary", c.crew, "", nil)
					}
					urgentAsked.Add(1)
					if err != nil || status != http.StatusOK {
						urgentShed.Add(1)
						continue
					}
					mu.Lock()
					urgent.took = append(urgent.took, time.Since(at))
					mu.Unlock()
					continue
				}
				var status int
				var err error
				asked, shed := &otherAsked, &otherShed
				switch worker % 5 {
				case 1:
					status, _, _, err = k.ask(get, "/v1/worklists/practice-list", gp, "", nil)
				case 2:
					status, _, _, err = k.ask(post, "/v1/patients/search", gp, "", marshalled(c.b, api.PatientSearch{FamilyName: one.family, BirthDate: one.born}))
				case 3:
					status, _, _, err = k.ask(get, "/v1/plans/"+one.plan, c.gpOf(one), "", nil)
				case 4:
					asked, shed = &reports, &reportsShed
					status, _, _, err = k.ask(get, "/v1/plans/"+one.plan+"/access-log", c.gpOf(one), "", nil)
				}
				asked.Add(1)
				if err != nil || status == http.StatusServiceUnavailable {
					shed.Add(1)
					time.Sleep(20 * time.Millisecond) // far sooner than it was told
					continue
				}
				mu.Lock()
				others.took = append(others.took, time.Since(at))
				mu.Unlock()
			}
		})
	}
	group.Wait()
	share := func(shed, asked *atomic.Int64) string {
		return fmt.Sprintf("%.1f %%", 100*float64(shed.Load())/float64(max(1, asked.Load())))
	}
	return figureRow{engine: c.engine, plans: c.plans, what: fmt.Sprintf("%d clients at once (%d times)", workers, times),
		words: fmt.Sprintf("urgent: %d asked, %s refused, median %s ms, p99 %s ms; lists, names, plans: %d asked, %s refused; access logs: %d asked, %s refused",
			urgentAsked.Load(), share(&urgentShed, &urgentAsked), ms(urgent.at(.5)), ms(urgent.at(.99)), otherAsked.Load(), share(&otherShed, &otherAsked), reports.Load(), share(&reportsShed, &reports))}
}

// gpOf is the token of the practice, when it is signed in already; else that of another.
func (c *city) gpOf(one somebody) string {
	if token, there := c.tokens["gp."+strings.ToLower(one.holder)]; there {
		return token
	}
	return c.crew
}

// soak reads for long and says how the memory of the process went, with the clients in it.
func (c *city) soak(long time.Duration, opened []somebody, byNumber map[string][]byte) figureRow {
	c.b.Helper()
	var words []string
	look := func() {
		runtime.GC()
		var heap runtime.MemStats
		runtime.ReadMemStats(&heap)
		words = append(words, fmt.Sprintf("%d MiB (heap %d)", resident(c.b)>>20, heap.HeapAlloc>>20))
	}
	const parts = 4
	for range parts {
		c.together(c.ours.Listener.Addr().String(), benchReaders, long/parts, func(k *knock, rng *rand.Rand, _ int) error {
			one := opened[rng.IntN(len(opened))]
			if _, _, err := k.want(post, "/v1/patients/search", c.crew, "", byNumber[one.plan]); err != nil {
				return err
			}
			_, _, err := k.want(get, "/v1/plans/"+one.plan+"/summary", c.crew, "", nil)
			return err
		})
		look()
	}
	return figureRow{engine: c.engine, plans: c.plans, what: "memory over " + long.String(), words: strings.Join(words, ", ")}
}

// resident is the memory of this process that is in use.
func resident(b *testing.B) int64 {
	raw, err := os.ReadFile("/proc/self/statm")
	require.NoError(b, err)
	pages, err := strconv.ParseInt(strings.Fields(string(raw))[1], 10, 64)
	require.NoError(b, err)
	return pages * int64(os.Getpagesize())
}
