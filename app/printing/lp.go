//go:build !windows

package printing

// What may change here: how CUPS is asked, on Linux and macOS.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// run runs a command of CUPS in English, whatever the person's language: its words are read here.
func run(ctx context.Context, name string, args ...string) (out string, err error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%w (%w)", ErrNoPrinting, err)
	}
	command := exec.CommandContext(ctx, path, args...)
	command.Env = append(os.Environ(), "LC_ALL=C", "LANG=C")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return stdout.String(), fmt.Errorf("%w (%s: %s)", ErrPrinter, name, strings.TrimSpace(stderr.String()))
		}
		return "", fmt.Errorf("%w (%w)", ErrNoPrinting, err)
	}
	return stdout.String(), nil
}

// printers lists the destinations with the usual one first. lpstat fails when there is none, and when its service does
// not run: both are no printer for the person, and the cause says which.
func printers(ctx context.Context) ([]string, error) {
	listed, err := run(ctx, "lpstat", "-e")
	if err != nil {
		if errors.Is(err, ErrPrinter) {
			return nil, fmt.Errorf("%w (%w)", ErrNoPrinter, err)
		}
		return nil, err
	}
	names := strings.Fields(listed)
	if len(names) == 0 {
		return nil, ErrNoPrinter
	}
	if usual, err := run(ctx, "lpstat", "-d"); err == nil {
		if _, name, ok := strings.Cut(strings.TrimSpace(usual), ": "); ok {
			for i, n := range names {
				if n == name {
					copy(names[1:i+1], names[:i])
					names[0] = name
					break
				}
			}
		}
	}
	return names, nil
}

// printFile hands a file to lp, which copies it before it returns. The title of the job says nothing of the patient.
func printFile(ctx context.Context, file, printer string, copies int) (string, reader, error) {
	args := []string{"-n", strconv.Itoa(copies), "-t", "Urgent care summary", "-o", "media=A4", "-o", "fit-to-page=false"}
	if printer != "" {
		args = append(args, "-d", printer)
	}
	out, err := run(ctx, "lp", append(args, "--", file)...)
	if err != nil {
		return "", nil, err
	}
	where := printer
	if where == "" {
		if _, after, ok := strings.Cut(out, "request id is "); ok { // request id is Office-12 (1 file(s))
			id, _, _ := strings.Cut(after, " ")
			if cut := strings.LastIndex(id, "-"); cut > 0 {
				where = id[:cut]
			}
		}
	}
	words := "Sent to " + where + "."
	if where == "" {
		words = "Sent to the printer."
	}
	if copies > 1 {
		words = strconv.Itoa(copies) + " copies. " + words
	}
	return words, nil, nil
}
