//go:build linux

package app_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"cmc/api"
)

// What is done at a desk is in the service's audit under the desk's name, also after a restart that types nothing; another desk has
// another one.
func TestTheServiceKnowsTheComputer(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", true)
	p := draftOf(t, d)
	name := d.Workstation()
	require.True(t, api.IsWorkstation(name))
	require.NoError(t, d.Close())
	d = w.desk(profile)
	_, there, err := d.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, there)
	require.Equal(t, name, d.Workstation())
	_, err = d.OpenPlan(t.Context(), p.ID)
	require.NoError(t, err)
	require.NotEqual(t, name, w.desk(t.TempDir()).Workstation())

	safety := w.client("safety")
	_, err = safety.Open(t.Context(), p.ID, "A complaint")
	require.NoError(t, err)
	log, err := safety.AccessLog(t.Context(), p.ID)
	require.NoError(t, err)
	for _, action := range []string{"create", "view"} {
		require.True(t, slices.ContainsFunc(log.Items, func(e api.AccessEvent) bool {
			return e.Action == action && e.Who == "Grace Mbeki" && e.Workstation == name
		}), action)
	}
	require.NotContains(t, w.log.String(), name)
}
