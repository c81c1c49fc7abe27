package main

import (
	"context"
	"time"

	"identitydesk/internal/budget"
	"identitydesk/internal/moves"
	"identitydesk/internal/queue"
	"identitydesk/store"
)

// documentAttempts is how often it is tried to learn which documents or controls Paxos holds before the job is parked.
const documentAttempts = 6

// spoolMost is how many bytes the documents under way may take on the disk, which the database shares: a file that would be one too many is
// refused, and nothing else stops for want of room.
const spoolMost = 4 << 30

// joinDocuments opens the spool, lets go of what a desk that was killed has left in it, and makes what sends files to Paxos.
func (d *desk) joinDocuments(ctx context.Context) (err error) {
	d.spool, err = store.OpenSpool(ctx, store.SpoolOptions{URL: d.cfg.DatabaseURL.String(), Most: spoolMost, Now: time.Now, Log: d.log})
	if err != nil {
		return err
	}
	d.documents = moves.NewDocuments(moves.DocumentOptions{
		Store: d.store, Spool: d.spool, Paxos: d.paxos.At(budget.Submission), Now: time.Now, Log: d.log,
	})
	d.handleGated(moves.UploadKind, 0, d.documents.Send)
	d.handleGated(moves.DocumentsKind, documentAttempts, d.documents.Look)
	d.handleGated(moves.ControlsKind, documentAttempts, moves.LookAtControls(d.store, d.paxos.At(budget.Submission), queue.Backoff, time.Now))
	return d.documents.Tidy(ctx)
}
