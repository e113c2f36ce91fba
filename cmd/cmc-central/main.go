// Command cmc-central is the central service of Coordinate My Care: the one place where plans live.
//
// It serves plain HTTP on this very computer only; for anything else it needs a certificate. Its data is one folder, or
// one PostgreSQL database that any number of copies share; it is either a real service's or a training one's, never both.
package main

// What may change here: which commands there are and how they are called.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

const usage = `cmc-central keeps urgent care plans and serves them.

  cmc-central serve --data DIR [--addr HOST:PORT] [--training] [--tls-cert FILE --tls-key FILE] [--proxy NETWORKS] [--chores DURATION]
                    [--offline-hours N] [--newest-client 1.5.0] [--oldest-client 1.4.0] [--client-from WORDS]
                    [--oidc-issuer URL --oidc-client-id ID --oidc-client-secret-file FILE [--oidc-name NAME] [--oidc-mapping FILE] [--oidc-refresh DURATION]]
  cmc-central users add --data DIR --username NAME --name "FULL NAME" --role ROLE --org ODS [--title TITLE] [--reg NUMBER]
  cmc-central users position add --data DIR --username NAME --role ROLE --org ODS [--title TITLE] [--reg NUMBER]
  cmc-central users position remove --data DIR --username NAME --role ROLE --org ODS
  cmc-central users list --data DIR
  cmc-central users disable --data DIR --username NAME
  cmc-central users enable --data DIR --username NAME
  cmc-central users wipe --data DIR --username NAME --reason WORDS     (their computers erase what they keep to be read offline)
  cmc-central users kept --data DIR --username NAME
  cmc-central users set-password --data DIR --username NAME
  cmc-central orgs add --data DIR --ods CODE --name NAME --kind KIND [--phone PHONE] [--advanced-nurse-approves] [--lock-minutes N]
  cmc-central orgs list --data DIR
  cmc-central verify-audit --data DIR [--anchor NUMBER:HASH]
  cmc-central backup --data DIR --to FILE       (while it serves too; PostgreSQL is backed up by its own programs)
  cmc-central restore --from FILE --data DIR    (into a folder without a database; needs the key file)
  cmc-central restored --database ADDRESS       (once, before a PostgreSQL that was put back is served)
  cmc-central load --data DIR --plans N [--versions N] [--audit N] [--seed N]
  cmc-central new-key --key-file FILE
  cmc-central rotate-key --data DIR
  cmc-central mark-sensitive --data DIR [--off]          (reads the NHS number from standard input)

Hidden answers and addresses are sealed with the key in --key-file FILE (every command takes it). Without it the key is
central.key in the data folder, made at the first start. Without the key nobody can read them: keep a copy elsewhere.

In place of --data DIR, the database that is built in, --database names a PostgreSQL: its address (postgres://USER@HOST/NAME), or a
file that holds the address with its password. Without either, CMC_DATABASE in the environment is the address, or names the file.
A password is read from the terminal, or from the first line of standard input.
Roles: gp, advanced_nurse, community_nurse, hospice_nurse, care_home, urgent_viewer, urgent_clinician, practice_admin,
system_admin, clinical_safety, commissioner.
`

// version is set when the program is built for others.
var version = "development"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, errUsage):
		fmt.Fprint(os.Stderr, usage)
		if _, why, said := strings.Cut(err.Error(), ": "); said { // last, where it is seen
			fmt.Fprintln(os.Stderr, "\ncmc-central: "+why)
		}
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "cmc-central: "+err.Error())
		os.Exit(1)
	}
}

// errUsage says that the words after the program's name make no sense.
var errUsage = errors.New("usage")

// missing is errUsage that names what is not there.
func missing(what string) error { return fmt.Errorf("%w: %s is missing", errUsage, what) }

// errLock is why a time is not taken.
var errLock = errors.New("--lock-minutes is from 1 to 15: a desktop that nobody sits at must not show a patient for longer, and the lock cannot be switched off")

// run does one command.
func run(ctx context.Context, args []string, in *os.File, out, log io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	rest := args[1:]
	sub := ""
	if len(rest) > 0 {
		sub = rest[0]
	}
	switch args[0] {
	case "serve":
		return serve(ctx, rest, out, log)
	case "users":
		if sub == "position" && len(rest) > 1 {
			return users(ctx, "position "+rest[1], rest[2:], in, out, log)
		}
		if len(rest) > 0 {
			return users(ctx, sub, rest[1:], in, out, log)
		}
	case "orgs":
		if len(rest) > 0 {
			return organisations(ctx, sub, rest[1:], out, log)
		}
	case "backup":
		return backup(ctx, rest, out, log)
	case "restore":
		return restore(ctx, rest, out, log)
	case "restored":
		return restored(ctx, rest, out, log)
	case "verify-audit":
		return verifyAudit(ctx, rest, out, log)
	case "load":
		return load(ctx, rest, out, log)
	case "rotate-key":
		return rotateKey(ctx, rest, out, log)
	case "new-key":
		return newKey(rest, out, log)
	case "mark-sensitive":
		return markSensitive(ctx, rest, in, out, log)
	case "version", "--version":
		fmt.Fprintln(out, "cmc-central "+version)
		return nil
	case "help", "--help", "-h":
		fmt.Fprint(out, usage)
		return nil
	}
	return fmt.Errorf("%w: there is no command %q", errUsage, strings.Join(args[:min(2, len(args))], " "))
}
