package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// token is one of a person's that holds for a day.
func (d desk) token(id, madeBy string) access.APIToken {
	return access.APIToken{
		ID: id, Name: "nightly", Role: access.Viewer, MadeBy: madeBy, MadeByName: d.people()[madeBy].Name, MadeAt: d.clock.Now(),
		ExpiresAt: d.clock.Now().Add(24 * time.Hour),
	}
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.signIn("root", "Root")
		k := d.token("token-1", "root")
		require.NoError(t, d.MakeToken(t.Context(), k, []byte("hash-1"), by("root", audit.MadeToken)))
		got, err := d.Token(t.Context(), []byte("hash-1"))
		require.NoError(t, err)
		require.Equal(t, k, got)
		_, err = d.Token(t.Context(), []byte("hash-0"))
		kindIs(t, fault.NotFound, err)

		d.clock.Advance(time.Minute)
		require.NoError(t, d.TokenUsed(t.Context(), "token-1"))
		used := d.clock.Now()
		d.clock.Advance(time.Minute)
		require.NoError(t, d.RevokeToken(t.Context(), "token-1", by("root", audit.RevokedToken)))
		revoked := d.clock.Now()
		k.UsedAt, k.RevokedAt = &used, &revoked
		require.NoError(t, d.MakeToken(t.Context(), d.token("token-2", "root"), []byte("hash-2"), by("root", audit.MadeToken)))
		all, err := d.Tokens(t.Context())
		require.NoError(t, err)
		require.Equal(t, []access.APIToken{d.token("token-2", "root"), k}, all)

		kindIs(t, fault.Conflict, d.RevokeToken(t.Context(), "token-1", by("root", audit.RevokedToken)))
		kindIs(t, fault.NotFound, d.RevokeToken(t.Context(), "token-0", by("root", audit.RevokedToken)))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.RevokedToken})
		require.NoError(t, err)
		require.Len(t, entries, 1)
	})
}
