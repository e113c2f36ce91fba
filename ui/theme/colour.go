package theme

// What may change here: the colours. colour_test.go computes the contrast of every pair that is drawn.

import "image/color"

// A Name names a colour by what it is for.
type Name int

// The colours. Those that end in Fill are grounds for OnFill; those without are inks that stand on Paper, Page and Side.
const (
	Ink       Name = iota // text
	Muted                 // hints and small text
	Paper                 // cards, inputs
	Page                  // behind the cards
	Side                  // the side panel, heads of tables
	Line                  // one-pixel lines
	Faint                 // edges that carry no meaning: paper, unselected chips
	Edge                  // edges of inputs and buttons
	Blue                  // links and what is selected
	DarkBlue              // headings on a blue ground
	Green                 // done
	Red                   // errors
	Amber                 // gaps
	BlueFill              // the bar on top, the blue button
	GreenFill             // the main button
	RedFill               // the dangerous button
	OnFill                // text on a fill
	Off                   // ground of what cannot be pressed
	Selected              // ground of the selected row
	Edited                // ground of what is being edited, in the preview
	Hover                 // ground under the pointer
	Focus                 // the ring around what has the keyboard
	FocusEdge             // its edge
	TrainingBand
	InfoInk
	InfoFill
	InfoEdge
	WarnInk
	WarnFill
	WarnEdge
	DangerInk
	DangerFill
	DangerEdge
	GoodInk
	GoodFill
	GoodEdge
	NeutralInk
	NeutralFill
	NeutralEdge
	nameCount
)

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

var lightPalette = [nameCount]color.NRGBA{
	Ink: rgb(0x212B32), Muted: rgb(0x4C6272), Paper: rgb(0xFFFFFF), Page: rgb(0xF0F4F5), Side: rgb(0xE8EDEE),
	Line: rgb(0xD8DDE0), Faint: rgb(0xAEB7BD), Edge: rgb(0x4C6272), Blue: rgb(0x005EB8), DarkBlue: rgb(0x003087),
	Green: rgb(0x007336), Red: rgb(0xC9261A), Amber: rgb(0x7A5C00), BlueFill: rgb(0x005EB8), GreenFill: rgb(0x007F3B),
	RedFill: rgb(0xD5281B), OnFill: rgb(0xFFFFFF), Off: rgb(0xD8DDE0), Selected: rgb(0xE6EFF8), Edited: rgb(0xFFFBD6),
	Hover: rgb(0xF0F4F5), Focus: rgb(0xFFEB3B), FocusEdge: rgb(0x212B32), TrainingBand: rgb(0x330072),
	InfoInk: rgb(0x002F5C), InfoFill: rgb(0xCCDFF1), InfoEdge: rgb(0x005EB8),
	WarnInk: rgb(0x4D3800), WarnFill: rgb(0xFFF4D1), WarnEdge: rgb(0xB58900),
	DangerInk: rgb(0x6A140F), DangerFill: rgb(0xF7D4D1), DangerEdge: rgb(0xD5281B),
	GoodInk: rgb(0x00401E), GoodFill: rgb(0xCCE5D8), GoodEdge: rgb(0x007F3B),
	NeutralInk: rgb(0x3D4B55), NeutralFill: rgb(0xE8EDEE), NeutralEdge: rgb(0x768692),
}

var darkPalette = [nameCount]color.NRGBA{
	Ink: rgb(0xF2F5F7), Muted: rgb(0xB3C0C9), Paper: rgb(0x1C262D), Page: rgb(0x12191E), Side: rgb(0x172026),
	Line: rgb(0x38454D), Faint: rgb(0x62717B), Edge: rgb(0x9FB0BC), Blue: rgb(0x85BFFA), DarkBlue: rgb(0xBBD9FB),
	Green: rgb(0x5CC98C), Red: rgb(0xFF9A8F), Amber: rgb(0xF0C75E), BlueFill: rgb(0x005EB8), GreenFill: rgb(0x007F3B),
	RedFill: rgb(0xC9261A), OnFill: rgb(0xFFFFFF), Off: rgb(0x38454D), Selected: rgb(0x1D3A56), Edited: rgb(0x453F14),
	Hover: rgb(0x26323A), Focus: rgb(0xFFEB3B), FocusEdge: rgb(0x000000), TrainingBand: rgb(0x4B1A8C),
	InfoInk: rgb(0xCFE4FA), InfoFill: rgb(0x12385E), InfoEdge: rgb(0x85BFFA),
	WarnInk: rgb(0xFFE9B0), WarnFill: rgb(0x4A3A08), WarnEdge: rgb(0xF0C75E),
	DangerInk: rgb(0xFFD9D5), DangerFill: rgb(0x5E1712), DangerEdge: rgb(0xFF9A8F),
	GoodInk: rgb(0xCDEFDC), GoodFill: rgb(0x0D4527), GoodEdge: rgb(0x5CC98C),
	NeutralInk: rgb(0xDDE4E8), NeutralFill: rgb(0x2C3941), NeutralEdge: rgb(0x9FB0BC),
}

// Shade gives a colour a little nearer to the ink of the theme: what lies under the pointer.
func Shade(n Name) color.Color {
	p := Current().palette
	a, b := p[n], p[Ink]
	mix := func(x, y uint8) uint8 { return uint8((int(x)*88 + int(y)*12) / 100) }
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 0xff}
}
