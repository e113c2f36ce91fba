package message

// What may change here: how words are asked for in a message, and that they are never lost.

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"cmc/app"
	"cmc/ui/control"
)

// A Question asks for words before something is done.
type Question struct {
	Title  string
	Words  string // what it means
	Label  string // above the box
	Hint   string // under the label
	Min    int    // characters at least
	Max    int    // characters at most; 0: 1000
	Yes    string // the button
	No     string // the safe way out; empty: "Cancel"
	Danger bool   // the button is red: what it does hides a plan or ends it
	Key    string // under which the words are kept when it is closed with Esc: an opaque plan id and an action; empty: Title
	// Do is called with the trimmed words. The message stays, busy, until done is called on the drawing thread: nil closes
	// it; an error is said beside the box, and the words stay.
	Do func(words string, done func(error))
}

// AskReason asks for at least least characters and gives them to do, after the message is gone. Use Ask with a Question
// where do can fail: then the words stay in the message.
func (s *Sayer) AskReason(title, words, hint string, least int, do func(reason string)) {
	s.AskWords(Question{Title: title, Words: words, Label: "Reason", Hint: hint, Min: least, Yes: title, Do: func(reason string, done func(error)) {
		done(nil)
		do(reason)
	}})
}

// AskWords asks for words, keeps them until the work is done, and loses none of them.
func (s *Sayer) AskWords(q Question) {
	if q.Max == 0 {
		q.Max = 1000
	}
	if q.No == "" {
		q.No = "Cancel"
	}
	if q.Key == "" {
		q.Key = q.Title
	}
	m := &message{}
	box := control.TextArea(q.Label, q.Hint, 3, q.Max)
	box.SetText(s.kept[q.Key])
	busy := false
	m.save = func() { s.kept[q.Key] = box.Text() }
	m.escape = func() {
		if busy {
			return // what is on its way ends first; it is bounded, and the strip offers to stop it
		}
		m.save()
		s.close(m)
	}
	stay := control.Secondary(q.No, m.escape)
	var act *control.Button
	button := control.Primary
	if q.Danger {
		button = control.Danger
	}
	act = button(strings.TrimSuffix(q.Yes, "..."), func() {
		words := strings.TrimSpace(box.Text())
		if n := utf8.RuneCountInString(words); n < max(q.Min, 1) {
			if n == 0 {
				box.SetError("Write the reason.")
			} else {
				box.SetError("Write at least " + strconv.Itoa(q.Min) + " characters, so that others understand it.")
			}
			m.sheet.Refresh()
			s.w.Canvas().Focus(box.Focusable())
			return
		}
		box.SetError("")
		busy = true
		act.SetBusy("Sending...")
		q.Do(words, func(err error) {
			busy = false
			act.Ready()
			if err == nil {
				delete(s.kept, q.Key)
				s.close(m)
				return
			}
			e := app.Explain(err)
			if e.SignInAgain && s.signedOut != nil {
				s.kept[q.Key] = box.Text()
				s.close(m)
				s.Error(err)
				return
			}
			if !e.Cancelled {
				box.SetError(strings.TrimSpace(e.What + " " + e.Do))
				m.sheet.Refresh()
			}
		})
	})
	var body []fyne.CanvasObject
	if q.Words != "" {
		body = append(body, control.Body(q.Words))
	}
	m.sheet = newSheet(q.Title, control.VStack(14, append(body, box)...), 0, stay, act)
	m.first = box.Focusable()
	s.show(m)
}
