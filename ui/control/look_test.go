package control

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cmc/forms"
	"cmc/ui/theme"
)

// show draws an object in a window and, when CMC_PICTURES names a folder, leaves the picture there for a person to look at.
func show(t testing.TB, name string, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewWindow(o)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	if dir := os.Getenv("CMC_PICTURES"); dir != "" {
		f, err := os.Create(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, win.Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
	}
	return win
}

func gallery() (fyne.CanvasObject, *Radio, *Input) {
	radio := NewRadio([]Option{{ID: "a", Label: "Attempt resuscitation"}, {ID: "b", Label: "Do not attempt resuscitation"},
		{ID: "c", Label: "A discussion is not appropriate at this time", Hint: "Say why in the next question."},
		{ID: "d", Label: "No decision recorded (crews will attempt resuscitation)"}}, nil)
	radio.Choose("b")
	tick := NewTick("It is unlikely to succeed", "", nil)
	tick.Set(true)
	in := NewInput("User name", "As on your smart card.")
	in.SetText("elm.house.nurse")
	pw := NewPassword("Password", "")
	pw.SetText("training12")
	pw.SetError("The user name or the password is wrong")
	ta := TextArea("The reason in words", "", 3, 500)
	ta.SetText("Advanced heart failure; would not restore a life he would want. He said so twice, in March and again in November, with his daughter there.")
	busy := Primary("Sign in", nil)
	busy.SetBusy("Signing in...")
	off := Primary("Send to Riverside Practice", nil)
	off.Disable()
	body := VStack(12,
		Title("Resuscitation and treatment"),
		Muted("Step 4 of 10. These two decisions are always read together."),
		Card("Resuscitation",
			Strong("If the heart or breathing stops, should resuscitation (CPR) be attempted?"),
			Hint("Choose the decision that a clinician has made with the person.").WithTail(NewLink("Why we ask", nil).Sized(14, false)),
			radio,
			VStack(4, Strong("Why? Choose all that apply"), tick, NewTick("The person does not want it", "", nil), ta).Inset(0, 0, 0, 20).Bar(theme.Blue)),
		Card("Sign in", in, pw),
		ErrorCard("There is a problem", Hint("These stop the plan from being sent."),
			NewLink(`Hospital: "convey as needed" contradicts "comfort only"`, nil).Sized(15, true).Coloured(theme.Red)),
		HStack(8, NewChip("To approve", "4", true, nil), NewChip("Sent back to me", "0", false, nil), NewChip("My drafts", "2", false, nil)),
		HStack(8, Tag("Waiting for approval", Info), Tag("Contradiction", Alarm), Tag("Confirm", Warn), Tag("Live", Good), SmallTag("Same surname", Warn), Tag("Ended", Neutral)),
		HStack(16, Secondary("Back", nil), Muted("✓ Saved centrally at 14:02"), Spacer(), Small("Ctrl+Enter"), Primary("Save and continue", nil)),
		HStack(16, busy, off, Accent("Sign in with NHS identity", nil), Danger("Withdraw", nil)),
		HStack(10, NewMark(NotStarted, ""), NewMark(Done, ""), NewMark(Gaps, "2"), NewMark(Attention, ""), NewMark(Here, "")),
	).Inset(18, 26, 18, 26)
	b := forms.Banner{Name: "SMITH, John (Mr)", Born: "09-Jun-1941 (85y)", Gender: "Male", NHSNumber: "999 000 9600"}
	return VStack(0, Band("TRAINING: INVENTED PATIENTS ONLY", theme.TrainingBand), PatientBanner(b, Tag("Draft. Version 6 stays live", Info)), body).Ground(theme.Page), radio, in
}

func TestGallery(t *testing.T) {
	app := test.NewTempApp(t)
	for _, v := range []struct {
		name    string
		variant theme.Variant
		scale   float32
	}{{"gallery-light", theme.Light, 1}, {"gallery-dark", theme.Dark, 1}, {"gallery-150", theme.Light, 1.5}, {"gallery-200", theme.Light, 2}} {
		app.Settings().SetTheme(theme.New(v.variant, v.scale))
		g, radio, in := gallery()
		page := Scroll(g)
		win := show(t, v.name, page, 900, 1300)
		win.Canvas().Focus(radio)
		show(t, v.name+"-radio", page, 900, 1300)
		win.Canvas().Focus(in.Entry)
		win.Close()
	}
}
