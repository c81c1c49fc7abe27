-- +goose Up
-- A proposal names the move that does what was approved, and ends as undone where that does not come about.
CREATE TABLE proposals_new (
    id           TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,
    identity_id  TEXT   NOT NULL,
    rev          BIGINT NOT NULL, -- of the case, when it was last known to be as it was
    fingerprint  TEXT   NOT NULL,
    policy       TEXT   NOT NULL, -- what it is decided by, as it was when it was proposed
    maker_id     TEXT   NOT NULL,
    maker_name   TEXT   NOT NULL,
    reason_code  TEXT   NOT NULL,
    state        TEXT   NOT NULL
        CHECK (state = 'open' OR state = 'approved' OR state = 'declined' OR state = 'withdrawn' OR state = 'void'
            OR state = 'expired' OR state = 'done' OR state = 'undone'),
    at           BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    decider_id   TEXT   NOT NULL,
    decider_name TEXT   NOT NULL,
    ended_at     BIGINT,
    asked        BLOB,            -- reason, change and payload
    answered     BLOB,            -- the words of who ended it
    move_id      TEXT,            -- does what was approved, at Paxos
    is_open      SMALLINT GENERATED ALWAYS AS (state = 'open') VIRTUAL
);
INSERT INTO proposals_new (id, kind, identity_id, rev, fingerprint, policy, maker_id, maker_name, reason_code, state, at, expires_at, decider_id, decider_name,
    ended_at, asked, answered, move_id)
    SELECT id, kind, identity_id, rev, fingerprint, policy, maker_id, maker_name, reason_code, state, at, expires_at, decider_id, decider_name,
    ended_at, asked, answered,
        CASE WHEN kind = 'control' AND (state = 'approved' OR state = 'done') THEN (SELECT m.id FROM moves m
            WHERE m.identity_id = proposals.identity_id AND m.kind = 'control' AND m.asked_at = proposals.ended_at LIMIT 1) END
    FROM proposals;
DROP TABLE proposals;
ALTER TABLE proposals_new RENAME TO proposals;
CREATE UNIQUE INDEX proposals_one_open ON proposals (identity_id, kind) WHERE state = 'open';
CREATE INDEX proposals_order ON proposals (is_open, at, id);
CREATE INDEX proposals_maker ON proposals (maker_id, is_open, at, id);
CREATE INDEX proposals_identity ON proposals (identity_id, is_open, at, id);
CREATE INDEX proposals_due ON proposals (expires_at, id) WHERE state = 'open';
CREATE INDEX proposals_move ON proposals (move_id) WHERE move_id IS NOT NULL;
UPDATE proposals SET state = 'undone' WHERE state = 'approved' AND move_id IN (SELECT m.id FROM moves m
    WHERE m.identity_id = proposals.identity_id AND (m.state = 'withdrawn' OR (m.state = 'failed' AND m.again = 0)));

-- +goose Down
UPDATE proposals SET state = 'approved' WHERE state = 'undone';
CREATE TABLE proposals_new (
    id           TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,
    identity_id  TEXT   NOT NULL,
    rev          BIGINT NOT NULL, -- of the case, when it was last known to be as it was
    fingerprint  TEXT   NOT NULL,
    policy       TEXT   NOT NULL, -- what it is decided by, as it was when it was proposed
    maker_id     TEXT   NOT NULL,
    maker_name   TEXT   NOT NULL,
    reason_code  TEXT   NOT NULL,
    state        TEXT   NOT NULL
        CHECK (state = 'open' OR state = 'approved' OR state = 'declined' OR state = 'withdrawn' OR state = 'void'
            OR state = 'expired' OR state = 'done'),
    at           BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    decider_id   TEXT   NOT NULL,
    decider_name TEXT   NOT NULL,
    ended_at     BIGINT,
    asked        BLOB,            -- reason, change and payload
    answered     BLOB,            -- the words of who ended it
    is_open      SMALLINT GENERATED ALWAYS AS (state = 'open') VIRTUAL
);
INSERT INTO proposals_new (id, kind, identity_id, rev, fingerprint, policy, maker_id, maker_name, reason_code, state, at, expires_at, decider_id, decider_name,
    ended_at, asked, answered)
    SELECT id, kind, identity_id, rev, fingerprint, policy, maker_id, maker_name, reason_code, state, at, expires_at, decider_id, decider_name,
    ended_at, asked, answered
    FROM proposals;
DROP TABLE proposals;
ALTER TABLE proposals_new RENAME TO proposals;
CREATE UNIQUE INDEX proposals_one_open ON proposals (identity_id, kind) WHERE state = 'open';
CREATE INDEX proposals_order ON proposals (is_open, at, id);
CREATE INDEX proposals_maker ON proposals (maker_id, is_open, at, id);
CREATE INDEX proposals_identity ON proposals (identity_id, is_open, at, id);
CREATE INDEX proposals_due ON proposals (expires_at, id) WHERE state = 'open';
