package store_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// by is an act of a person of that id.
func by(who string, action audit.Action) audit.Entry {
	return audit.Entry{ActorID: who, ActorName: who, Role: "analyst", Action: action}
}

// frozen is a case that is stuck from the start, as old as that.
func (d desk) frozen(n int, age time.Duration) identity.Identity {
	d.t.Helper()
	news := d.news(fmt.Sprintf("px-%03d", n), fmt.Sprintf("user-%03d", n), identity.StatusError)
	news.Record.CreatedAt, news.Record.UpdatedAt = news.Record.CreatedAt.Add(-age), news.Record.UpdatedAt.Add(-age)
	i, err := d.ApplyIdentity(d.t.Context(), news, nil)
	require.NoError(d.t, err)
	return i
}

// acts are what people did to a case, oldest first.
func (d desk) acts(id string) (acts []audit.Action) {
	d.t.Helper()
	entries, err := d.AuditEntries(d.t.Context(), audit.Filter{IdentityID: id})
	require.NoError(d.t, err)
	for _, e := range entries {
		acts = append([]audit.Action{e.Action}, acts...)
	}
	return acts
}

func TestClaim(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.frozen(1, time.Hour)
		got, err := d.Claim(t.Context(), i.ID, "ana", "", by("ana", audit.Claimed))
		require.NoError(t, err)
		require.Equal(t, got, d.get(i.ID), "what is answered is what is stored")
		require.Equal(t, "ana", got.Assignee)
		require.Equal(t, d.clock.Now(), *got.AssignedAt)
		require.Equal(t, d.clock.Now(), *got.ActiveAt)

		d.clock.Advance(4 * time.Second)
		again, err := d.Claim(t.Context(), i.ID, "ana", "", by("ana", audit.Claimed))
		require.NoError(t, err, "one's own")
		require.Equal(t, got, again)
		lost, err := d.Claim(t.Context(), i.ID, "bo", "", by("bo", audit.Claimed))
		require.Equal(t, store.Taken, faultOf(t, fault.Conflict, err).Code)
		require.Equal(t, got, lost, "who has it, and since when, is beside the error")
		require.Equal(t, got, d.get(i.ID))
		_, err = d.Release(t.Context(), i.ID, "bo", by("bo", audit.Released))
		require.Equal(t, store.Taken, faultOf(t, fault.Conflict, err).Code)
		require.Equal(t, []audit.Action{audit.Claimed}, d.acts(i.ID), "what was refused left nothing")

		over, err := d.Claim(t.Context(), i.ID, "bo", "ana", by("lea", audit.HandedOver))
		require.NoError(t, err)
		require.Equal(t, "bo", over.Assignee)
		require.Equal(t, d.clock.Now(), *over.AssignedAt)
		free, err := d.Release(t.Context(), i.ID, "bo", by("bo", audit.Released))
		require.NoError(t, err)
		require.Equal(t, identity.Casework{}, free.Casework)
		_, err = d.Release(t.Context(), i.ID, "", by("bo", audit.Released))
		require.NoError(t, err)
		require.Equal(t, []audit.Action{audit.Claimed, audit.HandedOver, audit.Released}, d.acts(i.ID))
		_, err = d.Claim(t.Context(), "nothing", "bo", "", by("bo", audit.Claimed))
		kindIs(t, fault.NotFound, err)
		require.Equal(t, []identity.EntryKind{identity.WasFound}, d.kinds(i.ID), "what people do is no line of history")
	})
}

// Of many who claim at once one gets the case, and the others learn who.
func TestClaimRace(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		const people = 16
		for n := range 5 {
			i := d.frozen(n, time.Hour)
			var winners, losers []string
			var mu sync.Mutex
			var wait sync.WaitGroup
			for p := range people {
				who := fmt.Sprintf("p%d", p)
				wait.Go(func() {
					got, err := d.Claim(t.Context(), i.ID, who, "", by(who, audit.Claimed))
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						winners = append(winners, who)
						return
					}
					if fault.KindOf(err) != fault.Conflict {
						t.Errorf("%v", err)
					}
					losers = append(losers, got.Assignee)
				})
			}
			wait.Wait()
			require.Len(t, winners, 1)
			require.Len(t, losers, people-1)
			for _, told := range losers {
				require.Equal(t, winners[0], told)
			}
			require.Equal(t, winners[0], d.get(i.ID).Assignee)
			require.Equal(t, []audit.Action{audit.Claimed}, d.acts(i.ID))
		}
	})
}

func TestReassign(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		var all []identity.Identity
		for n := range 6 {
			i := d.frozen(n, time.Duration(n)*time.Hour) // the last is due first
			i, err := d.Claim(t.Context(), i.ID, "ana", "", by("ana", audit.Claimed))
			require.NoError(t, err)
			all = append(all, i)
		}
		_, err := d.Snooze(t.Context(), all[5].ID, identity.Snooze{Until: d.clock.Now().Add(time.Hour)}, "ana", by("ana", audit.Snoozed))
		require.NoError(t, err)
		n := d.news("px-004", "user-004", identity.Approved)
		_, err = d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)

		moved, err := d.Reassign(t.Context(), "ana", "bo", 2, by("lea", audit.HandedOver))
		require.NoError(t, err)
		require.Equal(t, 2, moved)
		holders := func() (holders []string) {
			for _, i := range all {
				holders = append(holders, d.get(i.ID).Assignee)
			}
			return holders
		}
		require.Equal(t, []string{"ana", "ana", "bo", "bo", "ana", "ana"}, holders(), "what is due first goes first")
		moved, err = d.Reassign(t.Context(), "ana", "", 10, by("lea", audit.Released))
		require.NoError(t, err)
		require.Equal(t, 2, moved)
		require.Equal(t, []string{"", "", "bo", "bo", "ana", "ana"}, holders(), "what sleeps or is decided stays")
		for _, same := range [][2]string{{"bo", "bo"}, {"", "bo"}, {"ana", "cy"}} {
			moved, err = d.Reassign(t.Context(), same[0], same[1], 10, by("lea", audit.HandedOver))
			require.NoError(t, err)
			require.Zero(t, moved)
		}
		require.Equal(t, []audit.Action{audit.Claimed, audit.HandedOver}, d.acts(all[3].ID))
	})
}

func TestReleaseIdle(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		var all []identity.Identity
		for n := range 5 {
			i := d.frozen(n, time.Hour)
			_, err := d.Claim(t.Context(), i.ID, "ana", "", by("ana", audit.Claimed))
			require.NoError(t, err)
			all = append(all, i)
		}
		d.clock.Advance(12 * time.Hour)
		require.NoError(t, d.RequestRecheck(t.Context(), all[0].ID, by("ana", audit.AskedRecheck)))
		require.NoError(t, d.RequestRecheck(t.Context(), all[1].ID, by("bo", audit.AskedRecheck)), "which is no act of the holder")
		_, err := d.Snooze(t.Context(), all[2].ID, identity.Snooze{Until: d.clock.Now().Add(time.Hour)}, "ana", by("ana", audit.Snoozed))
		require.NoError(t, err)
		released, err := d.ReleaseIdle(t.Context(), 100)
		require.NoError(t, err)
		require.Zero(t, released)

		d.clock.Advance(12*time.Hour + time.Second)
		released, err = d.ReleaseIdle(t.Context(), 2)
		require.NoError(t, err)
		require.Equal(t, 2, released)
		released, err = d.ReleaseIdle(t.Context(), 2)
		require.NoError(t, err)
		require.Equal(t, 1, released)
		for n, holder := range []string{"ana", "", "ana", "", ""} {
			got := d.get(all[n].ID)
			require.Equal(t, holder, got.Assignee, "case %d", n)
			require.Equal(t, holder == "", got.ActiveAt == nil)
		}
		entries, err := d.History(t.Context(), all[1].ID)
		require.NoError(t, err)
		last := entries[len(entries)-1]
		require.Equal(t, identity.WasReleased, last.Kind)
		require.Equal(t, "idle", last.Code)
		require.Equal(t, []identity.Change{{Field: "assignee", Old: "ana"}}, last.Changes)
		require.Equal(t, []audit.Action{audit.Claimed}, d.acts(all[3].ID), "nobody did it")

		for range 2 { // all[2] woke an hour ago, and counts from then on
			_, _, err = d.Turn(t.Context(), d.clock.Now())
			require.NoError(t, err)
			released, err = d.ReleaseIdle(t.Context(), 100)
			require.NoError(t, err)
		}
		require.Zero(t, released)
		require.Equal(t, "ana", d.get(all[2].ID).Assignee)

		z := identity.DefaultSettings()
		z.IdleRelease = identity.Limit{}
		require.NoError(t, d.SetSettings(t.Context(), z, ana(audit.ChangedPolicy)))
		d.clock.Advance(1000 * time.Hour)
		released, err = d.ReleaseIdle(t.Context(), 100)
		require.NoError(t, err)
		require.Zero(t, released, "claims last for ever")
	})
}

// The lists, totals and numbers of a person's queue are what a walk in Go gives, whatever was done before.
func TestHeldListsAfterARandomWalk(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		source := rand.New(rand.NewPCG(4, 2))
		people := []string{"ana", "bo", "a:b"}
		var ids []string
		for n := range 30 {
			if n%3 == 0 {
				ids = append(ids, d.recheckable(fmt.Sprintf("px-r%d", n)).ID)
				continue
			}
			ids = append(ids, d.frozen(n, time.Duration(n)*time.Hour).ID)
		}
		for range 200 {
			id, who := ids[source.IntN(len(ids))], people[source.IntN(len(people))]
			now := d.get(id)
			var err error
			switch source.IntN(8) {
			case 0, 1, 2:
				_, err = d.Claim(t.Context(), id, who, now.Assignee, by(who, audit.Claimed))
			case 3:
				_, err = d.Release(t.Context(), id, now.Assignee, by(who, audit.Released))
			case 4:
				if !now.Decided() {
					_, err = d.Snooze(t.Context(), id, identity.Snooze{Until: d.clock.Now().Add(time.Hour), UntilEvent: true}, who, by(who, audit.Snoozed))
				}
			case 5:
				_, err = d.Wake(t.Context(), id, who, by(who, audit.Woke))
			case 6:
				d.clock.Advance(20 * time.Minute)
				_, _, err = d.Turn(t.Context(), d.clock.Now())
			case 7:
				statuses := []identity.Status{identity.Pending, identity.StatusError, identity.StatusError, identity.Approved}
				_, err = d.ApplyIdentity(t.Context(), d.news(now.PaxosID, now.RefID, statuses[source.IntN(len(statuses))]), nil)
			}
			require.NoError(t, err)
		}
		everything := d.walk(identity.Filter{})
		for _, who := range people {
			counts, err := d.CountsFor(t.Context(), who)
			require.NoError(t, err)
			var sum int64
			for _, n := range counts.Lanes {
				sum += n
			}
			require.Equal(t, counts.Total, sum)
			for _, f := range []identity.Filter{{MineOrFree: who}, {Free: true}, {Assignee: who}} {
				d.checkHeld(f, everything, counts)
			}
		}
	})
}

// checkHeld compares the lists of one holder with the same rule in Go.
func (d desk) checkHeld(f identity.Filter, everything []identity.Identity, counts identity.Counts) {
	d.t.Helper()
	holds := func(i identity.Identity) bool {
		return f.MineOrFree != "" && (i.Assignee == "" || i.Assignee == f.MineOrFree) || f.Free && i.Assignee == "" || f.Assignee != "" && i.Assignee == f.Assignee
	}
	tabOf := func(i identity.Identity) identity.Lane {
		if i.Snoozed(d.clock.Now()) {
			return identity.LaneSnoozed
		}
		return i.Lane
	}
	check := func(f identity.Filter, want []string) {
		d.t.Helper()
		f.Limit = 7
		require.ElementsMatch(d.t, want, idsOf(d.walk(f)), "%+v", f)
		page, err := d.List(d.t.Context(), f)
		require.NoError(d.t, err)
		require.EqualValues(d.t, len(want), page.Total, "%+v", f)
	}
	for _, lane := range append(identity.QueueLanes(), identity.LaneDecided) {
		want := []string{}
		for _, i := range everything {
			if holds(i) && tabOf(i) == lane {
				want = append(want, i.ID)
			}
		}
		f.Lane = lane
		check(f, want)
		if f.MineOrFree != "" {
			require.EqualValues(d.t, len(want), counts.Lanes[lane], lane)
		}
		if lane != identity.LaneDecided {
			f.Sort = identity.SortDue
			check(f, want)
			f.Sort = ""
		}
	}
	f.Lane, f.Stuck, f.Sort = "", true, identity.SortDue
	var want []identity.Identity
	for _, i := range everything {
		if holds(i) && tabOf(i).Stuck() {
			want = append(want, i)
		}
	}
	check(f, idsOf(want))
	require.IsNonDecreasing(d.t, dues(d.walk(f)), "oldest breach first")
	f.Status = identity.StatusError // which no counter knows by holder
	page, err := d.List(d.t.Context(), f)
	require.NoError(d.t, err)
	require.Len(d.t, d.walk(f), int(page.Total))
}

func dues(is []identity.Identity) []int64 {
	at := []int64{0}
	for _, i := range is {
		at = append(at, i.DueAt.UnixMilli())
	}
	return at
}

func TestNextInQueue(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for n := range 5 {
			d.frozen(n, time.Duration(n)*time.Hour)
		}
		f := identity.Filter{Stuck: true, MineOrFree: "ana", Sort: identity.SortDue}
		queue := d.walk(f)
		require.Len(t, queue, 5)
		for n, i := range queue {
			next, ok, err := d.NextInQueue(t.Context(), f)
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, i, next, "place %d", n)
			f.After = d.PlaceOf(i, f.Sort)
		}
		_, ok, err := d.NextInQueue(t.Context(), f)
		require.NoError(t, err)
		require.False(t, ok, "the end")

		f.After = d.PlaceOf(queue[1], f.Sort)
		_, err = d.Claim(t.Context(), queue[1].ID, "bo", "", by("bo", audit.Claimed))
		require.NoError(t, err)
		_, err = d.Claim(t.Context(), queue[2].ID, "bo", "", by("bo", audit.Claimed))
		require.NoError(t, err)
		next, _, err := d.NextInQueue(t.Context(), f)
		require.NoError(t, err)
		require.Equal(t, queue[3].ID, next.ID, "a place stays although its case has gone")

		require.Empty(t, d.PlaceOf(identity.Identity{ID: "decided"}, identity.SortDue), "what has no due time leads to the beginning")
		require.Empty(t, d.PlaceOf(queue[0], "name"))
		f.After = d.PlaceOf(queue[0], identity.SortUpdated)
		_, _, err = d.NextInQueue(t.Context(), f)
		require.Contains(t, faultOf(t, fault.Invalid, err).Fields, "after", "a place of another order")
		require.Equal(t, storetest.Start(), d.clock.Now())
	})
}
