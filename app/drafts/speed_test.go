package drafts

import (
	"context"
	"strconv"
	"testing"
	"time"

	"cmc/api"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"
)

// A keystroke in the largest plan: what the drawing thread pays the editor for it. The whole keystroke has 8 ms.
func BenchmarkKeystroke(b *testing.B) {
	d := plan.Definition()
	today := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	nowhere := func(context.Context, string, []byte, string, string) (*api.Plan, error) {
		return nil, noConnection(0, nil)
	}
	e := Open(Config{Definition: d, Plan: &api.Plan{ID: "p", Draft: &api.Draft{Answers: plantest.Fullest(today)}}, Send: nowhere})
	defer e.finish()
	at := At{Item: plan.PreferredName}
	for i := 0; b.Loop(); i++ {
		e.Set(at, forms.TextAnswer(strconv.Itoa(i)))
		_ = e.Answers()
		_ = e.Status()
	}
}
