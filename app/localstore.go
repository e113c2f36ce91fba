package app

// What may change here: where a person's unsent words are on this computer, and what is said when that file is not as it was
// left.

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cmc/app/drafts"
	"cmc/app/kept"
	"cmc/app/keychain"
	"cmc/app/platform"
	"cmc/forms/nhs"
)

func (d *Desk) keptDir() string { return filepath.Join(d.p.ProfileDir, "kept") }

// openStore opens one person's store with the key in the keychain, and makes both where there are none. A store of another
// key has another name (kept.FileName): it is left as it is, for the day on which its key is there again.
func (d *Desk) openStore(ctx context.Context, name string) (*drafts.Store, error) {
	word, err := d.keys.Get(ctx, storeKeyName(name))
	fresh := errors.Is(err, keychain.ErrNotFound)
	if err != nil && !fresh {
		return nil, err
	}
	if err := platform.PrivateDir(d.keptDir()); err != nil && !platform.IsDenied(err) {
		return nil, err
	}
	var key []byte
	if fresh {
		key = make([]byte, drafts.KeyBytes)
		if _, err := rand.Read(key); err != nil {
			return nil, err
		}
		if err := d.keys.Set(ctx, storeKeyName(name), hex.EncodeToString(key)); err != nil {
			return nil, err
		}
	} else if key, err = hex.DecodeString(word); err != nil || len(key) != drafts.KeyBytes {
		return d.withoutItsKey(ctx, name, word)
	}
	path := filepath.Join(d.keptDir(), kept.FileName(name, key))
	if !fresh { // a store of an earlier version of this program has no mark of its key in its name
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			if err := os.Rename(filepath.Join(d.keptDir(), name+".db"), path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
		}
	}
	return drafts.OpenStore(path, key)
}

// withoutItsKey goes on where the keychain holds something else under the name of the key. It is set aside under another name,
// since it is not ours to lose, and a new key is made; the files of the old one are named, and open where that is.
func (d *Desk) withoutItsKey(ctx context.Context, name, word string) (*drafts.Store, error) {
	d.p.Log.Warn("the keychain holds no key under its name; what it holds was set aside")
	if err := d.keys.Set(ctx, storeKeyName(name)+" set aside", word); err != nil {
		return nil, err
	}
	if err := d.keys.Delete(ctx, storeKeyName(name)); err != nil {
		return nil, err
	}
	return d.openStore(ctx, name)
}

// secondTry is how long a program that was opened twice waits before it looks again whether the other has closed.
const secondTry = 5 * time.Second

// awaitStore waits until the other window of this program is closed, and then keeps words here.
func (d *Desk) awaitStore(ctx context.Context, now *session) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(secondTry):
		}
		store, err := d.openStore(ctx, now.held.key)
		if errors.Is(err, kept.ErrInUse) {
			continue
		}
		d.mu.Lock()
		if d.now != now || now.held.store != nil {
			d.mu.Unlock()
			if store != nil {
				_ = store.Close()
			}
			return
		}
		why := ""
		if err != nil {
			why = whyNoStore(err)
		}
		now.held.useStore(d, store, why)
		d.mu.Unlock()
		d.push(now.held)
		return
	}
}

// storeNotice says in sentences what was found when the store was opened; "" when all is well.
func (d *Desk) storeNotice(h *held, trouble error) string {
	d.mu.Lock()
	store := h.store
	d.mu.Unlock()
	var out []string
	if store != nil {
		report := store.Kept().Report()
		switch {
		case report.SetAside != "" && report.Foreign:
			out = append(out, "The file of unsent words on this computer does not open with this computer's key: it was made elsewhere, or is damaged as a whole. "+
				"It was not changed, and is set aside as "+report.SetAside+". New words are kept in a new file. Plans at the central service are not touched. Tell your help desk if words are missing.")
		case report.SetAside != "":
			out = append(out, "The file of unsent words on this computer is damaged. "+readOut(report.Read)+
				" The damaged file is set aside as "+report.SetAside+". Read through what you wrote last, and tell your help desk if words are missing.")
		}
		if report.ReadOnly != nil {
			out = append(out, "Unsent words cannot be kept on this computer: "+drafts.WhyNotKept(report.ReadOnly)+". What was kept before is here. Wait for \"Saved centrally\" before you close the window.")
		}
	}
	others := d.strangers(h)
	switch {
	case errors.Is(trouble, kept.ErrInUse): // the other window has them
	case store == nil && len(others) > 0:
		out = append(out, "Unsent words that were kept on this computer before stay there ("+strings.Join(others, ", ")+
			"). They are not changed, and are here again when you sign in and it can open them.")
	case len(others) > 0:
		out = append(out, "This profile also holds unsent words that this computer has no key for ("+strings.Join(others, ", ")+
			"). They were kept on another computer, or its keychain is no longer what it was. They are not changed, and open there again.")
	}
	return paragraphs(out...)
}

func readOut(n int) string {
	switch n {
	case 0:
		return "Nothing in it could be read."
	case 1:
		return "One record in it could be read, and is kept."
	}
	return fmt.Sprintf("%d records in it could be read, and are kept.", n)
}

// strangers are the files of this person that were made with another key.
func (d *Desk) strangers(h *held) []string {
	d.mu.Lock()
	own := ""
	if h.store != nil {
		own = h.store.Kept().Name()
	}
	d.mu.Unlock()
	files, _ := filepath.Glob(filepath.Join(d.keptDir(), h.key+"*.db"))
	var out []string
	for _, file := range files {
		if name := filepath.Base(file); name != own {
			out = append(out, name)
		}
	}
	return out
}

// far is by how much this computer's clock may differ from the service's before it is said.
const far = 5 * time.Minute

// clockNotice says that this computer's clock is wrong; "" when it is right. Nothing here hangs on it while the service's is
// known.
func (d *Desk) clockNotice() string {
	pair := d.clock.Load()
	if pair == nil || pair.service.Sub(pair.here).Abs() < far {
		return ""
	}
	return "The clock of this computer is wrong: it says " + nhs.FormatDateTime(d.p.Now()) + ", the central service says " + nhs.FormatDateTime(d.Now()) +
		". The service's time is used here, and no word is lost by it. Ask your help desk to set the clock."
}

// newName is a name that nothing has.
func newName() string { return rand.Text() }

// paragraphs puts what there is to say under each other.
func paragraphs(words ...string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, "\n")
}
