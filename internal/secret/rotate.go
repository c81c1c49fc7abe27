package secret

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// What Tink puts before each value: a start byte and the id of the key, so that a
// value says which key opens it.
const (
	prefixStart = 1
	prefixSize  = 5
)

// Keys gives the id of the key that seals, and the ids of all that open, in the order
// in which they were added. Ids are random numbers; they tell nothing of the keys.
func (k *Keys) Keys() (primary uint32, all []uint32) { return k.primary, slices.Clone(k.ids) }

// KeyOf gives the id of the key that has sealed a value, be it among ours or not; 0
// where the value does not say.
func (k *Keys) KeyOf(sealed []byte) uint32 {
	if len(sealed) < prefixSize || sealed[0] != prefixStart {
		return 0
	}
	return binary.BigEndian.Uint32(sealed[1:prefixSize])
}

func idsOf(handle *keyset.Handle) (primary uint32, all []uint32, err error) {
	for n := range handle.Len() {
		entry, err := handle.Entry(n)
		if err != nil {
			return 0, nil, err
		}
		if entry.KeyStatus() != keyset.Enabled {
			continue // it opens nothing
		}
		all = append(all, entry.KeyID())
		if entry.IsPrimary() {
			primary = entry.KeyID()
		}
	}
	if primary == 0 {
		return 0, nil, errors.New("no primary key")
	}
	return primary, all, nil
}

// Waiting are the keys that were added behind the one that seals: they open, and wait
// to be promoted.
func (k *Keys) Waiting() []uint32 { return slices.Clone(k.ids[slices.Index(k.ids, k.primary)+1:]) }

// Former are the keys before the one that seals: they open what they sealed once.
func (k *Keys) Former() []uint32 { return slices.Clone(k.ids[:slices.Index(k.ids, k.primary)]) }

// Rotate adds a fresh key that opens and does not seal yet. It gives the new value for
// Variable and the new key's id. A value with a key that still waits is refused. The
// index keyset stays as it is: what it made would not be found with another.
func Rotate(value string) (next string, id uint32, err error) {
	next, err = change(value, func(k *Keys, m *keyset.Manager) error {
		if waiting := k.Waiting(); len(waiting) > 0 {
			return fmt.Errorf("key %d was added before and is not in use yet: promote it first", waiting[0])
		}
		id, err = m.Add(aead.AES256GCMKeyTemplate())
		return err
	})
	return next, id, err
}

// Promote lets the key seal that was added last. It gives the new value for Variable and
// the key's id.
func Promote(value string) (next string, id uint32, err error) {
	next, err = change(value, func(k *Keys, m *keyset.Manager) error {
		waiting := k.Waiting()
		if len(waiting) == 0 {
			return errors.New("no key waits to be promoted: add one first, and start every desk with it")
		}
		id = waiting[len(waiting)-1]
		return m.SetPrimary(id)
	})
	return next, id, err
}

// Retire drops keys. What they have sealed can never be opened again: the caller makes
// sure that nothing is. It gives the new value for Variable.
func Retire(value string, ids []uint32) (next string, err error) {
	return change(value, func(_ *Keys, m *keyset.Manager) error {
		for _, id := range ids {
			if err := m.Delete(id); err != nil {
				return fmt.Errorf("key %d cannot be dropped: it seals, or is not there", id)
			}
		}
		return nil
	})
}

// change gives a value with another encryption keyset.
func change(value string, with func(*Keys, *keyset.Manager) error) (string, error) {
	doc, err := decode(value)
	if err != nil {
		return "", err
	}
	keys, err := doc.keys()
	if err != nil {
		return "", err
	}
	handle, err := readKeyset(doc.AEAD)
	if err != nil {
		return "", malformed("its encryption keyset is missing or unreadable")
	}
	manager := keyset.NewManagerFromHandle(handle)
	if err := with(keys, manager); err != nil {
		return "", err
	}
	if handle, err = manager.Handle(); err != nil {
		return "", fmt.Errorf("change the keys: %w", err)
	}
	if doc.AEAD, err = writeKeyset(handle); err != nil {
		return "", err
	}
	return doc.encode()
}
