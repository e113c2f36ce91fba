package preset

// What may change here: how it is held that a policy comes before an installation, and that nonsense settles nothing.

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAPolicyComesFirst(t *testing.T) {
	type values = map[string]string
	for name, try := range map[string]struct {
		policy, installed values
		want              Preset
	}{
		"nothing":            {nil, nil, Preset{}},
		"an installation":    {nil, values{ServiceAddress: " https://a.example ", IdleLockMinutes: "3", SingleSignOnOnly: "1"}, Preset{"https://a.example", false, true, 3}},
		"a policy":           {values{ServiceAddress: "https://b.example/"}, values{ServiceAddress: "https://a.example"}, Preset{"https://b.example", true, false, 0}},
		"a policy for part":  {values{IdleLockMinutes: "2"}, values{ServiceAddress: "https://a.example", IdleLockMinutes: "9"}, Preset{"https://a.example", false, false, 2}},
		"a policy against":   {values{SingleSignOnOnly: "0"}, values{SingleSignOnOnly: "1"}, Preset{}},
		"an empty policy":    {values{ServiceAddress: " "}, values{ServiceAddress: "https://a.example"}, Preset{"https://a.example", false, false, 0}},
		"never off":          {values{IdleLockMinutes: "0"}, nil, Preset{}},
		"longer than may be": {values{IdleLockMinutes: "16"}, nil, Preset{}},
		"no number":          {values{IdleLockMinutes: "soon", SingleSignOnOnly: "yes"}, nil, Preset{}},
	} {
		assert.Equal(t, try.want, from(try.policy, try.installed), name)
	}
}
