package control

// What may change here: how an icon of package assets becomes one that follows the theme. An icon never stands without a
// word.

import (
	"fyne.io/fyne/v2"
	ftheme "fyne.io/fyne/v2/theme"

	"cmc/assets"
)

var icons = map[string]fyne.Resource{}

// Icon gives the icon of that name (see assets/icons) in the ink of the theme, or nil when there is none.
func Icon(name string) fyne.Resource {
	if r, ok := icons[name]; ok {
		return r
	}
	svg, ok := assets.IconNamed(name)
	if !ok {
		return nil
	}
	r := ftheme.NewThemedResource(fyne.NewStaticResource(name+".svg", svg))
	icons[name] = r
	return r
}
