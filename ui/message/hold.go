package message

// What may change here: what becomes of messages while the window shows nothing.

import "fyne.io/fyne/v2"

// Hold takes every message off the window and keeps it, with every word in it: the window is locked. Those about paper and files
// are closed. Until Release new messages wait too.
func (s *Sayer) Hold() {
	if s.held {
		return
	}
	for i := 0; i < len(s.queue); {
		if m := s.queue[i]; m.passing {
			m.escape()
			if i < len(s.queue) && s.queue[i] == m {
				i++ // it is busy: what it does ends first
			}
			continue
		}
		i++
	}
	s.held = true
	if len(s.queue) > 0 {
		s.w.Canvas().Overlays().Remove(s.queue[0].sheet)
	}
}

// Release shows the messages again, where Hold took them off.
func (s *Sayer) Release() {
	if !s.held {
		return
	}
	s.held = false
	if len(s.queue) > 0 {
		s.present()
	}
}

// Passing shows what Custom does, for something that is of no use later: printing, saving a file. The lock closes it.
func (s *Sayer) Passing(title string, body fyne.CanvasObject, width float32, first fyne.Focusable, escape func(), buttons ...fyne.CanvasObject) (shut func()) {
	return s.custom(title, body, width, first, escape, true, buttons...)
}

// Clear takes every message away, also one that waits for an answer: what it was about is no longer this person's. The words that
// were typed into questions are kept until Forget.
func (s *Sayer) Clear() {
	s.CloseAll()
	for _, m := range s.queue {
		if m.save != nil {
			m.save()
		}
		s.w.Canvas().Overlays().Remove(m.sheet)
	}
	s.queue = nil
}

// Shows says whether an overlay of the window is the open message.
func (s *Sayer) Shows(o fyne.CanvasObject) bool {
	return len(s.queue) > 0 && o == fyne.CanvasObject(s.queue[0].sheet)
}

// TakeKept gives the words that were typed into questions, and forgets them here; GiveKept puts them back. They are one person's.
func (s *Sayer) TakeKept() map[string]string {
	kept := s.kept
	s.kept = map[string]string{}
	return kept
}

// GiveKept puts back what TakeKept gave.
func (s *Sayer) GiveKept(kept map[string]string) {
	for key, words := range kept {
		s.kept[key] = words
	}
}
