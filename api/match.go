package api

// What may change here: how a call says which state of the plan its writer has seen, where its method takes no tag.

import "context"

type tagOfCall struct{}

// WithMatch makes what is asked for a plan within ctx carry If-Match with this tag: the plan's, as the person saw it. A plan that
// has changed since refuses it with CodeConflict, and nothing is done. An empty tag changes nothing.
func WithMatch(ctx context.Context, etag string) context.Context {
	if etag == "" {
		return ctx
	}
	return context.WithValue(ctx, tagOfCall{}, etag)
}

// matchIn is the tag of a call, or the one that was given with WithMatch, or "".
func matchIn(ctx context.Context, etag string) string {
	if given, ok := ctx.Value(tagOfCall{}).(string); ok && etag == "" {
		return given
	}
	return etag
}
