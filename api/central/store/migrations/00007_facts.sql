-- What reports need of the newest approved version of each plan, so that no report reads the answers of every plan. The rows
-- are worked out from the versions (package report), written with each approval, and may be dropped and worked out again.

-- +goose Up
CREATE TABLE facts (
    plan_id      TEXT PRIMARY KEY REFERENCES plans (id),
    version      INTEGER NOT NULL,
    first_at     TEXT NOT NULL,
    first_days   INTEGER NOT NULL,
    approved_on  TEXT NOT NULL,
    quality      INTEGER NOT NULL,
    cohorts      TEXT NOT NULL,
    age          INTEGER NOT NULL,
    sex          TEXT NOT NULL,
    ethnicity    TEXT NOT NULL,
    cpr          TEXT NOT NULL,
    cpr_on       TEXT NOT NULL,
    cpr_maker    TEXT NOT NULL,
    cpr_reasoned INTEGER NOT NULL,
    cpr_told     TEXT NOT NULL,
    cpr_told_why INTEGER NOT NULL,
    cpr_family   TEXT NOT NULL,
    ceiling      INTEGER NOT NULL,
    conveyance   INTEGER NOT NULL,
    jic          INTEGER NOT NULL,
    ooh          INTEGER NOT NULL,
    place_1      TEXT NOT NULL,
    place_2      TEXT NOT NULL
);

-- Who read what in a period is asked of the audit by what was done and when.
CREATE INDEX audit_action ON audit (action, at);

-- +goose Down
DROP INDEX audit_action;
DROP TABLE facts;
