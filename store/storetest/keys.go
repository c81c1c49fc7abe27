package storetest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"testing"
)

// keys seal with AES-GCM and index with HMAC, under a key that is made for tests alone.
type keys struct{ aead cipher.AEAD }

func newKeys(tb testing.TB) keys {
	tb.Helper()
	block, err := aes.NewCipher(testKey())
	if err != nil {
		tb.Fatalf("make a cipher: %v", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		tb.Fatalf("make a cipher: %v", err)
	}
	return keys{aead}
}

// testKey is always the same, so that a test can open its database again.
func testKey() []byte {
	sum := sha256.Sum256([]byte("a key for tests"))
	return sum[:]
}

// Seal encrypts and binds to the associated data.
func (k keys) Seal(plain, ad []byte) ([]byte, error) { return k.aead.Seal(nil, nil, plain, ad), nil }

// Open is the reverse; it fails for other associated data.
func (k keys) Open(sealed, ad []byte) ([]byte, error) {
	plain, err := k.aead.Open(nil, nil, sealed, ad)
	if err != nil {
		return nil, errors.New("not sealed here, or altered")
	}
	return plain, nil
}

// Index is a keyed hash.
func (k keys) Index(kind, value string) []byte {
	h := hmac.New(sha256.New, testKey())
	h.Write([]byte(kind + "\x00" + value))
	return h.Sum(nil)[:16]
}
