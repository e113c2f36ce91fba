package summary

// What may change here: how large and how loose the page is set, and in which order it is tightened. Nothing may go
// below 9 pt.

// smallest is the smallest type on the page, in points (domain.md 6, layout rules).
const smallest = 9.0

// A density is one way to set the blocks. The person, the resuscitation headline and the footer look the same at every
// density (the densest takes some of the space around them), so that the eye finds them at the same place on every page.
type density struct {
	body   float64 // type size of the blocks
	lead   float64 // line height, as a multiple of the size
	pad    float64 // above and below a block
	boxPad float64 // inside the two framed boxes
	detail float64 // type size beside the resuscitation headline and in the treatment box
	tight  bool    // tables may become running text, headings stand in a narrower column
	runIn  bool    // headings lead the first line of their block
}

// densities from comfortable to tight. The loosest at which everything fits is taken; when nothing fits, lines give way
// at the last of them.
var densities = []density{
	{body: 10.5, lead: 1.30, pad: 5.5, boxPad: 7, detail: 10.5},
	{body: 10, lead: 1.30, pad: 5, boxPad: 6.5, detail: 10.5},
	{body: 9.5, lead: 1.28, pad: 4.5, boxPad: 6, detail: 10},
	{body: 9.5, lead: 1.22, pad: 3.5, boxPad: 5, detail: 10},
	{body: 9, lead: 1.22, pad: 3, boxPad: 5, detail: 9.5},
	{body: 9, lead: 1.17, pad: 2, boxPad: 4, detail: 9.5, tight: true},
}

// densest is for the page on which all that may give way has given way.
var densest = density{body: 9, lead: 1.12, pad: 1.2, boxPad: 2, detail: 9.2, tight: true, runIn: true}
