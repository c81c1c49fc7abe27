package emulator

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// sealer encrypts details for the state file and marks government ids, so that
// their uniqueness can be checked without keeping them.
type sealer struct {
	aead    cipher.AEAD // nil without a key: nothing is written
	markKey []byte
}

// newSealer derives its keys from the state key. Without one the marks are keyed
// by chance and hold for this process alone.
func newSealer(key []byte) (*sealer, error) {
	if len(key) == 0 {
		s := &sealer{markKey: make([]byte, sha256.Size)}
		_, err := rand.Read(s.markKey)
		return s, err
	}
	if len(key) != 32 {
		return nil, fmt.Errorf("emulator options: StateKey has %d bytes, 32 are needed", len(key))
	}
	sealKey, err1 := hkdf.Key(sha256.New, key, nil, "emulator state: details", 32)
	markKey, err2 := hkdf.Key(sha256.New, key, nil, "emulator state: marks", 32)
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("derive the emulator's state keys: %w", err)
	}
	block, err := aes.NewCipher(sealKey)
	if err != nil {
		return nil, fmt.Errorf("emulator state key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("emulator state key: %w", err)
	}
	return &sealer{aead: aead, markKey: markKey}, nil
}

func (s *sealer) persistent() bool { return s.aead != nil }

// seal encrypts under a fresh random nonce, bound to the record it belongs to.
func (s *sealer) seal(plain []byte, recordID string) ([]byte, error) {
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal details: %w", err)
	}
	return s.aead.Seal(nonce, nonce, plain, []byte(recordID)), nil
}

func (s *sealer) open(sealed []byte, recordID string) ([]byte, error) {
	if len(sealed) < s.aead.NonceSize() {
		return nil, errors.New("sealed details are cut short")
	}
	nonce, body := sealed[:s.aead.NonceSize()], sealed[s.aead.NonceSize():]
	return s.aead.Open(nil, nonce, body, []byte(recordID))
}

// mark is the keyed fingerprint of a government id; empty for none.
func (s *sealer) mark(id, typ, country string) string {
	if id == "" {
		return ""
	}
	mac := hmac.New(sha256.New, s.markKey)
	mac.Write([]byte(strings.Join([]string{strings.ToUpper(id), typ, country}, "\x00")))
	return hex.EncodeToString(mac.Sum(nil))
}

// check is stored with the state, to tell another key from a damaged file.
func (s *sealer) check() string {
	if !s.persistent() {
		return ""
	}
	return s.mark("key check", "", "")
}
