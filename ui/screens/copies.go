package screens

// What may change here: how a copy of a document that is attached to a plan is opened by those who read the plan.

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/app"
	"cmc/forms"
	"cmc/ui/control"
)

// copyEndings are the endings of the kinds of files that a plan holds.
var copyEndings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

// copiesCard offers every copy that the answers of the live version or of the draft name, each once, or is nil when there is
// none. A reader who may not have one is told so by the service.
func copiesCard(d Deps, planID string, def *forms.Definition, all ...forms.Answers) fyne.CanvasObject {
	links := []fyne.CanvasObject{control.Muted("Read them beside the answers: the paper may say something else.")}
	offered := map[string]bool{} // by sum
	offer := func(answer forms.Answer) {
		file := answer.File
		if file == nil || offered[file.SHA256] {
			return
		}
		offered[file.SHA256] = true
		links = append(links, control.NewLink("Open a copy of "+file.Name+"...", func() { openCopy(d, planID, *file) }))
	}
	for it := range def.Items() {
		if it.Kind != forms.File {
			continue
		}
		for _, a := range all {
			group := it.InGroup()
			if group == nil {
				offer(a[it.ID])
				continue
			}
			for _, row := range a[group.ID].Rows {
				offer(row.Answers[it.ID])
			}
		}
	}
	if len(links) == 1 {
		return nil
	}
	return control.Card("Copies of documents", links...)
}

// openCopy asks where the copy goes and saves it there. The proposed name says nothing of the person.
func openCopy(d Deps, planID string, file forms.FileRef) {
	ending := copyEndings[file.MediaType]
	path := ""
	d.Work("Looking for a folder...", func(ctx context.Context) (err error) {
		path, err = app.FreeCopyName(ctx, ending)
		return err
	}, func(err error) {
		if err != nil {
			d.Say.Error(err)
			return
		}
		askFile(d, "Open a copy", path, ending, "Saving the copy...", func(ctx context.Context, path string) error {
			return d.Desk.SaveAttachment(ctx, planID, file.SHA256, path)
		})
	})
}

// askFile asks for a path and has do write there. A path without the ending gets it.
func askFile(d Deps, title, path, ending, busy string, do func(ctx context.Context, path string) error) {
	box := control.NewInput("File", "Only you can read it there. Delete it when you have used it.")
	box.SetText(path)
	var shut func()
	var act *control.Button
	stay := control.Secondary("Cancel", func() { shut() })
	save := func() {
		path := strings.TrimSpace(box.Text())
		if path == "" || !filepath.IsAbs(path) {
			box.SetError("Type where the file goes, with its folder.")
			d.Say.Relayout()
			box.Focus()
			return
		}
		if !strings.EqualFold(filepath.Ext(path), ending) {
			path += ending
		}
		box.SetError("")
		act.SetBusy("Saving...")
		d.Work(busy, func(ctx context.Context) error { return do(ctx, path) }, func(err error) {
			act.Ready()
			shut()
			if err != nil {
				d.Say.Error(err)
				return
			}
			d.Say.Notice("Saved.\n" + path)
		})
	}
	act = control.Primary("Save", save)
	box.OnSubmit = func(string) { save() }
	shut = d.Say.Passing(title, control.VStack(12, box), 640, box.Focusable(), nil, stay, act)
}
