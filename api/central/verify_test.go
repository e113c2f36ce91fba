package central

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/central/audit"
	"cmc/api/central/store"
	"cmc/api/central/store/storetest"
)

// behind runs SQL behind the service's back, in whichever database the ward has.
func (w *ward) behind(statements ...string) error {
	if w.s.options.Database != "" {
		for _, one := range statements {
			if err := storetest.Exec(w.s.options.Database, one); err != nil {
				return err
			}
		}
		return nil
	}
	db, err := driver.Open("file:" + Database(w.s.options.DataDir))
	if err != nil {
		return err
	}
	for _, one := range statements {
		if _, err = db.Exec(one); err != nil {
			break
		}
	}
	return errors.Join(err, db.Close())
}

// insertLine is the SQL that puts a line in.
func insertLine(e audit.Event) string {
	values := []string{fmt.Sprint(e.Seq)}
	for _, text := range []string{e.At.UTC().Format(audit.TimeFormat), e.UserID, e.Who, e.Role, e.ODS, e.Org, e.PatientID, e.PlanID} {
		values = append(values, quoted(text))
	}
	values = append(values, fmt.Sprint(e.Version))
	for _, text := range []string{e.Action, e.What, e.Reason, e.PrevHash, e.Hash, e.Workstation} {
		values = append(values, quoted(text))
	}
	return `INSERT INTO audit (seq, at, user_id, who, role, ods, org, patient_id, plan_id, version, action, what, reason, prev_hash, hash, workstation) VALUES (` +
		strings.Join(values, ", ") + `)`
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// One line of the audit that was changed, taken out, put in or moved is found and named, wherever it is, even by somebody who works
// out the hashes as the service does. The database itself refuses all but putting in.
func TestOneLineOfTheAuditIsFound(t *testing.T) {
	w := openWard(t, func(o *Options) { o.Chores = time.Hour })
	ctx := context.Background()
	p := w.live()
	_, err := w.as("gp").Plan(ctx, p.ID)
	require.NoError(t, err)
	end, err := VerifyAudit(ctx, w.s.options)
	require.NoError(t, err)
	var lines []audit.Event
	require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) (err error) {
		lines, err = tx.AuditFrom(1, 100000)
		return err
	}))
	require.Len(t, lines, int(end.Seq))
	require.Greater(t, len(lines), 20)
	last, middle := lines[len(lines)-1], lines[len(lines)/2]
	k, n := middle.Seq, end.Seq

	for _, statement := range []string{
		fmt.Sprintf(`UPDATE audit SET who = 'Nobody' WHERE seq = %d`, k),
		fmt.Sprintf(`DELETE FROM audit WHERE seq = %d`, n),
		`DELETE FROM audit`,
	} {
		require.ErrorContains(t, w.behind(statement), "append-only", statement)
	}
	_, err = VerifyAudit(ctx, w.s.options)
	require.NoError(t, err)

	drop := []string{`DROP TRIGGER audit_no_update`, `DROP TRIGGER audit_no_delete`}
	if w.s.options.Database != "" {
		drop = []string{`DROP TRIGGER audit_no_change ON audit`}
	}
	require.NoError(t, w.behind(append(drop, `CREATE TABLE kept AS SELECT * FROM audit`)...), "by whoever owns the database")

	// chained are all lines from one on with hashes worked out anew, after change.
	chained := func(from int64, change func(*audit.Event)) []string {
		out := []string{fmt.Sprintf(`DELETE FROM audit WHERE seq >= %d`, from)}
		prev := lines[from-2].Hash
		for _, one := range lines[from-1:] {
			if one.Seq == from {
				change(&one)
			}
			one.Chain(prev)
			prev = one.Hash
			out = append(out, insertLine(one))
		}
		return out
	}
	more := last
	more.Seq, more.Reason = n+1, "Put in by hand"
	more.Chain(last.Hash)
	copied := middle
	copied.Seq = k + 1
	other := lines[k] // the one after the middle
	for _, c := range []struct {
		what  string
		done  []string
		found string
	}{
		{"who did it changed", []string{fmt.Sprintf(`UPDATE audit SET who = 'Nobody' WHERE seq = %d`, k)}, fmt.Sprintf("line %d was changed", k)},
		{"a time changed", []string{fmt.Sprintf(`UPDATE audit SET at = '2026-11-01T00:00:00.000Z' WHERE seq = %d`, k)}, fmt.Sprintf("line %d was changed", k)},
		{"the last changed", []string{fmt.Sprintf(`UPDATE audit SET reason = 'Another' WHERE seq = %d`, n)}, fmt.Sprintf("line %d was changed", n)},
		{"one in the middle dropped", []string{fmt.Sprintf(`DELETE FROM audit WHERE seq = %d`, k)}, fmt.Sprintf("line %d is missing", k)},
		{"one in the middle dropped, the others moved up", []string{fmt.Sprintf(`DELETE FROM audit WHERE seq = %d`, k),
			fmt.Sprintf(`UPDATE audit SET seq = -seq + 1 WHERE seq > %d`, k), `UPDATE audit SET seq = -seq WHERE seq < 0`}, fmt.Sprintf("line %d was changed", k)},
		{"the first dropped", []string{`DELETE FROM audit WHERE seq = 1`}, "line 1 is missing"},
		{"the last dropped", []string{fmt.Sprintf(`DELETE FROM audit WHERE seq = %d`, n)}, fmt.Sprintf("ends with line %d, and 1 lines after it are missing", n-1)},
		{"one put in between", []string{fmt.Sprintf(`UPDATE audit SET seq = -seq - 1 WHERE seq > %d`, k), `UPDATE audit SET seq = -seq WHERE seq < 0`, insertLine(copied)},
			fmt.Sprintf("line %d was changed", k+1)},
		{"one put in at the end, rightly chained", []string{insertLine(more)}, fmt.Sprintf("line %d was not written by the service", n+1)},
		{"two in each other's place", []string{fmt.Sprintf(`UPDATE audit SET seq = -seq WHERE seq IN (%d, %d)`, k, k+1),
			fmt.Sprintf(`UPDATE audit SET seq = %d WHERE seq = %d`, k+1, -k), fmt.Sprintf(`UPDATE audit SET seq = %d WHERE seq = %d`, k, -(k + 1))},
			fmt.Sprintf("line %d was changed", k)},
		{"two in each other's place, each with a hash of its own", func() []string {
			a, b := other, middle
			a.Seq, b.Seq = k, k+1
			a.Chain(lines[k-2].Hash)
			b.Chain(a.Hash)
			return []string{fmt.Sprintf(`DELETE FROM audit WHERE seq IN (%d, %d)`, k, k+1), insertLine(a), insertLine(b)}
		}(), fmt.Sprintf("line %d does not follow the one before it", k+2)},
		{"one changed, and every hash after it worked out anew", chained(k, func(e *audit.Event) { e.Who = "Nobody" }), "are not those that the service wrote"},
		{"the seal of the end changed", []string{`UPDATE meta SET value = '' WHERE name = 'audit_head'`}, "the seal of its end is missing"},
	} {
		head := ""
		require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) (err error) {
			head, err = tx.Meta(metaHead)
			return err
		}))
		require.NoError(t, w.behind(c.done...), c.what)
		_, err := VerifyAudit(ctx, w.s.options)
		assert.ErrorContains(t, err, c.found, c.what)
		require.NoError(t, w.behind(`DELETE FROM audit`, `INSERT INTO audit SELECT * FROM kept`, `UPDATE meta SET value = `+quoted(head)+` WHERE name = 'audit_head'`))
		_, err = VerifyAudit(ctx, w.s.options)
		require.NoError(t, err, "put back after: %s", c.what)
	}
	_, err = VerifyAudit(ctx, w.s.options, Anchor{Seq: k, Hash: middle.Hash})
	require.NoError(t, err)
	_, err = VerifyAudit(ctx, w.s.options, Anchor{Seq: k, Hash: other.Hash})
	require.ErrorContains(t, err, fmt.Sprintf("line %d is not the one that was noted", k))
}

// counting counts what is written.
type counting struct {
	store.Store
	transactions, lines, heads, others atomic.Int64
}

type countingTx struct {
	store.Tx
	c *counting
}

func (c *counting) Write(ctx context.Context, fn func(store.Tx) error) error {
	c.transactions.Add(1)
	return c.Store.Write(ctx, func(tx store.Tx) error { return fn(&countingTx{tx, c}) })
}

func (c *counting) WriteSoon(ctx context.Context, fn func(store.Tx) error) error {
	c.transactions.Add(1)
	return c.Store.WriteSoon(ctx, func(tx store.Tx) error { return fn(&countingTx{tx, c}) })
}

func (t *countingTx) Audit(events ...*audit.Event) error {
	t.c.lines.Add(int64(len(events)))
	return t.Tx.Audit(events...)
}

func (t *countingTx) SetMeta(name, value string) error {
	if name == metaHead {
		t.c.heads.Add(1)
	} else {
		t.c.others.Add(1)
	}
	return t.Tx.SetMeta(name, value)
}

func (c *counting) reset() {
	c.transactions.Store(0)
	c.lines.Store(0)
	c.heads.Store(0)
	c.others.Store(0)
}

// A view costs one write: one transaction with its line of the audit and the seal of the audit's end. Views that come together
// share it.
func TestAViewCostsOneWrite(t *testing.T) {
	c := &counting{}
	w := openWard(t, func(o *Options) {
		o.Chores = time.Hour
		o.wrap = func(st store.Store) store.Store {
			c.Store = st
			return c
		}
	})
	ctx := context.Background()
	p := w.live()
	gp, urgent := w.as("gp"), w.as("urgent")
	_, err := urgent.Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	views := map[string]func() error{
		"plan":       func() error { _, err := gp.Plan(ctx, p.ID); return err },
		"summary":    func() error { _, err := urgent.Summary(ctx, p.ID, ""); return err },
		"version":    func() error { _, err := gp.Version(ctx, p.ID, 1); return err },
		"changes":    func() error { _, err := gp.Changes(ctx, p.ID, "1", false); return err },
		"access log": func() error { _, err := gp.AccessLog(ctx, p.ID); return err },
		"worklist":   func() error { _, err := gp.Worklist(ctx, "practice-list"); return err },
		"page":       func() error { _, err := urgent.SummaryPDF(ctx, p.ID); return err },
	}
	for name, view := range views {
		c.reset()
		require.NoError(t, view(), name)
		assert.Equal(t, int64(1), c.lines.Load(), name)
		assert.Equal(t, int64(1), c.heads.Load(), name)
		assert.Equal(t, int64(1), c.transactions.Load(), name)
		assert.Zero(t, c.others.Load(), name)
	}
	c.reset()
	var together sync.WaitGroup
	for range 64 {
		together.Go(func() { assert.NoError(t, views["summary"]()) })
	}
	together.Wait()
	assert.Equal(t, int64(64), c.lines.Load())
	assert.LessOrEqual(t, c.transactions.Load(), int64(64))
	assert.Equal(t, c.transactions.Load(), c.heads.Load(), "one seal of the end for each transaction")
}
