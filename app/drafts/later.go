package drafts

// What may change here: how words that were kept on this computer come into an editor that was open before it had its store: another
// window held it, or the keychain was locked.

import "slices"

// takeUp brings in a record that this editor did not write: the same person's words of another window, or of an earlier day. What they
// wrote there stands beside what they wrote here. Where they wrote in one place in both, what is on the screen stands, and the other
// goes to the service as words that were not chosen. Where somebody else has saved meanwhile the person chooses; while a request is on
// its way nobody can be asked, and those words are told as well. It needs the lock.
func (e *Editor) takeUp(r record) {
	w := &e.work
	if r.As != "" && r.waits() && !e.unsent() {
		e.as = r.As
	}
	for at, raw := range r.Typed {
		if _, there := e.typed[readAt(at)]; !there {
			e.typed[readAt(at)] = raw
		}
	}
	w.declined = append(w.declined, r.Lost...)
	if e.plan.Draft == nil && !e.unsent() { // as in recover: there is no draft to bring them into now
		e.base, e.now = r.Base, r.Now
		return
	}
	base := r.Base
	for _, held := range r.Held { // a choice that was open there: both sides started from before
		was, had := get(r.Asked, readAt(held))
		base = put(base, readAt(held), was, had)
	}
	if r.Sent != nil {
		base = acknowledge(base, e.base, r.Sent)
		if w.attempt == nil && w.unsure == nil {
			w.unsure = r.Sent
		}
	}
	both, clashes := merge(e.conf.Definition, base, e.now, r.Now)
	slices.SortFunc(clashes, func(a, b Clash) int { return byDepth(a.At, b.At) })
	here, asked := differences(e.base, e.now), e.base
	for _, clash := range clashes {
		at, asks := clash.At, !touches(here, clash.At)
		switch {
		case clash.News: // what the service has stands there already
		case w.attempt == nil && asks:
			asked = put(asked, at, clash.Base, clash.InBase)
		default:
			both = settle(both, at, e.now, base, e.now, r.Now)
			if clash.InMine && !clash.Mine.Blank() && !isOrder(at, base, e.now, r.Now) {
				e.decline([]Declined{{At: at, Label: clash.Label, Mine: true, Twice: !asks, Answer: clash.Mine}})
			}
		}
	}
	if w.attempt != nil {
		e.now = both
		return
	}
	e.mergeIn(asked, e.base, both)
}

// touches says whether one of some places is a place, lies in it, or holds it.
func touches(places map[At]bool, at At) bool {
	for other := range places {
		if other == at || other.Group == at.Item && at.Group == "" || other.Item == at.Group && other.Group == "" && at.Group != "" ||
			other.Group != "" && other.Group == at.Group && other.Row == at.Row && (other.Item == "" || at.Item == "") {
			return true
		}
	}
	return false
}
