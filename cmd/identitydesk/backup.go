package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"identitydesk/store"
)

type backupCommand struct {
	File  string `arg:"" help:"Where to write it."`
	Force bool   `help:"Replace a file that is there."`
}

// Run copies the database to a file; the desk may run meanwhile.
func (b backupCommand) Run(ctx context.Context, p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if err := store.Backup(ctx, cfg.DatabaseURL.String(), b.File, b.Force, progress(p.stdout)); err != nil {
		return err
	}
	info, err := os.Stat(b.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "Done: %s holds all of %s (%s).\nIt opens only with the ENCRYPTION_KEYS of this desk: keep these elsewhere.\n",
		b.File, cfg.DatabaseURL, megabytes(info.Size()))
	return err
}

// progress tells how far a copy has come.
func progress(w io.Writer) store.Progress {
	return func(done, of int64) {
		_, _ = fmt.Fprintf(w, "%s of about %s\n", megabytes(done), megabytes(of))
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
