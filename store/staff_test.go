package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		now := d.clock.Now()
		u := access.User{ID: "ana", Name: "Ana Lyst", Role: access.Analyst, CreatedAt: now, LastSeenAt: now}
		sess := access.Session{Hash: []byte("hash-1"), UserID: "ana", Role: access.Analyst, CreatedAt: now, ExpiresAt: now.Add(time.Hour), SeenAt: now}
		require.NoError(t, d.SignIn(t.Context(), u, sess, ana(audit.SignedIn)))
		gotSession, gotUser, err := d.Session(t.Context(), []byte("hash-1"))
		require.NoError(t, err)
		require.Equal(t, sess, gotSession)
		known := u
		known.Handle = "ana.lyst"
		require.Equal(t, known, gotUser)
		_, _, err = d.Session(t.Context(), []byte("hash-0"))
		kindIs(t, fault.NotFound, err)

		d.clock.Advance(time.Minute)
		require.NoError(t, d.SessionSeen(t.Context(), []byte("hash-1")))
		require.NoError(t, d.SessionSeen(t.Context(), []byte("hash-0")))
		gotSession, _, err = d.Session(t.Context(), []byte("hash-1"))
		require.NoError(t, err)
		sess.SeenAt = d.clock.Now()
		require.Equal(t, sess, gotSession)

		d.clock.Advance(time.Hour - time.Minute)
		_, _, err = d.Session(t.Context(), []byte("hash-1"))
		kindIs(t, fault.NotFound, err)

		later := u
		later.Role, later.CreatedAt, later.LastSeenAt = access.Lead, d.clock.Now(), d.clock.Now()
		sess.Hash, sess.ExpiresAt = []byte("hash-2"), d.clock.Now().Add(time.Hour)
		require.NoError(t, d.SignIn(t.Context(), later, sess, ana(audit.SignedIn)))
		_, gotUser, err = d.Session(t.Context(), []byte("hash-2"))
		require.NoError(t, err)
		require.Equal(t, access.Lead, gotUser.Role)
		require.Equal(t, now, gotUser.CreatedAt, "when the person was first seen stays")
		_, err = d.SignOut(t.Context(), []byte("hash-2"), ana(audit.SignedOut))
		require.NoError(t, err)
		_, err = d.SignOut(t.Context(), []byte("hash-2"), ana(audit.SignedOut))
		require.NoError(t, err)
		_, _, err = d.Session(t.Context(), []byte("hash-2"))
		kindIs(t, fault.NotFound, err)
		entries, err := d.AuditEntries(t.Context(), audit.Filter{ActorID: "ana"})
		require.NoError(t, err)
		require.Len(t, entries, 3)
	})
}
