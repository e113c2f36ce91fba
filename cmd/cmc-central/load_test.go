package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLoadSaysHowFarItIsAndWhenItEnds(t *testing.T) {
	ctx, data := context.Background(), filepath.Join(t.TempDir(), "new")
	var out bytes.Buffer
	require.NoError(t, run(ctx, []string{"load", "--data", data, "--plans", "20", "--versions", "2", "--audit", "4"}, nil, &out, io.Discard))
	require.Contains(t, out.String(), "20 invented plans, 2 versions and 4 audit lines each")
	require.Contains(t, out.String(), "100 %, 20 of 20 plans")
	require.Regexp(t, `Loaded in \d+`, out.String())

	out.Reset()
	require.NoError(t, run(ctx, []string{"verify-audit", "--data", data}, nil, &out, io.Discard))
	require.Contains(t, out.String(), "The audit is whole")

	require.Error(t, run(ctx, []string{"load", "--data", data, "--plans", "1"}, nil, &out, io.Discard), "it is not empty any more")
	require.ErrorIs(t, run(ctx, []string{"load", "--plans", "1"}, nil, &out, io.Discard), errUsage)
}

func TestTheBarOfALoad(t *testing.T) {
	var out bytes.Buffer
	bar := &progress{out: &out, total: 1_000_000}
	for done := 500; done <= bar.total; done += 500 {
		bar.tell(done)
	}
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	require.Len(t, lines, 10, "where nobody watches, a line for each tenth")
	require.Contains(t, string(lines[4]), "[###############...............]  50 %, 500,000 of 1,000,000 plans, done at about ")
	require.Contains(t, string(lines[9]), "1,000,000 of 1,000,000 plans, the indexes are made now")
}
