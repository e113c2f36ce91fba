//go:build linux

package app_test

// What may change here: what is proved about keychains that are not as they should be, each of them a real one: what is said in a
// sentence, the way on, and that no file of words is lost or written over.

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain"
	"cmc/app/keychain/keychaintest"
)

// The keychain is open and takes nothing, by a rule of the organisation.
func TestAKeychainThatRefusesIsSaid(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	err := keychaintest.InRefusingSession(t.Context(), t.TempDir(), nil, childEnv+"=refusing-keychain", profileEnv+"="+profile, addressEnv+"=http://"+w.line.addr())
	require.NoError(t, err)
	entries, _ := os.ReadDir(filepath.Join(profile, "kept"))
	require.Empty(t, entries, "something was kept without a key")
}

// The keychain is there, and does not answer while somebody is to type its password behind another window. Words that were kept
// before stay, and are there once it answers.
func TestAKeychainThatDoesNotAnswerIsSaid(t *testing.T) {
	w := openWard(t)
	err := keychaintest.InSession(t.Context(), t.TempDir(), nil, childEnv+"=slow-keychain", profileEnv+"="+t.TempDir(), addressEnv+"=http://"+w.line.addr())
	require.NoError(t, err)
}

// slowKeychain is the desk of that computer.
func slowKeychain(d *app.Desk) error {
	ctx := context.Background()
	if _, err := d.SignIn(ctx, "carehome", "training", true); err != nil {
		return err
	}
	plan, err := anyDraft(ctx, d)
	if err != nil {
		return err
	}
	// A date that is not one yet is kept here and cannot be sent: there is a file of words.
	at := drafts.At{Item: "birth_date"}
	d.Edit(plan).SetTyped(at, "31-Febru")
	if err := d.Close(); err != nil {
		return err
	}
	if err := keychaintest.Pause(); err != nil {
		return err
	}
	again, err := app.New(app.Params{ProfileDir: os.Getenv(profileEnv)})
	if err != nil {
		return err
	}
	defer again.Close()
	began := time.Now()
	in, err := again.SignIn(ctx, "carehome", "training", true)
	if err != nil {
		return err
	}
	if waited := time.Since(began); waited > 4*keychain.Limit {
		return fmt.Errorf("signing in waited %s", waited)
	}
	for _, words := range []string{"This computer's keychain does not answer, so you will sign in each time.", "they are only in this window", "unlock it, then sign in again.",
		"Unsent words that were kept on this computer before stay there ("} {
		if !strings.Contains(in.Notice, words) {
			return fmt.Errorf("the notice is %q", in.Notice)
		}
	}
	if err := keychaintest.GoOn(); err != nil {
		return err
	}
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		in, err = again.SignIn(ctx, "carehome", "training", true)
		if err != nil {
			return err
		}
		if in.Notice == "" {
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("still: %q", in.Notice)
		}
	}
	fresh, err := again.OpenPlan(ctx, plan.ID)
	if err != nil {
		return err
	}
	if raw, ok := again.Edit(fresh).Typed(at); !ok || raw != "31-Febru" {
		return errors.New("the words that were kept are not there: " + raw)
	}
	return nil
}

// storeKey is the name and the word of the one key of a store in the keychain.
func storeKey(t *testing.T) (name, word string) {
	t.Helper()
	for _, line := range strings.Split(secrets(t), "\n") {
		if value, ok := strings.CutPrefix(line, "attribute.username = "); ok && strings.HasPrefix(value, "store ") && !strings.HasSuffix(value, "aside") {
			name = value
			break
		}
	}
	require.NotEmpty(t, name)
	word, err := keychain.New().Get(t.Context(), name)
	require.NoError(t, err)
	return name, word
}

// The keychain was wiped, holds another installation's key, or something else altogether under the key's name: the file of words
// is named and stays as it is, new words are kept in a new one, and with the right key the old ones are there again.
func TestAKeychainWithAnotherKey(t *testing.T) {
	for what, change := range map[string]func(t *testing.T, chain *keychain.Chain, name string){
		"wiped": func(t *testing.T, _ *keychain.Chain, _ string) { keychaintest.Empty(t) },
		"another's": func(t *testing.T, c *keychain.Chain, n string) {
			require.NoError(t, c.Set(t.Context(), n, strings.Repeat("ab", 32)))
		},
		"something else": func(t *testing.T, c *keychain.Chain, n string) {
			require.NoError(t, c.Set(t.Context(), n, "not a key at all"))
		},
		"too short": func(t *testing.T, c *keychain.Chain, n string) { require.NoError(t, c.Set(t.Context(), n, "abcd")) },
	} {
		t.Run(what, func(t *testing.T) {
			keychaintest.Empty(t)
			w := openWard(t)
			profile := t.TempDir()
			plan := unsent(t, w, profile)
			file := storeFiles(t, profile)[0]
			before, err := os.ReadFile(file)
			require.NoError(t, err)
			chain := keychain.New()
			name, word := storeKey(t)
			change(t, chain, name)
			changed, _ := chain.Get(t.Context(), name)

			d := w.desk(profile)
			in := signIn(t, d, "carehome", false)
			require.Contains(t, in.Notice, filepath.Base(file), "the file is named")
			require.Contains(t, in.Notice, "They are not changed, and open there again.")
			fresh, err := d.OpenPlan(t.Context(), plan)
			require.NoError(t, err)
			e := d.Edit(fresh)
			require.NotEqual(t, "Persimmon", e.Answers()["preferred_name"].Text)
			w.line.cut()
			text(e, "pronouns", "they")
			await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
			w.line.mend()
			require.NoError(t, d.Close())
			after, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, before, after, "the words of before were changed")
			if _, err := hex.DecodeString(changed); err != nil || changed == "abcd" { // what was not ours to lose
				aside, err := chain.Get(t.Context(), name+" set aside")
				require.NoError(t, err)
				require.Equal(t, changed, aside)
			}

			require.NoError(t, chain.Set(t.Context(), name, word))
			back := w.desk(profile)
			signIn(t, back, "carehome", false)
			fresh, err = back.OpenPlan(t.Context(), plan)
			require.NoError(t, err)
			require.Equal(t, "Persimmon", back.Edit(fresh).Answers()["preferred_name"].Text)
			require.NoError(t, back.Close())
		})
	}
}

// A file of an earlier version has no mark of its key in its name. With another key it does not open: it is set aside, and named.
func TestAFileThatThisKeyDoesNotOpen(t *testing.T) {
	keychaintest.Empty(t)
	w := openWard(t)
	profile := t.TempDir()
	unsent(t, w, profile)
	file := storeFiles(t, profile)[0]
	name, _ := storeKey(t)
	old := filepath.Join(filepath.Dir(file), strings.TrimPrefix(name, "store ")+".db")
	require.NoError(t, os.Rename(file, old))
	before, err := os.ReadFile(old)
	require.NoError(t, err)
	require.NoError(t, keychain.New().Set(t.Context(), name, strings.Repeat("ab", 32)))
	d := w.desk(profile)
	in := signIn(t, d, "carehome", false)
	require.Contains(t, in.Notice, "does not open with this computer's key")
	aside, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*.damaged-1"))
	require.NoError(t, err)
	require.Len(t, aside, 1)
	require.Contains(t, in.Notice, filepath.Base(aside[0]))
	after, err := os.ReadFile(aside[0])
	require.NoError(t, err)
	require.Equal(t, before, after)
}
