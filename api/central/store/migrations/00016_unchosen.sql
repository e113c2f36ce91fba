-- A hidden answer that was not chosen when two people had written in one place: sealed; '' for most comments.

-- +goose Up
ALTER TABLE comments ADD COLUMN hidden TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE comments DROP COLUMN hidden;
