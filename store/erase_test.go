package store_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// glass seals nothing, so that a byte which was not erased can be found.
type glass struct{}

func (glass) Seal(plain, _ []byte) ([]byte, error) { return append([]byte("glass "), plain...), nil }

func (glass) Open(sealed, _ []byte) ([]byte, error) {
	return bytes.TrimPrefix(sealed, []byte("glass ")), nil
}

func (glass) KeyOf([]byte) uint32      { return 1 }
func (glass) Keys() (uint32, []uint32) { return 1, []uint32{1} }

// glassDesk is a store whose files can be read, and their folder.
func glassDesk(t *testing.T) (desk, string) {
	t.Helper()
	clock, dir := storetest.NewClock(), t.TempDir()
	s := storetest.New(t, storetest.WithClock(clock), storetest.WithURL("sqlite:"+filepath.Join(dir, "desk.db")),
		storetest.WithOptions(func(o *store.Options) { o.Sealer = glass{} }))
	return desk{s, t, clock}, dir
}

// found are the words that stand in some file of a folder.
func found(t *testing.T, dir string, words ...string) (there []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, word := range words {
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join(dir, f.Name()))
			require.NoError(t, err)
			if bytes.Contains(text, []byte(word)) {
				there = append(there, word+" in "+f.Name())
				break
			}
		}
	}
	return there
}

// planted are the words by which somebody is known whom [desk.plant] plants.
func planted() []string {
	return []string{
		"Quillon", "Zarathorn", "917-55-0417", "1971-07-19", "zarathorn.example", "Wrenfeather", "user-former", "user-planted", "verif-user-",
		"refused for Oddwhistle", "noted Oddwhistle", "sleeps for Oddwhistle", "echoes Oddwhistle", "asked by Oddwhistle", "answered Oddwhistle",
		"oddwhistle-tag", "lost-to-Oddwhistle", "revealed for Oddwhistle", "Oddwhistle-sent.pdf", "Oddwhistle-waits.pdf",
	}
}

// plant leaves somebody in every corner that the desk has, and gives the case, denied.
func (d desk) plant() identity.Identity {
	d.t.Helper()
	ctx := d.t.Context()
	d.signIn("bo", "Bo Lyst")
	i := d.submit("user-former")
	_, job := d.begin()
	require.NoError(d.t, d.SubmissionFailed(ctx, i.ID, job, identity.Failure{Code: identity.Refused, Text: "refused for Oddwhistle"}, nil))
	d.note(i.ID, "ana", "noted Oddwhistle, @bo", "bo")
	_, err := d.Snooze(ctx, i.ID, identity.Snooze{Until: d.clock.Now().Add(time.Hour), Reason: "sleeps for Oddwhistle"}, "ana", by("ana", audit.Snoozed))
	require.NoError(d.t, err)
	require.NoError(d.t, d.SetTags(ctx, i.ID, []string{"oddwhistle-tag"}, "ana", by("ana", audit.Snoozed)))
	require.NotEmpty(d.t, d.get(i.ID).Initials)
	_, err = d.Resubmit(ctx, i.ID, identity.Mend{}, ana(audit.Resubmitted))
	require.NoError(d.t, err)
	_, job = d.begin()
	_, err = d.Accepted(ctx, i.ID, d.news("px-1", "user-former", identity.Pending), &job)
	require.NoError(d.t, err)
	require.NoError(d.t, d.Receive(ctx, identity.Delivery{
		EventID: "e-1", Type: identity.EventDenied, Time: d.clock.Now(), ReceivedAt: d.clock.Now(), Body: []byte(`{"echoes Oddwhistle":1}`),
		Headers: map[string][]string{"X-Echo": {"lost-to-Oddwhistle"}},
	}))
	d.upload(i.ID, "Oddwhistle-sent.pdf")
	require.NoError(d.t, d.UploadDone(ctx, d.claim("upload")))
	d.upload(i.ID, "Oddwhistle-waits.pdf")
	revealed := by("ana", audit.Revealed)
	revealed.IdentityID, revealed.ReasonCode, revealed.Reason = i.ID, "review", "revealed for Oddwhistle"
	require.NoError(d.t, d.Record(ctx, revealed))
	d.clock.Advance(time.Minute)
	n := d.news("px-1", "user-planted", identity.Denied)
	n.Record.Name = identity.Name{First: "Quillon", Last: "Zarathorn"}
	n.Event = &identity.Event{ID: "e-1", Type: identity.EventDenied, PaxosID: "px-1", OldStatus: identity.Pending, NewStatus: identity.Denied, OccurredAt: d.clock.Now()}
	event := d.claim("event")
	i, err = d.ApplyIdentity(ctx, n, &event)
	require.NoError(d.t, err)
	return i
}

func (d desk) eraseByTwo(i identity.Identity) {
	d.t.Helper()
	w := d.wish(i, "ana")
	w.Reason = "asked by Oddwhistle"
	asked := by("ana", audit.Proposed)
	asked.ReasonCode, asked.Reason = w.ReasonCode, w.Reason
	p, err := d.Propose(d.t.Context(), w, asked)
	require.NoError(d.t, err)
	a := proposal.Answer{Verb: proposal.Approve, By: proposal.Person{ID: "lea", MayApprove: true}, Name: "Lea", Text: "answered Oddwhistle"}
	e := by("lea", audit.Approved)
	e.Reason = "answered Oddwhistle"
	p, err = d.Decide(d.t.Context(), p.ID, a, e)
	require.NoError(d.t, err)
	require.Equal(d.t, proposal.Done, p.State)
}

func TestNoByteOfAnErasedCaseIsLeft(t *testing.T) {
	t.Parallel()
	d, dir := glassDesk(t)
	i := d.plant()
	require.Len(t, found(t, dir, planted()...), len(planted())-2, "all but the reason and the answer, which come with the proposal, are there")
	d.eraseByTwo(i)
	require.Empty(t, found(t, dir, planted()...))
	_, err := d.VerifyAudit(t.Context())
	require.NoError(t, err, "the chain holds")

	erased := d.get(i.ID)
	require.Equal(t, identity.Denied, erased.Status)
	require.Equal(t, i.DecidedAt, erased.DecidedAt)
	require.Equal(t, i.CreatedAt, erased.CreatedAt)
	require.Equal(t, "px-1", erased.PaxosID)
	require.NotNil(t, erased.ErasedAt)
	require.Empty(t, d.held(), "no key of a file is left")
	for _, kind := range []string{"upload", "documents"} {
		d.noJob(kind)
	}
	kinds := d.kinds(i.ID)
	require.Contains(t, kinds, identity.StatusChanged)
	require.Equal(t, identity.WasErased, kinds[len(kinds)-1])
	require.Contains(t, d.acts(i.ID), audit.Submitted)
	acts := d.acts(i.ID)
	require.Equal(t, []audit.Action{audit.Proposed, audit.Approved, audit.Erased}, acts[len(acts)-3:])
	for _, refID := range []string{"user-former", "user-planted"} {
		at, err := d.ErasedRefID(t.Context(), refID)
		require.NoError(t, err)
		require.Equal(t, erased.ErasedAt, at, refID)
		cases, err := d.Lookup(t.Context(), refID)
		require.NoError(t, err)
		require.Empty(t, cases, "it leads to no case any more")
	}
	at, err := d.ErasedRefID(t.Context(), "user-other")
	require.NoError(t, err)
	require.Nil(t, at)
	deliveries, err := d.Deliveries(t.Context(), "e-1")
	require.NoError(t, err)
	require.Len(t, deliveries, 1, "that it came stays")
	require.Empty(t, deliveries[0].Body)
	require.Empty(t, deliveries[0].Headers)
	mentions, err := d.Mentions(t.Context(), "bo", 10)
	require.NoError(t, err)
	require.Empty(t, mentions)
}

// What Paxos tells later brings nothing back, and nobody writes about an erased case.
func TestAnErasedCaseStaysErased(t *testing.T) {
	t.Parallel()
	d, dir := glassDesk(t)
	i := d.plant()
	d.eraseByTwo(i)
	d.clock.Advance(time.Hour)
	n := d.news("px-1", "user-planted", identity.Pending)
	n.Record.Name = identity.Name{First: "Quillon", Last: "Zarathorn"}
	n.Event = &identity.Event{
		ID: "e-2", Type: identity.EventDocumentsRequired, Documents: []string{"PASSPORT"}, PaxosID: "px-1", OccurredAt: d.clock.Now(),
	}
	require.NoError(t, d.Receive(t.Context(), identity.Delivery{EventID: "e-2", Type: n.Event.Type, ReceivedAt: d.clock.Now(), Body: []byte("echoes Oddwhistle")}))
	job := d.claim("event")
	_, err := d.ApplyIdentity(t.Context(), n, &job)
	require.NoError(t, err)
	got := d.get(i.ID)
	require.Equal(t, identity.Pending, got.Status)
	require.Equal(t, identity.LaneDecided, got.Lane)
	stale, err := d.Undecided(t.Context(), d.clock.Now().Add(time.Hour), 10)
	require.NoError(t, err)
	require.Empty(t, stale, "nobody asks for it again and again")
	for name, act := range map[string]func() error{
		"note": func() error {
			_, err := d.AddNote(t.Context(), identity.Note{IdentityID: i.ID, AuthorID: "ana", Text: "Zarathorn"}, by("ana", audit.Noted))
			return err
		},
		"tags": func() error {
			return d.SetTags(t.Context(), i.ID, []string{"user-planted"}, "ana", by("ana", audit.Tagged))
		},
		"claim": func() error { _, err := d.Claim(t.Context(), i.ID, "ana", "", by("ana", audit.Claimed)); return err },
		"snooze": func() error {
			_, err := d.Snooze(t.Context(), i.ID, identity.Snooze{Reason: "Zarathorn"}, "ana", by("ana", audit.Snoozed))
			return err
		},
		"recheck": func() error { return d.RequestRecheck(t.Context(), i.ID, by("ana", audit.AskedRecheck)) },
		"erase": func() error {
			_, err := d.Propose(t.Context(), d.wish(d.get(i.ID), "ana"), by("ana", audit.Proposed))
			return err
		},
	} {
		kindIs(t, fault.Conflict, act())
		require.ErrorContains(t, act(), "erased", name)
	}
	_, err = d.Scrub(t.Context())
	require.NoError(t, err)
	require.Empty(t, found(t, dir, planted()...))
}

// Erasing is one with its audit entries: where one of its statements fails, or the commit, nothing is erased.
func TestErasingIsAllOrNothing(t *testing.T) {
	for name, trap := range map[string]string{
		"the entry":      `CREATE TRIGGER trap BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'trapped'); END`,
		"the last entry": `CREATE TRIGGER trap BEFORE INSERT ON audit WHEN NEW.action = 'erased' BEGIN SELECT RAISE(ABORT, 'trapped'); END`,
		"the row":        `CREATE TRIGGER trap BEFORE UPDATE OF erased_at ON identities BEGIN SELECT RAISE(ABORT, 'trapped'); END`,
		"the notes":      `CREATE TRIGGER trap BEFORE DELETE ON notes BEGIN SELECT RAISE(ABORT, 'trapped'); END`,
		"the deliveries": `CREATE TRIGGER trap BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'trapped'); END`,
		"the history":    `CREATE TRIGGER trap BEFORE INSERT ON history WHEN NEW.kind = 'erased' BEGIN SELECT RAISE(ABORT, 'trapped'); END`,
		"the commit": `CREATE TABLE parent (id INTEGER PRIMARY KEY);
			CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
			CREATE TRIGGER trap AFTER UPDATE OF erased_at ON identities BEGIN INSERT INTO child VALUES (7); END`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := glassDesk(t)
			i := d.plant()
			p := d.propose(i, "ana")
			before := d.everything()
			for statement := range strings.SplitSeq(trap, ";\n") {
				d.run(statement)
			}
			_, err := d.decide(p, proposal.Approve, "lea")
			require.Error(t, err)
			require.Equal(t, before, d.everything())
		})
	}
}

func (d desk) everything() string {
	d.t.Helper()
	text, err := d.Contents(d.t.Context(), "identities", "history", "counters", "secrets", "notes", "mentions", "identity_tags", "turns",
		"audit", "jobs", "state", "proposals", "holds", "erased_ref_ids", "former_ref_ids", "deliveries", "events")
	require.NoError(d.t, err)
	return text
}

// A case that becomes one with another keeps what holds it and what is proposed about it.
func TestHoldsOfTwoThatBecomeOne(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, job := d.begin()
		twin, err := d.ApplyIdentity(t.Context(), d.news("px-1", "", identity.Denied), nil)
		require.NoError(t, err)
		p := d.propose(twin, "ana")
		require.NoError(t, d.Hold(t.Context(), twin.ID, identity.Hold{ByID: "lea", ByName: "Lea", Reason: "x"}, by("lea", audit.Held)))
		_, err = d.Accepted(t.Context(), i.ID, d.news("px-1", "user-1", identity.Denied), &job)
		require.NoError(t, err)
		held, err := d.HoldOf(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, "x", held.Reason)
		require.Equal(t, i.ID, d.proposal(p.ID).IdentityID)
		_, err = d.decide(p, proposal.Approve, "lea")
		kindIs(t, fault.Conflict, err)
		require.Equal(t, proposal.Void, d.proposal(p.ID).State, "what was proposed for is another case now")
	})
}

func TestRetention(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		old, held, wished := d.denied("1"), d.denied("2"), d.denied("3")
		pending, err := d.ApplyIdentity(t.Context(), d.news("px-4", "user-4", identity.Pending), nil)
		require.NoError(t, err)
		require.NoError(t, d.Hold(t.Context(), held.ID, identity.Hold{ByID: "lea", ByName: "Lea"}, by("lea", audit.Held)))
		p := d.propose(wished, "ana")
		then := d.clock.Now()
		d.clock.Advance(time.Minute)
		young := d.denied("5")

		outlook, err := d.Outlook(t.Context(), then, then)
		require.NoError(t, err)
		require.EqualValues(t, 1, outlook.Cases, "held and proposed ones are not counted")
		require.EqualValues(t, 1, outlook.Held)
		require.Zero(t, outlook.LastRun)
		n, err := d.EraseDue(t.Context(), then.Add(-time.Millisecond), 10)
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = d.EraseDue(t.Context(), then, 10)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.NotNil(t, d.get(old.ID).ErasedAt)
		for _, i := range []identity.Identity{held, wished, pending, young} {
			require.Nil(t, d.get(i.ID).ErasedAt, i.RefID)
		}
		require.NoError(t, d.EndRetention(t.Context(), "5y", "30d"))
		require.NoError(t, d.EndRetention(t.Context(), "5y", "30d"))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.Erased})
		require.NoError(t, err)
		require.Len(t, entries, 1, "one entry for a run, none for one that found nothing")
		require.Equal(t, "1 case after 5y, 0 drafts after 30d", entries[0].Detail)
		require.Equal(t, "system", entries[0].ActorID)
		outlook, err = d.Outlook(t.Context(), then, then)
		require.NoError(t, err)
		require.Equal(t, d.clock.Now(), outlook.LastRun)

		_, err = d.decide(p, proposal.Decline, "lea")
		require.NoError(t, err)
		require.NoError(t, d.LetGo(t.Context(), held.ID, by("lea", audit.LetGo)))
		for range 2 {
			n, err = d.EraseDue(t.Context(), then, 1)
			require.NoError(t, err)
			require.Equal(t, 1, n, "in small batches")
		}
		require.NoError(t, d.EndRetention(t.Context(), "5y", "30d"))
		entries, err = d.AuditEntries(t.Context(), audit.Filter{Action: audit.Erased})
		require.NoError(t, err)
		require.Equal(t, "2 cases after 5y, 0 drafts after 30d", entries[0].Detail)
		_, err = d.VerifyAudit(t.Context())
		require.NoError(t, err)
	})
}

func TestDraftsAreLetGo(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		fail := func(refID string) identity.Identity {
			i := d.submit(refID)
			_, job := d.begin()
			require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.Refused, Text: "x"}, nil))
			return d.get(i.ID)
		}
		i, held := fail("user-1"), fail("user-2")
		require.NoError(t, d.Hold(t.Context(), held.ID, identity.Hold{ByID: "lea", ByName: "Lea"}, by("lea", audit.Held)))
		d.note(i.ID, "ana", "why it was refused")
		then := d.clock.Now()
		d.clock.Advance(time.Hour)
		n, err := d.LetDraftsGo(t.Context(), then.Add(-time.Millisecond), 10)
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = d.LetDraftsGo(t.Context(), then, 10)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		got := d.get(i.ID)
		require.Equal(t, identity.Withdrawn, got.Submission)
		require.True(t, got.Decided())
		kept, err := d.HasDraft(t.Context(), i.ID)
		require.NoError(t, err)
		require.False(t, kept)
		kept, err = d.HasDraft(t.Context(), held.ID)
		require.NoError(t, err)
		require.True(t, kept, "a hold keeps it")
		history, err := d.History(t.Context(), i.ID)
		require.NoError(t, err)
		last := history[len(history)-1]
		require.Equal(t, identity.WasWithdrawn, last.Kind)
		require.Equal(t, identity.DraftExpired, last.Code)
		require.Len(t, d.notes(i.ID), 1, "notes tell why, and go with the case")
		d.submit("user-1") // the ref_id is free again
		require.NoError(t, d.EndRetention(t.Context(), "5y", "30d"))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.Erased})
		require.NoError(t, err)
		require.Equal(t, "0 cases after 5y, 1 draft after 30d", entries[0].Detail)
	})
}

// A reader that holds an old state, such as a long backup, is not waited for: the bytes leave the disk once it has gone.
func TestScrubBesideAReader(t *testing.T) {
	t.Parallel()
	d, dir := glassDesk(t)
	i := d.plant()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "desk.db")+"?mode=ro")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	reading, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	var n int
	require.NoError(t, reading.QueryRowContext(t.Context(), `SELECT count(*) FROM notes`).Scan(&n))

	d.eraseByTwo(i)
	require.NotEmpty(t, found(t, dir, "noted Oddwhistle"), "it still is in the log")
	began := time.Now()
	done, err := d.Scrub(t.Context())
	require.NoError(t, err)
	require.False(t, done)
	require.Less(t, time.Since(began), 4*time.Second, "writers wait for it meanwhile")
	require.NoError(t, reading.Rollback())
	done, err = d.Scrub(t.Context())
	require.NoError(t, err)
	require.True(t, done)
	require.Empty(t, found(t, dir, planted()...))
}
