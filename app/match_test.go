//go:build linux

package app_test

// What may change here: that whatever the desk asks of a plan says which state of it the person has seen.

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"cmc/api"
	"cmc/app"
)

// The desk's calls that only add something beside the plan: they take nobody's place (central's TestEveryWriteIsSorted).
var deskAdds = []string{"Comment", "CommentDone", "Feedback"}

// Every method of the desk that does something to a plan, found by its shape, sends the tag of the plan that it was given; a
// stale one changes nothing, and what is said of it promises no more than that.
func TestEveryWriteOfTheDeskSaysWhatItHasSeen(t *testing.T) {
	w := openWard(t)
	service, err := url.Parse(w.web.URL)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var writes []*http.Request
	pass := httputil.NewSingleHostReverseProxy(service)
	seen := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/plans/") {
			mu.Lock()
			writes = append(writes, r.Clone(context.Background()))
			mu.Unlock()
		}
		pass.ServeHTTP(rw, r)
	}))
	defer seen.Close()
	defer seen.CloseClientConnections()
	d, err := app.New(app.Params{ProfileDir: t.TempDir(), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.SetAddress(seen.URL); err != nil {
		t.Fatal(err)
	}
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	before, err := w.client("carehome").Plan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	stale := *plan
	stale.Etag = `"0"`

	desk := reflect.ValueOf(d)
	tried := 0
	for i := range desk.NumMethod() {
		name, method := desk.Type().Method(i).Name, desk.Method(i)
		shape := method.Type()
		if shape.NumIn() < 2 || shape.In(0) != reflect.TypeFor[context.Context]() || shape.In(1) != reflect.TypeFor[*api.Plan]() ||
			shape.NumOut() != 2 || shape.Out(0) != reflect.TypeFor[*api.Plan]() || slices.Contains(deskAdds, name) {
			continue
		}
		tried++
		mu.Lock()
		writes = nil
		mu.Unlock()
		in := []reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(&stale)}
		for n := 2; n < shape.NumIn(); n++ {
			body := reflect.New(shape.In(n)).Elem()
			if body.Kind() == reflect.Struct && body.FieldByName("Reason").IsValid() {
				body.FieldByName("Reason").SetString("Asked by the family")
			}
			in = append(in, body)
		}
		out := method.Call(in)
		failed, _ := out[1].Interface().(error)
		if failed == nil {
			t.Errorf("%s was done for who has not seen the plan as it is", name)
		}
		mu.Lock()
		got := slices.Clone(writes)
		mu.Unlock()
		if len(got) == 0 {
			t.Errorf("%s sent no write: %v", name, failed)
		}
		queued := name == "Submit" || name == "ConfirmProblem" // the queue sends the words first, and then with the tag that they have
		for _, one := range got {
			if tag := one.Header.Get("If-Match"); tag == "" || tag != stale.Etag && !queued {
				t.Errorf("%s says that it has seen %q", name, tag)
			}
			if one.Header.Get("Idempotency-Key") == "" {
				t.Errorf("%s could be done twice", name)
			}
		}
		if api.IsCode(failed, api.CodeConflict) {
			if words := app.Explain(failed); !strings.Contains(words.Means, "Nothing of yours is lost") {
				t.Errorf("%s: %+v", name, words)
			}
		}
	}
	if tried < 13 {
		t.Fatalf("only %d methods of the desk were found", tried)
	}
	after, err := w.client("carehome").Plan(t.Context(), plan.ID)
	if err != nil || after.Etag != before.Etag || after.Status != before.Status || !after.Draft.Answers.Equal(before.Draft.Answers) {
		t.Fatalf("something changed: %v %s %s", err, before.Etag, after.Etag)
	}
}
