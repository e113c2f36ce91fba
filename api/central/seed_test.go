package central

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/central/store"
	"cmc/api/central/store/storetest"
	"cmc/assets/training"
)

// A breaker is a database that fails at one write, counted from its first, before anything of it is kept.
type breaker struct {
	store.Store
	at     int64
	with   error
	writes atomic.Int64
}

func (b *breaker) Write(ctx context.Context, fn func(store.Tx) error) error {
	return b.Store.Write(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if b.writes.Add(1) == b.at {
			return b.with
		}
		return nil
	})
}

// counts are how much of each there is in a database of training.
func counts(t *testing.T, address string) string {
	t.Helper()
	out := ""
	for _, table := range []string{"organisations", "users", "positions", "patients", "plans", "versions", "drafts", "relationships", "comments", "feedback", "facts"} {
		out += fmt.Sprintf("%s %s, ", table, storetest.Ask(t, address, "SELECT count(*) FROM "+table))
	}
	return out + "lines " + storetest.Ask(t, address, "SELECT count(*) FROM audit WHERE who <> 'The service''s clock'")
}

// A new training database on a server of its own that is filled while the server fails, is broken off in the middle and goes on at the
// next start, or is filled by two copies at once, holds everybody once in the end; and what trainees did is never filled over.
func TestTrainingIsFilledThoughBrokenOff(t *testing.T) {
	ctx := context.Background()
	open := func(address string, b *breaker) (*Service, error) {
		clock := newTestClock()
		return Open(ctx, Options{Database: address, KeyFile: oneKey(t), Training: true, Now: clock.now, wrap: func(st store.Store) store.Store {
			if b == nil {
				return st
			}
			b.Store = st
			return b
		}})
	}
	whole := storetest.Database(t)
	counter := &breaker{}
	s, err := open(whole, counter)
	require.NoError(t, err)
	want := counts(t, whole)
	_, plans, _, _, err := training.Load(newTestClock().now())
	require.NoError(t, err)
	require.Contains(t, want, fmt.Sprintf("plans %d, ", len(plans)))
	all := counter.writes.Load()
	require.NoError(t, s.Close())
	require.Greater(t, all, int64(8), "in pieces")

	for name, b := range map[string]*breaker{"while the server is busy": {at: all / 2, with: store.ErrUnavailable}, "in its last step": {at: all, with: store.ErrUnavailable}} {
		address := storetest.Database(t)
		s, err := open(address, b)
		require.NoError(t, err, name)
		assert.Equal(t, want, counts(t, address), name)
		require.NoError(t, s.Close())
	}

	address := storetest.Database(t)
	_, err = open(address, &breaker{at: all / 2, with: errors.New("killed")})
	require.ErrorContains(t, err, "killed")
	require.NotEqual(t, want, counts(t, address))
	var together sync.WaitGroup
	for range 2 {
		together.Go(func() {
			s, err := open(address, nil)
			if assert.NoError(t, err) {
				assert.NoError(t, s.Close())
			}
		})
	}
	together.Wait()
	assert.Equal(t, want, counts(t, address), "two copies go on with it")
	_, err = VerifyAudit(ctx, Options{Database: address, KeyFile: oneKey(t)})
	require.NoError(t, err)

	require.NoError(t, storetest.Exec(address, `DELETE FROM comments`))
	s, err = open(address, nil)
	require.NoError(t, err)
	assert.Equal(t, "0", storetest.Ask(t, address, "SELECT count(*) FROM comments"), "what was filled to its end is left as it is")
	require.NoError(t, s.Close())
}
