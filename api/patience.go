package api

// What may change here: how long the client waits for a line on which something moves, and for one on which nothing does.

import (
	"context"
	"io"
	"net/http"
	"time"
)

// slowestLine is the slowest line on which what is sent still gets there: half of the 256 kbit/s that are promised, in bytes a second.
const slowestLine = 16 << 10

// errStalled says that nothing moved for as long as the client waits.
var errStalled error = stalled{}

// stalled is a net.Error, so that it is told as a matter of time.
type stalled struct{}

func (stalled) Error() string   { return "nothing moved on the line" }
func (stalled) Timeout() bool   { return true }
func (stalled) Temporary() bool { return true }

// patience gives up a request when nothing has moved for the limit, and not before: on a slow line a long answer takes longer than
// any time that would be right for a dead one. How much of a request has really left cannot be seen, since the system takes it in
// at once, so that its answer may be late by what its length takes on the slowest line.
type patience struct {
	next    http.RoundTripper
	limit   time.Duration
	endless bool // the body of an answer has no end of its own (events), or whoever asked watches it
}

// RoundTrip does one try.
func (p patience) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	first := p.limit
	if r.ContentLength > 0 {
		first += time.Duration(r.ContentLength) * time.Second / slowestLine
	}
	watch := time.AfterFunc(first, func() { cancel(errStalled) })
	answer, err := p.next.RoundTrip(r.WithContext(ctx))
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
