package document

// What may change here: which parts of a JPEG are kept (ITU-T T.81 annex B; EXIF: CIPA DC-008).

import (
	"bytes"
	"encoding/binary"
)

// The markers that matter.
const (
	markSOI   = 0xD8
	markEOI   = 0xD9
	markSOS   = 0xDA
	markRST0  = 0xD0
	markRST7  = 0xD7
	markTEM   = 0x01
	markAPP0  = 0xE0
	markAPP1  = 0xE1
	markAPP2  = 0xE2
	markAPP14 = 0xEE
	markAPP15 = 0xEF
	markCOM   = 0xFE
)

// cleanJPEG copies what draws the picture: tables, frames and scans, the JFIF head without its preview, the colour profile,
// Adobe's note of how colours are coded, and the turn of the picture. All other application segments and comments go, and so
// does what stands behind the end (second pictures and the makers' own trailers hold places too).
func cleanJPEG(raw []byte) ([]byte, error) {
	out := make([]byte, 0, len(raw))
	out = append(out, 0xFF, markSOI)
	frame, scan, turned := false, false, false
	for at := 2; ; {
		if at >= len(raw) || raw[at] != 0xFF {
			return nil, ErrCut
		}
		for at < len(raw) && raw[at] == 0xFF { // fill bytes
			at++
		}
		if at >= len(raw) {
			return nil, ErrCut
		}
		mark := raw[at]
		at++
		switch {
		case mark == markEOI:
			if !frame || !scan {
				return nil, ErrCut
			}
			return append(out, 0xFF, markEOI), nil
		case mark == markTEM, mark >= markRST0 && mark <= markRST7:
			continue
		case mark == 0, mark == markSOI:
			return nil, ErrCut
		}
		if at+2 > len(raw) {
			return nil, ErrCut
		}
		length := int(binary.BigEndian.Uint16(raw[at:]))
		if length < 2 || at+length > len(raw) {
			return nil, ErrCut
		}
		body := raw[at+2 : at+length]
		at += length
		if body, keep := keptSegment(mark, body, &turned); keep {
			out = append(out, 0xFF, mark)
			out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
			out = append(out, body...)
		}
		// The frame headers are SOF0 to SOF15 but for DHT (C4), JPG (C8) and DAC (CC).
		frame = frame || mark >= 0xC0 && mark <= 0xCF && mark != 0xC4 && mark != 0xC8 && mark != 0xCC
		if mark == markSOS {
			end := scanEnd(raw, at)
			out = append(out, raw[at:end]...)
			scan, at = true, end
		}
	}
}

// scanEnd finds the marker that ends the coded data that begins at a place.
func scanEnd(raw []byte, at int) int {
	for at < len(raw) {
		next := bytes.IndexByte(raw[at:], 0xFF)
		if next < 0 || at+next+1 >= len(raw) {
			return len(raw)
		}
		at += next
		if follows := raw[at+1]; follows != 0 && follows != 0xFF && (follows < markRST0 || follows > markRST7) {
			return at
		}
		at++
	}
	return len(raw)
}

var (
	jfifID  = []byte("JFIF\x00")
	iccID   = []byte("ICC_PROFILE\x00")
	adobeID = []byte("Adobe")
	exifID  = []byte("Exif\x00\x00")
)

// keptSegment is what is kept of one segment, and whether anything is.
func keptSegment(mark byte, body []byte, turned *bool) ([]byte, bool) {
	switch {
	case mark == markAPP0 && bytes.HasPrefix(body, jfifID) && len(body) >= 14:
		head := bytes.Clone(body[:14])
		head[12], head[13] = 0, 0 // the preview may show more than the picture does
		return head, true
	case mark == markAPP2 && bytes.HasPrefix(body, iccID), mark == markAPP14 && bytes.HasPrefix(body, adobeID):
		return body, true
	case mark == markAPP1 && bytes.HasPrefix(body, exifID) && !*turned:
		turn := turnOf(body[len(exifID):])
		if turn < 2 || turn > 8 {
			return nil, false
		}
		*turned = true
		return turnOnly(turn), true
	case mark >= markAPP0 && mark <= markAPP15, mark == markCOM:
		return nil, false
	}
	return body, true
}

// tagOrientation is the EXIF tag that says how a picture is turned.
const tagOrientation = 0x0112

// turnOf reads the orientation from the TIFF structure of EXIF; 0 when it says none.
func turnOf(tiff []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(tiff, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(tiff, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 0
	}
	if len(tiff) < 8 {
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	count := int64(order.Uint16(tiff[at:]))
	for i := range count {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		const short = 3
		if order.Uint16(tiff[entry:]) == tagOrientation && order.Uint16(tiff[entry+2:]) == short {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return 0
}

// turnOnly is an EXIF segment that says the orientation and nothing else.
func turnOnly(turn int) []byte {
	out := append(bytes.Clone(exifID), "MM\x00*\x00\x00\x00\x08"...)
	out = append(out, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(turn), 0, 0)
	return append(out, 0, 0, 0, 0) // no further directory
}
