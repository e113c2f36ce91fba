// Command cmc is the desktop client of Coordinate My Care: the window that a GP, a care-home nurse or an ambulance clinician
// opens. It is the composition root: it alone imports Fyne's drivers, and it hosts the central service in this process for
// training.
//
// Nothing that it prints or writes holds a patient's data.
package main

// What may change here: the flags, and how the parts are put together.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"cmc/api"
	"cmc/app"
	"cmc/app/crash"
	"cmc/app/handover"
	"cmc/app/platform"
	"cmc/app/preset"
	"cmc/assets"
	"cmc/ui"
	"cmc/ui/control"
	"cmc/ui/softwindow"
)

// version is set when the program is built.
var version = "development"

const appID = "uk.nhs.coordinatemycare.cmc"

// flags are what the program may be told.
type flags struct {
	training  bool
	address   string
	profile   string
	tour      string
	printer   string
	pace      time.Duration
	textSize  int
	readyFile string
	drawing   string
	version   bool
	plan      string // that a link names
}

func readFlags(args []string, out io.Writer) (flags, error) {
	var f flags
	set := flag.NewFlagSet("cmc", flag.ContinueOnError)
	set.SetOutput(out)
	set.BoolVar(&f.training, "training", false, "begin in training mode, with invented patients")
	set.StringVar(&f.address, "address", "", "address of the central service, `https://...`; remembered")
	set.StringVar(&f.profile, "profile", "", "`folder` for settings and the encrypted local store (default: this user's own)")
	set.StringVar(&f.tour, "tour", "", "do the main job by itself, in training mode or at the training service of --address, and leave pictures in this `folder`")
	set.StringVar(&f.printer, "tour-printer", "", "in the tour, also print the page on this `printer`")
	set.DurationVar(&f.pace, "tour-pace", 0, "with captions, and this long on each of them, for showing to people")
	set.IntVar(&f.textSize, "text-size", 0, "size of the text in per cent, 100 to 200, for this start")
	set.StringVar(&f.readyFile, "ready-file", "", "write this `file` when the first frame has been drawn")
	set.StringVar(&f.drawing, "drawing", byItself, "`how` the window is drawn: opengl, software, or auto, by what the computer has")
	set.BoolVar(&f.version, "version", false, "say the version and end")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	if f.textSize != 0 && (f.textSize < 100 || f.textSize > 200) {
		return f, errors.New("--text-size is from 100 to 200 per cent")
	}
	if f.drawing != byItself && f.drawing != byOpenGL && f.drawing != bySoftware {
		return f, errors.New("--drawing is auto, opengl or software")
	}
	if set.NArg() == 1 && strings.HasPrefix(strings.ToLower(set.Arg(0)), app.LinkScheme) {
		plan, err := app.PlanOf(set.Arg(0))
		f.plan = plan
		return f, err
	}
	if set.NArg() > 0 {
		return f, fmt.Errorf("what is %q? See cmc -help", set.Arg(0))
	}
	return f, nil
}

func main() {
	crash.Monitor()
	f, err := readFlags(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case errors.Is(err, app.ErrLink): // somebody followed it in another program, and sees no terminal
		say("This link does not lead to an urgent care plan. Open Coordinate My Care and find the patient there.")
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "cmc:", err)
		os.Exit(2)
	case f.version:
		fmt.Println("cmc", version)
		return
	}
	if err := run(f); err != nil {
		say(err.Error())
		os.Exit(1)
	}
}

// settingsFolder is where this user's settings go. On Windows it is the folder that stays on this computer: the key of the
// local store stays too, and a store that followed the person elsewhere could not be opened there (T62).
func settingsFolder() (string, error) {
	if runtime.GOOS == "windows" {
		return os.UserCacheDir() // %LocalAppData%
	}
	return os.UserConfigDir()
}

// run opens the window and serves it until it is closed.
func run(f flags) (err error) {
	if f.profile == "" {
		dir, err := settingsFolder()
		if err != nil {
			return fmt.Errorf("this user has no folder for settings; give one with --profile: %w", err)
		}
		f.profile = filepath.Join(dir, "Coordinate My Care")
	}
	if err := platform.PrivateDir(f.profile); err != nil && !platform.IsDenied(err) { // one that is there and is somebody else's may still do
		return err
	}
	if f.plan != "" && f.address == "" && f.tour == "" && !f.training { // else more is asked for than the plan
		letBeInFront()
		if handover.Give(f.profile, f.plan) {
			return nil
		}
	}
	log := slog.New(slog.NewTextHandler(crash.Quiet(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := crash.Watch(f.profile, version); err != nil {
		log.Warn("a crash would leave no report", "err", err)
	}
	var desk *app.Desk
	desk, err = app.New(app.Params{
		Proof: func(ctx context.Context, user api.User, password string) error {
			return desk.ProveHere(ctx, user, password)
		},
		ProfileDir: f.profile,
		Version:    version,
		Preset:     preset.Read(),
		Log:        log,
		Host:       func(ctx context.Context) (app.Hosted, error) { return hostTraining(ctx, f.profile, log) },
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.Close()) }()
	if f.address != "" {
		if err := desk.SetAddress(f.address); err != nil {
			return err
		}
	}
	drawn := func() {}
	if f.drawing == byItself && knownWithout(f.profile, time.Now()) {
		f.drawing = bySoftware
	}
	if f.drawing != bySoftware {
		drawn = hearFyne(f.drawing, f.profile)
	}
	a, soft, err := newApp(f.drawing == bySoftware)
	if err != nil {
		return err
	}
	o := ui.Options{Version: version, Training: f.training || f.tour != "" && f.address == "", TextSize: f.textSize, Plan: f.plan}
	watching, unwatch := context.WithCancel(context.Background())
	defer unwatch()
	if f.tour == "" {
		links := handover.NewTaker(f.profile)
		o.Links = func(follow func(planID string)) { go links.Watch(watching, drawingThreadAnswers, follow) }
	}
	restoreIt := func() {}
	o.Restore = func() { restoreIt() }
	o.Away = func(lock func()) { watchScreen(watching, lock, log) }
	o.Drawing = func(w *ui.Window) {
		if soft != nil {
			soft.OnInput = w.Touched
			return
		}
		view, err := hearInput(w)
		if err != nil {
			log.Error(err.Error())
			return
		}
		restoreIt = func() { restore(view) }
	}
	ready := make(chan struct{})
	o.FirstFrame = func() {
		drawn()
		close(ready)
		showIcon(a)             // drawing it takes as long as a fifth of the start: the window comes first
		go debug.FreeOSMemory() // what the start alone needed
	}
	if f.readyFile != "" {
		go func() {
			<-ready
			if err := os.WriteFile(f.readyFile, []byte("ready\n"), 0o600); err != nil {
				log.Error("the ready file was not written", "err", err)
			}
		}()
	}
	pace := f.pace
	if pace == 0 {
		pace = usualPace
	}
	o.Demonstrate = func(w *ui.Window) { go show(w, pace, log) }
	if f.tour == "" {
		ui.Run(a, desk, o)
	} else if err := runTour(a, desk, o, f, ready); err != nil {
		return err
	}
	if soft != nil && soft.Err() != nil {
		return errors.Join(errNoOpenGL, technical(soft.Err()))
	}
	return nil
}

// newApp makes Fyne's application. soft is its driver where the window is drawn without OpenGL, and nil otherwise.
func newApp(without bool) (a fyne.App, soft *softwindow.Driver, err error) {
	a = fyneapp.NewWithID(appID)
	if !without {
		endQuietly(a)
		control.UseShaders()
		return a, nil, nil
	}
	g, err := openGlass()
	if err != nil {
		return nil, nil, err
	}
	s := softwindow.New(a, g)
	return s, s.Soft(), nil
}

// endQuietly takes from Fyne 2.8 what it does last, when its window has been closed: it keeps preferences, of which there are none here. It has
// another goroutine send that to the queue that it closes meanwhile, so that the program now and then failed at its end, after its work.
func endQuietly(a fyne.App) {
	if life, ok := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(func()) }); ok {
		life.SetOnStoppedHookExecuted(nil)
	}
}

// showIcon gives the windows the program's mark. Drawing thread.
func showIcon(a fyne.App) {
	icon := fyne.NewStaticResource("cmc.svg", assets.Icon)
	a.SetIcon(icon)
	for _, w := range a.Driver().AllWindows() {
		w.SetIcon(icon)
	}
}
