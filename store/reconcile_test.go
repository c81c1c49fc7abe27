package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// One audit entry for each run that changed something, with all that it changed, also over an interruption.
func TestRunsAreToldOnce(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		page := func(last bool, ids ...string) {
			var ns []identity.News
			for _, id := range ids {
				ns = append(ns, d.news(id, "ref-"+id, identity.Pending))
			}
			changed, err := d.ApplyRunPage(t.Context(), ns, map[string]string{"cursor": "c"}, "list of changes", last)
			require.NoError(t, err)
			require.Equal(t, len(ids), changed)
		}
		told := func() (details []string) {
			entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.RanSync})
			require.NoError(t, err)
			for _, e := range entries {
				require.Equal(t, "system", e.ActorID)
				require.Equal(t, "list of changes", e.Object)
				details = append(details, e.Detail)
			}
			return details
		}
		page(true)
		require.Empty(t, told(), "an empty run tells nothing")
		page(false, "px-1", "px-2")
		page(false)
		require.Empty(t, told())
		page(true, "px-3") // of the run that began anew after an interruption
		require.Equal(t, []string{"3 identities new or changed"}, told())
		page(true)
		require.Len(t, told(), 1)
		page(true, "px-4")
		require.Equal(t, []string{"1 identities new or changed", "3 identities new or changed"}, told())
		_, err := d.VerifyAudit(t.Context())
		require.NoError(t, err)
	})
}

func TestReconcileCountsDrift(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		start := d.clock.Now()
		first, last, err := d.CreatedSpan(t.Context())
		require.NoError(t, err)
		require.True(t, first.IsZero() && last.IsZero())
		for _, id := range []string{"px-same", "px-status", "px-details", "px-fresh"} {
			d.recheckable(id)
		}
		d.submit("user-1") // not at Paxos: it is no part of the span
		d.clock.Advance(time.Hour)
		settled := d.clock.Now().Add(-5 * time.Minute)
		record := func(id string, status identity.Status, updated time.Time) identity.News {
			n := d.news(id, "ref-"+id, status)
			n.Record.CreatedAt, n.Record.UpdatedAt, n.By = start, updated, identity.ByRecheck
			return n
		}
		details := record("px-details", identity.Pending, start)
		details.Record.Details.Screening = "ERROR"
		ns := []identity.News{
			record("px-same", identity.Pending, start),
			record("px-status", identity.Approved, start),
			details,
			record("px-fresh", identity.Denied, d.clock.Now()), // changed since the last news were read
			record("px-missing", identity.Approved, start),
		}
		drift, err := d.Reconcile(t.Context(), ns, settled, "reconciliation")
		require.NoError(t, err)
		require.Equal(t, map[identity.Drift]int{identity.DriftStatus: 1, identity.DriftDetails: 1, identity.DriftMissing: 1}, drift)
		for id, want := range map[string]identity.Status{"px-status": identity.Approved, "px-fresh": identity.Denied, "px-missing": identity.Approved} {
			i, err := d.IdentityByPaxosID(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, want, i.Status, "what differed is mended")
		}
		drift, err = d.Reconcile(t.Context(), ns, settled, "reconciliation")
		require.NoError(t, err)
		require.Empty(t, drift)
		_, err = d.ApplyRunPage(t.Context(), nil, nil, "reconciliation", true)
		require.NoError(t, err)
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.RanSync})
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Equal(t, "4 identities new or changed", entries[0].Detail)
		first, last, err = d.CreatedSpan(t.Context())
		require.NoError(t, err)
		require.Equal(t, []time.Time{start, start}, []time.Time{first, last})
	})
}
