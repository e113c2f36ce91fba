// Package theme is the look of the desktop: colours of the NHS identity in a light and a dark version, sizes that follow
// the reader's text size, and the fonts.
//
// Contract:
//   - Screens name colours (theme.Blue) and ask for them with Colour; no other package writes a colour as a number.
//   - Lengths are written for text at 100 % and pass through S, so that everything grows with the text.
//   - Every pair of ink and ground that the controls use meets WCAG 2.2 AA in both versions; a test computes it.
//   - All functions are for the drawing thread.
package theme

// What may change here: how the theme is put together. Colours live in colour.go.

import (
	"image/color"

	"fyne.io/fyne/v2"
	ftheme "fyne.io/fyne/v2/theme"

	"cmc/assets"
)

// Variant says whether the theme is light or dark.
type Variant int

// The two variants. Light comes first: it is what surgeries use.
const (
	Light Variant = iota
	Dark
)

// A Theme is one look at one text size. It implements fyne.Theme.
type Theme struct {
	variant Variant
	scale   float32
	palette *[nameCount]color.NRGBA
}

var (
	regular = fyne.NewStaticResource("DejaVuSans.ttf", assets.FontRegular)
	bold    = fyne.NewStaticResource("DejaVuSans-Bold.ttf", assets.FontBold)

	light = New(Light, 1).(*Theme)

	lastSeen   fyne.Theme
	generation int
)

// New makes a theme. Scale is the text size: 1 is 100 %, 2 is 200 %; anything outside 0.5 to 3 is brought inside.
func New(variant Variant, scale float32) fyne.Theme {
	scale = min(max(scale, 0.5), 3)
	t := &Theme{variant: variant, scale: scale, palette: &lightPalette}
	if variant == Dark {
		t.palette = &darkPalette
	}
	return t
}

// Current gives the theme of the running program, or the light one at 100 % where the program has another kind of theme.
func Current() *Theme {
	app := fyne.CurrentApp()
	if app == nil {
		return light
	}
	set := app.Settings().Theme()
	if set != lastSeen {
		lastSeen = set
		generation++
	}
	if t, ok := set.(*Theme); ok {
		return t
	}
	return light
}

// Generation changes whenever the running program's theme does: what was measured under another number is stale.
func Generation() int {
	Current()
	return generation
}

// Colour gives a colour of the running program's theme.
func Colour(n Name) color.Color { return Current().palette[n] }

// S gives a length, written for text at 100 %, at the reader's text size.
func S(length float32) float32 { return length * Current().scale }

// Text gives a size of text, written for 100 %, at the reader's text size. It is always a whole number: between whole numbers
// the font's own widths do not fit together, and letters drift apart.
func Text(size float32) float32 { return float32(int(size*Current().scale + 0.5)) }

// Scale is the reader's text size: 1 is 100 %.
func Scale() float32 { return Current().scale }

// Variant says whether the theme is light or dark.
func (t *Theme) Variant() Variant { return t.variant }

// Colour gives a colour of this theme.
func (t *Theme) Colour(n Name) color.NRGBA { return t.palette[n] }

// Font gives DejaVu Sans: it holds the signs that clinicians write, which the font that Fyne brings does not.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if style.Bold {
		return bold
	}
	return regular
}

// Icon gives Fyne's own icons: they appear only in Fyne's own file dialog.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return ftheme.DefaultTheme().Icon(n) }

// Color answers Fyne's own widgets with the colours of this theme. The system's wish for light or dark is not followed: the
// setting of this program decides.
func (t *Theme) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if name, ok := fyneNames[n]; ok {
		return t.palette[name]
	}
	switch n {
	case ftheme.ColorNameShadow:
		return color.Transparent
	case ftheme.ColorNameHover, ftheme.ColorNamePressed:
		c := t.palette[Ink]
		c.A = 0x14
		return c
	case ftheme.ColorNameSelection:
		c := t.palette[Blue]
		c.A = 0x50
		return c
	}
	v := ftheme.VariantLight
	if t.variant == Dark {
		v = ftheme.VariantDark
	}
	return ftheme.DefaultTheme().Color(n, v)
}

// Size answers Fyne's own widgets.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	s, ok := fyneSizes[n]
	if !ok {
		s = ftheme.DefaultTheme().Size(n)
	}
	if s *= t.scale; n == ftheme.SizeNameText || n == ftheme.SizeNameHeadingText || n == ftheme.SizeNameSubHeadingText || n == ftheme.SizeNameCaptionText {
		s = float32(int(s + 0.5))
	}
	return s
}

var fyneNames = map[fyne.ThemeColorName]Name{
	ftheme.ColorNameBackground:          Page,
	ftheme.ColorNameButton:              Paper,
	ftheme.ColorNameDisabledButton:      Off,
	ftheme.ColorNameDisabled:            Muted,
	ftheme.ColorNameError:               Red,
	ftheme.ColorNameFocus:               Focus,
	ftheme.ColorNameForeground:          Ink,
	ftheme.ColorNameForegroundOnError:   OnFill,
	ftheme.ColorNameForegroundOnPrimary: OnFill,
	ftheme.ColorNameForegroundOnSuccess: OnFill,
	ftheme.ColorNameHeaderBackground:    Side,
	ftheme.ColorNameHyperlink:           Blue,
	ftheme.ColorNameInputBackground:     Paper,
	ftheme.ColorNameInputBorder:         Edge,
	ftheme.ColorNameMenuBackground:      Paper,
	ftheme.ColorNameOverlayBackground:   Paper,
	ftheme.ColorNamePlaceHolder:         Muted,
	ftheme.ColorNamePrimary:             BlueFill,
	ftheme.ColorNameScrollBar:           Edge,
	ftheme.ColorNameScrollBarBackground: Side,
	ftheme.ColorNameSeparator:           Line,
	ftheme.ColorNameSuccess:             GreenFill,
}

var fyneSizes = map[fyne.ThemeSizeName]float32{
	ftheme.SizeNameText:            15,
	ftheme.SizeNameHeadingText:     24,
	ftheme.SizeNameSubHeadingText:  18,
	ftheme.SizeNameCaptionText:     13,
	ftheme.SizeNamePadding:         6,
	ftheme.SizeNameInnerPadding:    10,
	ftheme.SizeNameInputBorder:     2,
	ftheme.SizeNameInputRadius:     4,
	ftheme.SizeNameSelectionRadius: 3,
	ftheme.SizeNameButtonRadius:    4,
	ftheme.SizeNameCardRadius:      6,
	ftheme.SizeNameDialogRadius:    6,
	ftheme.SizeNamePopupRadius:     6,
}
