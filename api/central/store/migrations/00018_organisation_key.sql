-- Organisations are found by their name when a plan says who is in its care team, at each approval: through an index, and not by
-- reading them all. The keys are worked out from the names (Key), and written when a database of before is opened.

-- +goose Up
ALTER TABLE organisations ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
CREATE INDEX organisations_name ON organisations (name_key) WHERE name_key <> '';

-- +goose Down
DROP INDEX organisations_name;
ALTER TABLE organisations DROP COLUMN name_key;
