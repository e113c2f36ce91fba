package central

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/seal"
	"cmc/api/central/store"
	"cmc/assets/training"
	"cmc/forms"
	"cmc/forms/plan"
)

// sensitive are the sealed words of the invented people: hidden answers, and where they live.
func sensitive(t *testing.T, w *ward) secrets {
	t.Helper()
	people, plans, organisations, _, err := training.Load(w.clock.now())
	require.NoError(t, err)
	out, others := secrets{}, secrets{} // others: what is not sealed, and may hold the same words ("Flat 5 has the key")
	d := plan.Definition()
	for _, one := range plans {
		for _, raw := range [][]byte{one.Draft, liveOf(one)} {
			if len(raw) == 0 {
				continue
			}
			content, _, err := forms.Decode(d, raw)
			require.NoError(t, err)
			rest := content.Clone()
			for id := range content {
				if sealedItem(id) {
					delete(rest, id)
				} else {
					delete(content, id)
				}
			}
			out.answers(d, content, one.ID)
			others.answers(d, rest, one.ID)
		}
	}
	for _, one := range people {
		for _, text := range append(one.Address, one.Postcode) {
			out.word(text, one.ID)
		}
	}
	open := "" // a care home's name is in the list of organisations
	for _, one := range organisations {
		open += one.Name + "\n"
	}
	for word := range others {
		open += word + "\n"
	}
	for word := range out {
		if strings.Contains(open, word) {
			delete(out, word)
		}
	}
	return out
}

// onDisk are the bytes of the database and of what lies beside it, but for the key.
func onDisk(t *testing.T, dir string) string {
	t.Helper()
	var all []byte
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, one := range entries {
		if one.IsDir() || filepath.Ext(one.Name()) == ".key" {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, one.Name()))
		require.NoError(t, err)
		all = append(all, raw...)
	}
	return string(all)
}

// A full run over real files: what is hidden, and where anybody lives, stands in none of them, the log of what was written last
// included; not while the service runs and not afterwards.
func TestNothingSensitiveIsInTheFiles(t *testing.T) {
	dir := t.TempDir()
	w := openWard(t, func(o *Options) { o.DataDir = dir })
	ctx := context.Background()
	words := sensitive(t, w)
	require.Greater(t, len(words), 100)
	for _, one := range []string{safeCode, safeguards, misuse, secretLines, "SE1 0ZZ", "Zweitfassung", "Drittfassung"} {
		words[one] = "typed in this test"
	}
	gp := w.as("gp")
	p := w.begin("gp", w.without("X99001"))
	typed := strings.TrimSuffix(hiddenPatch(), "}") + `,"address_usual":{"value":{"lines":["` + secretLines + `"],"postcode":"SE1 0ZZ"}}}`
	p, err := gp.PatchDraft(ctx, p.ID, []byte(typed), p.Etag, "a key of one request")
	require.NoError(t, err)
	require.Equal(t, safeCode, p.Draft.Answers[plan.KeySafeCode].Text, "the first answer is kept with it")
	p, err = gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	p, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	_, err = w.as("urgent").Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	_, err = w.as("urgent").Summary(ctx, p.ID, "")
	require.NoError(t, err)
	shown, err := w.as("urgent").Revealed(ctx, p.ID, api.Reveal{Item: plan.KeySafeCode, Reason: "Nobody opens"})
	require.NoError(t, err)
	require.Equal(t, safeCode, shown.Value)
	p, err = gp.Amend(ctx, p.ID, "A new code")
	require.NoError(t, err)
	p, err = gp.PatchDraft(ctx, p.ID, []byte(`{"key_safe_code":{"value":"Zweitfassung"}}`), p.Etag, "")
	require.NoError(t, err)
	_, err = gp.Discard(api.WithMatch(ctx, p.Etag), p.ID, "It was the neighbour's")
	require.NoError(t, err)
	p, err = gp.Amend(ctx, p.ID, "A new code")
	require.NoError(t, err)
	_, err = gp.PatchDraft(ctx, p.ID, []byte(`{"key_safe_code":{"value":"Drittfassung"}}`), p.Etag, "")
	require.NoError(t, err)

	all := onDisk(t, dir)
	require.Contains(t, all, p.Patient.FamilyName, "what is not sealed is found")
	assert.Empty(t, words.in(all), "while it runs")
	// The file as a backup would have it.
	db, err := driver.Open("file:" + Database(dir))
	require.NoError(t, err)
	_, err = db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	assert.Empty(t, words.in(onDisk(t, dir)), "after it was all written down")
}

// tamper changes the database behind the service's back.
func tamper(t *testing.T, dir string, change func(db *sql.DB)) {
	t.Helper()
	db, err := driver.Open("file:" + Database(dir))
	require.NoError(t, err)
	defer db.Close()
	change(db)
}

func column(t *testing.T, db *sql.DB, query string, args ...any) string {
	t.Helper()
	var out string
	require.NoError(t, db.QueryRow(query, args...).Scan(&out))
	return out
}

// A sealed answer that was changed by one letter, or that is another plan's or another question's, is refused: nobody is
// shown a wrong code.
func TestASealedAnswerBelongsWhereItIs(t *testing.T) {
	dir := t.TempDir()
	w := openWard(t, func(o *Options) { o.DataDir = dir })
	ctx := context.Background()
	p := w.withHidden()
	other := w.begin("carehome", w.without("VX991"))
	other, err := w.as("carehome").PatchDraft(ctx, other.ID, []byte(hiddenPatch()), other.Etag, "")
	require.NoError(t, err)
	sealed := regexp.MustCompile(`"key_safe_code":\{"sealed":"(sealed:k1:[^"]+)"\}`)
	var mine, theirs string
	tamper(t, dir, func(db *sql.DB) {
		mine = column(t, db, `SELECT answers FROM drafts WHERE plan_id = ?`, p.ID)
		theirs = column(t, db, `SELECT answers FROM drafts WHERE plan_id = ?`, other.ID)
	})
	value, foreign := sealed.FindStringSubmatch(mine), sealed.FindStringSubmatch(theirs)
	require.NotEmpty(t, value)
	require.NotEmpty(t, foreign)
	flip := []byte(value[1])
	flip[len(flip)-8] ^= 1
	text := regexp.MustCompile(`"safeguarding_text":\{"sealed":"(sealed:k1:[^"]+)"\}`).FindStringSubmatch(mine)
	for name, changed := range map[string]string{
		"one letter":       strings.Replace(mine, value[1], string(flip), 1),
		"another plan's":   strings.Replace(mine, value[1], foreign[1], 1),
		"another question": strings.Replace(mine, value[1], text[1], 1),
		"cut short":        strings.Replace(mine, value[1], value[1][:len(value[1])-4], 1),
		"an unknown key":   strings.Replace(mine, value[1], strings.Replace(value[1], "k1", "k7", 1), 1),
	} {
		require.NotEqual(t, mine, changed)
		tamper(t, dir, func(db *sql.DB) {
			_, err := db.Exec(`UPDATE drafts SET answers = ? WHERE plan_id = ?`, changed, p.ID)
			require.NoError(t, err)
		})
		_, err := w.as("gp").Plan(ctx, p.ID)
		problem := refused(t, err, api.CodeInternal)
		assert.Equal(t, 500, problem.Status, name)
		_, err = w.as("gp").Revealed(ctx, p.ID, api.Reveal{Item: plan.KeySafeCode, Reason: "Nobody opens", Draft: true})
		refused(t, err, api.CodeInternal)
	}
	tamper(t, dir, func(db *sql.DB) {
		_, err := db.Exec(`UPDATE drafts SET answers = ? WHERE plan_id = ?`, mine, p.ID)
		require.NoError(t, err)
	})
	_, err = w.as("gp").Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.NotContains(t, w.logged(), safeCode)
}

// The service does not begin with a key that is missing, another one's, or open to others; and changes nothing then.
func TestTheKeyIsProvedAtTheStart(t *testing.T) {
	ctx := context.Background()
	options := Options{DataDir: t.TempDir()}
	begin := func(o Options) error {
		s, err := Open(ctx, o)
		if err == nil {
			err = s.Close()
		}
		return err
	}
	require.NoError(t, begin(options))
	key := KeyFile(options.DataDir)
	info, err := os.Stat(key)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	right, err := os.ReadFile(key)
	require.NoError(t, err)

	require.NoError(t, os.Remove(key))
	require.ErrorIs(t, begin(options), errNoKey)
	_, err = os.Stat(key)
	require.ErrorIs(t, err, os.ErrNotExist, "no new key takes its place")

	require.NoError(t, NewKey(key))
	require.ErrorIs(t, begin(options), errWrongKey)
	require.ErrorIs(t, begin(Options{DataDir: options.DataDir, KeyFile: filepath.Join(t.TempDir(), "none.key")}), errNoKey)

	elsewhere := filepath.Join(t.TempDir(), "kept.key")
	require.NoError(t, os.WriteFile(elsewhere, right, 0o600))
	require.NoError(t, begin(Options{DataDir: options.DataDir, KeyFile: elsewhere}), "the file may lie anywhere")
	require.NoError(t, os.Chmod(elsewhere, 0o644))
	require.ErrorIs(t, begin(Options{DataDir: options.DataDir, KeyFile: elsewhere}), seal.ErrOpen)
}

// opened takes the seals off, as a database was before there were keys.
func opened(t *testing.T, dir string) {
	t.Helper()
	ctx := context.Background()
	v, err := openShut(ctx, Options{DataDir: dir}, false)
	require.NoError(t, err)
	rewriter := store.Rewriter{
		Answers: v.ring.OpenAnswers,
		Version: func(planID string, number int, summary []byte, salt string) ([]byte, string, error) {
			open, err := v.openWhole(summaryPlace(planID, number), summary)
			return open, "", err
		},
		Answered: func(userID, name string, body []byte, hash string) ([]byte, string, error) {
			open, err := v.openText(answeredPlace(userID, name), body)
			if err != nil {
				return nil, "", err
			}
			plain, err := v.openText(answeredPlace(userID, name)+"/hash", []byte(hash))
			return open, string(plain), err
		},
		Patient: func(id, place string, details []byte) (string, []byte, error) {
			p := &store.Patient{ID: id, Place: place, Details: details}
			err := v.openPatient(p)
			return p.Place, p.Details, err
		},
	}
	require.NoError(t, v.rewrite(ctx, rewriter))
	require.NoError(t, v.Store.Write(ctx, func(tx store.Tx) error {
		return errors.Join(tx.SetMeta(metaCheck, ""), tx.SetMeta(metaHead, ""))
	}))
	require.NoError(t, v.Close())
	require.NoError(t, os.Remove(KeyFile(dir)))
}

// A database from before there were keys is sealed once, at the start, and nothing open is left in its file; what was frozen
// is frozen afterwards; and everything reads as before.
func TestAnOldDatabaseIsSealedOnce(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	w := openWard(t, func(o *Options) { o.DataDir = dir })
	words := sensitive(t, w)
	p := w.live()
	before, err := w.as("gp").Plan(ctx, p.ID)
	require.NoError(t, err)
	draft := w.begin("carehome", w.without("VX991"))
	draft, err = w.as("carehome").PatchDraft(ctx, draft.ID, []byte(hiddenPatch()), draft.Etag, "first answer")
	require.NoError(t, err)
	w.s.Hush()
	require.NoError(t, w.s.Close())

	opened(t, dir)
	require.NotEmpty(t, words.in(onDisk(t, dir)), "it stands open")
	require.Contains(t, onDisk(t, dir), safeCode)
	again := openWard(t, func(o *Options) { o.DataDir, o.Now = dir, w.clock.now })
	all := onDisk(t, dir)
	assert.Empty(t, words.in(all))
	assert.NotContains(t, all, safeCode)
	now, err := again.as("gp").Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.True(t, before.Published.Answers.Equal(now.Published.Answers))
	require.NoError(t, err)
	kept, err := again.as("carehome").Plan(ctx, draft.ID)
	require.NoError(t, err)
	assert.Equal(t, safeCode, kept.Draft.Answers[plan.KeySafeCode].Text)
	tamper(t, dir, func(db *sql.DB) {
		_, err := db.Exec(`UPDATE versions SET quality = 1`)
		require.ErrorContains(t, err, "frozen")
		_, err = db.Exec(`DELETE FROM versions`)
		require.ErrorContains(t, err, "frozen")
	})
	_, err = VerifyAudit(ctx, Options{DataDir: dir})
	require.NoError(t, err)
}

// A new key, while the service runs: everything is sealed with it, the old ones open backups, and nobody notices.
func TestTheKeyIsChanged(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	w := openWard(t, func(o *Options) { o.DataDir = dir })
	p := w.withHidden()
	live := w.as("gp")
	name, err := RotateKey(ctx, Options{DataDir: dir})
	require.NoError(t, err)
	assert.Equal(t, "k2", name)
	seen, err := live.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Equal(t, safeCode, seen.Draft.Answers[plan.KeySafeCode].Text)
	_, err = live.PatchDraft(ctx, p.ID, []byte(`{"key_safe_code":{"value":"after 1"}}`), seen.Etag, "")
	require.NoError(t, err)
	tamper(t, dir, func(db *sql.DB) {
		for _, query := range []string{`SELECT answers FROM drafts`, `SELECT answers FROM versions`, `SELECT summary FROM versions`, `SELECT salt FROM versions`,
			`SELECT place FROM patients`, `SELECT details FROM patients`, `SELECT body FROM answered`, `SELECT body_hash FROM answered`, `SELECT value FROM meta`} {
			rows, err := db.Query(query)
			require.NoError(t, err)
			for rows.Next() {
				var raw []byte
				require.NoError(t, rows.Scan(&raw))
				assert.False(t, bytes.Contains(raw, []byte("sealed:k1:")), "%s: %.80s", query, raw)
			}
			require.NoError(t, rows.Err())
		}
	})
	raw, err := os.ReadFile(KeyFile(dir))
	require.NoError(t, err)
	assert.Contains(t, string(raw), "\nk1 ")
	assert.Contains(t, string(raw), "\nk2 ")
	_, err = VerifyAudit(ctx, Options{DataDir: dir})
	require.NoError(t, err)
}
