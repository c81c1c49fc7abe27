package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestParseLimit(t *testing.T) {
	t.Parallel()
	days := func(n int) identity.Limit { return identity.Limit{BusinessDays: n} }
	plain := func(d time.Duration) identity.Limit { return identity.Limit{Plain: d} }
	for typed, c := range map[string]struct {
		want    identity.Limit
		written string
	}{
		"1bd": {days(1), "1bd"}, " 2 BD ": {days(2), "2bd"}, "10bd": {days(10), "10bd"}, "260bd": {days(260), "260bd"},
		"36h": {plain(36 * time.Hour), "36h"}, "2s": {plain(2 * time.Second), "2s"}, "10s": {plain(10 * time.Second), "10s"},
		"20m": {plain(20 * time.Minute), "20m"}, "90m": {plain(90 * time.Minute), "1h30m"}, "1h10m": {plain(70 * time.Minute), "1h10m"},
		"10m30s": {plain(10*time.Minute + 30*time.Second), "10m30s"}, "1h0m5s": {plain(time.Hour + 5*time.Second), "1h0m5s"},
		"100h": {plain(100 * time.Hour), "100h"}, "1.5s": {plain(1500 * time.Millisecond), "1.5s"}, "8760h": {plain(8760 * time.Hour), "8760h"},
	} {
		got, err := identity.ParseLimit(typed)
		require.NoError(t, err, typed)
		require.Equal(t, c.want, got, typed)
		require.Equal(t, c.written, got.String(), typed)
		again, err := identity.ParseLimit(got.String())
		require.NoError(t, err, typed)
		require.Equal(t, got, again, typed)
		require.False(t, got.Zero(), typed)
	}
	for _, typed := range []string{"", "0bd", "-1bd", "261bd", "bd", "1.5bd", "two days", "36", "0s", "999ms", "-2h", "8761h", "99999999999999999999bd"} {
		got, err := identity.ParseLimit(typed)
		require.ErrorContains(t, err, "enter business days", typed)
		require.True(t, got.Zero(), typed)
		if len(typed) > 4 {
			require.NotContains(t, err.Error(), typed)
		}
	}
	require.Empty(t, identity.Limit{}.String())
}

func TestLimitPerRequirement(t *testing.T) {
	t.Parallel()
	hours := func(n int) identity.Limit { return identity.Limit{Plain: time.Duration(n) * time.Hour} }
	days := func(n int) identity.Limit { return identity.Limit{BusinessDays: n} }
	limits := map[string]identity.Limit{
		"ENHANCED_DUE_DILIGENCE": days(2), "SCREENING_CHECK": days(3), "TAX_DETAILS_VERIFICATION": hours(6), "KYC_REFRESH": hours(1),
		"SUBMISSION": hours(2), "DOCUMENTS": hours(3), "SANCTIONS": hours(4), "STATUS": hours(5), "MEMBERS": {},
	}
	client := func(kind string) identity.Requirement { return requirement(kind, "PENDING", "CLIENT") }
	paxos := func(kind string) identity.Requirement { return requirement(kind, "PENDING", "PAXOS") }
	documents := pending("PENDING")
	documents.Documents = &identity.DocumentsAsk{At: at(created)}
	sanctions := pending("PENDING")
	sanctions.Details.Sanctions = "PENDING"
	opened := pending("PENDING", client("TAX_DETAILS_VERIFICATION"))
	opened.Refresh = &identity.Refresh{StartedAt: at(created), EndsAt: at("2026-03-31 13:00")}
	// Monday 10:00, UTC: Paxos works from 09:00 to 17:00, we from 12:00 to 20:00.
	for name, c := range map[string]struct {
		i         identity.Identity
		due, warn string
	}{
		"ours, on our calendar":                       {pending("PENDING", client("ENHANCED_DUE_DILIGENCE")), "2026-03-03 20:00", "2026-03-03 16:00"},
		"Paxos', on Paxos' calendar":                  {pending("PENDING", paxos("SCREENING_CHECK")), "2026-03-05 10:00", "2026-03-04 12:00"},
		"what awaits Paxos does not hurry us":         {pending("PENDING", client("ENHANCED_DUE_DILIGENCE"), paxos("TAX_DETAILS_VERIFICATION")), "2026-03-03 20:00", "2026-03-03 16:00"},
		"the shortest of ours":                        {pending("PENDING", client("ENHANCED_DUE_DILIGENCE"), client("TAX_DETAILS_VERIFICATION")), "2026-03-02 16:00", "2026-03-02 14:30"},
		"the shortest of Paxos'":                      {pending("PENDING", paxos("SCREENING_CHECK"), paxos("TAX_DETAILS_VERIFICATION")), "2026-03-02 16:00", "2026-03-02 14:30"},
		"none of its own":                             {pending("PENDING", paxos("COMPLIANCE_CHECK")), "2026-03-03 10:00", "2026-03-02 16:00"},
		"one of its own beside one without":           {pending("PENDING", paxos("SCREENING_CHECK"), paxos("COMPLIANCE_CHECK")), "2026-03-03 10:00", "2026-03-02 16:00"},
		"an empty one is none":                        {pending("PENDING", requirement("MEMBERS", "PENDING", "")), "2026-03-03 10:00", "2026-03-02 16:00"},
		"nothing named":                               {pending("PENDING"), "2026-03-03 10:00", "2026-03-02 16:00"},
		"documents":                                   {documents, "2026-03-02 13:00", "2026-03-02 12:15"},
		"a sub-status":                                {sanctions, "2026-03-02 14:00", "2026-03-02 13:00"},
		"frozen":                                      {pending("ERROR"), "2026-03-02 15:00", "2026-03-02 13:45"},
		"frozen, we are asked":                        {pending("ERROR", client("TAX_DETAILS_VERIFICATION")), "2026-03-02 16:00", "2026-03-02 14:30"},
		"a failed submission":                         {identity.Identity{Submission: identity.Failed, CreatedAt: at(created), SubmittedAt: ptr(created)}, "2026-03-02 12:00", "2026-03-02 11:30"},
		"a refresh in time does not hurry the rest":   {pending("PENDING", client("TAX_DETAILS_VERIFICATION"), client("KYC_REFRESH")), "2026-03-02 16:00", "2026-03-02 14:30"},
		"nor does one that an event opened":           {opened, "2026-03-02 16:00", "2026-03-02 14:30"},
		"a refresh past its time has its own":         {pending("PENDING", requirement("KYC_REFRESH", "FAILED", "CLIENT")), "2026-03-02 11:00", "2026-03-02 10:45"},
		"on its way to Paxos: ten minutes, as always": {identity.Identity{Submission: identity.Queued, CreatedAt: at(created), SubmittedAt: ptr(created)}, "2026-03-02 10:10", "2026-03-02 10:07:30"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := policy().With(identity.Settings{Limits: limits})
			v := identity.Assess(c.i, p, at(created))
			require.Equal(t, ptr(c.due), v.DueAt, "due")
			require.Equal(t, ptr(c.warn), v.WarnAt, "warn")
			if v.Lane == identity.LaneWaiting {
				require.Equal(t, v.DueAt, v.TurnAt)
			}
		})
	}
}

func TestWarnAt(t *testing.T) {
	t.Parallel()
	moved := func(i identity.Identity, m identity.Move, since string) identity.Identity {
		i.Move, i.MoveSince = m, at(since)
		return i
	}
	refresh := pending("APPROVED")
	refresh.Refresh = &identity.Refresh{StartedAt: at(changed), EndsAt: at("2026-03-31 10:00")}
	for name, c := range map[string]struct {
		i    identity.Identity
		p    identity.Policy
		warn string // empty for none
	}{
		"three quarters of a working day":   {pending("PENDING"), policy(), "2026-03-02 16:00"},
		"over a weekend":                    {moved(pending("PENDING"), "paxos", "2026-03-06 14:00"), policy(), "2026-03-09 12:00"},
		"on our calendar":                   {moved(pending("PENDING", requirement("MEMBERS", "FAILED", "")), "ours", "2026-03-06 14:00"), policy(), "2026-03-06 20:00"},
		"around the clock":                  {pending("PENDING"), plainPolicy(40 * time.Hour), "2026-03-03 16:00"},
		"on its way":                        {identity.Identity{Submission: identity.Sent, CreatedAt: at(created), SubmittedAt: ptr(created)}, policy(), "2026-03-02 10:07:30"},
		"a refresh, of the time to its end": {refresh, policy(), "2026-03-24 10:00"},
		"decided":                           {pending("APPROVED"), policy(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := c.i.Assessed(c.p, at(created))
			require.Equal(t, maybe(c.warn), i.WarnAt)
			if i.WarnAt != nil {
				require.True(t, i.WarnAt.Before(*i.DueAt))
				require.Equal(t, i.WarnAt, i.Assessed(c.p, *i.DueAt).WarnAt, "time does not move it")
			}
		})
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	z := identity.DefaultSettings()
	require.Equal(t, identity.Settings{IdleRelease: identity.Limit{BusinessDays: 1}, LongestSnooze: 14 * 24 * time.Hour}, z)
	z.Limits = map[string]identity.Limit{"MEMBERS": {BusinessDays: 3}}
	base := policy()
	p := base.With(z)
	require.Equal(t, z.Limits, p.Limits)
	require.Equal(t, z.IdleRelease, p.IdleRelease)
	require.Equal(t, z.LongestSnooze, p.LongestSnooze)
	require.Equal(t, base.Limit, p.Limit, "what the environment says stays")
	require.Nil(t, base.Limits)
}
