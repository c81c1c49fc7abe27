package main

import (
	"fmt"

	"identitydesk/internal/secret"
)

type keysCommand struct {
	Generate generateCommand   `cmd:"" help:"Print one value for ENCRYPTION_KEYS."`
	Rotate   rotateCommand     `cmd:"" help:"Print ENCRYPTION_KEYS with a new key added, promoted, or with former ones dropped."`
	Status   keysStatusCommand `cmd:"" help:"Tell which keys the database needs."`
	Public   publicCommand     `cmd:"" help:"Print the public key with which evidence packs are verified."`
}

type generateCommand struct{}

// Run prints a fresh value for ENCRYPTION_KEYS, and nothing else, so that scripts can capture it.
func (generateCommand) Run(p *program) error {
	value, err := secret.Generate()
	if err != nil {
		return fmt.Errorf("generate keys: %w", err)
	}
	_, err = fmt.Fprintln(p.stdout, value)
	return err
}

type publicCommand struct{}

// Run prints the key, and nothing else, so that scripts can capture it. It follows from ENCRYPTION_KEYS and stays when these are
// rotated.
func (publicCommand) Run(p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	keys, err := ensureKeys(&cfg)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, signer(keys).Public())
	return err
}
