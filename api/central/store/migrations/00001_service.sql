-- The first shape of the central database. The SQL here is read by SQLite and by PostgreSQL (../migrate.go says how): text
-- for times (RFC 3339 in UTC with milliseconds, so that they sort) and for JSON. Nothing clinical is ever deleted: versions
-- and audit have triggers that refuse it.

-- +goose Up
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE organisations (
    ods                     TEXT PRIMARY KEY,
    name                    TEXT NOT NULL,
    kind                    TEXT NOT NULL,
    phone                   TEXT NOT NULL DEFAULT '',
    advanced_nurse_approves INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    username      TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    role_title    TEXT NOT NULL DEFAULT '',
    reg_number    TEXT NOT NULL DEFAULT '',
    ods           TEXT NOT NULL REFERENCES organisations (ods),
    password_hash TEXT NOT NULL,
    disabled      INTEGER NOT NULL DEFAULT 0,
    created_at    TEXT NOT NULL
);

-- Failures to sign in, by the hash of the typed name, so that names that do not exist are locked just the same.
CREATE TABLE failures (
    name_hash    TEXT PRIMARY KEY,
    count        INTEGER NOT NULL,
    last_at      TEXT NOT NULL,
    locked_until TEXT NOT NULL DEFAULT ''
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    created_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE patients (
    id             TEXT PRIMARY KEY,
    nhs_number     TEXT NOT NULL DEFAULT '',
    family_name    TEXT NOT NULL,
    given_name     TEXT NOT NULL,
    title          TEXT NOT NULL DEFAULT '',
    preferred_name TEXT NOT NULL DEFAULT '',
    birth_date     TEXT NOT NULL,
    death_date     TEXT NOT NULL DEFAULT '',
    gender         TEXT NOT NULL DEFAULT '',
    place          TEXT NOT NULL DEFAULT '',
    practice_ods   TEXT NOT NULL DEFAULT '',
    practice_name  TEXT NOT NULL DEFAULT '',
    care_home_ods  TEXT NOT NULL DEFAULT '',
    traced         INTEGER NOT NULL DEFAULT 0,
    family_key     TEXT NOT NULL,
    given_key      TEXT NOT NULL,
    details        TEXT NOT NULL DEFAULT '{}',
    created_at     TEXT NOT NULL
);
CREATE UNIQUE INDEX patients_nhs_number ON patients (nhs_number) WHERE nhs_number <> '';
CREATE INDEX patients_name ON patients (family_key, birth_date);

CREATE TABLE plans (
    id          TEXT PRIMARY KEY,
    patient_id  TEXT NOT NULL REFERENCES patients (id),
    status      TEXT NOT NULL,
    version     INTEGER NOT NULL DEFAULT 0,
    revision    INTEGER NOT NULL DEFAULT 1,
    holder_ods  TEXT NOT NULL DEFAULT '',
    origin      TEXT NOT NULL,
    origin_ods  TEXT NOT NULL DEFAULT '',
    definition  TEXT NOT NULL,
    state_since TEXT NOT NULL,
    state_by    TEXT NOT NULL,
    reason      TEXT NOT NULL DEFAULT '',
    review_due  TEXT NOT NULL DEFAULT '',
    death_date  TEXT NOT NULL DEFAULT '',
    death_place TEXT NOT NULL DEFAULT '',
    created_at  TEXT NOT NULL,
    created_by  TEXT NOT NULL
);
CREATE INDEX plans_patient ON plans (patient_id);
CREATE INDEX plans_status ON plans (status);
CREATE INDEX plans_review ON plans (review_due);
-- One plan for one person (domain.md 10.3): those that have ended do not count.
CREATE UNIQUE INDEX plans_one ON plans (patient_id)
    WHERE status NOT IN ('withdrawn', 'closed', 'entered_in_error');

CREATE TABLE drafts (
    plan_id      TEXT PRIMARY KEY REFERENCES plans (id),
    answers      TEXT NOT NULL,
    recorded     TEXT NOT NULL,
    base_version INTEGER NOT NULL,
    origin       TEXT NOT NULL,
    author_id    TEXT NOT NULL,
    author_ods   TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    changed_at   TEXT NOT NULL,
    changed_by   TEXT NOT NULL,
    changed_id   TEXT NOT NULL,
    returned     INTEGER NOT NULL DEFAULT 0,
    alarm        TEXT NOT NULL DEFAULT '',
    wanted       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX drafts_author ON drafts (author_id);

CREATE TABLE comments (
    id      TEXT PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    item    TEXT NOT NULL DEFAULT '',
    row_id  TEXT NOT NULL DEFAULT '',
    words   TEXT NOT NULL,
    by_name TEXT NOT NULL,
    by_id   TEXT NOT NULL,
    at      TEXT NOT NULL,
    done    INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL
);
CREATE INDEX comments_plan ON comments (plan_id, version);

CREATE TABLE confirmations (
    plan_id TEXT NOT NULL REFERENCES plans (id),
    rule    TEXT NOT NULL,
    item    TEXT NOT NULL,
    row_id  TEXT NOT NULL DEFAULT '',
    reason  TEXT NOT NULL,
    by_name TEXT NOT NULL,
    by_id   TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (plan_id, rule, item, row_id)
);

CREATE TABLE versions (
    plan_id       TEXT NOT NULL REFERENCES plans (id),
    number        INTEGER NOT NULL,
    definition    TEXT NOT NULL,
    answers       TEXT NOT NULL,
    recorded      TEXT NOT NULL,
    confirmed     TEXT NOT NULL,
    checks        TEXT NOT NULL,
    summary       TEXT NOT NULL,
    approved_at   TEXT NOT NULL,
    approved_by   TEXT NOT NULL,
    approver_id   TEXT NOT NULL,
    approver_reg  TEXT NOT NULL,
    approver_ods  TEXT NOT NULL,
    review_due    TEXT NOT NULL,
    hash          TEXT NOT NULL,
    quality       INTEGER NOT NULL,
    PRIMARY KEY (plan_id, number)
);

-- Who belongs to a plan: organisations for as long as the plan says so, people until a time (domain.md 10.3).
CREATE TABLE relationships (
    plan_id TEXT NOT NULL REFERENCES plans (id),
    kind    TEXT NOT NULL,
    ods     TEXT NOT NULL DEFAULT '',
    user_id TEXT NOT NULL DEFAULT '',
    until   TEXT NOT NULL DEFAULT '',
    reason  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (plan_id, kind, ods, user_id)
);
CREATE INDEX relationships_ods ON relationships (ods, plan_id);
CREATE INDEX relationships_user ON relationships (user_id, plan_id);

CREATE TABLE feedback (
    id      TEXT PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    version INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason  TEXT NOT NULL DEFAULT '',
    by_name TEXT NOT NULL,
    by_id   TEXT NOT NULL,
    at      TEXT NOT NULL
);
CREATE INDEX feedback_plan ON feedback (plan_id, at);

CREATE TABLE audit (
    seq        INTEGER PRIMARY KEY,
    at         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    who        TEXT NOT NULL,
    role       TEXT NOT NULL,
    ods        TEXT NOT NULL,
    org        TEXT NOT NULL,
    patient_id TEXT NOT NULL DEFAULT '',
    plan_id    TEXT NOT NULL DEFAULT '',
    version    INTEGER NOT NULL DEFAULT 0,
    action     TEXT NOT NULL,
    what       TEXT NOT NULL DEFAULT '',
    reason     TEXT NOT NULL DEFAULT '',
    prev_hash  TEXT NOT NULL,
    hash       TEXT NOT NULL
);
CREATE INDEX audit_plan ON audit (plan_id, seq);
CREATE INDEX audit_patient ON audit (patient_id, seq);

CREATE TABLE answered (
    user_id   TEXT NOT NULL,
    name      TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status    INTEGER NOT NULL,
    etag      TEXT NOT NULL,
    body      BLOB NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (user_id, name)
);
CREATE INDEX answered_at ON answered (at);

CREATE TABLE outbox (
    seq     INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    kind    TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    status  TEXT NOT NULL
);

-- +only sqlite
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER versions_no_update BEFORE UPDATE ON versions
BEGIN
    SELECT RAISE(ABORT, 'an approved version is frozen');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER versions_no_delete BEFORE DELETE ON versions
BEGIN
    SELECT RAISE(ABORT, 'an approved version is frozen');
END;
-- +goose StatementEnd
-- +only postgres
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('audit is append-only');
CREATE TRIGGER versions_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an approved version is frozen');
-- +all

-- +goose Down
DROP TABLE outbox;
DROP TABLE answered;
DROP TABLE audit;
DROP TABLE feedback;
DROP TABLE relationships;
DROP TABLE versions;
DROP TABLE confirmations;
DROP TABLE comments;
DROP TABLE drafts;
DROP TABLE plans;
DROP TABLE patients;
DROP TABLE sessions;
DROP TABLE failures;
DROP TABLE users;
DROP TABLE organisations;
DROP TABLE meta;
-- +only postgres
DROP FUNCTION refuse_change;
-- +all
