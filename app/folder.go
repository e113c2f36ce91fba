package app

// What may change here: what a person is shown of this computer's folders when a copy of a document is chosen or saved.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// AttachmentEndings are the endings of the files that are offered, in lower case; the service looks at what is inside.
var AttachmentEndings = []string{".pdf", ".jpg", ".jpeg", ".png"}

// A FolderEntry is a file that may be attached, or a folder to look into.
type FolderEntry struct {
	Name, Path string
	Folder     bool
	Size       int64     // bytes; of a file
	At         time.Time // when a file was last written
}

// UsualFolder is where files usually come in. It is a guess and touches no disk, so that any goroutine may ask.
func UsualFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return string(filepath.Separator)
	}
	return filepath.Join(home, "Downloads")
}

// Folder lists what can be chosen in a folder, or when it is not there in the nearest one above it that is: the files,
// newest first, and then the folders. It gives the folder that it listed. Hidden entries and other kinds of files are left
// out. It reads the disk: call it off the drawing thread.
func Folder(ctx context.Context, folder string) (string, []FolderEntry, error) {
	folder, err := nearestFolder(folder)
	if err != nil {
		return "", nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", nil, err
	}
	var files, folders []FolderEntry
	for _, entry := range entries {
		if ctx.Err() != nil {
			return "", nil, ctx.Err()
		}
		name, path := entry.Name(), filepath.Join(folder, entry.Name())
		if strings.HasPrefix(name, ".") {
			continue
		}
		info, err := os.Stat(path) // follows links
		switch {
		case err != nil: // gone meanwhile, or a link to nowhere: nothing to choose
		case info.IsDir():
			folders = append(folders, FolderEntry{Name: name, Path: path, Folder: true})
		case info.Mode().IsRegular() && slices.Contains(AttachmentEndings, strings.ToLower(filepath.Ext(name))):
			files = append(files, FolderEntry{Name: name, Path: path, Size: info.Size(), At: info.ModTime()})
		}
	}
	slices.SortStableFunc(files, func(a, b FolderEntry) int { return b.At.Compare(a.At) })
	return folder, append(files, folders...), nil
}

// FreeCopyName is a path in the usual folder, or the nearest one above it, that no file has yet. Its name says nothing of
// the person. It reads the disk: call it off the drawing thread.
func FreeCopyName(ctx context.Context, ending string) (string, error) {
	folder, err := nearestFolder(UsualFolder())
	if err != nil {
		return "", err
	}
	for n := 1; ctx.Err() == nil; n++ {
		path := filepath.Join(folder, "copy-of-document"+ending)
		if n > 1 {
			path = filepath.Join(folder, fmt.Sprintf("copy-of-document-%d%s", n, ending))
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	return "", ctx.Err()
}

// nearestFolder is the folder, or the nearest one above it that is there.
func nearestFolder(folder string) (string, error) {
	for {
		info, err := os.Stat(folder)
		if err == nil && info.IsDir() {
			return folder, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", fs.ErrNotExist
		}
		folder = above
	}
}
