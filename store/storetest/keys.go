package storetest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"identitydesk/store"
)

// keys seal with AES-GCM and index with HMAC, under keys that are made for tests alone. A value begins with the id of its key.
type keys struct {
	primary uint32
	ids     []uint32
	aeads   map[uint32]cipher.AEAD
}

const (
	firstKey  = 1
	keyPrefix = 4
)

// newKeys makes the keys of some ids, always the same for an id, so that a test can open its database again.
func newKeys(primary uint32, others ...uint32) keys {
	k := keys{primary: primary, ids: slices.Sorted(slices.Values(append(others, primary))), aeads: map[uint32]cipher.AEAD{}}
	for _, id := range k.ids {
		block, err := aes.NewCipher(testKey(id))
		if err != nil {
			panic(err) // of a key that has not 32 bytes
		}
		if k.aeads[id], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			panic(err)
		}
	}
	return k
}

func testKey(id uint32) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "key %d for tests", id))
	return sum[:]
}

// WithKeys makes the store seal with one key, and open what others have sealed too. Keys were added in the order of their ids;
// without this option there is key 1.
func WithKeys(primary uint32, others ...uint32) Option {
	return func(o *store.Options) { o.Sealer = newKeys(primary, others...) }
}

// Seal encrypts and binds to the associated data.
func (k keys) Seal(plain, ad []byte) ([]byte, error) {
	return k.aeads[k.primary].Seal(binary.BigEndian.AppendUint32(nil, k.primary), nil, plain, ad), nil
}

// Open is the reverse; it fails for other associated data.
func (k keys) Open(sealed, ad []byte) ([]byte, error) {
	aead, ok := k.aeads[k.KeyOf(sealed)]
	if !ok {
		return nil, errors.New("no such key")
	}
	plain, err := aead.Open(nil, nil, sealed[keyPrefix:], ad)
	if err != nil {
		return nil, errors.New("not sealed here, or altered")
	}
	return plain, nil
}

// KeyOf reads the id.
func (k keys) KeyOf(sealed []byte) uint32 {
	if len(sealed) < keyPrefix {
		return 0
	}
	return binary.BigEndian.Uint32(sealed)
}

// Keys gives the ids.
func (k keys) Keys() (primary uint32, all []uint32) { return k.primary, k.ids }

// Index is a keyed hash.
func (k keys) Index(kind, value string) []byte {
	h := hmac.New(sha256.New, testKey(0))
	h.Write([]byte(kind + "\x00" + value))
	return h.Sum(nil)[:16]
}
