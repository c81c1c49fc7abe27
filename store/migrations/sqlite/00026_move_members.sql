-- +goose Up
-- Who is to share the account that is made: Paxos' ids and what each is, as JSON. What is to be sent is erased once the account is made.
ALTER TABLE moves ADD COLUMN members TEXT;

-- +goose Down
ALTER TABLE moves DROP COLUMN members;
