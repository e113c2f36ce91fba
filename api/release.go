package api

// What may change here: how the service says which versions of the desktop it serves, and how versions are compared.

import (
	"strconv"
	"strings"
)

// Releases says which versions of the desktop a service serves. The zero value says nothing, and serves all.
type Releases struct {
	Newest string `json:"newest,omitempty"` // the newest that there is: "1.5.0"
	Oldest string `json:"oldest,omitempty"` // the oldest that is served: nobody signs in with an older one
	From   string `json:"from,omitempty"`   // where a newer one comes from, a sentence for people
}

// usualFrom is where a newer version comes from when the service does not say.
const usualFrom = "Ask your help desk for it."

// from is the sentence about where a newer version comes from.
func (r *Releases) from() string {
	if r.From == "" {
		return usualFrom
	}
	return r.From
}

// Refusal is why the service does not let anybody sign in with this version, or nil: it does, or nobody can tell. r may be nil.
func (r *Releases) Refusal(version string) *Problem {
	if r == nil || !Older(version, r.Oldest) {
		return nil
	}
	return &Problem{Type: TypeOf(CodeUpdate), Status: 426,
		Title:  "This program is version " + trimmed(version) + ", and the service needs " + r.Oldest + " or a later one.",
		Detail: "What you wrote on this computer is kept, and goes when you sign in with a newer version. " + r.from()}
}

// News is a sentence about a newer version, or "": there is none, or nobody can tell. r may be nil.
func (r *Releases) News(version string) string {
	if r == nil || !Older(version, r.Newest) {
		return ""
	}
	return "Version " + r.Newest + " of this program is there. " + r.from()
}

// Older says whether version a comes before b. A version is up to three numbers with full stops between, such as 1.5 or v1.5.0; what
// follows a hyphen (the changes since, the commit) does not count. false where either is none.
func Older(a, b string) bool {
	x, ok := numbers(a)
	y, also := numbers(b)
	if !ok || !also {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}

// IsVersion says whether words can be compared as a version.
func IsVersion(words string) bool {
	_, ok := numbers(words)
	return ok
}

// trimmed is a version without what follows a hyphen.
func trimmed(version string) string {
	version, _, _ = strings.Cut(version, "-")
	return strings.TrimPrefix(version, "v")
}

func numbers(version string) (out [3]int, ok bool) {
	parts := strings.Split(trimmed(version), ".")
	if len(parts) < 2 || len(parts) > len(out) {
		return out, false // a single number is a commit, more often than not
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return out, false
		}
		out[i] = n
	}
	return out, true
}

// agentName is what a desktop's User-Agent begins with: "cmc/1.5.0 (windows)".
const agentName = "cmc/"

// AgentVersion is the version in a desktop's User-Agent, or "" for any other program's.
func AgentVersion(agent string) string {
	version, ok := strings.CutPrefix(agent, agentName)
	if !ok {
		return ""
	}
	version, _, _ = strings.Cut(version, " ")
	return version
}
