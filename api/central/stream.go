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
	"cmc/api/central/account"
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
	listener := s.hub.Listen(c.User.ID, c.Org.ODS)
	defer s.hub.Leave(listener)
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
		case <-ticker.C:
			if !s.stillSigned(ctx, c.Holder) {
				event(api.Event{Kind: "end"})
				return
			}
			if !send(": still here\n\n") {
				return
			}
		}
	}
}

// stillSigned says whether a session still stands; listening does not keep it alive.
func (s *Service) stillSigned(ctx context.Context, h *account.Holder) bool {
	return s.book.Stands(ctx, h)
}
