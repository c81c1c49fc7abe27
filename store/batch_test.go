package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const (
	patience = 10 * time.Second
	tick     = 100 * time.Microsecond
)

// behind makes writes share one commit: the writer is kept busy until all of them wait.
func (d desk) behind(writes ...func() error) []error {
	d.t.Helper()
	started, release := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		_ = d.Write(context.Background(), func(func(string, ...any) error) error {
			close(started)
			<-release
			return nil
		})
	})
	<-started
	errs := make([]error, len(writes))
	for n, write := range writes {
		wait.Go(func() { errs[n] = write() })
		d.waits(n + 1)
	}
	close(release)
	wait.Wait()
	return errs
}

func (d desk) waits(n int) {
	require.Eventually(d.t, func() bool { return d.Waiting() == n }, patience, tick)
}

// The night's recount can share its commit with writes whose counters are not written yet.
func TestRecountBesideOtherWrites(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		drift := -1
		errs := d.behind(
			func() error {
				_, err := d.ApplyIdentity(context.Background(), d.news("px-1", "user-1", identity.Pending), nil)
				return err
			},
			func() (err error) {
				drift, err = d.RebuildCounters(context.Background())
				return err
			},
			func() error {
				_, err := d.ApplyIdentity(context.Background(), d.news("px-2", "user-2", identity.Pending), nil)
				return err
			},
		)
		require.NoError(t, errors.Join(errs...))
		require.Zero(t, drift)
		counts, err := d.Counts(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 2, counts.Total)
	})
}

// A statement that fails ends its write, even where the write goes on as if nothing had happened: the database may have
// undone the whole transaction, and what came after would be stored by itself.
func TestFailedStatementEndsItsWrite(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		errs := d.behind(
			func() error { return d.SetState(context.Background(), "before", "kept") },
			func() error {
				return d.Write(context.Background(), func(exec func(string, ...any) error) error {
					_ = exec(`INSERT INTO no_such_table VALUES (1)`)
					_ = exec(`INSERT INTO state (key, value) VALUES ('swallowed', 'v')`)
					return nil
				})
			},
			func() error { return d.SetState(context.Background(), "after", "kept") },
		)
		require.NoError(t, errs[0])
		require.ErrorContains(t, errs[1], "no_such_table")
		require.NoError(t, errs[2])
		for key, want := range map[string]string{"before": "kept", "swallowed": "", "after": "kept"} {
			value, err := d.State(t.Context(), key)
			require.NoError(t, err)
			require.Equal(t, want, value, key)
		}
	})
}

// The transaction can be lost under a write, as when the disk is full: none of those that share it is confirmed, nothing of
// them is stored, and the next ones work.
func TestLostTransaction(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		lose := func() error {
			return d.Write(context.Background(), func(exec func(string, ...any) error) error {
				if err := exec(`ROLLBACK`); err != nil {
					return err
				}
				return errors.New("the disk is full")
			})
		}
		for round := range 2 {
			errs := d.behind(
				func() error { return d.SetState(context.Background(), fmt.Sprintf("a%d", round), "v") }, lose,
				func() error { return d.SetState(context.Background(), fmt.Sprintf("b%d", round), "v") },
			)
			require.Error(t, errs[1])
			for n, key := range map[int]string{0: "a", 2: "b"} {
				value, err := d.State(t.Context(), fmt.Sprintf("%s%d", key, round))
				require.NoError(t, err)
				require.Equal(t, errs[n] == nil, value == "v", "%s: confirmed (%v) means stored", key, errs[n])
			}
			require.NoError(t, d.Writable(t.Context()))
		}
	})
}

func TestPanicTellsItsTypeAlone(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		err := d.Write(t.Context(), func(func(string, ...any) error) error { panic("Zarathorn") })
		require.ErrorContains(t, err, "panic of type string")
		require.NotContains(t, err.Error(), "Zarathorn")
	})
}

// Trouble of the database while a draft is read is not a draft that cannot be read: that would end the submission.
func TestDraftIsNotBlamedForTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		job := d.claim("submit")
		rename := func(from, to string) {
			require.NoError(t, d.Write(t.Context(), func(exec func(string, ...any) error) error {
				return exec(`ALTER TABLE ` + from + ` RENAME TO ` + to)
			}))
		}
		rename("secrets", "away")
		_, _, err := d.BeginAttempt(t.Context(), job)
		require.Error(t, err)
		require.NotEqual(t, identity.DraftUnread, fault.From(err).Code)
		rename("away", "secrets")
		_, _, err = d.BeginAttempt(t.Context(), job)
		require.NoError(t, err)
		require.Equal(t, 1, d.get(i.ID).Attempts)
	})
}
