package message

// What may change here: when a message opens and closes, and where the focus goes.

import (
	"strings"

	"fyne.io/fyne/v2"

	"cmc/app"
	"cmc/ui/control"
)

// A Sayer shows the messages of one window. Make it with New. Drawing thread only.
type Sayer struct {
	w         fyne.Window
	queue     []*message
	kept      map[string]string // words typed into a question that was closed, by its key
	strip     *strip
	signedOut func(words string)
	quiet     func()
	held      bool // the window shows nothing: messages wait
}

// message is one message that is open or waits.
type message struct {
	sheet   *sheet
	first   fyne.Focusable
	escape  func()
	passing bool   // of no use later: about paper and files
	save    func() // keeps the words that were typed into it; nil: there are none
}

// New makes the Sayer of a window.
func New(w fyne.Window) *Sayer {
	return &Sayer{w: w, kept: map[string]string{}, strip: newStrip()}
}

// OnSignedOut says what happens when an error means that the person must sign in again. Without it the error is shown
// like any other.
func (s *Sayer) OnSignedOut(do func(words string)) { s.signedOut = do }

// OnQuiet says what happens when the last message has closed: the window sees to it that something has the keyboard.
func (s *Sayer) OnQuiet(do func()) { s.quiet = do }

// Open says whether a message is on the window: then the window's shortcuts rest.
func (s *Sayer) Open() bool { return len(s.queue) > 0 }

// Escape takes the safe way out of the open message. It returns false when none is open.
func (s *Sayer) Escape() bool {
	if len(s.queue) == 0 {
		return false
	}
	s.queue[0].escape()
	return true
}

// Forget empties the memory of words typed into questions. The window calls it when another plan is opened and when the
// person signs out, so that words about one patient never appear at another.
func (s *Sayer) Forget() { clear(s.kept) }

// CloseAll takes the safe way out of everything that is open or waits, as at sign-out.
func (s *Sayer) CloseAll() {
	for len(s.queue) > 0 {
		before := len(s.queue)
		s.queue[0].escape()
		if len(s.queue) >= before {
			return
		}
	}
}

func (s *Sayer) show(m *message) {
	s.queue = append(s.queue, m)
	if s.held && m.passing {
		m.escape()
		return
	}
	if len(s.queue) == 1 && !s.held {
		s.present()
	}
}

func (s *Sayer) present() {
	m := s.queue[0]
	c := s.w.Canvas()
	m.sheet.Resize(c.Size())
	c.Overlays().Add(m.sheet)
	m.sheet.Resize(c.Size())
	if m.first != nil {
		c.Focus(m.first)
	}
}

// close takes a message off the window, wherever it stands in the queue, and shows the next.
func (s *Sayer) close(m *message) {
	for i, q := range s.queue {
		if q != m {
			continue
		}
		s.queue = append(s.queue[:i:i], s.queue[i+1:]...)
		if i == 0 {
			s.w.Canvas().Overlays().Remove(m.sheet)
			if s.held {
				return
			}
			if len(s.queue) > 0 {
				s.present()
			} else if s.quiet != nil {
				s.quiet()
			}
		}
		return
	}
}

// Error says what went wrong, what it means for the plan, and what to do now, in the words of app.Explain. A nil or
// cancelled error says nothing.
func (s *Sayer) Error(err error) {
	if err == nil {
		return
	}
	e := app.Explain(err)
	if e.Cancelled {
		return
	}
	if e.SignInAgain && s.signedOut != nil {
		s.signedOut(strings.TrimSpace(e.What + " " + e.Means))
		return
	}
	s.notice(e.What, e.Means, e.Do)
}

// Notice says one thing. Its first sentence is the heading.
func (s *Sayer) Notice(words string) {
	head, rest, _ := strings.Cut(words, "\n")
	s.notice(head, rest)
}

func (s *Sayer) notice(head string, lines ...string) {
	var body []fyne.CanvasObject
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			body = append(body, control.Body(l))
		}
	}
	m := &message{}
	m.escape = func() { s.close(m) }
	ok := control.Primary("OK", m.escape)
	m.sheet = newSheet(head, control.VStack(10, body...), 0, ok)
	m.first = ok
	s.show(m)
}

// Ask asks a question with two answers. no is the safe way out: it has the focus, and Esc means it. do runs when yes is
// pressed, after the message is gone.
func (s *Sayer) Ask(title, words, yes, no string, do func()) {
	m := &message{}
	m.escape = func() { s.close(m) }
	stay := control.Secondary(no, m.escape)
	act := control.Primary(yes, func() {
		s.close(m)
		do()
	})
	m.sheet = newSheet(title, control.VStack(10, control.Body(words)), 0, stay, act)
	m.first = stay
	s.show(m)
}

// Custom shows an object of the caller's with its own buttons, the safe way out first. first gets the focus; Esc calls
// escape after the message is gone (nil: nothing more). The function returned closes it.
func (s *Sayer) Custom(title string, body fyne.CanvasObject, width float32, first fyne.Focusable, escape func(), buttons ...fyne.CanvasObject) (shut func()) {
	return s.custom(title, body, width, first, escape, false, buttons...)
}

func (s *Sayer) custom(title string, body fyne.CanvasObject, width float32, first fyne.Focusable, escape func(), passing bool, buttons ...fyne.CanvasObject) (shut func()) {
	m := &message{first: first, passing: passing}
	m.escape = func() {
		s.close(m)
		if escape != nil {
			escape()
		}
	}
	m.sheet = newSheet(title, body, width, buttons...)
	s.show(m)
	return func() { s.close(m) }
}

// Relayout measures the open message again, after its content changed.
func (s *Sayer) Relayout() {
	if len(s.queue) > 0 {
		s.queue[0].sheet.Refresh()
	}
}

// Strip is the object that says what the program is doing. The window lays it over its content.
func (s *Sayer) Strip() fyne.CanvasObject { return s.strip }
