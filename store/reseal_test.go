package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

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
	return desk{storetest.New(d.t, storetest.WithURL(url), storetest.WithClock(d.clock), storetest.WithKeys(primary, others...)), d.t, d.clock}
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
		"identities.ended_sum":      "a keyed hash",
		"imports.file_hash":         "a keyed hash",
		"moves.sum":                 "a keyed hash",
		"name_index.hash":           "a keyed hash",
		"proposals.sum":             "a keyed hash",
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
	late := desk{storetest.New(t, storetest.WithURL(url), storetest.WithClock(clock), storetest.WithKeys(1, 2)), t, clock}
	d := desk{storetest.New(t, storetest.WithURL(url), storetest.WithClock(clock), storetest.WithKeys(2, 1)), t, clock}
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
	other := desk{storetest.New(t, storetest.WithURL(url), storetest.WithClock(clock), storetest.WithKeys(2, 1)), t, clock}
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
