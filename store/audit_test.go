package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/store/storetest"
)

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
		v, err := d.VerifyAudit(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 6, v.Entries)
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

func TestAuditFilters(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		start := d.clock.Now()
		record := func(who, role string, action audit.Action, id, request string) {
			e := audit.Entry{ActorID: who, Role: role, Action: action, IdentityID: id, RequestID: request}
			require.NoError(t, d.Record(t.Context(), e))
			d.clock.Advance(time.Minute)
		}
		record("ana", "analyst", audit.Claimed, "c1", "r1")
		record("bo", "lead", audit.Claimed, "c2", "r2")
		record("ana", "lead", audit.Released, "c1", "r2")
		record("ana", "lead", audit.Exported, "", "")
		for name, tc := range map[string]struct {
			f    audit.Filter
			want []int64
		}{
			"everything":          {audit.Filter{}, []int64{4, 3, 2, 1}},
			"a person":            {audit.Filter{ActorID: "ana"}, []int64{4, 3, 1}},
			"a role":              {audit.Filter{Role: "lead"}, []int64{4, 3, 2}},
			"a person in a role":  {audit.Filter{ActorID: "ana", Role: "lead"}, []int64{4, 3}},
			"a case":              {audit.Filter{IdentityID: "c1"}, []int64{3, 1}},
			"a request":           {audit.Filter{RequestID: "r2"}, []int64{3, 2}},
			"a request of one":    {audit.Filter{RequestID: "r2", ActorID: "bo", Action: audit.Claimed}, []int64{2}},
			"an action":           {audit.Filter{Action: audit.Claimed}, []int64{2, 1}},
			"from":                {audit.Filter{From: start.Add(time.Minute)}, []int64{4, 3, 2}},
			"to, which is not in": {audit.Filter{To: start.Add(2 * time.Minute)}, []int64{2, 1}},
			"a span of a person":  {audit.Filter{ActorID: "ana", From: start.Add(time.Minute), To: start.Add(3 * time.Minute)}, []int64{3}},
			"from a place on":     {audit.Filter{Before: 3}, []int64{2, 1}},
			"a place of a person": {audit.Filter{ActorID: "ana", Before: 4, Limit: 1}, []int64{3}},
			"a place at the end":  {audit.Filter{Before: 1}, nil},
			"nothing":             {audit.Filter{Role: "admin"}, nil},
		} {
			entries, err := d.AuditEntries(t.Context(), tc.f)
			require.NoError(t, err, name)
			var seqs []int64
			for _, e := range entries {
				seqs = append(seqs, e.Seq)
			}
			require.Equal(t, tc.want, seqs, name)
		}
	})
}

// What is said of an act is kept, and the words of its reason are sealed: they are opened for who asks, and can be erased.
func TestReasons(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		act := ana(audit.Revealed)
		act.IdentityID, act.Object = "case-1", "address"
		act.Before, act.After, act.ReasonCode, act.Reason = "hidden", "shown", "customer_asked", "Zinnober called about his flat"
		require.NoError(t, d.Record(t.Context(), act))
		other := ana(audit.Revealed)
		other.IdentityID, other.Reason = "case-2", "Zinnober called about his flat"
		require.NoError(t, d.Record(t.Context(), other))
		require.NoError(t, d.Record(t.Context(), ana(audit.SignedOut)))
		read := func(f audit.Filter) []audit.Entry {
			entries, err := d.AuditEntries(t.Context(), f)
			require.NoError(t, err)
			return entries
		}
		e := read(audit.Filter{Reasons: true})[2]
		require.Equal(t, []string{"hidden", "shown", "customer_asked", act.Reason}, []string{e.Before, e.After, e.ReasonCode, e.Reason})
		require.Equal(t, audit.WordsKept, e.Words)
		hidden := read(audit.Filter{})
		require.Equal(t, []audit.Words{"", audit.WordsHidden, audit.WordsHidden}, []audit.Words{hidden[0].Words, hidden[1].Words, hidden[2].Words})
		require.Empty(t, hidden[2].Reason)
		require.NotEqual(t, hidden[1].ReasonSum, hidden[2].ReasonSum, "equal words have different sums")
		text, err := d.Contents(t.Context(), "audit", "audit_texts")
		require.NoError(t, err)
		require.NotContains(t, text, "Zinnober")

		require.NoError(t, d.EraseAuditTexts(t.Context(), "case-1"))
		all := read(audit.Filter{Reasons: true})
		require.Equal(t, []audit.Words{"", audit.WordsKept, audit.WordsErased}, []audit.Words{all[0].Words, all[1].Words, all[2].Words})
		require.Empty(t, all[2].Reason)
		require.Equal(t, "customer_asked", all[2].ReasonCode)
		v, err := d.VerifyAudit(t.Context())
		require.NoError(t, err)
		require.Equal(t, []int64{3, 1}, []int64{v.Entries, v.Erased})
	})
}

// The words of reasons of a row that has become one with a case are erased with those of the case.
func TestErasedReasonsOfFormerIDs(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.frozen(1, time.Hour)
		d.run(`INSERT INTO former_ids (former_id, identity_id) VALUES ('former', '` + i.ID + `')`)
		for _, id := range []string{"former", i.ID, "another"} {
			e := ana(audit.Held)
			e.IdentityID, e.Reason = id, "because"
			require.NoError(t, d.Record(t.Context(), e))
		}
		require.NoError(t, d.EraseAuditTexts(t.Context(), i.ID))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.Held, Reasons: true})
		require.NoError(t, err)
		require.Equal(t, []string{"because", "", ""}, []string{entries[0].Reason, entries[1].Reason, entries[2].Reason})
	})
}

// What is tried on a case after it was erased leaves an entry without words: nothing would erase them any more.
func TestAnErasedCaseTakesNoWords(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.plant()
		d.eraseByTwo(i)
		d.run(`INSERT INTO former_ids (former_id, identity_id) VALUES ('former', '` + i.ID + `')`)
		before, err := d.Contents(t.Context(), "audit_texts")
		require.NoError(t, err)
		for _, id := range []string{i.ID, "former"} {
			e := ana(audit.Revealed)
			e.IdentityID, e.ReasonCode, e.Reason = id, "customer_asked", "Zinnober called about his flat"
			require.NoError(t, d.Record(t.Context(), e))
			_, _, err = d.RecordReveal(t.Context(), func(e audit.Entry) audit.Entry { return e }, e)
			require.NoError(t, err)
		}
		after, err := d.Contents(t.Context(), "audit_texts")
		require.NoError(t, err)
		require.Equal(t, before, after)
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.Revealed, Reasons: true, Limit: 4})
		require.NoError(t, err)
		require.Len(t, entries, 4)
		for _, e := range entries {
			require.Equal(t, []any{"customer_asked", "", audit.Words("")}, []any{e.ReasonCode, e.Reason, e.Words})
			require.Empty(t, e.ReasonSum)
		}
		_, err = d.VerifyAudit(t.Context())
		require.NoError(t, err)
	})
}

func TestAuditPins(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		p, err := d.PinAudit(t.Context())
		require.NoError(t, err)
		require.True(t, p.Zero(), "there is nothing to pin")
		_, found, err := d.LastAuditPin(t.Context())
		require.NoError(t, err)
		require.False(t, found)
		for range 2 {
			require.NoError(t, d.Record(t.Context(), ana(audit.LookedUp)))
			d.clock.Advance(time.Hour)
			_, err = d.PinAudit(t.Context())
			require.NoError(t, err)
		}
		d.clock.Advance(time.Hour)
		p, err = d.PinAudit(t.Context())
		require.NoError(t, err)
		require.NoError(t, d.AuditPinPosted(t.Context(), p.Head))
		head, err := d.AuditHead(t.Context())
		require.NoError(t, err)
		require.Equal(t, head, p.Head)
		pins, err := d.AuditPins(t.Context())
		require.NoError(t, err)
		require.Len(t, pins, 2, "of one head there is one pin")
		now := d.clock.Now()
		require.Equal(t, audit.Pin{Head: head, At: now, PostedAt: &now}, pins[1])
		require.Nil(t, pins[0].PostedAt)
		last, _, err := d.LastAuditPin(t.Context())
		require.NoError(t, err)
		require.Equal(t, pins[1], last)
		v, err := d.VerifyAudit(t.Context(), pins[0].Head)
		require.NoError(t, err)
		require.Equal(t, 3, v.Pins)
		require.Equal(t, head, v.Head)
	})
}

// A log from before entries were hashed in the present form goes on, verifies, and what is done to its end is found.
func TestALogFromBefore(t *testing.T) {
	t.Parallel()
	url := storetest.Dialects()[0].URL(t)
	s := storetest.New(t, storetest.WithURL(url))
	require.NoError(t, s.DownTo(t.Context(), 7))
	e := audit.Entry{Seq: 1, At: storetest.Start(), ActorID: "ana", Action: audit.Claimed, Prev: make([]byte, 32), Form: audit.FormWhole}
	require.NoError(t, s.Write(t.Context(), func(exec func(string, ...any) error) error {
		if err := exec(`INSERT INTO audit (seq, at, actor_id, actor_name, role, action, identity_id, object, detail, request_id, address, prev, hash)
			VALUES (1, $1, 'ana', '', '', 'claimed', '', '', '', '', '', $2, $3)`, e.At.UnixMilli(), e.Prev, e.Sum()); err != nil {
			return err
		}
		return exec(`INSERT INTO state (key, value) VALUES ('audit_head', $1)`, fmt.Sprintf("1 %x", e.Sum()))
	}))
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Record(t.Context(), ana(audit.LookedUp)))
	v, err := s.VerifyAudit(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, v.Entries)
}
