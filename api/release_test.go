package api

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVersionsAreCompared(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		older bool
	}{
		{"1.4.0", "1.5.0", true}, {"1.5.0", "1.4.0", false}, {"1.5", "1.5.0", false}, {"1.5.0", "1.5", false}, {"v1.9.3", "1.10", true},
		{"v1.4.0-3-gabcdef1", "1.4.0", false}, {"v1.4.0-dirty", "1.4.1", true}, {"development", "1.5.0", false}, {"9306386", "1.5.0", false},
		{"test", "1.5.0", false}, {"1.4.0", "", false}, {"", "", false}, {"1.-4", "1.5", false}, {"1.2.3.4", "2.0", false},
	} {
		assert.Equal(t, c.older, Older(c.a, c.b), "%s and %s", c.a, c.b)
	}
}

func TestWhichReleasesAreServed(t *testing.T) {
	var none *Releases
	require.Nil(t, none.Refusal("1.0"))
	assert.Empty(t, none.News("1.0"))
	r := &Releases{Newest: "1.5.0", Oldest: "1.4.0", From: "It is in the shop of your organisation."}
	refused := r.Refusal("v1.3.9-2-gabc")
	require.True(t, IsCode(refused, CodeUpdate))
	assert.Equal(t, "This program is version 1.3.9, and the service needs 1.4.0 or a later one.", refused.Title)
	assert.Equal(t, "What you wrote on this computer is kept, and goes when you sign in with a newer version. It is in the shop of your organisation.", refused.Detail)
	require.Nil(t, r.Refusal("1.4.0"))
	require.Nil(t, r.Refusal("development"), "nobody can tell")
	assert.Equal(t, "Version 1.5.0 of this program is there. It is in the shop of your organisation.", r.News("1.4.0"))
	assert.Empty(t, r.News("1.5.0"))
	assert.Equal(t, "1.5.0-1-gabc", AgentVersion("cmc/1.5.0-1-gabc (windows)"))
	assert.Empty(t, AgentVersion("curl/8"))
}
