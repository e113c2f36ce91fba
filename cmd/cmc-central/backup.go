package main

// What may change here: the commands that keep a copy of the embedded database and put it back.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"cmc/api/central"
)

var errOwnPrograms = errors.New("PostgreSQL is backed up and restored by its own programs: docs/running.md says how")

// backup keeps a copy of the data of a folder, which the service may be serving.
func backup(ctx context.Context, args []string, out, log io.Writer) error {
	set, where := flags("backup", log)
	to := set.String("to", "", "the file to make")
	if err := set.Parse(args); err != nil || set.NArg() > 0 || *to == "" {
		return errUsage
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	if at.address != "" {
		return errOwnPrograms
	}
	kept, err := central.Backup(ctx, at.options(), *to)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, `%[1]s was made and read back: %[2]s
Keep it with %[1]s.sha256, encrypted, on another computer.
The key file %[3]s is not in it, and nobody can use the backup without it: keep a copy of that file too, apart from the backups.
`, *to, holds(kept), kept.KeyFile)
	return nil
}

// restore puts a backup into a folder that holds no database.
func restore(ctx context.Context, args []string, out, log io.Writer) error {
	set, where := flags("restore", log)
	from := set.String("from", "", "the backup")
	if err := set.Parse(args); err != nil || set.NArg() > 0 || *from == "" {
		return errUsage
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	if at.address != "" {
		return errOwnPrograms
	}
	kept, err := central.Restore(ctx, *from, at.options())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s holds the backup: %s\nWhat was written later is not in it. Everybody signs in again.\n", at.data, holds(kept))
	return nil
}

// restored says that a PostgreSQL was put back.
func restored(ctx context.Context, args []string, out, log io.Writer) error {
	set, where := flags("restored", log)
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		return errUsage
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	end, err := central.Restored(ctx, at.options())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The database is whole: its audit ends with line %s. That it was put back is the next line. Everybody signs in again.\n", end)
	return nil
}

func holds(k *central.Kept) string {
	return fmt.Sprintf("%d plans and %d lines of the audit, the last of %s (UTC); %d bytes.", k.Plans, k.Lines, k.Newest.UTC().Format(time.DateTime), k.Bytes)
}
