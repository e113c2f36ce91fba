//go:build linux

package app_test

// What may change here: what is proved about an end that nobody wanted: the report, and the words.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/app"
	"cmc/app/crash"
	"cmc/app/drafts"
	"cmc/forms"
)

const sentinel = "Persimmon Quillon Ashby"

// panicWriting is a program that ends by a panic, on a goroutine of its own, while a draft is open; the panic says what was typed.
func panicWriting(d *app.Desk) error {
	ctx := context.Background()
	if err := crash.Watch(os.Getenv(profileEnv), "test"); err != nil {
		return err
	}
	crash.Quiet()
	if _, ok, err := d.Resume(ctx); err != nil || !ok {
		return fmt.Errorf("resume: %v %v", ok, err)
	}
	plan, err := d.OpenPlan(ctx, os.Getenv(planEnv))
	if err != nil {
		return err
	}
	e := d.Edit(plan)
	at := drafts.At{Item: "advance_statement"}
	e.Set(at, forms.TextAnswer(sentinel))
	e.SetTyped(drafts.At{Item: "birth_date"}, "31-Febru")
	if err := e.Flush(ctx); err == nil {
		return errors.New("there is no connection, and it was sent")
	}
	go func() { panic(fmt.Sprintf("%v %+v", e.Answers()[at.Item], plan.Patient)) }()
	time.Sleep(time.Minute)
	return errors.New("it goes on")
}

// The program ends by a panic while a draft is open. The report says where, and holds nothing of what was typed or of whom; the next
// start offers it, and the words are there.
func TestACrashWithADraftOpen(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", true)
	plan := draftOf(t, d)
	require.NoError(t, d.Close())
	command := childCommand(t, "panic", w, profile)
	command.Env = append(command.Env, planEnv+"="+plan.ID)
	w.line.loseAnswers(1 << 20)
	out, err := command.CombinedOutput()
	require.Error(t, err)
	w.line.loseAnswers(0)
	personal := append(strings.Fields(sentinel), plan.Patient.NHSNumber, plan.Patient.FamilyName, plan.Patient.GivenName, "Febru", plan.ID)
	for _, word := range personal {
		require.NotContains(t, string(out), word, "the error output")
	}
	var report crash.Report
	next := w.desk(profile)
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		var there bool
		if report, there = next.Crashed(t.Context()); there {
			break
		}
		require.True(t, time.Now().Before(end), "no report came: %s", out)
	}
	require.Contains(t, report.Text, "Kind: panic\n")
	require.Contains(t, report.Text, "panicWriting")
	for _, word := range personal {
		require.NotContains(t, report.Text, word)
	}
	nothingInTheClear(t, profile, strings.Fields(sentinel)...)

	_, ok, err := next.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, ok, "a start at once goes on")
	fresh, err := next.OpenPlan(t.Context(), plan.ID)
	require.NoError(t, err)
	e := next.Edit(fresh)
	require.Equal(t, sentinel, e.Answers()["advance_statement"].Text)
	raw, _ := e.Typed(drafts.At{Item: "birth_date"})
	require.Equal(t, "31-Febru", raw)
	await(t, e, "saved", saved)
	require.NoError(t, next.DeleteCrash(t.Context(), report))
	left, err := filepath.Glob(filepath.Join(profile, "crash*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
