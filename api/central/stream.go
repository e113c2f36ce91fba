package central

// What may change here: how events are sent to those who listen.

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"cmc/api"
	"cmc/api/central/pressure"
)

// beat is how often a line without news says that it still stands, and looks whether the session still does.
const beat = 20 * time.Second

// eventsRoute holds a line open until the listener leaves, the session ends or the service closes.
func (s *Service) eventsRoute(_ context.Context, c *caller, _ *nothing) (*huma.StreamResponse, error) {
	if s.hub.Count() >= s.limits.Lines {
		return nil, &pressure.Busy{Class: pressure.Work, Again: s.limits.Shares[pressure.Work].Again}
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		_, w := humago.Unwrap(h)
		s.stream(h.Context(), c, w)
	}}, nil
}

func (s *Service) stream(ctx context.Context, c *caller, w http.ResponseWriter) {
	listener := s.hub.Listen(c.person)
	defer func() { s.hub.Leave(listener) }()
	held, letGo := s.lines.hold(c.User.ID)
	defer letGo()
	holder := c.Holder
	s.gauges.listening.Inc()
	defer s.gauges.listening.Dec()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	line := http.NewResponseController(w)
	send := func(text string) bool {
		// The server's own limit is for answers, not for lines that stay open.
		_ = line.SetWriteDeadline(time.Now().Add(2 * beat))
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		return line.Flush() == nil
	}
	event := func(e api.Event) bool {
		raw, err := json.Marshal(e)
		return err == nil && send("data: "+string(raw)+"\n\n")
	}
	if !event(api.Event{Kind: "worklists"}) {
		return
	}
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e, open := <-listener.C:
			if !open || !event(e) {
				return
			}
		case <-held:
			now := s.book.Stands(ctx, holder)
			if now == nil || !now.Chosen() {
				event(api.Event{Kind: "end"})
				return
			}
			if now.User.PositionID != holder.User.PositionID { // from now on this is somebody of another organisation
				s.hub.Leave(listener)
				listener = s.hub.Listen(s.caller(now).person)
				if !event(api.Event{Kind: "worklists"}) {
					return
				}
			}
			holder = now
		case <-ticker.C:
			if s.book.Stands(ctx, holder) == nil { // listening does not keep a session alive
				event(api.Event{Kind: "end"})
				return
			}
			if !send(": still here\n\n") {
				return
			}
		}
	}
}
