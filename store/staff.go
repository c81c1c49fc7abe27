package store

import (
	"context"
	"database/sql"
	"errors"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// SignIn stores who has signed in, and the session. Sessions that have ended go.
func (s *Store) SignIn(ctx context.Context, u access.User, sess access.Session, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
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
		if err := t.exec(`INSERT INTO sessions (hash, user_id, role, created_at, expires_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			sess.Hash, sess.UserID, string(sess.Role), msAlways(sess.CreatedAt), msAlways(sess.ExpiresAt),
			msAlways(sess.SeenAt)); err != nil {
			return err
		}
		return t.audit(e)
	})
}

type signedIn struct {
	session access.Session
	user    access.User
}

func scanSignedIn(rows *sql.Rows) (r signedIn, err error) {
	return r, rows.Scan(append([]any{
		&r.session.Hash, &r.session.UserID,
		intoText[access.Role]{&r.session.Role},
		intoTime{&r.session.CreatedAt},
		intoTime{&r.session.ExpiresAt},
		intoTime{&r.session.SeenAt},
	}, userFields(&r.user)...)...)
}

// sessionKey is the hash of a session's id.
type sessionKey string

// Session gives a session that has not ended, and whose it is; NotFound otherwise.
func (s *Store) Session(ctx context.Context, hash []byte) (access.Session, access.User, error) {
	r, err := remembered(s, sessionKey(hash), func() (signedIn, error) {
		return one(s.reader(ctx), scanSignedIn, `SELECT s.hash, s.user_id, s.role, s.created_at, s.expires_at, s.seen_at, `+userColumns+`
			FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.hash = $1`, hash)
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && !s.moment().Before(r.session.ExpiresAt) {
		return access.Session{}, access.User{}, fault.New(fault.NotFound, "This session has ended. Sign in again.")
	}
	return r.session, r.user, s.mask(err)
}

// SessionSeen notes that a session is used now. One that has ended is left alone.
func (s *Store) SessionSeen(ctx context.Context, hash []byte) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(`UPDATE sessions SET seen_at = $2 WHERE hash = $1 AND seen_at < $2`, hash, t.now.UnixMilli())
	})
}

// SignOut ends a session. One that has ended already is no error, and leaves no entry.
func (s *Store) SignOut(ctx context.Context, hash []byte, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		gone, err := t.affect(`DELETE FROM sessions WHERE hash = $1`, hash)
		if err != nil || gone == 0 {
			return err
		}
		return t.audit(e)
	})
}
