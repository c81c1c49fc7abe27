-- +goose Up
-- What became of the submission of a row stands beside the row, so that what an import came to is counted from an index alone.
ALTER TABLE import_rows ADD COLUMN submission TEXT NOT NULL DEFAULT '';
UPDATE import_rows SET identity_id = (SELECT f.identity_id FROM former_ids f WHERE f.former_id = import_rows.identity_id)
WHERE identity_id IN (SELECT former_id FROM former_ids);
UPDATE import_rows SET submission = coalesce((SELECT i.submission FROM identities i WHERE i.id = import_rows.identity_id), '')
WHERE state = 'handed';
CREATE INDEX import_rows_counts ON import_rows (import_id, state, submission, ref_id);
CREATE INDEX import_rows_case ON import_rows (identity_id) WHERE state = 'handed';

-- +goose Down
DROP INDEX import_rows_case;
DROP INDEX import_rows_counts;
ALTER TABLE import_rows DROP COLUMN submission;
