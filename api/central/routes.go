package central

// What may change here: the routes. One line is one route: who may call it, method, path, what it does for a reader of the
// documentation, and the function that answers. A route that a client uses has a method on api.Client; a test compares the
// two.

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

func (s *Service) routes(a huma.API) {
	// Before signing in.
	open(s, a, get, "/v1/service", "service", "What this service is", s.serviceRoute)
	open(s, a, post, "/v1/sessions", "sign-in", "Sign in", s.signInRoute)
	open(s, a, post, "/v1/sessions/sso/start", "start-sso", "Begin to sign in at the identity provider", s.startSSORoute)
	open(s, a, post, "/v1/sessions/sso", "sign-in-sso", "Sign in with what the browser brought back", s.signInSSORoute)

	// The signed-in person.
	signed(s, a, remove, "/v1/sessions/current", "sign-out", "Sign out", s.signOutRoute)
	signed(s, a, post, "/v1/sessions/sso/proof/start", "start-proof", "Begin to prove again who one is, for one approval", s.startProofRoute)
	signed(s, a, post, "/v1/sessions/sso/proof", "prove", "The proof for one approval; audited", s.proveRoute)
	signed(s, a, post, "/v1/sessions/current/position", "choose-position", "Work in another of one's positions; audited", s.choosePositionRoute)
	signed(s, a, get, "/v1/me", "me", "Who am I, and what may I do", s.meRoute)

	// Finding people, and starting and writing a plan.
	signed(s, a, post, "/v1/patients/search", "search-patients", "Find people by NHS number, or by family name and date of birth; audited", s.searchRoute)
	signed(s, a, post, "/v1/plans", "create-plan", "Start a plan; 409 with plan_id when the person has one", s.createRoute)
	signed(s, a, get, "/v1/plans/{id}", "plan", "One plan as the caller may see it; audited", s.planRoute)
	signed(s, a, post, "/v1/plans/{id}/open", "open", "Say why a record that is not one's own is opened", s.openRoute)
	signed(s, a, post, "/v1/plans/{id}/break-glass", "break-glass", "Open a record in an emergency; asked twice, told to the practice, reviewed", s.breakGlassRoute)
	signed(s, a, patch, "/v1/plans/{id}/draft", "patch-draft", "Save answers (RFC 7386); needs If-Match, 412 when stale", s.patchRoute)
	signed(s, a, get, "/v1/plans/{id}/problems", "problems", "Every gap at once, as approval would find them", s.problemsRoute)
	signed(s, a, post, "/v1/plans/{id}/comments", "comment", "Comment on a field of the draft", s.commentRoute)
	signed(s, a, post, "/v1/plans/{id}/comments/{comment}/done", "comment-done", "Mark a comment as answered", s.commentDoneRoute)
	signed(s, a, post, "/v1/plans/{id}/confirmations", "confirm-problem", "Say that something unusual is still so, and why", s.confirmRoute)

	// Copies of documents.
	signed(s, a, post, "/v1/plans/{id}/attachments", "attach", "Attach a copy of a document (PDF, JPEG or PNG); audited", s.attachRoute)
	signed(s, a, get, "/v1/plans/{id}/attachments/{sha256}", "attachment", "One copy as it was kept; audited", s.attachmentRoute)

	// The events of the lifecycle (package lifecycle has the table).
	signed(s, a, post, "/v1/plans/{id}/take-up", "take-up", "Take up what a patient has sent", s.takeUpRoute)
	signed(s, a, post, "/v1/plans/{id}/submit", "submit", "Send the draft for review; needs If-Match", s.submitRoute)
	signed(s, a, post, "/v1/plans/{id}/return", "return", "Send the draft back with a reason", s.returnRoute)
	signed(s, a, post, "/v1/plans/{id}/approve", "approve", "Publish the draft; needs If-Match, the password (or a proof) and five checks", s.approveRoute)
	signed(s, a, post, "/v1/plans/{id}/amend", "amend", "Open a draft beside the live version", s.amendRoute)
	signed(s, a, post, "/v1/plans/{id}/discard", "discard", "Drop the draft of an amendment", s.discardRoute)
	signed(s, a, post, "/v1/plans/{id}/withdraw", "withdraw", "Take the plan out of use", s.withdrawRoute)
	signed(s, a, post, "/v1/plans/{id}/suspend", "suspend", "Hide the plan for safety", s.suspendRoute)
	signed(s, a, post, "/v1/plans/{id}/resume", "resume", "End a suspension", s.resumeRoute)
	signed(s, a, post, "/v1/plans/{id}/deceased", "deceased", "Notify that the person has died", s.deceasedRoute)
	signed(s, a, post, "/v1/plans/{id}/close", "close-record", "Close the plan of a person who has died", s.closeRoute)
	signed(s, a, post, "/v1/plans/{id}/error", "enter-in-error", "Mark the plan as entered in error", s.errorRoute)

	// What was approved, and what a crew reads.
	signed(s, a, get, "/v1/plans/{id}/versions", "versions", "The approved versions, newest first", s.versionsRoute)
	signed(s, a, get, "/v1/plans/{id}/versions/{n}", "version", "One approved version", s.versionRoute)
	signed(s, a, get, "/v1/plans/{id}/versions/{n}/changes", "changes", "What changed: a version, or draft, against the one before", s.changesRoute)
	signed(s, a, get, "/v1/plans/{id}/summary", "summary", "The urgent care summary in blocks; audited", s.summaryRoute)
	signed(s, a, get, "/v1/plans/{id}/summary.pdf", "summary-pdf", "The same on one A4 page; audited as a print", s.summaryPDFRoute)
	signed(s, a, post, "/v1/plans/{id}/prints", "printed", "Tell that a page was printed or kept as PDF", s.printedRoute)
	signed(s, a, post, "/v1/plans/{id}/reveal", "revealed", "Show one hidden answer, with a reason; audited", s.revealRoute)
	signed(s, a, post, "/v1/plans/{id}/feedback", "feedback", "A crew's two taps: used, or could not use", s.feedbackRoute)
	signed(s, a, get, "/v1/plans/{id}/access-log", "access-log", "Who saw the plan, when and why; for the person, in plain words", s.accessLogRoute)

	// Looking after who looked.
	signed(s, a, get, "/v1/governance/break-glass", "break-glass-queue", "Openings in an emergency, those that wait for review first; audited", s.glassQueueRoute)
	signed(s, a, post, "/v1/governance/break-glass/{id}/reviewed", "break-glass-reviewed", "Say what became of an opening", s.glassReviewedRoute)

	// Reading offline.
	signed(s, a, get, "/v1/bundle", "bundle", "The plans that the caller may read offline, with their limit; audited", s.bundleRoute)
	signed(s, a, post, "/v1/bundle/readings", "bundle-readings", "Tell what was read offline; audited", s.readOfflineRoute)
	signed(s, a, post, "/v1/accounts/wipe", "wipe", "Have somebody's computers erase what they keep to be read offline; audited", s.wipeRoute)

	// Work.
	signed(s, a, get, "/v1/worklists", "worklists", "The caller's worklists with counts", s.worklistsRoute)
	signed(s, a, get, "/v1/worklists/{name}", "worklist", "One worklist, the longest wait first", s.worklistRoute)
	// Reports.
	signed(s, a, get, "/v1/reports", "reports", "The reports that the caller has", s.reportsRoute)
	signed(s, a, get, "/v1/reports/{name}", "report", "One report, as JSON or as comma-separated values; audited", s.reportRoute)

	signed(s, a, get, "/v1/events", "events", "Server-sent events: what changed, for those who may know", s.eventsRoute)
}
