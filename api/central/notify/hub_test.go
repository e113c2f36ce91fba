package notify

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"cmc/api"
)

func TestOnlyThoseWhoMayKnowHear(t *testing.T) {
	h := NewHub()
	ann, bob := h.Listen("ann", "A1"), h.Listen("bob", "B1")
	assert.Equal(t, 2, h.Count())
	h.Send(api.Event{Kind: "plan", PlanID: "p"}, func(_, ods string) bool { return ods == "A1" })
	assert.Equal(t, "p", (<-ann.C).PlanID)
	assert.Empty(t, bob.C)
	h.Leave(ann)
	h.Leave(ann)
	_, open := <-ann.C
	assert.False(t, open)
	h.Close()
	_, open = <-bob.C
	assert.False(t, open)
	late := h.Listen("cat", "C1")
	_, open = <-late.C
	assert.False(t, open)
	h.Leave(late)
}

func TestASlowListenerIsToldThatItMissedSomething(t *testing.T) {
	h := NewHub()
	slow := h.Listen("ann", "A1")
	everybody := func(string, string) bool { return true }
	for range 3 * depth {
		h.Send(api.Event{Kind: "plan"}, everybody) // never waits
	}
	var last api.Event
	for range depth {
		last = <-slow.C
	}
	assert.Equal(t, "worklists", last.Kind)
	assert.Empty(t, slow.C)
	h.Send(api.Event{Kind: "plan", PlanID: "after"}, everybody)
	assert.Equal(t, "after", (<-slow.C).PlanID)
}
