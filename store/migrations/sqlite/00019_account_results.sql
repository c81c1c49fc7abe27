-- +goose Up
-- What Paxos made is kept when a case is erased: its ids alone, and not the ref_id that people gave an account.
UPDATE moves SET result = nullif(json_remove(result, '$.ref_id'), '{}') WHERE kind = 'account' AND result IS NOT NULL;

-- +goose Down
SELECT 1;
