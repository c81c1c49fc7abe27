package inbox_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
)

func asks(name string) audit.Entry {
	return audit.Entry{ActorID: name, ActorName: name, Action: audit.AskedRange}
}

func TestRange(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(300, identity.Approved, old) // one a minute
	for _, known := range []string{"p100", "p101", "p102"} {
		w.cache.rows[known] = identity.Identity{ID: "our-" + known, PaxosID: known}
	}
	from, to := w.paxos.records[50].CreatedAt, w.paxos.records[280].CreatedAt
	b := w.inbox()
	none, err := b.Range(t.Context())
	require.NoError(t, err)
	require.True(t, none.Zero())
	require.NoError(t, b.ReadRange(t.Context()), "nobody has asked")
	require.Zero(t, w.paxos.made())

	asked, err := b.AskRange(t.Context(), from, to, asks("ana"))
	require.NoError(t, err)
	require.True(t, asked.Running())
	require.Equal(t, "ana", asked.AskedBy)
	require.Len(t, w.cache.recorded, 1)
	require.Equal(t, audit.AskedRange, w.cache.recorded[0].Action)
	require.Contains(t, w.cache.recorded[0].Detail, from.Format(time.RFC3339))
	_, err = b.AskRange(t.Context(), from, to, asks("bo"))
	require.Equal(t, fault.Conflict, fault.KindOf(err), "one at a time")
	require.Len(t, w.cache.recorded, 1)

	require.NoError(t, b.ReadRange(t.Context()))
	require.Equal(t, 3, w.paxos.count("background list"))
	require.Equal(t, identity.ListQuery{CreatedFrom: from, CreatedTo: to, Limit: 100}, w.paxos.asked(0))
	r, err := w.inbox().Range(t.Context())
	require.NoError(t, err)
	require.Equal(t, inbox.Range{
		From: from, To: to, AskedAt: now, AskedBy: "ana", Read: 230, New: 227, Reached: to.Add(-time.Minute), EndedAt: now, AtReached: 1,
	}, r)
	require.False(t, r.Running())

	require.NoError(t, b.ReadRange(t.Context()))
	require.Equal(t, 3, w.paxos.made(), "it is done")
	_, err = b.AskRange(t.Context(), to, now, asks("bo"))
	require.NoError(t, err)
	r, err = b.Range(t.Context())
	require.NoError(t, err)
	require.Equal(t, "bo", r.AskedBy)
}

// Whatever stops a reading, it goes on behind the last page that was stored, and counts each identity once.
func TestInterruptedRangeGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(250, identity.Approved, old)
	for n := 90; n < 110; n++ { // the end of the first page is one moment
		w.paxos.records[n].CreatedAt = w.paxos.records[90].CreatedAt
	}
	b := w.inbox()
	_, err := b.AskRange(t.Context(), old.Add(-24*time.Hour), now, asks("ana"))
	require.NoError(t, err)
	cut := errors.New("cut")
	w.paxos.fail = func(string) error {
		if len(w.paxos.calls) == 2 {
			return cut
		}
		return nil
	}
	require.ErrorIs(t, b.ReadRange(t.Context()), cut)
	r, err := b.Range(t.Context())
	require.NoError(t, err)
	require.True(t, r.Running())
	require.Equal(t, int64(100), r.Read)
	require.Equal(t, int64(10), r.AtReached)

	require.NoError(t, w.inbox().ReadRange(t.Context()), "another process")
	require.Equal(t, w.paxos.records[90].CreatedAt, w.paxos.asked(1).CreatedFrom)
	r, err = b.Range(t.Context())
	require.NoError(t, err)
	require.False(t, r.Running())
	require.Equal(t, int64(250), r.Read)
	require.Equal(t, int64(250), r.New)
}

func TestRangeThatPaxosRefusesEnds(t *testing.T) {
	t.Parallel()
	for kind, ends := range map[fault.Kind]bool{fault.Invalid: true, fault.Forbidden: true, fault.Lost: false, fault.Throttled: false} {
		w := newWorld()
		b := w.inbox()
		_, err := b.AskRange(t.Context(), old, now, asks("ana"))
		require.NoError(t, err)
		w.paxos.fail = func(string) error { return &fault.Error{Kind: kind, Code: "word"} }
		err = b.ReadRange(t.Context())
		r, readErr := b.Range(t.Context())
		require.NoError(t, readErr)
		require.Equal(t, ends, err == nil, kind)
		require.Equal(t, ends, !r.Running(), kind)
		if ends {
			require.Equal(t, string(kind)+" word", r.Error)
		}
	}
}

// A range is read without waiting for the backfill, and its trouble is told while it is tried again.
func TestRangeBesideTheBackfill(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.o.Backoff = func(int) time.Duration { return time.Millisecond }
	w.people(3, identity.Approved, old)
	failed := make(chan struct{}, 1)
	w.paxos.fail = func(string) error {
		select {
		case failed <- struct{}{}:
		default:
		}
		return &fault.Error{Kind: fault.Unavailable}
	}
	b := w.inbox()
	_, err := b.AskRange(t.Context(), old.Add(-time.Hour), now, asks("ana"))
	require.NoError(t, err)
	go func() { _ = b.Run(t.Context()) }()
	<-failed
	require.Eventually(t, func() bool {
		r, err := b.Range(t.Context())
		return err == nil && r.Running() && r.Error == "unavailable"
	}, time.Minute, time.Millisecond)
	w.paxos.mu.Lock()
	w.paxos.fail = nil
	w.paxos.mu.Unlock()
	require.Eventually(t, func() bool {
		r, err := b.Range(t.Context())
		return err == nil && !r.Running() && r.Read == 3 && r.Error == ""
	}, time.Minute, time.Millisecond)
}

func TestRangesThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	for field, span := range map[string][2]time.Time{
		"from": {now.Add(time.Minute), now.Add(time.Hour)},
		"to":   {now.Add(-time.Hour), now.Add(-time.Hour)},
	} {
		w := newWorld()
		_, err := w.inbox().AskRange(t.Context(), span[0], span[1], asks("ana"))
		require.Contains(t, fault.From(err).Fields, field)
		require.Empty(t, w.cache.recorded)
	}
	w := newWorld()
	_, err := w.inbox().AskRange(t.Context(), now.AddDate(0, 0, -94), now, asks("ana"))
	require.Contains(t, fault.From(err).Fields["to"], "93 days")
	_, err = w.inbox().AskRange(t.Context(), now.AddDate(0, 0, -93), now, asks("ana"))
	require.NoError(t, err)
}
