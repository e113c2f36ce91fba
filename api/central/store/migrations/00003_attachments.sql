-- Copies of documents, by what is in them, for each plan (domain.md 4.24). They are kept as approved versions are: what a
-- version names must be there as long as the version is, so that none is ever changed or deleted.

-- +goose Up
CREATE TABLE attachments (
    plan_id    TEXT NOT NULL REFERENCES plans (id),
    sha256     TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size       INTEGER NOT NULL,
    content    BLOB NOT NULL,
    added_at   TEXT NOT NULL,
    added_by   TEXT NOT NULL,
    PRIMARY KEY (plan_id, sha256)
);

-- +only sqlite
-- +goose StatementBegin
CREATE TRIGGER attachments_no_update BEFORE UPDATE ON attachments
BEGIN
    SELECT RAISE(ABORT, 'an attachment is frozen');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attachments_no_delete BEFORE DELETE ON attachments
BEGIN
    SELECT RAISE(ABORT, 'an attachment is frozen');
END;
-- +goose StatementEnd
-- +only postgres
CREATE TRIGGER attachments_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON attachments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an attachment is frozen');
-- +all

-- +goose Down
DROP TABLE attachments;
