//go:build !windows

package ui_test

// What may change here: what is proved about the bar over everything.

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/ui/screens"
)

// At 200 % text somebody with several positions has one more thing in the bar. Nothing lies over who is signed in.
func TestNothingLiesOverWhoIsSignedIn(t *testing.T) {
	n := newNight(t)
	h := n.house(200)
	require.NoError(t, n.service.Accounts().AddPosition(context.Background(),
		account.NewPosition{Username: "carehome", Role: api.RoleCommunityNurse, RoleTitle: "Bank nurse", ODS: "VX991"}))
	h.w.Screen().(*screens.SignIn).Person("carehome").Tapped(nil)
	h.until("the positions", func() bool { _, ok := h.w.Screen().(*screens.Position); return ok })
	choice := h.w.Screen().(*screens.Position).Choice()
	for _, o := range choice.Options() {
		if strings.HasPrefix(o.Label, "Bank nurse") {
			choice.Choose(o.ID)
		}
	}
	h.press("Work in this position")
	h.until("my work", func() bool { _, ok := h.w.Screen().(*screens.MyWork); return ok })
	type box struct{ from, to fyne.Position }
	var who, find box
	at := func(o fyne.CanvasObject) box {
		p := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		return box{p, p.AddXY(o.Size().Width, o.Size().Height)}
	}
	var look func(o fyne.CanvasObject)
	look = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch o := o.(type) {
		case *canvas.Text:
			if o.Text == "Grace Mbeki, Bank nurse" {
				who = at(o)
			}
		case *fyne.Container:
			for _, one := range o.Objects {
				look(one)
			}
		case fyne.Widget:
			if p, ok := o.(interface{ Words() string }); ok && strings.HasPrefix(p.Words(), "NHS number") {
				find = at(o)
			}
			for _, one := range test.WidgetRenderer(o).Objects() {
				look(one)
			}
		}
	}
	look(h.canvas().Content())
	require.NotZero(t, who)
	require.NotZero(t, find)
	require.LessOrEqual(t, find.to.X, who.from.X, "the find box ends before the name begins")
}
