package printing

// What may change here: the life of one page on its way to paper.

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"cmc/app/platform"
)

// The ways in which printing fails. app.Explain gives each its sentences.
var (
	ErrNoPrinter  = errors.New("no printer is set up")
	ErrNoPrinting = errors.New("this computer has no way to print from here")
	ErrPrinter    = errors.New("the printer did not take the page")
	ErrClosed     = errors.New("the page is no longer open")
)

// A Job is one page to print or to save. Make it with New, end it with Close. Any goroutine may use it.
type Job struct {
	page    []byte
	dir     string
	printed func(context.Context) error

	mu      sync.Mutex
	file    string // while a printer or a viewer needs it; "" before
	closed  bool
	onClose []func()
}

// New makes a job for a page. dir is where the page may wait while a printer takes it. printed is called after each time
// that the page was given to a printer or saved, for the audit; it may be nil.
func New(page []byte, dir string, printed func(context.Context) error) (*Job, error) {
	if !strings.HasPrefix(string(page[:min(len(page), 5)]), "%PDF-") {
		return nil, errors.New("what came is not a page to print")
	}
	if printed == nil {
		printed = func(context.Context) error { return nil }
	}
	return &Job{page: page, dir: dir, printed: printed}, nil
}

// OnClose has f called when the job is closed.
func (j *Job) OnClose(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.onClose = append(j.onClose, f)
}

// PDF is the page. Do not change it.
func (j *Job) PDF() []byte { return j.page }

// Printers names the printers of this computer, the usual one first. None is ErrNoPrinter; a computer that cannot be asked
// is ErrNoPrinting.
func (j *Job) Printers(ctx context.Context) ([]string, error) { return printers(ctx) }

// Print gives the page to a printer ("" is the usual one), so many copies of it (1 to 20), and says in words what became
// of it.
func (j *Job) Print(ctx context.Context, printer string, copies int) (words string, err error) {
	if copies < 1 || copies > 20 {
		return "", fmt.Errorf("%d copies: from 1 to 20 can be printed", copies)
	}
	file, err := j.onDisk()
	if err != nil {
		return "", err
	}
	words, err = printFile(ctx, file, printer, copies)
	if err != nil {
		return "", err
	}
	return words, j.audit(ctx)
}

// SavePDF writes the page to a file that the person chose, whole or not at all, in place of what was there. Only this
// user may read it.
func (j *Job) SavePDF(ctx context.Context, path string) error {
	j.mu.Lock()
	closed := j.closed
	j.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := platform.WriteFile(path, j.page, 0o600); err != nil {
		return err
	}
	return j.audit(ctx)
}

// Close removes the page from the disk. A second call does nothing. It touches the disk for a moment.
func (j *Job) Close() {
	j.mu.Lock()
	file, calls := j.file, j.onClose
	j.file, j.onClose, j.closed = "", nil, true
	j.mu.Unlock()
	if file != "" {
		_ = os.Remove(file)
	}
	for _, f := range calls {
		f()
	}
}

// NotAudited says that the page was printed or saved, and that the service could not be told.
type NotAudited struct{ Err error }

// Error names what is missing.
func (n *NotAudited) Error() string {
	return "the page is out, and the service could not be told: " + n.Err.Error()
}

// Unwrap gives the cause.
func (n *NotAudited) Unwrap() error { return n.Err }

func (j *Job) audit(ctx context.Context) error {
	if err := j.printed(ctx); err != nil {
		return &NotAudited{err}
	}
	return nil
}

// onDisk puts the page into a file that only this user may read, under a name that says nothing.
func (j *Job) onDisk() (string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return "", ErrClosed
	}
	if j.file != "" {
		return j.file, nil
	}
	if err := platform.PrivateDir(j.dir); err != nil {
		return "", err
	}
	path := filepath.Join(j.dir, rand.Text()+".pdf")
	if err := platform.WriteFile(path, j.page, 0o600); err != nil {
		return "", err
	}
	j.file = path
	return path, nil
}

// Sweep removes every page from dir: at start none can be in use. A folder that is not there is no error.
func Sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var all error
	for _, entry := range entries {
		all = errors.Join(all, os.Remove(filepath.Join(dir, entry.Name())))
	}
	return all
}
