package central

// What may change here: what each route takes and gives, and how routes are hung into the framework.

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/lifecycle"
	"cmc/forms"
	"cmc/forms/plan"
)

// The largest bodies.
const (
	maxPlanBody  = 3 << 20
	maxOtherBody = 64 << 10
)

// wire builds the handler of every route.
func (s *Service) wire() http.Handler {
	mux := http.NewServeMux()
	config := huma.DefaultConfig(s.options.Name, s.options.Version)
	config.Info.Description = "Urgent care plans: written by those who know the person, approved by a clinician, read by a crew. " +
		"Errors are problem+json (RFC 9457). Writes carry If-Match where the description says so, and take an Idempotency-Key: " +
		"a repeat with the same key gets the first answer."
	config.CreateHooks = nil // no $schema in answers: the JSON is what api's types say
	config.DocsPath = ""     // the page is our own, so that it needs no other server
	config.SchemasPath = ""
	config.OpenAPIPath = "/openapi"
	config.RejectUnknownQueryParameters = true
	config.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "The token of POST /v1/sessions"},
	}
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[forms.Answers](), reflect.TypeFor[answersSchema]())
	a := humago.New(mux, config)
	s.routes(a)
	describe(a.OpenAPI())
	s.house(mux, a)
	return s.guard(mux)
}

// describe says of every write what else it may be answered, and that its If-Match must be there: a missing one is 428 and no fault of the
// form, so that the framework is not told.
func describe(api *huma.OpenAPI) {
	for _, item := range api.Paths {
		for _, op := range []*huma.Operation{item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			more := []int{http.StatusConflict}
			if op.RequestBody != nil {
				more = append(more, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
			}
			for _, p := range op.Parameters {
				if p.Name == "If-Match" {
					p.Required = true
					more = append(more, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
				}
			}
			if op.OperationID == "sign-in" || op.OperationID == "approve" {
				more = append(more, http.StatusLocked) // a password that was guessed too often
			}
			for _, status := range more {
				if known := op.Responses["503"]; op.Responses[strconv.Itoa(status)] == nil && known != nil {
					one := *known
					one.Description = http.StatusText(status)
					op.Responses[strconv.Itoa(status)] = &one
				}
			}
		}
	}
}

var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(v)
	},
	Unmarshal: json.Unmarshal,
}

// answersSchema describes forms.Answers in /openapi.json, since its JSON is not what its Go fields say.
type answersSchema struct{}

// Schema implements huma.SchemaProvider.
func (answersSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject,
		Description: `Answers by the id of the question: {"value": ...}, {"state": "unknown"}, or {"rows": {"id": {"order": 1, "answers": {...}}}}. ` +
			"The questions and their kinds are those of the plan's definition.",
		AdditionalProperties: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true},
	}
}

// schemaName keeps the types of forms apart from those of api that have the same name.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.PkgPath() == reflect.TypeFor[forms.Problem]().PkgPath() {
		return "Form" + name
	}
	return name
}

func operation(method, path, id, about string, body int64) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: about, MaxBodyBytes: body, BodyReadTimeout: 20 * time.Second,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests, http.StatusServiceUnavailable}}
}

// open hangs up a route that needs no sign-in.
func open[I, O any](s *Service, a huma.API, method, path, id, about string, answer func(context.Context, *I) (*O, error)) {
	class := classOf(id, method, path)
	huma.Register(a, operation(method, path, id, about, maxOtherBody), func(ctx context.Context, in *I) (*O, error) {
		out, err := func() (*O, error) {
			if err := s.pace.Address(came(ctx)); err != nil {
				return nil, err
			}
			ctx, leave, err := s.enter(ctx, class)
			if err != nil {
				return nil, err
			}
			defer leave()
			return answer(ctx, in)
		}()
		if err != nil {
			return nil, s.withHeaders(s.problemOf(ctx, err))
		}
		return out, nil
	})
}

// signed hangs up a route for a signed-in person.
func signed[I, O any](s *Service, a huma.API, method, path, id, about string, answer func(context.Context, *caller, *I) (*O, error)) {
	limit := int64(maxOtherBody)
	if path == "/v1/plans" || method == patch {
		limit = maxPlanBody
	}
	class := classOf(id, method, path)
	op := operation(method, path, id, about, limit)
	op.Security = []map[string][]string{{"token": {}}}
	op.Middlewares = huma.Middlewares{s.gate(a)}
	files(&op)
	switch id {
	case "summary":
		op.Responses = written("application/json", a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[forms.Summary](), true, "Summary"))
	case "report":
		op.Responses = reportAnswers(a)
	case "summary-pdf":
		op.Responses = written("application/pdf", &huma.Schema{Type: huma.TypeString, Format: "binary"})
	}
	huma.Register(a, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := func() (*O, error) {
			c := callerOf(ctx)
			ctx, leave, err := s.enter(ctx, weigh(class, id, c, in))
			if err != nil {
				return nil, err
			}
			defer leave()
			return answer(ctx, c, in)
		}()
		if err != nil {
			return nil, s.withHeaders(s.problemOf(ctx, err))
		}
		return out, nil
	})
}

// written describes an answer that the route writes itself.
func written(media string, schema *huma.Schema) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{media: {Schema: schema}}}}
}

// withHeaders adds the headers that go with a problem.
func (s *Service) withHeaders(p *api.Problem) error {
	headers := http.Header{}
	if p.RetryAfter > 0 {
		headers.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		headers.Set("WWW-Authenticate", "Bearer")
	}
	if p.Etag != "" {
		headers.Set("ETag", p.Etag)
	}
	if len(headers) == 0 {
		return p
	}
	return huma.ErrorWithHeaders(p, headers)
}

// gate lets signed-in people through.
func (s *Service) gate(a huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		looking, done := context.WithTimeout(ctx.Context(), s.limits.Time)
		holder, err := s.book.Session(looking, account.Bearer(ctx.Header("Authorization")))
		done()
		switch {
		case err == nil:
			err = s.pace.Person(holder.User.ID)
		case errors.Is(err, account.ErrSession): // tokens are not to be tried out
			if fast := s.pace.Address(came(ctx.Context())); fast != nil {
				err = fast
			}
		}
		if err != nil {
			p := s.problemOf(ctx.Context(), s.goneFor(ctx.Context(), account.Bearer(ctx.Header("Authorization")), err))
			if p.Status == http.StatusUnauthorized {
				ctx.SetHeader("WWW-Authenticate", "Bearer")
			}
			writeProblem(ctx, p)
			return
		}
		noteUser(ctx.Context(), holder.User.ID)
		if !holder.Chosen() && !withoutPosition[ctx.Operation().OperationID] {
			writeProblem(ctx, refuse(api.CodePosition, "You hold several positions and have not chosen one.", "Choose in which position you work now."))
			return
		}
		next(huma.WithValue(ctx, callerKey{}, s.caller(holder)))
	}
}

// writeProblem answers with a problem outside a route's function.
func writeProblem(ctx huma.Context, p *api.Problem) {
	if p.RetryAfter > 0 {
		ctx.SetHeader("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p) // the status is out: nothing better can be said
}

type nothing struct{}

// A body out.
type answerOf[T any] struct {
	Body *T
}

// planOut is a plan with its tag.
type planOut struct {
	ETag string `header:"ETag" doc:"Send it as If-Match with the next write"`
	Body *api.Plan
}

func planAnswer(p *api.Plan, err error) (*planOut, error) {
	if err != nil {
		return nil, err
	}
	return &planOut{ETag: p.Etag, Body: p}, nil
}

func answerWith[T any](body *T, err error) (*answerOf[T], error) {
	if err != nil {
		return nil, err
	}
	return &answerOf[T]{Body: body}, nil
}

// PlanIn names a plan. It is exported, as WriteIn is, because the framework reads embedded fields of exported types only.
type PlanIn struct {
	ID string `path:"id" maxLength:"100"`
}

// WriteIn is a write to a plan.
type WriteIn struct {
	PlanIn
	IfMatch string `header:"If-Match" maxLength:"200" doc:"The ETag of the plan as the writer saw it"`
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"A repeat with the same key gets the first answer"`
}

type writeOf[T any] struct {
	WriteIn
	Body T
}

func (s *Service) serviceRoute(_ context.Context, _ *nothing) (*answerOf[api.ServiceInfo], error) {
	return &answerOf[api.ServiceInfo]{Body: &api.ServiceInfo{Name: s.options.Name, Version: s.options.Version, Training: s.options.Training,
		HelpDesk: s.options.HelpDesk, Time: s.now(), Definition: plan.Definition().Name(), SSO: s.ssoInfo(), LockMinutes: s.options.LockMinutes, Client: s.releases()}}, nil
}

// FromClient is which program asks.
type FromClient struct {
	Agent string `header:"User-Agent" doc:"A desktop says cmc/VERSION: one that is no longer served is told so"`
}

func (s *Service) signInRoute(ctx context.Context, in *struct {
	FromClient
	Body api.Credentials
}) (*answerOf[api.Session], error) {
	if err := s.tooOld(in.FromClient); err != nil {
		return nil, err
	}
	return answerWith(s.signIn(ctx, in.Body))
}

func (s *Service) signOutRoute(ctx context.Context, c *caller, _ *nothing) (*nothing, error) {
	return &nothing{}, s.book.SignOut(ctx, c.Holder)
}

func (s *Service) meRoute(ctx context.Context, c *caller, _ *nothing) (*answerOf[api.User], error) {
	return answerWith(s.who(ctx, c.Holder))
}

type searchIn struct{ Body api.PatientSearch }

func (s *Service) searchRoute(ctx context.Context, c *caller, in *searchIn) (*answerOf[api.PatientList], error) {
	return answerWith(s.search(ctx, c, in.Body))
}

// newPlan is api.NewPlan with its answers still unread: the definition reads them, and names the field at fault.
type newPlan struct {
	PatientID string          `json:"patient_id,omitempty" maxLength:"100"`
	Answers   json.RawMessage `json:"answers,omitempty" doc:"At least the names and the date of birth, for a person whom the index does not know"`
	Reason    string          `json:"reason,omitempty" maxLength:"300"`
}

func (s *Service) createRoute(ctx context.Context, c *caller, in *struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body newPlan
}) (*planOut, error) {
	return planAnswer(s.create(ctx, c, beginning(in.Body), in.Key))
}

func (s *Service) planRoute(ctx context.Context, c *caller, in *PlanIn) (*planOut, error) {
	return planAnswer(s.view(ctx, c, in.ID))
}

func (s *Service) openRoute(ctx context.Context, c *caller, in *writeOf[api.Opening]) (*planOut, error) {
	return planAnswer(s.openWith(ctx, c, in.ID, in.Body, in.Key))
}

func (s *Service) patchRoute(ctx context.Context, c *caller, in *struct {
	WriteIn
	RawBody []byte `contentType:"application/merge-patch+json"`
}) (*planOut, error) {
	return planAnswer(s.patch(ctx, c, in.ID, append([]byte(nil), in.RawBody...), in.IfMatch, in.Key))
}

func (s *Service) problemsRoute(ctx context.Context, c *caller, in *struct {
	PlanIn
	For string `query:"for" enum:"approval" default:"approval"`
}) (*answerOf[api.Problems], error) {
	return answerWith(s.problems(ctx, c, in.ID))
}

func (s *Service) commentRoute(ctx context.Context, c *caller, in *writeOf[api.NewComment]) (*planOut, error) {
	return planAnswer(s.comment(ctx, c, in.ID, in.Body, in.Key))
}

func (s *Service) commentDoneRoute(ctx context.Context, c *caller, in *struct {
	WriteIn
	Comment string `path:"comment" maxLength:"100"`
}) (*planOut, error) {
	return planAnswer(s.commentDone(ctx, c, in.ID, in.Comment, in.Key))
}

func (s *Service) confirmRoute(ctx context.Context, c *caller, in *writeOf[api.Confirm]) (*planOut, error) {
	return planAnswer(s.confirm(ctx, c, in.ID, in.Body, in.IfMatch, in.Key))
}

func (s *Service) submitRoute(ctx context.Context, c *caller, in *writeOf[api.Submit]) (*planOut, error) {
	return planAnswer(s.submit(ctx, c, in.ID, in.Body, in.IfMatch, in.Key))
}

func (s *Service) returnRoute(ctx context.Context, c *caller, in *writeOf[api.Return]) (*planOut, error) {
	return planAnswer(s.sendBack(ctx, c, in.ID, in.Body, in.IfMatch, in.Key))
}

func (s *Service) approveRoute(ctx context.Context, c *caller, in *writeOf[api.Approve]) (*planOut, error) {
	return planAnswer(s.approve(ctx, c, in.ID, in.Body, in.IfMatch, in.Key))
}

func (s *Service) decided(ctx context.Context, c *caller, in *writeOf[api.Decide], event lifecycle.Event) (*planOut, error) {
	return planAnswer(s.decide(ctx, c, in.ID, event, in.Body, in.IfMatch, in.Key))
}

func (s *Service) takeUpRoute(ctx context.Context, c *caller, in *writeOf[api.Decide]) (*planOut, error) {
	return s.decided(ctx, c, in, lifecycle.TakeUp)
}

func (s *Service) amendRoute(ctx context.Context, c *caller, in *writeOf[api.Decide]) (*planOut, error) {
	return s.decided(ctx, c, in, lifecycle.Amend)
}

func (s *Service) discardRoute(ctx context.Context, c *caller, in *writeOf[api.Decide]) (*planOut, error) {
	return s.decided(ctx, c, in, lifecycle.Discard)
}

func (s *Service) withdrawRoute(ctx context.Context, c *caller, in *writeOf[api.Decide]) (*planOut, error) {
	return s.decided(ctx, c, in, lifecycle.Withdraw)
}

func (s *Service) suspendRoute(ctx context.Context, c *caller, in *writeOf[api.Decide]) (*planOut, error) {
	return s.decided(ctx, c, in, lifecycle.Suspend)
}

func (s *Service) resumeRoute(ctx context.Context, c *caller, in *writeOf[api.Decide]) (*planOut, error) {
	return s.decided(ctx, c, in, lifecycle.Resume)
}

func (s *Service) closeRoute(ctx context.Context, c *caller, in *writeOf[api.Decide]) (*planOut, error) {
	return s.decided(ctx, c, in, lifecycle.Close)
}

func (s *Service) errorRoute(ctx context.Context, c *caller, in *writeOf[api.Decide]) (*planOut, error) {
	return s.decided(ctx, c, in, lifecycle.Err)
}

func (s *Service) deceasedRoute(ctx context.Context, c *caller, in *writeOf[api.Death]) (*planOut, error) {
	return planAnswer(s.deceased(ctx, c, in.ID, in.Body, in.IfMatch, in.Key))
}

func (s *Service) versionsRoute(ctx context.Context, c *caller, in *PlanIn) (*answerOf[api.Versions], error) {
	return answerWith(s.versions(ctx, c, in.ID))
}

func (s *Service) versionRoute(ctx context.Context, c *caller, in *struct {
	PlanIn
	N int `path:"n" minimum:"1"`
}) (*answerOf[api.Version], error) {
	return answerWith(s.version(ctx, c, in.ID, in.N))
}

func (s *Service) changesRoute(ctx context.Context, c *caller, in *struct {
	PlanIn
	N   string `path:"n" maxLength:"20" doc:"A number, or draft"`
	All bool   `query:"all" doc:"List answers that are the same too"`
}) (*answerOf[api.Changes], error) {
	return answerWith(s.changes(ctx, c, in.ID, in.N, in.All))
}

type summaryIn struct {
	PlanIn
	Version string `query:"version" maxLength:"20" doc:"A number, or draft for those who write it; nothing: the live one"`
}

// pageOut is an answer that is written already.
type pageOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *Service) summaryRoute(ctx context.Context, c *caller, in *summaryIn) (*pageOut, error) {
	page, err := s.summary(ctx, c, in.ID, in.Version)
	if err != nil {
		return nil, err
	}
	return &pageOut{ContentType: "application/json", Body: page}, nil
}

func (s *Service) summaryPDFRoute(ctx context.Context, c *caller, in *summaryIn) (*pageOut, error) {
	page, err := s.summaryPDF(ctx, c, in.ID, in.Version)
	if err != nil {
		return nil, err
	}
	return &pageOut{"application/pdf", `inline; filename="urgent-care-summary.pdf"`, page}, nil
}

func (s *Service) printedRoute(ctx context.Context, c *caller, in *writeOf[api.Print]) (*nothing, error) {
	return &nothing{}, s.printed(ctx, c, in.ID, in.Body)
}

func (s *Service) revealRoute(ctx context.Context, c *caller, in *writeOf[api.Reveal]) (*answerOf[api.Revealed], error) {
	return answerWith(s.reveal(ctx, c, in.ID, in.Body))
}

func (s *Service) feedbackRoute(ctx context.Context, c *caller, in *writeOf[api.Feedback]) (*nothing, error) {
	return &nothing{}, s.feedback(ctx, c, in.ID, in.Body)
}

func (s *Service) accessLogRoute(ctx context.Context, c *caller, in *struct {
	PlanIn
	For string `query:"for" enum:"staff,person" default:"staff" doc:"person: in plain words, to be given to the person whom the plan is about"`
}) (*answerOf[api.AccessLog], error) {
	if in.For == "person" {
		return answerWith(s.personLog(ctx, c, in.ID))
	}
	return answerWith(s.accessLog(ctx, c, in.ID))
}

func (s *Service) breakGlassRoute(ctx context.Context, c *caller, in *writeOf[api.BreakGlass]) (*planOut, error) {
	return planAnswer(s.breakGlass(ctx, c, in.ID, in.Body, in.Key))
}

func (s *Service) glassQueueRoute(ctx context.Context, c *caller, in *struct {
	All bool `query:"all" doc:"List those that were reviewed too"`
}) (*answerOf[api.BreakGlassQueue], error) {
	return answerWith(s.glassQueue(ctx, c, in.All))
}

func (s *Service) glassReviewedRoute(ctx context.Context, c *caller, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body api.BreakGlassReviewed
}) (*answerOf[api.BreakGlassOpening], error) {
	return answerWith(s.glassReviewed(ctx, c, in.ID, in.Body))
}

func (s *Service) worklistsRoute(ctx context.Context, c *caller, _ *nothing) (*answerOf[api.WorklistCounts], error) {
	return answerWith(s.listCounts(ctx, c))
}

func (s *Service) worklistRoute(ctx context.Context, c *caller, in *struct {
	Name string `path:"name" maxLength:"40"`
}) (*answerOf[api.Worklist], error) {
	return answerWith(s.list(ctx, c, in.Name))
}
