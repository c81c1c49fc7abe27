-- +goose Up
-- What somebody last asked for to end a failure, as a keyed hash, so that a second click is told from another act.
ALTER TABLE identities ADD COLUMN ended_sum BLOB;

-- +goose Down
ALTER TABLE identities DROP COLUMN ended_sum;
