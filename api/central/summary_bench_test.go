package central

// What may change here: how the rate of the summary is measured, never against what. The yardstick is the least that answers
// the same question: net/http, the same driver, one row read, as many bytes sent. docs/figures.md says how it is read.

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/pressure"
	"cmc/assets/training"
)

// benchClients is how many clients ask at the same time, for each processor: enough that neither side waits for work. With few
// clients the service waits for its own audit, and what is measured is that wait and not its rate.
const benchClients = 32

// BenchmarkSummary asks for the summary of a live plan over HTTP on loopback with kept connections: "service" is the real
// service with sign-in, access rules and audit on its own database file, "bare" the yardstick. Wanted: the service answers at
// least a quarter as often.
func BenchmarkSummary(b *testing.B) {
	ctx := context.Background()
	limits := pressure.Usual()
	limits.Training *= 1000 // one account asks for all
	s, err := Open(ctx, Options{DataDir: b.TempDir(), Training: true, Limits: limits})
	require.NoError(b, err)
	web := httptest.NewServer(s.Handler())
	b.Cleanup(func() {
		s.Hush()
		web.Close()
		require.NoError(b, s.Close())
	})
	client, err := api.NewClient(web.URL, api.ClientOptions{})
	require.NoError(b, err)
	session, err := client.SignIn(ctx, api.Credentials{Username: "gp", Password: "training"})
	require.NoError(b, err)
	path := longestSummary(b, client)
	whole := ask(b, web.Listener.Addr().String(), path, session.Token)

	bare := bareServer(b, whole)
	for _, one := range []struct{ name, address string }{
		{"service", web.Listener.Addr().String()}, {"bare", bare.Listener.Addr().String()},
	} {
		require.Len(b, ask(b, one.address, path, session.Token), len(whole), "both send as many bytes")
		b.Run(one.name, func(b *testing.B) { benchAsk(b, one.address, path, session.Token) })
	}
	lines := 0
	log, err := client.AccessLog(ctx, strings.Split(path, "/")[3])
	require.NoError(b, err)
	for _, one := range log.Items {
		if one.Action == "summary" {
			lines++
		}
	}
	require.NotZero(b, lines, "what was read is in the audit")
}

// longestSummary is the path of the summary with the most bytes that the caller may read.
func longestSummary(b *testing.B, client *api.Client) string {
	_, plans, _, _, err := training.Load(newTestClock().now())
	require.NoError(b, err)
	best, most := "", 0
	for _, one := range plans {
		if one.Live == nil || one.Status != "approved" {
			continue
		}
		id := trainingID("plan", one.ID)
		got, err := client.Summary(context.Background(), id, "")
		if err != nil {
			continue // not this caller's patient
		}
		if size := len(fmt.Sprint(*got)); size > most {
			best, most = "/v1/plans/"+id+"/summary", size
		}
	}
	require.NotEmpty(b, best, "no training plan can be read")
	return best
}

// bareServer answers every request with one row of a database file: the bytes of a summary.
func bareServer(b *testing.B, body []byte) *httptest.Server {
	db, err := driver.Open("file:" + filepath.ToSlash(filepath.Join(b.TempDir(), "bare.db")) + "?_pragma=journal_mode(wal)&_pragma=cache_size(-16000)")
	require.NoError(b, err)
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	_, err = db.Exec(`CREATE TABLE pages (id TEXT PRIMARY KEY, body BLOB NOT NULL)`)
	require.NoError(b, err)
	_, err = db.Exec(`INSERT INTO pages (id, body) VALUES ($1, $2)`, "one", body)
	require.NoError(b, err)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var raw sql.RawBytes
		rows, err := db.QueryContext(r.Context(), `SELECT body FROM pages WHERE id = $1`, "one")
		if err != nil {
			http.Error(w, "no page", http.StatusInternalServerError)
			return
		}
		defer rows.Close()
		if !rows.Next() || rows.Scan(&raw) != nil {
			http.Error(w, "no page", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(raw)
	}))
	b.Cleanup(func() {
		web.Close()
		require.NoError(b, db.Close())
	})
	return web
}

// An asker is one kept connection and a request that is written already, so that asking costs little.
type asker struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
}

func newAsker(address, path, token string) (*asker, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nAccept: application/json\r\n\r\n", path, address, token)
	return &asker{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), request: []byte(request)}, nil
}

// ask sends the request and writes the body of the answer to out.
func (a *asker) ask(out io.Writer) error {
	if _, err := a.conn.Write(a.request); err != nil {
		return err
	}
	answer, err := http.ReadResponse(a.in, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer was %s", answer.Status)
	}
	_, err = io.Copy(out, answer.Body)
	return err
}

func ask(b *testing.B, address, path, token string) []byte {
	a, err := newAsker(address, path, token)
	require.NoError(b, err)
	defer a.conn.Close()
	var body bytes.Buffer
	require.NoError(b, a.ask(&body))
	return body.Bytes()
}

func benchAsk(b *testing.B, address, path, token string) {
	b.SetParallelism(benchClients)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		a, err := newAsker(address, path, token)
		if err != nil {
			b.Error(err)
			return
		}
		defer a.conn.Close()
		for pb.Next() {
			if err := a.ask(io.Discard); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}
