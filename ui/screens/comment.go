package screens

// What may change here: how one comment of a reviewer looks.

import (
	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/forms/nhs"
	"cmc/ui/control"
)

// DoneWords are on the button that says a comment has been answered.
const DoneWords = "Mark as answered"

// CommentLine is a comment with who said it and when. done is called when it is marked as answered; nil: it cannot be.
func CommentLine(k api.Comment, done func()) fyne.CanvasObject {
	who := k.By + ", " + nhs.FormatDateTime(k.At)
	if k.Done {
		who += ". Answered"
	}
	words := control.VStack(2, control.Body(k.Text), control.Small(who+"."))
	if k.Done || done == nil {
		return words
	}
	return control.VStack(6, words, control.HStack(0, control.Secondary(DoneWords, done).Compact()))
}
