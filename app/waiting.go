package app

// What may change here: how what a person asks for waits on this computer while the service cannot be reached, and what is
// said of it.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/app/outbox"
	"cmc/forms"
	"cmc/forms/nhs"
	careplan "cmc/forms/plan"
)

// Waits says that what was asked for is kept on this computer, and goes to the service by itself as soon as it can. It is no
// failure: the person can go on.
type Waits struct{ Err error }

// Error is for the log.
func (w *Waits) Error() string { return "it waits on this computer: " + w.Err.Error() }

// Unwrap gives why it waits.
func (w *Waits) Unwrap() error { return w.Err }

// IsWaiting says whether err means that what was asked for waits on this computer.
func IsWaiting(err error) bool {
	var waits *Waits
	return errors.As(err, &waits)
}

// notOffline says that an approval is not done without a connection. sent: it went out, and no answer came.
type notOffline struct {
	err  error
	sent bool
}

func (n *notOffline) Error() string { return "approving: " + n.err.Error() }
func (n *notOffline) Unwrap() error { return n.err }

// A Waiting is a plan for which something waits on this computer.
type Waiting struct {
	PlanID   string // for OpenPlan
	Patient  api.Patient
	Words    string    // "On this computer, not sent yet"
	Why      string    // why it does not go by itself; "" while it only waits for the connection
	Do       string    // with Why: what to do now; it may be empty
	Since    time.Time // zero: not known
	Answers  int       // answers that the service does not have; Unsent gives them
	Refused  bool      // the service refuses it for good: PutAway ends it, once the person has read why
	Existing string    // the plan that the person has already; BringInto takes the words there
	Into     bool      // BringInto was chosen: the words come in when that plan can be written in
}

// Words of what waits. They stand beside a patient's name in My work.
const (
	wordsStart  = "On this computer, not sent yet"
	wordsSubmit = "Waits to be sent for review"
	wordsOther  = "A note waits to be sent"
	thenSubmit  = ". Then it goes for review"
	notSubmit   = "Was not sent for review"
	notOther    = "A note was not sent"
)

// doForGood is what to do with words that the service will not take.
const doForGood = "Read what you wrote, and tell somebody who may write in the plan. Then put it away."

// onlyHere is said, beside anything else, of words that are nowhere but in this program.
const onlyHere = "What you wrote is only in this program: this computer cannot keep it."

// errNewer says that words wait for a newer version of this program.
var errNewer = &api.Problem{Type: api.TypeOf(api.CodeState), Status: 409, Title: "This plan was written with a newer version of this program.",
	Detail: "Ask your help desk for that version. What you wrote goes then."}

// Waiting are the plans for which something waits on this computer: what was asked for first, the oldest before others, then
// those of which only words wait. A plan that is being saved just now is none of them. It never blocks.
func (d *Desk) Waiting() []Waiting {
	d.mu.Lock()
	if d.now == nil {
		d.mu.Unlock()
		return nil
	}
	h, user := d.now.held, d.now.user
	box, store := h.box, h.store
	editors, stuck := maps.Clone(h.editors), maps.Clone(h.stuck)
	d.mu.Unlock()
	var out []Waiting
	of := func(plan string) int { return slices.IndexFunc(out, func(w Waiting) bool { return w.PlanID == plan }) }
	if box != nil {
		for _, l := range box.Letters() {
			i := of(l.Plan)
			if i < 0 {
				i = len(out)
				out = append(out, Waiting{PlanID: l.Plan, Patient: l.Patient, Since: l.At})
			}
			out[i].add(l, user)
		}
	}
	words := map[string]drafts.Words{}
	if store != nil {
		for _, id := range store.Unsent() {
			words[id], _ = store.Words(id)
		}
	}
	for id, editor := range editors {
		if delete(words, id); editor.Status().State != drafts.StateSaved {
			words[id] = wordsOf(editor)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(words)) {
		one, kept := Waiting{PlanID: id, Answers: words[id].Unsent()}, true
		var failed error
		if editor := editors[id]; editor != nil {
			s := editor.Status()
			if s.State == drafts.StateSaving && of(id) < 0 {
				continue
			}
			one.Patient = editor.Plan().Patient
			failed, kept = s.Whole, s.Kept
			switch {
			case s.State == drafts.StateConflict:
				one.Why, one.Do = "Somebody else changed the same answers.", "Open the plan, look at both and choose."
			case s.State == drafts.StateRefused && failed == nil:
				one.Why, one.Do = "The service does not take "+count(len(s.Problems), "one answer", "%d answers")+".", "Open the plan: each is marked, with what is wrong."
			}
		} else {
			one.Patient = personIn(words[id].Now)
			failed = stuck[id]
		}
		if failed != nil {
			e := Explain(failed)
			one.Why, one.Do, one.Refused = e.What, e.Do, forGood(failed)
			if one.Do == "" {
				one.Do = e.Means
			}
			if no := (*api.Problem)(nil); errors.As(failed, &no) && no.Code() == api.CodePosition {
				one.Do = no.Detail
			}
			if one.Refused {
				one.Do = doForGood
			}
		}
		if !kept {
			one.Why = strings.TrimSpace(one.Why + " " + onlyHere)
			if one.Do += " Until then, leave the program open."; one.Why == onlyHere {
				one.Do = "Leave the program open until it is sent."
			}
		}
		i := of(id)
		if i < 0 {
			one.Words = count(one.Answers, "1 answer waits to be sent", "%d answers wait to be sent")
			if one.Refused {
				one.Words = count(one.Answers, "1 answer was not taken", "%d answers were not taken")
			}
			out = append(out, one)
			continue
		}
		was := &out[i]
		was.Answers = one.Answers
		if was.Why == "" {
			was.Why, was.Do, was.Refused = one.Why, one.Do, one.Refused
		}
		if !outbox.IsHere(id) && one.Answers > 0 {
			was.Words = count(one.Answers, "1 answer waits to be sent", "%d answers wait to be sent") + strings.Replace(". "+was.Words, ". "+wordsSubmit, thenSubmit, 1)
		}
	}
	return out
}

// add says of a letter that it waits, too.
func (w *Waiting) add(l outbox.Letter, user api.User) {
	switch {
	case w.Words == "" && l.Kind == outbox.Start:
		w.Words = wordsStart
	case w.Words == "" && l.Kind == outbox.Submit:
		w.Words = wordsSubmit
	case w.Words == "":
		w.Words = wordsOther
	case l.Kind == outbox.Submit:
		w.Words += thenSubmit
	}
	switch no := l.Refused; {
	case no != nil:
		e := Explain(no)
		why, do := e.What, e.Do
		if e.Means != "" && do == "" {
			do = e.Means
		}
		if said := said(l); said != "" {
			why += " You wrote: " + said
		}
		w.Why, w.Do = strings.TrimSpace(w.Why+" "+why), do
		switch w.Words {
		case wordsSubmit:
			w.Words = notSubmit
		case wordsOther:
			w.Words = notOther
		}
		if l.Kind == outbox.Start && forGood(no) {
			w.Do = doForGood
		}
		w.Refused = w.Refused || l.Kind != outbox.Start || forGood(no)
		if l.Kind == outbox.Start && no.Code() == api.CodeDuplicate && no.PlanID != "" {
			w.Existing, w.Into, w.Refused = no.PlanID, l.Into != "", false
			w.Why = "This person has a plan already. What you wrote is kept here until you bring it into that plan."
			w.Do = ""
		}
	case l.As != user.Position && w.Why == "":
		w.Why = otherPosition(l.As, user).Title
		w.Do = choosePosition
	}
}

// otherPosition is why something does not go: the person works in another position now.
func otherPosition(id string, user api.User) *api.Problem {
	no := positionProblem("You asked for this " + inPosition(id, user) + ".")
	no.Detail = choosePosition
	return no
}

// choosePosition is what sends on what was done in another position.
const choosePosition = "Choose that position, and it goes."

func positionProblem(title string) *api.Problem {
	return &api.Problem{Type: api.TypeOf(api.CodePosition), Status: 403, Title: title}
}

// inPosition says in which of their positions somebody did something.
func inPosition(id string, user api.User) string {
	for _, p := range user.Positions {
		if p.ID == id {
			return "as " + p.RoleTitle + " of " + p.Organisation.Name
		}
	}
	return "in a position that you no longer have"
}

// forGood says whether the service will not take a thing by itself, however often it is asked, and nothing that the person can
// write in the plan changes that.
func forGood(err error) bool {
	return api.IsCode(err, api.CodeForbidden) || api.IsCode(err, api.CodeNotFound) || api.IsCode(err, api.CodeState) && err != error(errNewer)
}

// personIn is who a plan's answers are about.
func personIn(a forms.Answers) api.Patient {
	return api.Patient{NHSNumber: a[careplan.NHSNumber].Text, FamilyName: a[careplan.FamilyName].Text, GivenName: a[careplan.GivenName].Text,
		Title: a[careplan.Title].Text, BirthDate: a[careplan.BirthDate].Text}
}

// count writes a number of things in words; many holds a %d.
func count(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

// Unsent are the answers of a plan that are on this computer and not at the service, in words: Old is what the service had. They
// can be read here also when the plan itself cannot be opened any more. It never blocks.
func (d *Desk) Unsent(planID string) []forms.Change {
	d.mu.Lock()
	if d.now == nil {
		d.mu.Unlock()
		return nil
	}
	editor, store := d.now.held.editors[planID], d.now.held.store
	d.mu.Unlock()
	var words drafts.Words
	definition := careplan.Definition()
	switch {
	case editor != nil:
		words, definition = wordsOf(editor), editor.Definition()
	case store != nil:
		words, _ = store.Words(planID)
	}
	out := forms.Diff(definition, words.Base, words.Now, drafts.Today(d.Now()), false)
	for _, one := range words.Lost {
		out = append(out, one.Change(definition, words.Base))
	}
	return out
}

// wordsOf are all that an editor holds and the service lacks.
func wordsOf(editor *drafts.Editor) drafts.Words {
	words := editor.Words()
	words.Lost = editor.Declined()
	return words
}

// said are the words of a letter that a person would have to type again.
func said(l outbox.Letter) string {
	var words struct{ Text, Note, Reason string }
	_ = json.Unmarshal(l.Body, &words) // a letter of another shape holds none
	return words.Text + words.Note + words.Reason
}

// Where says where this person's words are, for the foot of the window.
type Where struct {
	Words   string // "Saved centrally at 14:02", or "Kept on this computer. 3 changes wait."
	Waiting int    // changes that the service does not have
	Safe    bool   // false: some are in this window alone
	SignIn  bool   // the session has ended, and what waits goes once the same person has signed in again
}

// Where says where the words of who is signed in are. It never blocks.
func (d *Desk) Where() Where {
	d.mu.Lock()
	if d.now == nil {
		d.mu.Unlock()
		return Where{Safe: true}
	}
	h := d.now.held
	var editors []*drafts.Editor
	for _, editor := range h.editors {
		editors = append(editors, editor)
	}
	box, store, saved, expired := h.box, h.store, h.saved, d.now.expired
	d.mu.Unlock()
	out, saving := Where{Safe: true}, 0
	open := map[string]bool{}
	for _, editor := range editors {
		s := editor.Status()
		open[editor.PlanID()] = true
		out.Waiting += s.Waiting
		if s.State == drafts.StateSaving {
			saving += s.Waiting
		}
		out.Safe = out.Safe && (s.Kept || s.State == drafts.StateSaving)
	}
	if store != nil {
		for _, id := range store.Unsent() {
			if !open[id] {
				words, _ := store.Words(id)
				out.Waiting += max(1, words.Unsent())
			}
		}
	}
	if box != nil {
		out.Waiting += len(box.Letters())
	}
	out.SignIn = expired && out.Waiting > 0
	switch {
	case !out.Safe:
		out.Words = "Not saved, and this computer cannot keep it: do not close this window." + drafts.Waiting(out.Waiting)
	case out.Waiting > 0 && out.Waiting == saving:
		out.Words = "Saving"
	case out.Waiting > 0:
		out.Words = "Kept on this computer." + drafts.Waiting(out.Waiting)
		if out.SignIn {
			out.Words += " Sign in again, and what waits is sent."
		} else if n := len(slices.DeleteFunc(d.Waiting(), func(w Waiting) bool { return w.Why == "" })); n > 0 {
			out.Words += count(n, " One plan needs you: see My work.", " %d plans need you: see My work.")
		}
	case saved.IsZero():
		out.Words = "Everything you wrote is saved centrally"
	default:
		out.Words = "Saved centrally at " + clock(saved, d.Now())
	}
	return out
}

// clock writes a time of today as 14:02, any other in full.
func clock(at, now time.Time) string {
	if drafts.Today(at).Equal(drafts.Today(now)) {
		return at.In(nhs.London()).Format("15:04")
	}
	return nhs.FormatDateTime(at)
}

// noteSaved remembers that the service took something of a person just now. Do not hold d.mu.
func (d *Desk) noteSaved(h *held) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h.saved = d.Now()
}

// OnWhere calls watch, on a goroutine of the desk's own, whenever Where may say something else.
func (d *Desk) OnWhere(watch func()) (cancel func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.nextID
	d.nextID++
	d.wheres[id] = watch
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.wheres, id)
	}
}

// moved tells that Where may say something else. Do not hold d.mu.
func (d *Desk) moved() {
	d.mu.Lock()
	watches := make([]func(), 0, len(d.wheres))
	for _, watch := range d.wheres {
		watches = append(watches, watch)
	}
	d.mu.Unlock()
	for _, watch := range watches {
		watch()
	}
}

// useStore gives a person's box and editors the store, or none and why not. It needs d.mu.
func (h *held) useStore(d *Desk, store *drafts.Store, why string) {
	h.store, h.noStore, h.box = store, why, nil
	if store != nil {
		h.box = outbox.Open(store.Kept(), d.moved)
	}
	for _, editor := range h.editors {
		editor.UseStore(h.store, h.noStore)
	}
}

// know remembers people whom the service has shown, so that a plan for one of them can be begun without a connection.
func (d *Desk) know(people ...api.Patient) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now != nil {
		for _, p := range people {
			d.now.held.known[p.ID] = p
		}
	}
}

// Known are the people of a search whom the service has shown here since the program was started, and who had no plan then. It is
// for a time without a connection, and never blocks.
func (d *Desk) Known(search api.PatientSearch) []api.Patient {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil {
		return nil
	}
	var out []api.Patient
	for _, p := range d.now.held.known {
		same := search.NHSNumber != "" && p.NHSNumber == search.NHSNumber ||
			search.NHSNumber == "" && strings.EqualFold(p.FamilyName, search.FamilyName) && (search.BirthDate == "" || p.BirthDate == search.BirthDate)
		if same && p.Plan == nil {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b api.Patient) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// startPlan starts a plan: at the service where it answers, else on this computer. Its letter is kept first, so that a line that
// breaks in the middle, or a sudden end, starts it once all the same.
func (d *Desk) startPlan(ctx context.Context, n api.NewPlan) (*api.Plan, error) {
	d.mu.Lock()
	now := d.now
	if now == nil {
		d.mu.Unlock()
		return nil, ErrSignedOut
	}
	h := now.held
	box, store := h.box, h.store
	patient, known := h.known[n.PatientID]
	d.mu.Unlock()
	words, patient, can := firstWords(n, patient, known)
	if box == nil || store == nil || !can {
		return d.plan(func(c *api.Client) (*api.Plan, error) { return c.CreatePlan(ctx, n, "") })
	}
	id := outbox.Here + strings.ToLower(newName())
	d.atOnce(h, id, true)
	letter, err := box.New(outbox.Start, id, patient, n, now.user.Position, d.Now())
	if err != nil {
		d.atOnce(h, id, false)
		return nil, err
	}
	records, done, err := store.Beginning(id, words)
	if err == nil {
		err = box.Put(letter, records)
	}
	if err != nil { // this computer cannot keep it
		d.atOnce(h, id, false)
		return d.plan(func(c *api.Client) (*api.Plan, error) { return c.CreatePlan(ctx, n, "") })
	}
	done()
	asking, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	plan, err := d.plan(func(c *api.Client) (*api.Plan, error) { return c.CreatePlan(asking, n, letter.Key) })
	if err != nil && outbox.Unsure(err) {
		d.atOnce(h, id, false)
		plan, failed := d.localPlan(h, id)
		d.push(h) // afterwards: it may have become another one by then
		if api.IsSignedOut(err) {
			return nil, err // it goes after the sign-in
		}
		return plan, failed
	}
	defer d.atOnce(h, id, false)
	gone, done := store.Forgetting(id)
	if failed := box.Remove(letter, gone); failed != nil {
		d.p.Log.Warn("a letter that has gone could not be removed", "err", failed)
		if err == nil { // it goes once more under its key, and is done once
			return plan, nil
		}
		return nil, err
	}
	done()
	if err == nil {
		d.noteSaved(h)
	}
	return plan, err
}

// askFor is how long a person is kept waiting for an answer. Then it waits on this computer, and they go on.
const askFor = 20 * time.Second

// atOnce marks a plan that startPlan is starting itself, so that the queue leaves it alone.
func (d *Desk) atOnce(h *held, id string, on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if on {
		h.atOnce[id] = true
	} else {
		delete(h.atOnce, id)
	}
}

// errAtOnce says that a plan is being started in another way just now.
var errAtOnce = errors.New("the plan is being started")

// firstWords are the answers with which a plan begins on this computer: what was typed, and who it is for. can is false for
// somebody whom this computer does not know.
func firstWords(n api.NewPlan, p api.Patient, known bool) (forms.Answers, api.Patient, bool) {
	words := n.Answers.Clone()
	if words == nil {
		words = forms.Answers{}
	}
	if n.PatientID != "" {
		if !known {
			return nil, p, false
		}
		for id, value := range map[string]string{careplan.NHSNumber: p.NHSNumber, careplan.FamilyName: p.FamilyName, careplan.GivenName: p.GivenName,
			careplan.Title: p.Title, careplan.BirthDate: p.BirthDate} {
			if _, there := words[id]; !there && value != "" {
				words.SetText(id, value)
			}
		}
		return words, p, true
	}
	p = api.Patient{NHSNumber: words[careplan.NHSNumber].Text, FamilyName: words[careplan.FamilyName].Text, GivenName: words[careplan.GivenName].Text,
		BirthDate: words[careplan.BirthDate].Text}
	return words, p, p.FamilyName != "" && p.GivenName != "" && p.BirthDate != ""
}

// localPlan is a plan that was begun on this computer and that the service does not know yet.
func (d *Desk) localPlan(h *held, id string) (*api.Plan, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if editor := h.editors[id]; editor != nil {
		return editor.Plan(), nil
	}
	if h.atOnce[id] {
		return nil, errAtOnce
	}
	if h.box == nil {
		return nil, &api.Problem{Type: api.TypeOf(api.CodeNotFound), Status: 404}
	}
	l, ok := h.box.Of(outbox.Start, id)
	if !ok {
		return nil, &api.Problem{Type: api.TypeOf(api.CodeNotFound), Status: 404}
	}
	return &api.Plan{ID: id, Status: "draft", StatusWords: wordsStart, Patient: l.Patient, Definition: careplan.Definition().Name(),
		Draft: &api.Draft{Answers: forms.Answers{}}, Actions: []string{"save", "submit"}, StateSince: l.At}, nil
}

// real gives the id that the service knows a plan by, where it has been started since it was begun here. It needs d.mu.
func (h *held) real(id string) string {
	if now, ok := h.alias[id]; ok {
		return now
	}
	return id
}

// openWaiting answers OpenPlan from this computer for a plan that was begun here and is not started yet.
func (d *Desk) openWaiting(id string) (*api.Plan, bool) {
	d.mu.Lock()
	if d.now == nil || !outbox.IsHere(id) {
		d.mu.Unlock()
		return nil, false
	}
	h := d.now.held
	d.mu.Unlock()
	plan, err := d.localPlan(h, id)
	return plan, err == nil
}

// begin is the way of an editor's words while its plan is not started: it is started first.
func (d *Desk) begin(ctx context.Context, now *session, id string) (*api.Plan, error) {
	h := now.held
	d.mu.Lock()
	box, editor := h.box, h.editors[id]
	d.mu.Unlock()
	if box == nil || editor == nil {
		return nil, &api.Unreachable{Hop: api.HopConnect, Err: errors.New("the plan has not been started")}
	}
	if l, ok := box.Of(outbox.Start, id); ok && l.Refused != nil && l.Into == "" { // who it is about was changed since the no
		if body, changed := mended(l, editor.Answers()); changed {
			if err := box.Again(l, body); err != nil {
				return nil, err
			}
		}
	}
	if l, ok := box.Of(outbox.Start, id); ok && l.As != now.user.Position {
		return nil, otherPosition(l.As, now.user)
	}
	plan, l, err := box.BeginAt(ctx, now.client, id)
	if err != nil {
		d.noteFailure(now.client, err)
		return nil, err
	}
	var body api.NewPlan
	if err := json.Unmarshal(l.Body, &body); err != nil {
		return nil, err
	}
	first, _, _ := firstWords(body, l.Patient, true)
	d.mu.Lock()
	other := h.editors[plan.ID]
	d.mu.Unlock()
	if other != nil && other != editor {
		if err := d.join(ctx, h, l, plan.ID, editor, other, first); err != nil {
			return nil, err
		}
		d.push(h)
		return nil, drafts.ErrClosed
	}
	err = editor.Begin(ctx, plan, first, func(move map[string][]byte) error { return box.Began(l, plan.ID, move) })
	if !api.IsCode(err, api.CodeConflict) {
		return nil, err
	}
	d.mu.Lock()
	if h.editors[id] == editor {
		delete(h.editors, id)
		h.editors[plan.ID] = editor
	}
	d.mu.Unlock()
	d.renamed(h, id, plan.ID)
	d.push(h)
	return nil, err
}

// renamed remembers by which id the service knows a plan that was begun here.
func (d *Desk) renamed(h *held, id, real string) {
	d.mu.Lock()
	h.alias[id] = real
	place := d.places[h.key]
	d.mu.Unlock()
	if place.PlanID == id {
		place.PlanID = real
		d.KeepPlace(place)
	}
}

// join is begin for a plan that the person has opened meanwhile from a list, since the service had begun it and only its answer was lost:
// what they wrote before goes into the editor that they are in now, and there is one.
func (d *Desk) join(ctx context.Context, h *held, l outbox.Letter, real string, begun, open *drafts.Editor, first forms.Answers) error {
	if err := d.pour(ctx, begun, open, first); err != nil {
		return err
	}
	d.mu.Lock()
	box, store := h.box, h.store
	d.mu.Unlock()
	if box == nil || store == nil {
		return drafts.ErrClosed
	}
	gone, done := store.Forgetting(l.Plan)
	if err := box.Began(l, real, gone); err != nil {
		return err
	}
	done()
	d.renamed(h, l.Plan, real)
	return nil
}

// pour brings all words of one editor into another and ends the first, however long somebody types in it meanwhile. base is what
// the other has had of them already.
func (d *Desk) pour(ctx context.Context, from, into *drafts.Editor, base forms.Answers) error {
	for {
		words := from.Words()
		if err := into.TakeIn(ctx, base, words); err != nil {
			return err
		}
		if done, err := from.HandOver(ctx, words); done || err != nil {
			return err
		}
		base = words.Now
	}
}

// mended is what a refused letter would ask for now.
func mended(l outbox.Letter, now forms.Answers) (api.NewPlan, bool) {
	var body api.NewPlan
	if json.Unmarshal(l.Body, &body) != nil {
		return body, false
	}
	next := forms.Answers{}
	for id := range body.Answers {
		if answer, ok := now[id]; ok {
			next[id] = answer
		}
	}
	if body.PatientID == "" {
		for _, id := range []string{careplan.NHSNumber, careplan.FamilyName, careplan.GivenName, careplan.BirthDate} {
			if answer, ok := now[id]; ok {
				next[id] = answer
			}
		}
	}
	changed := !next.Equal(body.Answers)
	body.Answers = next
	return body, changed
}

// order asks the service for something, by a letter that is kept until it is done.
func (d *Desk) order(ctx context.Context, kind string, plan *api.Plan, body any, direct func(*api.Client) (*api.Plan, error)) (*api.Plan, error) {
	d.mu.Lock()
	now := d.now
	if now == nil {
		d.mu.Unlock()
		return nil, ErrSignedOut
	}
	h := now.held
	box, id := h.box, h.real(plan.ID)
	d.mu.Unlock()
	if box == nil {
		return d.plan(direct)
	}
	var letter outbox.Letter
	as := now.user.Position
	before, again := outbox.Letter{}, false
	if kind == outbox.Submit { // pressed twice: it waits once
		before, again = box.Of(kind, id)
	}
	var err error
	switch {
	case again && (before.Refused != nil || before.As != as):
		before.As = as
		if err = box.Again(before, nil); err == nil { // with what it said: words that were written once are never dropped for newer ones
			letter, _ = box.Of(kind, id)
			err = d.alsoSaid(h, box, before, body, as)
		}
	case again:
		letter = before
		err = d.alsoSaid(h, box, before, body, as)
	default:
		if letter, err = box.New(kind, id, plan.Patient, body, as, d.Now()); err == nil {
			err = box.Put(letter, nil)
		}
	}
	if err != nil { // this computer cannot keep it
		if outbox.IsHere(id) {
			return nil, err
		}
		return d.plan(direct)
	}
	asking, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	out, err := box.Send(asking, now.client, &deskDrafts{d, now}, letter)
	switch {
	case err == nil:
		return d.plan(func(*api.Client) (*api.Plan, error) { return out, nil })
	case errors.Is(err, outbox.ErrGone): // the queue was quicker
		out, err := d.plan(func(c *api.Client) (*api.Plan, error) { return c.Plan(ctx, id) })
		if editor := d.editor(id); away(err) && editor != nil {
			if sent := editor.Plan(); sent.Status != plan.Status { // what the service answered the queue
				return sent, nil
			}
		}
		return out, err
	}
	d.noteFailure(now.client, err)
	if outbox.Unsure(err) {
		d.push(h)
		if api.IsSignedOut(err) {
			return nil, err // it goes after the sign-in
		}
		return nil, &Waits{err}
	}
	if start, waits := box.Of(outbox.Start, id); waits && start.Refused != nil { // its plan was refused: that is said with the plan
		return nil, start.Refused
	}
	if left, there := box.Of(kind, id); there && left.Number == letter.Number && !again { // one that had waited stays, with what it says
		if failed := box.Remove(left, nil); failed != nil {
			d.p.Log.Warn("a letter that was refused could not be removed", "err", failed)
		}
	}
	return nil, inner(err)
}

// alsoSaid keeps other words that were written for the reviewer when a plan that waits to be sent is sent again: the letter may be
// under way with its own, so that they follow it as a comment.
func (d *Desk) alsoSaid(h *held, box *outbox.Box, before outbox.Letter, body any, as string) error {
	var first api.Submit
	now, ok := body.(api.Submit)
	if err := json.Unmarshal(before.Body, &first); err != nil || !ok || now.Note == "" || now.Note == first.Note {
		return err
	}
	also, err := box.New(outbox.Comment, before.Plan, before.Patient, api.Comment{Text: now.Note}, as, d.Now())
	if err != nil {
		return err
	}
	if err := box.Put(also, nil); err != nil {
		return err
	}
	d.push(h)
	return nil
}

// inner takes the queue's own wrapping off an error of an editor.
func inner(err error) error {
	var refused *drafts.RefusedError
	switch {
	case errors.Is(err, drafts.ErrConflict):
		return drafts.ErrConflict
	case errors.As(err, &refused):
		return refused
	}
	return err
}

// deskDrafts are the editors of one session, for the outbox.
type deskDrafts struct {
	d   *Desk
	now *session
}

// Flush implements outbox.Drafts.
func (w *deskDrafts) Flush(ctx context.Context, id string) (string, string, error) {
	d, h := w.d, w.now.held
	find := func() *drafts.Editor {
		d.mu.Lock()
		defer d.mu.Unlock()
		return h.editors[h.real(id)]
	}
	editor := find()
	if editor == nil {
		var plan *api.Plan
		var err error
		if outbox.IsHere(id) {
			plan, err = d.localPlan(h, id)
		} else {
			plan, err = w.now.client.Plan(ctx, id)
		}
		if err != nil {
			return id, "", err
		}
		if (plan.Draft == nil || !slices.Contains(plan.Actions, "save")) && !d.wrote(h, id) {
			return id, plan.Etag, nil // nothing can be written in it, and nothing was
		}
		if as := d.wroteAs(h, id); as != "" && as != w.now.user.Position {
			return id, "", errors.Join(outbox.ErrWords, otherPosition(as, w.now.user))
		}
		if editor = d.edit(w.now, plan, true); editor == nil {
			if editor = find(); editor == nil {
				return id, "", outbox.ErrWords // this program does not know its definition, or somebody else has signed in
			}
		}
	}
	err := editor.Flush(ctx)
	var refused *drafts.RefusedError
	if errors.Is(err, drafts.ErrConflict) || errors.As(err, &refused) {
		err = errors.Join(outbox.ErrWords, err)
	}
	return editor.PlanID(), editor.Plan().Etag, err
}

// errLook says that another person changed a plan after this one had asked for something.
var errLook = &api.Problem{Type: api.TypeOf(api.CodeState), Status: 409, Title: "Somebody else has changed this plan since you last saw it.",
	Detail: "Open the plan and look at it, then send it again."}

// Newest implements outbox.Drafts.
func (w *deskDrafts) Newest(ctx context.Context, id string) error {
	plan, err := w.now.client.Plan(ctx, id)
	if err != nil {
		return err
	}
	w.d.mu.Lock()
	editor := w.now.held.editors[plan.ID]
	w.d.mu.Unlock()
	seen := false // the tag alone has moved: a comment, or this editor's own save whose answer was lost
	if editor != nil {
		seen = plan.Draft != nil && plan.Draft.Answers.Equal(editor.Words().Base)
		editor.Adopt(plan)
	}
	own := plan.Draft != nil && plan.Draft.ChangedBy == w.now.user.Name+", "+w.now.user.Organisation.Name
	if seen || own || plan.Draft == nil || !slices.Contains(plan.Actions, "save") { // in another state the service itself says no
		return nil
	}
	return errLook
}

// wrote says whether there are words on this computer that the service does not have.
func (d *Desk) wrote(h *held, id string) bool {
	d.mu.Lock()
	store := h.store
	d.mu.Unlock()
	if store == nil {
		return false
	}
	words, ok := store.Words(id)
	return ok && words.Unsent() > 0
}

// wroteAs is the position in which the words were written that this computer keeps of a plan, or "".
func (d *Desk) wroteAs(h *held, id string) string {
	d.mu.Lock()
	store := h.store
	d.mu.Unlock()
	if store == nil {
		return ""
	}
	words, _ := store.Words(id)
	return words.As
}

// Adopt implements outbox.Drafts.
func (w *deskDrafts) Adopt(plan *api.Plan) {
	w.d.mu.Lock()
	editor := w.now.held.editors[plan.ID]
	w.now.held.saved = w.d.Now()
	w.d.mu.Unlock()
	if editor != nil {
		editor.Adopt(plan)
	}
}

// BringInto has the words of a plan that was begun here, for somebody who has a plan already, brought into that plan: where it
// holds nothing they stand, where it says something else the person chooses. They come in when that plan is next open with a
// draft that this person may write in; until then they stay where they are. It gives the plan's id.
func (d *Desk) BringInto(ctx context.Context, localID string) (string, error) {
	d.mu.Lock()
	now := d.now
	var box *outbox.Box
	if now != nil {
		box = now.held.box
	}
	d.mu.Unlock()
	if box == nil {
		return "", ErrSignedOut
	}
	l, ok := box.Of(outbox.Start, localID)
	if !ok || l.Refused == nil || l.Refused.PlanID == "" {
		return "", &api.Problem{Type: api.TypeOf(api.CodeNotFound), Status: 404}
	}
	l.Into = l.Refused.PlanID
	if err := box.Put(l, nil); err != nil {
		return "", err
	}
	d.mu.Lock()
	editor := now.held.editors[l.Into]
	d.mu.Unlock()
	if editor != nil {
		return l.Into, d.takeIn(ctx, now, editor)
	}
	return l.Into, nil
}

// PutAway ends what the service refused of a plan for good, once the person has read why (Waiting.Refused): what they asked for,
// and words that it takes no more. Words that may still go are never put away.
func (d *Desk) PutAway(ctx context.Context, planID string) error {
	d.mu.Lock()
	if d.now == nil || d.now.held.box == nil {
		d.mu.Unlock()
		return ErrSignedOut
	}
	h := d.now.held
	box, store, editor, failed := h.box, h.store, h.editors[planID], h.stuck[planID]
	d.mu.Unlock()
	if editor != nil {
		failed = editor.Status().Whole
	}
	if start, ok := box.Of(outbox.Start, planID); ok {
		failed = nil
		if start.Refused != nil {
			failed = start.Refused
		}
	}
	words := failed != nil && forGood(failed)
	for _, l := range box.Letters() {
		if l.Plan != planID || l.Refused == nil && !words || l.Kind == outbox.Start {
			continue
		}
		if err := box.Remove(l, nil); err != nil {
			return err
		}
	}
	if !words {
		return nil
	}
	if editor != nil {
		if done, err := editor.HandOver(ctx, editor.Words()); !done || err != nil {
			return err // somebody types in it: it is not put away
		}
	}
	records, done := store.Forgetting(planID)
	start, ok := box.Of(outbox.Start, planID)
	var err error
	if ok {
		err = box.Remove(start, records)
	} else {
		err = store.Kept().Change(records)
	}
	if err != nil {
		return err
	}
	done()
	d.mu.Lock()
	delete(h.stuck, planID)
	d.mu.Unlock()
	d.moved()
	return nil
}

// takeIn brings words that wait for a plan into its editor.
func (d *Desk) takeIn(ctx context.Context, now *session, editor *drafts.Editor) error {
	h := now.held
	d.mu.Lock()
	box, store := h.box, h.store
	d.mu.Unlock()
	if p := editor.Plan(); box == nil || store == nil || p.Draft == nil || !slices.Contains(p.Actions, "save") {
		return nil
	}
	for _, l := range box.Letters() {
		if l.Kind != outbox.Start || l.Into != editor.PlanID() {
			continue
		}
		base, local := forms.Answers{}, d.editor(l.Plan)
		if local == nil {
			words, ok := store.Words(l.Plan)
			if !ok {
				continue
			}
			if err := editor.TakeIn(ctx, base, words); err != nil {
				return err
			}
			base, local = words.Now, d.editor(l.Plan) // somebody may have opened it meanwhile
		}
		if local != nil {
			if err := d.pour(ctx, local, editor, base); err != nil {
				return err
			}
		}
		records, done := store.Forgetting(l.Plan)
		for _, other := range box.Letters() { // what was to follow is the person's to ask for again, in the plan as it is then
			if other.Plan == l.Plan && other.Number != l.Number {
				other.Plan, other.Refused = l.Into, &api.Problem{Type: api.TypeOf(api.CodeState), Status: 409,
					Title: "What you wrote is now in the plan that was there already.", Detail: "Look through that plan, and ask for this again there."}
				if err := box.Put(other, nil); err != nil {
					return err
				}
			}
		}
		if err := box.Remove(l, records); err != nil {
			return err
		}
		done()
	}
	return nil
}

// push has what waits tried at once. It never blocks.
func (d *Desk) push(h *held) {
	select {
	case h.wake <- struct{}{}:
	default:
	}
	go d.moved()
}

// The pauses of the queue after a failure.
const (
	firstPause = 2 * time.Second
	longPause  = time.Minute
)

// sendWaiting sends what waits on this computer, for as long as the person is signed in: words of plans that nobody has open,
// and letters. It is the one goroutine that does so.
func (d *Desk) sendWaiting(ctx context.Context, now *session) {
	h := now.held
	wait := firstPause
	d.mu.Lock()
	clear(h.stuck) // what was refused may be this person's to do again
	d.mu.Unlock()
	for {
		again := d.sendKept(ctx, now)
		d.mu.Lock()
		box := h.box
		d.mu.Unlock()
		if box != nil {
			if err := box.Push(ctx, now.client, &deskDrafts{d, now}, now.user.Position); err != nil {
				d.noteFailure(now.client, err)
				again = again || !api.IsSignedOut(err)
			}
		}
		d.mu.Lock()
		h.stalled = again
		d.mu.Unlock()
		d.moved()
		if !again {
			wait = firstPause
			select {
			case <-ctx.Done():
				return
			case <-h.wake:
			}
			continue
		}
		timer := time.NewTimer(wait)
		wait = min(2*wait, longPause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-h.wake:
			timer.Stop()
			wait = firstPause
		case <-timer.C:
		}
	}
}
