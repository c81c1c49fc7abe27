-- +goose Up
-- What somebody asked the desk to have done at Paxos. What is to be sent is sealed, and gone once nothing can be done with it any more.
CREATE TABLE moves (
    id           TEXT     NOT NULL PRIMARY KEY,
    identity_id  TEXT     NOT NULL,
    kind         TEXT     NOT NULL,
    key          TEXT     NOT NULL, -- tells moves of a kind about a case apart that may be open at once
    about        TEXT,              -- codes, as JSON
    state        TEXT     NOT NULL
        CHECK (state = 'queued' OR state = 'sent' OR state = 'done' OR state = 'failed' OR state = 'withdrawn'),
    asked_by     TEXT     NOT NULL,
    asked_name   TEXT     NOT NULL,
    asked_at     BIGINT   NOT NULL,
    attempts     BIGINT   NOT NULL,
    attempted_at BIGINT,
    lost_since   BIGINT,
    ended_at     BIGINT,
    code         TEXT     NOT NULL,
    again        SMALLINT NOT NULL, -- it failed, and the payload is kept for another try
    result       TEXT,              -- Paxos' ids by name, as JSON
    payload      BLOB,
    failure      BLOB               -- Paxos' words
);
CREATE UNIQUE INDEX moves_one_open ON moves (identity_id, kind, key) WHERE state = 'queued' OR state = 'sent';
CREATE INDEX moves_identity ON moves (identity_id, asked_at, id);
CREATE INDEX moves_kept ON moves (ended_at, id) WHERE again = 1;

CREATE TABLE move_steps (
    id      INTEGER NOT NULL PRIMARY KEY,
    move_id TEXT    NOT NULL REFERENCES moves (id) ON DELETE CASCADE,
    at      BIGINT  NOT NULL,
    step    TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    by_id   TEXT    NOT NULL
);
CREATE INDEX move_steps_move ON move_steps (move_id, id);

-- +goose Down
DROP TABLE move_steps;
DROP TABLE moves;
