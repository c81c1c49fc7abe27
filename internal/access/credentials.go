package access

import (
	"encoding/hex"
	"fmt"
	"time"
)

// Session is one sign-in. Only the hash of its random id is stored.
type Session struct {
	Hash      []byte // SHA-256 of the id in the cookie
	UserID    string
	Role      Role // as it was at sign-in
	CreatedAt time.Time
	ExpiresAt time.Time
	SeenAt    time.Time
	Address   string // the IP address that it was opened from

	// What the identity provider has told with it; the store takes it in and does not give it back with the session.
	ProviderSession string // the id of the provider's own session; kept as a keyed hash
	IDToken         string // kept sealed, and given back when the session is signed out
}

// idBytes of the hash name a session: enough to tell any two apart, and of no use to come in with.
const idBytes = 8

// ID names the session where it is listed.
func (s Session) ID() string { return hex.EncodeToString(s.Hash[:min(idBytes, len(s.Hash))]) }

// APIToken lets a script in with a role. Only the hash of its secret is stored.
type APIToken struct {
	ID         string // names it in lists and in the audit log
	Name       string // what it is for
	Role       Role
	MadeBy     string // a user id
	MadeByName string
	MadeAt     time.Time
	ExpiresAt  time.Time
	UsedAt     *time.Time // to the minute
	RevokedAt  *time.Time
}

// Lives reports whether the token lets anybody in at a moment.
func (k APIToken) Lives(now time.Time) bool { return k.RevokedAt == nil && now.Before(k.ExpiresAt) }

// Once names something that is good for one use, and until when it must be remembered that it was used.
type Once struct {
	Kind, ID string
	Until    time.Time
}

// Disabled tells what came to its end with a person who was disabled.
type Disabled struct{ Sessions, Tokens, Cases int }

// String tells it in a line.
func (d Disabled) String() string {
	return fmt.Sprintf("sessions ended: %d, tokens revoked: %d, cases freed: %d", d.Sessions, d.Tokens, d.Cases)
}
