package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

func TestDisablePerson(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.signIn("ana", "Ana Lyst")
		d.signIn("bo", "Bo Lyst")
		working, sleeping := d.asleepOrNot(1, false), d.asleepOrNot(2, true)
		require.NoError(t, d.MakeToken(t.Context(), d.token("token-a", "ana"), []byte("hash-a"), by("ana", audit.MadeToken)))
		require.NoError(t, d.MakeToken(t.Context(), d.token("token-b", "bo"), []byte("hash-b"), by("bo", audit.MadeToken)))

		done, err := d.DisablePerson(t.Context(), "ana", by("root", audit.DisabledPerson))
		require.NoError(t, err)
		require.Equal(t, access.Disabled{Sessions: 1, Tokens: 1, Cases: 2}, done)
		require.Empty(t, d.get(working.ID).Assignee)
		require.Empty(t, d.get(sleeping.ID).Assignee)
		history, err := d.History(t.Context(), working.ID)
		require.NoError(t, err)
		require.Equal(t, "disabled", history[len(history)-1].Code)
		sessions, err := d.Sessions(t.Context(), "ana")
		require.NoError(t, err)
		require.Empty(t, sessions)
		k, err := d.Token(t.Context(), []byte("hash-a"))
		require.NoError(t, err)
		require.False(t, k.Lives(d.clock.Now()), "who made a token knows it")
		k, err = d.Token(t.Context(), []byte("hash-b"))
		require.NoError(t, err)
		require.True(t, k.Lives(d.clock.Now()))
		now := d.clock.Now()
		require.Equal(t, &now, d.people()["ana"].DisabledAt)

		u := access.User{ID: "ana", Name: "Ana Lyst", Role: access.Analyst}
		err = d.SignIn(t.Context(), u, access.Session{Hash: []byte("again"), UserID: "ana"}, by("ana", audit.SignedIn))
		kindIs(t, fault.Forbidden, err)
		_, err = d.DisablePerson(t.Context(), "ana", by("root", audit.DisabledPerson))
		kindIs(t, fault.Conflict, err)
		_, err = d.DisablePerson(t.Context(), "nobody", by("root", audit.DisabledPerson))
		kindIs(t, fault.NotFound, err)

		require.NoError(t, d.EnablePerson(t.Context(), "ana", by("root", audit.EnabledPerson)))
		kindIs(t, fault.Conflict, d.EnablePerson(t.Context(), "ana", by("root", audit.EnabledPerson)))
		require.Nil(t, d.people()["ana"].DisabledAt)
		require.NoError(t, d.SignIn(t.Context(), u, access.Session{Hash: []byte("again"), UserID: "ana"}, by("ana", audit.SignedIn)))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{ActorID: "root"})
		require.NoError(t, err)
		require.Len(t, entries, 2, "what was refused left nothing")
		require.Equal(t, "sessions ended: 1, tokens revoked: 1, cases freed: 2", entries[1].Detail)
	})
}
