-- How people sign in: a person apart from the positions that they hold, single sign-on, and who may guess how often.
-- Nothing here lives in the memory of one copy of the service.

-- +goose Up
-- What a person does for an organisation. One that has ended stays, disabled: the audit and older versions name it.
CREATE TABLE positions (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    role       TEXT NOT NULL,
    role_title TEXT NOT NULL DEFAULT '',
    reg_number TEXT NOT NULL DEFAULT '',
    ods        TEXT NOT NULL REFERENCES organisations (ods),
    source     TEXT NOT NULL DEFAULT '',
    disabled   INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    UNIQUE (user_id, role, ods)
);

-- The one position that each account had keeps the account's id.
INSERT INTO positions (id, user_id, role, role_title, reg_number, ods, created_at)
    SELECT id, id, role, role_title, reg_number, ods, created_at FROM users;
ALTER TABLE users DROP COLUMN role;
ALTER TABLE users DROP COLUMN role_title;
ALTER TABLE users DROP COLUMN reg_number;
ALTER TABLE users DROP COLUMN ods;

-- Who the person is at the identity provider; both empty: they sign in with a password only.
ALTER TABLE users ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX users_subject ON users (issuer, subject) WHERE subject <> '';

-- Empty: the person has several positions and has not chosen yet.
ALTER TABLE sessions ADD COLUMN position_id TEXT NOT NULL DEFAULT '';
UPDATE sessions SET position_id = user_id;
CREATE INDEX sessions_position ON sessions (position_id);

-- Whose sessions or rights were taken away, so that every copy of the service looks again at the lines it holds open.
CREATE TABLE endings (
    id      TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    at      TEXT NOT NULL
);
CREATE INDEX endings_at ON endings (at);

-- Tries to sign in, by the hash of the typed name and by where they came from: a device that is known, a network, a session,
-- or '' for every stranger together. Names that do not exist are counted just the same.
DROP TABLE failures;
CREATE TABLE attempts (
    name_hash    TEXT NOT NULL,
    source       TEXT NOT NULL,
    count        INTEGER NOT NULL,
    last_at      TEXT NOT NULL,
    locked_until TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (name_hash, source)
);
CREATE INDEX attempts_at ON attempts (last_at);

-- Computers on which a person has signed in before; only the hash of the pass is kept.
CREATE TABLE devices (
    device_hash TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id),
    used_at     TEXT NOT NULL
);
CREATE INDEX devices_user ON devices (user_id);

-- What was begun at the identity provider and is answered once: a sign-in, or the proof that goes with an approval.
CREATE TABLE sso_starts (
    state_hash   TEXT PRIMARY KEY,
    nonce        TEXT NOT NULL,
    challenge    TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    token_hash   TEXT NOT NULL DEFAULT '',
    plan_id      TEXT NOT NULL DEFAULT '',
    etag         TEXT NOT NULL DEFAULT '',
    began_at     TEXT NOT NULL,
    expires_at   TEXT NOT NULL
);
CREATE INDEX sso_starts_expires ON sso_starts (expires_at);

-- What the identity provider said of a session. The refresh token is sealed with a key that only the session's own token
-- gives, which the service does not keep.
CREATE TABLE sso_sessions (
    token_hash    TEXT PRIMARY KEY,
    issuer        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    sid           TEXT NOT NULL DEFAULT '',
    auth_time     TEXT NOT NULL DEFAULT '',
    refresh_token BLOB NOT NULL,
    heard_at      TEXT NOT NULL,
    refresh_due   TEXT NOT NULL,
    lease_until   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sso_sessions_subject ON sso_sessions (issuer, subject);

-- Proofs of identity for one approval each.
CREATE TABLE sso_proofs (
    proof_hash TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL,
    plan_id    TEXT NOT NULL,
    etag       TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

-- Messages of the identity provider that were obeyed already (the jti of a logout token).
CREATE TABLE sso_heard (
    name       TEXT PRIMARY KEY,
    expires_at TEXT NOT NULL
);

-- +goose Down
DROP TABLE sso_heard;
DROP TABLE sso_proofs;
DROP TABLE sso_sessions;
DROP TABLE sso_starts;
DROP TABLE devices;
DROP TABLE attempts;
CREATE TABLE failures (
    name_hash    TEXT PRIMARY KEY,
    count        INTEGER NOT NULL,
    last_at      TEXT NOT NULL,
    locked_until TEXT NOT NULL DEFAULT ''
);
DROP TABLE endings;
DROP INDEX sessions_position;
ALTER TABLE sessions DROP COLUMN position_id;
DROP INDEX users_subject;
ALTER TABLE users DROP COLUMN subject;
ALTER TABLE users DROP COLUMN issuer;
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN role_title TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN reg_number TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN ods TEXT NOT NULL DEFAULT '';
UPDATE users SET
    role = COALESCE((SELECT role FROM positions p WHERE p.id = users.id), ''),
    role_title = COALESCE((SELECT role_title FROM positions p WHERE p.id = users.id), ''),
    reg_number = COALESCE((SELECT reg_number FROM positions p WHERE p.id = users.id), ''),
    ods = COALESCE((SELECT ods FROM positions p WHERE p.id = users.id), '');
DROP TABLE positions;
