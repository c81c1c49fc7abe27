package moves

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const (
	// keepEvery is how often the desk looks for content that is not needed any more.
	keepEvery = time.Minute
	// keepIdle is for how long a file that nobody knows may be there: it has just come, and is about to be known.
	keepIdle = time.Minute
	// keepBatch is how many files are given up in one transaction.
	keepBatch = 50
)

// Tidy lets go of what a desk that was killed has left of files, before another one takes any in.
func (d *Documents) Tidy(ctx context.Context) error { return d.sweep(ctx, 0) }

// Keep gives files up whose time is over, and lets go of content that is not needed any more, until ctx ends.
func (d *Documents) Keep(ctx context.Context) error {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		if err := d.KeepOnce(ctx); err != nil && ctx.Err() == nil {
			d.o.Log.Error("documents that are done with could not be let go", "kind", string(fault.KindOf(err)))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// KeepOnce is one round of [Documents.Keep].
func (d *Documents) KeepOnce(ctx context.Context) error {
	for {
		expired, err := d.o.Store.ExpireUploads(ctx, d.o.Now().Add(-identity.UploadTerm), keepBatch)
		if err != nil {
			return err
		}
		if expired > 0 {
			d.o.Log.Warn("documents waited for too long and are given up", "files", expired)
		}
		if expired < keepBatch {
			return d.sweep(ctx, keepIdle)
		}
	}
}

func (d *Documents) sweep(ctx context.Context, idle time.Duration) error {
	keep, err := d.o.Store.HeldUploads(ctx)
	if err != nil {
		return err
	}
	removed, err := d.o.Spool.Sweep(ctx, keep, idle)
	if removed > 0 {
		d.o.Log.Info("let go of the content of documents", "files", removed)
	}
	return err
}
