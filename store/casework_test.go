package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// An act and its audit entry are one: where the entry cannot be written, nothing of the act is left.
func TestActsAreAllOrNothing(t *testing.T) {
	acts := map[string]func(d desk, held, free identity.Identity) error{
		"claim": func(d desk, _, free identity.Identity) error {
			_, err := d.Claim(d.t.Context(), free.ID, "bo", "", by("bo", audit.Claimed))
			return err
		},
		"release": func(d desk, held, _ identity.Identity) error {
			_, err := d.Release(d.t.Context(), held.ID, "ana", by("ana", audit.Released))
			return err
		},
		"reassign": func(d desk, _, _ identity.Identity) error {
			_, err := d.Reassign(d.t.Context(), "ana", "bo", 10, by("lea", audit.HandedOver))
			return err
		},
		"snooze": func(d desk, held, _ identity.Identity) error {
			z := identity.Snooze{Until: d.clock.Now().Add(time.Hour), Reason: "x"}
			_, err := d.Snooze(d.t.Context(), held.ID, z, "ana", by("ana", audit.Snoozed))
			return err
		},
		"wake": func(d desk, _, free identity.Identity) error {
			_, err := d.Wake(d.t.Context(), free.ID, "ana", by("ana", audit.Woke))
			return err
		},
		"note": func(d desk, held, _ identity.Identity) error {
			_, err := d.AddNote(d.t.Context(), identity.Note{IdentityID: held.ID, AuthorID: "bo", Text: "x", Mentions: []string{"ana"}}, by("bo", audit.Noted))
			return err
		},
		"tag": func(d desk, held, _ identity.Identity) error {
			return d.SetTags(d.t.Context(), held.ID, []string{"vip"}, "ana", by("ana", audit.Tagged))
		},
		"re-check": func(d desk, held, _ identity.Identity) error {
			return d.RequestRecheck(d.t.Context(), held.ID, by("ana", audit.AskedRecheck))
		},
		"away": func(d desk, _, _ identity.Identity) error {
			until := d.clock.Now().Add(time.Hour)
			_, err := d.SetAway(d.t.Context(), "ana", &until, true, by("ana", audit.WentAway))
			return err
		},
		"settings": func(d desk, _, _ identity.Identity) error {
			return d.SetSettings(d.t.Context(), identity.Settings{LongestSnooze: time.Hour}, by("lea", audit.ChangedPolicy))
		},
	}
	each(t, func(t *testing.T, d desk) {
		d.signIn("ana", "Ana Lyst")
		n := 0
		for name, act := range acts {
			n += 2
			held, free := d.asleepOrNot(n, false), d.frozen(n+1, time.Hour)
			free, err := d.Snooze(t.Context(), free.ID, identity.Snooze{Until: d.clock.Now().Add(time.Hour), Reason: "y"}, "bo", by("bo", audit.Snoozed))
			require.NoError(t, err)
			d.clock.Advance(time.Minute)
			before, policy := d.contents(), d.Policy()
			d.run(`CREATE TRIGGER no_entry BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no entry'); END`)
			require.ErrorContains(t, act(d, held, free), "no entry", name)
			require.Equal(t, before, d.contents(), name)
			require.Equal(t, policy, d.Policy(), name)
			d.run(`DROP TRIGGER no_entry`)
			require.NoError(t, act(d, held, free), name)
			require.NotEqual(t, before, d.contents(), "%s: it was the entry alone that was in the way", name)
		}
	})
}

// run executes a statement behind the store's back.
func (d desk) run(query string) {
	d.t.Helper()
	require.NoError(d.t, d.Write(d.t.Context(), func(exec func(string, ...any) error) error { return exec(query) }))
}

// contents is all that casework writes.
func (d desk) contents() string {
	d.t.Helper()
	text, err := d.Contents(d.t.Context(), "identities", "history", "counters", "secrets", "notes", "mentions", "identity_tags", "turns", "users", "audit", "jobs", "state")
	require.NoError(d.t, err)
	return text
}

// A database of the desk before casework gets what casework counts on.
func TestCaseworkOnAnOldDatabase(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.signIn("ana", "Ana Lyst")
		stuck, undecided := d.frozen(1, time.Hour), d.recheckable("px-2")
		found, err := d.ApplyIdentity(t.Context(), d.news("px-3", "", identity.Approved), nil)
		require.NoError(t, err)
		d.submit("user-4")
		d.clock.Advance(time.Hour)
		decided, err := d.ApplyIdentity(t.Context(), d.news("px-2", "", identity.Denied), nil)
		require.NoError(t, err)
		require.Equal(t, undecided.ID, decided.ID)
		turns, audited := d.turns(stuck.ID), d.acts("")

		require.NoError(t, d.DownTo(t.Context(), 5))
		require.NoError(t, d.Migrate(t.Context()))
		require.Equal(t, turns, d.turns(stuck.ID))
		require.Empty(t, d.turns(decided.ID))
		require.Equal(t, decided.DecidedAt, d.get(decided.ID).DecidedAt)
		require.NotNil(t, decided.DecidedAt)
		require.Nil(t, d.get(found.ID).DecidedAt, "nobody knows when")
		require.Equal(t, "ana.lyst", d.people()["ana"].Handle)
		counts, err := d.CountsFor(t.Context(), "ana")
		require.NoError(t, err)
		require.EqualValues(t, 4, counts.Total)
		require.Equal(t, audited, d.acts(""))
		drift, err := d.RebuildCounters(t.Context())
		require.NoError(t, err)
		require.Zero(t, drift)
		_, err = d.Reassess(t.Context(), "", 100)
		require.NoError(t, err)
		require.Equal(t, stuck.WarnAt, d.get(stuck.ID).WarnAt)
	})
}

// The counters of a person cannot be taken for another's, whatever their ids are.
func TestLoadsOfLikeIDs(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ids := []string{"a", "a:overdue", "a:frozen:", strings.Repeat("x", 64)}
		for n, id := range ids {
			d.signIn(id, id)
			for k := range n + 1 {
				_, err := d.Claim(t.Context(), d.frozen(10*n+k, time.Hour).ID, id, "", by(id, audit.Claimed))
				require.NoError(t, err)
			}
		}
		loads, err := d.Loads(t.Context())
		require.NoError(t, err)
		claimed := map[string]access.Load{}
		for _, l := range loads {
			claimed[l.ID] = l
		}
		for n, id := range ids {
			require.EqualValues(t, n+1, claimed[id].Claimed, id)
			require.EqualValues(t, n+1, claimed[id].Stuck, id)
			counts, err := d.CountsFor(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, map[identity.Lane]int64{identity.LaneFrozen: int64(n + 1)}, counts.Lanes)
		}
	})
}
