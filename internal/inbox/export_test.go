package inbox

import "context"

// ChangeIsDue reports whether a sync was asked for at once, and takes the request.
func (b *Inbox) ChangeIsDue() bool {
	select {
	case <-b.changed:
		return true
	default:
		return false
	}
}

// Poll, Sync and RecheckStale are one round of each loop.
func (b *Inbox) Poll(ctx context.Context) error        { return b.poll(ctx) }
func (b *Inbox) Sync(ctx context.Context) error        { return b.sync(ctx) }
func (b *Inbox) CatchUp(ctx context.Context) error     { return b.catchUp(ctx) }
func (b *Inbox) FillAsAsked(ctx context.Context) error { return b.fillAsAsked(ctx) }
func (b *Inbox) ReadRange(ctx context.Context) error   { return b.readRange(ctx) }
func (b *Inbox) ReconcileIfDue(ctx context.Context) error {
	return b.reconcileIfDue(ctx)
}
func (b *Inbox) RecheckStale(ctx context.Context) error { return b.recheckStale(ctx) }
