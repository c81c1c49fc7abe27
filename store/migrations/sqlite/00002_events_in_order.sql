-- +goose Up
-- What a poll brings in one go is received at one moment: such events are told apart by when they happened at Paxos.
ALTER TABLE events ADD COLUMN happened_at BIGINT GENERATED ALWAYS AS (coalesce(occurred_at, received_at)) VIRTUAL;
DROP INDEX events_received;
DROP INDEX events_state;
DROP INDEX events_identity;
DROP INDEX events_paxos_id;
CREATE INDEX events_received ON events (received_at, happened_at, id);
CREATE INDEX events_state ON events (state, received_at, happened_at, id);
CREATE INDEX events_identity ON events (identity_id, received_at, happened_at, id) WHERE identity_id <> '';
CREATE INDEX events_paxos_id ON events (paxos_id, received_at, happened_at, id) WHERE paxos_id <> '';

-- +goose Down
DROP INDEX events_paxos_id;
DROP INDEX events_identity;
DROP INDEX events_state;
DROP INDEX events_received;
ALTER TABLE events DROP COLUMN happened_at;
CREATE INDEX events_received ON events (received_at, id);
CREATE INDEX events_state ON events (state, received_at, id);
CREATE INDEX events_identity ON events (identity_id, received_at, id) WHERE identity_id <> '';
CREATE INDEX events_paxos_id ON events (paxos_id, received_at, id) WHERE paxos_id <> '';
