package inbox

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// syncOverlap is how far behind its watermark a sync begins. It also covers the difference between Paxos' clock and ours.
const syncOverlap = identity.ClockGrace

// The names of runs, under which their changes are counted and told in the audit log.
const (
	syncRun      = "list of changes"
	backfillRun  = "backfill"
	reconcileRun = "reconciliation"
)

// sync reads what has changed at Paxos since the last complete sync. The list is ordered by creation, so that only its end
// says how far it reached: then the watermark moves, together with the last page. It never moves beyond the moment at which
// the reading began, since what changes behind a page that was read already is only seen by the next sync.
func (b *Inbox) sync(ctx context.Context) error {
	b.syncing.Lock()
	defer b.syncing.Unlock()
	mark, err := b.time(ctx, syncedUpTo)
	if err != nil {
		return err
	}
	began, reached, changes := b.o.Now(), mark, 0
	err = b.pages(ctx, since(mark), func(page identity.ListPage) error {
		for _, r := range page.Records {
			reached = later(reached, r.UpdatedAt)
		}
		var state map[string]string
		if page.Cursor == "" {
			state = map[string]string{syncedAt: written(began), syncedUpTo: written(later(mark, earlier(reached, began)))}
		}
		changed, err := b.o.Store.ApplyRunPage(ctx, b.news(page, identity.BySync), state, syncRun, page.Cursor == "")
		changes += changed
		return err
	})
	if err == nil && changes > 0 {
		b.o.Log.Info("changes were found by list", "identities", changes)
	}
	return err
}

// since asks for what has changed since a watermark; for everything where there is none.
func since(mark time.Time) identity.ListQuery {
	q := identity.ListQuery{Limit: pageSize}
	if !mark.IsZero() {
		q.UpdatedSince = mark.Add(-syncOverlap)
	}
	return q
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// pages reads a list to its end, page by page.
func (b *Inbox) pages(ctx context.Context, q identity.ListQuery, use func(identity.ListPage) error) error {
	return b.pagesOf(ctx, b.o.Background, q, use)
}

func (b *Inbox) pagesOf(ctx context.Context, from client, q identity.ListQuery, use func(identity.ListPage) error) error {
	for {
		page, err := from.ListIdentities(ctx, q)
		if err != nil {
			return err
		}
		if page.Cursor != "" && page.Cursor == q.Cursor {
			return &fault.Error{Kind: fault.Lost, Code: "same_cursor", Text: "Paxos gives the same page again and again."}
		}
		if err := use(page); err != nil {
			return err
		}
		if page.Cursor == "" {
			return nil
		}
		q.Cursor = page.Cursor
	}
}

// news is what a page of a list tells. A change that it shows is not called unannounced: a webhook may be on its way, and for
// most changes there is none.
func (b *Inbox) news(page identity.ListPage, by identity.Source) []identity.News {
	now := b.o.Now()
	ns := make([]identity.News, len(page.Records))
	for n, r := range page.Records {
		ns[n] = identity.News{Record: r, AskedAt: page.AskedAt, HeardAt: now, By: by}
	}
	return ns
}
