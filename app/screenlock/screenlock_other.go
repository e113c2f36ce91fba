//go:build !linux && !windows && !darwin

package screenlock

import "context"

// Watch says that nothing is told here.
func Watch(context.Context, func()) error { return ErrSilent }
