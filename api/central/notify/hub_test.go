package notify

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"cmc/api"
	"cmc/api/central/access"
)

func TestOnlyThoseWhoMayKnowHear(t *testing.T) {
	h := NewHub()
	ann, bob := h.Listen(access.Person{ID: "ann", ODS: "A1"}), h.Listen(access.Person{ID: "bob", ODS: "B1"})
	assert.Equal(t, 2, h.Count())
	h.Send(func(one access.Person) (api.Event, bool) {
		return api.Event{Kind: "plan", PlanID: "p"}, one.ODS == "A1"
	})
	assert.Equal(t, "p", (<-ann.C).PlanID)
	assert.Empty(t, bob.C)
	h.Leave(ann)
	h.Leave(ann)
	_, open := <-ann.C
	assert.False(t, open)
	h.Close()
	_, open = <-bob.C
	assert.False(t, open)
	late := h.Listen(access.Person{ID: "cat", ODS: "C1"})
	_, open = <-late.C
	assert.False(t, open)
	h.Leave(late)
}

func TestASlowListenerIsToldThatItMissedSomething(t *testing.T) {
	h := NewHub()
	slow := h.Listen(access.Person{ID: "ann", ODS: "A1"})
	tell := func(event api.Event) { h.Send(func(access.Person) (api.Event, bool) { return event, true }) }
	for range 3 * depth {
		tell(api.Event{Kind: "plan"}) // never waits
	}
	var last api.Event
	for range depth {
		last = <-slow.C
	}
	assert.Equal(t, "worklists", last.Kind)
	assert.Empty(t, slow.C)
	tell(api.Event{Kind: "plan", PlanID: "after"})
	assert.Equal(t, "after", (<-slow.C).PlanID)
}
