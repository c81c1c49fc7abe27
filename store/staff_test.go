package store_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/store/storetest"
)

func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		now := d.clock.Now()
		u := access.User{ID: "ana", Name: "Ana Lyst", Role: access.Analyst, CreatedAt: now, LastSeenAt: now}
		sess := access.Session{Hash: []byte("hash-1"), UserID: "ana", Role: access.Analyst, CreatedAt: now, ExpiresAt: now.Add(time.Hour), SeenAt: now}
		require.NoError(t, d.SignIn(t.Context(), u, sess, ana(audit.SignedIn)))
		gotSession, gotUser, err := d.Session(t.Context(), []byte("hash-1"))
		require.NoError(t, err)
		require.Equal(t, sess, gotSession)
		known := u
		known.Handle = "ana.lyst"
		require.Equal(t, known, gotUser)
		_, _, err = d.Session(t.Context(), []byte("hash-0"))
		kindIs(t, fault.NotFound, err)

		d.clock.Advance(time.Minute)
		require.NoError(t, d.SessionSeen(t.Context(), []byte("hash-1")))
		require.NoError(t, d.SessionSeen(t.Context(), []byte("hash-0")))
		gotSession, _, err = d.Session(t.Context(), []byte("hash-1"))
		require.NoError(t, err)
		sess.SeenAt = d.clock.Now()
		require.Equal(t, sess, gotSession)

		d.clock.Advance(time.Hour - time.Minute)
		_, _, err = d.Session(t.Context(), []byte("hash-1"))
		kindIs(t, fault.NotFound, err)

		later := u
		later.Role, later.CreatedAt, later.LastSeenAt = access.Lead, d.clock.Now(), d.clock.Now()
		sess.Hash, sess.ExpiresAt = []byte("hash-2"), d.clock.Now().Add(time.Hour)
		require.NoError(t, d.SignIn(t.Context(), later, sess, ana(audit.SignedIn)))
		_, gotUser, err = d.Session(t.Context(), []byte("hash-2"))
		require.NoError(t, err)
		require.Equal(t, access.Lead, gotUser.Role)
		require.Equal(t, now, gotUser.CreatedAt, "when the person was first seen stays")
		_, err = d.SignOut(t.Context(), []byte("hash-2"), ana(audit.SignedOut))
		require.NoError(t, err)
		_, err = d.SignOut(t.Context(), []byte("hash-2"), ana(audit.SignedOut))
		require.NoError(t, err)
		_, _, err = d.Session(t.Context(), []byte("hash-2"))
		kindIs(t, fault.NotFound, err)
		entries, err := d.AuditEntries(t.Context(), audit.Filter{ActorID: "ana"})
		require.NoError(t, err)
		require.Len(t, entries, 3)
	})
}

func TestAuditEntries(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for range 3 {
			require.NoError(t, d.Record(t.Context(), ana(audit.LookedUp)))
			require.NoError(t, d.Record(t.Context(), audit.Entry{ActorID: "bo", Action: audit.Exported, Detail: "50 rows"}))
		}
		seqs := func(f audit.Filter) (seqs []int64) {
			entries, err := d.AuditEntries(t.Context(), f)
			require.NoError(t, err)
			for _, e := range entries {
				seqs = append(seqs, e.Seq)
			}
			return seqs
		}
		require.Equal(t, []int64{6, 5, 4, 3, 2, 1}, seqs(audit.Filter{}))
		require.Equal(t, []int64{4, 3}, seqs(audit.Filter{Before: 5, Limit: 2}))
		require.Equal(t, []int64{6, 4, 2}, seqs(audit.Filter{ActorID: "bo"}))
		require.Equal(t, []int64{5, 3, 1}, seqs(audit.Filter{Action: audit.LookedUp}))
		require.Empty(t, seqs(audit.Filter{IdentityID: "none"}))
		n, err := d.VerifyAudit(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 6, n)
	})
}

func TestRecordOnce(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		opened := ana(audit.OpenedCase)
		opened.IdentityID = "case-1"
		count := func() int {
			entries, err := d.AuditEntries(t.Context(), audit.Filter{})
			require.NoError(t, err)
			return len(entries)
		}
		require.NoError(t, d.RecordOnce(t.Context(), opened, 15*time.Minute))
		d.clock.Advance(15*time.Minute - time.Second)
		require.NoError(t, d.RecordOnce(t.Context(), opened, 15*time.Minute))
		require.Equal(t, 1, count())
		other := opened
		other.ActorID = "bo"
		require.NoError(t, d.RecordOnce(t.Context(), other, 15*time.Minute))
		other.IdentityID = "case-2"
		require.NoError(t, d.RecordOnce(t.Context(), other, 15*time.Minute))
		require.Equal(t, 3, count())
		d.clock.Advance(time.Second)
		require.NoError(t, d.RecordOnce(t.Context(), opened, 15*time.Minute))
		require.Equal(t, 4, count())
	})
}

// Whatever is done to the log behind the desk's back is found, and an entry written afterwards does not hide it.
func TestVerifyAuditFindsTampering(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]string{
		"edited":    `UPDATE audit SET detail = 'nothing to see' WHERE seq = 2`,
		"deleted":   `DELETE FROM audit WHERE seq = 2`,
		"first":     `DELETE FROM audit WHERE seq = 1`,
		"last":      `DELETE FROM audit WHERE seq = 3`,
		"all":       `DELETE FROM audit`,
		"reordered": `UPDATE audit SET seq = CASE seq WHEN 1 THEN -2 ELSE -1 END WHERE seq < 3; UPDATE audit SET seq = -seq WHERE seq < 0`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storetest.Dialects()[0].URL(t)
			s := storetest.New(t, storetest.WithURL(url))
			for range 3 {
				require.NoError(t, s.Record(t.Context(), ana(audit.LookedUp)))
			}
			db, err := sql.Open("sqlite", url[len("sqlite:"):])
			require.NoError(t, err)
			_, err = db.ExecContext(context.Background(), tamper)
			require.NoError(t, err)
			require.NoError(t, db.Close())
			_, err = s.VerifyAudit(t.Context())
			require.ErrorContains(t, err, "broken")
			require.NoError(t, s.Record(t.Context(), ana(audit.LookedUp)))
			_, err = s.VerifyAudit(t.Context())
			require.ErrorContains(t, err, "broken")
		})
	}
}
