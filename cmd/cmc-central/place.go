package main

// What may change here: how a command is told where the plans are, and that no password of a database is shown.

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"cmc/api/central"
	"cmc/api/central/store"
)

// databaseVariable is the variable of the environment that holds the address of the database, or names the file that does.
const databaseVariable = "CMC_DATABASE"

// placeFlags are the flags that say where the plans are.
type placeFlags struct {
	data, database, key *string
	log                 io.Writer
}

// A place is where the plans are: a folder, or the address of a PostgreSQL.
type place struct {
	data, address string
	key           string // the key file; "": central.key in the folder
	again         string // what another command is given to find the same place, with no password
}

// options are those with which the place is opened.
func (p place) options() central.Options {
	return central.Options{DataDir: p.data, Database: p.address, KeyFile: p.key}
}

// flags begins the flags of a command, with those of the place.
func flags(name string, log io.Writer) (*flag.FlagSet, placeFlags) {
	set := flag.NewFlagSet("cmc-central "+name, flag.ContinueOnError)
	set.SetOutput(log)
	return set, placeFlags{log: log,
		data:     set.String("data", "", "the folder that holds the data"),
		database: set.String("database", "", "the database instead of a folder: postgres://USER@HOST/NAME, or a file that holds nothing but this address and its password (default: "+databaseVariable+" in the environment)"),
		key:      set.String("key-file", "", "the file with the key of what is sealed; without it central.key in the folder of the data. A database of its own needs it"),
	}
}

// read finds the place, once the flags were parsed. It is errUsage when none is named.
func (f placeFlags) read() (place, error) {
	at, err := f.where()
	if at.key = *f.key; at.key != "" && err == nil {
		at.again = strings.TrimSpace(fmt.Sprintf("%s --key-file %q", at.again, at.key))
	}
	return at, err
}

func (f placeFlags) where() (place, error) {
	said, again := *f.database, fmt.Sprintf("--database %q", *f.database)
	if said == "" {
		said, again = os.Getenv(databaseVariable), ""
	}
	switch {
	case said != "" && *f.data != "":
		return place{}, errors.New("the plans are in a folder or in a database of your own, not in both: give --data, or --database or " + databaseVariable)
	case *f.data != "":
		return place{data: *f.data, again: fmt.Sprintf("--data %q", *f.data)}, nil
	case said == "":
		return place{}, missing("where the plans are, --data DIR or --database ADDRESS,")
	}
	if !strings.Contains(said, "://") {
		text, err := os.ReadFile(said)
		if err != nil {
			return place{}, fmt.Errorf("reading the address of the database: %w", err)
		}
		return place{address: strings.TrimSpace(string(text)), again: again}, nil
	}
	if shown, had := store.WithoutPassword(said); had && again != "" {
		fmt.Fprintln(f.log, "The password of the database stands in the command, where everybody on this computer can read it. Put the address into a file that only this service reads, or into "+databaseVariable+".")
		again = fmt.Sprintf("--database %q", shown)
	}
	return place{address: said, again: again}, nil
}
