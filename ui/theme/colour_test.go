package theme

import (
	"image/color"
	"math"
	"testing"
)

func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

// WCAG 2.2 AA: 4.5 for text (1.4.3), 3 for the edges of controls and for the focus ring (1.4.11).
func TestContrast(t *testing.T) {
	text := [][2]Name{
		{InfoInk, InfoFill}, {WarnInk, WarnFill}, {DangerInk, DangerFill}, {GoodInk, GoodFill}, {NeutralInk, NeutralFill},
		{OnFill, BlueFill}, {OnFill, GreenFill}, {OnFill, RedFill}, {OnFill, TrainingBand}, {Ink, Off}, {Muted, Off},
		{Ink, Edited}, {Muted, Edited}, {Ink, Selected}, {Muted, Selected}, {Blue, Selected}, {Ink, Hover}, {Muted, Hover},
		{Blue, Hover}, {Ink, GoodFill}, {Ink, WarnFill},
	}
	for _, ink := range []Name{Ink, Muted, Blue, Red, Green, Amber, DarkBlue} {
		for _, ground := range []Name{Paper, Page, Side} {
			text = append(text, [2]Name{ink, ground})
		}
	}
	edges := [][2]Name{{Edge, Paper}, {Edge, Page}, {Focus, FocusEdge}, {Ink, Paper}}
	for variant, p := range map[string]*[nameCount]color.NRGBA{"light": &lightPalette, "dark": &darkPalette} {
		for _, pair := range text {
			if r := contrast(p[pair[0]], p[pair[1]]); r < 4.5 {
				t.Errorf("%s: colour %d on %d has contrast %.2f, needs 4.5", variant, pair[0], pair[1], r)
			}
		}
		for _, pair := range edges {
			if r := contrast(p[pair[0]], p[pair[1]]); r < 3 {
				t.Errorf("%s: edge %d on %d has contrast %.2f, needs 3", variant, pair[0], pair[1], r)
			}
		}
		for n, c := range p {
			if c.A != 0xff {
				t.Errorf("%s: colour %d is not set", variant, n)
			}
		}
	}
}
