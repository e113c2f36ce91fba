package ui

// What may change here: which key does what in the whole window. help.go lists them for people.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/app"
	"cmc/ui/screens"
)

// keys binds the window's keys. A control that has the focus gets every key first and passes on what it does not use.
func (w *Window) keys() {
	c := w.win.Canvas()
	bind := func(key fyne.KeyName, mod fyne.KeyModifier, do func()) {
		s := &desktop.CustomShortcut{KeyName: key, Modifier: mod}
		w.shortcuts[s.ShortcutName()] = do
		c.AddShortcut(s, w.TypedShortcut)
	}
	bind(fyne.KeyK, fyne.KeyModifierShortcutDefault, func() {
		if w.signedIn() {
			w.Go(app.Place{Screen: screens.FindScreen})
		}
	})
	bind(fyne.KeyS, fyne.KeyModifierShortcutDefault, func() {
		if s, ok := w.screen.(interface{ Save() }); ok {
			s.Save()
		}
	})
	bind(fyne.KeyP, fyne.KeyModifierShortcutDefault, func() {
		if s, ok := w.screen.(interface{ Print() }); ok {
			s.Print()
		}
	})
	for _, enter := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter} {
		bind(enter, fyne.KeyModifierShortcutDefault, func() {
			if s, ok := w.screen.(interface{ Next() }); ok {
				s.Next()
			}
		})
	}
	bind(fyne.KeyLeft, fyne.KeyModifierAlt, w.Back)
	bind(fyne.KeyL, fyne.KeyModifierShortcutDefault, w.Lock)
	c.SetOnTypedKey(w.typedKey)
}

// TypedShortcut does what a shortcut of the window means. Behind a message the keys rest.
func (w *Window) TypedShortcut(s fyne.Shortcut) {
	do := w.shortcuts[s.ShortcutName()]
	switch c, _ := s.(*desktop.CustomShortcut); {
	case do == nil || w.locked != nil:
	case c != nil && c.KeyName == fyne.KeyL, !w.say.Open(): // the lock waits for no message
		do()
	}
}

// typedKey gets the keys that nothing with the focus has used.
func (w *Window) typedKey(ev *fyne.KeyEvent) {
	if w.locked != nil {
		if ev.Name == fyne.KeyEscape {
			w.locked.say.Escape()
		}
		return
	}
	switch ev.Name {
	case fyne.KeyF1:
		if s, ok := w.screen.(interface{ ShowWhy() bool }); ok && !w.say.Open() && s.ShowWhy() {
			return
		}
		w.help()
	case fyne.KeyEscape:
		if w.stopDemo != nil {
			w.stopDemo()
			return
		}
		if w.say.Escape() {
			return
		}
		if s, ok := w.screen.(interface{ Escape() bool }); ok && s.Escape() {
			return
		}
	default:
		if s, ok := w.screen.(interface{ TypedKey(*fyne.KeyEvent) }); ok && !w.say.Open() {
			s.TypedKey(ev)
		}
	}
}
