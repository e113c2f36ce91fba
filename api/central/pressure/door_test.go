package pressure

// What may change here: what is held of the door and the pace. Nothing here depends on how quick the machine is: a patience
// that must not end is an hour, one that must is waited for.

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// small are limits with two places, one of which reports may have.
func small(patience time.Duration) Limits {
	l := Limits{AtWork: 2}
	for i := range l.Shares {
		l.Shares[i] = Share{AtWork: 1, Waiting: 2, Patience: patience, Again: time.Duration(i+1) * time.Second}
	}
	l.Shares[Urgent].AtWork = 2
	return l.Whole()
}

// waitFor waits until n of a class wait.
func waitFor(t *testing.T, d *Door, class Class, n int) {
	t.Helper()
	require.Eventually(t, func() bool { _, waiting := d.Count(class); return waiting == n }, time.Minute, time.Millisecond)
}

func TestReportsNeverTakeTheLastPlace(t *testing.T) {
	d := NewDoor(small(time.Hour))
	ctx := context.Background()
	leave, err := d.Enter(ctx, Report)
	require.NoError(t, err)
	for range 2 {
		go func() {
			if done, err := d.Enter(ctx, Report); err == nil {
				done()
			}
		}()
	}
	waitFor(t, d, Report, 2)
	_, err = d.Enter(ctx, Report)
	var busy *Busy
	require.ErrorAs(t, err, &busy, "the queue is full")
	assert.Equal(t, Report, busy.Class)
	assert.Equal(t, 5*time.Second, busy.Again)

	done, err := d.Enter(ctx, Urgent)
	require.NoError(t, err, "an urgent read does not wait behind reports")
	done()
	leave()
	leave() // a second call does nothing
	waitFor(t, d, Report, 0)
	require.Eventually(t, func() bool { atWork, _ := d.Count(Report); return atWork == 0 }, time.Minute, time.Millisecond)
}

func TestTheFirstClassComesFirst(t *testing.T) {
	l := small(time.Hour)
	l.AtWork = 1
	d := NewDoor(l)
	leave, err := d.Enter(context.Background(), Report)
	require.NoError(t, err)
	var mu sync.Mutex
	var order []Class
	var all sync.WaitGroup
	for _, class := range []Class{Report, Work, Change, SignIn, Urgent} { // the last to come is the first to go in
		all.Go(func() {
			done, err := d.Enter(context.Background(), class)
			if assert.NoError(t, err) {
				mu.Lock()
				order = append(order, class)
				mu.Unlock()
				done()
			}
		})
		waitFor(t, d, class, 1)
	}
	leave()
	all.Wait()
	assert.Equal(t, Classes, order)
}

func TestNobodyWaitsForEver(t *testing.T) {
	d := NewDoor(small(time.Millisecond))
	leave, err := d.Enter(context.Background(), Change)
	require.NoError(t, err)
	_, err = d.Enter(context.Background(), Change)
	var busy *Busy
	require.ErrorAs(t, err, &busy)
	waitFor(t, d, Change, 0)

	d = NewDoor(small(time.Hour))
	_, err = d.Enter(context.Background(), Change)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	go func() {
		_, err := d.Enter(ctx, Change)
		gone <- err
	}()
	waitFor(t, d, Change, 1)
	cancel()
	require.ErrorIs(t, <-gone, context.Canceled)
	waitFor(t, d, Change, 0)
	leave()
}

// Whatever comes and goes, no limit is passed, and at the end every place is free.
func TestNoLimitIsEverPassed(t *testing.T) {
	l := small(time.Millisecond)
	l.AtWork = 3
	l.Shares[Urgent].AtWork, l.Shares[Work].AtWork = 3, 2
	d := NewDoor(l)
	var total atomic.Int64
	var at [classes]atomic.Int64
	var all sync.WaitGroup
	for seed := range 16 {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(seed), 1))
			for range 200 {
				class := Class(rng.IntN(int(classes)))
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rng.IntN(3000))*time.Microsecond)
				leave, err := d.Enter(ctx, class)
				if err == nil {
					assert.LessOrEqual(t, total.Add(1), int64(l.AtWork))
					assert.LessOrEqual(t, at[class].Add(1), int64(l.Shares[class].AtWork))
					time.Sleep(time.Duration(rng.IntN(200)) * time.Microsecond)
					at[class].Add(-1)
					total.Add(-1)
					leave()
				}
				cancel()
			}
		})
	}
	all.Wait()
	for _, class := range Classes {
		atWork, waiting := d.Count(class)
		assert.Zero(t, atWork, class)
		assert.Zero(t, waiting, class)
	}
	require.Zero(t, d.total)
}

func TestOnePersonIsNotEverybody(t *testing.T) {
	l := Limits{Person: 3, Address: 2, Window: time.Hour}.Whole()
	p := NewPace(l)
	for range 3 {
		require.NoError(t, p.Person("a"))
	}
	var fast *TooFast
	require.ErrorAs(t, p.Person("a"), &fast)
	assert.Equal(t, "person", fast.By)
	require.NoError(t, p.Person("b"))

	here, there := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	require.NoError(t, p.Address(here))
	require.NoError(t, p.Address(netip.MustParseAddr("::ffff:192.0.2.1")))
	require.ErrorAs(t, p.Address(here), &fast)
	assert.Equal(t, "address", fast.By)
	require.NoError(t, p.Address(there))
	for range 9 {
		require.NoError(t, p.Address(netip.MustParseAddr("127.0.0.1")))
		require.NoError(t, p.Address(netip.Addr{}))
	}
	// One house of the sixth version is one address.
	require.NoError(t, p.Address(netip.MustParseAddr("2001:db8::1")))
	require.NoError(t, p.Address(netip.MustParseAddr("2001:db8::2")))
	require.Error(t, p.Address(netip.MustParseAddr("2001:db8::3")))
}

func TestOnlyProxiesSayForWhom(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8")}
	for _, one := range []struct{ end, forwarded, from string }{
		{"192.0.2.7:1", "", "192.0.2.7"},
		{"192.0.2.7:1", "203.0.113.9", "192.0.2.7"}, // not a proxy: what it says is not believed
		{"127.0.0.1:1", "203.0.113.9", "203.0.113.9"},
		{"127.0.0.1:1", "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"},
		{"127.0.0.1:1", "nonsense", "127.0.0.1"},
		{"127.0.0.1:1", "", "127.0.0.1"},
		{"[::1]:1", "203.0.113.9", "::1"},
		{"no address", "203.0.113.9", "invalid IP"},
	} {
		r := &http.Request{RemoteAddr: one.end, Header: http.Header{}}
		if one.forwarded != "" {
			r.Header.Set("X-Forwarded-For", one.forwarded)
		}
		assert.Equal(t, one.from, From(r, proxies).String(), "%+v", one)
	}
}
