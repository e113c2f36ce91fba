package api

// What may change here: how long the client waits for a line on which something moves, and for one on which nothing does.

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// slowestLine is the slowest line on which what is sent still gets there: half of the 256 kbit/s that are promised, in bytes a second.
const slowestLine = 16 << 10

const (
	// sendBuffer is how much of what is sent the system is asked to take in at once, in bytes. What it takes in looks as if it had left.
	sendBuffer = 512 << 10
	// unseen is how much may so have left for this computer and not yet for the line: the systems take more than they are asked to.
	unseen = 2 * sendBuffer
)

// errStalled says that nothing moved for as long as the client waits.
var errStalled error = stalled{}

// stalled is a net.Error, so that it is told as a matter of time.
type stalled struct{}

func (stalled) Error() string   { return "nothing moved on the line" }
func (stalled) Timeout() bool   { return true }
func (stalled) Temporary() bool { return true }

// patience gives up a request when nothing has moved for the limit, and not before: on a slow line a long answer takes longer than
// any time that would be right for a dead one. How much of a request has really left cannot be seen, since the system takes some of it in
// at once, and a proxy on the way may take in all of it: so that its answer may be late by what its length takes on the slowest line.
// While a long one is still being taken in, that is movement, which may stand still for what the system holds.
type patience struct {
	next    http.RoundTripper
	limit   time.Duration
	slowest int  // bytes a second
	endless bool // the body of an answer has no end of its own (events)
}

// RoundTrip does one try.
func (p patience) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	first := p.limit + p.takes(min(r.ContentLength, unseen))
	watch := time.AfterFunc(first, func() { cancel(errStalled) })
	own := r.WithContext(ctx)
	sending := &sending{watch: watch, each: first, end: time.Now().Add(p.limit + p.takes(r.ContentLength)), length: r.ContentLength}
	if r.Body != nil && r.ContentLength > unseen {
		own.Body = sending.watched(r.Body)
		if again := r.GetBody; again != nil {
			own.GetBody = func() (io.ReadCloser, error) {
				body, err := again()
				if err != nil {
					return nil, err
				}
				return sending.watched(body), nil
			}
		}
	}
	answer, err := p.next.RoundTrip(own)
	sending.answered.Store(true)
	if err != nil {
		watch.Stop()
		err = cause(ctx, err)
		cancel(nil)
		return nil, err
	}
	body := &watchedBody{ReadCloser: answer.Body, ctx: ctx, cancel: cancel, watch: watch, limit: p.limit, endless: p.endless}
	body.moved()
	answer.Body = body
	return answer, nil
}

// takes is how long so many bytes take on the slowest line.
func (p patience) takes(length int64) time.Duration {
	return time.Duration(max(length, 0)) * time.Second / time.Duration(p.slowest)
}

// sending is a request that is long enough to be watched on its way out.
type sending struct {
	watch    *time.Timer
	each     time.Duration // how long nothing of it may be taken in
	end      time.Time     // when its answer begins at the latest
	length   int64
	answered atomic.Bool
}

// watched is its body.
func (s *sending) watched(body io.ReadCloser) io.ReadCloser {
	return &sentBody{ReadCloser: body, sending: s, left: s.length}
}

// sentBody is a body that is being taken in.
type sentBody struct {
	io.ReadCloser
	*sending
	left int64
}

// Read gives the next piece to the line.
func (b *sentBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.left -= int64(n)
	wait := b.each
	if b.left <= 0 { // the rest of the way cannot be seen
		wait = max(wait, time.Until(b.end))
	}
	if n > 0 && !b.answered.Load() {
		b.watch.Reset(wait)
	}
	return n, err
}

// cause is why a request ended: the line stood still, or what the network says.
func cause(ctx context.Context, err error) error {
	if context.Cause(ctx) == errStalled {
		return errStalled
	}
	return err
}

// watchedBody is the body of an answer that is given up when nothing more comes.
type watchedBody struct {
	io.ReadCloser
	ctx     context.Context
	cancel  context.CancelCauseFunc
	watch   *time.Timer
	limit   time.Duration
	endless bool
}

// moved begins the wait anew.
func (b *watchedBody) moved() {
	if b.endless {
		b.watch.Stop()
		return
	}
	b.watch.Reset(b.limit)
}

// Read reads what has come.
func (b *watchedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	switch {
	case err == io.EOF:
		b.watch.Stop()
	case err != nil:
		b.watch.Stop()
		err = cause(b.ctx, err)
	case n > 0:
		b.moved()
	}
	return n, err
}

// Close ends the request.
func (b *watchedBody) Close() error {
	b.watch.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}
