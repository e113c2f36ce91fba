package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/central/audit"
	"cmc/api/central/store/storetest"
)

// shape asks a database for its tables, columns and indexes: "table.column" and "index table (columns)".
func shape(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	require.NoError(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		out = append(out, line)
	}
	require.NoError(t, rows.Err())
	sort.Strings(out)
	return out
}

// Columns with what they may hold, in words that both engines use.
const (
	sqliteColumns = `SELECT m.name || '.' || c.name || ' ' || c.type || CASE WHEN c."notnull" THEN ' needed' ELSE '' END ||
		CASE WHEN c.dflt_value IS NULL THEN '' ELSE ' ' || c.dflt_value END || ' key ' || c.pk
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'`
	postgresColumns = `SELECT c.table_name || '.' || c.column_name || ' ' ||
		CASE c.data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' WHEN 'bytea' THEN 'BLOB' ELSE c.data_type END ||
		CASE WHEN c.is_nullable = 'NO' AND k.conkey IS DISTINCT FROM ARRAY[a.attnum] THEN ' needed' ELSE '' END ||
		CASE WHEN c.column_default IS NULL THEN '' ELSE ' ' || replace(c.column_default, '::text', '') END ||
		' key ' || COALESCE(array_position(k.conkey, a.attnum), 0)
		FROM information_schema.columns c
		JOIN pg_attribute a ON a.attrelid = c.table_name::regclass AND a.attname = c.column_name
		LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'p'
		WHERE c.table_schema = 'public' AND c.table_name NOT LIKE 'goose%'`
	sqliteIndexes = `SELECT m.name || ' ' || CASE WHEN l."unique" THEN 'unique ' ELSE '' END || CASE WHEN l.partial THEN 'partial ' ELSE '' END ||
		m.tbl_name || ' ' || (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(m.name) ORDER BY seqno))
		FROM sqlite_master m, pragma_index_list(m.tbl_name) l WHERE m.type = 'index' AND l.name = m.name AND m.name NOT LIKE 'sqlite%'`
	postgresIndexes = `SELECT i.relname || ' ' || CASE WHEN x.indisunique THEN 'unique ' ELSE '' END || CASE WHEN x.indpred IS NOT NULL THEN 'partial ' ELSE '' END ||
		t.relname || ' ' || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(x.indkey) WITH ORDINALITY k (attnum, n)
			JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum)
		FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
		WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE 'goose%'
		AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid)`
	postgresCollations = `SELECT c.table_name || '.' || c.column_name FROM information_schema.columns c WHERE c.table_schema = 'public'
		AND c.table_name NOT LIKE 'goose%' AND c.data_type = 'text' AND c.collation_name IS DISTINCT FROM 'C'`
)

// What is left when everything was taken back: the table of the migrations, and what the engines keep for themselves.
const (
	sqliteLeft   = `SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'`
	postgresLeft = `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'goose%'
		UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`
)

// The history gives both engines the same tables, columns and indexes, and each can go back to nothing and up again.
func TestTheTwoHistoriesMeanTheSame(t *testing.T) {
	ctx := context.Background()
	lite, err := driver.Open("file:" + filepath.Join(t.TempDir(), "central.db"))
	require.NoError(t, err)
	defer lite.Close()
	big, err := sql.Open("pgx", storetest.Database(t))
	require.NoError(t, err)
	defer big.Close()
	for _, round := range []string{"a new database", "one that went down and up"} {
		require.NoError(t, migrate(ctx, lite, sqlite), round)
		require.NoError(t, migrate(ctx, big, postgres), round)
		columns := shape(t, lite, sqliteColumns)
		require.Greater(t, len(columns), 100)
		assert.Equal(t, columns, shape(t, big, postgresColumns), round)
		indexes := shape(t, lite, sqliteIndexes)
		require.Greater(t, len(indexes), 10)
		assert.Equal(t, indexes, shape(t, big, postgresIndexes), round)
		assert.Empty(t, shape(t, big, postgresCollations), "text is compared by its bytes")

		for engine, db := range map[string]*sql.DB{sqlite: lite, postgres: big} {
			provider, err := migrator(db, engine)
			require.NoError(t, err)
			_, err = provider.DownTo(ctx, 0)
			require.NoError(t, err, engine)
		}
		assert.Empty(t, shape(t, lite, sqliteLeft))
		assert.Empty(t, shape(t, big, postgresLeft))
	}
}

// Lines of the audit from before they named a computer keep their hashes when the column comes, and new ones follow them. Organisations from
// before are found by their names.
func TestTheDatabaseFromBefore(t *testing.T) {
	ctx := context.Background()
	folder, address := filepath.Join(t.TempDir(), "central.db"), storetest.Database(t)
	lite, err := driver.Open("file:" + folder)
	require.NoError(t, err)
	big, err := sql.Open("pgx", address)
	require.NoError(t, err)
	for engine, db := range map[string]*sql.DB{sqlite: lite, postgres: big} {
		provider, err := migrator(db, engine)
		require.NoError(t, err)
		_, err = provider.UpTo(ctx, 13)
		require.NoError(t, err)
		prev := ""
		for seq := range 3 {
			e := audit.Event{Seq: int64(seq) + 1, At: time.Date(2026, 11, 22, 9, seq, 0, 0, time.UTC), Who: "Ann", Action: audit.View}
			e.Chain(prev)
			prev = e.Hash
			_, err = db.ExecContext(ctx, `INSERT INTO audit (seq, at, user_id, who, role, ods, org, action, prev_hash, hash)
				VALUES ($1, $2, '', $3, '', '', '', $4, $5, $6)`, e.Seq, stamp(e.At), e.Who, e.Action, e.PrevHash, e.Hash)
			require.NoError(t, err, engine)
		}
		_, err = db.ExecContext(ctx, `INSERT INTO organisations (ods, name, kind, phone) VALUES ('A1', 'Zoë''s House', 'care_home', ''), ('A2', '...', 'gp', '')`)
		require.NoError(t, err, engine)
		require.NoError(t, db.Close())
	}
	small, err := Open(ctx, folder, Options{})
	require.NoError(t, err)
	region, err := OpenPostgres(ctx, address, Options{})
	require.NoError(t, err)
	for engine, s := range map[string]Store{sqlite: small, postgres: region} {
		var lines []audit.Event
		require.NoError(t, s.Write(ctx, func(tx Tx) (err error) {
			for name, want := range map[string][]string{"ZOES HOUSE": {"A1"}, "Zoe": {}, "": {}, "...": {}} {
				found, err := tx.OrganisationsNamed(name)
				require.NoError(t, err, engine)
				require.Equal(t, want, found, "%s: %q", engine, name)
			}
			require.NoError(t, tx.PutOrganisation(&Organisation{ODS: "A1", Name: "Elm House", Kind: "care_home"}))
			found, err := tx.OrganisationsNamed("elm-house")
			require.NoError(t, err, engine)
			require.Equal(t, []string{"A1"}, found, "%s: it has another name now", engine)
			if err = tx.Audit(&audit.Event{At: time.Now(), Who: "Ann", Action: audit.View, Workstation: "K7QF-2MZP-XW3A"}); err != nil {
				return err
			}
			lines, err = tx.AuditFrom(1, 10)
			return err
		}), engine)
		require.Len(t, lines, 4)
		prev := ""
		for i, one := range lines {
			assert.True(t, one.Follows(prev), "%s: line %d", engine, i+1)
			prev = one.Hash
		}
		assert.Equal(t, []string{"", "K7QF-2MZP-XW3A"}, []string{lines[2].Workstation, lines[3].Workstation})
		require.NoError(t, s.Close())
	}
}

// Every file of the history reads well for both engines, and a marker that is misspelt does not.
func TestNoMarkerIsMisspelt(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	numbers := map[string]string{}
	for _, name := range files {
		raw, err := fs.ReadFile(migrations, name)
		require.NoError(t, err)
		number, _, _ := strings.Cut(filepath.Base(name), "_")
		assert.Len(t, number, 5, name)
		assert.Empty(t, numbers[number], "%s and another have the same number", name)
		numbers[number] = name
		for _, engine := range []string{sqlite, postgres} {
			read, err := dialect(string(raw), engine)
			require.NoError(t, err, "%s for %s", name, engine)
			assert.Equal(t, strings.Count(string(raw), "\n"), strings.Count(read, "\n"), "%s: lines keep their numbers", name)
			assert.NotContains(t, read, "-- +only", name)
		}
	}
	for _, bad := range []string{"-- +only mysql", "-- +only SQLite", "--+only sqlite", "-- + only sqlite", "  -- +only sqlite", "-- +al", "-- +everybody", "-- only sqlite",
		"-- all", "-- goose Up", "-- +goose Upp", "-- +all", "-- +only sqlite\nA\n", "-- +only sqlite\nA\n-- +goose Down\n-- +all"} {
		for _, engine := range []string{sqlite, postgres} {
			_, err := dialect("-- +goose Up\n"+bad+"\n", engine)
			require.Error(t, err, bad)
			assert.Contains(t, err.Error(), "section", bad+": "+err.Error())
		}
	}
}

func TestAMigrationIsReadForItsEngine(t *testing.T) {
	text := `-- about TEXT -- and more
-- +goose Up
CREATE TABLE a (seq INTEGER PRIMARY KEY, n INTEGER, t TEXT, b BLOB); -- TEXT
-- +only sqlite
SELECT 'INTEGER';
-- +only postgres
SELECT 'TEXT INTEGER';
-- +all
SELECT 1;
`
	lite, err := dialect(text, sqlite)
	require.NoError(t, err)
	big, err := dialect(text, postgres)
	require.NoError(t, err)
	assert.Equal(t, `-- about TEXT -- and more
-- +goose Up
CREATE TABLE a (seq INTEGER PRIMARY KEY, n INTEGER, t TEXT, b BLOB); -- TEXT

SELECT 'INTEGER';



SELECT 1;
`, lite)
	assert.Equal(t, fmt.Sprintf(`-- about TEXT -- and more
-- +goose Up
CREATE TABLE a (seq BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n BIGINT, t TEXT COLLATE %[1]q, b BYTEA); -- TEXT



SELECT 'TEXT INTEGER';

SELECT 1;
`, "C"), big)
}
