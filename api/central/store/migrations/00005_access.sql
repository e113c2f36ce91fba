-- Emergency openings and their review (domain.md 10.3 (e)), and the mark of a sensitive record (the S-flag of the national
-- index). What was opened, by whom and why is never changed; only its review is written beside it, once.

-- +goose Up
ALTER TABLE patients ADD COLUMN sensitive INTEGER NOT NULL DEFAULT 0;

CREATE TABLE break_glass (
    id          TEXT PRIMARY KEY,
    plan_id     TEXT NOT NULL REFERENCES plans (id),
    user_id     TEXT NOT NULL,
    who         TEXT NOT NULL,
    role        TEXT NOT NULL,
    ods         TEXT NOT NULL,
    org         TEXT NOT NULL,
    code        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    at          TEXT NOT NULL,
    until       TEXT NOT NULL,
    reviewed_at TEXT NOT NULL DEFAULT '',
    reviewed_by TEXT NOT NULL DEFAULT '',
    reviewer_id TEXT NOT NULL DEFAULT '',
    outcome     TEXT NOT NULL DEFAULT '',
    note        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX break_glass_plan ON break_glass (plan_id, at);
CREATE INDEX break_glass_waiting ON break_glass (reviewed_at, at);

-- +goose Down
DROP TABLE break_glass;
ALTER TABLE patients DROP COLUMN sensitive;
