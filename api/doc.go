// Package api is the contract between the desktop and the central service: request and response types, the problem that
// every error is, and the one client (resty) that speaks it.
//
// Contract:
//   - The JSON names here are public. They grow; they are never renamed. A test pins them, and /openapi.json is made from them.
//   - Times are RFC 3339 in UTC; dates are 2006-01-02 with no zone. The server's clock is the clinical clock.
//   - Errors are RFC 9457 problem+json (Problem). No error text holds a patient's data.
//   - Client may be used from any goroutine, never from the drawing thread: every call may block until its context ends.
//   - The package imports forms and nothing else of this repository.
package api
