package document

// What may change here: what a PDF may not do (ISO 32000).

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
)

// pdfActive are names of a PDF that make it more than pages.
var pdfActive = map[string]bool{"JavaScript": true, "JS": true, "Launch": true, "EmbeddedFile": true, "EmbeddedFiles": true, "RichMedia": true}

// maxInflated is the most that is unpacked of a PDF's object streams, against files that are all packing.
const maxInflated = 64 << 20

// checkPDF refuses a PDF that is cut off, protected or more than pages.
func checkPDF(raw []byte) error {
	tail := raw[max(0, len(raw)-2048):]
	if !bytes.Contains(tail, []byte("%%EOF")) || !bytes.Contains(tail, []byte("startxref")) {
		return ErrCut
	}
	left := int64(maxInflated)
	for len(raw) > 0 {
		outside, stream, rest := nextStream(raw)
		raw = rest
		names := pdfNames(outside)
		switch {
		case names["Encrypt"]:
			return ErrLocked
		case active(names):
			return ErrActive
		}
		dict := outside[max(0, bytes.LastIndex(outside, []byte(" obj"))):]
		own := pdfNames(dict)
		if own["XRef"] || !own["ObjStm"] {
			continue
		}
		if !own["FlateDecode"] && !own["Fl"] {
			if active(pdfNames(stream)) {
				return ErrActive
			}
			continue
		}
		packed, err := zlib.NewReader(bytes.NewReader(stream))
		if err != nil {
			return ErrCut
		}
		inside, err := io.ReadAll(io.LimitReader(packed, left+1))
		left -= int64(len(inside))
		if left < 0 || err != nil && len(inside) == 0 {
			return ErrCut
		}
		if active(pdfNames(inside)) {
			return ErrActive
		}
	}
	return nil
}

func active(names map[string]bool) bool {
	for name := range names {
		if pdfActive[name] {
			return true
		}
	}
	return false
}

// nextStream cuts a PDF at its next stream: what stands before it, what is in it, and what follows. Names are not looked for
// in streams: three letters are found by chance in any large picture.
func nextStream(raw []byte) (outside, stream, rest []byte) {
	for at := 0; ; {
		found := bytes.Index(raw[at:], []byte("stream"))
		if found < 0 {
			return raw, nil, nil
		}
		begins := at + found + len("stream")
		at = begins
		// The word follows a dictionary and stands alone at the end of its line.
		if before := bytes.TrimRight(raw[:begins-len("stream")], " \t\r\n\f\x00"); !bytes.HasSuffix(before, []byte(">>")) {
			continue
		}
		switch {
		case bytes.HasPrefix(raw[begins:], []byte("\r\n")):
			begins += 2
		case bytes.HasPrefix(raw[begins:], []byte("\n")), bytes.HasPrefix(raw[begins:], []byte("\r")):
			begins++
		default:
			continue
		}
		ends := bytes.Index(raw[begins:], []byte("endstream"))
		if ends < 0 {
			return raw[:begins], raw[begins:], nil
		}
		return raw[:begins], raw[begins : begins+ends], raw[begins+ends+len("endstream"):]
	}
}

// pdfNames are the names (/Name) in a piece of a PDF, with their #xx escapes read. Names longer than any that matters are
// left out.
func pdfNames(piece []byte) map[string]bool {
	out := map[string]bool{}
	for {
		slash := bytes.IndexByte(piece, '/')
		if slash < 0 {
			return out
		}
		piece = piece[slash+1:]
		end := bytes.IndexAny(piece, "\x00\t\n\f\r ()<>[]{}/%")
		if end < 0 {
			end = len(piece)
		}
		const longest = 64
		if end <= longest {
			out[unescaped(piece[:end])] = true
		}
		piece = piece[end:]
	}
}

func unescaped(name []byte) string {
	if !bytes.Contains(name, []byte("#")) {
		return string(name)
	}
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		var one [1]byte
		if name[i] == '#' && i+2 < len(name) {
			if _, err := hex.Decode(one[:], name[i+1:i+3]); err == nil {
				out = append(out, one[0])
				i += 2
				continue
			}
		}
		out = append(out, name[i])
	}
	return string(out)
}
