package main

import (
	"context"
	"fmt"
)

type migrateCommand struct{}

// Run brings the schema up to date.
func (migrateCommand) Run(ctx context.Context, p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	keys, err := ensureKeys(&cfg)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, &cfg, keys, newLog(p.stderr, cfg.LogLeast(), string(cfg.LogFormat)))
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s is up to date.\n", cfg.DatabaseURL)
	return err
}
