package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/store/storetest"
)

// Writes that share a commit do not share their failures.
func TestFailingWriteRollsBackItselfAlone(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		boom := errors.New("boom")
		const rounds = 40
		errs := make([]error, rounds)
		var wait sync.WaitGroup
		for n := range rounds {
			wait.Go(func() {
				errs[n] = d.Write(context.Background(), func(exec func(string, ...any) error) error {
					if err := exec(`INSERT INTO state (key, value) VALUES ($1, 'kept')`, fmt.Sprintf("k%02d", n)); err != nil {
						return err
					}
					switch n % 4 {
					case 1:
						return boom
					case 2:
						panic("a defect")
					case 3:
						return exec(`INSERT INTO no_such_table VALUES (1)`)
					}
					return nil
				})
			})
		}
		wait.Wait()
		for n, err := range errs {
			value, missing := d.State(t.Context(), fmt.Sprintf("k%02d", n))
			require.NoError(t, missing)
			if n%4 == 0 {
				require.NoError(t, err)
				require.Equal(t, "kept", value)
				continue
			}
			require.Error(t, err)
			require.Empty(t, value, "a write that failed (%v) left something", err)
		}
		require.ErrorIs(t, errs[1], boom)
		require.ErrorContains(t, errs[2], "panic of type")
	})
}

func TestWriteGivenUpHasNoEffect(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		started, release := make(chan struct{}), make(chan struct{})
		go func() {
			_ = d.Write(context.Background(), func(func(string, ...any) error) error {
				close(started)
				<-release
				return nil
			})
		}()
		<-started
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		err := d.SetState(ctx, "given", "up")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		close(release)
		value, err := d.State(t.Context(), "given")
		require.NoError(t, err)
		require.Empty(t, value)
		require.NoError(t, d.Writable(t.Context()))
	})
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, _ desk) {
		url := storetest.Dialects()[0].URL(t)
		s := storetest.New(t, storetest.WithURL(url))
		const writes = 50
		errs := make(chan error, writes)
		for n := range writes {
			go func() { errs <- s.SetState(context.Background(), fmt.Sprintf("k%d", n), "v") }()
		}
		require.NoError(t, s.Close())
		require.NoError(t, s.Close(), "twice does no harm")
		again := storetest.New(t, storetest.WithURL(url))
		stored := 0
		for range writes {
			if err := <-errs; err == nil {
				stored++
			} else {
				kindIs(t, fault.Unavailable, err)
			}
		}
		kept := 0
		for n := range writes {
			value, err := again.State(t.Context(), fmt.Sprintf("k%d", n))
			require.NoError(t, err)
			if value == "v" {
				kept++
			}
		}
		require.Equal(t, stored, kept, "exactly what was confirmed is there")
	})
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Dialect) {
		s := d.New(t)
		require.NoError(t, s.Migrate(t.Context()), "again changes nothing")
		up, err := s.Schema(t.Context())
		require.NoError(t, err)
		require.Contains(t, up, "identities_stuck")
		require.NoError(t, s.Down(t.Context()))
		down, err := s.Schema(t.Context())
		require.NoError(t, err)
		require.Empty(t, down)
		require.NoError(t, s.Migrate(t.Context()))
		again, err := s.Schema(t.Context())
		require.NoError(t, err)
		require.Equal(t, up, again)

		require.NoError(t, s.SetVersion(t.Context(), 99))
		require.ErrorContains(t, s.Migrate(t.Context()), "start the newer program")
	})
}

func TestOwn(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		require.NoError(t, d.Own(t.Context(), "sandbox", "client-1"))
		require.NoError(t, d.Own(t.Context(), "sandbox", "client-1"))
		err := d.Own(t.Context(), "production", "client-1")
		require.ErrorContains(t, err, "sandbox")
		require.ErrorContains(t, err, "production")
		err = d.Own(t.Context(), "sandbox", "client-2")
		require.ErrorContains(t, err, "client-1")
		require.ErrorContains(t, err, "client-2")
		require.NoError(t, d.Own(t.Context(), "sandbox", "client-1"), "a refused one changed nothing")
	})
}

func TestSnoozedLeavesTheQueueUntilItsEnd(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		n := d.news("px-1", "user-1", identity.StatusError)
		i, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		stuck, sleeping := identity.Filter{Stuck: true, Sort: identity.SortDue}, identity.Filter{Lane: identity.LaneSnoozed}
		require.Len(t, d.walk(stuck), 1)
		end := d.clock.Now().Add(time.Hour)
		_, err = d.Snooze(t.Context(), i.ID, identity.Snooze{Until: end}, "ana", ana(audit.Snoozed))
		require.NoError(t, err)
		require.Empty(t, d.walk(stuck))
		require.Len(t, d.walk(sleeping), 1)
		require.Equal(t, identity.LaneFrozen, d.get(i.ID).Lane, "the lane stays")
		_, next, err := d.Turn(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Equal(t, end, next)
		d.clock.Advance(time.Hour)
		_, _, err = d.Turn(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Len(t, d.walk(stuck), 1)
		require.Empty(t, d.walk(sleeping))
	})
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new folder?", "50%#")
	s := storetest.New(t, storetest.WithURL("sqlite:"+filepath.Join(dir, "desk.db")))
	require.NoError(t, s.Writable(t.Context()))
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 3, "the database, its log and its index")
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), f.Name())
	}
}

// A planted person is in no byte of the database's files: while the draft waits, once Paxos has accepted, and after Close.
func TestPersonIsInNoByte(t *testing.T) {
	t.Parallel()
	url := storetest.Dialects()[0].URL(t)
	clock := storetest.NewClock()
	d := desk{storetest.New(t, storetest.WithURL(url), storetest.WithClock(clock)), t, clock}
	dir := filepath.Dir(strings.TrimPrefix(url, "sqlite:"))
	person := draft("user-1").Person
	words := []string{
		person.FirstName, person.LastName, person.DateOfBirth, person.CIPID, strings.ReplaceAll(person.CIPID, "-", ""), person.Email,
		person.PhoneNumber, person.Address.Address1, person.Address.City, "refused: Zarathorn",
		"Zarathorn's mother rang", "until Zarathorn writes",
	}
	search := func(when string) {
		t.Helper()
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, f := range files {
			content, err := os.ReadFile(filepath.Join(dir, f.Name()))
			require.NoError(t, err)
			for _, word := range words {
				require.NotContains(t, string(content), word, "%s, in %s", when, f.Name())
			}
		}
	}
	i := d.submit("user-1")
	search("while the draft waits")
	_, job := d.begin()
	require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.Refused, Text: "refused: Zarathorn"}, nil))
	search("after a refusal")
	_, err := d.Resubmit(t.Context(), i.ID, identity.Mend{}, ana("resubmitted"))
	require.NoError(t, err)
	_, job = d.begin()
	n := d.news("px-1", "user-1", identity.Pending)
	n.Record.Name = identity.Name{First: person.FirstName, Last: person.LastName}
	_, err = d.Accepted(t.Context(), i.ID, n, &job)
	require.NoError(t, err)
	_, err = d.AddNote(t.Context(), identity.Note{IdentityID: i.ID, AuthorID: "ana", Text: "Zarathorn's mother rang"}, ana(audit.Noted))
	require.NoError(t, err)
	for _, reason := range []string{"until Zarathorn writes", "until Zarathorn writes again"} {
		_, err = d.Snooze(t.Context(), i.ID, identity.Snooze{Until: clock.Now().Add(time.Hour), Reason: reason}, "ana", ana(audit.Snoozed))
		require.NoError(t, err)
	}
	one := delivery("ev-1", identity.EventApproved)
	one.Body = []byte(`{"id":"ev-1","note":"Zarathorn"}`)
	require.NoError(t, d.Receive(t.Context(), one))
	search("after acceptance")
	db, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite:"))
	require.NoError(t, err)
	var drafts int
	require.NoError(t, db.QueryRow(`SELECT count(*) FROM secrets WHERE kind = 'draft'`).Scan(&drafts))
	require.Zero(t, drafts, "the draft is erased")
	require.NoError(t, db.Close())
	require.NoError(t, d.Close())
	search("after the desk has stopped")
}
