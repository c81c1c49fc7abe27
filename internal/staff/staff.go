// Package staff says who is signed in at the desk: it opens, finds and ends sessions. The cookie carries a random id and
// nothing else; the store holds the id's SHA-256, so that neither a copy of the database nor a backup lets anybody in.
package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// SessionLife is how long a sign-in lasts at most, whatever happens in between.
const SessionLife = 8 * time.Hour

// seenEvery is how far apart two notes that a session is used are at least, and seenWithin how long one may take.
const (
	seenEvery  = time.Minute
	seenWithin = 5 * time.Second
)

// maxName is how many characters a user's id or name may have.
const maxName = 64

// store keeps users and sessions; each method is one transaction, audit entry included.
type store interface {
	SignIn(ctx context.Context, u access.User, s access.Session, e audit.Entry) error
	Session(ctx context.Context, hash []byte) (access.Session, access.User, error)
	SessionSeen(ctx context.Context, hash []byte) error
	SignOut(ctx context.Context, hash []byte, e audit.Entry) error
}

// Staff opens, finds and ends sessions.
type Staff struct {
	store  store
	now    func() time.Time
	noting sync.Mutex // held while it is noted that a session is used
}

// New makes a Staff over a store and a clock.
func New(s store, now func() time.Time) *Staff { return &Staff{store: s, now: now} }

// SignIn opens a session for u and records it. The token goes into the cookie; it is random, new each time, and kept
// nowhere. Of from only the request id and the address are used: who signs in is u. An unfit user is Invalid with fields.
func (s *Staff) SignIn(ctx context.Context, u access.User, from access.Actor) (token string, expires time.Time, err error) {
	if err := check(u); err != nil {
		return "", time.Time{}, err
	}
	now := s.now()
	u.CreatedAt, u.LastSeenAt = now, now
	token = rand.Text()
	session := access.Session{
		Hash: hashOf(token), UserID: u.ID, Role: u.Role, CreatedAt: now, ExpiresAt: now.Add(SessionLife), SeenAt: now,
	}
	from.UserID, from.Name, from.Role = u.ID, u.Name, u.Role
	if err := s.store.SignIn(ctx, u, session, entry(audit.SignedIn, from, now)); err != nil {
		return "", time.Time{}, err
	}
	return token, session.ExpiresAt, nil
}

// Session finds the live session of a token and its user; the user's role is the one at sign-in. Anything that is no live
// session is Unauthenticated.
func (s *Staff) Session(ctx context.Context, token string) (access.User, access.Session, error) {
	session, user, err := s.store.Session(ctx, hashOf(token))
	if fault.KindOf(err) == fault.NotFound {
		return access.User{}, access.Session{}, signedOut(err)
	}
	if err != nil {
		return access.User{}, access.Session{}, err
	}
	if !s.now().Before(session.ExpiresAt) || !session.Role.Known() {
		return access.User{}, access.Session{}, signedOut(nil)
	}
	user.Role = session.Role
	s.see(ctx, session)
	return user, session, nil
}

// see notes that a session is used, where that was not noted within the last minute. Nobody waits for it: the page that asked is
// only read. One note is on its way at a time; a session that finds it so is noted with its next request, as is one whose note
// could not be stored.
func (s *Staff) see(ctx context.Context, session access.Session) {
	if s.now().Sub(session.SeenAt) < seenEvery || !s.noting.TryLock() {
		return
	}
	go func() {
		defer s.noting.Unlock()
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), seenWithin)
		defer done()
		_ = s.store.SessionSeen(ctx, session.Hash)
	}()
}

// SignOut ends the token's session at once and records it. A session that is already gone is no error.
func (s *Staff) SignOut(ctx context.Context, token string, from access.Actor) error {
	err := s.store.SignOut(ctx, hashOf(token), entry(audit.SignedOut, from, s.now()))
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

func signedOut(cause error) error {
	return fault.Wrap(fault.Unauthenticated, "You are not signed in, or your session has ended. Sign in again.", cause)
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func entry(a audit.Action, who access.Actor, now time.Time) audit.Entry {
	return audit.Entry{
		At: now, ActorID: who.UserID, ActorName: who.Name, Role: string(who.Role), Action: a,
		RequestID: who.RequestID, Address: who.Address,
	}
}

// check refuses a user whose id or name could not be shown or told apart, and a role that the desk does not know.
func check(u access.User) error {
	fields := map[string]string{}
	if !plain(u.ID) || !plain(u.Name) {
		fields["user"] = "Enter a name of 1 to 64 characters, without line breaks or other control characters."
	}
	if !u.Role.Known() {
		fields["role"] = "Choose one of the roles: " + roles() + "."
	}
	if len(fields) > 0 {
		return fault.Fields("You cannot be signed in like this.", fields)
	}
	return nil
}

func plain(s string) bool {
	if n := utf8.RuneCountInString(s); n < 1 || n > maxName || !utf8.ValidString(s) || strings.TrimSpace(s) != s {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func roles() string {
	var names []string
	for _, r := range access.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
