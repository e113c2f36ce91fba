package assets_test

import (
	"bytes"
	"image"
	"image/color"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/sfnt"

	"cmc/assets"
)

// renderIcon paints an icon with the library that Fyne uses.
func renderIcon(t *testing.T, svg []byte, size int) *image.RGBA {
	t.Helper()
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.StrictErrorMode)
	require.NoError(t, err)
	icon.SetTarget(0, 0, float64(size), float64(size))
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	icon.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, img, img.Bounds())), 1)
	return img
}

func TestIconsAreOneFamily(t *testing.T) {
	files, err := fs.Glob(assets.Icons, "icons/*.svg")
	require.NoError(t, err)
	pictures := map[string]string{}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".svg")
		if name == "cmc" {
			continue
		}
		svg, ok := assets.IconNamed(name)
		require.True(t, ok, name)
		text := string(svg)
		require.True(t, strings.HasPrefix(text, `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`), name)
		require.Equal(t, 1, strings.Count(text, "<path "), "%s: one path, so that no overlap shows through", name)
		require.NotContains(t, text, "stroke", "%s: the theme recolours only fills", name)
		require.Equal(t, 1, strings.Count(text, `fill="`), name)

		img := renderIcon(t, svg, 96)
		ink, edge := 0, 0
		for y := range 96 {
			for x := range 96 {
				if img.RGBAAt(x, y).A > 128 {
					ink++
					if x < 4 || y < 4 || x >= 92 || y >= 92 {
						edge++
					}
				}
			}
		}
		require.Greater(t, ink, 300, "%s shows nothing", name)
		require.Less(t, ink, 96*96/2, "%s is a blot: a hole is filled", name)
		require.Zero(t, edge, "%s touches the edge of its grid", name)
		if twin, ok := pictures[string(img.Pix)]; ok {
			t.Errorf("%s and %s look the same", name, twin)
		}
		pictures[string(img.Pix)] = name
	}
	for _, name := range strings.Fields("search check alert warning phone home key print save person clock info lock back forward plus up down trash") {
		_, ok := assets.IconNamed(name)
		require.True(t, ok, "no icon %s", name)
	}
	_, ok := assets.IconNamed("no-such-icon")
	require.False(t, ok)
}

func TestMark(t *testing.T) {
	img := renderIcon(t, assets.Icon, 128)
	require.Equal(t, color.RGBA{0x00, 0x5E, 0xB8, 0xFF}, img.RGBAAt(8, 64), "NHS blue")
	require.Zero(t, img.RGBAAt(0, 0).A, "round corners")
	white := 0
	for i := 0; i < len(img.Pix); i += 4 {
		if bytes.Equal(img.Pix[i:i+4], []byte{255, 255, 255, 255}) {
			white++
		}
	}
	require.Greater(t, white, 1000)
}

func TestFontsHaveTheLettersOfClinicians(t *testing.T) {
	for name, ttf := range map[string][]byte{"regular": assets.FontRegular, "bold": assets.FontBold} {
		font, err := sfnt.Parse(ttf)
		require.NoError(t, err, name)
		var buf sfnt.Buffer
		for _, r := range "Łukasiewicz Nguyễn Ó Súilleabháin Björk Ağaoğlu Ţurcanu ≥ ≤ ± µ ° × → ½ – “ ” ’ £ ✓ • …" {
			g, err := font.GlyphIndex(&buf, r)
			require.NoError(t, err)
			require.NotZero(t, g, "%s lacks %q", name, r)
		}
	}
}
