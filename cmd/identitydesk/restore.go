package main

import (
	"context"
	"fmt"

	"identitydesk/store"
)

type restoreCommand struct {
	File string `arg:"" help:"What backup wrote."`
}

// Run puts a backup in the place of the database; no desk may run on it.
func (r restoreCommand) Run(ctx context.Context, p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	keys, err := ensureKeys(&cfg)
	if err != nil {
		return err
	}
	done, err := store.Restore(ctx, cfg.DatabaseURL.String(), r.File, keys.sealer, progress(p.stdout))
	if err != nil {
		return err
	}
	if done.Kept != "" {
		_, _ = fmt.Fprintf(p.stdout, "The former database is kept as %s.\n", done.Kept)
	}
	_, err = fmt.Fprintf(p.stdout, "Done: %s holds %d identities and %d events again. Start the desk: it reads from Paxos what came since.\n",
		cfg.DatabaseURL, done.Identities, done.Events)
	return err
}
