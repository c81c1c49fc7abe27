package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Files in the data folder that hold keys made on first start.
const (
	sessionKeyFile    = "session.key"
	encryptionKeyFile = "encryption.key"
)

// EnsureKeys fills SessionKeys and EncryptionKeys from the data folder where the
// environment does not set them, and makes the files on first start. It does so in
// emulator alone: elsewhere Load has demanded both. generate makes a value for
// ENCRYPTION_KEYS. The result names the files it made.
//
// A file that exists is never written to: it may be the only copy of a key.
func (c *Config) EnsureKeys(generate func() (string, error)) (made []string, err error) {
	if c.PaxosEnv != Emulator {
		return nil, nil
	}
	if len(c.SessionKeys) == 0 {
		path := filepath.Join(c.DataDir(), sessionKeyFile)
		value, fresh, err := ensureFile(path, newSessionKey)
		if err != nil {
			return nil, err
		}
		if c.SessionKeys, err = parseHexKeys(value); err != nil {
			return nil, fmt.Errorf("%s: expected 64 hex digits, as in SESSION_KEYS; move the file away to have a new one made (everyone signs in again)", path)
		}
		made = append(made, fresh...)
	}
	if c.EncryptionKeys == "" {
		path := filepath.Join(c.DataDir(), encryptionKeyFile)
		value, fresh, err := ensureFile(path, generate)
		if err != nil {
			return nil, err
		}
		c.EncryptionKeys = Secret(value)
		made = append(made, fresh...)
	}
	return made, nil
}

// StoredEncryptionKeys gives the value of ENCRYPTION_KEYS, of the environment or of the file that emulator keeps it in, and where it
// is from. Nothing is made: without either the error says so.
func (c *Config) StoredEncryptionKeys() (value, from string, err error) {
	if c.EncryptionKeys != "" || c.PaxosEnv != Emulator {
		return c.EncryptionKeys.Value(), "ENCRYPTION_KEYS", nil
	}
	path := filepath.Join(c.DataDir(), encryptionKeyFile)
	value, err = readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", fmt.Errorf("there are no keys yet: ENCRYPTION_KEYS is not set, and there is no %s", path)
	}
	return value, path, err
}

func newSessionKey() (string, error) {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return "", fmt.Errorf("make a session key: %w", err)
	}
	return hex.EncodeToString(key), nil
}

func parseHexKeys(text string) ([]HexKey, error) {
	var keys []HexKey
	for part := range strings.SplitSeq(text, ",") {
		var key HexKey
		if err := key.UnmarshalText([]byte(part)); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// ensureFile reads a key file, made first where it is missing; fresh then names it.
func ensureFile(path string, generate func() (string, error)) (value string, fresh []string, err error) {
	value, err = readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return value, nil, err
	}
	if err := makeKey(path, generate); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", nil, fmt.Errorf("make the key file %s: %w", path, err)
	} else if err == nil {
		fresh = []string{path}
	}
	value, err = readKey(path)
	return value, fresh, err
}

func readKey(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read a key: %w", err)
	}
	value := strings.TrimSpace(string(text))
	if value == "" {
		return "", fmt.Errorf("%s is empty: put the key back from a copy; without it nothing sealed with it can be read. "+
			"A shell empties the file behind > before the command runs: print into another file, then mv it over this one", path)
	}
	return value, nil
}

// makeKey writes the whole file beside its place and then links it there: a link
// fails where the name is taken, so two starts at once end with one key, and nobody
// ever reads half a file.
func makeKey(path string, generate func() (string, error)) (err error) {
	value, err := generate()
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(dir, ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(draft.Name())) }()
	_, err = draft.WriteString(value + "\n")
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	return os.Link(draft.Name(), path)
}
