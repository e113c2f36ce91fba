package message_test

import (
	"context"
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/ui/control"
	"cmc/ui/message"
)

func newSayer(t *testing.T) (*message.Sayer, fyne.Canvas, *control.Button) {
	t.Helper()
	test.NewTempApp(t)
	behind := control.Primary("Behind", func() {})
	w := test.NewWindow(behind)
	w.Resize(fyne.NewSize(1280, 800))
	w.Canvas().Focus(behind)
	return message.New(w), w.Canvas(), behind
}

func key(c fyne.Canvas, n fyne.KeyName) { c.Focused().TypedKey(&fyne.KeyEvent{Name: n}) }

func words(f fyne.Focusable) string { return f.(interface{ Text() string }).Text() }

func TestOneMessageAtATime(t *testing.T) {
	s, c, behind := newSayer(t)
	s.Notice("First")
	s.Notice("Second")
	require.Len(t, c.Overlays().List(), 1, "the second waits")
	require.Equal(t, "OK", words(c.Focused()), "the focus is inside")
	key(c, fyne.KeyReturn)
	require.True(t, s.Open(), "now the second")
	require.True(t, s.Escape())
	require.False(t, s.Open())
	require.False(t, s.Escape(), "nothing is open")
	require.Same(t, behind, c.Focused(), "the focus is where it was")
}

func TestTheSafeWayOutHasTheFocus(t *testing.T) {
	s, c, _ := newSayer(t)
	done := 0
	s.Ask("Open it?", "It is open elsewhere.", "Open", "Stay", func() { done++ })
	require.Equal(t, "Stay", words(c.Focused()))
	key(c, fyne.KeyReturn)
	require.Zero(t, done, "Enter at once does nothing that cannot be taken back")
	s.Ask("Open it?", "It is open elsewhere.", "Open", "Stay", func() { done++ })
	s.Escape()
	require.Zero(t, done)
	s.Ask("Open it?", "It is open elsewhere.", "Open", "Stay", func() { done++ })
	c.FocusNext()
	key(c, fyne.KeyReturn)
	require.Equal(t, 1, done)
	require.False(t, s.Open())
}

func TestAReasonIsKeptUntilItHasArrived(t *testing.T) {
	s, c, _ := newSayer(t)
	var sent []string
	fail := errors.New("no")
	ask := func(key string) {
		s.AskWords(message.Question{Title: "Send back", Label: "Reason", Min: 5, Yes: "Send back", Key: key, Do: func(w string, done func(error)) {
			sent = append(sent, w)
			done(fail)
		}})
	}
	typed := func(w string) {
		for _, r := range w {
			c.Focused().TypedRune(r)
		}
	}
	press := func() { c.FocusNext(); c.FocusNext(); key(c, fyne.KeyReturn) }
	ask("a/return")
	box := c.Focused().(*control.Entry)
	press()
	require.Empty(t, sent, "no reason, nothing done")
	require.Same(t, box, c.Focused(), "back in the box")
	typed("abc")
	press()
	require.Empty(t, sent, "too short")
	typed(" because")
	press()
	require.Equal(t, []string{"abc because"}, sent)
	require.True(t, s.Open(), "it did not arrive: the message stays")
	require.Equal(t, "abc because", box.Text(), "with every word")
	s.Escape()
	ask("b/return")
	require.Empty(t, c.Focused().(*control.Entry).Text(), "another plan sees nothing of it")
	s.Escape()
	ask("a/return")
	require.Equal(t, "abc because", c.Focused().(*control.Entry).Text(), "the same plan has it again")
	fail = nil
	press()
	require.False(t, s.Open())
	ask("a/return")
	require.Empty(t, c.Focused().(*control.Entry).Text(), "what has arrived is not asked again")
	typed("half")
	s.Escape()
	s.Forget()
	ask("a/return")
	require.Empty(t, c.Focused().(*control.Entry).Text())
}

func TestErrorsSpeakInTheWordsOfTheDesk(t *testing.T) {
	s, _, _ := newSayer(t)
	s.Error(nil)
	s.Error(context.Canceled)
	require.False(t, s.Open(), "what the person stopped needs no message")
	out := ""
	s.OnSignedOut(func(words string) { out = words })
	s.Error(&api.Problem{Type: api.TypeOf(api.CodeUnauthenticated), Status: 401})
	require.False(t, s.Open())
	require.Contains(t, out, "session has ended")
	s.Error(&api.Problem{Type: api.TypeOf(api.CodeState), Status: 409, Title: "There is no draft."})
	require.True(t, s.Open())
	s.CloseAll()
	require.False(t, s.Open())
}
