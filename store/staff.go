package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// SignIn stores who has signed in, and the session. Sessions that have ended go. Forbidden where the person is disabled.
func (s *Store) SignIn(ctx context.Context, u access.User, sess access.Session, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		if disabled, err := t.isDisabled(u.ID); err != nil {
			return err
		} else if disabled {
			return &fault.Error{Kind: fault.Forbidden, Code: "disabled", Text: "You are not let into this desk any more. Ask an admin of the desk."}
		}
		if err := t.exec(`DELETE FROM sessions WHERE expires_at <= $1`, t.now.UnixMilli()); err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO users (id, name, role, created_at, last_seen_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, last_seen_at = excluded.last_seen_at`,
			u.ID, u.Name, string(u.Role), msAlways(u.CreatedAt), msAlways(u.LastSeenAt)); err != nil {
			return err
		}
		_, nameless, err := maybe(t, scanValue[string], `SELECT id FROM users WHERE id = $1 AND handle IS NULL`, u.ID)
		if err != nil {
			return err
		}
		if nameless {
			if err := t.giveHandle(u); err != nil {
				return err
			}
		}
		if err := t.addSession(sess); err != nil {
			return err
		}
		return t.audit(e)
	})
}

// addSession keeps a session. Of what the provider told there is a hash, and what is sealed.
func (t *tx) addSession(sess access.Session) error {
	var idToken []byte
	if sess.IDToken != "" {
		var err error
		if idToken, err = t.s.sealer.Seal([]byte(sess.IDToken), idTokenPlace(sess.Hash)); err != nil {
			return fmt.Errorf("seal an ID token: %w", err)
		}
	}
	return t.exec(`INSERT INTO sessions (hash, user_id, role, created_at, expires_at, seen_at, address, provider_session, id_token)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		sess.Hash, sess.UserID, string(sess.Role), msAlways(sess.CreatedAt), msAlways(sess.ExpiresAt), msAlways(sess.SeenAt),
		sess.Address, t.s.providerIndex(sess.ProviderSession), idToken)
}

func idTokenPlace(hash []byte) []byte { return place("sessions", "id_token", hex.EncodeToString(hash)) }

type signedIn struct {
	session access.Session
	user    access.User
}

func scanSignedIn(rows *sql.Rows) (r signedIn, err error) {
	return r, rows.Scan(append(sessionFields(&r.session), userFields(&r.user)...)...)
}

// sessionKey is the hash of a session's id.
type sessionKey string

// Session gives a session that has not ended, and whose it is; NotFound otherwise.
func (s *Store) Session(ctx context.Context, hash []byte) (access.Session, access.User, error) {
	r, err := remembered(s, sessionKey(hash), func() (signedIn, error) {
		return one(s.reader(ctx), scanSignedIn, `SELECT `+sessionColumns+`, `+userColumns+`
			FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.hash = $1`, hash)
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && !s.moment().Before(r.session.ExpiresAt) {
		return access.Session{}, access.User{}, fault.New(fault.NotFound, "This session has ended. Sign in again.")
	}
	return r.session, r.user, s.mask(err)
}

// SessionSeen notes that a session, and so its user, is there now. One that has ended is left alone.
func (s *Store) SessionSeen(ctx context.Context, hash []byte) error {
	return s.write(ctx, func(t *tx) error {
		seen, err := t.affect(`UPDATE sessions SET seen_at = $2 WHERE hash = $1 AND seen_at < $2`, hash, t.now.UnixMilli())
		if err != nil || seen == 0 {
			return err
		}
		return t.exec(`UPDATE users SET last_seen_at = $2 WHERE id = (SELECT user_id FROM sessions WHERE hash = $1)`, hash, t.now.UnixMilli())
	})
}

// SignOut ends a session, and gives the ID token that it was opened with; empty where there was none, or where it cannot be opened any
// more. A session that has ended already is no error, and leaves no entry.
func (s *Store) SignOut(ctx context.Context, hash []byte, e audit.Entry) (idToken string, err error) {
	err = s.write(ctx, func(t *tx) error {
		idToken = ""
		sealed, found, err := maybe(t, scanValue[[]byte], `DELETE FROM sessions WHERE hash = $1 RETURNING id_token`, hash)
		if err != nil || !found {
			return err
		}
		if len(sealed) > 0 {
			if plain, err := s.sealer.Open(sealed, idTokenPlace(hash)); err == nil {
				idToken = string(plain)
			}
		}
		return t.audit(e)
	})
	return idToken, err
}
