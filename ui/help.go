package ui

// What may change here: the words of the help.

import (
	"strings"

	"fyne.io/fyne/v2"

	"cmc/ui/control"
)

// Keys are the keys of the window, in the order of the help.
var Keys = []struct{ Key, Does string }{
	{"Tab, Shift+Tab", "next and previous thing on the page"},
	{"Enter, Space", "press what has the yellow ring"},
	{"Up, Down", "move in a list or between choices"},
	{"Ctrl+K", "find a patient"},
	{"Ctrl+S", "save now"},
	{"Ctrl+Enter", "save and go to the next step"},
	{"Ctrl+P", "print"},
	{"Alt+Left", "back to where you were"},
	{"Ctrl+L", "lock: nothing is shown until you say who you are"},
	{"Esc", "close what is open; no word is lost"},
	{"F1", "this help"},
}

// help shows the words about the open screen and the keys.
func (w *Window) help() {
	if w.say.Open() {
		return
	}
	var body []fyne.CanvasObject
	if w.screen != nil {
		for _, words := range w.screen.Help() {
			body = append(body, control.Body(words))
		}
	}
	body = append(body, control.Strong("Keys"))
	for _, k := range Keys {
		body = append(body, control.Columns(12, []float32{36, 64}, control.Strong(k.Key), control.Body(k.Does)))
	}
	if words := strings.TrimSpace(w.helpDesk); words != "" {
		body = append(body, control.Muted("Help desk: "+words))
	}
	var shut func()
	ok := control.Primary("Close", func() { shut() })
	shut = w.say.Custom("Help", control.VStack(8, body...), 620, ok, nil, ok)
}
