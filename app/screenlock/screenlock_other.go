//go:build !linux && !windows && !darwin

package screenlock

// What may change here: nothing: a system that tells of its lock gets a file of its own.

import "context"

// Watch says that nothing is told here.
func Watch(context.Context, func()) error { return ErrSilent }
