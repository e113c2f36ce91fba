//go:build race

package wizard

// slower is how much slower the race detector makes everything.
const slower = 10
