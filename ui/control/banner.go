package control

// What may change here: how the patient banner looks. Its order and formats are the NHS Common User Interface's: name, born,
// gender, NHS number (domain.md 8), and are made by package forms.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/theme"
)

// PatientBanner shows whose plan this is. What is given as right stands at the right edge; it may be nil.
func PatientBanner(b forms.Banner, right fyne.CanvasObject) *Stack { return banner(b, right) }

// CrewBanner is the banner of a summary: it says too where the person is now, on lines of its own (domain.md 6, block 1).
func CrewBanner(b forms.Banner) *Stack {
	where := Span{Text: b.Where, Strong: true}
	if b.Where == "" {
		where = Span{Text: "Not recorded", Strong: true} // silence would read as "at home"
	}
	return banner(b, nil, Rich(15, Span{Text: "Now at ", Muted: true, Size: 13}, where))
}

func banner(b forms.Banner, right fyne.CanvasObject, below ...fyne.CanvasObject) *Stack {
	fact := func(label, value string) fyne.CanvasObject {
		return Rich(15, Span{Text: label + " ", Muted: true, Size: 13}, Span{Text: value, Strong: true})
	}
	objs := []fyne.CanvasObject{Words(b.Name, 20, true, theme.Ink)}
	if b.Preferred != "" {
		objs = append(objs, fact("Likes to be called", b.Preferred))
	}
	objs = append(objs, fact("Born", b.Born))
	if b.Died != "" {
		objs = append(objs, Rich(15, Span{Text: "Died ", Muted: true, Size: 13}, Span{Text: b.Died, Strong: true},
			Span{Text: " (aged " + b.AgeAtDeath + ")", Strong: true}))
	}
	objs = append(objs, fact("Gender", b.Gender), fact("NHS No.", b.NHSNumber))
	if right != nil {
		objs = append(objs, Spacer(), right)
	}
	pads := [2]float32{16, 18}
	if len(below) > 0 { // the page below keeps its room
		pads = [2]float32{6, 7}
	}
	return VStack(0, append([]fyne.CanvasObject{HStack(28, objs...)}, below...)...).Inset(pads[0], 20, pads[1], 20).Ground(theme.Paper).Line(Bottom, 2)
}
