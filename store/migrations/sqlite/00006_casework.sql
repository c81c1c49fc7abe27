-- +goose Up
-- What people of the desk arrange about a case: who works it, until when it sleeps, what they wrote and tagged it with.
ALTER TABLE identities ADD COLUMN assigned_at BIGINT;
ALTER TABLE identities ADD COLUMN active_at BIGINT;                          -- when the assignee last did something about it
ALTER TABLE identities ADD COLUMN snoozed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE identities ADD COLUMN until_event SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE identities ADD COLUMN woke_at BIGINT;
ALTER TABLE identities ADD COLUMN woke TEXT NOT NULL DEFAULT '';
ALTER TABLE identities ADD COLUMN warn_at BIGINT;                            -- when three quarters of the time until due_at are over
ALTER TABLE identities ADD COLUMN decided_at BIGINT;
UPDATE identities SET decided_at = (SELECT max(h.occurred_at) FROM history h
    WHERE h.identity_id = identities.id AND h.kind = 'status' AND h.new_status = identities.status)
WHERE status = 'APPROVED' OR status = 'DENIED' OR status = 'DISABLED';

-- The queue of one person is two walks: over what is free, and over what the person holds.
CREATE INDEX identities_stuck_held ON identities (assignee, due_at, id) WHERE stuck = 1;
CREATE INDEX identities_lane_held ON identities (tab, assignee, due_at, id) WHERE stuck = 1;
CREATE INDEX identities_held ON identities (assignee, due_at, id) WHERE assignee <> '' AND due_at IS NOT NULL;
-- Claims by when their holder last did something; what sleeps lies still on purpose.
CREATE INDEX identities_idle ON identities (active_at, id) WHERE assignee <> '' AND tab <> 'decided' AND tab <> 'snoozed';

INSERT INTO counters (name, n) SELECT 'held:' || assignee || ':' || tab, count(*) FROM identities GROUP BY assignee, tab;

-- Stretches of time in which one party had the move; they follow each other, and the last may have no end yet.
CREATE TABLE turns (
    identity_id TEXT   NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    from_at     BIGINT NOT NULL,
    to_at       BIGINT,
    move        TEXT   NOT NULL,
    PRIMARY KEY (identity_id, from_at)
) WITHOUT ROWID;
INSERT INTO turns (identity_id, from_at, move)
    SELECT id, move_since, move FROM identities WHERE move <> 'none' AND move_since IS NOT NULL;

-- How long each decided case had been undecided, by the kind of what blocked it.
CREATE TABLE decided_ages (
    id         INTEGER NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL,
    decided_at BIGINT  NOT NULL,
    took       BIGINT  NOT NULL -- milliseconds
);
CREATE INDEX decided_ages_kind ON decided_ages (kind, decided_at, id, took);

CREATE TABLE notes (
    id          INTEGER NOT NULL PRIMARY KEY,
    identity_id TEXT    NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    author_id   TEXT    NOT NULL,
    at          BIGINT  NOT NULL,
    sealed      BLOB    NOT NULL
);
CREATE INDEX notes_identity ON notes (identity_id, id);

CREATE TABLE mentions (
    id      INTEGER  NOT NULL PRIMARY KEY,
    note_id BIGINT   NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
    user_id TEXT     NOT NULL REFERENCES users (id),
    seen    SMALLINT NOT NULL,
    UNIQUE (note_id, user_id)
);
CREATE INDEX mentions_user ON mentions (user_id, id);
CREATE INDEX mentions_unseen ON mentions (user_id, id) WHERE seen = 0;

-- Tags are codes that people choose, never personal data.
CREATE TABLE identity_tags (
    tag         TEXT NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, identity_id)
) WITHOUT ROWID;
CREATE INDEX identity_tags_identity ON identity_tags (identity_id, tag);

-- The reason of a snooze is sealed too.
CREATE TABLE new_secrets (
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind = 'name' OR kind = 'draft' OR kind = 'failure' OR kind = 'snooze'),
    sealed      BLOB NOT NULL,
    PRIMARY KEY (identity_id, kind)
);
INSERT INTO new_secrets SELECT identity_id, kind, sealed FROM secrets;
DROP TABLE secrets;
ALTER TABLE new_secrets RENAME TO secrets;

-- A handle is how notes mention a person; the desk gives one to whoever has none.
ALTER TABLE users ADD COLUMN handle TEXT;
ALTER TABLE users ADD COLUMN away_until BIGINT;
ALTER TABLE users ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN no_single_keys SMALLINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX users_handle ON users (handle);

-- +goose Down
DROP INDEX users_handle;
ALTER TABLE users DROP COLUMN no_single_keys;
ALTER TABLE users DROP COLUMN zone;
ALTER TABLE users DROP COLUMN away_until;
ALTER TABLE users DROP COLUMN handle;
CREATE TABLE old_secrets (
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind = 'name' OR kind = 'draft' OR kind = 'failure'),
    sealed      BLOB NOT NULL,
    PRIMARY KEY (identity_id, kind)
);
INSERT INTO old_secrets SELECT identity_id, kind, sealed FROM secrets WHERE kind <> 'snooze';
DROP TABLE secrets;
ALTER TABLE old_secrets RENAME TO secrets;
DROP TABLE identity_tags;
DROP TABLE mentions;
DROP TABLE notes;
DROP TABLE decided_ages;
DROP TABLE turns;
DELETE FROM counters WHERE substr(name, 1, 5) = 'held:';
DROP INDEX identities_idle;
DROP INDEX identities_held;
DROP INDEX identities_lane_held;
DROP INDEX identities_stuck_held;
ALTER TABLE identities DROP COLUMN decided_at;
ALTER TABLE identities DROP COLUMN warn_at;
ALTER TABLE identities DROP COLUMN woke;
ALTER TABLE identities DROP COLUMN woke_at;
ALTER TABLE identities DROP COLUMN until_event;
ALTER TABLE identities DROP COLUMN snoozed_by;
ALTER TABLE identities DROP COLUMN active_at;
ALTER TABLE identities DROP COLUMN assigned_at;
