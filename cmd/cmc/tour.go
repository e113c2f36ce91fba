package main

// What may change here: how the tour gets its window, and where its pictures and its page go.

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"

	"cmc/app"
	"cmc/ui"
	"cmc/ui/tour"
)

// usualPace is how long a caption stands in a demonstration that was started from the window.
const usualPace = 4 * time.Second

// summaryName is the name of the page that the tour saves. It never names a patient.
const summaryName = "urgent-care-summary.pdf"

// paperName is the name of the picture that the tour attaches as a copy of a paper form.
const paperName = "form-in-blue-folder.png"

// inventedPaper is a picture of a form with lines and no words: nobody can take it for a real one.
func inventedPaper() image.Image {
	sheet := image.NewGray(image.Rect(0, 0, 420, 594))
	for i := range sheet.Pix {
		sheet.Pix[i] = 0xff
	}
	for y := 60; y < 560; y += 24 {
		for x := 40; x < 380; x++ {
			sheet.Pix[y*sheet.Stride+x] = 0x60
		}
	}
	return sheet
}

// runTour does the main job in the window by itself, keeps its pictures, and closes the window. The error names the step at
// which something was not as it should be.
func runTour(a fyne.App, desk *app.Desk, o ui.Options, f flags, ready <-chan struct{}) error {
	dir, err := filepath.Abs(f.tour)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	w := ui.NewWindow(a, desk, o)
	w.Start()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	done := make(chan error, 1)
	go func() {
		select {
		case <-ready:
			fyne.DoAndWait(func() { w.Demonstrating(stop) })
			paper := filepath.Join(os.TempDir(), paperName)
			if err := keepPicture(paper, inventedPaper()); err != nil {
				done <- err
				break
			}
			defer os.Remove(paper)
			done <- tour.Run(ctx, tour.Params{
				Window: w, Do: fyne.DoAndWait, Paper: paper, PDF: filepath.Join(dir, summaryName), Printer: f.printer, Pace: f.pace,
				Picture: func() image.Image { return picture(w.Fyne()) },
				Keep:    func(name string, p image.Image) error { return keepPicture(filepath.Join(dir, name), p) },
			})
		case <-time.After(30 * time.Second):
			done <- errors.New("the window was not drawn within 30 seconds")
		}
		fyne.Do(w.Fyne().Close)
	}()
	w.Fyne().ShowAndRun()
	select {
	case err := <-done:
		switch {
		case errors.Is(err, context.Canceled):
			return errors.New("the tour was stopped")
		case err != nil:
			return fmt.Errorf("the tour ended early. %w", err)
		}
		return nil
	default:
		return errors.New("the tour ended early: the window was closed")
	}
}

func keepPicture(path string, p image.Image) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return png.Encode(file, p)
}

// show does the main job for people, with captions, in a window that is in use. Esc ends it.
func show(w *ui.Window, pace time.Duration, log *slog.Logger) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	fyne.DoAndWait(func() {
		w.Demonstrating(stop)
		w.SignOut()
	})
	err := tour.Run(ctx, tour.Params{Window: w, Do: fyne.DoAndWait, Pace: pace})
	fyne.DoAndWait(func() {
		w.Demonstrating(nil)
		if err != nil && !errors.Is(err, context.Canceled) {
			w.Messages().Notice("The demonstration stopped.\nIt expected something else on the page. Start it again in a fresh training session.")
		}
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Error("the demonstration stopped", "err", err)
	}
}
