package evidence

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// Signer signs packs for a desk.
type Signer struct{ key ed25519.PrivateKey }

// NewSigner makes a signer from a secret of 32 bytes.
func NewSigner(seed []byte) Signer { return Signer{ed25519.NewKeyFromSeed(seed)} }

// Public is the key with which everybody can verify, as 64 hexadecimal digits.
func (s Signer) Public() string { return hex.EncodeToString(s.key.Public().(ed25519.PublicKey)) }

// sign gives the text of manifest.sig.
func (s Signer) sign(manifest []byte) []byte {
	return []byte(base64.StdEncoding.EncodeToString(ed25519.Sign(s.key, manifest)) + "\n")
}

// ParseKey reads what [Signer.Public] gave.
func ParseKey(text string) (ed25519.PublicKey, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("expected 64 hexadecimal digits")
	}
	return key, nil
}

func signed(manifest, signature []byte, key ed25519.PublicKey) bool {
	sig, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(string(signature), "\n"))
	return err == nil && ed25519.Verify(key, manifest, sig)
}
