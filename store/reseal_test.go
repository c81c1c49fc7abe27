package store_test

import (
	"errors"
	"fmt"
	"slices"
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

// sealedSample says how two values come into a sealed place, and how all of them are read again.
type sealedSample struct {
	place string
	write func(d desk)
	read  func(d desk) error
}

// sealedSamples has a line for each sealed place: whoever adds a place adds a line.
func sealedSamples() []sealedSample {
	return []sealedSample{
		{
			"secrets.sealed",
			func(d desk) { d.submit("sealed-1"); d.submit("sealed-2") },
			func(d desk) error {
				for _, ref := range []string{"sealed-1", "sealed-2"} {
					ok, err := d.HasDraft(d.t.Context(), d.byRef(ref))
					if err != nil || !ok {
						return fmt.Errorf("the draft of %s: %t, %w", ref, ok, err)
					}
					if _, err := d.Name(d.t.Context(), d.byRef(ref)); err != nil {
						return err
					}
				}
				return nil
			},
		},
		{
			"deliveries.body",
			func(d desk) { d.deliver("sealed-ev", "r-1"); d.deliver("sealed-ev", "r-2") },
			desk.readDeliveries,
		},
		{
			"deliveries.headers",
			func(desk) {},
			desk.readDeliveries,
		},
		{
			"notes.sealed",
			func(d desk) { i := d.frozen(71, time.Hour); d.note(i.ID, "ana", "one"); d.note(i.ID, "ana", "two") },
			func(d desk) error {
				notes, err := d.Notes(d.t.Context(), d.byPaxos("px-071"))
				for _, n := range notes {
					err = errors.Join(err, unread(n.Unread))
				}
				return err
			},
		},
		{
			"audit_texts.sealed",
			func(d desk) {
				for range 2 {
					e := ana(audit.Revealed)
					e.Reason = "sealed"
					require.NoError(d.t, d.Record(d.t.Context(), e))
				}
			},
			func(d desk) error { _, err := d.VerifyAudit(d.t.Context()); return err },
		},
		{
			"proposals.asked",
			func(d desk) { d.propose(d.denied("p1"), "ana"); d.propose(d.denied("p2"), "ana") },
			desk.readProposals,
		},
		{
			"proposals.answered",
			func(d desk) {
				for _, n := range []string{"p3", "p4"} {
					_, err := d.decide(d.propose(d.denied(n), "ana"), proposal.Decline, "lea")
					require.NoError(d.t, err)
				}
			},
			desk.readProposals,
		},
		{
			"sessions.id_token",
			func(d desk) { d.arrive("ada", "hash-1", ""); d.arrive("ada", "hash-2", "") },
			func(d desk) error {
				for _, hash := range []string{"hash-1", "hash-2"} {
					if _, err := d.IDToken(d.t.Context(), []byte(hash)); err != nil {
						return err
					}
				}
				return nil
			},
		},
		{
			"documents.name",
			func(d desk) { d.upload(d.denied("d1").ID, "one.pdf"); d.upload(d.denied("d2").ID, "two.pdf") },
			func(d desk) error {
				for paxosID, name := range map[string]string{"px-d1": "one.pdf", "px-d2": "two.pdf"} {
					if got, err := d.Uploads(d.t.Context(), d.byPaxos(paxosID)); err != nil || len(got) != 1 || got[0].Name != name {
						return fmt.Errorf("the name of %s does not open: %w", name, err)
					}
				}
				return nil
			},
		},
		{
			"documents.held",
			func(desk) {},
			func(d desk) error {
				for _, name := range []string{"one.pdf", "two.pdf"} {
					if got, err := d.KeyOf(d.t.Context(), name); err != nil || got != "the key of "+name {
						return fmt.Errorf("what is held of %s does not open: %w", name, err)
					}
				}
				return nil
			},
		},
		{
			"import_rows.sealed",
			func(d desk) {
				for _, file := range []string{"one", "two"} {
					d.importRows(file, wrongRow(2, "sealed-"+file))
				}
			},
			func(d desk) error {
				found, err := d.Imports(d.t.Context())
				for _, i := range found {
					if _, openErr := d.WrongRows(d.t.Context(), i.ID); openErr != nil {
						err = openErr
					}
				}
				return err
			},
		},
		{
			"holds.sealed",
			func(d desk) {
				for _, n := range []string{"h1", "h2"} {
					h := identity.Hold{ByID: "lea", ByName: "lea", ReasonCode: "litigation", Reason: "a court asks for " + n}
					require.NoError(d.t, d.Hold(d.t.Context(), d.denied(n).ID, h, by("lea", audit.Held)))
				}
			},
			func(d desk) error {
				h, err := d.HoldOf(d.t.Context(), d.byPaxos("px-h1"))
				return errors.Join(err, unread(h.Unread))
			},
		},
		{
			"moves.payload",
			func(d desk) { d.queueTwo("m1", "sealed") },
			func(d desk) error {
				for range 2 {
					job := d.claim("move:sealed")
					if _, _, _, err := d.BeginMove(d.t.Context(), job); err != nil {
						return err
					}
					if err := d.MoveMissed(d.t.Context(), job, d.clock.Now(), "unavailable"); err != nil {
						return err
					}
				}
				return nil
			},
		},
		{
			"moves.failure",
			func(d desk) {
				d.queueTwo("m2", "refused")
				for range 2 {
					job := d.claim("move:refused")
					require.NoError(d.t, d.MoveFailed(d.t.Context(), job, identity.Failure{Code: identity.Refused, Text: "sealed"}, false))
				}
			},
			func(d desk) error {
				refusals, err := d.MoveFailures(d.t.Context(), d.byPaxos("px-m2"))
				for _, r := range refusals {
					err = errors.Join(err, unread(r.Unread))
				}
				return err
			},
		},
	}
}

// queueTwo queues two moves of a kind about a case.
func (d desk) queueTwo(paxosID string, kind identity.MoveKind) {
	d.t.Helper()
	i := d.denied(paxosID)
	for _, key := range []string{"1", "2"} {
		m := identity.OurMove{IdentityID: i.ID, Kind: kind, Key: key, AskedBy: "ana", AskedByName: "Ana Lyst"}
		_, err := d.QueueMove(d.t.Context(), m, []byte(`{}`), ana(audit.Corrected))
		require.NoError(d.t, err)
	}
}

func (d desk) readProposals() error {
	page, err := d.Proposals(d.t.Context(), proposal.Filter{})
	for _, p := range page.Items {
		opened, openErr := d.Proposal(d.t.Context(), p.ID)
		err = errors.Join(err, openErr, unread(identity.UnreadOf(opened.Unread)))
	}
	return err
}

func (d desk) readDeliveries() error {
	deliveries, err := d.Deliveries(d.t.Context(), "sealed-ev")
	for _, one := range deliveries {
		err = errors.Join(err, unread(one.Unread))
	}
	return err
}

func unread(why identity.Unread) error {
	if why == "" {
		return nil
	}
	return errors.New(why.Why())
}

func (d desk) byRef(refID string) string {
	d.t.Helper()
	return d.walk(identity.Filter{RefID: refID})[0].ID
}

func (d desk) byPaxos(paxosID string) string {
	d.t.Helper()
	for _, i := range d.walk(identity.Filter{}) {
		if i.PaxosID == paxosID {
			return i.ID
		}
	}
	d.t.Fatalf("no identity %s", paxosID)
	return ""
}

func (d desk) deliver(eventID, requestID string) {
	d.t.Helper()
	one := delivery(eventID, identity.EventApproved)
	one.RequestID, one.Headers = requestID, map[string][]string{"X-Trace": {requestID}}
	require.NoError(d.t, d.Receive(d.t.Context(), one))
}

// sealed fills every sealed place under key 1.
func sealed(t *testing.T, url string, clock *storetest.Clock) desk {
	t.Helper()
	d := desk{storetest.New(t, storetest.WithURL(url), storetest.WithClock(clock)), t, clock}
	require.NoError(t, d.Own(t.Context(), "sandbox", "client"))
	d.signIn("ana", "Ana Lyst")
	for _, s := range sealedSamples() {
		s.write(d)
	}
	d.readsAll()
	return d
}

func (d desk) readsAll() {
	d.t.Helper()
	for _, s := range sealedSamples() {
		require.NoError(d.t, s.read(d), s.place)
	}
}

// reopened opens the same database with other keys.
func (d desk) reopened(url string, primary uint32, others ...uint32) desk {
	d.t.Helper()
	require.NoError(d.t, d.Close())
	return desk{storetest.New(d.t, storetest.WithURL(url), storetest.WithClock(d.clock), storetest.WithKeys(d.t, primary, others...)), d.t, d.clock}
}

// walkKeys makes steps until there is none to make, and tells how many it made.
func (d desk) walkKeys(limit int) (steps int) {
	d.t.Helper()
	for {
		step, err := d.Reseal(d.t.Context(), limit)
		require.NoError(d.t, err)
		if !step.More {
			return steps
		}
		steps++
	}
}

func (d desk) sealing() store.Sealing {
	d.t.Helper()
	z, err := d.Sealing(d.t.Context())
	require.NoError(d.t, err)
	return z
}

func (d desk) inUse() (ids []uint32) {
	d.t.Helper()
	for _, k := range d.sealing().InUse {
		ids = append(ids, k.ID)
	}
	return ids
}

// Each column that can hold sealed values is one that a change of keys reaches, or one of which it is known why it is not sealed.
func TestEveryBlobIsSealedOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	notSealed := map[string]string{
		"api_tokens.hash":           "a hash of a random secret",
		"audit.hash":                "the chain: a hash",
		"audit.prev":                "the chain: a hash",
		"audit.reason_sum":          "a salted hash",
		"audit_pins.hash":           "the chain: a hash",
		"erased_ref_ids.hash":       "a keyed hash",
		"identities.cip_index":      "a keyed hash",
		"imports.file_hash":         "a keyed hash",
		"name_index.hash":           "a keyed hash",
		"sessions.hash":             "a hash of a random id",
		"sessions.provider_session": "a keyed hash",
		"spent.hash":                "a hash of a random id",
	}
	d := storetest.New(t)
	columns, err := d.Columns(t.Context(), "BLOB")
	require.NoError(t, err)
	for _, column := range columns {
		require.True(t, notSealed[column] != "" || slices.Contains(store.SealedPlaces(), column),
			"%s is new: where it holds sealed values, sealedPlaces (store/sealed.go) must name it, and sealedSamples here; else say here what it holds", column)
	}
	for column := range notSealed {
		require.Contains(t, columns, column, "gone")
	}
	var samples []string
	for _, s := range sealedSamples() {
		samples = append(samples, s.place)
	}
	require.ElementsMatch(t, store.SealedPlaces(), samples)
}

// A change of keys, from the first value to the last: what was sealed stays readable all the way, and nothing of the former key is
// left when it may go.
func TestReseal(t *testing.T) {
	t.Parallel()
	url, clock := storetest.Dialects()[0].URL(t), storetest.NewClock()
	d := sealed(t, url, clock)
	require.Equal(t, []uint32{1}, d.inUse())
	require.Zero(t, d.walkKeys(10), "nothing to do")

	d = d.reopened(url, 1, 2) // added, not promoted
	require.NoError(t, d.Own(t.Context(), "sandbox", "client"))
	require.Equal(t, []uint32{2}, d.sealing().Waiting())
	d.readsAll()
	require.Zero(t, d.walkKeys(10))

	d = d.reopened(url, 2, 1) // promoted
	require.NoError(t, d.Own(t.Context(), "sandbox", "client"))
	step, err := d.Reseal(t.Context(), 10)
	require.NoError(t, err)
	require.Equal(t, store.Step{At: clock.Now().Add(30 * time.Second)}, step, "a desk may still seal with the former key")
	clock.Advance(30 * time.Second)
	step, err = d.Reseal(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, store.Step{More: true, Began: true}, step)
	d.submit("meanwhile")
	for n := range 2 {
		step, err = d.Reseal(t.Context(), 2)
		require.NoError(t, err)
		require.Equal(t, store.Step{More: true, Done: int64(2*n + 2)}, step)
	}
	half := d.sealing()
	require.Equal(t, []uint32{1}, half.Former())
	require.Empty(t, half.Idle())
	require.EqualValues(t, 4, half.Walk.Done)
	require.Greater(t, half.Walk.Of, half.Walk.Done)
	d.readsAll()

	d = d.reopened(url, 2, 1) // as after a kill: it goes on where it was
	require.Positive(t, d.walkKeys(2))
	require.Equal(t, []uint32{2}, d.inUse())
	done := d.sealing()
	require.Equal(t, []uint32{1}, done.Idle())
	require.Equal(t, clock.Now(), done.Walk.Ended)
	require.Equal(t, half.Walk.Began, done.Walk.Began)
	require.Empty(t, done.Walk.Failed)
	found, err := d.SealedBy(t.Context())
	require.NoError(t, err)
	for place, by := range found {
		require.Len(t, by, 1, place)
		require.Positive(t, by[2], place)
	}
	step, err = d.Reseal(t.Context(), 2)
	require.NoError(t, err)
	require.Zero(t, step, "nothing more to do")

	d = d.reopened(url, 2) // retired
	require.NoError(t, d.Own(t.Context(), "sandbox", "client"))
	d.readsAll()
}

// What somebody else writes between reading and writing stays.
func TestResealKeepsWhatIsWrittenMeanwhile(t *testing.T) {
	t.Parallel()
	url, clock := storetest.Dialects()[0].URL(t), storetest.NewClock()
	d := sealed(t, url, clock)
	i, err := d.Snooze(t.Context(), d.byPaxos("px-071"), identity.Snooze{Until: clock.Now().Add(time.Hour), Reason: "first"}, "ana", ana(audit.Snoozed))
	require.NoError(t, err)
	d = d.reopened(url, 2, 1)
	clock.Advance(30 * time.Second)
	_, err = d.Reseal(t.Context(), 100)
	require.NoError(t, err)
	require.NoError(t, d.BetweenReadAndWrite(t.Context(), 100, func() {
		_, err := d.Snooze(t.Context(), i.ID, identity.Snooze{Until: clock.Now().Add(time.Hour), Reason: "second"}, "ana", ana(audit.Snoozed))
		require.NoError(t, err)
	}))
	require.Equal(t, "second", d.reason(i.ID))
	d.walkKeys(100)
	require.Equal(t, "second", d.reason(i.ID))
	require.Equal(t, []uint32{2}, d.inUse())
}

// While another desk still seals with the former key, that key does not leave the list: the walk is made again.
func TestResealAgainForADeskThatWasLate(t *testing.T) {
	t.Parallel()
	url, clock := storetest.Dialects()[0].URL(t), storetest.NewClock()
	sealed(t, url, clock)
	late := desk{storetest.New(t, storetest.WithURL(url), storetest.WithClock(clock), storetest.WithKeys(t, 1, 2)), t, clock}
	d := desk{storetest.New(t, storetest.WithURL(url), storetest.WithClock(clock), storetest.WithKeys(t, 2, 1)), t, clock}
	clock.Advance(30 * time.Second)
	step, err := d.Reseal(t.Context(), 100)
	require.NoError(t, err)
	require.True(t, step.Began)
	late.submit("late")
	d.walkKeys(100)
	require.Equal(t, []uint32{1, 2}, d.inUse())
	require.Empty(t, d.sealing().Idle())

	clock.Advance(30 * time.Second)
	require.Positive(t, d.walkKeys(100))
	require.Equal(t, []uint32{2}, d.inUse())
	ok, err := d.HasDraft(t.Context(), d.byRef("late"))
	require.NoError(t, err)
	require.True(t, ok)
}

// Two that walk at once do not do harm: one of them finds that the other was there.
func TestTwoWalksAtOnce(t *testing.T) {
	t.Parallel()
	url, clock := storetest.Dialects()[0].URL(t), storetest.NewClock()
	d := sealed(t, url, clock).reopened(url, 2, 1)
	clock.Advance(30 * time.Second)
	other := desk{storetest.New(t, storetest.WithURL(url), storetest.WithClock(clock), storetest.WithKeys(t, 2, 1)), t, clock}
	_, err := d.Reseal(t.Context(), 100)
	require.NoError(t, err)
	err = d.BetweenReadAndWrite(t.Context(), 1, func() {
		_, err := other.Reseal(t.Context(), 1)
		require.NoError(t, err)
	})
	kindIs(t, fault.Conflict, err)
	d.walkKeys(100)
	require.Equal(t, []uint32{2}, d.inUse())
	d.readsAll()
}

// A value that was put into another row does not open there, in any sealed place; a change of keys leaves it as it is, tells of it,
// and keeps its key.
func TestSwappedValuesAreFound(t *testing.T) {
	t.Parallel()
	for _, s := range sealedSamples() {
		t.Run(s.place, func(t *testing.T) {
			t.Parallel()
			url, clock := storetest.Dialects()[0].URL(t), storetest.NewClock()
			d := sealed(t, url, clock)
			require.NoError(t, d.SwapSealed(t.Context(), s.place))
			require.Error(t, s.read(d))

			d = d.reopened(url, 2, 1)
			clock.Advance(30 * time.Second)
			d.walkKeys(100)
			z := d.sealing()
			require.Len(t, z.Walk.Failed, 1)
			f := z.Walk.Failed[0]
			require.Equal(t, store.Failed{Key: 1, Place: s.place, First: f.First, Count: 2}, f)
			require.NotEmpty(t, f.First)
			require.Equal(t, []uint32{1, 2}, d.inUse())
			require.Empty(t, z.Idle())
			step, err := d.Reseal(t.Context(), 100)
			require.NoError(t, err)
			require.Equal(t, store.Step{At: clock.Now().Add(24 * time.Hour)}, step, "it is not tried over and over")

			require.NoError(t, d.SwapSealed(t.Context(), s.place)) // mended
			clock.Advance(24 * time.Hour)
			d.walkKeys(100)
			require.Equal(t, []uint32{2}, d.inUse())
			d.readsAll()
		})
	}
}

// What the first program sealed was bound to less; a change of keys binds it to as much as everything else.
func TestFormerPlacesAreBoundAnew(t *testing.T) {
	t.Parallel()
	url, clock := storetest.Dialects()[0].URL(t), storetest.NewClock()
	d := sealed(t, url, clock)
	require.NoError(t, d.SealLikeBefore(t.Context()))
	d.readsAll()
	d = d.reopened(url, 2, 1)
	clock.Advance(30 * time.Second)
	d.walkKeys(100)
	require.Equal(t, []uint32{2}, d.inUse())
	d.readsAll()
	require.NoError(t, d.SwapSealed(t.Context(), "deliveries.body"))
	require.Error(t, d.readDeliveries(), "two deliveries of one event")
}

func TestMissingKeyIsFoundAtStart(t *testing.T) {
	t.Parallel()
	url, clock := storetest.Dialects()[0].URL(t), storetest.NewClock()
	d := sealed(t, url, clock).reopened(url, 2, 1)
	require.NoError(t, d.Own(t.Context(), "sandbox", "client"))
	d.submit("under the new key")
	for name, tc := range map[string]struct {
		primary uint32
		others  []uint32
		says    string
	}{
		"the former key is gone too early": {2, nil, "sealed by key 1, which is not in ENCRYPTION_KEYS"},
		"the new key is not there yet":     {1, nil, "sealed by key 2, which is not in ENCRYPTION_KEYS"},
		"wholly other keys":                {3, nil, "sealed with other ENCRYPTION_KEYS. It uses key 1 and key 2: missing."},
	} {
		d = d.reopened(url, tc.primary, tc.others...)
		err := d.Own(t.Context(), "sandbox", "client")
		kindIs(t, fault.Conflict, err)
		require.ErrorContains(t, err, tc.says, name)
		_, err = store.SealingAt(t.Context(), url, d.Sealer())
		require.NoError(t, err, "what is wrong can be asked for")
	}
	require.NoError(t, d.reopened(url, 1, 2).Own(t.Context(), "sandbox", "client"), "the promotion taken back")
}

// A database from before the list of keys gets it at the first start.
func TestKeysOfAnOldDatabase(t *testing.T) {
	t.Parallel()
	url, clock := storetest.Dialects()[0].URL(t), storetest.NewClock()
	d := sealed(t, url, clock)
	require.NoError(t, d.DownTo(t.Context(), 10))
	_, err := store.SealingAt(t.Context(), url, d.Sealer())
	kindIs(t, fault.Conflict, err)
	d = d.reopened(url, 2, 1)
	require.NoError(t, d.Own(t.Context(), "sandbox", "client"))
	require.Equal(t, []uint32{1}, d.inUse())
	clock.Advance(time.Hour)
	d.walkKeys(100)
	require.Equal(t, []uint32{2}, d.inUse())
	require.NoError(t, d.reopened(url, 2).Own(t.Context(), "sandbox", "client"))
}

func TestBackupSaysWhichKeyIsMissing(t *testing.T) {
	t.Parallel()
	url, clock := storetest.Dialects()[0].URL(t), storetest.NewClock()
	d := sealed(t, url, clock).reopened(url, 2, 1)
	require.NoError(t, d.Own(t.Context(), "sandbox", "client"))
	d.submit("under the new key")
	to := t.TempDir() + "/copy.db"
	require.NoError(t, store.Backup(t.Context(), url, to, false, func(int64, int64) {}))
	elsewhere := storetest.Dialects()[0].URL(t)
	only := d.reopened(url, 2)
	_, err := store.Restore(t.Context(), elsewhere, to, only.Sealer(), func(int64, int64) {})
	require.ErrorContains(t, err, "key 1, which is not in ENCRYPTION_KEYS")
	both := only.reopened(url, 2, 1)
	_, err = store.Restore(t.Context(), elsewhere, to, both.Sealer(), func(int64, int64) {})
	require.NoError(t, err)
}
