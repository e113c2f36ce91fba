package api

// What may change here: how the client listens to the service.

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// How long to wait before listening again: the first and the longest wait.
const (
	listenWait    = time.Second
	listenMaxWait = 30 * time.Second
)

// lineQuiet is how long nothing may come on the line of events until it counts as broken: the service says every 20 seconds that it
// still stands.
const lineQuiet = time.Minute

// Events listens to what changes. A line on which nothing comes for a minute is given up and asked for anew: something between may
// have swallowed it while requests go through. The channel gets a "worklists" event each time the line stands (again), since anything
// may have happened meanwhile; it closes when ctx ends or the session does. An event only says that something changed: ask
// for the rest.
func (c *Client) Events(ctx context.Context) <-chan Event {
	out := make(chan Event, 16)
	go func() {
		defer close(out)
		wait := listenWait
		for ctx.Err() == nil {
			heard, ended := c.listen(ctx, out)
			if ended {
				return
			}
			if heard {
				wait = listenWait
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
			wait = min(2*wait, listenMaxWait)
		}
	}()
	return out
}

// listen holds one line until it breaks. ended means that the session is over.
func (c *Client) listen(ctx context.Context, out chan<- Event) (heard, ended bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	quiet := time.AfterFunc(c.quiet, cancel)
	defer quiet.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/v1/events", nil)
	if err != nil {
		return false, true
	}
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+c.Token())
	answer, err := c.stream.Do(request)
	if err != nil {
		return false, false
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return false, answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden
	}
	lines := bufio.NewScanner(io.LimitReader(answer.Body, 64<<20))
	for lines.Scan() {
		quiet.Reset(c.quiet)
		if c.lineHeard != nil {
			c.lineHeard()
		}
		data, found := strings.CutPrefix(lines.Text(), "data:")
		if !found {
			continue
		}
		var event Event
		if json.Unmarshal([]byte(strings.TrimSpace(data)), &event) != nil {
			continue
		}
		if event.Kind == "end" {
			return true, true
		}
		heard = true
		select {
		case out <- event:
		case <-ctx.Done(): // nobody takes it any more: Events ends, or asks for another line
			return heard, false
		}
	}
	return heard, false
}
