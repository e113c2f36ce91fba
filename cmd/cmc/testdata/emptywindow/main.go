// Command emptywindow is the yardstick for start-up and memory: the least that a Fyne program can be. It says when its first
// frame stands in the same way as cmc does, by writing the file named by --ready-file.
package main

import (
	"flag"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	ready := flag.String("ready-file", "", "written when the first frame stands")
	flag.Parse()
	a := app.NewWithID("org.example.emptywindow")
	w := a.NewWindow("Empty")
	w.Resize(fyne.NewSize(1280, 800))
	w.SetContent(widget.NewLabel("Empty"))
	a.Lifecycle().SetOnStarted(func() {
		go fyne.Do(func() { _ = os.WriteFile(*ready, []byte("ready\n"), 0o600) })
	})
	w.ShowAndRun()
}
