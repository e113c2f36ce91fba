package central

// What may change here: the routes for whoever runs the service, and the page that lists the others.

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// house hangs up the routes that are not part of the contract.
func (s *Service) house(mux *http.ServeMux, a huma.API) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), s.limits.Time)
		defer cancel()
		if err := s.store.Ready(ctx); err != nil {
			answerProblem(w, s.problemOf(ctx, err))
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "ready")
	})
	mux.HandleFunc("POST "+logoutPath, s.logoutSSO)
	mux.Handle("GET /metrics", s.gauges.handler())
	page := docs(a.OpenAPI(), s.options.Name)
	mux.HandleFunc("GET /docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	})
	mux.HandleFunc("GET /docs/style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		fmt.Fprint(w, style)
	})
	mux.HandleFunc("/", s.elsewhere(mux))
}

const style = `body{font:16px/1.5 Arial,sans-serif;color:#212b32;background:#f0f4f5;margin:0}
header{background:#005eb8;color:#fff;padding:16px 32px}main{max-width:60em;margin:0 auto;padding:16px 32px;background:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid #d8dde0;vertical-align:top}
code{font:14px/1.4 monospace}h1{font-size:24px;margin:0}h2{font-size:20px}a{color:#005eb8}`

// docs is a plain page that lists the routes, made from the same description as /openapi.json. It needs no other server.
func docs(description *huma.OpenAPI, name string) string {
	var page strings.Builder
	fmt.Fprintf(&page, `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>%[1]s: routes</title><link rel="stylesheet" href="/docs/style.css"></head>`+
		`<body><header><h1>%[1]s: routes</h1></header><main><p>%[2]s</p><p>The same for machines: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>`+
		`<table><thead><tr><th>Method</th><th>Path</th><th>What it does</th><th>Sign-in</th></tr></thead><tbody>`,
		html.EscapeString(name), html.EscapeString(description.Info.Description))
	paths := make([]string, 0, len(description.Paths))
	for path := range description.Paths {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	for _, path := range paths {
		item := description.Paths[path]
		for _, one := range []struct {
			method string
			op     *huma.Operation
		}{{get, item.Get}, {post, item.Post}, {patch, item.Patch}, {remove, item.Delete}} {
			if one.op == nil {
				continue
			}
			sign := "yes"
			if len(one.op.Security) == 0 {
				sign = "no"
			}
			fmt.Fprintf(&page, "<tr><td>%s</td><td><code>%s</code></td><td>%s</td><td>%s</td></tr>",
				one.method, html.EscapeString(path), html.EscapeString(one.op.Summary), sign)
		}
	}
	page.WriteString("</tbody></table></main></body></html>")
	return page.String()
}
