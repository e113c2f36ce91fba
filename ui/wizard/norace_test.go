//go:build !race

package wizard

// slower is how much slower this build is than the one that people use.
const slower = 1
