-- +goose Up
-- Since when the account is on its way that joins a failed submission to another case.
ALTER TABLE identities ADD COLUMN linking_at BIGINT;
UPDATE identities SET linking_at = (SELECT max(m.asked_at) FROM moves m
    WHERE m.kind = 'account' AND m.key <> '' AND m.key = identities.id AND (m.state = 'queued' OR m.state = 'sent'))
WHERE submission = 'failed' AND id IN (SELECT key FROM moves WHERE kind = 'account' AND key <> '' AND (state = 'queued' OR state = 'sent'));

-- +goose Down
ALTER TABLE identities DROP COLUMN linking_at;
