package inbox

import (
	"context"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// staleMost is how many stale cases one round asks for one by one, at background priority.
const staleMost = 500

// recheckStale asks again for undecided cases that nobody has confirmed for the re-check interval. Where they are many, the list
// of changes is read first, which shows those that Paxos has decided since, then a status that many of them share is listed in
// bulk; what the lists left out, and the few, are asked for one by one.
func (b *Inbox) recheckStale(ctx context.Context) error {
	before := b.o.Now().Add(-b.o.RecheckInterval)
	stale, err := b.o.Store.Undecided(ctx, before, staleMost)
	if err != nil {
		return err
	}
	listed := false
	if len(stale) > few {
		if err := b.syncSince(ctx, before); err != nil {
			return err
		}
		if stale, err = b.o.Store.Undecided(ctx, before, staleMost); err != nil {
			return err
		}
	}
	for status, n := range byStatus(stale) {
		if n <= few || !b.mayList(status, before) {
			continue
		}
		if err := b.listStale(ctx, status); err != nil {
			return err
		}
		listed = true
	}
	if listed {
		if stale, err = b.o.Store.Undecided(ctx, before, staleMost); err != nil {
			return err
		}
	}
	return b.recheckAll(ctx, stale)
}

// recheckAll asks for each case by itself.
func (b *Inbox) recheckAll(ctx context.Context, cases []identity.Identity) error {
	if len(cases) == 0 {
		return nil
	}
	ids := make([]string, len(cases))
	for n, i := range cases {
		ids[n] = i.ID
	}
	return b.o.Store.EnqueueRechecks(ctx, ids, queue.Background)
}

// syncSince reads the list of changes unless that was begun after a time.
func (b *Inbox) syncSince(ctx context.Context, at time.Time) error {
	began, err := b.time(ctx, syncedAt)
	if err != nil || began.After(at) {
		return err
	}
	return b.sync(ctx)
}

func byStatus(is []identity.Identity) map[identity.Status]int {
	n := map[identity.Status]int{}
	for _, i := range is {
		if i.Status != identity.StatusNone {
			n[i.Status]++
		}
	}
	return n
}

// mayList keeps a list that leaves many out from being read again before its interval has passed.
func (b *Inbox) mayList(s identity.Status, before time.Time) bool {
	b.listedMu.Lock()
	defer b.listedMu.Unlock()
	return !b.listed[s].After(before)
}

func (b *Inbox) listStale(ctx context.Context, s identity.Status) error {
	began := b.o.Now()
	err := b.pages(ctx, identity.ListQuery{Status: s, Limit: pageSize}, func(page identity.ListPage) error {
		_, err := b.o.Store.ApplyPage(ctx, b.news(page, identity.ByRecheck), nil)
		return err
	})
	if err != nil {
		return err
	}
	b.listedMu.Lock()
	defer b.listedMu.Unlock()
	b.listed[s] = began
	return nil
}
