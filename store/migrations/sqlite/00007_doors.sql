-- +goose Up
-- A person who is disabled cannot sign in, and holds no session.
ALTER TABLE users ADD COLUMN disabled_at BIGINT;

-- Where a session was opened from. Of the identity provider's session there is a keyed hash of its id, and the ID token, sealed: with
-- it the provider is told which of its sessions to end.
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN provider_session BLOB;
ALTER TABLE sessions ADD COLUMN id_token BLOB;
CREATE INDEX sessions_provider ON sessions (provider_session) WHERE provider_session IS NOT NULL;

-- Scripts come in with a token, of which there is a hash alone.
CREATE TABLE api_tokens (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    hash       BLOB   NOT NULL UNIQUE,
    made_by    TEXT   NOT NULL REFERENCES users (id),
    made_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_tokens_maker ON api_tokens (made_by);

-- Hashes of what is good for one use, such as a callback of the provider's, until it would be refused anyway.
CREATE TABLE spent (
    hash  BLOB   NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX spent_until ON spent (until);

-- +goose Down
DROP TABLE spent;
DROP TABLE api_tokens;
DROP INDEX sessions_provider;
ALTER TABLE sessions DROP COLUMN id_token;
ALTER TABLE sessions DROP COLUMN provider_session;
ALTER TABLE sessions DROP COLUMN address;
ALTER TABLE users DROP COLUMN disabled_at;
