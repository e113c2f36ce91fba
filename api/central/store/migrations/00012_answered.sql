-- Until when the first answer to a request with a key is given again. What a desktop without a connection asked for may come weeks
-- after its answer was lost.

-- +goose Up
ALTER TABLE answered ADD COLUMN until TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE answered DROP COLUMN until;
