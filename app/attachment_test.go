//go:build linux

package app_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan"
)

func TestAFileGoesIntoAPlanAndComesBack(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "gp", false)
	typed := forms.Answers{}
	typed.SetText(plan.FamilyName, "Newcomer")
	typed.SetText(plan.GivenName, "Ann")
	typed.SetText(plan.BirthDate, "1950-01-01")
	p, err := d.StartPlan(t.Context(), api.NewPlan{Answers: typed})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	letter := []byte("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nstartxref\n9\n%%EOF\n")
	long := strings.Repeat("a", 200) + ".pdf"
	ref, err := d.Attach(t.Context(), p.ID, write(long, letter))
	if err != nil {
		t.Fatal(err)
	}
	if len(ref.Name) != 120 || !strings.HasSuffix(ref.Name, ".pdf") || ref.Size != int64(len(letter)) || ref.MediaType != "application/pdf" {
		t.Errorf("the description is %+v", ref)
	}
	copied := filepath.Join(folder, "copy.pdf")
	if err := d.SaveAttachment(t.Context(), p.ID, ref.SHA256, copied); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(copied)
	if err != nil || !bytes.Equal(got, letter) {
		t.Errorf("the copy is %q, %v", got, err)
	}
	if info, _ := os.Stat(copied); info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", info.Mode())
	}

	// The answer is taken by the service as it was given.
	editor := d.Edit(p)
	row := editor.AddRow(plan.Attachments)
	at := drafts.At{Group: plan.Attachments, Row: row, Item: plan.AttFile}
	editor.Set(at, forms.FileAnswer(ref))
	if err := editor.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	for name, path := range map[string]string{
		"There is no file": filepath.Join(folder, "none.pdf"), "a folder": folder, "empty": write("empty.pdf", nil),
		"larger than 10 MB": write("large.pdf", append(letter, make([]byte, app.MaxAttachment)...)), "PDF, JPEG or PNG": write("words.txt", []byte("Dear Ann")),
	} {
		_, err := d.Attach(t.Context(), p.ID, path)
		said := app.Explain(err)
		if !strings.Contains(said.What, name) || strings.Contains(said.What+said.Means+said.Do, folder) {
			t.Errorf("%s: it says %+v", name, said)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := d.Attach(stopped, p.ID, write("letter.pdf", letter)); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped, and it says %v", err)
	}
	w.line.cut()
	if _, err := d.Attach(t.Context(), p.ID, write("letter.pdf", letter)); !api.IsUnreachable(err) {
		t.Errorf("the line is cut, and it says %v", err)
	}
	if strings.Contains(w.log.String(), "letter.pdf") || strings.Contains(w.log.String(), ref.SHA256) {
		t.Error("the log names the file")
	}
}
