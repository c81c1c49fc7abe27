package staff_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
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
	tokens   map[string]access.APIToken // by the hash of the secret
	spent    map[access.Once]bool
	entries  []audit.Entry
	err      error
	seen     chan []byte // gets the hash of each session that is noted as used
	used     chan string // gets the id of each token that is noted as used
}

func (l *ledger) SignIn(_ context.Context, u access.User, s access.Session, e audit.Entry) error {
	if l.err != nil {
		return l.err
	}
	if l.users[u.ID].DisabledAt != nil {
		return fault.New(fault.Forbidden, "Disabled.")
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

func (l *ledger) SignOut(_ context.Context, hash []byte, e audit.Entry) (string, error) {
	s, ok := l.sessions[string(hash)]
	if !ok {
		return "", fault.New(fault.NotFound, "No such session.")
	}
	delete(l.sessions, string(hash))
	l.entries = append(l.entries, e)
	return s.IDToken, nil
}

func (l *ledger) Sessions(_ context.Context, userID string) (found []access.Session, err error) {
	for _, s := range l.sessions {
		if userID == "" || s.UserID == userID {
			found = append(found, s)
		}
	}
	return found, l.err
}

func (l *ledger) EndSessions(_ context.Context, hashes [][]byte, e audit.Entry) (ended int, err error) {
	for _, hash := range hashes {
		if _, ok := l.sessions[string(hash)]; ok {
			delete(l.sessions, string(hash))
			ended++
		}
	}
	if ended > 0 {
		l.entries = append(l.entries, e)
	}
	return ended, l.err
}

func (l *ledger) EndProviderSessions(ctx context.Context, userID, session string, once access.Once, e audit.Entry) (ended int, err error) {
	if err := l.Spend(ctx, once); err != nil {
		return 0, err
	}
	var hashes [][]byte
	for _, s := range l.sessions {
		if (userID == "" || s.UserID == userID) && (session == "" || s.ProviderSession == session) {
			hashes = append(hashes, s.Hash)
		}
	}
	return l.EndSessions(ctx, hashes, e)
}

func (l *ledger) ForgetSessions(_ context.Context, unused time.Time) error {
	maps.DeleteFunc(l.sessions, func(_ string, s access.Session) bool { return !s.SeenAt.After(unused) })
	return errors.New("tried again")
}

func (l *ledger) Spend(_ context.Context, once access.Once) error {
	if l.spent[once] {
		return fault.New(fault.Conflict, "Spent.")
	}
	l.spent[once] = true
	return l.err
}

func (l *ledger) Record(_ context.Context, e audit.Entry) error {
	l.entries = append(l.entries, e)
	return l.err
}

func (l *ledger) People(context.Context) (all []access.User, err error) {
	for _, id := range slices.Sorted(maps.Keys(l.users)) {
		all = append(all, l.users[id])
	}
	return all, l.err
}

func (l *ledger) DisablePerson(_ context.Context, _ string, e audit.Entry) (access.Disabled, error) {
	l.entries = append(l.entries, e)
	return access.Disabled{Sessions: 1}, l.err
}

func (l *ledger) EnablePerson(_ context.Context, _ string, e audit.Entry) error {
	l.entries = append(l.entries, e)
	return l.err
}

func (l *ledger) MakeToken(_ context.Context, k access.APIToken, hash []byte, e audit.Entry) error {
	l.tokens[string(hash)], l.entries = k, append(l.entries, e)
	return l.err
}

func (l *ledger) Tokens(context.Context) ([]access.APIToken, error) {
	return slices.Collect(maps.Values(l.tokens)), l.err
}

func (l *ledger) Token(_ context.Context, hash []byte) (access.APIToken, error) {
	if l.err != nil {
		return access.APIToken{}, l.err
	}
	k, ok := l.tokens[string(hash)]
	if !ok {
		return k, fault.New(fault.NotFound, "No such token.")
	}
	return k, nil
}

func (l *ledger) TokenUsed(_ context.Context, id string) error {
	l.used <- id
	return nil
}

func (l *ledger) RevokeToken(_ context.Context, id string, e audit.Entry) error {
	for hash, k := range l.tokens {
		if k.ID == id {
			k.RevokedAt = &e.At
			l.tokens[hash], l.entries = k, append(l.entries, e)
			return nil
		}
	}
	return fault.New(fault.NotFound, "No such token.")
}

type fixture struct {
	*staff.Staff
	ledger *ledger

	mu  sync.Mutex // what runs in the background reads the clock that a test sets
	now time.Time
}

func (f *fixture) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fixture) advance(by time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(by)
}

func open() *fixture {
	f := &fixture{
		ledger: &ledger{
			users: map[string]access.User{}, sessions: map[string]access.Session{}, tokens: map[string]access.APIToken{},
			spent: map[access.Once]bool{}, seen: make(chan []byte, 9), used: make(chan string, 9),
		},
		now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	}
	f.Staff = staff.New(staff.Options{
		Store: f.ledger, Now: f.clock, Idle: time.Hour,
		Roles: map[string]access.Role{"desk-analysts": access.Analyst, "desk-leads": access.Lead, "desk-admins": access.Admin, "all": access.Viewer},
	})
	return f
}

// signIn is SignIn of somebody who may.
func (f *fixture) signIn(t *testing.T, u access.User) (token string) {
	t.Helper()
	token, err := f.SignIn(t.Context(), u, access.Actor{})
	require.NoError(t, err)
	return token
}

var ada = access.User{ID: "ada", Name: "Ada", Role: access.Analyst}

func TestSignInStoresTheHashAlone(t *testing.T) {
	t.Parallel()
	f := open()
	token, err := f.SignIn(t.Context(), ada, access.Actor{RequestID: "r1", Address: "192.0.2.7"})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(token), 26, "a random id of at least 128 bits")

	sum := sha256.Sum256([]byte(token))
	require.Equal(t, access.Session{
		Hash: sum[:], UserID: "ada", Role: access.Analyst, CreatedAt: f.now, SeenAt: f.now, ExpiresAt: f.now.Add(8 * time.Hour), Address: "192.0.2.7",
	}, f.ledger.sessions[string(sum[:])])
	require.NotContains(t, f.ledger.sessions, token)
	require.Equal(t, []audit.Entry{{
		At: f.now, ActorID: "ada", ActorName: "Ada", Role: "analyst", Action: audit.SignedIn, RequestID: "r1", Address: "192.0.2.7",
	}}, f.ledger.entries)

	require.NotEqual(t, token, f.signIn(t, ada), "each sign-in has an id of its own")
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
		"too long":        {access.User{ID: strings.Repeat("ä", 256), Name: "a", Role: access.Viewer}, []string{"user"}},
		"spaces alone":    {access.User{ID: "  ", Name: "  ", Role: access.Viewer}, []string{"user"}},
		"no text":         {access.User{ID: "\xff", Name: "a", Role: access.Viewer}, []string{"user"}},
		"both":            {access.User{}, []string{"role", "user"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open()
			_, err := f.SignIn(t.Context(), tc.user, access.Actor{})
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			for _, field := range tc.fields {
				require.Contains(t, fault.From(err).Fields, field)
			}
			require.Len(t, fault.From(err).Fields, len(tc.fields))
			require.Empty(t, f.ledger.sessions)
		})
	}
	open().signIn(t, access.User{ID: strings.Repeat("a", 255), Name: strings.Repeat("ä", 64), Role: access.Viewer})
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	f := open()
	token := f.signIn(t, ada)

	// The role is the one at sign-in, also where the user's row has another by now.
	f.ledger.users["ada"] = access.User{ID: "ada", Name: "Ada", Role: access.Lead}
	user, session, err := f.Session(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, access.Analyst, user.Role)
	require.Equal(t, "ada", session.UserID)

	f.advance(8*time.Hour - time.Millisecond)
	session.SeenAt = f.now
	f.ledger.sessions[string(session.Hash)] = session
	_, _, err = f.Session(t.Context(), token)
	require.NoError(t, err)
	f.advance(time.Millisecond)
	_, _, err = f.Session(t.Context(), token)
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err), "eight hours are over")
}

func TestIdleSessionEnds(t *testing.T) {
	t.Parallel()
	f := open()
	token := f.signIn(t, ada)
	f.advance(time.Hour - time.Millisecond)
	_, _, err := f.Look(t.Context(), token)
	require.NoError(t, err)
	require.Empty(t, f.ledger.seen, "what a page does by itself is no use of the session")
	f.advance(time.Millisecond)
	_, _, err = f.Session(t.Context(), token)
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err))
	own, err := f.Sessions(t.Context(), access.Actor{UserID: "ada"})
	require.NoError(t, err)
	require.Empty(t, own)
}

func TestIdleSessionsAreErased(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := open()
		f.signIn(t, ada)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = f.Run(ctx) }()
		synctest.Wait()
		require.Len(t, f.ledger.sessions, 1)
		f.advance(time.Hour)
		time.Sleep(time.Minute) // of the test's own time
		synctest.Wait()
		require.Empty(t, f.ledger.sessions)
	})
}

// A session that is used is noted, at most once a minute and by nobody who waits for it.
func TestSessionIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := open()
		f.ledger.seen = make(chan []byte) // nobody reads: a note hangs
		token := f.signIn(t, ada)
		use := func(after time.Duration) (noted bool) {
			f.advance(after)
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

		f.advance(time.Minute)
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
	_, err = f.SignIn(t.Context(), ada, access.Actor{})
	require.ErrorIs(t, err, f.ledger.err)
}

func TestSignOutIsAtOnceAndTwiceHarmless(t *testing.T) {
	t.Parallel()
	f := open()
	token := f.signIn(t, ada)
	_, err := f.SignOut(t.Context(), token, access.Actor{UserID: "ada", Name: "Ada", Role: access.Analyst})
	require.NoError(t, err)
	_, _, err = f.Session(t.Context(), token)
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err))
	_, err = f.SignOut(t.Context(), token, access.Actor{})
	require.NoError(t, err)
	require.Equal(t, audit.SignedOut, f.ledger.entries[1].Action)
	require.Len(t, f.ledger.entries, 2)
}
