-- +goose Up
-- What falls due: KYC refreshes that are open, and the next ones that Paxos has named.
CREATE INDEX identities_refresh ON identities (id) WHERE refresh IS NOT NULL;
CREATE INDEX events_refresh_next ON events (refresh_next, id) WHERE refresh_next IS NOT NULL AND type = 'identity.kyc_refresh.completed';

-- +goose Down
DROP INDEX events_refresh_next;
DROP INDEX identities_refresh;
