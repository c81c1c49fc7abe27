package onboarding_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

func (c *cache) LookupMany(ctx context.Context, ids []string, about func([][]identity.Identity) []audit.Entry) ([][]identity.Identity, error) {
	found := make([][]identity.Identity, len(ids))
	for n, id := range ids {
		found[n], _ = c.Lookup(ctx, id)
	}
	for _, e := range about(found) {
		if err := c.write("look up many", e); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (c *cache) FormerRefIDs(_ context.Context, ids []string) (map[string][]string, error) {
	former := map[string][]string{}
	for _, id := range ids {
		former[id] = []string{"former-of-" + id}
	}
	return former, nil
}

// Histories tell that each case was found two days ago as it is now, and that c3 was found undecided.
func (c *cache) Histories(_ context.Context, ids []string) (map[string][]identity.Entry, error) {
	histories := map[string][]identity.Entry{}
	for _, id := range ids {
		found := identity.Entry{Kind: identity.WasFound, New: c.cases[id].Status, OccurredAt: now.AddDate(0, 0, -9), ReceivedAt: now.AddDate(0, 0, -2)}
		histories[id] = []identity.Entry{found}
		if at := c.cases[id].DecidedAt; at != nil {
			histories[id][0].New = identity.Pending
			histories[id] = append(histories[id], identity.Entry{
				Kind: identity.StatusChanged, Old: identity.Pending, New: c.cases[id].Status, OccurredAt: *at, ReceivedAt: *at,
			})
		}
	}
	return histories, nil
}

// A list leaves an entry at each case, and one of its own: the numbers, and what was not found by its hash alone.
func TestLookupMany(t *testing.T) {
	t.Parallel()
	twin := pending
	twin.ID, twin.RefID = "c9", "user-2"
	c := cacheOf(pending, failed, twin)
	d := deskOf(c)
	found, asOf, err := d.LookupMany(t.Context(), as(access.Viewer), []string{"user-1", "nobody-1", "user-2", "775300EF-4edb-47b9-8ec4-f45fe3cbf41f"}, time.Time{})
	require.NoError(t, err)
	require.Equal(t, now, asOf)
	var rows []int
	for _, f := range found {
		rows = append(rows, len(f.Cases))
	}
	require.Equal(t, []int{1, 0, 2, 0}, rows)
	require.Equal(t, "nobody-1", found[1].Asked)
	require.Len(t, c.entries, 4)
	var at []string
	for _, e := range c.entries[:3] {
		require.Equal(t, audit.LookedUp, e.Action)
		require.Equal(t, "in a list of 4", e.Detail)
		at = append(at, e.IdentityID)
	}
	require.ElementsMatch(t, []string{"c1", "c2", "c9"}, at, "who asks who looked at a case finds it there")
	e := c.entries[3]
	require.Equal(t, audit.LookedUp, e.Action)
	require.Empty(t, e.IdentityID, "several were found")
	require.Regexp(t, `^4 asked, 2 found\nnot found: text [0-9a-f]{32}, uuid [0-9a-f]{32}$`, e.Detail)
	require.NotContains(t, e.Detail, "nobody-1")

	_, _, err = d.LookupMany(t.Context(), as(access.Viewer), []string{"nobody-1"}, time.Time{})
	require.NoError(t, err)
	missed := c.entries[4].Detail
	require.Contains(t, e.Detail, strings.TrimPrefix(missed, "1 asked, 0 found\nnot found: "), "the same id has the same hash")
	_, _, err = d.LookupMany(t.Context(), as(access.Viewer), []string{"user-1", "nobody-1"}, time.Time{})
	require.NoError(t, err)
	require.Len(t, c.entries, 6, "one case, one entry")
	require.Equal(t, "c1", c.entries[5].IdentityID)
}

func TestLookupManyRefuses(t *testing.T) {
	t.Parallel()
	c := cacheOf(pending)
	_, _, err := deskOf(c).LookupMany(t.Context(), as(access.Lead), []string{"user-1", "anna@example.org"}, time.Time{})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Contains(t, fault.From(err).Fields["ref_ids"], "Entry 2: ")
	require.NotContains(t, fault.From(err).Fields["ref_ids"], "anna")
	require.False(t, c.touched, "nothing is looked up")
}

func TestLookupTellsByWhichID(t *testing.T) {
	t.Parallel()
	i := pending
	i.VerificationID = "verification-1"
	want := map[string]onboarding.Match{
		"user-1": onboarding.ByRefID, "former-of-c1": onboarding.ByFormerRefID, "C1": onboarding.ByOurID, "P1": onboarding.ByPaxosID,
		"verification-1": onboarding.ByVerificationID, "event-1": onboarding.ByOther,
	}
	c := cacheOf(i)
	c.leads = map[string]string{}
	var asked []string
	for id := range want {
		asked, c.leads[id] = append(asked, id), "c1"
	}
	found, _, err := deskOf(c).LookupMany(t.Context(), as(access.Viewer), asked, time.Time{})
	require.NoError(t, err)
	for _, f := range found {
		require.Equal(t, want[f.Asked], f.Cases[0].By, f.Asked)
		require.Zero(t, f.Cases[0].Then)
	}
}

func TestLookupOfAMoment(t *testing.T) {
	t.Parallel()
	seen, decided := pending, pending
	seen.ID, seen.RefID, seen.Status = "c2", "user-2", identity.Denied
	at := now.Add(-time.Hour)
	decided.ID, decided.RefID, decided.Status, decided.DecidedAt = "c3", "user-3", identity.Approved, &at
	c := cacheOf(pending, seen, decided)
	asked := []string{"user-1", "user-2", "user-3"}
	found, _, err := deskOf(c).LookupMany(t.Context(), as(access.Viewer), asked, now.AddDate(0, 0, -1))
	require.NoError(t, err)
	require.Equal(t, "3 asked, 3 found, status at 2026-03-01T15:00:00Z", c.entries[3].Detail)
	first := now.AddDate(0, 0, -2)
	var befores []*time.Time
	var then []identity.Status
	for _, f := range found {
		befores = append(befores, f.Cases[0].DecidedBefore)
		require.True(t, f.Cases[0].Then.Known)
		require.Equal(t, first, f.Cases[0].Then.KnownFrom)
		then = append(then, f.Cases[0].Then.Status)
	}
	require.Equal(t, []*time.Time{nil, &first, nil}, befores, "where it is not known when the decision fell: when it was first seen")
	require.Equal(t, []identity.Status{identity.Pending, identity.Denied, identity.Pending}, then)

	found, _, err = deskOf(c).LookupMany(t.Context(), as(access.Viewer), asked, now.AddDate(0, 0, -3))
	require.NoError(t, err)
	require.Equal(t, identity.Standing{At: now.AddDate(0, 0, -3), KnownFrom: first}, found[0].Cases[0].Then)
}
