package control

// What may change here: how the patient banner looks. Its order and formats are the NHS Common User Interface's: name, born,
// gender, NHS number (domain.md 8), and are made by package forms.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/theme"
)

// PatientBanner shows whose plan this is. What is given as right stands at the right edge; it may be nil.
func PatientBanner(b forms.Banner, right fyne.CanvasObject) *Stack {
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
	return VStack(0, HStack(28, objs...)).Inset(16, 20, 18, 20).Ground(theme.Paper).Line(Bottom, 2)
}
