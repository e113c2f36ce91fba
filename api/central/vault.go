package central

// What may change here: what is sealed before it reaches the database, and how the key is proved to be the database's own.
// How a value is sealed is package seal's.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"cmc/api/central/audit"
	"cmc/api/central/seal"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// A vault is a store whose single answers are sealed: the hidden ones and every address, in drafts, versions and discarded
// drafts; the snapshot of a version, the first answers to repeated requests, and where the people of the index are, as a
// whole. What is read from it is open.
type vault struct {
	store.Store
	ring *seal.Ring
}

// The errors of a vault, each a sentence that says what to do.
var (
	errNoKey = errors.New("the key file is missing: this database was sealed with it and cannot be read without it. " +
		"Put the file back from where its copy is kept, or name it with --key-file; nothing was changed")
	errWrongKey = errors.New("the key file does not belong to this database: it was sealed with another key. " +
		"Name the right file with --key-file; nothing was changed")
	errNeedsKey = errors.New("a database of its own server needs --key-file FILE, the same file for every copy of the service; " +
		"cmc-central new-key makes one")
)

// KeyFile is where the key of the embedded database lies when nothing else is said.
func KeyFile(dataDir string) string { return filepath.Join(dataDir, "central.key") }

// The entries of meta that belong to sealing. metaCheck is a known value, sealed: a key that does not open it is another
// database's. metaHead is where the audit ends.
const (
	metaCheck  = "seal_check"
	metaHead   = "audit_head"
	metaTidy   = "seal_tidy" // not empty: what stood open before may still be in the file
	checkPlace = "meta/seal_check"
	headPlace  = "meta/audit_head"
	checkWords = "coordinate my care"
)

// openVault finds the key of a database, or with make and an unsealed database makes one, and seals what is not sealed yet.
func openVault(ctx context.Context, db store.Store, path string, make bool) (*vault, error) {
	var check string
	if err := db.Read(ctx, func(tx store.Tx) (err error) {
		check, err = tx.Meta(metaCheck)
		return err
	}); err != nil {
		return nil, err
	}
	if path == "" {
		return nil, errNeedsKey
	}
	ring, err := seal.Load(path)
	if errors.Is(err, seal.ErrMissing) {
		switch {
		case check != "":
			return nil, errNoKey
		case !make:
			return nil, errNeedsKey
		}
		if ring, err = seal.Make(path); errors.Is(err, seal.ErrThere) {
			ring, err = seal.Load(path) // another process has begun at the same time
		}
	}
	if err != nil {
		return nil, err
	}
	v := &vault{Store: db, ring: ring}
	return v, v.prove(ctx, check)
}

// prove opens the known value. A database that was never sealed, or not to its end, is sealed now.
func (v *vault) prove(ctx context.Context, check string) error {
	if check != "" {
		if err := v.proved(check); err != nil {
			return err
		}
	} else if err := v.Store.Write(ctx, func(tx store.Tx) error {
		again, err := tx.Meta(metaCheck)
		if err != nil {
			return err
		}
		if again != "" {
			return v.proved(again) // another process has begun meanwhile
		}
		return errors.Join(v.putCheck(tx), tx.SetMeta(metaTidy, "1"), v.putHead(tx, nil))
	}); err != nil {
		return err
	}
	tidy := ""
	if err := v.Store.Read(ctx, func(tx store.Tx) (err error) {
		tidy, err = tx.Meta(metaTidy)
		return err
	}); err != nil || tidy == "" {
		return err
	}
	if err := v.rewrite(ctx, v.rewriter(false)); err != nil {
		return err
	}
	return v.compact(ctx)
}

// rewrite goes through everything that is sealed or shall be. Whoever stops it in the middle may begin again.
func (v *vault) rewrite(ctx context.Context, r store.Rewriter) error {
	for at := (store.Rewritten{}); !at.Done; {
		if err := v.Store.Write(ctx, func(tx store.Tx) error {
			next, err := tx.Rewrite(r, at)
			if err != nil {
				return fmt.Errorf("sealing what the database holds: %w", err)
			}
			at = next
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// compact has the database forget what stood in it before it was sealed.
func (v *vault) compact(ctx context.Context) error {
	if db, can := v.Store.(interface{ Compact(context.Context) error }); can {
		if err := db.Compact(ctx); errors.Is(err, store.ErrUnavailable) {
			return nil // another process is in the way: at the next start again
		} else if err != nil {
			return err
		}
	}
	return v.Store.Write(ctx, func(tx store.Tx) error { return tx.SetMeta(metaTidy, "") })
}

func (v *vault) proved(check string) error {
	words, err := v.ring.Open(checkPlace, check)
	if errors.Is(err, seal.ErrBroken) || errors.Is(err, seal.ErrUnknown) || err == nil && string(words) != checkWords {
		return errWrongKey
	}
	return err
}

func (v *vault) putCheck(tx store.Tx) error {
	check, err := v.ring.Seal(checkPlace, []byte(checkWords))
	if err != nil {
		return err
	}
	return tx.SetMeta(metaCheck, check)
}

// rotate seals everything with the newest key. What an older key has sealed and is left in the file is no secret to whoever
// has only the file.
func (v *vault) rotate(ctx context.Context) error {
	if err := v.rewrite(ctx, v.rewriter(true)); err != nil {
		return err
	}
	return v.Store.Write(ctx, func(tx store.Tx) error {
		head, err := v.head(tx)
		if err != nil {
			return err
		}
		return errors.Join(v.putCheck(tx), v.putHead(tx, head))
	})
}

// rewriter seals what is open; with again, also anew what an older key has sealed.
func (v *vault) rewriter(again bool) store.Rewriter {
	return store.Rewriter{
		Answers: func(planID string, raw []byte) ([]byte, error) {
			if again {
				open, err := v.ring.OpenAnswers(planID, raw)
				if err != nil {
					return nil, err
				}
				raw = open
			}
			return v.ring.Answers(planID, raw, sealedItem)
		},
		Version: func(planID string, number int, raw []byte, salt string) ([]byte, string, error) {
			open, err := v.openWhole(summaryPlace(planID, number), raw)
			if err != nil {
				return nil, "", err
			}
			if again || string(open) == string(raw) {
				if raw, err = v.sealWhole(summaryPlace(planID, number), open); err != nil {
					return nil, "", err
				}
			}
			salt, err = v.anew(saltPlace(planID, number), salt, again)
			return raw, salt, err
		},
		Answered: func(userID, name string, body []byte, hash string) ([]byte, string, error) {
			text, err := v.anew(answeredPlace(userID, name), string(body), again)
			if err != nil {
				return nil, "", err
			}
			hash, err = v.anew(answeredPlace(userID, name)+"/hash", hash, again)
			return []byte(text), hash, err
		},
		Patient: func(id, place string, details []byte) (string, []byte, error) {
			p := &store.Patient{ID: id, Place: place, Details: details}
			if seal.Sealed(place) && !again {
				return place, details, nil
			}
			if err := v.openPatient(p); err != nil {
				return "", nil, err
			}
			sealed, err := v.sealPatient(p)
			if err != nil {
				return "", nil, err
			}
			return sealed.Place, sealed.Details, nil
		},
		Comment: func(id, hidden string) (string, error) { return v.anew(commentPlace(id), hidden, again) },
	}
}

// sealedItem says whether an answer is sealed: what is hidden from readers, and every address, since a record may be marked as
// sensitive long after it was written. What this program does not know of may be either.
func sealedItem(id string) bool {
	item := plan.Definition().Item(id)
	return item == nil || item.Kind == forms.Secret || item.Sensitive || item.Kind == forms.Address
}

func summaryPlace(planID string, number int) string {
	return fmt.Sprintf("summary/%s/%d", planID, number)
}
func commentPlace(id string) string              { return "comment/" + id }
func saltPlace(planID string, number int) string { return fmt.Sprintf("salt/%s/%d", planID, number) }
func answeredPlace(userID, name string) string {
	return fmt.Sprintf("answered/%d/%s/%s", len(userID), userID, name)
}

// sealWhole seals a JSON value as {"sealed": "..."}; openWhole is the way back, and leaves what is open as it is.
func (v *vault) sealWhole(place string, raw []byte) ([]byte, error) {
	text, err := v.ring.Seal(place, raw)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{"sealed": text})
}

func (v *vault) openWhole(place string, raw []byte) ([]byte, error) {
	text, is := strings.CutPrefix(string(raw), `{"sealed":"`)
	text, whole := strings.CutSuffix(text, `"}`)
	if !is || !whole || !seal.Sealed(text) { // a sealed value has no sign that JSON writes otherwise
		return raw, nil
	}
	return v.ring.Open(place, text)
}

// sealText seals bytes that are not JSON.
func (v *vault) sealText(place string, raw []byte) ([]byte, error) {
	text, err := v.ring.Seal(place, raw)
	return []byte(text), err
}

func (v *vault) openText(place string, raw []byte) ([]byte, error) {
	if !seal.Sealed(string(raw)) {
		return raw, nil
	}
	return v.ring.Open(place, string(raw))
}

// anew seals a text that is open; with again, also one that is sealed. What is empty stays so.
func (v *vault) anew(place, text string, again bool) (string, error) {
	if text == "" || seal.Sealed(text) && !again {
		return text, nil
	}
	open, err := v.openText(place, []byte(text))
	if err != nil {
		return "", err
	}
	return v.ring.Seal(place, open)
}

func (v *vault) sealPatient(p *store.Patient) (*store.Patient, error) {
	out := *p
	if p.Place != "" {
		place, err := v.ring.Seal("patient/"+p.ID+"/place", []byte(p.Place))
		if err != nil {
			return nil, err
		}
		out.Place = place
	}
	if len(p.Details) > 2 { // more than {}
		details, err := v.sealWhole("patient/"+p.ID+"/details", p.Details)
		if err != nil {
			return nil, err
		}
		out.Details = details
	}
	return &out, nil
}

func (v *vault) openPatient(p *store.Patient) error {
	place, err := v.openText("patient/"+p.ID+"/place", []byte(p.Place))
	if err != nil {
		return err
	}
	p.Place = string(place)
	p.Details, err = v.openWhole("patient/"+p.ID+"/details", p.Details)
	return err
}

// A head is where the audit ends: the number of the last line, and its hash.
type head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// putHead seals where the audit ends; nil looks.
func (v *vault) putHead(tx store.Tx, h *head) error {
	if h == nil {
		last, err := tx.AuditEnd()
		if err != nil {
			return err
		}
		h = &head{Seq: last.Seq, Hash: last.Hash}
	}
	raw, err := json.Marshal(h)
	if err != nil {
		return err
	}
	text, err := v.ring.Seal(headPlace, raw)
	if err != nil {
		return err
	}
	return tx.SetMeta(metaHead, text)
}

// head is where the audit ended when the service last wrote.
func (v *vault) head(tx store.Tx) (*head, error) {
	text, err := tx.Meta(metaHead)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, errNoHead
	}
	raw, err := v.ring.Open(headPlace, text)
	if err != nil {
		return nil, errNoHead
	}
	h := new(head)
	if err := json.Unmarshal(raw, h); err != nil {
		return nil, errNoHead
	}
	return h, nil
}

var errNoHead = errors.New("the audit is broken: the seal of its end is missing or was changed")

// Read implements store.Store.
func (v *vault) Read(ctx context.Context, fn func(store.Tx) error) error {
	return v.Store.Read(ctx, func(tx store.Tx) error { return fn(&vaultTx{Tx: tx, v: v}) })
}

// Once implements store.Store.
func (v *vault) Once(ctx context.Context, fn func(store.Tx) error) error {
	return v.Store.Once(ctx, func(tx store.Tx) error { return fn(&vaultTx{Tx: tx, v: v}) })
}

// Write implements store.Store.
func (v *vault) Write(ctx context.Context, fn func(store.Tx) error) error {
	return v.Store.Write(ctx, v.ended(fn))
}

// WriteSoon implements store.Store.
func (v *vault) WriteSoon(ctx context.Context, fn func(store.Tx) error) error {
	return v.Store.WriteSoon(ctx, v.ended(fn))
}

// ended seals where the audit ends, in the transaction that has added to it.
func (v *vault) ended(fn func(store.Tx) error) func(store.Tx) error {
	return func(tx store.Tx) error {
		inside := &vaultTx{Tx: tx, v: v}
		if err := fn(inside); err != nil {
			return err
		}
		if inside.last == nil {
			return nil
		}
		return v.putHead(tx, inside.last)
	}
}

// A vaultTx seals what goes in and opens what comes out.
type vaultTx struct {
	store.Tx
	v    *vault
	last *head // of the audit, when this transaction added to it
}

func (t *vaultTx) patient(p *store.Patient, err error) (*store.Patient, error) {
	if err != nil {
		return nil, err
	}
	return p, t.v.openPatient(p)
}

func (t *vaultTx) Patient(id string) (*store.Patient, error) { return t.patient(t.Tx.Patient(id)) }

func (t *vaultTx) PatientByNumber(number string) (*store.Patient, error) {
	return t.patient(t.Tx.PatientByNumber(number))
}

func (t *vaultTx) FoundByNumber(number string, by store.Asking) (*store.Found, error) {
	found, err := t.Tx.FoundByNumber(number, by)
	if err != nil {
		return nil, err
	}
	return found, t.v.openPatient(&found.Patient)
}

func (t *vaultTx) FoundByName(familyKey, givenKey, birthDate string, by store.Asking, limit int) ([]store.Found, error) {
	found, err := t.Tx.FoundByName(familyKey, givenKey, birthDate, by, limit)
	for i := range found {
		if err == nil {
			err = t.v.openPatient(&found[i].Patient)
		}
	}
	return found, err
}

func (t *vaultTx) AddPatient(p *store.Patient) error {
	sealed, err := t.v.sealPatient(p)
	if err != nil {
		return err
	}
	return t.Tx.AddPatient(sealed)
}

func (t *vaultTx) UpdatePatient(p *store.Patient) error {
	sealed, err := t.v.sealPatient(p)
	if err != nil {
		return err
	}
	return t.Tx.UpdatePatient(sealed)
}

func (t *vaultTx) List(f store.Filter) ([]store.Listed, error) {
	found, err := t.Tx.List(f)
	for i := range found {
		if err == nil {
			err = t.v.openPatient(&found[i].Patient)
		}
	}
	return found, err
}

func (t *vaultTx) Draft(planID string) (*store.Draft, error) {
	d, err := t.Tx.Draft(planID)
	if err != nil {
		return nil, err
	}
	d.Answers, err = t.v.ring.OpenAnswers(planID, d.Answers)
	return d, err
}

// sealedDraft leaves the caller's own draft open.
func (t *vaultTx) sealedDraft(d *store.Draft) (*store.Draft, error) {
	out := *d
	var err error
	out.Answers, err = t.v.ring.Answers(d.PlanID, d.Answers, sealedItem)
	return &out, err
}

func (t *vaultTx) PutDraft(d *store.Draft) error {
	sealed, err := t.sealedDraft(d)
	if err != nil {
		return err
	}
	return t.Tx.PutDraft(sealed)
}

func (t *vaultTx) KeepDiscarded(d *store.Draft, at time.Time, byName, byID string) error {
	sealed, err := t.sealedDraft(d)
	if err != nil {
		return err
	}
	return t.Tx.KeepDiscarded(sealed, at, byName, byID)
}

func (t *vaultTx) Discarded(planID string) ([]store.Draft, error) {
	found, err := t.Tx.Discarded(planID)
	for i := range found {
		if err == nil {
			found[i].Answers, err = t.v.ring.OpenAnswers(planID, found[i].Answers)
		}
	}
	return found, err
}

func (t *vaultTx) AddComment(c *store.Comment) error {
	if len(c.Hidden) == 0 {
		return t.Tx.AddComment(c)
	}
	sealed := *c
	var err error
	if sealed.Hidden, err = t.v.sealText(commentPlace(c.ID), c.Hidden); err != nil {
		return err
	}
	return t.Tx.AddComment(&sealed)
}

func (t *vaultTx) Comments(planID string, version int) ([]store.Comment, error) {
	found, err := t.Tx.Comments(planID, version)
	for i := range found {
		if err != nil {
			return nil, err
		}
		if len(found[i].Hidden) > 0 {
			found[i].Hidden, err = t.v.openText(commentPlace(found[i].ID), found[i].Hidden)
		}
	}
	return found, err
}

func (t *vaultTx) Version(planID string, number int) (*store.Version, error) {
	found, err := t.Tx.Version(planID, number)
	if err != nil {
		return nil, err
	}
	if found.Answers, err = t.v.ring.OpenAnswers(planID, found.Answers); err != nil {
		return nil, err
	}
	if found.Summary, err = t.v.openWhole(summaryPlace(planID, number), found.Summary); err != nil {
		return nil, err
	}
	salt, err := t.v.openText(saltPlace(planID, number), []byte(found.Salt))
	found.Salt = string(salt)
	return found, err
}

func (t *vaultTx) AddVersion(one *store.Version) error {
	sealed := *one
	var err error
	if sealed.Answers, err = t.v.ring.Answers(one.PlanID, one.Answers, sealedItem); err != nil {
		return err
	}
	if sealed.Summary, err = t.v.sealWhole(summaryPlace(one.PlanID, one.Number), one.Summary); err != nil {
		return err
	}
	salt, err := t.v.sealText(saltPlace(one.PlanID, one.Number), []byte(one.Salt))
	if err != nil {
		return err
	}
	sealed.Salt = string(salt)
	return t.Tx.AddVersion(&sealed)
}

func (t *vaultTx) Answered(userID, name string) (*store.Answered, error) {
	found, err := t.Tx.Answered(userID, name)
	if err != nil {
		return nil, err
	}
	if found.Body, err = t.v.openText(answeredPlace(userID, name), found.Body); err != nil {
		return nil, err
	}
	hash, err := t.v.openText(answeredPlace(userID, name)+"/hash", []byte(found.BodyHash))
	found.BodyHash = string(hash)
	return found, err
}

func (t *vaultTx) PutAnswered(a *store.Answered) error {
	sealed := *a
	var err error
	if sealed.Body, err = t.v.sealText(answeredPlace(a.UserID, a.Name), a.Body); err != nil {
		return err
	}
	// The hash of what was asked is sealed too: a short answer could be found by trying all.
	hash, err := t.v.sealText(answeredPlace(a.UserID, a.Name)+"/hash", []byte(a.BodyHash))
	if err != nil {
		return err
	}
	sealed.BodyHash = string(hash)
	return t.Tx.PutAnswered(&sealed)
}

func (t *vaultTx) Audit(events ...*audit.Event) error {
	if err := t.Tx.Audit(events...); err != nil {
		return err
	}
	for _, e := range events {
		t.last = &head{Seq: e.Seq, Hash: e.Hash}
	}
	return nil
}
