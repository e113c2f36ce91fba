package main

// What may change here: the commands for what people's computers keep to be read offline.

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"cmc/api/central/account"
	"cmc/forms/nhs"
)

// keptOf has the computers of a person erase what they keep to be read offline (wipe), or lists it (kept).
func keptOf(ctx context.Context, command string, at place, username, reason string, out io.Writer) error {
	return with(ctx, at, func(book *account.Book) error {
		if command == "wipe" {
			if strings.TrimSpace(reason) == "" {
				return errUsage
			}
			done, err := book.WipeByHand(ctx, username, reason)
			if err != nil {
				return told(out, err, "")
			}
			fmt.Fprintf(out, "Every session of %s ended. Computers that keep plans to be read offline: %d. Each erases them at its next contact with the service, "+
				"or at their limit if there is none.\nWords that were typed there and never sent are not erased: they stay sealed until the same person signs in there.\n",
				account.Username(username), done.Computers)
			return nil
		}
		kept, err := book.Bundles(ctx, username)
		if err != nil {
			return told(out, err, "")
		}
		table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(table, "GIVEN\tREADABLE UNTIL\tTO BE ERASED\tTHE COMPUTER WAS TOLD")
		for _, one := range kept {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", nhs.FormatDateTime(one.GivenAt), nhs.FormatDateTime(one.Until), orDash(one.Erase), toldAt(one.ToldAt))
		}
		return table.Flush()
	})
}

func orDash(words string) string {
	if words == "" {
		return "-"
	}
	return words
}

func toldAt(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return nhs.FormatDateTime(at)
}
