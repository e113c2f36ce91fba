package document

// What may change here: which parts of a PNG are kept (W3C PNG, third edition).

import (
	"encoding/binary"
	"hash/crc32"
)

var pngBegins = []byte("\x89PNG\r\n\x1a\n")

// pngKept are the chunks that draw the picture in its colours and its size. Text, time, EXIF and unknown ones go.
var pngKept = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true,
	"tRNS": true, "gAMA": true, "cHRM": true, "sRGB": true, "iCCP": true, "cICP": true, "sBIT": true, "bKGD": true, "pHYs": true,
}

// cleanPNG copies the kept chunks up to the end of the picture.
func cleanPNG(raw []byte) ([]byte, error) {
	out := make([]byte, 0, len(raw))
	out = append(out, pngBegins...)
	const around = 12 // length, name and sum of a chunk
	data := false
	for at := len(pngBegins); ; {
		if at+around > len(raw) {
			return nil, ErrCut
		}
		length := int64(binary.BigEndian.Uint32(raw[at:]))
		if int64(at)+around+length > int64(len(raw)) {
			return nil, ErrCut
		}
		chunk := raw[at : at+around+int(length)]
		name := string(chunk[4:8])
		if crc32.ChecksumIEEE(chunk[4:8+length]) != binary.BigEndian.Uint32(chunk[8+length:]) {
			return nil, ErrCut
		}
		first := at == len(pngBegins)
		if first != (name == "IHDR") || first && length != 13 {
			return nil, ErrCut
		}
		at += len(chunk)
		data = data || name == "IDAT"
		switch {
		case pngKept[name]:
			out = append(out, chunk...)
		case chunk[4]&0x20 == 0: // needed to draw it, and not known
			return nil, ErrCut
		}
		if name == "IEND" {
			if !data {
				return nil, ErrCut
			}
			return out, nil
		}
	}
}
