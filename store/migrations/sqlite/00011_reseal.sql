-- +goose Up
-- The keys that may have sealed something in here, by the id that each sealed value begins with. A key leaves the list once a walk
-- over everything sealed has found no value of it.
CREATE TABLE sealing_keys (
    id      BIGINT NOT NULL PRIMARY KEY,
    used_at BIGINT NOT NULL -- when a program was last known to seal with it, to within some seconds
);

-- +goose Down
DROP TABLE sealing_keys;
