-- What a worklist asks of a city's worth of plans: whose a draft is, without going through all drafts.

-- +goose Up
CREATE INDEX drafts_changed ON drafts (changed_id);
CREATE INDEX drafts_ods ON drafts (author_ods);

-- +goose Down
DROP INDEX drafts_ods;
DROP INDEX drafts_changed;
