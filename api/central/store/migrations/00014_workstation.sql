-- At which computer somebody signed in, and so at which one what they did was done (domain.md 10.3): a random name that the desktop
-- makes for itself, nothing of the person or the place. Empty for lines from before, which keep their hashes, and for what no
-- desktop did.

-- +goose Up
ALTER TABLE sessions ADD COLUMN workstation TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN workstation TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE audit DROP COLUMN workstation;
ALTER TABLE sessions DROP COLUMN workstation;
