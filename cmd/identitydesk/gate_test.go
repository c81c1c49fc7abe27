package main

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/inbox"
)

// putsOffItself are the kinds whose handlers put themselves off while Paxos throttles the desk: much of what comes in is dealt with without
// a call. Each has a case of a closed gate in the tests of its own room.
func putsOffItself() []string { return []string{inbox.EventKind, inbox.RecheckKind, inbox.LookKind} }

// TestEveryKindOfJobWaitsBehindTheGate: while Paxos throttles the desk a job of whatever kind waits as if nobody had claimed it, be what it
// is about there or not. The kinds are those that the desk's own runner has, so that a new one that calls Paxos cannot be forgotten.
func TestEveryKindOfJobWaitsBehindTheGate(t *testing.T) {
	t.Parallel()
	d := built(t)
	until := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	require.NoError(t, d.budget.Throttle(t.Context(), until))
	require.Subset(t, d.runner.Kinds(), putsOffItself())
	kinds := slices.DeleteFunc(d.runner.Kinds(), func(kind string) bool { return slices.Contains(putsOffItself(), kind) })
	require.GreaterOrEqual(t, len(kinds), 8, "submissions, imports, files, what is looked up, and each kind of move")

	db, err := sql.Open("sqlite", "file:"+d.cfg.DatabaseURL.Path+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	for _, kind := range kinds {
		_, err := db.ExecContext(t.Context(), `INSERT INTO jobs (kind, subject, subject_at, priority, run_at, attempts, wanted, lease, lease_until,
			parked, asked_by, created_at, last_error) VALUES ($1, 'x', 0, 10, 1, 0, 1, '', 0, 0, '', 1, '')`, kind)
		require.NoError(t, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- d.runner.Run(ctx) }()
	ready := func() (n int) {
		require.NoError(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM jobs WHERE run_at = 1 OR lease <> ''`).Scan(&n))
		return n
	}
	for deadline := time.Now().Add(patience); ready() > 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	require.NoError(t, <-ran)
	for _, kind := range kinds {
		var runAt, attempts int64
		var why string
		err := db.QueryRowContext(t.Context(), `SELECT run_at, attempts, last_error FROM jobs WHERE kind = $1 AND subject = 'x'`, kind).
			Scan(&runAt, &attempts, &why)
		require.NoError(t, err, "%s was begun, and has ended: it is not behind the gate, see handleGated", kind)
		require.Equal(t, "unavailable held_back", why, "%s is not behind the gate, see handleGated", kind)
		require.Equal(t, until.UnixMilli(), runAt, kind)
		require.Zero(t, attempts, "%s: nothing was tried", kind)
	}
}
