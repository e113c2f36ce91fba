package central

// What may change here: what happens to every request before and after its route: limits, panics, the log, the figures.

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"cmc/api"
	"cmc/api/central/document"
	"cmc/api/central/pressure"
)

// A note is what a route tells the log about its request, and what is known of the request before its route.
type note struct {
	user string
	from netip.Addr // where it comes from
}

type noteKey struct{}

func noteUser(ctx context.Context, id string) {
	if n, there := ctx.Value(noteKey{}).(*note); there {
		n.user = id
	}
}

// A recorder keeps the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status != 0 {
		return // the answer has begun; the framework adds 499 when the client has gone in the middle of it
	}
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// guard stands before every route.
func (s *Service) guard(next *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		out := &recorder{ResponseWriter: w}
		n := &note{from: pressure.From(r, s.options.Proxies)}
		r = r.WithContext(context.WithValue(r.Context(), noteKey{}, n))
		headers := w.Header()
		headers.Set("Cache-Control", "no-store")
		headers.Set("X-Content-Type-Options", "nosniff")
		headers.Set("X-Frame-Options", "DENY")
		headers.Set("Referrer-Policy", "no-referrer")
		headers.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'")
		if r.TLS != nil {
			headers.Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer func() {
			if broken := recover(); broken != nil {
				if broken == http.ErrAbortHandler {
					panic(broken)
				}
				// The stack names functions, never values: a panic's own words could hold an answer.
				s.log.ErrorContext(r.Context(), "panic", "route", r.Pattern, "stack", string(debug.Stack()))
				s.gauges.panics.Inc()
				if out.status == 0 {
					answerProblem(out, refuse(api.CodeInternal, "Something went wrong in the service.",
						"Nothing was saved. Try again; if it happens again, call the help desk."))
				}
			}
			took := time.Since(began)
			route := r.Pattern
			s.gauges.request(route, out.status, took)
			s.log.LogAttrs(r.Context(), level(route, out.status), "request", attrs(r.Method, route, out.status, took, n.user)...)
		}()
		most := int64(maxPlanBody)
		if isAttach(r) {
			most = document.MaxSize
		}
		if isFile(r) {
			out.ResponseWriter, r.Body = slowly(w, r.Body)
		}
		r.Body = http.MaxBytesReader(out, r.Body, most+1)
		if !plainPath(r.URL) {
			r.Pattern = "(path)"
			answerProblem(out, nothingHere())
			return
		}
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			// There is one form of each answer, whatever is asked for; and the framework panics over some of what can be written here.
			r.Header.Del("Accept")
		}
		if refused := mediaRefused(r); refused != nil {
			r.Pattern = "(media type)"
			answerProblem(out, refused)
			return
		}
		leave, refused := s.crowded(r)
		if refused != nil {
			r.Pattern = "(crowded)"
			answerProblem(out, refused)
			return
		}
		defer leave()
		next.ServeHTTP(out, r)
	})
}

// came is the address that a request comes from.
func came(ctx context.Context) netip.Addr {
	n, _ := ctx.Value(noteKey{}).(*note)
	if n == nil {
		return netip.Addr{}
	}
	return n.from
}

// plainPath says whether a path is written in its only form. The router would send another one elsewhere, with what was typed in
// the answer; no client of ours needs that.
func plainPath(u *url.URL) bool {
	typed := u.EscapedPath()
	clean := path.Clean("/" + typed)
	return typed == clean || clean != "/" && typed == clean+"/"
}

// mediaRefused refuses a body that does not say that it is JSON.
func mediaRefused(r *http.Request) *api.Problem {
	switch r.Method {
	case http.MethodPost, http.MethodPatch, http.MethodPut:
	default:
		return nil
	}
	if isAttach(r) {
		return fileRefused(r)
	}
	if r.URL.Path == logoutPath { // a form, by its standard
		return nil
	}
	if r.ContentLength <= 0 && r.Header.Get("Content-Type") == "" {
		return nil // no body: the route says whether it needs one
	}
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	if media == "application/json" || media == "application/merge-patch+json" {
		return nil
	}
	p := refuse(api.CodeInvalid, "This service reads JSON.", "Send Content-Type: application/json.")
	p.Status = http.StatusUnsupportedMediaType
	return p
}

// answerProblem writes a problem.
func answerProblem(w http.ResponseWriter, p *api.Problem) {
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the status is out: nothing better can be said
}

// elsewhere answers for paths and methods that no route has.
func (s *Service) elsewhere(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{get, post, patch, remove, http.MethodPut} {
			if method == r.Method {
				continue
			}
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := mux.Handler(other); pattern != "" && pattern != "/" {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) == 0 {
			answerProblem(w, nothingHere())
			return
		}
		slices.Sort(allowed)
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		p := refuse(api.CodeInvalid, "This address does not take the method "+knownMethod(r.Method)+".", "It takes "+strings.Join(allowed, ", ")+".")
		p.Status = http.StatusMethodNotAllowed
		answerProblem(w, p)
	}
}

func nothingHere() *api.Problem {
	return refuse(api.CodeNotFound, "There is nothing at this address.", "The routes are listed at /docs.")
}

func knownMethod(method string) string {
	if slices.Contains([]string{get, post, patch, remove, http.MethodPut, http.MethodHead, http.MethodOptions}, method) {
		return method
	}
	return "sent"
}

func statusClass(status int) string { return strconv.Itoa(status/100) + "xx" }
