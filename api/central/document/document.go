// Package document looks at files that people attach to a plan: what they really are, whether they are whole, and what must
// not be kept of them.
//
// Contract:
//   - Pure: bytes in, bytes out. Nothing is decoded into a picture, and no pixel changes.
//   - The type is read from the bytes. What a sender or a file name says is never asked.
//   - A picture comes out without place, time, camera, names, comments, previews and anything behind its end. Its turn
//     (EXIF orientation 1 to 8) and its colour profile stay, since it is read wrongly without them.
//   - A PDF comes out as it went in. One that says, in what can be read without a password, that it runs scripts, starts
//     programs or carries files is refused. This is no virus scanner: see Clean.
package document

// What may change here: which kinds are taken, and the words of a refusal.

import (
	"bytes"
	"errors"
)

// MaxSize is the largest file in bytes (domain.md 4.24: 10 MB).
const MaxSize = 10 << 20

// The media types that are taken (domain.md 4.24).
const (
	PDF  = "application/pdf"
	JPEG = "image/jpeg"
	PNG  = "image/png"
)

// Kinds are the media types that are taken.
var Kinds = []string{PDF, JPEG, PNG}

// The refusals of Clean, each a sentence for people but for its first capital and its full stop.
var (
	ErrKind   = errors.New("this is not a PDF, JPEG or PNG file")
	ErrCut    = errors.New("the file is not whole: a part of it is missing or damaged")
	ErrActive = errors.New("this PDF can run scripts, start programs or carries other files inside")
	ErrLocked = errors.New("this PDF is protected, so it could not be read when it is needed")
)

// Clean says what a file is and gives the bytes that may be kept. The error is one of this package's.
//
// A PDF is looked at as a reader of its outer structure does: names written out or escaped (#4A), and those in compressed
// object streams. It does not see what stands in other compressed streams, in pictures, or in faults that a certain program
// trips over; a virus scanner of the organisation stays needed.
func Clean(raw []byte) (media string, clean []byte, err error) {
	switch {
	case bytes.HasPrefix(raw, []byte("%PDF-")):
		media, clean, err = PDF, raw, checkPDF(raw)
	case bytes.HasPrefix(raw, []byte{0xFF, 0xD8, 0xFF}):
		media = JPEG
		clean, err = cleanJPEG(raw)
	case bytes.HasPrefix(raw, pngBegins):
		media = PNG
		clean, err = cleanPNG(raw)
	default:
		err = ErrKind
	}
	if err != nil {
		return "", nil, err
	}
	return media, clean, nil
}
