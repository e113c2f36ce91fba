-- A line of the audit is in the index of its plan or, when it is about no plan, in that of its person, and not in both: each
-- reading writes a line, and a crew waits for it.

-- +goose Up
DROP INDEX audit_patient;
CREATE INDEX audit_patient ON audit (patient_id, seq) WHERE plan_id = '';
DROP INDEX audit_plan;
CREATE INDEX audit_plan ON audit (plan_id, seq) WHERE plan_id <> '';

-- +goose Down
DROP INDEX audit_plan;
CREATE INDEX audit_plan ON audit (plan_id, seq);
DROP INDEX audit_patient;
CREATE INDEX audit_patient ON audit (patient_id, seq);
