package app

// What may change here: how a copy of a document leaves this computer for a plan, and comes back to it.

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"cmc/api"
	"cmc/app/platform"
	"cmc/forms"
)

// MaxAttachment is the largest copy in bytes (domain.md 4.24: 10 MB). The service holds to it too.
const MaxAttachment = 10 << 20

// maxFileName is the longest name that is kept of a file, in characters.
const maxFileName = 120

// fileError is a sentence for people about a file that cannot be attached. It never holds the file's name.
type fileError string

// Error is the sentence.
func (e fileError) Error() string { return string(e) }

// The errors of reading a file that is to be attached.
const (
	errNoFile    = fileError("There is no file of this name. Choose it from its folder.")
	errNotAFile  = fileError("This is a folder or a device, not a file. Choose a PDF, JPEG or PNG file.")
	errEmptyFile = fileError("This file is empty. Choose another one.")
	errFileRead  = fileError("This file cannot be read on this computer. Ask for the right to open it, or choose another one.")
	errFileLarge = fileError("The file is larger than 10 MB. Scan it again with a lower resolution, or split it in two.")
)

// Attach reads a PDF, JPEG or PNG file of this computer and sends it to a plan's service. What it gives is the answer for the
// plan: the service keeps a picture without place, time and camera, so that the size is that of what it keeps. The file
// itself stays as it is. It may take minutes over a slow line: end ctx to stop it.
func (d *Desk) Attach(ctx context.Context, planID, path string) (forms.FileRef, error) {
	content, err := readAttachment(path)
	if err != nil {
		return forms.FileRef{}, err
	}
	return value(ask(d, func(c *api.Client) (*forms.FileRef, error) { return c.Attach(ctx, planID, fileName(path), content) }))
}

// SaveAttachment fetches a copy by the sum of its description and writes it into a file that only this user reads. A file
// that is there already is replaced. The service audits the reading.
func (d *Desk) SaveAttachment(ctx context.Context, planID, sha256, path string) error {
	content, err := ask(d, func(c *api.Client) (*[]byte, error) {
		raw, err := c.Attachment(ctx, planID, sha256)
		return &raw, err
	})
	if err != nil {
		return err
	}
	return platform.WriteFile(path, *content, 0o600)
}

// readAttachment reads a file whole, and never more than may be sent.
func readAttachment(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errNoFile
	case err != nil:
		return nil, errFileRead
	case !info.Mode().IsRegular():
		return nil, errNotAFile
	case info.Size() > MaxAttachment:
		return nil, errFileLarge
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, errFileRead
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, MaxAttachment+1))
	switch {
	case err != nil:
		return nil, errFileRead
	case len(content) == 0:
		return nil, errEmptyFile
	case len(content) > MaxAttachment:
		return nil, errFileLarge
	}
	return content, nil
}

// fileName is the name that a file has for people, short enough and without signs that cannot be shown; its ending stays.
func fileName(path string) string {
	name := strings.TrimSpace(forms.CleanText(strings.ToValidUTF8(filepath.Base(path), ""), false))
	if utf8.RuneCountInString(name) > maxFileName {
		ending := []rune(filepath.Ext(name))
		if len(ending) > 10 {
			ending = nil
		}
		name = string([]rune(name)[:maxFileName-len(ending)]) + string(ending)
	}
	if name == "" {
		return "Document"
	}
	return name
}
