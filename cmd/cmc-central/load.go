package main

// What may change here: how a database is filled with invented plans, and what is said meanwhile.

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"cmc/api/central"
)

// load fills an empty training database.
func load(ctx context.Context, args []string, out, log io.Writer) error {
	set, where := flags("load", log)
	plans := set.Int("plans", 134_000, "how many plans")
	versions := set.Int("versions", 0, "approved versions of each; 0: 3, or 1 from half a million plans on")
	lines := set.Int("audit", 0, "lines of the audit of each; 0: 20, or 5 from half a million plans on")
	seed := set.Uint64("seed", 1, "another seed makes other people")
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		return errUsage
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	many := *plans >= 500_000
	for _, one := range []struct {
		value     *int
		few, much int
	}{{versions, 3, 1}, {lines, 20, 5}} {
		switch {
		case *one.value != 0:
		case many:
			*one.value = one.much
		default:
			*one.value = one.few
		}
	}
	fmt.Fprintf(out, "Loading %s invented plans, %d versions and %d audit lines each, with the accounts and people of training.\n", thousands(*plans), *versions, *lines)
	file, isFile := out.(*os.File)
	bar := &progress{out: out, total: *plans, began: time.Now(), terminal: isFile && term.IsTerminal(int(file.Fd()))}
	err = central.Load(ctx, at.options(), central.Loading{Plans: *plans, Versions: *versions, Audit: *lines, Seed: *seed}, bar.tell)
	bar.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Loaded in %s. Serve it with: cmc-central serve --training %s\n", time.Since(bar.began).Round(time.Second), at.again)
	return nil
}

// A progress is a bar that says how far the work is and when it ends: one line that is written over on a terminal, a line for
// each tenth elsewhere.
type progress struct {
	out      io.Writer
	total    int
	began    time.Time
	terminal bool
	said     int
	open     bool
}

// barWidth is the bar's, in signs.
const barWidth = 30

func (p *progress) tell(done int) {
	share := done * 1000 / p.total
	if !p.terminal && share/100 == p.said/100 || share == p.said {
		return
	}
	p.said = share
	took := time.Since(p.began)
	ends := p.began.Add(time.Duration(float64(took) * float64(p.total) / float64(done)))
	words := "the indexes are made now"
	if done < p.total {
		words = "done at about " + ends.Format("15:04:05")
	}
	full := share * barWidth / 1000
	line := fmt.Sprintf("[%s%s] %3d %%, %s of %s plans, %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), share/10,
		thousands(done), thousands(p.total), words)
	if p.terminal {
		fmt.Fprintf(p.out, "\r%s\x1b[K", line)
		p.open = true
		return
	}
	fmt.Fprintln(p.out, line)
}

func (p *progress) end() {
	if p.open {
		fmt.Fprintln(p.out)
	}
}

// thousands writes 1000000 as 1,000,000.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
