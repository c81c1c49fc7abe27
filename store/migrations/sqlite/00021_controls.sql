-- +goose Up
-- What Paxos said last of a case's controls, with those that have ended, and why in its own words.
CREATE TABLE control_lists (
    identity_id TEXT   NOT NULL PRIMARY KEY REFERENCES identities (id) ON DELETE CASCADE,
    as_of       BIGINT NOT NULL,
    sealed      BLOB   NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE control_lists;
