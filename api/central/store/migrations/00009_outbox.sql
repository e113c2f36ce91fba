-- Who may know of a notice, as JSON: copies of the service that did not make the change tell their listeners from here.

-- +goose Up
ALTER TABLE outbox ADD COLUMN audience TEXT NOT NULL DEFAULT '{}';
-- +only postgres
-- +goose StatementBegin
CREATE FUNCTION tell_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('cmc_outbox', NEW.seq::text);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER outbox_tell AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION tell_outbox();
-- +all

-- +goose Down
-- +only postgres
DROP TRIGGER outbox_tell ON outbox;
DROP FUNCTION tell_outbox;
-- +all
ALTER TABLE outbox DROP COLUMN audience;
