package wizard

// What may change here: how somebody who writes a plan asks for an answer that the service hides from them.

import (
	"context"
	"strings"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/ui/message"
)

// A revealer is a Service that gives out hidden answers. *app.Desk is one.
type revealer interface {
	Reveal(ctx context.Context, plan *api.Plan, body api.Reveal) (api.Revealed, error)
}

// revealOf asks for a reason and shows the answer once; nil where the service gives none out.
func revealOf(d Deps) func(at drafts.At, it *forms.Item) {
	service, ok := d.Service.(revealer)
	if !ok {
		return nil
	}
	return func(at drafts.At, it *forms.Item) {
		name := it.Short
		if name == "" {
			name = it.Label
		}
		d.Say.AskWords(message.Question{
			Title: "Show a hidden answer", Words: name + ". Who looked, when and why is kept, and the practice can read it.", Label: "Reason",
			Min: 5, Max: 300, Yes: "Show it", Key: d.Editor.PlanID() + "/reveal/" + at.Item,
			Do: func(reason string, done func(error)) {
				var shown api.Revealed
				d.Work("Asking for the answer...", func(ctx context.Context) (err error) {
					shown, err = service.Reveal(ctx, d.Editor.Plan(), api.Reveal{Item: at.Item, Row: at.Row, Reason: reason, Draft: true})
					return err
				}, func(err error) {
					done(err)
					if err == nil {
						d.Say.Notice(revealedWords(name, shown))
					}
				})
			},
		})
	}
}

// revealedWords are an answer that was hidden and what else was written in its place and not chosen. All is given: which of two key
// safe codes opens the door is for a person to find out.
func revealedWords(name string, shown api.Revealed) string {
	value := shown.Value
	if value == "" {
		value = "Nothing is recorded there now."
	}
	lines := []string{name + ": " + value}
	for _, other := range shown.Unchosen {
		lines = append(lines, "Also written here: "+other.Value+" ("+other.By+" chose another, "+nhs.FormatDateTime(other.At)+")")
	}
	return strings.Join(append(lines, "It is hidden again, and not kept on this computer."), "\n")
}
