package store

import (
	"context"
	"database/sql"
	"errors"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

const apiTokenColumns = `k.id, k.name, k.role, k.made_by, u.name, k.made_at, k.expires_at, k.used_at, k.revoked_at`

const selectAPIToken = `SELECT ` + apiTokenColumns + ` FROM api_tokens k JOIN users u ON u.id = k.made_by `

func scanAPIToken(rows *sql.Rows) (k access.APIToken, err error) {
	return k, rows.Scan(&k.ID, &k.Name, intoText[access.Role]{&k.Role}, &k.MadeBy, &k.MadeByName, intoTime{&k.MadeAt},
		intoTime{&k.ExpiresAt}, intoTimeOrNil{&k.UsedAt}, intoTimeOrNil{&k.RevokedAt})
}

// MakeToken keeps a token of which only the hash is known.
func (s *Store) MakeToken(ctx context.Context, k access.APIToken, hash []byte, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.exec(`INSERT INTO api_tokens (id, name, role, hash, made_by, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			k.ID, k.Name, string(k.Role), hash, k.MadeBy, k.MadeAt.UnixMilli(), k.ExpiresAt.UnixMilli()); err != nil {
			return err
		}
		return t.audit(e)
	})
}

// Tokens gives every token that was ever made, the newest first.
func (s *Store) Tokens(ctx context.Context) ([]access.APIToken, error) {
	tokens, err := all(s.reader(ctx), scanAPIToken, selectAPIToken+`ORDER BY k.made_at DESC, k.id`)
	return tokens, s.mask(err)
}

// tokenKey is the hash of an API token.
type tokenKey string

// Token gives the token with a hash, whether it is still good or not; NotFound where there is none.
func (s *Store) Token(ctx context.Context, hash []byte) (access.APIToken, error) {
	k, err := remembered(s, tokenKey(hash), func() (access.APIToken, error) {
		return one(s.reader(ctx), scanAPIToken, selectAPIToken+`WHERE k.hash = $1`, hash)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return access.APIToken{}, fault.New(fault.NotFound, "There is no such token.")
	}
	return k, s.mask(err)
}

// TokenUsed notes that a token is used now.
func (s *Store) TokenUsed(ctx context.Context, id string) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(`UPDATE api_tokens SET used_at = $2 WHERE id = $1`, id, t.now.UnixMilli())
	})
}

// RevokeToken makes a token worthless from now on. NotFound where there is none, Conflict where it was revoked before.
func (s *Store) RevokeToken(ctx context.Context, id string, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		k, found, err := maybe(t, scanAPIToken, selectAPIToken+`WHERE k.id = $1`, id)
		switch {
		case err != nil:
			return err
		case !found:
			return fault.New(fault.NotFound, "There is no such token.")
		case k.RevokedAt != nil:
			return fault.New(fault.Conflict, "This token is revoked already.")
		}
		if err := t.exec(`UPDATE api_tokens SET revoked_at = $2 WHERE id = $1`, id, t.now.UnixMilli()); err != nil {
			return err
		}
		return t.audit(e)
	})
}
