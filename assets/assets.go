// What may change here: which files are embedded. A file's name is its face: code elsewhere asks for it by name.

// Package assets holds the files that are built into the programs: the font of the printed summary and the icons of the
// screens. It has no behaviour, imports nothing of this module and may be read from any goroutine. What it returns is shared:
// nobody may write into it.
//
// The font is DejaVu Sans (its licence allows embedding), because it has the letters and signs that clinicians use. It
// comes from a pinned module, so that no binary lies in this repository. The icons are our own, one family: a 24 by 24
// grid, lines 2 wide with round ends, one path each. The lines are drawn as outlines with a fill, because Fyne recolours
// only fills when it follows the theme. The people for training are in the package training below.
package assets

import (
	"embed"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
)

// FontRegular and FontBold are TrueType fonts, whole files.
var (
	FontRegular = dejavusans.TTF
	FontBold    = dejavusansbold.TTF
)

// Icon is the mark of the program, an SVG of 512 by 512 in NHS blue (#005EB8).
//
//go:embed icons/cmc.svg
var Icon []byte

// Icons holds every icon as "icons/NAME.svg": search, check, alert, warning, phone and so on. They are drawn in one colour
// and may be recoloured by replacing the fill.
//
//go:embed icons/*.svg
var Icons embed.FS

// IconNamed returns the icon of that name ("search"), or false when there is none.
func IconNamed(name string) ([]byte, bool) {
	b, err := Icons.ReadFile("icons/" + name + ".svg")
	return b, err == nil
}
