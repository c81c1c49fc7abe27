package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/store/storetest"
)

// arrive opens a session for somebody whom the provider has sent.
func (d desk) arrive(id, hash, providerSession string) {
	d.t.Helper()
	now := d.clock.Now()
	require.NoError(d.t, d.SignIn(d.t.Context(), access.User{ID: id, Name: id, Role: access.Viewer, CreatedAt: now, LastSeenAt: now}, access.Session{
		Hash: []byte(hash), UserID: id, Role: access.Viewer, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour), Address: "192.0.2.7",
		ProviderSession: providerSession, IDToken: "raw-" + hash,
	}, by(id, audit.SignedIn)))
}

// open are the hashes of a person's sessions, or everybody's.
func (d desk) open(id string) (hashes []string) {
	d.t.Helper()
	sessions, err := d.Sessions(d.t.Context(), id)
	require.NoError(d.t, err)
	for _, s := range sessions {
		require.Equal(d.t, "192.0.2.7", s.Address)
		hashes = append(hashes, string(s.Hash))
	}
	return hashes
}

func TestListAndEndSessions(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.arrive("ana", "a-1", "")
		d.arrive("bo", "b-1", "")
		d.clock.Advance(time.Minute)
		d.arrive("ana", "a-2", "")
		require.NoError(t, d.SessionSeen(t.Context(), []byte("b-1")))
		require.Equal(t, d.clock.Now(), d.people()["bo"].LastSeenAt, "the person is here with the session")
		require.Equal(t, []string{"a-2", "a-1"}, d.open("ana"))
		require.Equal(t, []string{"a-2", "b-1", "a-1"}, d.open(""))

		ended, err := d.EndSessions(t.Context(), [][]byte{[]byte("a-1"), []byte("none")}, by("ana", audit.EndedSession))
		require.NoError(t, err)
		require.Equal(t, 1, ended)
		ended, err = d.EndSessions(t.Context(), [][]byte{[]byte("a-1")}, by("ana", audit.EndedSession))
		require.NoError(t, err)
		require.Zero(t, ended)
		require.Equal(t, []string{"a-2", "b-1"}, d.open(""))
		d.clock.Advance(59 * time.Minute)
		require.Equal(t, []string{"a-2"}, d.open(""))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.EndedSession})
		require.NoError(t, err)
		require.Len(t, entries, 1, "what did nothing left nothing")
	})
}

func TestForgetSessions(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.arrive("ana", "a-1", "")
		d.clock.Advance(time.Minute)
		d.arrive("ana", "a-2", "")
		start := storetest.Start()
		require.NoError(t, d.ForgetSessions(t.Context(), start.Add(-time.Millisecond)))
		require.Equal(t, []string{"a-2", "a-1"}, d.open(""))
		require.NoError(t, d.ForgetSessions(t.Context(), start))
		require.Equal(t, []string{"a-2"}, d.open(""), "unused for too long")
		d.clock.Advance(time.Hour)
		require.NoError(t, d.ForgetSessions(t.Context(), start))
		_, err := d.IDToken(t.Context(), []byte("a-2"))
		require.ErrorIs(t, err, sql.ErrNoRows, "past its end")
	})
}

func TestEndProviderSessions(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.arrive("ana", "a-1", "sid-1")
		d.arrive("ana", "a-2", "sid-2")
		d.arrive("ana", "a-3", "")
		d.arrive("bo", "b-1", "sid-3")
		end := func(id, session, word string) int {
			ended, err := d.EndProviderSessions(t.Context(), id, session, access.Once{Kind: "logout", ID: word, Until: d.clock.Now().Add(time.Minute)},
				audit.Entry{Action: audit.EndedSession, Object: id})
			require.NoError(t, err)
			return ended
		}
		require.Zero(t, end("bo", "sid-1", "w-1"), "another's")
		require.Equal(t, 1, end("", "sid-2", "w-2"))
		require.Equal(t, 1, end("ana", "sid-1", "w-3"))
		require.Equal(t, []string{"a-3", "b-1"}, d.open(""))
		require.Equal(t, 1, end("ana", "", "w-4"))
		require.Equal(t, []string{"b-1"}, d.open(""))

		once := access.Once{Kind: "logout", ID: "w-4", Until: d.clock.Now().Add(time.Minute)}
		_, err := d.EndProviderSessions(t.Context(), "bo", "", once, audit.Entry{})
		kindIs(t, fault.Conflict, err)
		_, err = d.EndProviderSessions(t.Context(), "", "", access.Once{ID: "w-5"}, audit.Entry{})
		kindIs(t, fault.Malformed, err)
		require.Equal(t, []string{"b-1"}, d.open(""), "a word that says nothing ends nothing")
	})
}

func TestSpend(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		once := access.Once{Kind: "login", ID: "state-1", Until: d.clock.Now().Add(time.Minute)}
		require.NoError(t, d.Spend(t.Context(), once))
		kindIs(t, fault.Conflict, d.Spend(t.Context(), once))
		require.NoError(t, d.Spend(t.Context(), access.Once{Kind: "logout", ID: "state-1", Until: once.Until}))
		require.NoError(t, d.Spend(t.Context(), access.Once{Kind: "login", ID: "state-2", Until: once.Until}))
		d.clock.Advance(time.Minute)
		require.NoError(t, d.Spend(t.Context(), once), "it is forgotten once it would be refused anyway")
	})
}

// What the provider tells is never on the disk in clear, and comes back once.
func TestIDTokenIsSealed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	clock := storetest.NewClock()
	d := desk{t: t, clock: clock, Store: storetest.New(t, storetest.WithURL("sqlite:"+filepath.Join(dir, "desk.db")), storetest.WithClock(clock))}
	d.arrive("ana", "hash", "sid-of-ana")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NotContains(t, string(text), "raw-hash", f)
		require.NotContains(t, string(text), "sid-of-ana", f)
	}
	raw, err := d.SignOut(t.Context(), []byte("hash"), by("ana", audit.SignedOut))
	require.NoError(t, err)
	require.Equal(t, "raw-hash", raw)
	raw, err = d.SignOut(t.Context(), []byte("hash"), by("ana", audit.SignedOut))
	require.NoError(t, err)
	require.Empty(t, raw)
}
