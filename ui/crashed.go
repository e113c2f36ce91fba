package ui

// What may change here: how a person is told that the program ended by itself, and what they may do with its report.

import (
	"context"

	"fyne.io/fyne/v2"

	"cmc/app/crash"
	"cmc/ui/control"
)

// tellOfCrash looks for the report of an unwanted end, and offers it.
func (w *Window) tellOfCrash() {
	var report crash.Report
	var there bool
	w.work("Looking at the last start...", func(ctx context.Context) error {
		report, there = w.desk.Crashed(ctx)
		return nil
	}, func(error) {
		if there {
			w.offerReport(report)
		}
	})
}

func (w *Window) offerReport(report crash.Report) {
	var shut func()
	later := control.Secondary("Not now", func() { shut() })
	del := control.Secondary("Delete it", func() { shut(); w.deleteReport(report) })
	show := control.Primary("Show it", func() { shut(); w.showReport(report) })
	body := control.VStack(10, control.Body("What you had written is kept. Sign in, and go on where you were."),
		control.Body("A report says at which place in the program it happened. It holds nothing of a patient and nothing that you typed. It was not sent to anybody: show it to your help desk, if you like."))
	shut = w.say.Custom("The program stopped by itself last time", body, 620, show, nil, later, del, show)
}

func (w *Window) showReport(report crash.Report) {
	var shut func()
	done := control.Secondary("Close", func() { shut() })
	del := control.Secondary("Delete it", func() { shut(); w.deleteReport(report) })
	cp := control.Primary("Copy it", func() {
		fyne.CurrentApp().Clipboard().SetContent(report.Text)
		shut()
		w.say.Notice("The report is copied.\nPaste it where your help desk asks for it.")
	})
	shut = w.say.Custom("Report", control.VStack(10, control.Small(report.Text)), 760, cp, nil, done, del, cp)
}

func (w *Window) deleteReport(report crash.Report) {
	w.work("Deleting the report...", func(ctx context.Context) error { return w.desk.DeleteCrash(ctx, report) }, func(err error) {
		if err != nil {
			w.say.Error(err)
		}
	})
}
