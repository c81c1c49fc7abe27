-- +goose Up
-- Keyed hashes of the names that are sealed in `secrets`, so that a case is found by its whole name. The desk fills it for the names
-- that are there already while it runs.
CREATE TABLE name_index (
    hash        BLOB NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    PRIMARY KEY (hash, identity_id)
) WITHOUT ROWID;
CREATE INDEX name_index_identity ON name_index (identity_id);

-- +goose Down
DROP TABLE name_index;
DELETE FROM state WHERE key = 'names_indexed';
