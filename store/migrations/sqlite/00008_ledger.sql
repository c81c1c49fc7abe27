-- +goose Up
-- What an act replaced and by what, and why it was done. Entries from before have none of these, and keep the hash that they have.
ALTER TABLE audit ADD COLUMN before_text TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN after_text TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN reason_code TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN reason_sum BLOB NOT NULL DEFAULT x'';
ALTER TABLE audit ADD COLUMN form SMALLINT NOT NULL DEFAULT 1; -- how the hash is made

-- Why an act was done, in the person's words: personal data, sealed. It can be erased, and the chain holds.
CREATE TABLE audit_texts (
    seq    BIGINT NOT NULL PRIMARY KEY,
    sealed BLOB   NOT NULL
);

-- Ends of the log that were told to others.
CREATE TABLE audit_pins (
    seq       BIGINT NOT NULL PRIMARY KEY,
    hash      BLOB   NOT NULL,
    at        BIGINT NOT NULL, -- when it was told last
    posted_at BIGINT           -- when AUDIT_PIN_URL took it
);

-- One for each thing that the log is filtered by. Lists are in the order of time; of one moment, in that of the log.
DROP INDEX audit_actor;
CREATE INDEX audit_at ON audit (at, seq);
CREATE INDEX audit_actor ON audit (actor_id, at, seq);
CREATE INDEX audit_action ON audit (action, at, seq);
CREATE INDEX audit_role ON audit (role, at, seq);
CREATE INDEX audit_request ON audit (request_id) WHERE request_id <> '';

-- +goose Down
DROP INDEX audit_request;
DROP INDEX audit_role;
DROP INDEX audit_action;
DROP INDEX audit_actor;
DROP INDEX audit_at;
CREATE INDEX audit_actor ON audit (actor_id, seq);
DROP TABLE audit_pins;
DROP TABLE audit_texts;
ALTER TABLE audit DROP COLUMN form;
ALTER TABLE audit DROP COLUMN reason_sum;
ALTER TABLE audit DROP COLUMN reason_code;
ALTER TABLE audit DROP COLUMN after_text;
ALTER TABLE audit DROP COLUMN before_text;
