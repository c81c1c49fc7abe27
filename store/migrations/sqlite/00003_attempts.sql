-- +goose Up
-- Each time that the desk tried to act on an event, the last few of each.
CREATE TABLE event_attempts (
    id       INTEGER NOT NULL PRIMARY KEY,
    event_id TEXT    NOT NULL REFERENCES events (id),
    at       BIGINT  NOT NULL,
    outcome  TEXT    NOT NULL, -- the event's state after it; 'queued': it comes again
    error    TEXT    NOT NULL  -- fault kind and code
);
CREATE INDEX event_attempts_event ON event_attempts (event_id, id);

-- What people wait for, for the worker that is kept free for it.
CREATE INDEX jobs_click ON jobs (kind, place) WHERE parked = 0 AND priority <= 10;

-- +goose Down
DROP INDEX jobs_click;
DROP TABLE event_attempts;
