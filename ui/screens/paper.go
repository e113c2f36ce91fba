package screens

// What may change here: how a page comes to a printer or into a file. What is printed is the service's own page.

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"cmc/app"
	"cmc/app/printing"
	"cmc/ui/control"
)

// pdfName is the name that is offered for the file. It never names a patient.
const pdfName = "urgent-care-summary.pdf"

// mostCopies is how many copies are printed at once: as many as package printing allows.
const mostCopies = 20

// PrintPlan asks for a printer and prints the one-page summary.
func PrintPlan(d Deps, planID string) {
	printJob(d, func(ctx context.Context) (*printing.Job, error) { return d.Desk.PreparePrint(ctx, planID) })
}

// printJob asks for a printer and prints what is prepared.
func printJob(d Deps, prepare func(ctx context.Context) (*printing.Job, error)) {
	var job *printing.Job
	var printers []string
	d.Work("Getting the page ready...", func(ctx context.Context) (err error) {
		if job, err = prepare(ctx); err != nil {
			return err
		}
		printers, err = job.Printers(ctx)
		return err
	}, func(err error) {
		closeJob := func() {
			if job != nil {
				d.Work("Putting the page away...", func(context.Context) error { job.Close(); return nil }, func(error) {})
			}
		}
		if err != nil {
			closeJob()
			d.Say.Error(err)
			return
		}
		askPrinter(d, job, printers, closeJob)
	})
}

func askPrinter(d Deps, job *printing.Job, printers []string, closeJob func()) {
	const most = 7 // a longer list shows the usual printers first
	if len(printers) > most {
		printers = printers[:most]
	}
	var options []control.Option
	for i, name := range printers {
		o := control.Option{ID: name, Label: name}
		if i == 0 {
			o.Hint = "The usual one"
		}
		options = append(options, o)
	}
	which := control.NewRadio(options, nil)
	if len(printers) > 0 {
		which.Choose(printers[0])
	}
	copies := control.NewInput("Copies", "")
	copies.Entry.Wide(90)
	copies.SetText("1")
	var shut func()
	var act *control.Button
	stay := control.Secondary("Cancel", func() { shut(); closeJob() })
	send := func() {
		n, err := strconv.Atoi(strings.TrimSpace(copies.Text()))
		if err != nil || n < 1 || n > mostCopies {
			copies.SetError("Type a number from 1 to " + strconv.Itoa(mostCopies) + ".")
			d.Say.Relayout()
			d.focus(copies)
			return
		}
		copies.SetError("")
		act.SetBusy("Printing...")
		printer := which.Chosen()
		var words string
		d.Work("Printing...", func(ctx context.Context) (err error) {
			words, err = job.Print(ctx, printer, n)
			return err
		}, func(err error) {
			act.Ready()
			shut()
			closeJob()
			if err != nil {
				d.Say.Error(err)
				return
			}
			d.Say.Notice(words)
		})
	}
	act = control.Primary("Print", send)
	copies.OnSubmit = func(string) { send() }
	body := control.VStack(12, control.Body("One A4 page. The key safe code is never printed. Check the live plan before you act on paper."),
		control.Strong("Printer"), which, copies)
	shut = d.Say.Passing("Print", body, 520, which, closeJob, stay, act)
}

// saveJob asks for a file and saves what is prepared.
func saveJob(d Deps, prepare func(ctx context.Context) (*printing.Job, error)) {
	askFile(d, "Save as PDF", filepath.Join(app.UsualFolder(), pdfName), ".pdf", "Saving the page...", func(ctx context.Context, path string) error {
		job, err := prepare(ctx)
		if err != nil {
			return err
		}
		defer job.Close()
		return job.SavePDF(ctx, path)
	})
}
