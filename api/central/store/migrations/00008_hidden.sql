-- Who wrote each hidden answer of a draft last, and when: they alone see it for a while. Places and people, never answers.

-- +goose Up
ALTER TABLE drafts ADD COLUMN typed TEXT NOT NULL DEFAULT '{}';

-- What was random in the hash of a version, sealed: without it nobody finds a short answer by trying all against the hash.
ALTER TABLE versions ADD COLUMN salt TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE versions DROP COLUMN salt;
ALTER TABLE drafts DROP COLUMN typed;
