package store

// What may change here: the SQL of attachments. They are added and read; nothing changes or deletes one.

import "time"

// An Attachment is a copy of a document that belongs to a plan.
type Attachment struct {
	PlanID    string
	SHA256    string // of Content, 64 hexadecimal digits in lower case
	MediaType string
	Size      int64  // of Content in bytes
	Content   []byte // nil in lists
	AddedAt   time.Time
	AddedBy   string // the id of the user
}

// Attachments is the part of Tx for copies of documents.
type Attachments interface {
	// Attachment is one copy of a plan with its content.
	Attachment(planID, sha256 string) (*Attachment, error)
	// AttachmentsOf lists the copies of a plan without their content, the oldest first.
	AttachmentsOf(planID string) ([]Attachment, error)
	// AddAttachment keeps a copy; ErrDuplicate when the plan has it.
	AddAttachment(a *Attachment) error
}

func (t *sqlTx) Attachment(planID, sha256 string) (*Attachment, error) {
	return get(t, func(a *Attachment) []any {
		return []any{&a.PlanID, &a.SHA256, &a.MediaType, &a.Size, raw{&a.Content}, when{&a.AddedAt}, &a.AddedBy}
	}, `SELECT plan_id, sha256, media_type, size, content, added_at, added_by FROM attachments WHERE plan_id = $1 AND sha256 = $2`, planID, sha256)
}

func (t *sqlTx) AttachmentsOf(planID string) ([]Attachment, error) {
	return all(t, func(a *Attachment) []any {
		return []any{&a.PlanID, &a.SHA256, &a.MediaType, &a.Size, when{&a.AddedAt}, &a.AddedBy}
	}, `SELECT plan_id, sha256, media_type, size, added_at, added_by FROM attachments WHERE plan_id = $1 ORDER BY added_at, sha256`, planID)
}

func (t *sqlTx) AddAttachment(a *Attachment) error {
	return t.exec(`INSERT INTO attachments (plan_id, sha256, media_type, size, content, added_at, added_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, a.PlanID, a.SHA256, a.MediaType, a.Size, a.Content, stamp(a.AddedAt), a.AddedBy)
}
