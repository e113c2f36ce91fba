package control

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"cmc/forms"
	"cmc/ui/theme"

	"github.com/stretchr/testify/require"
)

func begin(t testing.TB, scale float32) fyne.App {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light, scale))
	return app
}

func inWindow(t testing.TB, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewWindow(o)
	t.Cleanup(win.Close)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

func key(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

// clipboard is one that is only there for a test.
type clipboard struct{ words string }

func (c *clipboard) Content() string     { return c.words }
func (c *clipboard) SetContent(s string) { c.words = s }

func TestWrappingLosesNoLetter(t *testing.T) {
	begin(t, 1)
	rng := rand.New(rand.NewPCG(1, 2))
	words := []string{"a", "heart", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "≥", "92", "%", "Łukasz", "\n", "—", "fi"}
	for range 300 {
		var spans []Span
		for range 1 + rng.IntN(3) {
			var b strings.Builder
			for range rng.IntN(12) {
				b.WriteString(words[rng.IntN(len(words))] + strings.Repeat(" ", rng.IntN(3)))
			}
			spans = append(spans, Span{Text: b.String(), Strong: rng.IntN(2) == 0})
		}
		p := newPara(15, false, theme.Ink, spans...)
		width := float32(30 + rng.IntN(400))
		p.layout(0, 0, width)
		drawn, want := "", ""
		for i, r := range p.runs {
			drawn += p.texts[i].Text
			require.LessOrEqual(t, r.x+r.w, max(width, r.w)+0.01, "a stretch goes over the edge")
			require.Less(t, r.line, p.lines)
		}
		for _, s := range spans {
			want += s.Text
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		require.Equal(t, squeeze(want), squeeze(drawn))
		require.Equal(t, float32(p.lines)*p.lineHeight(), p.heightFor(width))
	}
}

func TestEntryEdits(t *testing.T) {
	begin(t, 1)
	e := NewEntry()
	win := inWindow(t, Scroll(VStack(8, e)), 400, 200)
	win.Canvas().Focus(e)
	var heard []string
	e.OnChanged = func(s string) { heard = append(heard, s) }
	for _, r := range "heart failure" {
		e.TypedRune(r)
	}
	require.Equal(t, "heart failure", e.Text())
	require.Len(t, heard, 13, "each key is heard once")
	e.TypedKey(key(fyne.KeyHome))
	e.TypedKey(key(fyne.KeyDelete))
	e.TypedRune('H')
	require.Equal(t, "Heart failure", e.Text())
	e.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyRight, Modifier: fyne.KeyModifierControl})
	require.Equal(t, 6, e.Caret())
	e.KeyDown(key(desktop.KeyShiftLeft))
	e.TypedKey(key(fyne.KeyEnd))
	e.KeyUp(key(desktop.KeyShiftLeft))
	require.Equal(t, "failure", e.SelectedText())
	c := &clipboard{}
	e.TypedShortcut(&fyne.ShortcutCut{Clipboard: c})
	require.Equal(t, "failure", c.words)
	require.Equal(t, "Heart ", e.Text())
	e.TypedShortcut(&fyne.ShortcutPaste{Clipboard: &clipboard{"fail\u200bure,\r\nstage 4\x00"}})
	require.Equal(t, "Heart failure, stage 4", e.Text(), "one line stays one line, and what cannot be seen is left out")
	e.TypedShortcut(&fyne.ShortcutUndo{})
	require.Equal(t, "Heart ", e.Text())
	e.TypedShortcut(&fyne.ShortcutRedo{})
	require.Equal(t, "Heart failure, stage 4", e.Text())
	e.TypedShortcut(&fyne.ShortcutSelectAll{})
	e.TypedRune('x')
	require.Equal(t, "x", e.Text())
	e.TypedRune(0x202e)
	require.Equal(t, "x", e.Text())
	e.TypedKey(key(fyne.KeyBackspace))
	e.TypedKey(key(fyne.KeyBackspace))
	require.Empty(t, e.Text())
}

func TestEntryNeverBreaks(t *testing.T) {
	begin(t, 1)
	e := NewTextArea(3, 100)
	win := inWindow(t, Scroll(VStack(8, e)), 260, 300)
	win.Canvas().Focus(e)
	rng := rand.New(rand.NewPCG(3, 4))
	keys := []fyne.KeyName{fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyReturn}
	for range 5000 {
		switch rng.IntN(6) {
		case 0, 1:
			e.TypedKey(key(keys[rng.IntN(len(keys))]))
		case 2:
			e.TypedShortcut([]fyne.Shortcut{&fyne.ShortcutUndo{}, &fyne.ShortcutRedo{}, &fyne.ShortcutSelectAll{},
				&desktop.CustomShortcut{KeyName: fyne.KeyLeft, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift},
				&desktop.CustomShortcut{KeyName: fyne.KeyBackspace, Modifier: fyne.KeyModifierControl}}[rng.IntN(5)])
		case 3:
			e.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(rng.Float32()*300-20, rng.Float32()*200-20)}})
		default:
			e.TypedRune([]rune("ab ≥Ł")[rng.IntN(5)])
		}
		require.True(t, e.at >= 0 && e.at <= len(e.text) && e.anchor >= 0 && e.anchor <= len(e.text))
		joined := ""
		for i, l := range e.lines {
			if i > 0 && e.lines[i-1].to < l.from {
				joined += "\n"
			}
			joined += string(e.text[l.from:l.to])
		}
		require.Equal(t, string(e.text), joined, "every letter is on one line")
	}
}

func TestTheMouseCanCopyAndPaste(t *testing.T) {
	app := begin(t, 1)
	e := NewEntry()
	e.SetText("Ann Smith")
	win := inWindow(t, VStack(8, e), 400, 300)
	app.Clipboard().SetContent("07700 900123")
	at := fyne.NewPos(20, 15)
	e.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(300, 15)}})
	e.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonSecondary})
	require.Equal(t, 9, e.Caret(), "the second button moves nothing")
	e.TappedSecondary(&fyne.PointEvent{Position: at, AbsolutePosition: at})
	require.NotNil(t, win.Canvas().Overlays().Top())
	e.TypedShortcut(&fyne.ShortcutPaste{Clipboard: app.Clipboard()})
	require.Equal(t, "Ann Smith07700 900123", e.Text())
}

func TestTabLeavesATextArea(t *testing.T) {
	begin(t, 1)
	a, b := TextArea("The reason in words", "", 3, 500), Primary("Next", nil)
	win := inWindow(t, VStack(8, a, b), 400, 300)
	win.Canvas().Focus(a.Entry)
	tabbable, ok := any(a.Entry).(fyne.Tabbable)
	require.False(t, ok && tabbable.AcceptsTab())
	win.Canvas().FocusNext()
	require.Equal(t, fyne.Focusable(b), win.Canvas().Focused())
}

func TestKeysThatABoxDoesNotUseReachTheWindow(t *testing.T) {
	begin(t, 1)
	e := NewTextArea(3, 0)
	win := inWindow(t, VStack(8, e), 400, 300)
	next := 0
	real := giveShortcut
	defer func() { giveShortcut = real }()
	giveShortcut = func(c fyne.Canvas, s fyne.Shortcut) {
		require.Equal(t, win.Canvas(), c)
		require.Equal(t, "CustomDesktop:Control+Return", s.ShortcutName())
		next++
	}
	var passed []fyne.KeyName
	win.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { passed = append(passed, ev.Name) })
	win.Canvas().Focus(e)
	e.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	require.Equal(t, 1, next)
	e.TypedKey(key(fyne.KeyEscape))
	e.TypedKey(key(fyne.KeyF1))
	require.Equal(t, []fyne.KeyName{fyne.KeyEscape, fyne.KeyF1}, passed)
	require.Empty(t, e.Text())
}

func TestCounterSaysWhatIsLeft(t *testing.T) {
	begin(t, 1)
	e := NewTextArea(3, 10)
	inWindow(t, VStack(8, e), 400, 300)
	require.Equal(t, "10 left", e.counter.Text)
	e.TypedRune('a')
	require.Equal(t, "9 left", e.counter.Text)
	e.Paste("bcdefghijkl")
	require.Equal(t, "2 too many", e.counter.Text, "words over the limit are kept, and said")
}

// The limit counts characters, in whatever letters: the box is the same for a name in Bengali and one in English. What is not taken is
// said, and nothing that stood there goes.
func TestWhatIsNotTakenIsSaid(t *testing.T) {
	begin(t, 1)
	var said []string
	fresh := func(words string) *Entry {
		said = nil
		e := NewTextArea(3, 0)
		e.OnRefused = func(words string) { said = append(said, words) }
		e.SetText(words)
		e.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyEnd, Modifier: fyne.KeyModifierControl})
		return e
	}
	for _, letter := range []string{"a", "\u0436", "\u0995", "\U0001f600"} {
		for _, n := range []int{7000, 10100, PasteLimit} {
			words := strings.Repeat(letter, n)
			e := fresh("")
			e.Paste(words)
			require.Equal(t, n, len([]rune(e.Text())), "%d times %q", n, letter)
			require.Empty(t, said)
		}
		e := fresh("Heart failure")
		for _, n := range []int{PasteLimit - 12, 1 << 20} {
			said = nil
			e.Paste(strings.Repeat(letter, n))
			require.Equal(t, []string{pastedTooLong}, said, "%d times %q", n, letter)
			require.Equal(t, "Heart failure", e.Text(), "nothing that was there is lost")
		}
	}

	e := fresh(strings.Repeat("\u0995", PasteLimit))
	e.TypedRune('\u0995')
	e.TypedKey(key(fyne.KeyReturn))
	require.Equal(t, []string{boxIsFull, boxIsFull}, said, "a letter that is not taken is said too")
	require.Len(t, []rune(e.Text()), PasteLimit)
	e.TypedKey(key(fyne.KeyBackspace))
	e.TypedRune('x')
	require.Len(t, said, 2, "there is room again")
	require.True(t, strings.HasSuffix(e.Text(), "\u0995x"))

	said = nil
	e.TypedShortcut(&fyne.ShortcutSelectAll{})
	e.Paste(strings.Repeat("\u0436", PasteLimit))
	require.Empty(t, said, "what is selected goes, so it does not count")
	require.Equal(t, strings.Repeat("\u0436", PasteLimit), e.Text())
	e.TypedShortcut(&fyne.ShortcutSelectAll{})
	e.Paste(strings.Repeat("a", PasteLimit+1))
	require.Equal(t, []string{pastedTooLong}, said)
	require.Equal(t, strings.Repeat("\u0436", PasteLimit), e.Text(), "what is selected stays")
	e.Paste("")
	e.Paste("\u200b\x00")
	require.Equal(t, []string{pastedTooLong, pastedNothing}, said)
	require.Equal(t, strings.Repeat("\u0436", PasteLimit), e.Text(), "nothing in place of what is selected is no paste")

	e = fresh("Heart failure")
	e.Clean = func(s string) string { return strings.Repeat(s, 3) } // words may grow when they are cleaned
	e.Paste(strings.Repeat("a", PasteLimit/2))
	require.Equal(t, []string{pastedTooLong}, said)
	require.Equal(t, "Heart failure", e.Text())

	e = fresh(strings.Repeat("a", PasteLimit+10)) // came from somewhere else
	e.TypedShortcut(&fyne.ShortcutSelectAll{})
	e.TypedRune('b')
	require.Equal(t, "b", e.Text())
	require.Empty(t, said)
}

// What was not taken is said until something is.
func TestTheSentenceGoesOnceWordsAreTaken(t *testing.T) {
	begin(t, 1)
	in := NewInput("Reason", "")
	in.Entry.Paste(strings.Repeat("a", PasteLimit+1))
	require.Equal(t, pastedTooLong, in.Error())
	in.Entry.Paste("Nobody answers the door")
	require.Empty(t, in.Error())
	in.SetError("Say more")
	in.Entry.TypedRune('.')
	require.Equal(t, "Say more", in.Error(), "what a page says is the page's to take back")
}

func TestAGrowingBoxMovesWhatIsBelow(t *testing.T) {
	begin(t, 1)
	e, below := NewEntry(), Primary("Next", nil)
	page := Scroll(VStack(8, Card("Words", e), below))
	win := inWindow(t, page, 300, 200)
	win.Canvas().Focus(e)
	at := below.Position().Y
	for range 80 {
		e.TypedRune('w')
	}
	require.Greater(t, len(e.lines), 2)
	require.Greater(t, below.Position().Y, at+30)
	require.Equal(t, HeightFor(page.Content(), 300), page.Content().Size().Height)
	require.Equal(t, fyne.Focusable(e), win.Canvas().Focused())
}

func TestRadioHasNoDefaultAndOneTabStop(t *testing.T) {
	begin(t, 1)
	chosen := ""
	r := NewRadio([]Option{{ID: "a", Label: "Attempt"}, {ID: "b", Label: "Do not attempt"}, {ID: "c", Label: "No decision"}}, func(id string) { chosen = id })
	before, after := Secondary("Before", nil), Secondary("After", nil)
	win := inWindow(t, VStack(8, before, r, after), 400, 400)
	require.Empty(t, r.Chosen())
	win.Canvas().Focus(before)
	win.Canvas().FocusNext()
	require.Equal(t, fyne.Focusable(r), win.Canvas().Focused())
	require.Empty(t, chosen, "arriving chooses nothing")
	r.TypedKey(key(fyne.KeyDown))
	require.Empty(t, chosen, "an arrow chooses nothing")
	require.Equal(t, 1, r.cursor)
	r.TypedKey(key(fyne.KeySpace))
	require.Equal(t, "b", chosen)
	win.Canvas().FocusNext()
	require.Equal(t, fyne.Focusable(after), win.Canvas().Focused())
	win.Canvas().FocusPrevious()
	require.Equal(t, 1, r.cursor, "Tab comes back to what was chosen")

	r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(390, r.options[2].y+3)})
	require.Equal(t, "c", chosen, "the whole row can be pressed")
	r.Disable()
	r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(5, 5)})
	require.Equal(t, "c", chosen)
}

// Pressing a group takes the keyboard from a field above, whose message then pushes the group down under the pointer.
func TestTheAnswerThatWasPressedIsTheOneThatIsMeant(t *testing.T) {
	begin(t, 1)
	r := NewRadio([]Option{{ID: "a", Label: "Attempt"}, {ID: "b", Label: "Do not attempt"}}, nil)
	inWindow(t, VStack(8, r), 400, 400)
	second := fyne.NewPos(10, r.options[1].y+2)
	r.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: second}})
	r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, second.Y-20)})
	require.Equal(t, "b", r.Chosen())

	p := NewPills([]Option{{ID: "u", Label: "Unknown"}, {ID: "n", Label: "Not discussed"}}, nil)
	inWindow(t, VStack(8, p), 400, 400)
	at := p.pills[1].at
	p.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(at.x+4, at.y+4)}})
	p.Tapped(&fyne.PointEvent{Position: fyne.NewPos(at.x+4, at.y-20)})
	require.Equal(t, "n", p.Chosen())
}

func TestTakingALineWithTheMouseLeavesNothing(t *testing.T) {
	begin(t, 1)
	f := NewFilter([]Option{{ID: "1", Label: "White - British"}, {ID: "2", Label: "White - Irish"}}, false)
	chosen, left := "", 0
	f.OnChosen = func(id string) { chosen = id }
	f.Entry.OnLeft = func() { left++ }
	win := inWindow(t, VStack(8, f, Primary("Next", nil)), 400, 400)
	win.Canvas().Focus(f.Entry)
	for _, r := range "white" {
		f.Entry.TypedRune(r)
	}
	require.True(t, f.Open())
	at := fyne.NewPos(10, f.menu.tops[1]+3)
	f.menu.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
	win.Canvas().Unfocus() // as the window does on a press
	require.True(t, f.Open())
	require.Zero(t, left)
	f.menu.MouseUp(nil)
	f.menu.Tapped(&fyne.PointEvent{Position: at})
	require.Equal(t, "2", chosen)
	require.False(t, f.Open())
	require.Equal(t, fyne.Focusable(f.Entry), win.Canvas().Focused())
}

func TestSpaceTicks(t *testing.T) {
	begin(t, 1)
	var heard []bool
	k := NewTick("Keep me signed in", "", func(on bool) { heard = append(heard, on) })
	win := inWindow(t, VStack(8, k), 400, 200)
	win.Canvas().Focus(k)
	k.TypedKey(key(fyne.KeySpace))
	k.Tapped(&fyne.PointEvent{Position: fyne.NewPos(300, 10)})
	require.Equal(t, []bool{true, false}, heard)
	k.Disable()
	k.TypedKey(key(fyne.KeySpace))
	require.Len(t, heard, 2)
}

func TestEverythingThatTakesTheKeyboardShowsARing(t *testing.T) {
	begin(t, 1)
	objs := []fyne.CanvasObject{Primary("A", nil), NewLink("B", nil), NewChip("C", "1", false, nil), NewTick("D", "", nil),
		NewRadio([]Option{{ID: "e", Label: "E"}}, nil), NewEntry(), NewPills([]Option{{ID: "f", Label: "F"}}, nil), NewPressable(nil, nil, Body("G"))}
	page := Scroll(VStack(8, objs...))
	win := inWindow(t, page, 400, 600)
	for _, o := range objs {
		f := o.(fyne.Focusable)
		win.Canvas().Focus(f)
		ring := o.(interface{ Ringed() bool })
		require.True(t, ring.Ringed(), "%T", o)
		drawn := test.WidgetRenderer(o.(fyne.Widget)).Objects()
		seen := 0
		for _, d := range drawn {
			if b := baseOf(o); b.ring != nil && (d == fyne.CanvasObject(b.ring[0]) || d == fyne.CanvasObject(b.ring[1])) && d.Visible() {
				seen++
			}
		}
		require.Equal(t, 2, seen, "%T draws its ring", o)
		win.Canvas().Unfocus()
		require.False(t, ring.Ringed(), "%T", o)
	}
}

func baseOf(o fyne.CanvasObject) *base {
	switch c := o.(type) {
	case *Button:
		return &c.base
	case *Link:
		return &c.base
	case *Chip:
		return &c.base
	case *Tick:
		return &c.base
	case *Radio:
		return &c.base
	case *Entry:
		return &c.base
	case *Pills:
		return &c.base
	case *Pressable:
		return &c.base
	}
	return nil
}

func TestWhatGetsTheKeyboardComesIntoView(t *testing.T) {
	begin(t, 1)
	last := Primary("Last", nil)
	page := Scroll(VStack(8, Primary("First", nil), Gap(900), last))
	win := inWindow(t, page, 300, 200)
	win.Canvas().Focus(last)
	y := fyne.CurrentApp().Driver().AbsolutePositionForObject(last).Y
	require.LessOrEqual(t, y+last.Size().Height, float32(200))
	require.GreaterOrEqual(t, y, float32(0))
	last.TypedKey(key(fyne.KeyPageUp))
	require.Less(t, page.Offset(), float32(800))
}

func TestRowsWrapWhenThereIsNoRoom(t *testing.T) {
	begin(t, 2)
	a, b := Secondary("Back", nil), Primary("Save and continue", nil)
	row := HStack(16, a, Spacer(), b)
	inWindow(t, Scroll(VStack(0, row)), 380, 300)
	require.Greater(t, b.Position().Y, a.Position().Y, "the button goes below instead of out of the window")
	require.LessOrEqual(t, b.Position().X+b.Size().Width, float32(380))
}

func TestTheThemeCanChangeWhileAWindowIsOpen(t *testing.T) {
	app := begin(t, 1)
	g, radio, _ := gallery()
	page := Scroll(g)
	win := inWindow(t, page, 900, 700)
	win.Canvas().Focus(radio)
	small := g.Size().Height
	app.Settings().SetTheme(theme.New(theme.Dark, 1.5))
	test.ApplyTheme(t, theme.New(theme.Dark, 1.5))
	page.Resize(fyne.NewSize(901, 700))
	require.Greater(t, g.Size().Height, small*1.3)
	require.Equal(t, theme.Colour(theme.Ink), radio.options[0].label.texts[0].Color)
}

func TestBusyButtonTakesNoSecondPress(t *testing.T) {
	begin(t, 1)
	n := 0
	b := Primary("Send", func() { n++ })
	inWindow(t, VStack(8, b), 300, 200)
	b.TypedKey(key(fyne.KeyReturn))
	b.SetBusy("Sending...")
	b.TypedKey(key(fyne.KeyReturn))
	b.Tapped(nil)
	require.Equal(t, 1, n)
	b.Ready()
	b.Tapped(nil)
	require.Equal(t, 2, n)
}

// BenchmarkLongText is a keystroke in a box that is as full as it gets.
func BenchmarkLongText(b *testing.B) {
	begin(b, 1)
	e := NewTextArea(3, 4000)
	inWindow(b, Scroll(VStack(8, e)), 600, 400)
	e.Paste(strings.Repeat("word ", 798))
	n := 0
	for b.Loop() {
		if n++; n%2 == 0 {
			e.TypedRune('x')
		} else {
			e.TypedKey(key(fyne.KeyBackspace))
		}
	}
	b.ReportMetric(float64(b.Elapsed())/1e6/float64(b.N), "key-ms")
}

// A page that defers arranges what comes near: by the wheel, by the keyboard, by being asked for, and by the window getting taller.
// What waits counts with its height all the same, also when that changes while it waits.
func TestAPageArrangesWhatComesNear(t *testing.T) {
	begin(t, 1)
	var entries []*Entry
	var cards []fyne.CanvasObject
	for range 40 {
		e := NewEntry()
		e.SetText("few words")
		entries = append(entries, e)
		cards = append(cards, Card("A card", VStack(4, Strong("Label"), e)))
	}
	page := Scroll(VStack(10, cards...)).Deferring()
	all := HeightFor(page.Content(), 400)
	win := inWindow(t, page, 400, 300)
	arranged := func(i int) bool { return entries[i].Size().Width > 0 }
	require.True(t, arranged(0))
	require.False(t, arranged(39))
	require.Equal(t, all, page.Content().Size().Height)

	entries[30].SetText(strings.Repeat("many words ", 20)) // it grows while it waits
	require.False(t, arranged(30))
	require.Greater(t, page.Content().Size().Height, all)

	page.ScrollTo(1500)
	seen := 0
	for i, c := range cards {
		if top := c.Position().Y - page.Offset(); top+c.Size().Height > 0 && top < 300 {
			seen++
			require.True(t, arranged(i), "card %d is in view", i)
		}
	}
	require.Positive(t, seen)

	last := entries[39]
	require.False(t, arranged(39))
	Focus(win.Canvas(), last)
	require.True(t, arranged(39))
	_, y, _ := find(page.Content(), last)
	require.True(t, y >= page.Offset() && y+last.Size().Height <= page.Offset()+300, "what has the keyboard is in view")

	page.ScrollTo(0)
	win.Canvas().Focus(entries[0])
	for range 20 { // Tab goes through what waits, too
		win.Canvas().FocusNext()
	}
	require.True(t, entries[20].focused && arranged(20))
	require.True(t, page.Offset() > 0 && page.Offset() < cards[21].Position().Y)

	require.False(t, arranged(30))
	page.Bring(entries[30])
	_, y, _ = find(page.Content(), entries[30])
	require.True(t, y >= page.Offset() && y+entries[30].Size().Height <= page.Offset()+300, "what was asked for is in view")
	_, below, _ := find(page.Content(), cards[31])
	_, card, _ := find(page.Content(), cards[30])
	require.GreaterOrEqual(t, below, card+cards[30].Size().Height)
	require.Less(t, y+entries[30].Size().Height, below, "it does not reach into the next card")

	far := NewEntry()
	page = Scroll(VStack(10, Primary("First", nil), Gap(900), Card("A card", Gap(1500), far))).Deferring()
	win = inWindow(t, page, 400, 300)
	win.Canvas().FocusNext()
	win.Canvas().FocusNext()
	require.True(t, far.focused)
	_, y, _ = find(page.Content(), far)
	require.True(t, y >= page.Offset() && y+far.Size().Height <= page.Offset()+300, "Tab brings into view what waited")

	entries = []*Entry{NewEntry()}
	win = inWindow(t, Scroll(VStack(10, Gap(1200), Card("A card", entries[0]))).Deferring(), 400, 300)
	require.False(t, arranged(0))
	win.Resize(fyne.NewSize(400, 1200))
	require.True(t, arranged(0))
}

// Before every frame Fyne goes through what is in a window. Of what lies far from the view a page shows it only what takes the keyboard,
// and all of it where it is near, wherever it came from.
func TestFyneIsShownWhatIsNear(t *testing.T) {
	begin(t, 1)
	var cards []fyne.CanvasObject
	for i := range 40 {
		cards = append(cards, Card(fmt.Sprint("Card ", i), VStack(4, Strong("Label"), Words("many words", 14, false, theme.Ink), NewEntry())))
	}
	page := Scroll(VStack(10, cards...)).Deferring()
	win := inWindow(t, page, 400, 300)
	var shown func(o fyne.CanvasObject) (keys, words int)
	shown = func(o fyne.CanvasObject) (keys, words int) {
		if _, ok := o.(fyne.Focusable); ok {
			keys = 1
		}
		var parts []fyne.CanvasObject
		switch o := o.(type) {
		case *fyne.Container:
			parts = o.Objects
		case fyne.Widget:
			parts = test.WidgetRenderer(o).Objects()
		case *canvas.Text:
			words = 1
		}
		for _, part := range parts {
			k, w := shown(part)
			keys, words = keys+k, words+w
		}
		return keys, words
	}
	keys, near := shown(page)
	require.Less(t, near, 40)
	require.Equal(t, 40, keys)
	for offset := float32(0); offset < page.Content().Size().Height; offset += 137 {
		page.ScrollTo(offset)
		for i, c := range cards {
			_, words := shown(c)
			if top := c.Position().Y - page.Offset(); top+c.Size().Height > 0 && top < 300 {
				require.GreaterOrEqual(t, words, 3, "card %d is in view at %v", i, offset)
			}
		}
	}
	page.ScrollTo(0) // card 39 is away now
	_, words := shown(cards[39])
	require.Equal(t, 1, words, "the entry's own")
	win.SetContent(Scroll(VStack(0, cards[39]))) // a page that puts nothing off
	_, words = shown(win.Canvas().Content())
	require.GreaterOrEqual(t, words, 3)
}

// A long place goes on over several lines in large text, and one that nobody wrote down is said to be so; the form's banner has none.
func TestTheCrewsBannerSaysWhereThePersonIs(t *testing.T) {
	begin(t, 1.5)
	b := forms.Banner{Name: "SMITH, John (Mr)", Born: "09-Jun-1941 (85y)", Gender: "Male", NHSNumber: "999 000 9600"}
	place := func(s *Stack) *Text { return s.Objects()[1].(*Text) }
	none := CrewBanner(b)
	require.Equal(t, "Now at Not recorded", place(none).String())
	b.Where = "Elm House care home, Room 5, " + strings.Repeat("Long Lane, ", 20) + "London, SE1 0AA"
	long := CrewBanner(b)
	require.Equal(t, "Now at "+b.Where, place(long).String())
	require.Greater(t, long.HeightFor(700), none.HeightFor(700)+2*theme.S(15))
	require.Len(t, PatientBanner(b, nil).Objects(), 1)
}
