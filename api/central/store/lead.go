//go:build !nopostgres

package store

// What may change here: which copy of the service does the timed work.

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// leading is the connection on which one copy holds the lock of the leader. It ends with the connection: at once when the
// process dies, and by the database when nothing was heard on it for long.
type leading struct {
	mu sync.Mutex
	c  *pgx.Conn
}

// Lead implements Store.
func (p *Postgres) Lead(ctx context.Context, lasts time.Duration) (bool, error) {
	p.leading.mu.Lock()
	defer p.leading.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, answerFor)
	defer cancel()
	if c := p.leading.c; c != nil {
		if _, err := c.Exec(ctx, "SELECT 1"); err == nil {
			return true, nil
		}
		p.leading.drop()
	}
	config := p.config.Copy()
	config.RuntimeParams["idle_session_timeout"] = milliseconds(lasts)
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, named(err)
	}
	p.leading.c = c
	var leads bool
	err = c.QueryRow(ctx, "SELECT pg_try_advisory_lock("+leaderLock+")").Scan(&leads)
	if err != nil || !leads {
		p.leading.drop()
	}
	return leads && err == nil, named(err)
}

func (l *leading) drop() {
	if l.c == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.c.Close(ctx) // what it held ends with it
	l.c = nil
}

func (l *leading) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop()
}
