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
	"time"

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

	gone chan struct{}

	mu      sync.Mutex
	file    string // while a printer or a viewer needs it; "" before
	readers []reader
	closed  bool
	onClose []func()
}

// A reader waits until another program needs the file of a page no longer, or until ctx ends. nil: the page was copied.
type reader func(ctx context.Context)

// Other programs may keep a page from being removed for readAtMost after Close, and when it is still open in one of them
// then it is tried every tryAgain. A test makes them shorter.
var (
	readAtMost = 2 * time.Minute
	tryAgain   = 15 * time.Second
)

// New makes a job for a page. dir is where the page may wait while a printer takes it. printed is called after each time
// that the page was given to a printer or saved, for the audit; it may be nil.
func New(page []byte, dir string, printed func(context.Context) error) (*Job, error) {
	if !strings.HasPrefix(string(page[:min(len(page), 5)]), "%PDF-") {
		return nil, errors.New("what came is not a page to print")
	}
	if printed == nil {
		printed = func(context.Context) error { return nil }
	}
	return &Job{page: page, dir: dir, printed: printed, gone: make(chan struct{})}, nil
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
	words, read, err := printFile(ctx, file, printer, copies)
	if err != nil {
		return "", err
	}
	if read != nil {
		j.mu.Lock()
		j.readers = append(j.readers, read)
		j.mu.Unlock()
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

// Close ends the job. The page leaves the disk at once, or, where another program does the printing, as soon as that has
// read it: see Gone. A second call does nothing. It touches the disk for a moment.
func (j *Job) Close() {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return
	}
	file, readers, calls := j.file, j.readers, j.onClose
	j.file, j.readers, j.onClose, j.closed = "", nil, nil, true
	j.mu.Unlock()
	if len(readers) == 0 {
		j.remove(file)
	} else {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), readAtMost)
			defer cancel()
			for _, read := range readers {
				read(ctx)
			}
			j.remove(file)
		}()
	}
	for _, f := range calls {
		f()
	}
}

// Gone is closed when the page has left the disk after Close, or when a viewer has it open and there is no point in waiting:
// it is then removed when the viewer closes it, if this program still runs, else by Sweep.
func (j *Job) Gone() <-chan struct{} { return j.gone }

// remove takes the page off the disk, now or when it can be.
func (j *Job) remove(file string) {
	defer close(j.gone)
	removed := func() bool {
		err := os.Remove(file)
		return err == nil || errors.Is(err, os.ErrNotExist)
	}
	if file == "" || removed() {
		return
	}
	go func() {
		for !removed() {
			time.Sleep(tryAgain)
		}
	}()
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
