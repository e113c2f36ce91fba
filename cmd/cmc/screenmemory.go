package main

// What may change here: how long it is remembered that a screen has no OpenGL.

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// withoutFor is how long a screen counts as having no OpenGL after it was tried in vain: finding out costs as much as a whole start. After that it
// is tried again, since somebody may have put it there; a new version of the program tries too.
const withoutFor = 7 * 24 * time.Hour

// screenName is the screen that the program starts on, as far as it matters: a Windows desktop is asked for once at the computer itself, and
// once from afar ("RDP-Tcp#3"), and only one of the two may have OpenGL.
func screenName() string {
	session, _, _ := strings.Cut(os.Getenv("SESSIONNAME"), "#")
	return strings.Join(strings.Fields(session+" "+os.Getenv("DISPLAY")), " ")
}

func withoutFile(profile string) string { return filepath.Join(profile, "no-opengl") }

// noteWithout remembers that this screen has no OpenGL. Where it cannot be written down the next start finds out again.
func noteWithout(profile string, now time.Time) {
	_ = os.WriteFile(withoutFile(profile), []byte(strings.Join([]string{version, screenName(), now.UTC().Format(time.RFC3339)}, "\n")), 0o600)
}

// knownWithout says whether it was found out lately that this screen has no OpenGL.
func knownWithout(profile string, now time.Time) bool {
	raw, err := os.ReadFile(withoutFile(profile))
	parts := strings.Split(string(raw), "\n")
	if err != nil || len(parts) != 3 || parts[0] != version || parts[1] != screenName() {
		return false
	}
	at, err := time.Parse(time.RFC3339, parts[2])
	return err == nil && now.Sub(at) < withoutFor && now.Sub(at) > -withoutFor
}
