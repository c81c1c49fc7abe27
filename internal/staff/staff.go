// Package staff says who may use the desk: it lets people in, finds and ends their sessions, disables them, and knows the tokens with
// which scripts come in. A cookie or a script carries a random id and nothing else; the store holds the id's SHA-256, so that neither
// a copy of the database nor a backup lets anybody in.
package staff

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// SessionLife is how long a sign-in lasts at most, whatever happens in between, and IdleDefault how long it may lie unused.
const (
	SessionLife = 8 * time.Hour
	IdleDefault = 30 * time.Minute
)

// How long an id and a name may be. A provider's subject has up to 255 characters.
const (
	maxID   = 255
	maxName = 64
)

// store keeps who may use the desk; each method is one transaction, audit entry included.
type store interface {
	sessions
	people
	tokens
	Record(ctx context.Context, e audit.Entry) error
}

// Options are what a [Staff] needs.
type Options struct {
	Store store
	Now   func() time.Time
	Idle  time.Duration          // how long a session may lie unused; zero for [IdleDefault]
	Roles map[string]access.Role // the role of each group at the identity provider
}

// Staff lets people and scripts in.
type Staff struct {
	store store
	now   func() time.Time
	idle  time.Duration
	roles map[string]access.Role

	noting      sync.Mutex // held while it is noted that a session is used
	notingToken sync.Mutex // the same for a token
}

// New makes a Staff.
func New(o Options) *Staff {
	return &Staff{store: o.Store, now: o.Now, idle: cmp.Or(o.Idle, IdleDefault), roles: o.Roles}
}

// Arrival is somebody whom the identity provider has sent.
type Arrival struct {
	Subject string // becomes the user's id
	Name    string
	Groups  []string
	Session string // the provider's id of its session; empty where it has told none
	IDToken string
}

// The codes of the Forbidden of somebody who is in no group of the desk's, and of somebody who is disabled.
const (
	NoRole     = "no_role"
	IsDisabled = "disabled"
)

// Arrive opens a session for somebody whom the identity provider has sent, with the role that their groups give them. Forbidden where
// these give none, with the code [NoRole], and where the person is disabled; that leaves an entry.
func (s *Staff) Arrive(ctx context.Context, who Arrival, from access.Actor) (token string, err error) {
	u := access.User{ID: who.Subject, Name: who.Name}
	for _, group := range who.Groups {
		if role, ok := s.roles[group]; ok {
			u.Role = access.Stronger(u.Role, role)
		}
	}
	if u.Role == "" {
		refused := &fault.Error{
			Kind: fault.Forbidden, Code: NoRole,
			Text: "You are signed in at your organisation, but none of your groups has a role at this desk.",
		}
		return "", s.refuse(ctx, u, from, "no group with a role", refused)
	}
	return s.open(ctx, u, access.Session{ProviderSession: who.Session, IDToken: who.IDToken}, from)
}

// SignIn opens a session for u and records it. The token goes into the cookie; it is random, new each time, and kept nowhere. Of from
// only the request id and the address are used: who signs in is u. An unfit user is Invalid with fields; one who is disabled is
// Forbidden, which leaves an entry.
func (s *Staff) SignIn(ctx context.Context, u access.User, from access.Actor) (token string, err error) {
	return s.open(ctx, u, access.Session{}, from)
}

func (s *Staff) open(ctx context.Context, u access.User, session access.Session, from access.Actor) (token string, err error) {
	if err := check(u); err != nil {
		return "", err
	}
	now := s.now()
	u.CreatedAt, u.LastSeenAt = now, now
	token = rand.Text()
	session.Hash, session.UserID, session.Role, session.Address = hashOf(token), u.ID, u.Role, from.Address
	session.CreatedAt, session.SeenAt, session.ExpiresAt = now, now, now.Add(SessionLife)
	err = s.store.SignIn(ctx, u, session, entry(audit.SignedIn, as(u, from), now))
	if f := fault.From(err); f != nil && f.Kind == fault.Forbidden {
		return "", s.refuse(ctx, u, from, "disabled", f)
	}
	if err != nil {
		return "", err
	}
	return token, nil
}

// refuse records that somebody was not let in, and why; the refusal waits for that.
func (s *Staff) refuse(ctx context.Context, u access.User, from access.Actor, why string, refusal error) error {
	e := entry(audit.SignInRefused, as(u, from), s.now())
	e.Detail = why
	if err := s.store.Record(ctx, e); err != nil {
		return err
	}
	return refusal
}

// as is u where a request comes from.
func as(u access.User, from access.Actor) access.Actor {
	from.UserID, from.Name, from.Role = u.ID, u.Name, u.Role
	return from
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

// permit refuses an actor without the permission.
func permit(a access.Actor, p access.Permission) error {
	if a.Can(p) {
		return nil
	}
	return &fault.Error{Kind: fault.Forbidden, Code: string(p), Text: fmt.Sprintf("Your role (%s) may not do this. Ask an admin of the desk.", a.Role)}
}

// check refuses a user whose id or name could not be shown or told apart, and a role that the desk does not know.
func check(u access.User) error {
	fields := map[string]string{}
	if !plain(u.ID, maxID) || !plain(u.Name, maxName) {
		fields["user"] = "Enter a name of 1 to 64 characters, without line breaks or other control characters."
	}
	if !u.Role.Known() {
		fields["role"] = chooseRole()
	}
	if len(fields) > 0 {
		return fault.Fields("You cannot be signed in like this.", fields)
	}
	return nil
}

func plain(s string, most int) bool {
	if n := utf8.RuneCountInString(s); n < 1 || n > most || !utf8.ValidString(s) || strings.TrimSpace(s) != s {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func chooseRole() string {
	var names []string
	for _, r := range access.Roles() {
		names = append(names, string(r))
	}
	return "Choose one of the roles: " + strings.Join(names, ", ") + "."
}
