package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// pragma changes the writer's connection.
func (d desk) pragma(text string) {
	d.t.Helper()
	require.NoError(d.t, d.Write(d.t.Context(), func(exec func(string, ...any) error) error { return exec("PRAGMA " + text) }))
}

// A database that cannot grow says so, keeps what it has confirmed and nothing else, and goes on once there is room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	clock := storetest.NewClock()
	d := desk{storetest.New(t, storetest.WithClock(clock)), t, clock}
	i := d.submit("user-1")
	d.pragma("max_page_count = 1") // which means: no more than there are
	var mu sync.Mutex
	kept := map[string]bool{}
	var wait sync.WaitGroup
	for w := range 8 {
		wait.Go(func() {
			for n := range 20 {
				id := fmt.Sprintf("ev-%d-%d", w, n)
				one := delivery(id, identity.EventApproved)
				one.Body = []byte(strings.Repeat("x", 2000))
				err := d.Receive(context.Background(), one)
				if err != nil && fault.KindOf(err) != fault.Unavailable {
					t.Errorf("%s: %v", id, err)
				}
				mu.Lock()
				kept[id] = err == nil
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	refused := 0
	for id, confirmed := range kept {
		deliveries, err := d.Deliveries(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, confirmed, len(deliveries) == 1, "%s: confirmed means stored", id)
		if !confirmed {
			refused++
		}
	}
	require.Positive(t, refused, "the disk was not full")
	require.Equal(t, identity.Queued, d.get(i.ID).Submission, "pages can be read")

	d.pragma("max_page_count = 1000000")
	require.NoError(t, d.Writable(t.Context()))
	for id := range kept { // as Paxos sends again
		require.NoError(t, d.Receive(t.Context(), delivery(id, identity.EventApproved)))
	}
	page, err := d.Events(t.Context(), identity.EventFilter{Limit: 200})
	require.NoError(t, err)
	require.Len(t, page.Items, len(kept))
	drift, err := d.RebuildCounters(t.Context())
	require.NoError(t, err)
	require.Zero(t, drift)
}

func TestReadOnlyFile(t *testing.T) {
	t.Parallel()
	d := storetest.New(t)
	require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventApproved)))
	desk{d, t, nil}.pragma("query_only = 1")
	kindIs(t, fault.Unavailable, d.Receive(t.Context(), delivery("ev-2", identity.EventApproved)))
	_, err := d.Event(t.Context(), "ev-1")
	require.NoError(t, err, "pages can be read")
	// The connection that could not write is given up: a new one finds the file as it is now.
	require.NoError(t, d.Receive(t.Context(), delivery("ev-2", identity.EventApproved)))
}

// Another process holds the database for longer than a write waits.
func TestLockedFile(t *testing.T) {
	t.Parallel()
	url := storetest.Dialects()[0].URL(t)
	d := storetest.New(t, storetest.WithURL(url))
	other, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite:"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	conn, err := other.Conn(t.Context())
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := d.Receive(context.Background(), delivery("ev-1", identity.EventApproved)); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a write that the lock kept out ended with %v", err)
		}
	})
	require.Eventually(t, func() bool { return d.Waiting() == 0 }, patience, tick)
	time.Sleep(10 * time.Millisecond) // the first one is under way: the next waits behind it
	kindIs(t, fault.Unavailable, d.Receive(ctx, delivery("ev-2", identity.EventApproved)))
	_, err = d.Events(t.Context(), identity.EventFilter{})
	require.NoError(t, err, "pages can be read")
	wait.Wait()

	_, err = conn.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	require.NoError(t, d.Writable(t.Context()))
	page, err := d.Events(t.Context(), identity.EventFilter{})
	require.NoError(t, err)
	require.Empty(t, page.Items, "what was not confirmed is not there")
}

// Two processes on one file, as serve and sync are: each claims what the other has not.
func TestTwoProcessesOnOneFile(t *testing.T) {
	t.Parallel()
	url := storetest.Dialects()[0].URL(t)
	one, two := storetest.New(t, storetest.WithURL(url)), storetest.New(t, storetest.WithURL(url))
	const events = 60
	for n := range events {
		require.NoError(t, one.Receive(t.Context(), delivery(fmt.Sprintf("ev-%d", n), identity.EventApproved)))
	}
	var mu sync.Mutex
	claimed := map[string]int{}
	var wait sync.WaitGroup
	for _, s := range []*store.Store{one, two} {
		wait.Go(func() {
			for {
				jobs, err := s.ClaimJobs(context.Background(), []string{"event"}, 3, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if len(jobs) == 0 {
					return
				}
				mu.Lock()
				for _, job := range jobs {
					claimed[job.Subject]++
				}
				mu.Unlock()
			}
		})
		wait.Go(func() {
			for n := range 30 {
				news := desk{clock: storetest.NewClock()}.news(fmt.Sprintf("px-%d", n), fmt.Sprintf("user-%d", n), identity.Pending)
				if _, err := s.ApplyIdentity(context.Background(), news, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	require.Len(t, claimed, events)
	for id, times := range claimed {
		require.Equal(t, 1, times, id)
	}
	drift, err := two.RebuildCounters(t.Context())
	require.NoError(t, err)
	require.Zero(t, drift)
}
