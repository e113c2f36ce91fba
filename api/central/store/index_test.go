package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A listener keeps what is asked of a connection.
type listener struct {
	connection
	asked []string
	args  [][]any
}

func (l *listener) hear(query string, args []any) {
	l.asked, l.args = append(l.asked, query), append(l.args, args)
}

func (l *listener) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	l.hear(query, args)
	return l.connection.QueryContext(ctx, query, args...)
}

func (l *listener) scanOne(ctx context.Context, query string, args []any, into ...any) error {
	l.hear(query, args)
	return l.connection.scanOne(ctx, query, args, into...)
}

// What somebody waits for is found by an index, however many plans and people there are: no statement goes through a whole
// table. The database is new and knows nothing of how many rows there are, as that of a new service is.
func TestNothingGoesThroughAllThatThereIs(t *testing.T) {
	ctx := context.Background()
	s := openSQLite(t, filepath.Join(t.TempDir(), "central.db"), Options{})
	yes := true
	now := time.Now()
	states := []string{"draft", "approved", "overdue"}
	for name, ask := range map[string]func(tx Tx) error{
		"a person by number": func(tx Tx) error { _, err := tx.PatientByNumber("9990000018"); return err },
		"a search by number": func(tx Tx) error { _, err := tx.FoundByNumber("9990000018", Asking{"A", "2", now}); return err },
		"a search by name": func(tx Tx) error {
			_, err := tx.FoundByName("osei", "a", "1941-06-09", Asking{"A", "2", now}, 20)
			return err
		},
		"a namesake":           func(tx Tx) error { _, err := tx.Namesake(&Patient{ID: "1", FamilyKey: "osei"}); return err },
		"rights":               func(tx Tx) error { _, err := tx.Glance("1", "A", "2", now); return err },
		"a person's plan":      func(tx Tx) error { _, err := tx.PlanOf("1"); return err },
		"a person's last plan": func(tx Tx) error { _, err := tx.LastPlanOf("1"); return err },
		"a version":            func(tx Tx) error { _, err := tx.Version("1", 1); return err },
		"who looked":           func(tx Tx) error { _, err := tx.AuditOf("1", 10); return err },
		"who searched":         func(tx Tx) error { _, err := tx.AuditAbout("1", "2", 10); return err },
		"a care team":          func(tx Tx) error { _, err := tx.OrganisationsNamed("Elm House"); return err },
		"a session":            func(tx Tx) error { _, err := tx.User("1"); return err },
		"one's list": func(tx Tx) error {
			_, err := tx.List(Filter{Statuses: states, RelatedODS: "A", RelatedUser: "1"})
			return err
		},
		"one's count": func(tx Tx) error {
			_, err := tx.Count(Filter{Statuses: states, RelatedODS: "A", RelatedUser: "1"})
			return err
		},
		"what is flagged": func(tx Tx) error {
			_, err := tx.List(Filter{Statuses: states, RelatedODS: "A", Flagged: true})
			return err
		},
		"reviews": func(tx Tx) error {
			_, err := tx.Count(Filter{Statuses: states, RelatedODS: "A", RemindBy: "2026-01-01"})
			return err
		},
		"one's drafts": func(tx Tx) error {
			_, err := tx.Count(Filter{Statuses: states, AuthorID: "1", Returned: &yes})
			return err
		},
		"what was sent back": func(tx Tx) error {
			_, err := tx.List(Filter{Statuses: states, AuthorID: "1", AuthorODS: "A", Returned: &yes})
			return err
		},
		"emergencies": func(tx Tx) error { _, err := tx.Count(Filter{Glass: true, HolderODS: "A"}); return err },
	} {
		t.Run(name, func(t *testing.T) {
			heard := &listener{connection: s.writer}
			if err := ask(&sqlTx{ctx: ctx, tx: heard, engine: sqlite}); err != nil {
				require.ErrorIs(t, err, ErrNotFound)
			}
			require.NotEmpty(t, heard.asked)
			for i, query := range heard.asked {
				rows, err := s.writer.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, heard.args[i]...)
				require.NoError(t, err)
				defer rows.Close() // also when it fails: the connection is wanted at the end
				found := 0
				for rows.Next() {
					var id, parent, unused int
					var detail string
					require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
					found++
					if words, is := strings.CutPrefix(detail, "SCAN "); is {
						// Going through what a search has found, or a handful of rows that wait, is no harm.
						require.Regexp(t, `^(\(|CONSTANT|other|of_)`, words, "%s", query)
					}
				}
				require.NoError(t, rows.Err())
				require.NoError(t, rows.Close())
				require.NotZero(t, found)
			}
		})
	}
}
