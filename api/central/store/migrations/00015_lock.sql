-- After how many idle minutes the desktops of an organisation lock: 1 to 15; 0: what the service says.

-- +goose Up
ALTER TABLE organisations ADD COLUMN lock_minutes INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE organisations DROP COLUMN lock_minutes;
