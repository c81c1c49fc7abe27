-- +goose Up
-- Times are unix milliseconds, NULL where there is none. Details, documents and refresh hold codes and times only, never
-- personal data: that is sealed in `secrets` and `deliveries`. A CHECK compares word by word, since SQLite builds the list of an
-- IN anew for each row that is written.

CREATE TABLE identities (
    id              TEXT     NOT NULL PRIMARY KEY,
    paxos_id        TEXT     UNIQUE,
    ref_id          TEXT     NOT NULL,
    type            TEXT     NOT NULL,
    status          TEXT     NOT NULL,
    submission      TEXT     NOT NULL
        CHECK (submission = '' OR submission = 'queued' OR submission = 'sent' OR submission = 'failed' OR submission = 'accepted'
            OR submission = 'withdrawn' OR submission = 'declined' OR submission = 'linked'),
    details         TEXT     NOT NULL,
    documents       TEXT,
    refresh         TEXT,
    initials        TEXT     NOT NULL,
    assignee        TEXT     NOT NULL,
    lane            TEXT     NOT NULL,
    tab             TEXT     NOT NULL, -- the lane, or 'snoozed' while the case sleeps: what lists and counters go by
    stuck           SMALLINT NOT NULL, -- 1: needs a human now and does not sleep
    undecided       SMALLINT NOT NULL, -- 1: Paxos holds it and has not decided, so it must be asked for again and again
    move            TEXT     NOT NULL,
    move_since      BIGINT,
    due_at          BIGINT,
    turn_at         BIGINT,            -- when time alone changes lane, tab or stuck
    snoozed_until   BIGINT,
    pending_since   BIGINT,
    created_at      BIGINT   NOT NULL,
    updated_at      BIGINT   NOT NULL,
    asked_at        BIGINT,
    checked_at      BIGINT,
    learned_by      TEXT     NOT NULL,
    submitted_by    TEXT     NOT NULL,
    submitted_at    BIGINT,
    verification_id TEXT     NOT NULL,
    attempts        BIGINT   NOT NULL,
    attempted_at    BIGINT,
    lost_since      BIGINT,
    failure_code    TEXT     NOT NULL,
    existing_id     TEXT     NOT NULL,
    rev             BIGINT   NOT NULL,
    cip_index       BLOB               -- keyed hash of the government id, so that a duplicate can be found
);
CREATE UNIQUE INDEX identities_one_open ON identities (ref_id) WHERE submission IN ('queued', 'sent', 'failed');
CREATE INDEX identities_ref_id ON identities (ref_id, id);
CREATE INDEX identities_created ON identities (created_at, id);
CREATE INDEX identities_updated ON identities (updated_at, id);
CREATE INDEX identities_status ON identities (status, created_at, id);
CREATE INDEX identities_tab ON identities (tab, due_at, id);
CREATE INDEX identities_stuck ON identities (due_at, id) WHERE stuck = 1;
CREATE INDEX identities_due ON identities (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX identities_turn ON identities (turn_at, id) WHERE turn_at IS NOT NULL;
CREATE INDEX identities_undecided ON identities (checked_at, id) WHERE undecided = 1;
CREATE INDEX identities_open ON identities (id) WHERE tab <> 'decided';
CREATE INDEX identities_assignee ON identities (assignee, created_at, id) WHERE assignee <> '';
CREATE INDEX identities_verification ON identities (verification_id, id) WHERE verification_id <> '';
CREATE INDEX identities_existing ON identities (existing_id) WHERE existing_id <> '';
CREATE INDEX identities_cip ON identities (cip_index) WHERE cip_index IS NOT NULL;

CREATE TABLE identity_requirements (
    type        TEXT NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    PRIMARY KEY (type, identity_id)
) WITHOUT ROWID;
CREATE INDEX identity_requirements_identity ON identity_requirements (identity_id);

-- Names, drafts and texts from outside: encrypted, bound to their row.
CREATE TABLE secrets (
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind = 'name' OR kind = 'draft' OR kind = 'failure'),
    sealed      BLOB NOT NULL,
    PRIMARY KEY (identity_id, kind)
);

-- Earlier ref_ids of an identity, and our ids of rows that have become one with another.
CREATE TABLE former_ref_ids (
    ref_id      TEXT NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    PRIMARY KEY (ref_id, identity_id)
) WITHOUT ROWID;
CREATE INDEX former_ref_ids_identity ON former_ref_ids (identity_id);

CREATE TABLE former_ids (
    former_id   TEXT NOT NULL PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX former_ids_identity ON former_ids (identity_id);

CREATE TABLE history (
    id           INTEGER  NOT NULL PRIMARY KEY,
    identity_id  TEXT     NOT NULL REFERENCES identities (id),
    kind         TEXT     NOT NULL,
    old_status   TEXT     NOT NULL,
    new_status   TEXT     NOT NULL,
    learned_by   TEXT     NOT NULL,
    event_id     TEXT     NOT NULL,
    unannounced  SMALLINT NOT NULL,
    actor_id     TEXT     NOT NULL,
    occurred_at  BIGINT,
    received_at  BIGINT,
    processed_at BIGINT,
    changes      TEXT,
    code         TEXT     NOT NULL
);
CREATE INDEX history_identity ON history (identity_id, id);
-- What an event told is written once, however often the event is processed.
CREATE UNIQUE INDEX history_event ON history (event_id, identity_id, kind, old_status, new_status) WHERE event_id <> '';

CREATE TABLE events (
    id           TEXT     NOT NULL PRIMARY KEY,
    type         TEXT     NOT NULL,
    is_test      SMALLINT NOT NULL,
    occurred_at  BIGINT,
    paxos_id     TEXT     NOT NULL,
    old_status   TEXT     NOT NULL,
    new_status   TEXT     NOT NULL,
    documents    TEXT,
    refresh_last BIGINT,
    refresh_next BIGINT,
    state        TEXT     NOT NULL 
        CHECK (state = 'queued' OR state = 'done' OR state = 'parked' OR state = 'ignored' OR state = 'test'),
    heard_by     TEXT     NOT NULL,
    received_at  BIGINT   NOT NULL,
    processed_at BIGINT,
    attempts     BIGINT   NOT NULL,
    last_error   TEXT     NOT NULL,
    deliveries   BIGINT   NOT NULL,
    identity_id  TEXT     NOT NULL
);
CREATE INDEX events_received ON events (received_at, id);
CREATE INDEX events_state ON events (state, received_at, id);
CREATE INDEX events_identity ON events (identity_id, received_at, id) WHERE identity_id <> '';
CREATE INDEX events_paxos_id ON events (paxos_id, received_at, id) WHERE paxos_id <> '';

CREATE TABLE deliveries (
    id          INTEGER  NOT NULL PRIMARY KEY,
    event_id    TEXT     NOT NULL REFERENCES events (id),
    type        TEXT     NOT NULL,
    sent_at     BIGINT,
    is_test     SMALLINT NOT NULL,
    body        BLOB     NOT NULL, -- sealed
    address     TEXT     NOT NULL,
    request_id  TEXT     NOT NULL,
    received_at BIGINT   NOT NULL
);
CREATE INDEX deliveries_event ON deliveries (event_id, id);

CREATE TABLE jobs (
    id          INTEGER  NOT NULL PRIMARY KEY,
    kind        TEXT     NOT NULL,
    subject     TEXT     NOT NULL,
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
    UNIQUE (kind, subject)
);
CREATE INDEX jobs_place ON jobs (kind, place) WHERE parked = 0;

CREATE TABLE audit (
    seq         BIGINT NOT NULL PRIMARY KEY,
    at          BIGINT NOT NULL,
    actor_id    TEXT   NOT NULL,
    actor_name  TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    action      TEXT   NOT NULL,
    identity_id TEXT   NOT NULL,
    object      TEXT   NOT NULL,
    detail      TEXT   NOT NULL,
    request_id  TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    prev        BLOB   NOT NULL,
    hash        BLOB   NOT NULL
);
CREATE INDEX audit_identity ON audit (identity_id, seq);
CREATE INDEX audit_actor ON audit (actor_id, seq);

CREATE TABLE users (
    id           TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    hash       BLOB   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id),
    role       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE INDEX sessions_user ON sessions (user_id);

-- How many identities there are by tab, by status and in all; changed in the transaction that changes a row.
CREATE TABLE counters (
    name TEXT   NOT NULL PRIMARY KEY,
    n    BIGINT NOT NULL
);

CREATE TABLE state (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose Down
DROP TABLE state;
DROP TABLE counters;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE audit;
DROP TABLE jobs;
DROP TABLE deliveries;
DROP TABLE events;
DROP TABLE history;
DROP TABLE former_ids;
DROP TABLE former_ref_ids;
DROP TABLE secrets;
DROP TABLE identity_requirements;
DROP TABLE identities;
