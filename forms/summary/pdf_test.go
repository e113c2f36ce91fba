package summary

// What may change here: how the tests read a finished PDF back. It knows just what draw.go writes.

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"cmc/forms"
	"github.com/stretchr/testify/require"
)

// A readPage is what stands in the bytes of a PDF.
type readPage struct {
	pages int
	words []string  // every string shown, in order
	sizes []float64 // every type size set
}

var (
	pageObject  = regexp.MustCompile(`/Type /Page\b[^s]`)
	sizeSet     = regexp.MustCompile(`/F[0-9a-f]+ ([0-9.]+) Tf`)
	stringShown = regexp.MustCompile(`(?s)Td \((.*?)\) Tj ET`)
)

// readPDF reads a PDF back without the library that wrote it.
func readPDF(t require.TestingT, pdf []byte) readPage {
	var p readPage
	p.pages = len(pageObject.FindAll(pdf, -1))
	rest := pdf
	for {
		i := bytes.Index(rest, []byte("stream\n"))
		if i < 0 {
			return p
		}
		rest = rest[i+len("stream\n"):]
		end := bytes.Index(rest, []byte("\nendstream"))
		require.GreaterOrEqual(t, end, 0)
		packed := rest[:end]
		rest = rest[end+len("\nendstream"):]
		z, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			continue // not packed: a table of characters
		}
		content, err := io.ReadAll(z)
		require.NoError(t, err)
		if !bytes.Contains(content, []byte(" Tj ET")) {
			continue
		}
		for _, m := range sizeSet.FindAllSubmatch(content, -1) {
			size, err := strconv.ParseFloat(string(m[1]), 64)
			require.NoError(t, err)
			p.sizes = append(p.sizes, size)
		}
		for _, m := range stringShown.FindAllSubmatch(content, -1) {
			p.words = append(p.words, unescape(m[1]))
		}
	}
}

// unescape reads a PDF string of two bytes to a character.
func unescape(b []byte) string {
	var raw []byte
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == '\\' && i+1 < len(b) {
			i++
			c = b[i]
			if c == 'r' {
				c = '\r'
			}
		}
		raw = append(raw, c)
	}
	var u []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		u = append(u, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(u))
}

// rendered renders a summary and fails the test when it cannot.
func rendered(t testing.TB, s forms.Summary) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Render(&b, s))
	return b.Bytes()
}

// bare is text without any space: what two settings of the same words have in common.
func bare(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\u2003' || r == '\u00A0' }), "")
}

// fit is a summary as it is printed, with its page.
func fit(s forms.Summary) (forms.Summary, box, error) {
	t, err := arrange(s)
	if err != nil {
		return s, box{}, err
	}
	page, err := t.page()
	return t.summary(), page, err
}
