package staff

import (
	"context"
	"slices"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// seenEvery is how far apart two notes that a session or a token is used are at least, and seenWithin how long one may take.
const (
	seenEvery  = time.Minute
	seenWithin = 5 * time.Second
)

type sessions interface {
	SignIn(ctx context.Context, u access.User, s access.Session, e audit.Entry) error
	Session(ctx context.Context, hash []byte) (access.Session, access.User, error)
	SessionSeen(ctx context.Context, hash []byte) error
	SignOut(ctx context.Context, hash []byte, e audit.Entry) (idToken string, err error)
	Sessions(ctx context.Context, userID string) ([]access.Session, error)
	EndSessions(ctx context.Context, hashes [][]byte, e audit.Entry) (ended int, err error)
	EndProviderSessions(ctx context.Context, userID, providerSession string, once access.Once, e audit.Entry) (ended int, err error)
	ForgetSessions(ctx context.Context, unused time.Time) error
	Spend(ctx context.Context, once access.Once) error
}

// forgetEvery is how often sessions that have ended by themselves are erased.
const forgetEvery = time.Minute

// Run erases sessions that have ended by themselves, until ctx ends. What fails is tried again with the next round.
func (s *Staff) Run(ctx context.Context) error {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		_ = s.store.ForgetSessions(ctx, s.now().Add(-s.idle))
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Session finds the live session of a token and its user, and notes that it is used; the user's role is the one at sign-in. Anything
// that is no live session is Unauthenticated.
func (s *Staff) Session(ctx context.Context, token string) (access.User, access.Session, error) {
	user, session, err := s.Look(ctx, token)
	if err == nil {
		s.see(ctx, session)
	}
	return user, session, err
}

// Look is Session for what a page does by itself while nobody touches it: that does not keep the session alive.
func (s *Staff) Look(ctx context.Context, token string) (access.User, access.Session, error) {
	session, user, err := s.store.Session(ctx, hashOf(token))
	if fault.KindOf(err) == fault.NotFound {
		return access.User{}, access.Session{}, signedOut(err)
	}
	if err != nil {
		return access.User{}, access.Session{}, err
	}
	if !s.lives(session) || user.DisabledAt != nil || !session.Role.Known() {
		return access.User{}, access.Session{}, signedOut(nil)
	}
	user.Role = session.Role
	return user, session, nil
}

func (s *Staff) lives(session access.Session) bool {
	now := s.now()
	return now.Before(session.ExpiresAt) && now.Sub(session.SeenAt) < s.idle
}

// see notes that a session is used, where that was not noted a moment ago. Nobody waits for it: the page that asked is only read. One
// note is on its way at a time; a session that finds it so is noted with its next request, as is one whose note could not be stored.
func (s *Staff) see(ctx context.Context, session access.Session) {
	if s.now().Sub(session.SeenAt) < min(seenEvery, s.idle/4) || !s.noting.TryLock() {
		return
	}
	go func() {
		defer s.noting.Unlock()
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), seenWithin)
		defer done()
		_ = s.store.SessionSeen(ctx, session.Hash)
	}()
}

// SignOut ends the token's session at once and records it. A session that is already gone is no error. The ID token that it was opened
// with comes back, for the provider; it is empty where there was none.
func (s *Staff) SignOut(ctx context.Context, token string, from access.Actor) (idToken string, err error) {
	idToken, err = s.store.SignOut(ctx, hashOf(token), entry(audit.SignedOut, from, s.now()))
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return idToken, err
}

// Sessions gives the actor's own live sessions, the last used first.
func (s *Staff) Sessions(ctx context.Context, a access.Actor) ([]access.Session, error) {
	return s.live(ctx, a.UserID)
}

// live gives the live sessions of a person, or everybody's for an empty id.
func (s *Staff) live(ctx context.Context, userID string) ([]access.Session, error) {
	found, err := s.store.Sessions(ctx, userID)
	return slices.DeleteFunc(found, func(x access.Session) bool { return !s.lives(x) }), err
}

// SessionID names the session of a token where sessions are listed.
func SessionID(token string) string { return access.Session{Hash: hashOf(token)}.ID() }

// EndOwn ends one of the actor's own sessions, or for an empty id all but the one with that token. NotFound where the one is gone.
func (s *Staff) EndOwn(ctx context.Context, a access.Actor, token, id string) error {
	if a.Token != "" {
		return fault.New(fault.Forbidden, "A token has no sessions. Revoke it on the page of the tokens.")
	}
	this := SessionID(token)
	return s.end(ctx, a, a.UserID, func(x access.Session) bool { return id == x.ID() || id == "" && x.ID() != this }, Reason{}, id != "")
}

// EndSession ends one session of anybody's, or for an empty id all of a person's. NotFound where there is none.
func (s *Staff) EndSession(ctx context.Context, a access.Actor, userID, id string, why Reason) error {
	if err := permit(a, access.ManagePeople); err != nil {
		return err
	}
	if err := why.check(); err != nil {
		return err
	}
	return s.end(ctx, a, userID, func(x access.Session) bool { return id == "" || id == x.ID() }, why, true)
}

// end ends those of a person's sessions that are chosen.
func (s *Staff) end(ctx context.Context, a access.Actor, userID string, chosen func(access.Session) bool, why Reason, must bool) error {
	found, err := s.store.Sessions(ctx, userID)
	if err != nil {
		return err
	}
	var hashes [][]byte
	for _, x := range found {
		if x.UserID == userID && chosen(x) {
			hashes = append(hashes, x.Hash)
		}
	}
	e := why.in(entry(audit.EndedSession, a, s.now()))
	e.Object, e.Detail = userID, counted(len(hashes), "session")
	ended, err := s.store.EndSessions(ctx, hashes, e)
	if err == nil && ended == 0 && must {
		return fault.New(fault.NotFound, "This session has ended already.")
	}
	return err
}

// Departure is what the identity provider says of somebody who has signed out there. Subject or Session may be empty.
type Departure struct {
	Subject, Session string
	ID               string    // of the provider's word
	Until            time.Time // when the word would not be believed any more
}

// Depart ends the sessions that the provider says have ended, at once. Conflict where the same word was heard before.
func (s *Staff) Depart(ctx context.Context, d Departure, from access.Actor) (ended int, err error) {
	from.Name = "identity provider"
	e := entry(audit.EndedSession, from, s.now())
	e.Object, e.Detail = d.Subject, "back-channel log-out"
	return s.store.EndProviderSessions(ctx, d.Subject, d.Session, access.Once{Kind: "logout", ID: d.ID, Until: d.Until}, e)
}

// Spend uses up what is good for one use, such as the way to the provider and back. Conflict where that has been done.
func (s *Staff) Spend(ctx context.Context, once access.Once) error { return s.store.Spend(ctx, once) }
