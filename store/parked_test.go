package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// What is parked is listed with its case, why and since when, and starts again once, with an entry in the audit log.
func TestParkedJobsAreListedAndStarted(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i, err := d.ApplyIdentity(t.Context(), d.news("px-1", "user-4711", identity.Pending), nil)
		require.NoError(t, err)
		require.NoError(t, d.EnqueueRechecks(t.Context(), []string{i.ID}, queue.Background))
		d.clock.Advance(time.Minute)
		require.NoError(t, d.ParkJob(t.Context(), d.claim("recheck"), "not_found identity"))
		parkedAt := d.clock.Now()
		d.clock.Advance(time.Hour)
		require.NoError(t, d.Receive(t.Context(), identity.Delivery{EventID: "e-1", Type: identity.EventApproved, ReceivedAt: d.clock.Now()}))
		require.NoError(t, d.ParkJob(t.Context(), d.claim("event"), "invalid"))

		jobs, err := d.ParkedJobs(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, jobs, 2)
		require.Equal(t, []string{"event", "recheck"}, []string{jobs[0].Kind, jobs[1].Kind}, "the last one first")
		p := jobs[1]
		require.Equal(t, i.ID, p.Subject)
		require.Equal(t, "user-4711", p.RefID)
		require.Equal(t, "not_found identity", p.LastError)
		require.WithinDuration(t, parkedAt, p.RunAt, time.Millisecond)
		require.Equal(t, 1, p.Attempts)
		of, err := d.ParkedOf(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, jobs[1:], of)
		few, err := d.ParkedJobs(t.Context(), 1)
		require.NoError(t, err)
		require.Len(t, few, 1)

		require.NoError(t, d.StartJob(t.Context(), p.ID, by("ana", audit.StartedJob)))
		require.Equal(t, i.ID, d.claim("recheck").Subject)
		kindIs(t, fault.NotFound, d.StartJob(t.Context(), p.ID, by("ana", audit.StartedJob)))
		require.NoError(t, d.StartJob(t.Context(), jobs[0].ID, by("ana", audit.StartedJob)))
		e, err := d.Event(t.Context(), "e-1")
		require.NoError(t, err)
		require.Equal(t, identity.EventQueued, e.State)
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.StartedJob})
		require.NoError(t, err)
		require.Len(t, entries, 2, "nothing is told of what was not done")
		require.Equal(t, "e-1", entries[0].Object)
		require.Equal(t, i.ID, entries[1].IdentityID)
		require.Equal(t, "recheck", entries[1].Object)
		jobs, err = d.ParkedJobs(t.Context(), 10)
		require.NoError(t, err)
		require.Empty(t, jobs)
	})
}
