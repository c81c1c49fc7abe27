package config

import (
	"encoding/hex"
	"strings"
)

const hidden = "[hidden]"

// Secret is a text that no log, page or error shows: only Value gives it away.
type Secret string

// Value is the secret itself.
func (s Secret) Value() string { return string(s) }

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the value from JSON and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes any text but an empty one, which only a list can hold.
func (s *Secret) UnmarshalText(text []byte) error {
	trimmed := strings.TrimSpace(string(text))
	if trimmed == "" {
		return errForm
	}
	*s = Secret(trimmed)
	return nil
}

const keySize = 32

// HexKey is a key of 32 bytes, hidden like a Secret.
type HexKey []byte

// String hides the key.
func (k HexKey) String() string { return hidden }

// GoString hides the key from %#v.
func (k HexKey) GoString() string { return hidden }

// MarshalText hides the key from JSON and logs.
func (k HexKey) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText takes 64 hex digits.
func (k *HexKey) UnmarshalText(text []byte) error {
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return errForm
	}
	*k = key
	return nil
}
