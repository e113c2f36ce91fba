package main

// What may change here: the commands for accounts and organisations.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"cmc/api"
	"cmc/api/central"
	"cmc/api/central/account"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/summary"
)

// with opens the accounts of a place while work runs. The service may be running over the same.
func with(ctx context.Context, at place, work func(*account.Book) error) error {
	book, closing, err := central.OpenAccounts(ctx, at.options())
	if err != nil {
		return err
	}
	return errors.Join(work(book), closing())
}

func users(ctx context.Context, command string, args []string, in *os.File, out, log io.Writer) error {
	set, where := flags("users "+command, log)
	username := set.String("username", "", "the name to sign in with")
	name := set.String("name", "", "the full name, as others read it")
	role := set.String("role", "", "the role")
	org := set.String("org", "", "the ODS code of the organisation")
	title := set.String("title", "", `the role in words, "GP partner"`)
	reg := set.String("reg", "", "the GMC, NMC or HCPC number")
	reason := set.String("reason", "", "why; it is kept in the audit")
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		return errUsage
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	if command != "list" && *username == "" {
		return missing("--username")
	}
	if strings.HasPrefix(command, "position ") {
		return positions(ctx, strings.TrimPrefix(command, "position "), at, account.NewPosition{Username: *username, Role: api.Role(*role),
			RoleTitle: *title, RegNumber: *reg, ODS: strings.ToUpper(*org)}, out)
	}
	switch command {
	case "add":
		if *name == "" || *role == "" || *org == "" {
			return missing("--name, --role or --org")
		}
		if err := printable(*name, *title); err != nil {
			return err
		}
		if *reg != "" { // it is printed beside every signature
			if _, _, err := nhs.CheckRegNumber(*reg); err != nil {
				return err
			}
		}
		password, err := readPassword(in, out)
		if err != nil {
			return err
		}
		return with(ctx, at, func(book *account.Book) error {
			_, err := book.Add(ctx, account.NewUser{Username: *username, Name: *name, Role: api.Role(*role), RoleTitle: *title,
				RegNumber: *reg, ODS: strings.ToUpper(*org), Password: password})
			return told(out, err, "The account "+account.Username(*username)+" was made.")
		})
	case "list":
		return with(ctx, at, func(book *account.Book) error {
			list, err := book.Users(ctx)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
			fmt.Fprintln(table, "USERNAME\tNAME\tROLE\tORGANISATION\tSTATE")
			for _, one := range list {
				state := "open"
				if one.Disabled {
					state = "disabled"
				}
				posts, err := book.Posts(ctx, one.ID)
				if err != nil {
					return err
				}
				if len(posts) == 0 {
					fmt.Fprintf(table, "%s\t%s\t-\t-\t%s\n", one.Username, one.Name, state)
				}
				for _, post := range posts {
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", one.Username, one.Name, post.Role, post.ODS, state)
				}
			}
			return table.Flush()
		})
	case "disable", "enable":
		return with(ctx, at, func(book *account.Book) error {
			return told(out, book.Disable(ctx, *username, command == "disable"), "Done: "+command+" "+account.Username(*username)+".")
		})
	case "wipe", "kept":
		return keptOf(ctx, command, at, *username, *reason, out)
	case "set-password":
		password, err := readPassword(in, out)
		if err != nil {
			return err
		}
		return with(ctx, at, func(book *account.Book) error {
			return told(out, book.SetPassword(ctx, *username, password), "The password was changed, and every session ended.")
		})
	}
	return errUsage
}

// positions gives a person a position or ends one.
func positions(ctx context.Context, command string, at place, p account.NewPosition, out io.Writer) error {
	if p.Role == "" || p.ODS == "" {
		return missing("--role or --org")
	}
	name := account.Username(p.Username)
	switch command {
	case "add":
		if err := printable(p.RoleTitle); err != nil {
			return err
		}
		if p.RegNumber != "" { // it is printed beside every signature
			if _, _, err := nhs.CheckRegNumber(p.RegNumber); err != nil {
				return err
			}
		}
		return with(ctx, at, func(book *account.Book) error {
			return told(out, book.AddPosition(ctx, p), name+" holds this position from the next sign-in on.")
		})
	case "remove":
		return with(ctx, at, func(book *account.Book) error {
			return told(out, book.RemovePosition(ctx, name, p.Role, p.ODS), "The position of "+name+" ended, and every session in it.")
		})
	}
	return errUsage
}

func organisations(ctx context.Context, command string, args []string, out, log io.Writer) error {
	set, where := flags("orgs "+command, log)
	ods := set.String("ods", "", "the ODS code")
	name := set.String("name", "", "the name")
	kind := set.String("kind", "", "gp_practice, care_home, hospice, ambulance, community, commissioner or central")
	phone := set.String("phone", "", "the phone number")
	nurse := set.Bool("advanced-nurse-approves", false, "advanced nurses of this organisation approve plans")
	lock := set.Int("lock-minutes", 0, "its desktops lock after so many idle minutes, 1 to 15; 0: as the service says")
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		return errUsage
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	switch command {
	case "add":
		if *lock != 0 && (*lock < api.LeastLock || *lock > api.MostLock) {
			return errLock
		}
		if *ods == "" || *name == "" || *kind == "" {
			return errUsage
		}
		if _, err := nhs.ParseODS(*ods); err != nil {
			return err
		}
		if err := printable(*name); err != nil {
			return err
		}
		if !strings.Contains(" gp_practice care_home hospice ambulance community commissioner central ", " "+*kind+" ") {
			return errors.New("there is no such kind of organisation")
		}
		return with(ctx, at, func(book *account.Book) error {
			o := store.Organisation{ODS: strings.ToUpper(*ods), Name: *name, Kind: *kind, Phone: *phone, AdvancedNurseApproves: *nurse, LockMinutes: *lock}
			return told(out, book.PutOrganisation(ctx, o), "The organisation "+o.ODS+" was kept.")
		})
	case "list":
		return with(ctx, at, func(book *account.Book) error {
			list, err := book.Organisations(ctx)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
			fmt.Fprintln(table, "ODS\tNAME\tKIND\tPHONE")
			for _, one := range list {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", one.ODS, one.Name, one.Kind, one.Phone)
			}
			return table.Flush()
		})
	}
	return errUsage
}

// told says that something was done, or why not in words for whoever runs the service.
func told(out io.Writer, err error, done string) error {
	switch {
	case err == nil:
		fmt.Fprintln(out, done)
		return nil
	case errors.Is(err, store.ErrNotFound):
		return errors.New("there is no such account or organisation (cmc-central orgs add makes an organisation)")
	case errors.Is(err, account.ErrPosition):
		return errors.New("this person does not hold that position now")
	case errors.Is(err, store.ErrDuplicate):
		return errors.New("there is an account of this name already")
	}
	return err
}

// readPassword asks at a terminal, twice and unseen; from anything else it reads the first line.
func readPassword(in *os.File, out io.Writer) (string, error) {
	if !term.IsTerminal(int(in.Fd())) {
		line, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	ask := func(words string) (string, error) {
		fmt.Fprint(out, words)
		typed, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(out)
		return string(typed), err
	}
	first, err := ask("Password: ")
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	second, err := ask("Once more: ")
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	if first != second {
		return "", errors.New("the two passwords differ")
	}
	return first, nil
}

// verifyAudit walks the chain of the audit from its first line.
func verifyAudit(ctx context.Context, args []string, out, log io.Writer) error {
	set, where := flags("verify-audit", log)
	var anchors []central.Anchor
	set.Func("anchor", "a line that was noted elsewhere, NUMBER:HASH; may be given several times", func(text string) error {
		one, err := central.ParseAnchor(text)
		anchors = append(anchors, one)
		return err
	})
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		return errUsage
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	end, err := central.VerifyAudit(ctx, at.options(), anchors...)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The audit is whole: %d lines.\n", end.Seq)
	if end.Seq > 0 {
		fmt.Fprintf(out, "Note its end elsewhere, and give it next time: --anchor %s\n", end)
	}
	return nil
}

// rotateKey makes a new key and seals everything with it.
func rotateKey(ctx context.Context, args []string, out, log io.Writer) error {
	set, where := flags("rotate-key", log)
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		return errUsage
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	name, err := central.RotateKey(ctx, at.options())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Everything is sealed with the new key %s. Keep a copy of the key file apart from the backups; the older keys in it open older backups.\n", name)
	return nil
}

// newKey makes a key file.
func newKey(args []string, out, log io.Writer) error {
	set, where := flags("new-key", log)
	if err := set.Parse(args); err != nil || set.NArg() > 0 || *where.key == "" {
		return errUsage
	}
	if err := central.NewKey(*where.key); err != nil {
		return err
	}
	fmt.Fprintln(out, "The key file was made. Every copy of the service needs it; keep a copy apart from the backups of the database.")
	return nil
}

// markSensitive marks the record of a person as sensitive, or ends that. The NHS number is read from standard input, since a
// command line can be seen by others.
func markSensitive(ctx context.Context, args []string, in io.Reader, out, log io.Writer) error {
	set, where := flags("mark-sensitive", log)
	off := set.Bool("off", false, "the record is no longer sensitive")
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		return errUsage
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the NHS number: %w", err)
	}
	if err := central.MarkSensitive(ctx, at.options(), line, !*off); err != nil {
		return err
	}
	fmt.Fprintln(out, "Done. Where the person is, and their practice, are hidden until somebody says why they ask.")
	return nil
}

// printable refuses names that the one-page summary could not print: it carries who approved and who printed, so that one such
// name would keep every page of theirs from a crew.
func printable(names ...string) error {
	if len(summary.MissingGlyphs(forms.Summary{Header: forms.Header{PrintedBy: strings.Join(names, " ")}})) > 0 {
		return errors.New("this name holds signs that the one-page summary cannot print; write it in Latin, Greek or Cyrillic letters")
	}
	return nil
}
