package main

import (
	"crypto/rand"

	"identitydesk/internal/config"
	"identitydesk/internal/evidence"
	"identitydesk/internal/secret"
)

// keyring holds the keys of one process.
type keyring struct {
	sealer  *secret.Keys // for what is personal
	session [][]byte     // for cookies; the first one signs
	webhook string       // what the embedded emulator sends with its webhooks
}

// ensureKeys reads the keys, and makes them in the data folder on first start where the environment is the emulator.
func ensureKeys(cfg *config.Config) (keyring, error) {
	if _, err := cfg.EnsureKeys(secret.Generate); err != nil {
		return keyring{}, err
	}
	sealer, err := secret.Parse(cfg.EncryptionKeys.Value())
	if err != nil {
		return keyring{}, err
	}
	k := keyring{sealer: sealer}
	for _, key := range cfg.SessionKeys {
		k.session = append(k.session, key)
	}
	if !cfg.WebhooksOn() && cfg.PaxosEnv == config.Emulator {
		// Emulator and desk are one process: a key that lives as long as it does is enough.
		cfg.WebhookKeys = []config.Secret{config.Secret(rand.Text())}
	}
	if len(cfg.WebhookKeys) > 0 {
		k.webhook = cfg.WebhookKeys[0].Value()
	}
	return k, nil
}

// reveal gives the plain values of several secrets.
func reveal(secrets []config.Secret) []string {
	plain := make([]string, len(secrets))
	for i, s := range secrets {
		plain[i] = s.Value()
	}
	return plain
}

// signer signs evidence packs, with a key that follows from the index key, which is never changed.
func signer(keys keyring) evidence.Signer { return evidence.NewSigner(keys.sealer.Derive("evidence")) }
