// Package summary is the plan's face on paper: the one-page urgent care summary that a crew reads at the door.
//
// Contract:
//   - It turns a forms.Summary into exactly one A4 page. It holds no clinical rule and no message of its own beyond the
//     few fixed words around the content ("Born", "NHS No.", "Page 1 of 1"); everything else comes from forms.Summarise.
//   - The twelve blocks of domain.md 6 stand in one order for everybody. Resuscitation and level of treatment are always
//     there, one under the other, directly below the person, whatever else has to give way.
//   - No type is smaller than 9 pt. The person, resuscitation and treatment are larger (domain.md 6, layout rules).
//   - Nothing is cut: no ellipsis, no clipped line. What the page cannot hold gives way line by line, and is counted and
//     named on the page (Fit says in which order).
//   - What no page can hold is refused, never cut: Check says so before a plan is approved, Render says so with ErrNoRoom.
//   - A character that the font lacks is never drawn as a box: MissingGlyphs names it first and Render refuses it.
//   - The same Summary gives the same bytes. There is no clock, no network, no disk and no log here, and no error text
//     contains a patient's words. Every function may be called from any number of goroutines.
//
// What may change where: the order of blocks is forms.SummaryBlocks; measures and positions are in layout.go and
// density.go; what gives way is in fit.go; the signs that can be printed are in font.go.
//
// The PDF library: draw.go (with its benchmark) is the only file that names github.com/jung-kurt/gofpdf, which is
// archived. Its maintained successor (codeberg.org/go-pdf/fpdf) has the same calls: to change over, replace that import
// path there, run the tests of this package, and look at one page. Layout never asks the library for a measure (font.go
// reads the font), so no line can break differently after the change.
package summary
