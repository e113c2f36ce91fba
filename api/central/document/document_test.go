package document

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 48, 32))
	for x := range 48 {
		for y := range 32 {
			m.Set(x, y, color.RGBA{uint8(x * 5), uint8(y * 7), 90, 255})
		}
	}
	return m
}

func segment(mark byte, body string) []byte {
	out := binary.BigEndian.AppendUint16([]byte{0xFF, mark}, uint16(len(body)+2))
	return append(out, body...)
}

// exif is a photo's EXIF: its turn, a directory with a place, and words in the clear that can be looked for.
func exif(order binary.AppendByteOrder, turn uint16) string {
	head := "MM\x00*"
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		head = "II*\x00"
	}
	b := order.AppendUint32([]byte(head), 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), 3), 1), turn)
	b = append(b, 0, 0)
	b = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x8825), 4), 1), 38)
	b = order.AppendUint32(b, 0)
	b = append(b, "GPS 51.5007 N 0.1246 W"...)
	return "Exif\x00\x00" + string(b)
}

func photo(t *testing.T, segments ...[]byte) []byte {
	t.Helper()
	var plain bytes.Buffer
	require.NoError(t, jpeg.Encode(&plain, picture(), nil))
	out := append([]byte(nil), plain.Bytes()[:2]...)
	for _, one := range segments {
		out = append(out, one...)
	}
	return append(out, plain.Bytes()[2:]...)
}

func same(t *testing.T, a, b []byte) {
	t.Helper()
	x, _, err := image.Decode(bytes.NewReader(a))
	require.NoError(t, err)
	y, _, err := image.Decode(bytes.NewReader(b))
	require.NoError(t, err)
	require.Equal(t, x, y, "every pixel is as it was")
}

func TestAPhotoLosesItsPlaceAndKeepsItsPixels(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		raw := photo(t,
			segment(0xE0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01PREVIEW"),
			segment(0xE1, exif(order, 6)),
			segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<GPSLatitude>51.5007"),
			segment(0xE2, "ICC_PROFILE\x00\x01\x01colours"), segment(0xE2, "MPF\x00second GPS"),
			segment(0xED, "Photoshop 3.0\x00City London"), segment(0xFE, "GPS comment"))
		raw = append(raw, "trailer GPS"...)
		media, clean, err := Clean(raw)
		require.NoError(t, err)
		assert.Equal(t, JPEG, media)
		for _, gone := range []string{"GPS", "London", "PREVIEW", "adobe.com", "MPF"} {
			assert.Contains(t, string(raw), gone)
			assert.NotContains(t, string(clean), gone)
		}
		assert.Contains(t, string(clean), "ICC_PROFILE\x00\x01\x01colours")
		at := bytes.Index(clean, []byte("Exif\x00\x00"))
		require.Positive(t, at)
		assert.Equal(t, 6, turnOf(clean[at+6:]), "it still stands upright")
		same(t, raw, clean)

		_, again, err := Clean(clean)
		require.NoError(t, err)
		assert.Equal(t, clean, again, "what is clean stays as it is")
	}
	_, clean, err := Clean(photo(t, segment(0xE1, exif(binary.BigEndian, 1))))
	require.NoError(t, err)
	assert.NotContains(t, string(clean), "Exif", "one that is not turned needs no note")
}

func chunk(name, body string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, name...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func screenshot(t *testing.T, chunks ...[]byte) []byte {
	t.Helper()
	var plain bytes.Buffer
	require.NoError(t, png.Encode(&plain, picture()))
	const head = 8 + 25 // the signature and IHDR
	out := append([]byte(nil), plain.Bytes()[:head]...)
	for _, one := range chunks {
		out = append(out, one...)
	}
	return append(out, plain.Bytes()[head:]...)
}

func TestAPNGLosesItsWords(t *testing.T) {
	raw := screenshot(t, chunk("tEXt", "Location\x00London"), chunk("iTXt", "London"), chunk("zTXt", "London"), chunk("eXIf", "II*\x00London"),
		chunk("tIME", "London."), chunk("prVt", "London"), chunk("gAMA", "\x00\x00\xb1\x8f"))
	raw = append(raw, "London"...)
	media, clean, err := Clean(raw)
	require.NoError(t, err)
	assert.Equal(t, PNG, media)
	assert.NotContains(t, string(clean), "London")
	assert.Contains(t, string(clean), "gAMA")
	same(t, raw, clean)
	_, _, err = Clean(screenshot(t, chunk("QRSt", "needed")))
	require.ErrorIs(t, err, ErrCut)
	damaged := screenshot(t)
	damaged[len(damaged)-20] ^= 1
	_, _, err = Clean(damaged)
	require.ErrorIs(t, err, ErrCut)
}

// letter is a small PDF with something in its catalogue and one more object.
func letter(catalogue, object string) []byte {
	return []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R " + catalogue + " >>\nendobj\n" + object +
		"\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n")
}

func packed(t *testing.T, kind, inside string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write([]byte(inside))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return fmt.Sprintf("7 0 obj\n<< /Type /%s /Filter /FlateDecode /Length %d >>\nstream\r\n%s\nendstream\nendobj", kind, b.Len(), b.String())
}

func TestAPDFIsPagesAndNothingElse(t *testing.T) {
	for name, one := range map[string]struct {
		catalogue, object string
		want              error
	}{
		"pages":                  {"", "", nil},
		"goes to its first page": {"/OpenAction [3 0 R /Fit]", "", nil},
		"a longer name":          {"/JSomething 1 /LaunchPad 2", "", nil},
		"a script":               {"/OpenAction << /S /JavaScript /JS (x) >>", "", ErrActive},
		"an escaped script":      {"/OpenAction << /S /J#61vaScript >>", "", ErrActive},
		"a program":              {"/AA<</S/Launch/F(x)>>", "", ErrActive},
		"a file inside":          {"/Names << /EmbeddedFiles 4 0 R >>", "", ErrActive},
		"protected":              {"/Encrypt 9 0 R", "", ErrLocked},
		"letters in a picture":   {"", packed(t, "XObject", "a") + "\n8 0 obj\n<< /Length 9 >>\nstream\n .. /JS .. \nendstream\nendobj", nil},
		"a packed page":          {"", packed(t, "ObjStm", "<< /Type /Page >>"), nil},
		"a packed script":        {"", packed(t, "ObjStm", "<< /S /JavaScript /JS (x) >>"), ErrActive},
		"behind a picture":       {"", packed(t, "XObject", "a") + "\n8 0 obj\n<< /S /Launch >>\nendobj", ErrActive},
	} {
		raw := letter(one.catalogue, one.object)
		media, clean, err := Clean(raw)
		if one.want != nil {
			assert.ErrorIs(t, err, one.want, name)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, PDF, media, name)
		assert.Equal(t, raw, clean, name)
	}
	// A stream that unpacks to more than anybody needs is not followed.
	_, _, err := Clean(letter("", packed(t, "ObjStm", string(make([]byte, maxInflated+1)))))
	require.ErrorIs(t, err, ErrCut)
}

func TestWhatIsNoneOfThem(t *testing.T) {
	for _, raw := range []string{"", "%", "GIF89a", "PK\x03\x04", "MZ\x90", "<html>%PDF-1.7", "\xFF\xD8", "\x89PNG", "<svg/>", "\x00\x00\x00\x18ftypheic"} {
		_, _, err := Clean([]byte(raw))
		assert.ErrorIs(t, err, ErrKind, "%q", raw)
	}
}

// Wherever a file was cut off, it is refused and nothing breaks.
func TestWhatWasCutOff(t *testing.T) {
	for _, whole := range [][]byte{photo(t, segment(0xE1, exif(binary.BigEndian, 6))), screenshot(t, chunk("tEXt", "a")), letter("", packed(t, "ObjStm", "a"))} {
		_, _, err := Clean(whole)
		require.NoError(t, err)
		for n := range len(whole) - 2 {
			_, _, err := Clean(whole[:n])
			require.Error(t, err, "%d of %d", n, len(whole))
		}
	}
}

func FuzzClean(f *testing.F) {
	var plain bytes.Buffer
	_ = jpeg.Encode(&plain, picture(), nil)
	f.Add(plain.Bytes())
	plain.Reset()
	_ = png.Encode(&plain, picture())
	f.Add(plain.Bytes())
	f.Add(letter("/A#42 1", "8 0 obj\n<< /Type /ObjStm >>\nstream\n/Page\nendstream\nendobj"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		media, clean, err := Clean(raw)
		if err != nil {
			if clean != nil || media != "" {
				t.Fatal("a refusal gives nothing")
			}
			return
		}
		if len(clean) > len(raw)+64 {
			t.Fatal("it grew")
		}
		second, again, err := Clean(clean)
		if err != nil || second != media || !bytes.Equal(again, clean) {
			t.Fatal("what is clean is not clean")
		}
	})
}
