package tour

// What may change here: the main job, step by step, and what is said about it.

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui"
	"cmc/ui/control"
	"cmc/ui/screens"
)

// Run does the main job in the window, from the page before anybody is signed in. Its error is a sentence that names the step
// at which something was not as it should be. It may be called on any goroutine but the drawing thread.
func Run(ctx context.Context, p Params) error {
	if p.Wait == 0 {
		p.Wait = 20 * time.Second
	}
	h := &hand{ctx: ctx, p: p}
	for _, part := range []struct {
		step string
		do   func(*hand)
	}{
		{"Beginning in training mode", (*hand).begin},
		{"Signing in as the care-home nurse", func(h *hand) { h.signIn("carehome") }},
		{"Looking at the nurse's work", (*hand).nursesWork},
		{"Finding the resident", (*hand).findResident},
		{"Starting the plan", (*hand).startPlan},
		{"Writing the plan", (*hand).write},
		{"Checking and sending", (*hand).send},
		{"Signing out", (*hand).signOut},
		{"Signing in as the GP", func(h *hand) { h.signIn("gp") }},
		{"Opening the review", (*hand).openReview},
		{"Approving", (*hand).approve},
		{"Reading the live plan", (*hand).readPlan},
		{"Signing out as the GP", (*hand).signOut},
		{"Signing in as the ambulance clinician", func(h *hand) { h.signIn("urgent") }},
		{"Finding the person in a hurry", (*hand).findUrgently},
		{"Saving the page", (*hand).save},
		{"Printing the page", (*hand).print},
		{"Telling the practice", (*hand).used},
		{"Signing out as the ambulance clinician", (*hand).signOut},
		{"Signing in as the commissioner", func(h *hand) { h.signIn("commissioner") }},
		{"Reading a report", (*hand).readReport},
		{"Ending", (*hand).signOut},
	} {
		h.step = part.step
		part.do(h)
		if h.err != nil {
			return h.err
		}
	}
	return nil
}

func screen[S screens.Screen](h *hand) (s S, ok bool) {
	s, ok = h.p.Window.Screen().(S)
	return s, ok
}

// quit closes a message that may or may not be up, such as one about this computer's keychain.
func (h *hand) quit() {
	h.on(func() {
		for h.p.Window.Messages().Open() && h.p.Window.Messages().Escape() {
		}
	})
}

func (h *hand) begin() {
	h.until("the list of people to be", func() bool {
		s, ok := screen[*screens.SignIn](h)
		return ok && s.Person("carehome") != nil
	})
	h.say("Training mode: the same program, with invented patients. One chooses who to be.")
	h.shot("sign-in")
}

func (h *hand) signIn(account string) {
	h.until("the list of people to be", func() bool {
		s, ok := screen[*screens.SignIn](h)
		return ok && s.Person(account) != nil
	})
	right := false
	h.on(func() {
		s, ok := screen[*screens.SignIn](h)
		if !ok {
			return
		}
		want := fyne.Focusable(s.Person(account))
		c := h.canvas()
		for range most {
			if c.Focused() == want {
				right = true
				return
			}
			c.FocusNext()
		}
	})
	if !right {
		h.fail("the account %q cannot be reached with the Tab key", account)
		return
	}
	h.look()
	h.key(fyne.KeyReturn)
	h.until("the page after signing in", func() bool {
		_, still := screen[*screens.SignIn](h)
		return !still && h.p.Window.Screen() != nil
	})
	h.quit()
}

func (h *hand) nursesWork() {
	h.until("my work", func() bool { m, ok := screen[*screens.MyWork](h); return ok && m.Loaded() })
	h.say("The nurse in charge sees what waits for her.")
	h.shot("my-work")
}

func (h *hand) find(number string) {
	h.shortcut(fyne.KeyK)
	h.until("the find page", func() bool { _, ok := screen[*screens.Find](h); return ok })
	h.on(func() {
		if f, ok := screen[*screens.Find](h); ok {
			h.canvas().Focus(f.Box().Focusable())
		}
	})
	h.typed(number)
	h.until("the person", func() bool { f, ok := screen[*screens.Find](h); return ok && len(f.Found()) == 1 })
}

func (h *hand) findResident() {
	h.say("Ctrl+K finds a person. A wrong check digit would be said at once.")
	h.find(residentNumber)
	h.shot("find")
}

func (h *hand) startPlan() {
	h.open(residentName)
	h.until("the page that starts a plan", func() bool { _, ok := screen[*screens.Start](h); return ok })
	h.say("A plan begins with why it is made and how deep it goes.")
	for _, code := range []string{"eol", "frailty"} {
		words := ""
		h.on(func() {
			if s, ok := screen[*screens.Start](h); ok && s.Cohort(code) != nil {
				words = s.Cohort(code).Text()
			}
		})
		h.tick(words)
	}
	if !h.tab(func(f fyne.Focusable) bool {
		s, ok := screen[*screens.Start](h)
		return ok && f == fyne.Focusable(s.Depth())
	}) {
		h.fail("the choice between a rapid and a full plan cannot be reached with the Tab key")
		return
	}
	h.radio("full")
	h.shot("start-a-plan")
	h.press("Start the plan")
	h.until("the form", func() bool { _, ok := screen[*ui.Form](h); return ok })
}

// write fills every step.
func (h *hand) write() {
	f := h.form()
	if f == nil {
		return
	}
	was := h.step
	for _, s := range script(h.p.Window.Desk().Now(), h.p.Paper) {
		h.step = was + ", step " + s.step
		h.on(func() { f.Wizard().Show(s.step, "", "") })
		h.until("the step", func() bool { return f.Wizard().Step() == s.step })
		h.say(s.caption)
		for _, a := range s.fills {
			h.answer(f, "", "", a)
		}
		h.top(f, s.step)
		if s.step != "check" {
			h.shot("step-" + s.step)
		}
		if h.err != nil {
			return
		}
	}
}

// top goes to the top of a step, with the keyboard on its first question.
func (h *hand) top(f *ui.Form, step string) {
	h.on(func() {
		other := "person"
		if step == other {
			other = "frailty"
		}
		f.Wizard().Show(other, "", "")
		f.Wizard().Show(step, "", "")
		f.Wizard().Focus()
	})
}

// send looks at "Check and send" and sends.
func (h *hand) send() {
	f := h.form()
	if f == nil {
		return
	}
	h.say("Every gap on one page. When nothing stops it, it can be sent to the practice.")
	h.top(f, "check")
	h.shot("check-and-send")
	ready := h.tab(func(f fyne.Focusable) bool { return strings.HasPrefix(name(f), "Send to ") && !off(f) })
	if !ready {
		var stops []string
		h.on(func() {
			for _, p := range f.Wizard().Reader().Validate(forms.ForApproval) {
				if p.Severity == forms.Stop {
					stops = append(stops, p.Step+" "+p.Item+": "+p.Words)
				}
			}
		})
		h.fail("the plan cannot be sent: %s", strings.Join(stops, "; "))
		return
	}
	h.shortcut(fyne.KeyReturn)
	h.until("my work", func() bool { m, ok := screen[*screens.MyWork](h); return ok && m.Loaded() })
	h.until("the word that it was sent", func() bool { return h.p.Window.Messages().Open() })
	h.shot("sent")
	h.key(fyne.KeyReturn)
}

func (h *hand) signOut() {
	h.quit()
	h.press("Sign out")
	h.until("the sign-in page", func() bool { _, ok := screen[*screens.SignIn](h); return ok })
}

func (h *hand) openReview() {
	h.until("my work", func() bool { m, ok := screen[*screens.MyWork](h); return ok && m.Loaded() })
	h.say("The GP finds it under \"To approve\".")
	h.shot("gp-my-work")
	h.open(residentName)
	h.until("the review", func() bool { r, ok := screen[*screens.Review](h); return ok && len(r.Changes().Items) > 0 })
	h.say("What changed stands side by side. Five checks are the GP's own: none is ticked.")
	h.shot("review")
	h.copies("review-copies")
}

// copies looks at the copies of documents that the page offers.
func (h *hand) copies(picture string) {
	if h.p.Paper == "" {
		return
	}
	if !h.tab(func(f fyne.Focusable) bool { return strings.HasPrefix(name(f), "Open a copy of ") }) {
		h.fail("the copy of a document cannot be reached with the Tab key")
		return
	}
	h.say("The paper itself can be opened beside the answers.")
	h.shot(picture)
}

func (h *hand) approve() {
	var ticks []string
	h.on(func() {
		if r, ok := screen[*screens.Review](h); ok {
			for _, t := range r.Ticks() {
				ticks = append(ticks, t.Text())
			}
			h.canvas().Focus(r.Ticks()[0])
		}
	})
	for _, t := range ticks {
		h.tick(t)
		h.look()
	}
	h.on(func() {
		if r, ok := screen[*screens.Review](h); ok {
			h.canvas().Focus(r.Password().Focusable())
		}
	})
	h.typed("training")
	h.shot("review-signed")
	h.press("Approve and publish")
	h.until("the word that it is live", func() bool { return h.p.Window.Messages().Open() })
	h.until("my work", func() bool { m, ok := screen[*screens.MyWork](h); return ok && m.Loaded() })
	h.say("Version 1 is live. Urgent care sees it now.")
	h.shot("approved")
	h.key(fyne.KeyReturn)
}

// readPlan looks at the plan's own page, from the list of the practice.
func (h *hand) readPlan() {
	h.press("Practice list")
	h.until("the practice list", func() bool { m, ok := screen[*screens.MyWork](h); return ok && m.Loaded() })
	h.shot("practice-list")
	h.open(residentName)
	h.until("the plan", func() bool { _, ok := screen[*screens.Overview](h); return ok })
	h.say("The plan's own page: what is live, what may be done with it, and who looked.")
	h.shot("plan-page")
	h.copies("plan-page-copies")
}

func (h *hand) findUrgently() {
	h.say("Night. An ambulance clinician looks for her.")
	h.find(residentNumber)
	h.shot("urgent-find")
	h.open(residentName)
	h.until("the summary or a question", func() bool {
		u, ok := screen[*screens.Urgent](h)
		return ok && u.Summary() != nil || h.p.Window.Messages().Open()
	})
	asked := false
	h.on(func() { asked = h.p.Window.Messages().Open() })
	if asked {
		h.shot("urgent-reason")
		h.typed("999 call to Elm House")
		h.press("Open the record")
		h.until("the summary", func() bool { u, ok := screen[*screens.Urgent](h); return ok && u.Summary() != nil })
	}
	h.say("One page, always in the same order. The first eight blocks need no scrolling.")
	h.shot("urgent-view")
}

func (h *hand) save() {
	if h.p.PDF == "" {
		return
	}
	h.press("Save PDF")
	h.until("the question where to", func() bool { return h.p.Window.Messages().Open() })
	h.clear()
	h.typed(filepath.Base(h.p.PDF)) // the picture shows no computer's folders
	h.shot("save-pdf")
	h.clear()
	h.typed(h.p.PDF)
	h.press("Save")
	h.until("the word that it is saved", func() bool { return h.p.Window.Messages().Open() && h.has("OK") })
	h.key(fyne.KeyReturn)
}

func (h *hand) print() {
	if h.p.Printer == "" {
		return
	}
	h.press("Print")
	h.until("the printers", func() bool { return h.p.Window.Messages().Open() })
	h.radioOf(func(o control.Option) bool { return o.ID == h.p.Printer })
	h.shot("print")
	h.press("Print")
	h.until("the word that it is printed", func() bool { return h.p.Window.Messages().Open() && h.has("OK") })
	h.shot("printed")
	h.key(fyne.KeyReturn)
}

func (h *hand) used() {
	h.say("Two taps tell the practice what became of the plan.")
	h.press("Used")
	h.until("the thanks", func() bool { return h.p.Window.Messages().Open() })
	h.shot("used")
	h.key(fyne.KeyReturn)
}

// readReport looks at what those who pay for care see: numbers, never people.
func (h *hand) readReport() {
	shown := func(name string) func() bool {
		return func() bool {
			r, ok := screen[*screens.Reports](h)
			return ok && r.Shown() != nil && r.Shown().Name == name
		}
	}
	h.until("the first report", shown("coverage"))
	h.press("Outcomes")
	h.until("the outcomes", shown("outcomes"))
	h.say("A commissioner sees numbers with what they are out of, and none so small that somebody could be recognised.")
	h.shot("report-outcomes")
}

// has says whether what has the keyboard is called so. Drawing thread.
func (h *hand) has(words string) bool {
	f := h.canvas().Focused()
	return f != nil && name(f) == words
}
