package store

// What may change here: the SQL with which everything that is sealed is written anew: once for a database from before there
// were keys, and when a key is changed. Only this file may change what is frozen, and only in how it is kept.

import (
	"context"
	"fmt"
)

// A Rewriter gives the new form of what is stored. Each function gets what the row holds and gives what it shall hold; what
// comes back as it was is not written.
type Rewriter struct {
	Answers  func(planID string, answers []byte) ([]byte, error)
	Version  func(planID string, number int, summary []byte, salt string) ([]byte, string, error)
	Answered func(userID, name string, body []byte, hash string) ([]byte, string, error)
	Patient  func(id, place string, details []byte) (string, []byte, error)
	Comment  func(id, hidden string) (string, error)
}

// Sealing is the part of Tx for writing anew what is sealed.
type Sealing interface {
	// Rewrite writes a few hundred rows anew: of the index, kept answers, drafts, versions, discarded drafts and comments, beginning
	// after those of before. Call it in one transaction after the other until Done, beginning with the zero value; so a large database
	// goes on being used meanwhile. The triggers that freeze rows are away inside the transaction alone.
	Rewrite(r Rewriter, before Rewritten) (Rewritten, error)
}

// Rewritten is how far writing anew has come.
type Rewritten struct {
	Done  bool
	table int
	last  stored
}

// rewriteBatch is how many rows are written anew in one transaction.
const rewriteBatch = 300

// A stored is one row that may be written anew.
type stored struct {
	first, second string // its key
	number        int
	answers, more []byte
	place, text   string
}

func (t *sqlTx) Rewrite(r Rewriter, before Rewritten) (Rewritten, error) {
	tables := []func(Rewriter, stored) ([]stored, error){t.rewritePatients, t.rewriteAnswered, t.rewriteDrafts, t.rewriteVersions, t.rewriteDiscarded, t.rewriteComments}
	rows, err := tables[before.table](r, before.last)
	switch {
	case err != nil:
		return before, err
	case len(rows) > 0:
		return Rewritten{table: before.table, last: rows[len(rows)-1]}, nil
	case before.table == len(tables)-1:
		return Rewritten{Done: true}, nil
	}
	return Rewritten{table: before.table + 1}, nil
}

// each hands every row to do.
func each(rows []stored, err error, do func(*stored) error) ([]stored, error) {
	for i := range rows {
		if err == nil {
			err = do(&rows[i])
		}
	}
	return rows, err
}

func (t *sqlTx) rewritePatients(r Rewriter, last stored) ([]stored, error) {
	rows, err := all(t, func(s *stored) []any { return []any{&s.first, &s.place, raw{&s.more}} },
		`SELECT id, place, details FROM patients WHERE id > $1 ORDER BY id LIMIT `+digits(rewriteBatch), last.first)
	return each(rows, err, func(s *stored) error {
		place, details, err := r.Patient(s.first, s.place, s.more)
		if err != nil || place == s.place && string(details) == string(s.more) {
			return err
		}
		return t.one(`UPDATE patients SET place = $1, details = $2 WHERE id = $3`, place, object(details), s.first)
	})
}

func (t *sqlTx) rewriteAnswered(r Rewriter, last stored) ([]stored, error) {
	rows, err := all(t, func(s *stored) []any { return []any{&s.first, &s.second, raw{&s.more}, &s.text} },
		`SELECT user_id, name, body, body_hash FROM answered WHERE (user_id, name) > ($1, $2) ORDER BY user_id, name LIMIT `+digits(rewriteBatch),
		last.first, last.second)
	return each(rows, err, func(s *stored) error {
		body, hash, err := r.Answered(s.first, s.second, s.more, s.text)
		if err != nil || hash == s.text && string(body) == string(s.more) {
			return err
		}
		return t.one(`UPDATE answered SET body = $1, body_hash = $2 WHERE user_id = $3 AND name = $4`, body, hash, s.first, s.second)
	})
}

func (t *sqlTx) rewriteDrafts(r Rewriter, last stored) ([]stored, error) {
	rows, err := all(t, func(s *stored) []any { return []any{&s.first, raw{&s.answers}} },
		`SELECT plan_id, answers FROM drafts WHERE plan_id > $1 ORDER BY plan_id LIMIT `+digits(rewriteBatch), last.first)
	return each(rows, err, func(s *stored) error {
		answers, err := r.Answers(s.first, s.answers)
		if err != nil || string(answers) == string(s.answers) {
			return err
		}
		return t.one(`UPDATE drafts SET answers = $1 WHERE plan_id = $2`, object(answers), s.first)
	})
}

func (t *sqlTx) rewriteVersions(r Rewriter, last stored) ([]stored, error) {
	rows, err := all(t, func(s *stored) []any { return []any{&s.first, &s.number, raw{&s.answers}, raw{&s.more}, &s.text} },
		`SELECT plan_id, number, answers, summary, salt FROM versions WHERE (plan_id, number) > ($1, $2) ORDER BY plan_id, number LIMIT `+digits(rewriteBatch),
		last.first, last.number)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows, t.unfrozen("versions", func() error {
		_, err := each(rows, nil, func(s *stored) error {
			answers, err := r.Answers(s.first, s.answers)
			if err != nil {
				return err
			}
			summary, salt, err := r.Version(s.first, s.number, s.more, s.text)
			if err != nil || salt == s.text && string(answers) == string(s.answers) && string(summary) == string(s.more) {
				return err
			}
			return t.one(`UPDATE versions SET answers = $1, summary = $2, salt = $3 WHERE plan_id = $4 AND number = $5`, object(answers), object(summary), salt,
				s.first, s.number)
		})
		return err
	})
}

// rewriteDiscarded reads all that was discarded of a plan at once, since a row has no key of its own; a plan has few.
func (t *sqlTx) rewriteDiscarded(r Rewriter, last stored) ([]stored, error) {
	plans, err := all(t, func(s *stored) []any { return []any{&s.first} },
		`SELECT DISTINCT plan_id FROM discarded WHERE plan_id > $1 ORDER BY plan_id LIMIT `+digits(rewriteBatch/10), last.first)
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	return plans, t.unfrozen("discarded", func() error {
		for _, p := range plans {
			rows, err := all(t, func(s *stored) []any { return []any{&s.second, raw{&s.answers}} }, `SELECT at, answers FROM discarded WHERE plan_id = $1`, p.first)
			if _, err = each(rows, err, func(s *stored) error {
				answers, err := r.Answers(p.first, s.answers)
				if err != nil || string(answers) == string(s.answers) {
					return err
				}
				return t.one(`UPDATE discarded SET answers = $1 WHERE plan_id = $2 AND at = $3 AND answers = $4`, object(answers), p.first, s.second, string(s.answers))
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *sqlTx) rewriteComments(r Rewriter, last stored) ([]stored, error) {
	rows, err := all(t, func(s *stored) []any { return []any{&s.first, &s.text} },
		`SELECT id, hidden FROM comments WHERE id > $1 AND hidden <> '' ORDER BY id LIMIT `+digits(rewriteBatch), last.first)
	return each(rows, err, func(s *stored) error {
		hidden, err := r.Comment(s.first, s.text)
		if err != nil || hidden == s.text {
			return err
		}
		return t.one(`UPDATE comments SET hidden = $1 WHERE id = $2`, hidden, s.first)
	})
}

// unfrozen runs fn while the triggers of a table are away. They come back in the same transaction: whatever ends it, rows are
// never left unfrozen.
func (t *sqlTx) unfrozen(table string, fn func() error) error {
	if t.engine == postgres {
		if err := t.exec(`ALTER TABLE ` + table + ` DISABLE TRIGGER USER`); err != nil {
			return fmt.Errorf("setting a trigger aside: %w", err)
		}
		if err := fn(); err != nil {
			return err
		}
		return t.exec(`ALTER TABLE ` + table + ` ENABLE TRIGGER USER`)
	}
	type trigger struct{ name, sql string }
	gone, err := all(t, func(one *trigger) []any { return []any{&one.name, &one.sql} },
		`SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = $1 ORDER BY name`, table)
	if err != nil {
		return err
	}
	for _, one := range gone {
		if err := t.exec(`DROP TRIGGER "` + one.name + `"`); err != nil {
			return fmt.Errorf("setting a trigger aside: %w", err)
		}
	}
	if err := fn(); err != nil {
		return err
	}
	for _, one := range gone {
		if err := t.exec(one.sql); err != nil {
			return fmt.Errorf("putting a trigger back: %w", err)
		}
	}
	return nil
}

// Compact writes the whole file anew, so that nothing is left in it of what was changed, and empties the log beside it.
// ErrUnavailable when another process reads the file now: then the log is not empty yet.
func (s *SQLite) Compact(ctx context.Context) error {
	if err := s.myTurn(ctx); err != nil {
		return err
	}
	defer s.next()
	s.writer.forget() // nothing may be under way on the connection
	if _, err := s.writer.c.ExecContext(ctx, `VACUUM`); err != nil {
		return named(err)
	}
	var busy, pages, done int
	if err := s.writer.c.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &done); err != nil {
		return named(err)
	}
	if busy != 0 {
		return fmt.Errorf("emptying the log: %w", ErrUnavailable)
	}
	return nil
}
