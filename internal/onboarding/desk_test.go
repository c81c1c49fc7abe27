package onboarding_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

// useCases is every use case, called with arguments that nothing but the role stands against.
func useCases() map[string]func(context.Context, *onboarding.Desk, access.Actor) error {
	return map[string]func(context.Context, *onboarding.Desk, access.Actor) error{
		"open": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, err := d.Open(ctx, a, "c1")
			return err
		},
		"peek": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, err := d.Peek(ctx, a, "c1")
			return err
		},
		"queue": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, err := d.Queue(ctx, a, identity.Filter{})
			return err
		},
		"list": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, err := d.List(ctx, a, identity.Filter{})
			return err
		},
		"export": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			return d.Export(ctx, a, identity.Filter{}, onboarding.ExportIdentities, func(onboarding.Row) error { return nil })
		},
		"lookup": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, _, err := d.Lookup(ctx, a, "user-1")
			return err
		},
		"lookup many": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, _, err := d.LookupMany(ctx, a, []string{"user-1", "user-2"}, time.Time{})
			return err
		},
		"submit": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, err := d.Submit(ctx, a, draft())
			return err
		},
		"recheck": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error { return d.Recheck(ctx, a, "c1") },
		"resubmit": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, err := d.Resubmit(ctx, a, "c2", onboarding.Mending{})
			return err
		},
		"withdraw": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, err := d.Withdraw(ctx, a, "c2")
			return err
		},
		"export look-ups": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			return d.Exporting(ctx, a, onboarding.ExportLookup, "3 asked")
		},
		"export events": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			return d.Exporting(ctx, a, onboarding.ExportEvents, "everything")
		},
		"export audit": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			return d.Exporting(ctx, a, onboarding.ExportAudit, "everything")
		},
		"audit": func(ctx context.Context, d *onboarding.Desk, a access.Actor) error {
			_, err := d.Audit(ctx, a, audit.Filter{})
			return err
		},
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	const nobody = access.Role("")
	readers := []access.Role{access.Viewer, access.Analyst, access.Lead, access.Auditor, access.Admin}
	workers := []access.Role{access.Analyst, access.Lead}
	may := map[string][]access.Role{
		"open": readers, "peek": readers, "queue": readers, "list": readers, "export": readers, "lookup": readers, "lookup many": readers,
		"submit": workers, "recheck": workers, "resubmit": workers, "withdraw": {access.Lead},
		"audit": {access.Lead, access.Auditor, access.Admin}, "export look-ups": readers,
		"export events": {access.Analyst, access.Lead, access.Auditor, access.Admin},
		"export audit":  {access.Lead, access.Auditor, access.Admin},
	}
	for name, call := range useCases() {
		for _, role := range append(access.Roles(), nobody, "root") {
			t.Run(name+" as "+string(role), func(t *testing.T) {
				t.Parallel()
				c := cacheOf(pending, failed)
				err := call(t.Context(), deskOf(c), as(role))
				if slices.Contains(may[name], role) {
					require.NoError(t, err)
					return
				}
				require.Equal(t, fault.Forbidden, fault.KindOf(err))
				require.False(t, c.touched, "the store is not asked at all")
			})
		}
	}
}

// What is logged, and that nothing is answered or done where it cannot be.
func TestEntries(t *testing.T) {
	t.Parallel()
	tests := map[string]audit.Entry{
		"open":            {Action: audit.OpenedCase, IdentityID: "c1"},
		"peek":            {Action: audit.OpenedCase, IdentityID: "c1"},
		"export":          {Action: audit.Exported, Object: "identities", Detail: "everything"},
		"lookup":          {Action: audit.LookedUp, IdentityID: "c1"},
		"export look-ups": {Action: audit.Exported, Object: "lookup", Detail: "3 asked"},
		"export audit":    {Action: audit.Exported, Object: "audit", Detail: "everything"},
		"submit":          {Action: audit.Submitted},
		"recheck":         {Action: audit.AskedRecheck, IdentityID: "c1"},
		"resubmit":        {Action: audit.Resubmitted, IdentityID: "c2"},
		"withdraw":        {Action: audit.Withdrew, IdentityID: "c2"},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cacheOf(pending, failed)
			require.NoError(t, useCases()[name](t.Context(), deskOf(c), as(access.Lead)))
			want.ActorID, want.ActorName, want.Role, want.RequestID, want.Address = "u-lead", "Robin", "lead", "req-1", "192.0.2.7"
			require.Len(t, c.entries, 1)
			want.Seq, want.At = c.entries[0].Seq, c.entries[0].At
			require.Equal(t, want, c.entries[0])

			full := errors.New("disk full")
			c = cacheOf(pending, failed)
			c.refuse = full
			require.ErrorIs(t, useCases()[name](t.Context(), deskOf(c), as(access.Lead)), full)
		})
	}
}

func TestListsAreNotLogged(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"queue", "list", "audit"} {
		c := cacheOf(pending)
		require.NoError(t, useCases()[name](t.Context(), deskOf(c), as(access.Lead)))
		require.Empty(t, c.entries)
	}
}

func TestSubmitNamesFields(t *testing.T) {
	t.Parallel()
	c := cacheOf()
	d := draft()
	d.RefID = ""
	_, err := deskOf(c).Submit(t.Context(), as(access.Analyst), d)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Contains(t, fault.From(err).Fields, "ref_id")
	require.False(t, c.touched)
}

func TestSubmitOfAHeldRefIDIsAFieldError(t *testing.T) {
	t.Parallel()
	c := cacheOf()
	c.refuse = &fault.Error{Kind: fault.Conflict, Cause: &identity.Held{IdentityID: "c1"}}
	_, err := deskOf(c).Submit(t.Context(), as(access.Analyst), draft())
	held, ok := errors.AsType[*identity.Held](err)
	require.True(t, ok)
	require.Equal(t, "c1", held.IdentityID)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
}

func TestRecheckNeedsAnIdentityAtPaxos(t *testing.T) {
	t.Parallel()
	c := cacheOf(failed)
	require.Equal(t, fault.Conflict, fault.KindOf(deskOf(c).Recheck(t.Context(), as(access.Lead), "c2")))
	require.Equal(t, fault.NotFound, fault.KindOf(deskOf(c).Recheck(t.Context(), as(access.Lead), "none")))
	require.Empty(t, c.writes)
}

func TestCase(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		role                        access.Role
		id                          string
		recheck, resubmit, withdraw bool
		name, words                 bool
	}{
		"analyst, pending": {role: access.Analyst, id: "c1", recheck: true, name: true},
		"viewer, pending":  {role: access.Viewer, id: "c1"},
		"admin, pending":   {role: access.Admin, id: "c1"},
		"auditor, pending": {role: access.Auditor, id: "c1", name: true},
		"analyst, failed":  {role: access.Analyst, id: "c2", resubmit: true, name: true, words: true},
		"lead, failed":     {role: access.Lead, id: "c2", resubmit: true, withdraw: true, name: true, words: true},
		"viewer, failed":   {role: access.Viewer, id: "c2"},
		"auditor, failed":  {role: access.Auditor, id: "c2", name: true, words: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := deskOf(cacheOf(pending, failed)).Open(t.Context(), as(tt.role), tt.id)
			require.NoError(t, err)
			require.Equal(t, tt.recheck, got.CanRecheck)
			require.Equal(t, tt.resubmit, got.CanResubmit)
			require.Equal(t, tt.withdraw, got.CanWithdraw)
			require.Equal(t, tt.name, got.Name != identity.Name{})
			require.Equal(t, tt.words, got.Failure.Text != "")
			require.NotEmpty(t, got.History)
			require.NotEmpty(t, got.Advice.Sentence)
			if tt.id == "c2" {
				require.Equal(t, identity.RefIDTaken, got.Failure.Code)
				require.Equal(t, "c1", got.Existing.ID)
			} else {
				require.Zero(t, got.Failure)
				require.Nil(t, got.Existing)
			}
		})
	}
}

func TestCaseWhoseClashIsNotHeld(t *testing.T) {
	t.Parallel()
	got, err := deskOf(cacheOf(failed)).Open(t.Context(), as(access.Lead), "c2")
	require.NoError(t, err)
	require.Nil(t, got.Existing)
}

func TestMissingCaseIsNotLogged(t *testing.T) {
	t.Parallel()
	c := cacheOf()
	_, err := deskOf(c).Open(t.Context(), as(access.Lead), "none")
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	require.Empty(t, c.entries)
}

func TestActs(t *testing.T) {
	t.Parallel()
	log := func() *cache {
		c := cacheOf(pending)
		for _, what := range []audit.Action{audit.Submitted, audit.OpenedCase, audit.AskedRecheck, audit.LookedUp, audit.Resubmitted} {
			c.entries = append(c.entries, audit.Entry{Seq: int64(len(c.entries) + 1), IdentityID: "c1", Action: what, Address: "192.0.2.9", RequestID: "r", Hash: []byte{1}})
		}
		c.entries = append(c.entries, audit.Entry{Seq: 6, IdentityID: "other", Action: audit.Submitted})
		return c
	}
	actions := func(es []audit.Entry) (as []audit.Action) {
		for _, e := range es {
			as = append(as, e.Action)
		}
		return as
	}

	got, err := deskOf(log()).Open(t.Context(), as(access.Auditor), "c1")
	require.NoError(t, err)
	require.Equal(t, []audit.Action{audit.Submitted, audit.OpenedCase, audit.AskedRecheck, audit.LookedUp, audit.Resubmitted}, actions(got.Acts))
	require.Equal(t, "192.0.2.9", got.Acts[0].Address)

	got, err = deskOf(log()).Open(t.Context(), as(access.Viewer), "c1")
	require.NoError(t, err)
	require.Equal(t, []audit.Action{audit.Submitted, audit.AskedRecheck, audit.Resubmitted}, actions(got.Acts))
	for _, e := range got.Acts {
		require.Empty(t, e.Address+e.RequestID)
		require.Empty(t, e.Hash)
	}
}

func TestActsBehindManyOpenings(t *testing.T) {
	t.Parallel()
	c := cacheOf(pending)
	c.entries = append(c.entries, audit.Entry{Seq: 1, IdentityID: "c1", Action: audit.Submitted})
	for n := range 450 {
		c.entries = append(c.entries, audit.Entry{Seq: int64(n + 2), IdentityID: "c1", Action: audit.OpenedCase})
	}
	got, err := deskOf(c).Open(t.Context(), as(access.Viewer), "c1")
	require.NoError(t, err)
	require.Len(t, got.Acts, 1)
}

func TestRecheckAllowedAt(t *testing.T) {
	t.Parallel()
	c := cacheOf(pending)
	got, err := deskOf(c).Peek(t.Context(), as(access.Lead), "c1")
	require.NoError(t, err)
	require.Zero(t, got.RecheckAllowedAt)

	for seq, at := range []time.Time{now.Add(-time.Hour), now.Add(-3 * time.Second)} {
		c.entries = append(c.entries, audit.Entry{Seq: int64(seq + 5), At: at, IdentityID: "c1", Action: audit.AskedRecheck})
	}
	got, err = deskOf(c).Peek(t.Context(), as(access.Viewer), "c1")
	require.NoError(t, err)
	require.Equal(t, now.Add(7*time.Second), got.RecheckAllowedAt)
}

func TestPeekLogsOnlyWhoHasNotOpened(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		opened audit.Entry
		logged bool
	}{
		"opened an hour ago":      {opened: audit.Entry{IdentityID: "c1", ActorID: "u-lead", At: now.Add(-time.Hour)}},
		"opened yesterday":        {opened: audit.Entry{IdentityID: "c1", ActorID: "u-lead", At: now.Add(-24 * time.Hour)}, logged: true},
		"a colleague opened it":   {opened: audit.Entry{IdentityID: "c1", ActorID: "u-other", At: now}, logged: true},
		"another case was opened": {opened: audit.Entry{IdentityID: "c2", ActorID: "u-lead", At: now}, logged: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cacheOf(pending)
			tt.opened.Seq, tt.opened.Action = 1, audit.OpenedCase
			c.entries = []audit.Entry{tt.opened}
			_, err := deskOf(c).Peek(t.Context(), as(access.Lead), "c1")
			require.NoError(t, err)
			require.Equal(t, tt.logged, len(c.writes) == 1)
		})
	}
}

func TestOpenIsLoggedOncePerQuarterHour(t *testing.T) {
	t.Parallel()
	c := cacheOf(pending)
	_, err := deskOf(c).Open(t.Context(), as(access.Lead), "c1")
	require.NoError(t, err)
	require.Equal(t, []time.Duration{15 * time.Minute}, c.recorded)
}
