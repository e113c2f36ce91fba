package softwindow

// What may change here: what keys do.

import (
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// modifiers are keys that mean nothing alone.
var modifiers = map[fyne.KeyName]bool{
	desktop.KeyShiftLeft: true, desktop.KeyShiftRight: true, desktop.KeyControlLeft: true, desktop.KeyControlRight: true,
	desktop.KeyAltLeft: true, desktop.KeyAltRight: true, desktop.KeySuperLeft: true, desktop.KeySuperRight: true,
	desktop.KeyCapsLock: true,
}

// Key handles a key.
func (w *Window) Key(name, place fyne.KeyName, code int, action KeyAction, with fyne.KeyModifier) {
	w.touched()
	ev := &fyne.KeyEvent{Name: name, Physical: fyne.HardwareKey{ScanCode: code}}
	focused := w.canvas.Focused()
	keyable, _ := focused.(desktop.Keyable)
	switch action {
	case KeyUp:
		if keyable != nil {
			keyable.KeyUp(ev)
		} else if f := w.canvas.keyUp; f != nil && focused == nil {
			f(ev)
		}
		return
	case KeyDown:
		if keyable != nil {
			keyable.KeyDown(ev)
		} else if f := w.canvas.keyDown; f != nil && focused == nil {
			f(ev)
		}
	}
	if name == fyne.KeyTab && with&^fyne.KeyModifierShift == 0 {
		if t, ok := focused.(fyne.Tabbable); !ok || !t.AcceptsTab() {
			if with == 0 {
				w.canvas.FocusNext()
			} else {
				w.canvas.FocusPrevious()
			}
			return
		}
	}
	if s := w.shortcut(name, place, with); s != nil {
		to, ok := focused.(fyne.Shortcutable)
		if !ok {
			w.canvas.TypedShortcut(s)
			return
		}
		off, readable := focused.(interface {
			fyne.Disableable
			SelectedText() string
		})
		if !readable || !off.Disabled() || s.ShortcutName() == "Copy" { // what cannot be changed can be copied
			to.TypedShortcut(s)
			return
		}
	}
	switch f := w.canvas.OnTypedKey(); {
	case focused != nil:
		focused.TypedKey(ev)
	case f != nil:
		f(ev)
	}
}

// shortcut is what a key with others held down asks for; nil: nothing.
func (w *Window) shortcut(name, place fyne.KeyName, with fyne.KeyModifier) fyne.Shortcut {
	control := fyne.KeyModifierControl
	if runtime.GOOS == "darwin" {
		control = fyne.KeyModifierSuper
	}
	if name == fyne.KeyUnknown && with&(fyne.KeyModifierControl|fyne.KeyModifierSuper) != 0 {
		name = place // Ctrl+V on a Greek keyboard is Ctrl+V
	}
	board := fyne.CurrentApp().Clipboard()
	switch with {
	case control:
		switch name {
		case fyne.KeyZ:
			return &fyne.ShortcutUndo{}
		case fyne.KeyY:
			return &fyne.ShortcutRedo{}
		case fyne.KeyV:
			return &fyne.ShortcutPaste{Clipboard: board}
		case fyne.KeyC:
			return &fyne.ShortcutCopy{Clipboard: board}
		case fyne.KeyInsert:
			return &fyne.ShortcutCopy{Clipboard: board, Secondary: true}
		case fyne.KeyX:
			return &fyne.ShortcutCut{Clipboard: board}
		case fyne.KeyA:
			return &fyne.ShortcutSelectAll{}
		}
	case fyne.KeyModifierShift:
		switch name {
		case fyne.KeyInsert:
			return &fyne.ShortcutPaste{Clipboard: board, Secondary: true}
		case fyne.KeyDelete:
			return &fyne.ShortcutCut{Clipboard: board, Secondary: true}
		}
	}
	if with == 0 || with == fyne.KeyModifierShift || modifiers[name] {
		return nil
	}
	return &desktop.CustomShortcut{KeyName: name, Modifier: with}
}

// Typed handles a letter.
func (w *Window) Typed(r rune) {
	w.touched()
	if f := w.canvas.Focused(); f != nil {
		f.TypedRune(r)
	} else if f := w.canvas.OnTypedRune(); f != nil {
		f(r)
	}
}

// Focused tells what has the keyboard in the window that the window has it, or has it no more.
func (w *Window) Focused(on bool) {
	w.canvas.dirty = true
	if f := w.canvas.Focused(); f != nil {
		if on {
			f.FocusGained()
		} else {
			f.FocusLost()
		}
	}
	if !on {
		w.pointer.buttons = 0
		w.leave()
	}
}
