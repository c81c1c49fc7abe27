package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Sealer encrypts what must not be on the disk in clear. ad (associated data) names the place of the value, so that a value
// copied to another row does not open. A new column for such values goes into [sealedPlaces], so that a change of keys reaches it.
type Sealer interface {
	Seal(plain, ad []byte) ([]byte, error)
	Open(sealed, ad []byte) ([]byte, error)
	// KeyOf gives the id of the key that has sealed a value, be it among ours or not; 0 where the value does not say.
	KeyOf(sealed []byte) uint32
	// Keys gives the id of the key that seals, and those of all that open, in the order in which they were added.
	Keys() (primary uint32, all []uint32)
}

// Indexer makes keyed hashes: the same value always gives the same bytes, which tell nothing without the key.
type Indexer interface {
	Index(kind, value string) []byte
}

// The kinds of `secrets`.
const (
	secretName    = "name"
	secretDraft   = "draft"
	secretFailure = "failure"
	secretSnooze  = "snooze"
)

func place(table, kind, id string) []byte { return []byte(table + "/" + kind + "/" + id) }

// setSecret seals v, as JSON, beside an identity; what was there is replaced.
func (t *tx) setSecret(id, kind string, v any) error {
	plain, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a %s: %w", kind, err)
	}
	sealed, err := t.s.sealer.Seal(plain, place("secrets", kind, id))
	if err != nil {
		return fmt.Errorf("seal a %s: %w", kind, err)
	}
	return t.exec(`INSERT INTO secrets (identity_id, kind, sealed) VALUES ($1, $2, $3)
		ON CONFLICT (identity_id, kind) DO UPDATE SET sealed = excluded.sealed`, id, kind, sealed)
}

// eraseSecrets erases what is sealed beside an identity, and with a name what it is found by.
func (t *tx) eraseSecrets(id string, kinds ...string) error {
	for _, kind := range kinds {
		if kind == secretName {
			if err := t.forgetName(id); err != nil {
				return err
			}
		}
		if err := t.exec(`DELETE FROM secrets WHERE identity_id = $1 AND kind = $2`, id, kind); err != nil {
			return err
		}
	}
	return nil
}

// openSecret decodes what is sealed beside an identity into v; found is false where there is nothing. What does not open is an
// Internal fault whose code [identity.UnreadOf] knows.
func (s *Store) openSecret(q querier, id, kind string, v any) (found bool, err error) {
	sealed, err := one(q, scanValue[[]byte], `SELECT sealed FROM secrets WHERE identity_id = $1 AND kind = $2`, id, kind)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	where := place("secrets", kind, id)
	plain, err := s.sealer.Open(sealed, where)
	if err != nil {
		return true, errUnread(s.unread(sealed, where), fmt.Errorf("open a %s: %w", kind, err))
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return true, errUnread(s.unread(sealed, where), fmt.Errorf("decode a %s", kind)) // its cause may quote what it could not read
	}
	return true, nil
}
