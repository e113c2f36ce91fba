-- The day from which a review is near, and drafts that were discarded: what somebody wrote about a person is never lost.

-- +goose Up
ALTER TABLE plans ADD COLUMN remind_on TEXT NOT NULL DEFAULT '';
CREATE INDEX plans_remind ON plans (remind_on);

-- The later of 28 days before the review and half-way between approval and review, as package lifecycle says.
-- PostgreSQL has no plans of an earlier shape.
-- +only sqlite
UPDATE plans SET remind_on = COALESCE((
    SELECT max(date(v.review_due, '-28 days'), date((julianday(date(v.approved_at)) + julianday(v.review_due)) / 2 + 0.5))
    FROM versions v WHERE v.plan_id = plans.id AND v.number = plans.version), '')
WHERE review_due <> '';
-- +all

CREATE TABLE discarded (
    plan_id      TEXT NOT NULL REFERENCES plans (id),
    at           TEXT NOT NULL,
    by_name      TEXT NOT NULL,
    by_id        TEXT NOT NULL,
    base_version INTEGER NOT NULL,
    answers      TEXT NOT NULL,
    recorded     TEXT NOT NULL
);
CREATE INDEX discarded_plan ON discarded (plan_id, at);
-- +only sqlite
-- +goose StatementBegin
CREATE TRIGGER discarded_no_update BEFORE UPDATE ON discarded
BEGIN
    SELECT RAISE(ABORT, 'a discarded draft is kept as it was');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER discarded_no_delete BEFORE DELETE ON discarded
BEGIN
    SELECT RAISE(ABORT, 'a discarded draft is kept as it was');
END;
-- +goose StatementEnd
-- +only postgres
CREATE TRIGGER discarded_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON discarded
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a discarded draft is kept as it was');
-- +all

-- +goose Down
DROP TABLE discarded;
DROP INDEX plans_remind;
ALTER TABLE plans DROP COLUMN remind_on;
