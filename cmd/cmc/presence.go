package main

// What may change here: how the window learns that somebody sits at it, and that the computer's own screen is locked.

import (
	"context"
	"errors"
	"log/slog"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"

	"cmc/app/screenlock"
	"cmc/ui"
)

// hearInput tells the window of each key, tap, turn of the wheel and move of the pointer, whatever it is for. Fyne tells only the
// control that it is meant for, so this listens before Fyne does, and hands everything on. The window's drawing context must be in
// use, by which the window of GLFW is found; it is given back.
func hearInput(w *ui.Window) (*glfw.Window, error) {
	view := glfw.GetCurrentContext()
	if view == nil {
		return nil, errors.New("the window of the system was not found: the window will lock although it is used")
	}
	var key glfw.KeyCallback
	key = view.SetKeyCallback(func(v *glfw.Window, k glfw.Key, code int, action glfw.Action, mods glfw.ModifierKey) {
		w.Touched()
		if key != nil {
			key(v, k, code, action, mods)
		}
	})
	var button glfw.MouseButtonCallback
	button = view.SetMouseButtonCallback(func(v *glfw.Window, b glfw.MouseButton, action glfw.Action, mods glfw.ModifierKey) {
		w.Touched()
		if button != nil {
			button(v, b, action, mods)
		}
	})
	var move glfw.CursorPosCallback
	move = view.SetCursorPosCallback(func(v *glfw.Window, x, y float64) {
		w.Touched()
		if move != nil {
			move(v, x, y)
		}
	})
	var scroll glfw.ScrollCallback
	scroll = view.SetScrollCallback(func(v *glfw.Window, x, y float64) {
		w.Touched()
		if scroll != nil {
			scroll(v, x, y)
		}
	})
	return view, nil
}

// drawingThreadAnswers waits until the window has come round to answering, which one that hangs does not, or until ctx ends.
func drawingThreadAnswers(ctx context.Context) bool {
	here := make(chan struct{})
	fyne.Do(func() { close(here) })
	select {
	case <-here:
		return true
	case <-ctx.Done():
		return false
	}
}

// watchScreen has lock called each time that the computer's own screen is locked, until ctx ends.
func watchScreen(ctx context.Context, lock func(), log *slog.Logger) {
	go func() {
		if err := screenlock.Watch(ctx, lock); err != nil {
			log.Info("the window locks by its own idle minutes alone", "why", err)
		}
	}()
}
