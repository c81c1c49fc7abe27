package store_test

import (
	"bytes"
	"log/slog"
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

// What does not open says why, once in the log and without what it held; everything beside it is read.
func TestUnreadValuesSayWhy(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change string // of the sealed bytes, in SQL
		want   identity.Unread
	}{
		"altered":           {`x'00'`, identity.Altered},
		"by a key not here": {`x'00000009' || substr(sealed, 5)`, identity.KeyMissing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			clock := storetest.NewClock()
			d := desk{storetest.New(t, storetest.WithClock(clock), storetest.WithOptions(func(o *store.Options) {
				o.Log = slog.New(slog.NewTextHandler(&log, nil))
			})), t, clock}
			i := d.frozen(1, time.Hour)
			first := d.note(i.ID, "ana", "Zinnober called")
			d.note(i.ID, "ana", "and again")
			sub := d.submit("user-1")
			d.run(`UPDATE notes SET sealed = ` + tc.change + ` WHERE id = (SELECT min(id) FROM notes)`)
			d.run(`UPDATE secrets SET sealed = ` + tc.change + ` WHERE kind = 'name'`)
			for range 2 {
				notes := d.notes(i.ID)
				require.Equal(t, []identity.Unread{tc.want, ""}, []identity.Unread{notes[0].Unread, notes[1].Unread})
				require.Equal(t, []string{"", "and again"}, []string{notes[0].Text, notes[1].Text})
				require.Equal(t, first.ID, notes[0].ID)
				_, err := d.Name(t.Context(), sub.ID)
				kindIs(t, fault.Internal, err)
				require.Equal(t, tc.want, identity.UnreadOf(fault.From(err).Code))
			}
			require.Equal(t, 2, strings.Count(log.String(), "a sealed value cannot be read"), log.String())
			require.Contains(t, log.String(), "value=secrets/name/"+sub.ID+" why="+string(tc.want))
			require.NotContains(t, log.String(), "Zinnober")
		})
	}
}

// Nobody approves what cannot be read; it can be declined.
func TestUnreadProposalIsNotApproved(t *testing.T) {
	t.Parallel()
	d := desk{storetest.New(t), t, storetest.NewClock()}
	p := d.propose(d.denied("p1"), "ana")
	d.run(`UPDATE proposals SET asked = x'00'`)
	_, err := d.decide(p, proposal.Approve, "lea")
	kindIs(t, fault.Conflict, err)
	require.ErrorContains(t, err, "cannot be read: it was altered")
	found, err := d.Proposal(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, proposal.Open, found.State)
	require.Equal(t, string(identity.Altered), found.Unread)
	found, err = d.decide(p, proposal.Decline, "lea")
	require.NoError(t, err)
	require.Equal(t, proposal.Declined, found.State)
}

// The reason of a sleep that cannot be read does not keep a case from becoming one with its submission.
func TestUnreadSnoozeLetsNewsThrough(t *testing.T) {
	t.Parallel()
	d := desk{storetest.New(t), t, storetest.NewClock()}
	i := d.submit("user-1")
	_, job := d.begin()
	twin, err := d.ApplyIdentity(t.Context(), d.news("px-1", "", identity.Pending), nil)
	require.NoError(t, err)
	_, err = d.Snooze(t.Context(), twin.ID, identity.Snooze{Until: d.clock.Now().Add(time.Hour), Reason: "soon"}, "ana", by("ana", audit.Snoozed))
	require.NoError(t, err)
	d.run(`UPDATE secrets SET sealed = x'00' WHERE kind = 'snooze'`)
	got, err := d.Accepted(t.Context(), i.ID, d.news("px-1", "user-1", identity.Pending), &job)
	require.NoError(t, err)
	require.NotNil(t, got.SnoozedUntil)
	require.Empty(t, d.reason(i.ID))
}
