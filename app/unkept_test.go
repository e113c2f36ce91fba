//go:build linux

package app_test

// What may change here: what is said of words that this computer cannot keep, beside what else there is to say of them.

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cmc/app"
	"cmc/app/drafts"
	"cmc/forms"
)

// This computer can keep nothing, and the service does not take one answer, or a colleague wrote the same one, or there is no
// connection: the foot and My work say that the words are in this program alone.
func TestNobodySaysKeptWhereNothingIs(t *testing.T) {
	for _, state := range []drafts.State{drafts.StateRefused, drafts.StateConflict, drafts.StateUnkept} {
		t.Run(string(state), func(t *testing.T) {
			w := openWard(t)
			profile := t.TempDir()
			if err := os.WriteFile(filepath.Join(profile, "kept"), nil, 0o600); err != nil { // a folder cannot be made here
				t.Fatal(err)
			}
			d := w.desk(profile)
			signIn(t, d, "carehome", false)
			plan := draftOf(t, d)
			e := d.Edit(plan)
			switch state {
			case drafts.StateRefused:
				e.Set(drafts.At{Item: "birth_date"}, forms.TextAnswer("1941-13-45"))
			case drafts.StateConflict:
				colleague(t, w, plan.ID, `{"preferred_name":{"value":"Theirs"}}`)
				text(e, "preferred_name", "Mine")
			default:
				w.line.cut()
				text(e, "preferred_name", "Mine")
			}
			await(t, e, string(state), func(s drafts.Status) bool { return s.State == state })
			if got := d.Where(); got.Safe || strings.Contains(got.Words, "Kept on this computer") {
				t.Errorf("the foot says %+v", got)
			}
			var mine app.Waiting
			for _, one := range d.Waiting() {
				if one.PlanID == plan.ID {
					mine = one
				}
			}
			if !strings.Contains(mine.Why, "only in this program") || !strings.Contains(strings.ToLower(mine.Do), "leave the program open") {
				t.Errorf("My work says %+v", mine)
			}
		})
	}
}

// colleague saves in a plan as another person at another computer does.
func colleague(t *testing.T, w *ward, planID, patch string) {
	t.Helper()
	c := w.client("carehome")
	plan, err := c.Plan(t.Context(), planID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.PatchDraft(t.Context(), planID, []byte(patch), plan.Etag, ""); err != nil {
		t.Fatal(err)
	}
}
