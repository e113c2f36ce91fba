package api

// What may change here: how the Idempotency-Key of a call is given where its method takes none.

import "context"

type keyOfCall struct{}

// WithKey makes what is asked for a plan within ctx carry this Idempotency-Key instead of one that the client chooses, so that
// the same can be asked again after a restart and is done once. Use it for one thing only: the service refuses a key that
// comes with another request.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyOfCall{}, key)
}

// keyIn is the key that was given with WithKey, or "".
func keyIn(ctx context.Context) string {
	key, _ := ctx.Value(keyOfCall{}).(string)
	return key
}
