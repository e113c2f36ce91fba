-- Which sessions hold plans to be read offline, and until when: so that the computer of somebody whose session was taken away is
-- told to erase them at its next contact, whatever has become of the session itself. Plans by their ids, never answers.

-- +goose Up
CREATE TABLE bundles (
    token_hash  TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id),
    position_id TEXT NOT NULL DEFAULT '',
    given_at    TEXT NOT NULL,
    until       TEXT NOT NULL,
    pages       TEXT NOT NULL DEFAULT '{}',
    erase       TEXT NOT NULL DEFAULT '',
    told_at     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX bundles_user ON bundles (user_id);
CREATE INDEX bundles_position ON bundles (position_id);

-- +goose Down
DROP TABLE bundles;
