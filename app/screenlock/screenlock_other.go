//go:build !linux && !windows

package screenlock

import "context"

// Watch says that nothing is told here.
func Watch(context.Context, func()) error { return ErrSilent }
