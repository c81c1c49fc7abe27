-- +goose Up
-- What a move, or a proposal, is to do, as a keyed hash, so that a second click is told from another act.
ALTER TABLE moves ADD COLUMN sum BLOB;
ALTER TABLE proposals ADD COLUMN sum BLOB;

-- +goose Down
ALTER TABLE proposals DROP COLUMN sum;
ALTER TABLE moves DROP COLUMN sum;
