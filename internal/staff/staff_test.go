package staff_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/staff"
)

// ledger is a store in memory.
type ledger struct {
	users    map[string]access.User
	sessions map[string]access.Session
	entries  []audit.Entry
	err      error
	seen     chan []byte // gets the hash of each session that is noted as used
}

func (l *ledger) SignIn(_ context.Context, u access.User, s access.Session, e audit.Entry) error {
	if l.err != nil {
		return l.err
	}
	l.users[u.ID], l.sessions[string(s.Hash)], l.entries = u, s, append(l.entries, e)
	return nil
}

func (l *ledger) Session(_ context.Context, hash []byte) (access.Session, access.User, error) {
	if l.err != nil {
		return access.Session{}, access.User{}, l.err
	}
	s, ok := l.sessions[string(hash)]
	if !ok {
		return access.Session{}, access.User{}, fault.New(fault.NotFound, "No such session.")
	}
	return s, l.users[s.UserID], nil
}

func (l *ledger) SessionSeen(_ context.Context, hash []byte) error {
	l.seen <- hash
	return nil
}

func (l *ledger) SignOut(_ context.Context, hash []byte, e audit.Entry) error {
	if _, ok := l.sessions[string(hash)]; !ok {
		return fault.New(fault.NotFound, "No such session.")
	}
	delete(l.sessions, string(hash))
	l.entries = append(l.entries, e)
	return nil
}

type fixture struct {
	*staff.Staff
	ledger *ledger
	now    time.Time
}

func open() *fixture {
	f := &fixture{
		ledger: &ledger{users: map[string]access.User{}, sessions: map[string]access.Session{}, seen: make(chan []byte, 9)},
		now:    time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	}
	f.Staff = staff.New(f.ledger, func() time.Time { return f.now })
	return f
}

var ada = access.User{ID: "ada", Name: "Ada", Role: access.Analyst}

func TestSignInStoresTheHashAlone(t *testing.T) {
	t.Parallel()
	f := open()
	token, expires, err := f.SignIn(t.Context(), ada, access.Actor{RequestID: "r1", Address: "192.0.2.7"})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(token), 26, "a random id of at least 128 bits")
	require.Equal(t, f.now.Add(8*time.Hour), expires)

	sum := sha256.Sum256([]byte(token))
	require.Contains(t, f.ledger.sessions, string(sum[:]))
	require.NotContains(t, f.ledger.sessions, token)
	require.Equal(t, []audit.Entry{{
		At: f.now, ActorID: "ada", ActorName: "Ada", Role: "analyst", Action: audit.SignedIn, RequestID: "r1", Address: "192.0.2.7",
	}}, f.ledger.entries)

	again, _, err := f.SignIn(t.Context(), ada, access.Actor{})
	require.NoError(t, err)
	require.NotEqual(t, token, again, "each sign-in has an id of its own")
}

func TestSignInRefusesTheUnfit(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		user   access.User
		fields []string
	}{
		"no name":         {access.User{Role: access.Viewer}, []string{"user"}},
		"no role":         {access.User{ID: "ada", Name: "Ada"}, []string{"role"}},
		"unknown role":    {access.User{ID: "ada", Name: "Ada", Role: "root"}, []string{"role"}},
		"control":         {access.User{ID: "a\nb", Name: "a\nb", Role: access.Viewer}, []string{"user"}},
		"direction marks": {access.User{ID: "a\u202eb", Name: "a", Role: access.Viewer}, []string{"user"}},
		"too long":        {access.User{ID: strings.Repeat("ä", 65), Name: "a", Role: access.Viewer}, []string{"user"}},
		"spaces alone":    {access.User{ID: "  ", Name: "  ", Role: access.Viewer}, []string{"user"}},
		"no text":         {access.User{ID: "\xff", Name: "a", Role: access.Viewer}, []string{"user"}},
		"both":            {access.User{}, []string{"role", "user"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open()
			_, _, err := f.SignIn(t.Context(), tc.user, access.Actor{})
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			for _, field := range tc.fields {
				require.Contains(t, fault.From(err).Fields, field)
			}
			require.Len(t, fault.From(err).Fields, len(tc.fields))
			require.Empty(t, f.ledger.sessions)
		})
	}
	longest := access.User{ID: strings.Repeat("ä", 64), Name: strings.Repeat("ä", 64), Role: access.Viewer}
	_, _, err := open().SignIn(t.Context(), longest, access.Actor{})
	require.NoError(t, err)
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	f := open()
	token, _, err := f.SignIn(t.Context(), ada, access.Actor{})
	require.NoError(t, err)

	// The role is the one at sign-in, also where the user's row has another by now.
	f.ledger.users["ada"] = access.User{ID: "ada", Name: "Ada", Role: access.Lead}
	user, session, err := f.Session(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, access.Analyst, user.Role)
	require.Equal(t, "ada", session.UserID)

	f.now = f.now.Add(8*time.Hour - time.Millisecond)
	_, _, err = f.Session(t.Context(), token)
	require.NoError(t, err)
	f.now = f.now.Add(time.Millisecond)
	_, _, err = f.Session(t.Context(), token)
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err), "eight hours are over")
}

// A session that is used is noted, at most once a minute and by nobody who waits for it.
func TestSessionIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := open()
		f.ledger.seen = make(chan []byte) // nobody reads: a note hangs
		token, _, err := f.SignIn(t.Context(), ada, access.Actor{})
		require.NoError(t, err)
		use := func(after time.Duration) (noted bool) {
			f.now = f.now.Add(after)
			ctx, cancel := context.WithCancel(t.Context())
			_, session, err := f.Session(ctx, token)
			cancel()
			require.NoError(t, err)
			synctest.Wait()
			select {
			case hash := <-f.ledger.seen:
				require.Equal(t, session.Hash, hash)
				session.SeenAt = f.now
				f.ledger.sessions[string(hash)] = session
				noted = true
			default:
			}
			synctest.Wait()
			return noted
		}
		require.False(t, use(time.Minute-time.Millisecond))
		require.True(t, use(time.Millisecond))
		require.False(t, use(time.Second))
		require.True(t, use(time.Minute))

		f.now = f.now.Add(time.Minute)
		for range 5 {
			_, _, err := f.Session(t.Context(), token)
			require.NoError(t, err, "nobody waits for a note that hangs")
		}
		<-f.ledger.seen
		synctest.Wait()
		require.False(t, use(-time.Second), "one note at a time")
	})
}

func TestSessionOfAStranger(t *testing.T) {
	t.Parallel()
	f := open()
	for _, token := range []string{"", "guessed"} {
		_, _, err := f.Session(t.Context(), token)
		require.Equal(t, fault.Unauthenticated, fault.KindOf(err))
	}
	f.ledger.err = errors.New("disk gone")
	_, _, err := f.Session(t.Context(), "any")
	require.Equal(t, fault.Internal, fault.KindOf(err), "a store that fails is no wrong session")
	_, _, err = f.SignIn(t.Context(), ada, access.Actor{})
	require.ErrorIs(t, err, f.ledger.err)
}

func TestSignOutIsAtOnceAndTwiceHarmless(t *testing.T) {
	t.Parallel()
	f := open()
	token, _, err := f.SignIn(t.Context(), ada, access.Actor{})
	require.NoError(t, err)
	require.NoError(t, f.SignOut(t.Context(), token, access.Actor{UserID: "ada", Name: "Ada", Role: access.Analyst}))
	_, _, err = f.Session(t.Context(), token)
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err))
	require.NoError(t, f.SignOut(t.Context(), token, access.Actor{}))
	require.Equal(t, audit.SignedOut, f.ledger.entries[1].Action)
	require.Len(t, f.ledger.entries, 2)
}
