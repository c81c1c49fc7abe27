package staff_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

func TestMakeToken(t *testing.T) {
	t.Parallel()
	f := open()
	k, secret, err := f.MakeToken(t.Context(), admin, "nightly export", access.Viewer, 30)
	require.NoError(t, err)
	require.Regexp(t, `^idk_[A-Z2-7]{26}$`, secret)
	require.Regexp(t, `^token-[a-z2-7]{10}$`, k.ID)
	require.NotContains(t, strings.ToUpper(secret), strings.ToUpper(k.ID[6:]), "the id tells nothing of the secret")
	sum := sha256.Sum256([]byte(secret))
	require.Equal(t, map[string]access.APIToken{string(sum[:]): {
		ID: k.ID, Name: "nightly export", Role: access.Viewer, MadeBy: "root", MadeByName: "Root", MadeAt: f.now, ExpiresAt: f.now.AddDate(0, 0, 30),
	}}, f.ledger.tokens)
	require.Equal(t, []audit.Entry{{
		At: f.now, ActorID: "root", ActorName: "Root", Role: "admin", Action: audit.MadeToken, Object: k.ID, Detail: "viewer, until 2026-04-01",
		RequestID: "r1", Address: "192.0.2.7",
	}}, f.ledger.entries)
	for field, c := range map[string]struct {
		name string
		role access.Role
		days int
	}{
		"name": {"", access.Viewer, 1}, "role": {"a", "root", 1}, "days": {"a", access.Viewer, 0},
	} {
		_, _, err := f.MakeToken(t.Context(), admin, c.name, c.role, c.days)
		require.Contains(t, fault.From(err).Fields, field)
		require.Len(t, fault.From(err).Fields, 1)
	}
	_, _, err = f.MakeToken(t.Context(), admin, "a", access.Viewer, 367)
	require.Contains(t, fault.From(err).Fields, "days", "a year at most")
}

func TestScript(t *testing.T) {
	t.Parallel()
	f := open()
	k, secret, err := f.MakeToken(t.Context(), admin, "nightly", access.Lead, 1)
	require.NoError(t, err)
	came, err := f.Script(t.Context(), secret)
	require.NoError(t, err)
	require.Equal(t, k, came)
	for _, wrong := range []string{"", "idk_", secret[4:], secret + "A", strings.ToLower(secret), " " + secret, "idk_" + strings.Repeat("A", 26)} {
		_, err := f.Script(t.Context(), wrong)
		require.Equal(t, fault.Unauthenticated, fault.KindOf(err), "%q", wrong)
	}
	f.advance(24*time.Hour - time.Millisecond)
	_, err = f.Script(t.Context(), secret)
	require.NoError(t, err)
	f.advance(time.Millisecond)
	_, err = f.Script(t.Context(), secret)
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err), "past its end")

	_, secret, err = f.MakeToken(t.Context(), admin, "daily", access.Viewer, 1)
	require.NoError(t, err)
	k, err = f.Script(t.Context(), secret)
	require.NoError(t, err)
	require.NoError(t, f.RevokeToken(t.Context(), admin, k.ID))
	_, err = f.Script(t.Context(), secret)
	require.Equal(t, fault.Unauthenticated, fault.KindOf(err), "revoked")
	require.Equal(t, fault.NotFound, fault.KindOf(f.RevokeToken(t.Context(), admin, "token-0")))
	f.ledger.err = errors.New("disk gone")
	_, err = f.Script(t.Context(), secret)
	require.Equal(t, fault.Internal, fault.KindOf(err), "a store that fails is no wrong token")
}

func TestTokenIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := open()
		k, secret, err := f.MakeToken(t.Context(), admin, "nightly", access.Viewer, 1)
		require.NoError(t, err)
		sum := sha256.Sum256([]byte(secret))
		use := func(after time.Duration) int {
			f.advance(after)
			_, err := f.Script(t.Context(), secret)
			require.NoError(t, err)
			synctest.Wait()
			noted := len(f.ledger.used)
			for range noted {
				require.Equal(t, k.ID, <-f.ledger.used)
				now := f.now
				k.UsedAt = &now
				f.ledger.tokens[string(sum[:])] = k
			}
			return noted
		}
		require.Equal(t, 1, use(0))
		require.Equal(t, 0, use(time.Minute-time.Millisecond))
		require.Equal(t, 1, use(time.Millisecond))
	})
}
