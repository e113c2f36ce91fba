// Command formwindow is the real window, opened for measuring in training mode at the first step of the fullest plan. It takes
// no part in what is measured: keys come to it from the display and pictures leave it to the display, as with a person.
//
// It prints one line of JSON when the first step stands, and then answers each line that it reads: "step" with the step that
// is open, "again" by opening the form anew at its first step, with nothing of it built.
package main

// What may change here: how the window is brought to where measuring begins.

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"cmc/api"
	"cmc/api/central"
	"cmc/app"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"
	"cmc/ui"
	"cmc/ui/control"
	"cmc/ui/screens"
)

func main() {
	profile := flag.String("profile", "", "folder for everything that is kept")
	flag.Parse()
	if err := run(*profile); err != nil {
		fmt.Fprintln(os.Stderr, "formwindow:", err)
		os.Exit(1)
	}
}

func run(profile string) error {
	desk, err := app.New(app.Params{ProfileDir: profile, Version: "measured", Host: func(ctx context.Context) (app.Hosted, error) {
		return host(ctx, filepath.Join(profile, "training"))
	}})
	if err != nil {
		return err
	}
	defer desk.Close()
	a := fyneapp.NewWithID("org.example.formwindow")
	control.UseShaders() // as the program does
	ready := make(chan struct{})
	w := ui.NewWindow(a, desk, ui.Options{Training: true, FirstFrame: func() { close(ready) }})
	w.Start()
	done := make(chan error, 1)
	go func() {
		<-ready
		done <- serve(w)
		fyne.Do(w.Fyne().Close)
	}()
	w.Fyne().ShowAndRun()
	return <-done
}

func host(ctx context.Context, dir string) (app.Hosted, error) {
	service, err := central.Open(ctx, central.Options{DataDir: dir, Training: true})
	if err != nil {
		return app.Hosted{}, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return app.Hosted{}, errors.Join(err, service.Close())
	}
	server := &http.Server{Handler: service.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) //nolint:errcheck // it ends with the program
	return app.Hosted{Address: "http://" + listener.Addr().String(), Close: func() error {
		service.Hush()
		return errors.Join(server.Close(), service.Close())
	}}, nil
}

// serve signs in, writes the plan, opens the form and answers until there is nothing more to read.
func serve(w *ui.Window) error {
	if err := until("the people of training", func() bool {
		s, ok := w.Screen().(*screens.SignIn)
		if !ok || s.Person("gp") == nil {
			return false
		}
		s.Person("gp").TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		return true
	}); err != nil {
		return err
	}
	if err := until("my work", func() bool { m, ok := w.Screen().(*screens.MyWork); return ok && m.Loaded() }); err != nil {
		return err
	}
	id, err := write(w.Desk().Address(), w.Desk().Now())
	if err != nil {
		return err
	}
	steps := plan.Definition().Steps
	open := func() error {
		fyne.DoAndWait(func() {
			for w.Messages().Open() && w.Messages().Escape() {
			}
			w.Go(app.Place{Screen: screens.WizardScreen, PlanID: id, Step: steps[0].ID})
		})
		return until("the form", func() bool { f, ok := w.Screen().(*ui.Form); return ok && f.Wizard().Step() == steps[0].ID })
	}
	if err := open(); err != nil {
		return err
	}
	say := json.NewEncoder(os.Stdout)
	step := func() (id string) {
		fyne.DoAndWait(func() {
			if f, ok := w.Screen().(*ui.Form); ok {
				id = f.Wizard().Step()
			}
		})
		return id
	}
	if err := say.Encode(step()); err != nil {
		return err
	}
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		if orders.Text() == "again" {
			fyne.DoAndWait(func() { w.Go(app.Place{Screen: screens.MyWorkScreen}) })
			if err := until("my work", func() bool { m, ok := w.Screen().(*screens.MyWork); return ok && m.Loaded() }); err != nil {
				return err
			}
			if err := open(); err != nil {
				return err
			}
		}
		if err := say.Encode(step()); err != nil {
			return err
		}
	}
	return orders.Err()
}

func until(what string, ok func() bool) error {
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		yes := false
		fyne.DoAndWait(func() { yes = ok() })
		if yes {
			return nil
		}
	}
	return errors.New(what + " did not appear")
}

// write starts a plan for somebody of the GP's practice who has none, and fills it with everything that a plan can hold.
func write(address string, now time.Time) (string, error) {
	ctx := context.Background()
	c, err := api.NewClient(address, api.ClientOptions{})
	if err != nil {
		return "", err
	}
	if _, err := c.SignIn(ctx, api.Credentials{Username: "gp", Password: "training"}); err != nil {
		return "", err
	}
	p, err := c.CreatePlan(ctx, api.NewPlan{Reason: "Measuring", Answers: person()}, "")
	if err != nil {
		return "", err
	}
	d := plan.Definition()
	next := p.Draft.Answers.Clone()
	for id, answer := range plantest.Fullest(now) {
		item := d.Item(id)
		if _, there := next[id]; there || item == nil || item.System || others[id] {
			continue
		}
		next[id] = answer
	}
	change, err := forms.MakePatch(p.Draft.Answers, next)
	if err != nil {
		return "", err
	}
	p, err = c.PatchDraft(ctx, p.ID, change, p.Etag, "")
	var refused *api.Problem
	if errors.As(err, &refused) {
		return "", fmt.Errorf("%w %v", err, refused.Fields)
	}
	if err != nil {
		return "", err
	}
	return p.ID, nil
}

// others are the answers that the index and the service fill in (who the plan is about, who looks after them) and the files,
// which would have to be sent first.
var others = map[string]bool{
	plan.NHSNumber: true, plan.NHSNumberStatus: true, plan.DeceasedDate: true, plan.CareHomeODS: true, plan.PracticeODS: true,
	plan.PracticeName: true, plan.HolderOrgODS: true, plan.Attachments: true,
}

// person is somebody whom the index does not know.
func person() forms.Answers {
	who := forms.Answers{}
	who.SetText(plan.FamilyName, "Measure")
	who.SetText(plan.GivenName, "Meredith")
	who.SetText(plan.BirthDate, "1938-02-11")
	return who
}
