-- +goose Up
-- Accounts that join a submission to the case of the same person: the key is our id of the submission.
CREATE INDEX moves_links ON moves (key) WHERE kind = 'account' AND key <> '';

-- +goose Down
DROP INDEX moves_links;
