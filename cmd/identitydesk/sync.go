package main

import (
	"context"
	"errors"
	"fmt"

	"identitydesk/internal/audit"
	"identitydesk/internal/config"
	"identitydesk/internal/inbox"
)

type syncCommand struct{}

// Run reads everything from Paxos and says how far it has come; a desk may run beside it.
func (syncCommand) Run(ctx context.Context, p *program) (err error) {
	cfg, err := config.Load(p.environ)
	if err != nil {
		return err
	}
	keys, err := ensureKeys(&cfg)
	if err != nil {
		return err
	}
	d, err := openDesk(ctx, &cfg, keys, newLog(p.stderr, cfg.LogLeast(), string(cfg.LogFormat)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := d.store.Record(ctx, audit.Entry{ActorID: "operator", ActorName: "operator", Action: audit.RanSync}); err != nil {
		return err
	}
	var last inbox.Progress
	err = d.inbox.Backfill(ctx, func(at inbox.Progress) {
		last = at
		_, _ = fmt.Fprintf(p.stdout, "%d identities read, up to %s\n", at.Read, at.Reached.UTC().Format("2006-01-02 15:04:05Z"))
	})
	if err != nil {
		return fmt.Errorf("stopped after %d identities; run it again to go on: %w", last.Read, err)
	}
	_, err = fmt.Fprintf(p.stdout, "Done: %d identities.\n", last.Read)
	return err
}
