-- +goose Up
-- A claim walks the jobs that are ready and no others: those that wait for later, and those that are held, stand behind now in the
-- order of ready_at, line by line of kind and priority. A job's place among the lines follows from when it is ready.
DROP INDEX jobs_click;
DROP INDEX jobs_place;
ALTER TABLE jobs DROP COLUMN place;
ALTER TABLE jobs ADD COLUMN ready_at BIGINT GENERATED ALWAYS AS (max(run_at, lease_until)) VIRTUAL;
CREATE INDEX jobs_ready ON jobs (kind, priority, ready_at) WHERE parked = 0;

-- +goose Down
DROP INDEX jobs_ready;
ALTER TABLE jobs DROP COLUMN ready_at;
ALTER TABLE jobs ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
UPDATE jobs SET place = run_at + priority * 10000;
CREATE INDEX jobs_place ON jobs (kind, place) WHERE parked = 0;
CREATE INDEX jobs_click ON jobs (kind, place) WHERE parked = 0 AND priority <= 10;
