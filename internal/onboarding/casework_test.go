package onboarding_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// held is a case that somebody claimed four seconds ago.
func held(by string) identity.Identity {
	i := pending
	i.Casework = i.Claim(by, now.Add(-4*time.Second))
	return i
}

func TestClaim(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		as       access.Role
		holder   string
		expected string
		wrote    []string
		kind     fault.Kind
		text     string
	}{
		{name: "a free case", as: access.Analyst, wrote: []string{"claim for u-analyst"}},
		{name: "somebody was faster", as: access.Analyst, holder: "u-lead", kind: fault.Conflict, text: "Taken by Robin lead 4 s ago. Nothing was changed."},
		{name: "an analyst takes over", as: access.Analyst, holder: "u-lead", expected: "u-lead", kind: fault.Conflict, text: "Taken by Robin lead 4 s ago. Nothing was changed."},
		{name: "a lead takes over", as: access.Lead, holder: "u-analyst", expected: "u-analyst", wrote: []string{"claim for u-lead"}},
		{name: "a lead takes over what has moved", as: access.Lead, holder: "u-away", expected: "u-analyst", kind: fault.Conflict, text: "Taken by Alex Away 4 s ago. Nothing was changed."},
		{name: "it was released meanwhile", as: access.Lead, expected: "u-analyst", kind: fault.Conflict, text: "Somebody released this case meanwhile. Nothing was changed; look at it again."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			i := pending
			if c.holder != "" {
				i = held(c.holder)
			}
			store := cacheOf(i)
			err := deskOf(store).Claim(t.Context(), as(c.as), "c1", c.expected)
			require.Equal(t, c.wrote, store.writes)
			if c.kind == "" {
				require.NoError(t, err)
				require.Equal(t, audit.Claimed, store.entries[0].Action)
				return
			}
			require.Equal(t, c.kind, fault.KindOf(err))
			require.Equal(t, c.text, fault.From(err).Text)
		})
	}
}

func TestAwayClaimsNothing(t *testing.T) {
	t.Parallel()
	store := cacheOf(pending)
	err := deskOf(store).Claim(t.Context(), access.Actor{UserID: "u-away", Role: access.Analyst}, "c1", "")
	require.Equal(t, fault.Conflict, fault.KindOf(err))
	require.Contains(t, fault.From(err).Text, "away")
	require.Empty(t, store.writes)
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		as    access.Role
		to    string
		holds string
		kind  fault.Kind
		field string
	}{
		{name: "a free one", as: access.Analyst, to: "u-lead"},
		{name: "one's own", as: access.Analyst, to: "u-lead", holds: "u-analyst"},
		{name: "a colleague's", as: access.Analyst, to: "u-lead", holds: "u-away", kind: fault.Forbidden},
		{name: "a colleague's, by a lead", as: access.Lead, to: "u-analyst", holds: "u-away"},
		{name: "to nobody known", as: access.Lead, to: "u-x", holds: "u-lead", kind: fault.Invalid, field: "to"},
		{name: "to who does not work cases", as: access.Lead, to: "u-auditor", holds: "u-lead", kind: fault.Invalid, field: "to"},
		{name: "to who is away", as: access.Lead, to: "u-away", holds: "u-lead", kind: fault.Invalid, field: "to"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			store := cacheOf(held(c.holds))
			err := deskOf(store).HandOver(t.Context(), as(c.as), "c1", c.to, c.holds)
			if c.kind == "" {
				require.NoError(t, err)
				require.Equal(t, []string{"claim for " + c.to}, store.writes)
				require.Equal(t, audit.HandedOver, store.entries[0].Action)
				require.Equal(t, c.to, store.entries[0].Object)
				return
			}
			require.Equal(t, c.kind, fault.KindOf(err))
			if c.field != "" {
				require.Contains(t, fault.From(err).Fields, c.field)
			}
			require.Empty(t, store.writes)
		})
	}
}

func TestSnooze(t *testing.T) {
	t.Parallel()
	good := identity.Snooze{Until: now.Add(time.Hour), UntilEvent: true, Reason: "Waits for Ms. Example"}
	store := cacheOf(pending)
	require.NoError(t, deskOf(store).Snooze(t.Context(), as(access.Analyst), "c1", good))
	require.Equal(t, "Waits for Ms. Example", store.reason)
	require.Equal(t, "until 2026-03-02 16:00 UTC or the next news", store.entries[0].Detail)
	require.NotContains(t, store.entries[0].Detail, "Example", "what people write stays out of the audit log")

	for name, c := range map[string]struct {
		change func(*identity.Snooze)
		field  string
	}{
		"no time":     {func(z *identity.Snooze) { z.Until = time.Time{} }, "until"},
		"in the past": {func(z *identity.Snooze) { z.Until = now }, "until"},
		"too long":    {func(z *identity.Snooze) { z.Until = now.Add(15 * 24 * time.Hour) }, "until"},
		"no reason":   {func(z *identity.Snooze) { z.Reason = " \n" }, "reason"},
		"long reason": {func(z *identity.Snooze) { z.Reason = strings.Repeat("x", identity.MaxReason+1) }, "reason"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, z := cacheOf(pending), good
			c.change(&z)
			err := deskOf(store).Snooze(t.Context(), as(access.Analyst), "c1", z)
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			require.Len(t, fault.From(err).Fields, 1)
			require.Contains(t, fault.From(err).Fields, c.field)
			require.Empty(t, store.writes)
		})
	}
}

func TestNoteReachesWhomItMentions(t *testing.T) {
	t.Parallel()
	store := cacheOf(pending)
	d := deskOf(store)
	require.NoError(t, d.Note(t.Context(), as(access.Analyst), "c1", "@robin.lead and @Robin.Analyst: ask `@alex.away`, not a@robin.auditor\r\n@stranger"))
	require.Equal(t, []string{"u-lead"}, store.notes[0].Mentions, "neither the author, nor code, nor addresses, nor strangers")
	require.Equal(t, "mentions u-lead", store.entries[0].Detail)
	require.NotContains(t, store.notes[0].Text, "\r")

	err := d.Note(t.Context(), as(access.Analyst), "c1", "@robin.viewer look")
	require.Equal(t, fault.Invalid, fault.KindOf(err), "who cannot read notes is not reached")
	require.Contains(t, fault.From(err).Fields["text"], "@robin.viewer")
	require.Equal(t, fault.Invalid, fault.KindOf(d.Note(t.Context(), as(access.Analyst), "c1", "  ")))
	require.Len(t, store.notes, 1)
}

func TestTag(t *testing.T) {
	t.Parallel()
	store := cacheOf(pending)
	d := deskOf(store)
	require.NoError(t, d.Tag(t.Context(), as(access.Analyst), "c1", "Bank, vip"))
	require.NotContains(t, fmt.Sprint(store.entries[0]), "vip", "the log outlasts the case")
	err := d.Tag(t.Context(), as(access.Analyst), "c1", "anna@example.org")
	require.Contains(t, fault.From(err).Fields, "tags")
	require.Len(t, store.writes, 1)
}

func TestTextsAreForThoseWhoSeeNames(t *testing.T) {
	t.Parallel()
	i := pending
	i.Casework = i.Sleep(identity.Snooze{Until: now.Add(time.Hour)}, "u-analyst", now)
	for role, sees := range map[access.Role]bool{
		access.Viewer: false, access.Admin: false, access.Analyst: true, access.Lead: true, access.Auditor: true,
	} {
		store := cacheOf(i)
		store.notes = []identity.Note{{Text: "Called Ms. Example."}}
		c, err := deskOf(store).Open(t.Context(), as(role), "c1")
		require.NoError(t, err)
		require.Equal(t, 1, c.NoteCount)
		require.Equal(t, sees, len(c.Notes) == 1, role)
		require.Equal(t, sees, c.SnoozeReason != "", role)
		require.Equal(t, []string{"bank"}, c.Tags)
		require.Equal(t, time.Hour, c.Times.Paxos)
	}
}

func TestWhoMayTakeACase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		as                      access.Role
		holder                  string
		claim, release, handOut bool
	}{
		{as: access.Analyst, claim: true},
		{as: access.Analyst, holder: "u-analyst", release: true, handOut: true},
		{as: access.Analyst, holder: "u-lead"},
		{as: access.Lead, holder: "u-analyst", claim: true, release: true, handOut: true},
		{as: access.Viewer},
		{as: access.Auditor},
		{as: access.Admin},
	} {
		i := pending
		if c.holder != "" {
			i = held(c.holder)
		}
		got, err := deskOf(cacheOf(i)).Open(t.Context(), as(c.as), "c1")
		require.NoError(t, err)
		require.Equal(t, c.claim, got.CanClaim, c)
		require.Equal(t, c.release, got.CanRelease, c)
		require.Equal(t, c.handOut, got.CanAssign, c)
		for _, p := range got.Colleagues {
			require.NotEqual(t, "u-away", p.ID, "who is away takes nothing")
			require.NotEqual(t, c.holder, p.ID)
			require.True(t, access.May(p.Role, access.WorkCases))
		}
	}
}

func TestUnusualAge(t *testing.T) {
	t.Parallel()
	i := pending // an hour old, where 95 of 100 took half an hour
	i.PendingSince = new(now.Add(-time.Hour))
	c, err := deskOf(cacheOf(i)).Open(t.Context(), as(access.Analyst), "c1")
	require.NoError(t, err)
	require.True(t, c.Unusual)
	require.Equal(t, 100, c.Ageing.Of)
}

func TestTeam(t *testing.T) {
	t.Parallel()
	store := cacheOf()
	d := deskOf(store)
	loads, err := d.Team(t.Context(), as(access.Viewer))
	require.NoError(t, err)
	require.Len(t, loads, 3, "who does not work cases is left out")

	_, err = d.Rebalance(t.Context(), as(access.Analyst), "u-analyst", "u-lead", 5)
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	for field, call := range map[string][3]any{
		"from": {"u-x", "u-lead", 5}, "to": {"u-lead", "u-lead", 5}, "n": {"u-analyst", "u-lead", 0},
	} {
		_, err := d.Rebalance(t.Context(), as(access.Lead), call[0].(string), call[1].(string), call[2].(int))
		require.Contains(t, fault.From(err).Fields, field)
	}
	n, err := d.Rebalance(t.Context(), as(access.Lead), "u-analyst", "u-lead", 5)
	require.NoError(t, err)
	require.Equal(t, 3, n)

	_, err = d.Away(t.Context(), as(access.Analyst), "u-lead", nil, false)
	require.Equal(t, fault.Forbidden, fault.KindOf(err), "only a lead sends others away")
	_, err = d.Away(t.Context(), as(access.Analyst), "u-analyst", new(now.Add(-time.Hour)), false)
	require.Contains(t, fault.From(err).Fields, "until")
	_, err = d.Away(t.Context(), as(access.Analyst), "u-analyst", new(now.Add(48*time.Hour)), true)
	require.NoError(t, err)
	require.Equal(t, audit.WentAway, store.entries[len(store.entries)-1].Action)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	store := cacheOf()
	d := deskOf(store)
	z := identity.DefaultSettings()
	require.NoError(t, d.SetSettings(t.Context(), as(access.Lead), z))
	require.Empty(t, store.writes, "no change is no entry")

	z.Limits = map[string]identity.Limit{identity.ScreeningCheck: {BusinessDays: 2}}
	require.Equal(t, fault.Forbidden, fault.KindOf(d.SetSettings(t.Context(), as(access.Analyst), z)))
	require.NoError(t, d.SetSettings(t.Context(), as(access.Lead), z))
	require.Equal(t, "limit SCREENING_CHECK: none → 2bd", store.entries[0].Detail)

	z.Limits["NONSENSE"], z.LongestSnooze = identity.Limit{BusinessDays: 1}, time.Minute
	err := d.SetSettings(t.Context(), as(access.Lead), z)
	require.Len(t, fault.From(err).Fields, 2)
	require.Len(t, store.writes, 1)
}

func TestPrefer(t *testing.T) {
	t.Parallel()
	store := cacheOf()
	d := deskOf(store)
	require.NoError(t, d.Prefer(t.Context(), as(access.Viewer), access.Preferences{Zone: "Europe/Berlin"}))
	require.Equal(t, []string{"prefer u-viewer"}, store.writes)
	for _, zone := range []string{"Local", "Nowhere/Town", "../etc/passwd"} {
		require.Contains(t, fault.From(d.Prefer(t.Context(), as(access.Viewer), access.Preferences{Zone: zone})).Fields, "zone")
	}
}
