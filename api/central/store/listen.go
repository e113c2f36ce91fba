//go:build !nopostgres

package store

// What may change here: how one copy of the service hears what another one did.

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// How the listening connection lives.
const (
	channel    = "cmc_outbox"     // its trigger is in the migration 00009
	hearEvery  = 15 * time.Second // how often a silent connection is asked whether it still stands
	againFirst = 50 * time.Millisecond
	againMost  = 2 * time.Second
	atOnce     = 1000 // the most notices that are read at once
)

// listen begins to hear what every copy tells. It returns when it hears; it goes on, over every loss of the connection, until
// background ends.
func (p *Postgres) listen(ctx, background context.Context) error {
	connected, newest, err := p.hear(ctx)
	if err != nil {
		return err
	}
	p.listening.Go(func() {
		again := againFirst
		for {
			if connected != nil {
				p.passOn(background, connected, newest)
				closing, cancel := context.WithTimeout(context.Background(), time.Second)
				_ = connected.Close(closing) // it is lost, or the service ends
				cancel()
			}
			if background.Err() != nil {
				return
			}
			if connected, newest, err = p.hear(background); err != nil {
				select {
				case <-background.Done():
					return
				case <-time.After(again):
				}
				again = min(2*again, againMost)
				continue
			}
			again = againFirst
			if p.missed != nil {
				p.missed()
			}
		}
	})
	return nil
}

// hear makes a connection that listens, and gives the number of the newest notice before it did.
func (p *Postgres) hear(ctx context.Context) (*pgx.Conn, int64, error) {
	ctx, cancel := context.WithTimeout(ctx, answerFor)
	defer cancel()
	c, err := pgx.ConnectConfig(ctx, p.config.Copy())
	if err != nil {
		return nil, 0, named(err)
	}
	var newest int64
	_, err = c.Exec(ctx, "LISTEN "+channel)
	if err == nil {
		err = c.QueryRow(ctx, "SELECT COALESCE(MAX(seq), 0) FROM outbox").Scan(&newest)
	}
	if err != nil {
		return nil, 0, errors.Join(named(err), c.Close(ctx))
	}
	return c, newest, nil
}

// passOn tells what comes until the connection is lost.
func (p *Postgres) passOn(ctx context.Context, c *pgx.Conn, newest int64) {
	for {
		waiting, cancel := context.WithTimeout(ctx, hearEvery)
		notification, err := c.WaitForNotification(waiting)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && waiting.Err() != nil && !c.IsClosed():
			if p.asked(ctx, c, "SELECT 1") != nil {
				return
			}
			continue
		case err != nil:
			return
		}
		if number, err := strconv.ParseInt(notification.Payload, 10, 64); err == nil && number <= newest {
			continue // it was read with one before it
		}
		if newest, err = p.readOut(ctx, c, newest); err != nil {
			return
		}
	}
}

func (p *Postgres) asked(ctx context.Context, c *pgx.Conn, query string) error {
	ctx, cancel := context.WithTimeout(ctx, answerFor)
	defer cancel()
	_, err := c.Exec(ctx, query)
	return err
}

// readOut tells every notice after the one with the number newest. Writers are one at a time, so that the numbers come in the
// order in which the notices were kept.
func (p *Postgres) readOut(ctx context.Context, c *pgx.Conn, newest int64) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, answerFor)
	defer cancel()
	for {
		rows, err := c.Query(ctx, `SELECT seq, at, kind, plan_id, status, audience FROM outbox WHERE seq > $1 ORDER BY seq LIMIT `+digits(atOnce), newest)
		if err != nil {
			return newest, err
		}
		found := 0
		for rows.Next() {
			var n Notice
			var at, who string
			if err := rows.Scan(&newest, &at, &n.Kind, &n.PlanID, &n.Status, &who); err != nil {
				rows.Close()
				return newest, err
			}
			found++
			var may audience
			if err := errors.Join((when{&n.At}).Scan(at), json.Unmarshal([]byte(who), &may)); err != nil {
				continue // one that cannot be read is nobody's to know
			}
			n.Live, n.Ties, n.Revision = may.Live, may.Ties, may.Revision
			if p.told != nil {
				p.told(n)
			}
		}
		if err := rows.Err(); err != nil || found < atOnce {
			return newest, err
		}
	}
}
