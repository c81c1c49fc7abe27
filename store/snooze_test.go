package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// asleep is a case of ana's that sleeps for a day.
func (d desk) asleep(n int, untilEvent bool) identity.Identity {
	d.t.Helper()
	i := d.frozen(n, time.Hour)
	_, err := d.Claim(d.t.Context(), i.ID, "ana", "", by("ana", audit.Claimed))
	require.NoError(d.t, err)
	z := identity.Snooze{Until: d.clock.Now().Add(24 * time.Hour), UntilEvent: untilEvent, Reason: "waits for the bank"}
	i, err = d.Snooze(d.t.Context(), i.ID, z, "ana", by("ana", audit.Snoozed))
	require.NoError(d.t, err)
	return i
}

func (d desk) reason(id string) string {
	d.t.Helper()
	reason, err := d.SnoozeReason(d.t.Context(), id)
	require.NoError(d.t, err)
	return reason
}

func TestSnooze(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.asleep(1, true)
		require.Equal(t, i, d.get(i.ID), "what is answered is what is stored")
		require.Equal(t, identity.Casework{
			Assignee: "ana", AssignedAt: new(d.clock.Now()), ActiveAt: new(d.clock.Now()),
			SnoozedUntil: new(d.clock.Now().Add(24 * time.Hour)), SnoozedBy: "ana", UntilEvent: true,
		}, i.Casework)
		require.Equal(t, "waits for the bank", d.reason(i.ID))
		require.Equal(t, []audit.Action{audit.Claimed, audit.Snoozed}, d.acts(i.ID))

		longer := identity.Snooze{Until: d.clock.Now().Add(48*time.Hour + 300*time.Microsecond)}
		i, err := d.Snooze(t.Context(), i.ID, longer, "bo", by("bo", audit.Snoozed))
		require.NoError(t, err)
		require.Equal(t, i, d.get(i.ID))
		require.Equal(t, "bo", i.SnoozedBy)
		require.False(t, i.UntilEvent)
		require.Empty(t, d.reason(i.ID), "the reason before is erased")

		decided, err := d.ApplyIdentity(t.Context(), d.news("px-2", "user-2", identity.Denied), nil)
		require.NoError(t, err)
		_, err = d.Snooze(t.Context(), decided.ID, longer, "bo", by("bo", audit.Snoozed))
		kindIs(t, fault.Conflict, err)
		_, err = d.Snooze(t.Context(), "nothing", longer, "bo", by("bo", audit.Snoozed))
		kindIs(t, fault.NotFound, err)
		require.Empty(t, d.acts(decided.ID))
	})
}

func TestWake(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.asleep(1, false)
		d.clock.Advance(time.Hour)
		woken, err := d.Wake(t.Context(), i.ID, "bo", by("bo", audit.Woke))
		require.NoError(t, err)
		require.Equal(t, woken, d.get(i.ID))
		require.Nil(t, woken.SnoozedUntil)
		require.Equal(t, identity.WokeByPerson, woken.Woke)
		require.Equal(t, "waits for the bank", d.reason(i.ID), "who looks next sees why it slept")
		again, err := d.Wake(t.Context(), i.ID, "bo", by("bo", audit.Woke))
		require.NoError(t, err)
		require.Equal(t, woken, again)
		require.Equal(t, []audit.Action{audit.Claimed, audit.Snoozed, audit.Woke}, d.acts(i.ID))
		require.NotContains(t, d.kinds(i.ID), identity.WasWoken, "an act is no line of history")

		require.NoError(t, d.RequestRecheck(t.Context(), i.ID, by("ana", audit.AskedRecheck)))
		require.Empty(t, d.get(i.ID).Woke, "somebody has acted since")
		require.Empty(t, d.reason(i.ID), "so that the reason is erased")
	})
}

// What ends a snooze by itself, and what does not.
func TestWhatWakes(t *testing.T) {
	type happening func(d desk, i identity.Identity)
	news := func(status identity.Status, details identity.Details) happening {
		return func(d desk, i identity.Identity) {
			n := d.news(i.PaxosID, i.RefID, status)
			n.Record.Details = details
			_, err := d.ApplyIdentity(d.t.Context(), n, nil)
			require.NoError(d.t, err)
		}
	}
	pass := func(by time.Duration) happening { return func(d desk, _ identity.Identity) { d.pass(by) } }
	controls := identity.Details{Controls: []identity.Control{{ID: "c1", Type: "FROZEN"}}}
	each(t, func(t *testing.T, d desk) {
		for n, c := range []struct {
			name       string
			untilEvent bool
			happens    happening
			woke       identity.Waking
		}{
			{"the same again", true, news(identity.StatusError, identity.Details{}), ""},
			{"details, until an event", true, news(identity.StatusError, controls), identity.WokeByNews},
			{"details, until a time", false, news(identity.StatusError, controls), ""},
			{"pending, until an event", true, news(identity.Pending, identity.Details{}), identity.WokeByNews},
			{"a decision, until a time", false, news(identity.Approved, identity.Details{}), identity.WokeByDecision},
			{"a decision, until an event", true, news(identity.Denied, identity.Details{}), identity.WokeByDecision},
			{"a part of the time", true, pass(23 * time.Hour), ""},
			{"the time", false, pass(24 * time.Hour), identity.WokeByTime},
			{"the time, and nobody noticed", true, pass(1000 * time.Hour), identity.WokeByTime},
		} {
			i := d.asleep(n, c.untilEvent)
			d.clock.Advance(time.Minute)
			slept := d.clock.Now()
			c.happens(d, i)
			got := d.get(i.ID)
			require.Equal(t, c.woke, got.Woke, c.name)
			require.Equal(t, "ana", got.Assignee, c.name)
			require.Equal(t, []audit.Action{audit.Claimed, audit.Snoozed}, d.acts(i.ID), "%s: nobody did it", c.name)
			if c.woke == "" {
				require.Equal(t, i.Casework, got.Casework, c.name)
				require.NotContains(t, d.kinds(i.ID), identity.WasWoken, c.name)
				continue
			}
			require.Nil(t, got.SnoozedUntil, c.name)
			require.False(t, got.WokeAt.Before(slept), c.name)
			require.Equal(t, got.WokeAt, got.ActiveAt, "%s: it lay still on purpose", c.name)
			entries, err := d.History(t.Context(), i.ID)
			require.NoError(t, err)
			last := entries[len(entries)-1]
			require.Equal(t, identity.WasWoken, last.Kind, c.name)
			require.Equal(t, string(c.woke), last.Code, c.name)
		}
	})
}

// pass lets time pass, and the clock move what it moves.
func (d desk) pass(by time.Duration) {
	d.t.Helper()
	d.clock.Advance(by - time.Minute)
	for range 3 {
		_, _, err := d.Turn(d.t.Context(), d.clock.Now())
		require.NoError(d.t, err)
	}
}

// An event that was acted on before wakes nobody a second time.
func TestOldEventsDoNotWake(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.frozen(1, time.Hour)
		e := identity.Event{ID: "ev-1", Type: identity.EventDocumentsRequired, PaxosID: "px-001", OccurredAt: d.clock.Now(), Documents: []string{"PASSPORT"}}
		n := d.news("px-001", "user-001", identity.StatusError)
		n.Record.UpdatedAt, n.Record.CreatedAt = i.UpdatedAt, i.CreatedAt
		n.Event = &e
		apply := func() identity.Waking {
			_, err := d.ApplyIdentity(t.Context(), n, nil)
			require.NoError(t, err)
			return d.get(i.ID).Woke
		}
		require.Empty(t, apply(), "it does not sleep")
		_, err := d.Snooze(t.Context(), i.ID, identity.Snooze{Until: d.clock.Now().Add(time.Hour), UntilEvent: true}, "ana", by("ana", audit.Snoozed))
		require.NoError(t, err)
		require.Empty(t, apply())
		e.ID, e.OccurredAt = "ev-2", d.clock.Now().Add(time.Second)
		require.Equal(t, identity.WokeByNews, apply())
	})
}

// A failed submission that sleeps wakes in silence when it is given up, and forgets why it slept.
func TestWithdrawnDoesNotSleep(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, err := d.Snooze(t.Context(), i.ID, identity.Snooze{Until: d.clock.Now().Add(time.Hour), UntilEvent: true, Reason: "x"}, "ana", by("ana", audit.Snoozed))
		require.NoError(t, err)
		_, job := d.begin()
		require.Nil(t, d.get(i.ID).WokeAt, "an attempt is no news")
		require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.Refused}, nil))
		require.Equal(t, identity.WokeByNews, d.get(i.ID).Woke)
		_, err = d.Snooze(t.Context(), i.ID, identity.Snooze{Until: d.clock.Now().Add(time.Hour), Reason: "y"}, "ana", by("ana", audit.Snoozed))
		require.NoError(t, err)
		got, err := d.Withdraw(t.Context(), i.ID, by("ana", audit.Withdrew))
		require.NoError(t, err)
		require.Equal(t, identity.Casework{}, got.Casework)
		require.Empty(t, d.reason(i.ID))
		counts, err := d.Counts(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[identity.Lane]int64{identity.LaneDecided: 1}, counts.Lanes)
	})
}

// What people arranged about a case that was found holds when it becomes one with the submission.
func TestCaseworkOfTwoThatBecomeOne(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, job := d.begin()
		twin, err := d.ApplyIdentity(t.Context(), d.news("px-1", "", identity.Pending), nil)
		require.NoError(t, err)
		_, err = d.Claim(t.Context(), twin.ID, "ana", "", by("ana", audit.Claimed))
		require.NoError(t, err)
		twin, err = d.Snooze(t.Context(), twin.ID, identity.Snooze{Until: d.clock.Now().Add(time.Hour), Reason: "soon"}, "ana", by("ana", audit.Snoozed))
		require.NoError(t, err)
		n := d.news("px-1", "user-1", identity.Pending)
		got, err := d.Accepted(t.Context(), i.ID, n, &job)
		require.NoError(t, err)
		require.Equal(t, twin.Casework, got.Casework)
		require.Equal(t, "soon", d.reason(i.ID))
		require.Equal(t, "soon", d.reason(twin.ID))
	})
}
