-- +goose Up
-- An event's id is random. An index that begins with it takes a page of the disk for each webhook that comes in; one that begins
-- with when the event was received takes a page for a whole batch. So the events' own key is the only one that does.

-- Beside the body, what else came with the request. Sealed.
ALTER TABLE deliveries ADD COLUMN headers BLOB;
-- When its event was received, as the event says.
ALTER TABLE deliveries ADD COLUMN event_at BIGINT NOT NULL DEFAULT 0;
UPDATE deliveries SET event_at = (SELECT received_at FROM events WHERE id = deliveries.event_id);
DROP INDEX deliveries_event;
CREATE INDEX deliveries_event ON deliveries (event_at, event_id, id);

CREATE TABLE new_jobs (
    id          INTEGER  NOT NULL PRIMARY KEY,
    kind        TEXT     NOT NULL,
    subject     TEXT     NOT NULL,
    subject_at  BIGINT   NOT NULL, -- when the event was received that the job is about; 0 for other subjects
    priority    BIGINT   NOT NULL,
    run_at      BIGINT   NOT NULL,
    place       BIGINT   NOT NULL, -- run_at and a head start by priority: smaller goes first, and waiting wins in the end
    attempts    BIGINT   NOT NULL,
    wanted      BIGINT   NOT NULL,
    lease       TEXT     NOT NULL,
    lease_until BIGINT   NOT NULL, -- 0 where nobody holds it
    parked      SMALLINT NOT NULL,
    asked_by    TEXT     NOT NULL, -- a user id; empty for the desk itself
    created_at  BIGINT   NOT NULL,
    last_error  TEXT     NOT NULL,
    UNIQUE (kind, subject_at, subject)
);
INSERT INTO new_jobs SELECT id, kind, subject,
    CASE kind WHEN 'event' THEN coalesce((SELECT received_at FROM events WHERE id = jobs.subject), 0) ELSE 0 END,
    priority, run_at, place, attempts, wanted, lease, lease_until, parked, asked_by, created_at, last_error FROM jobs;
DROP TABLE jobs;
ALTER TABLE new_jobs RENAME TO jobs;
CREATE INDEX jobs_place ON jobs (kind, place) WHERE parked = 0;
CREATE INDEX jobs_click ON jobs (kind, place) WHERE parked = 0 AND priority <= 10;

-- +goose Down
CREATE TABLE old_jobs (
    id          INTEGER  NOT NULL PRIMARY KEY,
    kind        TEXT     NOT NULL,
    subject     TEXT     NOT NULL,
    priority    BIGINT   NOT NULL,
    run_at      BIGINT   NOT NULL,
    place       BIGINT   NOT NULL,
    attempts    BIGINT   NOT NULL,
    wanted      BIGINT   NOT NULL,
    lease       TEXT     NOT NULL,
    lease_until BIGINT   NOT NULL,
    parked      SMALLINT NOT NULL,
    asked_by    TEXT     NOT NULL,
    created_at  BIGINT   NOT NULL,
    last_error  TEXT     NOT NULL,
    UNIQUE (kind, subject)
);
INSERT INTO old_jobs SELECT id, kind, subject, priority, run_at, place, attempts, wanted, lease, lease_until, parked, asked_by,
    created_at, last_error FROM jobs;
DROP TABLE jobs;
ALTER TABLE old_jobs RENAME TO jobs;
CREATE INDEX jobs_place ON jobs (kind, place) WHERE parked = 0;
CREATE INDEX jobs_click ON jobs (kind, place) WHERE parked = 0 AND priority <= 10;
DROP INDEX deliveries_event;
CREATE INDEX deliveries_event ON deliveries (event_id, id);
ALTER TABLE deliveries DROP COLUMN event_at;
ALTER TABLE deliveries DROP COLUMN headers;
