package central

// What may change here: how copies of documents are taken, kept and handed out. What a file may be is in package document.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/document"
	"cmc/api/central/store"
	"cmc/forms"
)

const (
	// maxAttachments is the most copies that one plan keeps, since none is ever deleted.
	maxAttachments = 100
	// fileWork is how long the service may take over a copy that has come whole, before its answer begins.
	fileWork = time.Minute
)

// lineLimits is what must move while a copy is under way: at least so many bytes in so much time. How long the whole of it takes is no
// matter: 10 MB at 256 kbit/s are five minutes.
type lineLimits struct {
	quiet time.Duration
	least int
}

// fileLine are the limits: a fifteenth of what 256 kbit/s carry. Tests set others.
var fileLine = lineLimits{quiet: 30 * time.Second, least: 64 << 10}

// attachIn is a copy of a document as it is, without a name: the plan's answer holds that.
type attachIn struct {
	PlanIn
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"Not needed: the same copy is kept once"`
	RawBody []byte
}

// attachmentIn names one copy of a plan.
type attachmentIn struct {
	PlanIn
	SHA256 string `path:"sha256" maxLength:"64"`
}

func (s *Service) attachRoute(ctx context.Context, c *caller, in *attachIn) (*answerOf[forms.FileRef], error) {
	return answerWith(s.attach(ctx, c, in.ID, in.RawBody))
}

func (s *Service) attachmentRoute(ctx context.Context, c *caller, in *attachmentIn) (*pageOut, error) {
	found, err := s.attachment(ctx, c, in.ID, in.SHA256)
	if err != nil {
		return nil, err
	}
	return &pageOut{found.MediaType, `attachment; filename="copy` + extensions[found.MediaType] + `"`, found.Content}, nil
}

var extensions = map[string]string{document.PDF: ".pdf", document.JPEG: ".jpg", document.PNG: ".png"}

// files describes the routes of copies and gives them the room and time that they need.
func files(op *huma.Operation) {
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	content := map[string]*huma.MediaType{}
	for _, kind := range document.Kinds {
		content[kind] = &huma.MediaType{Schema: binary}
	}
	switch op.OperationID {
	case "attach":
		op.MaxBodyBytes, op.BodyReadTimeout = document.MaxSize+1, fileLine.quiet
		op.RequestBody = &huma.RequestBody{Required: true, Content: content, Description: "The file as it is, up to 10 MB"}
		op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	case "attachment":
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: content}}
	}
}

// isAttach says whether a request brings a file.
func isAttach(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/v1/plans/") && strings.HasSuffix(r.URL.Path, "/attachments")
}

// isFile says whether a request brings a file or asks for one.
func isFile(r *http.Request) bool {
	return isAttach(r) || r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/plans/") && strings.Contains(r.URL.Path, "/attachments/")
}

// fileRefused refuses a file before it is read, where the request itself says enough.
func fileRefused(r *http.Request) *api.Problem {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch {
	case r.ContentLength > document.MaxSize:
		return tooLarge()
	case !slices.Contains(document.Kinds, strings.ToLower(strings.TrimSpace(media))):
		return fileProblem(document.ErrKind)
	}
	return nil
}

// slowly lets a copy come and go for as long as it moves, whatever time a server gives to other requests. What only trickles is given up,
// since each that is under way keeps others waiting.
func slowly(w http.ResponseWriter, body io.ReadCloser) (http.ResponseWriter, io.ReadCloser) {
	m := &movement{line: http.NewResponseController(w), limits: fileLine}
	return &movingAnswer{ResponseWriter: w, movement: m}, &movingBody{ReadCloser: body, movement: m}
}

// movement moves the ends of a connection's patience. One that knows no deadlines has none to move.
type movement struct {
	line   *http.ResponseController
	limits lineLimits
}

// movingBody is a body that is waited for as long as it moves.
type movingBody struct {
	io.ReadCloser
	*movement
	begun bool
	moved int // since patience began anew
}

// Read reads what has come.
func (b *movingBody) Read(into []byte) (int, error) {
	if !b.begun {
		b.begun = true
		b.anew()
	}
	n, err := b.ReadCloser.Read(into)
	b.moved += n
	switch {
	case err == io.EOF: // the rest of the time is the service's own
		_ = b.line.SetReadDeadline(time.Time{})
		_ = b.line.SetWriteDeadline(time.Now().Add(fileWork))
	case b.moved >= b.limits.least:
		b.anew()
	}
	return n, err
}

// anew begins the wait anew. What is answered to a body that stands still has its time after that.
func (b *movingBody) anew() {
	b.moved = 0
	end := time.Now().Add(b.limits.quiet)
	_ = b.line.SetReadDeadline(end)
	_ = b.line.SetWriteDeadline(end.Add(fileWork))
}

// movingAnswer is an answer that may go out as slowly as its reader takes it.
type movingAnswer struct {
	http.ResponseWriter
	*movement
}

// Unwrap lets http.ResponseController reach the connection.
func (a *movingAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Write writes in pieces, each of which has its own time.
func (a *movingAnswer) Write(p []byte) (written int, err error) {
	for written < len(p) {
		_ = a.line.SetWriteDeadline(time.Now().Add(a.limits.quiet))
		n, err := a.ResponseWriter.Write(p[written:min(written+a.limits.least, len(p))])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

func tooLarge() *api.Problem {
	return refuse(api.CodeTooLarge, "The file is larger than 10 MB.", "It was not attached. Scan it again with a lower resolution, or split it in two.")
}

// fileProblem makes a problem of what package document found.
func fileProblem(err error) *api.Problem {
	what := "It was not attached. "
	switch {
	case errors.Is(err, document.ErrKind):
		p := refuse(api.CodeInvalid, sentence(err)+".", what+"Save it as one of these first. Some phones save photos as HEIC: choose JPEG there.")
		p.Status = http.StatusUnsupportedMediaType
		return p
	case errors.Is(err, document.ErrCut):
		what += "Open it to see whether it is right, save it again and choose it again."
	default:
		what += "Print it to a new PDF, and choose that."
	}
	return refuse(api.CodeInvalid, sentence(err)+".", what)
}

// attach keeps a copy of a document for a plan. The same copy is kept once, however often it is sent.
func (s *Service) attach(ctx context.Context, c *caller, id string, raw []byte) (*forms.FileRef, error) {
	// Whoever may not attach is told so before the file is looked at.
	if err := s.store.Read(ctx, func(tx store.Tx) error {
		f, err := s.find(tx, c, id)
		if err != nil {
			return err
		}
		return judgeAttach(c, f)
	}); err != nil {
		return nil, err
	}
	media, clean, err := document.Clean(raw)
	if err != nil {
		return nil, fileProblem(err)
	}
	sum := sha256.Sum256(clean)
	kept := &store.Attachment{PlanID: id, SHA256: hex.EncodeToString(sum[:]), MediaType: media, Size: int64(len(clean)), Content: clean,
		AddedAt: s.now(), AddedBy: c.User.ID}
	out := &forms.FileRef{MediaType: media, Size: kept.Size, SHA256: kept.SHA256}
	return out, s.store.Write(ctx, func(tx store.Tx) error {
		f, err := s.find(tx, c, id)
		if err != nil {
			return err
		}
		if err := judgeAttach(c, f); err != nil {
			return err
		}
		there, err := tx.AttachmentsOf(f.plan.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(there, func(one store.Attachment) bool { return one.SHA256 == kept.SHA256 }) {
			return nil
		}
		if len(there) >= maxAttachments {
			return refuse(api.CodeTooLarge, "The plan has as many copies of documents as it can keep.", "It was not attached. Call the help desk.")
		}
		if err := tx.AddAttachment(kept); err != nil {
			return err
		}
		line := s.line(c, audit.Attach, f)
		line.What = "sha256 " + kept.SHA256
		return tx.Audit(line)
	})
}

func judgeAttach(c *caller, f *folder) error {
	if verdict := access.JudgeAttach(c.person, f.record); !verdict.OK {
		return refuseVerdict(verdict)
	}
	return nil
}

// attachment hands out a copy of a document. The line of the audit is kept in the transaction that reads it.
func (s *Service) attachment(ctx context.Context, c *caller, id, digest string) (found *store.Attachment, err error) {
	none := refuse(api.CodeNotFound, "The plan has no such copy.", "")
	err = s.store.Write(ctx, func(tx store.Tx) error {
		f, err := s.find(tx, c, id)
		if err != nil {
			return err
		}
		approved := false
		if f.live != nil {
			content, err := answers(f.live.Answers)
			if err != nil {
				return err
			}
			approved = slices.ContainsFunc(filesIn(content), func(one namedFile) bool { return one.file.SHA256 == digest })
		}
		if verdict := access.JudgeAttachment(c.person, f.record, approved); !verdict.OK {
			if f.sight == access.Published {
				return none
			}
			return refuseVerdict(verdict)
		}
		if found, err = tx.Attachment(f.plan.ID, digest); errors.Is(err, store.ErrNotFound) {
			return none
		} else if err != nil {
			return err
		}
		line := s.line(c, audit.Attachment, f)
		line.What = "sha256 " + digest
		return tx.Audit(line)
	})
	return found, err
}

// A namedFile is a file that an answer names, and where the answer stands.
type namedFile struct {
	item, group, row string
	file             *forms.FileRef
}

// filesIn are the files that answers name, in the order of their questions' ids.
func filesIn(content forms.Answers) []namedFile {
	var out []namedFile
	for _, id := range sortedIDs(content) {
		answer := content[id]
		if answer.File != nil {
			out = append(out, namedFile{item: id, file: answer.File})
		}
		for _, row := range answer.Rows {
			for _, one := range filesIn(row.Answers) {
				if one.row == "" {
					one.group, one.row = id, row.ID
				}
				out = append(out, one)
			}
		}
	}
	return out
}

func sortedIDs(content forms.Answers) []string {
	ids := make([]string, 0, len(content))
	for id := range content {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// unattached finds answers that name a file which the plan does not have, or not so: what a plan names must be there for as
// long as the plan is. What old names already is left alone, so that a save is never stopped by what it does not touch.
// planID is "" for a plan that is just being started.
func unattached(tx store.Tx, planID string, d *forms.Definition, old, content forms.Answers) ([]forms.Problem, error) {
	before := filesIn(old)
	named := slices.DeleteFunc(filesIn(content), func(one namedFile) bool {
		return slices.ContainsFunc(before, func(had namedFile) bool { return *had.file == *one.file })
	})
	if len(named) == 0 {
		return nil, nil
	}
	there, err := tx.AttachmentsOf(planID)
	if err != nil {
		return nil, err
	}
	var problems []forms.Problem
	for _, one := range named {
		if slices.ContainsFunc(there, func(kept store.Attachment) bool {
			return kept.SHA256 == one.file.SHA256 && kept.MediaType == one.file.MediaType && kept.Size == one.file.Size
		}) {
			continue
		}
		problems = append(problems, forms.Problem{Item: one.item, Row: one.row, Group: one.group, Step: stepOf(d, one.item), Rule: "file",
			Severity: forms.Stop, Words: "This file was not attached to this plan. Choose it again"})
	}
	return problems, nil
}
