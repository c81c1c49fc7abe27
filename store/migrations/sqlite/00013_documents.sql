-- +goose Up
-- Files that people gave the desk for Paxos. Their content lies in a file of its own, see Spool, sealed with a key that is kept here alone.
CREATE TABLE documents (
    id           TEXT     NOT NULL PRIMARY KEY,
    identity_id  TEXT     NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    types        TEXT     NOT NULL, -- Paxos' words, with spaces between
    content_type TEXT     NOT NULL,
    size         BIGINT   NOT NULL,
    state        TEXT     NOT NULL
        CHECK (state = 'queued' OR state = 'announced' OR state = 'done' OR state = 'failed' OR state = 'removed' OR state = 'expired'),
    code         TEXT     NOT NULL, -- why it failed
    by_id        TEXT     NOT NULL,
    at           BIGINT   NOT NULL,
    announced_at BIGINT,            -- when Paxos gave the address in use
    ended_at     BIGINT,
    attempts     BIGINT   NOT NULL,
    addresses    BIGINT   NOT NULL, -- how many Paxos gave
    answer_lost  SMALLINT NOT NULL,
    file_id      TEXT     NOT NULL, -- Paxos'
    name         BLOB,              -- gone once the case is erased
    held         BLOB               -- where the content is, its key and where it goes; gone once the content is
);
CREATE INDEX documents_identity ON documents (identity_id, at);
CREATE INDEX documents_held ON documents (at) WHERE held IS NOT NULL;

-- What Paxos said last of a case's documents: types, times and its ids, no names.
CREATE TABLE document_lists (
    identity_id TEXT   NOT NULL PRIMARY KEY REFERENCES identities (id) ON DELETE CASCADE,
    as_of       BIGINT NOT NULL,
    list        TEXT   NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE document_lists;
DROP TABLE documents;
