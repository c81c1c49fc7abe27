-- +goose Up
-- Files of persons who are to be submitted. What they tell of a person is sealed, and gone once the row has had its turn.
CREATE TABLE imports (
    id         TEXT   NOT NULL PRIMARY KEY,
    state      TEXT   NOT NULL
        CHECK (state = 'ready' OR state = 'running' OR state = 'paused' OR state = 'stopped' OR state = 'done' OR state = 'expired'),
    by_id      TEXT   NOT NULL,
    by_name    TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    file_hash  BLOB   NOT NULL, -- keyed, so that the same file is known again
    rows       BIGINT NOT NULL,
    wrong      BIGINT NOT NULL,
    ended_at   BIGINT,
    keep_until BIGINT NOT NULL,
    run_id     TEXT   NOT NULL, -- in whose name rows are submitted: who started it
    run_name   TEXT   NOT NULL,
    run_role   TEXT   NOT NULL
);
CREATE INDEX imports_at ON imports (at, id);
CREATE INDEX imports_file ON imports (file_hash, at, id);

CREATE TABLE import_rows (
    import_id   TEXT   NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    line        BIGINT NOT NULL,
    state       TEXT   NOT NULL
        CHECK (state = 'good' OR state = 'wrong' OR state = 'handed' OR state = 'known' OR state = 'left' OR state = 'unread'),
    ref_id      TEXT   NOT NULL, -- while no case tells it; never of a row with errors
    identity_id TEXT   NOT NULL,
    fields      TEXT   NOT NULL, -- the names of those that are wrong
    sealed      BLOB,            -- what was given, and what is wrong with it in words
    PRIMARY KEY (import_id, line)
);
CREATE INDEX import_rows_good ON import_rows (import_id, line) WHERE state = 'good';
CREATE INDEX import_rows_sealed ON import_rows (import_id) WHERE sealed IS NOT NULL;
CREATE INDEX import_rows_ref_id ON import_rows (ref_id) WHERE ref_id <> '';

CREATE TABLE import_steps (
    id        INTEGER NOT NULL PRIMARY KEY,
    import_id TEXT    NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    kind      TEXT    NOT NULL,
    by_id     TEXT    NOT NULL,
    by_name   TEXT    NOT NULL,
    at        BIGINT  NOT NULL
);
CREATE INDEX import_steps_import ON import_steps (import_id, id);

-- +goose Down
DROP TABLE import_steps;
DROP TABLE import_rows;
DROP TABLE imports;
