-- +goose Up
-- What one person proposes and another approves. Both texts are sealed, and gone once the case is erased.
CREATE TABLE proposals (
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
CREATE UNIQUE INDEX proposals_one_open ON proposals (identity_id, kind) WHERE state = 'open';
CREATE INDEX proposals_order ON proposals (is_open, at, id);
CREATE INDEX proposals_maker ON proposals (maker_id, is_open, at, id);
CREATE INDEX proposals_identity ON proposals (identity_id, is_open, at, id);
CREATE INDEX proposals_due ON proposals (expires_at, id) WHERE state = 'open';

-- Cases that must not be erased. The reason is sealed for the number.
CREATE TABLE holds (
    id          INTEGER NOT NULL PRIMARY KEY,
    identity_id TEXT    NOT NULL UNIQUE REFERENCES identities (id) ON DELETE CASCADE,
    by_id       TEXT    NOT NULL,
    by_name     TEXT    NOT NULL,
    at          BIGINT  NOT NULL,
    reason_code TEXT    NOT NULL,
    sealed      BLOB    NOT NULL
);

-- What is left of the ref_ids of a case that was erased: keyed hashes, by which they can be looked up and not be read.
CREATE TABLE erased_ref_ids (
    hash        BLOB NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    PRIMARY KEY (hash, identity_id)
) WITHOUT ROWID;
CREATE INDEX erased_ref_ids_identity ON erased_ref_ids (identity_id);

ALTER TABLE identities ADD COLUMN erased_at BIGINT;
ALTER TABLE identities ADD COLUMN closed_at BIGINT; -- since when a case is kept in which nobody has a move left
UPDATE identities SET closed_at = coalesce(CASE WHEN status = 'APPROVED' THEN NULL ELSE decided_at END, nullif(updated_at, 0), nullif(created_at, 0))
    WHERE lane = 'decided';
CREATE INDEX identities_closed ON identities (closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX identities_failed ON identities (updated_at, id) WHERE submission = 'failed';

-- +goose Down
DROP INDEX identities_failed;
DROP INDEX identities_closed;
ALTER TABLE identities DROP COLUMN closed_at;
ALTER TABLE identities DROP COLUMN erased_at;
DROP TABLE erased_ref_ids;
DROP TABLE holds;
DROP TABLE proposals;
