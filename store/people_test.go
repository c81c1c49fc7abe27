package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/store/storetest"
)

func (d desk) signIn(id, name string) {
	d.t.Helper()
	now := d.clock.Now()
	u := access.User{ID: id, Name: name, Role: access.Analyst, CreatedAt: now, LastSeenAt: now}
	sess := access.Session{Hash: fmt.Append(nil, id, now), UserID: id, Role: access.Analyst, CreatedAt: now, ExpiresAt: now.Add(time.Hour), SeenAt: now}
	require.NoError(d.t, d.SignIn(d.t.Context(), u, sess, by(id, audit.SignedIn)))
}

func (d desk) people() map[string]access.User {
	d.t.Helper()
	people, err := d.People(d.t.Context())
	require.NoError(d.t, err)
	byID := map[string]access.User{}
	for _, u := range people {
		byID[u.ID] = u
	}
	return byID
}

// Everybody has a handle of their own, which a note can mention and which stays.
func TestHandles(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for _, c := range []struct{ id, name, handle string }{
			{"1", "Dana Kim", "dana.kim"},
			{"2", "dana  KIM", "dana.kim2"},
			{"3", "Dana-Kim", "dana.kim3"},
			{"4", "Łucja Żółć", "łucja.żółć"},
			{"5", "jo@desk.example", "jo.desk.example"},
			{"bo", "…", "bo"},
			{"Bo", "!", "bo2"},
			{"…", "…", "user-e280a6"},
		} {
			d.signIn(c.id, c.name)
			handle := d.people()[c.id].Handle
			require.Equal(t, c.handle, handle, c.name)
		}
		d.clock.Advance(time.Second)
		d.signIn("1", "Dana Kim-Lee")
		require.Equal(t, "dana.kim", d.people()["1"].Handle)
		require.Equal(t, "Dana Kim-Lee", d.people()["1"].Name)
		names := []string{}
		people, err := d.People(t.Context())
		require.NoError(t, err)
		for _, u := range people {
			names = append(names, u.Name)
		}
		require.IsNonDecreasing(t, names)
	})
}

// Whoever was known before there were handles gets one.
func TestHandlesOfOld(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.signIn("1", "Dana Kim")
		d.signIn("2", "Dana Kim")
		require.NoError(t, d.Write(t.Context(), func(exec func(string, ...any) error) error { return exec(`UPDATE users SET handle = NULL`) }))
		require.Empty(t, d.people()["1"].Handle)
		require.NoError(t, d.Migrate(t.Context()))
		require.Equal(t, "dana.kim", d.people()["1"].Handle)
		require.Equal(t, "dana.kim2", d.people()["2"].Handle)
	})
}

func TestPreferencesAndLoads(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.signIn("ana", "Ana Lyst")
		d.signIn("bo", "Bo Lyst")
		p := access.Preferences{Zone: "Europe/Berlin", NoSingleKeys: true}
		require.NoError(t, d.SetPreferences(t.Context(), "ana", p))
		kindIs(t, fault.NotFound, d.SetPreferences(t.Context(), "cy", p))
		require.Equal(t, p, d.people()["ana"].Preferences)
		require.Equal(t, access.Preferences{}, d.people()["bo"].Preferences)
		_, u, err := d.Session(t.Context(), fmt.Append(nil, "ana", d.clock.Now()))
		require.NoError(t, err)
		require.Equal(t, d.people()["ana"], u, "a session knows its user whole")

		for n := range 4 {
			d.asleepOrNot(n, n == 3)
		}
		late := d.recheckable("px-late")
		_, err = d.Claim(t.Context(), late.ID, "ana", "", by("ana", audit.Claimed))
		require.NoError(t, err)
		d.clock.Advance(24 * time.Hour)
		_, _, err = d.Turn(t.Context(), d.clock.Now())
		require.NoError(t, err)
		_, err = d.ApplyIdentity(t.Context(), d.news("px-000", "user-000", identity.Approved), nil)
		require.NoError(t, err)
		loads, err := d.Loads(t.Context())
		require.NoError(t, err)
		require.Equal(t, []access.Load{
			{User: d.people()["ana"], Claimed: 4, Stuck: 3, Overdue: 1, Snoozed: 1}, {User: d.people()["bo"]},
		}, loads, "what is decided is no load")
	})
}

// asleepOrNot is a stuck case of ana's, which sleeps for two days or not at all.
func (d desk) asleepOrNot(n int, asleep bool) identity.Identity {
	d.t.Helper()
	i, err := d.Claim(d.t.Context(), d.frozen(n, time.Hour).ID, "ana", "", by("ana", audit.Claimed))
	require.NoError(d.t, err)
	if asleep {
		i, err = d.Snooze(d.t.Context(), i.ID, identity.Snooze{Until: d.clock.Now().Add(48 * time.Hour)}, "ana", by("ana", audit.Snoozed))
		require.NoError(d.t, err)
	}
	return i
}

func TestAway(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.signIn("ana", "Ana Lyst")
		working, sleeping := d.asleepOrNot(1, false), d.asleepOrNot(2, true)
		until := storetest.Start().AddDate(0, 0, 7)
		released, err := d.SetAway(t.Context(), "ana", &until, false, by("ana", audit.WentAway))
		require.NoError(t, err)
		require.Zero(t, released)
		require.Equal(t, &until, d.people()["ana"].AwayUntil)
		require.Equal(t, "ana", d.get(working.ID).Assignee)

		released, err = d.SetAway(t.Context(), "ana", &until, true, by("lea", audit.WentAway))
		require.NoError(t, err)
		require.Equal(t, 1, released)
		require.Empty(t, d.get(working.ID).Assignee)
		require.Equal(t, "ana", d.get(sleeping.ID).Assignee)
		entries, err := d.History(t.Context(), working.ID)
		require.NoError(t, err)
		require.Equal(t, "away", entries[len(entries)-1].Code)

		_, err = d.SetAway(t.Context(), "ana", nil, true, by("ana", audit.CameBack))
		require.NoError(t, err)
		require.Nil(t, d.people()["ana"].AwayUntil)
		_, err = d.SetAway(t.Context(), "cy", &until, true, by("ana", audit.WentAway))
		kindIs(t, fault.NotFound, err)
		acts, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.WentAway})
		require.NoError(t, err)
		require.Len(t, acts, 2, "what was refused left nothing")
	})
}
