package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

const sessionColumns = `s.hash, s.user_id, s.role, s.created_at, s.expires_at, s.seen_at, s.address`

// sessionFields are where sessionColumns are read to.
func sessionFields(s *access.Session) []any {
	return []any{
		&s.Hash, &s.UserID,
		intoText[access.Role]{&s.Role},
		intoTime{&s.CreatedAt},
		intoTime{&s.ExpiresAt},
		intoTime{&s.SeenAt},
		&s.Address,
	}
}

func scanSession(rows *sql.Rows) (s access.Session, err error) {
	return s, rows.Scan(sessionFields(&s)...)
}

// Sessions gives the sessions that have not reached their end, the last used first: a person's, or everybody's for an empty id.
func (s *Store) Sessions(ctx context.Context, userID string) ([]access.Session, error) {
	sessions, err := all(s.reader(ctx), scanSession, `SELECT `+sessionColumns+` FROM sessions s
		WHERE s.expires_at > $1 AND ($2 = '' OR s.user_id = $2) ORDER BY s.seen_at DESC, s.hash`, s.moment().UnixMilli(), userID)
	return sessions, s.mask(err)
}

// EndSessions ends some sessions. Where none of them is there any more, nothing is done and no entry is left.
func (s *Store) EndSessions(ctx context.Context, hashes [][]byte, e audit.Entry) (ended int, err error) {
	err = s.write(ctx, func(t *tx) error {
		ended = 0
		for _, hash := range hashes {
			gone, err := t.affect(`DELETE FROM sessions WHERE hash = $1`, hash)
			if err != nil {
				return err
			}
			ended += int(gone)
		}
		if ended == 0 {
			return nil
		}
		return t.audit(e)
	})
	return ended, err
}

// EndProviderSessions ends what the identity provider says has ended: the sessions of a person (empty for anybody's) in one of the
// provider's sessions (empty for all of that person's). Each word of the provider's counts once, see [Store.Spend].
func (s *Store) EndProviderSessions(ctx context.Context, userID, providerSession string, once access.Once, e audit.Entry) (ended int, err error) {
	if userID == "" && providerSession == "" {
		return 0, fault.New(fault.Malformed, "Neither a person nor a session is named.")
	}
	err = s.write(ctx, func(t *tx) error {
		if err := t.spend(once); err != nil {
			return err
		}
		gone, err := t.affect(`DELETE FROM sessions WHERE ($1 = '' OR user_id = $1) AND ($2 IS NULL OR provider_session = $2)`,
			userID, s.providerIndex(providerSession))
		if err != nil || gone == 0 {
			return err
		}
		ended = int(gone)
		return t.audit(e)
	})
	return ended, err
}

// providerIndex is what is kept of the id of a provider's session; nil for none.
func (s *Store) providerIndex(id string) any {
	if id == "" {
		return nil
	}
	return s.index.Index("provider session", id)
}

const endedTerms = ` FROM sessions WHERE expires_at <= $1 OR seen_at <= $2`

// ForgetSessions erases sessions that have ended, or were last used at a moment or before.
func (s *Store) ForgetSessions(ctx context.Context, unused time.Time) error {
	now := s.moment().UnixMilli()
	_, found, err := maybe(s.reader(ctx), scanValue[[]byte], `SELECT hash`+endedTerms+` LIMIT 1`, now, unused.UnixMilli())
	if err != nil || !found { // it is asked far more often than any has ended, and a write waits for the disk
		return s.mask(err)
	}
	return s.write(ctx, func(t *tx) error { return t.exec(`DELETE`+endedTerms, now, unused.UnixMilli()) })
}

// Spend uses up what is good for one use. Conflict where that has been done.
func (s *Store) Spend(ctx context.Context, once access.Once) error {
	return s.write(ctx, func(t *tx) error { return t.spend(once) })
}

func (t *tx) spend(once access.Once) error {
	if err := t.exec(`DELETE FROM spent WHERE until <= $1`, t.now.UnixMilli()); err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(once.Kind + "\x00" + once.ID))
	fresh, err := t.affect(`INSERT INTO spent (hash, until) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, hash[:], once.Until.UnixMilli())
	if err == nil && fresh == 0 {
		return fault.New(fault.Conflict, "This was used before.")
	}
	return err
}
