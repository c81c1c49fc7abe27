-- +goose Up
-- Who belongs to which institution, as Paxos said last, or as our own draft says while it waits.
CREATE TABLE institution_members (
    institution_id TEXT   NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    place          BIGINT NOT NULL, -- in Paxos' answer, from 0
    paxos_id       TEXT   NOT NULL, -- the member's
    roles          TEXT   NOT NULL, -- Paxos' words, with spaces between
    status         TEXT   NOT NULL, -- Paxos' word with the institution; empty where it said none
    as_of          BIGINT NOT NULL,
    PRIMARY KEY (institution_id, place)
) WITHOUT ROWID;
CREATE INDEX institution_members_member ON institution_members (paxos_id);
CREATE INDEX identities_institutions ON identities (created_at, id) WHERE type = 'INSTITUTION';

-- +goose Down
DROP INDEX identities_institutions;
DROP TABLE institution_members;
