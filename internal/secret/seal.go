package secret

import (
	"errors"
	"fmt"
)

// ErrOpen says that a sealed value was altered, belongs to another place, or was
// sealed with a key that is not among ours.
var ErrOpen = errors.New("a stored value could not be decrypted: it was altered, moved, or sealed with a key that is no longer in " + Variable)

// Seal encrypts plain. The result opens only with the same ad (associated data),
// which names the place the value is stored in, such as "identity/17/draft", so
// that a value copied to another row is refused.
func (k *Keys) Seal(plain, ad []byte) ([]byte, error) {
	sealed, err := k.aead.Encrypt(plain, ad)
	if err != nil {
		return nil, fmt.Errorf("encrypt a value: %w", err)
	}
	return sealed, nil
}

// Open decrypts what Seal made with the same ad. It fails with ErrOpen.
func (k *Keys) Open(sealed, ad []byte) ([]byte, error) {
	plain, err := k.aead.Decrypt(sealed, ad)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}
