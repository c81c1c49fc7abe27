package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestClaimReleaseTouch(t *testing.T) {
	t.Parallel()
	woken := identity.Casework{WokeAt: ptr(created), Woke: identity.WokeByNews}
	mine := woken.Claim("ada", at("2026-03-02 11:00"))
	require.Equal(t, identity.Casework{Assignee: "ada", AssignedAt: ptr("2026-03-02 11:00"), ActiveAt: ptr("2026-03-02 11:00")}, mine)

	for name, c := range map[string]struct{ got, want identity.Casework }{
		"claimed again": {mine.Claim("ada", at("2026-03-02 12:00")), identity.Casework{
			Assignee: "ada", AssignedAt: ptr("2026-03-02 11:00"), ActiveAt: ptr("2026-03-02 12:00"),
		}},
		"claimed by another": {mine.Claim("ben", at("2026-03-02 12:00")), identity.Casework{
			Assignee: "ben", AssignedAt: ptr("2026-03-02 12:00"), ActiveAt: ptr("2026-03-02 12:00"),
		}},
		"touched": {mine.Touch("ada", at("2026-03-02 12:00")), identity.Casework{
			Assignee: "ada", AssignedAt: ptr("2026-03-02 11:00"), ActiveAt: ptr("2026-03-02 12:00"),
		}},
		"touched by another":       {mine.Touch("ben", at("2026-03-02 12:00")), mine},
		"touched, nobody's":        {woken.Touch("ada", at("2026-03-02 12:00")), identity.Casework{}},
		"touched by nobody":        {identity.Casework{}.Touch("", at("2026-03-02 12:00")), identity.Casework{}},
		"released":                 {mine.Release(), identity.Casework{}},
		"released with its waking": {withWaking(mine).Release(), woken},
	} {
		require.Equal(t, c.want, c.got, name)
	}
	require.Equal(t, ptr("2026-03-02 11:00"), mine.ActiveAt, "what was handed in is left as it was")
}

func withWaking(c identity.Casework) identity.Casework {
	c.WokeAt, c.Woke = ptr(created), identity.WokeByNews
	return c
}

func TestSleepAndWake(t *testing.T) {
	t.Parallel()
	until := at("2026-03-04 09:00")
	for name, c := range map[string]identity.Casework{
		"nobody's":           {},
		"theirs":             identity.Casework{}.Claim("ada", at(created)),
		"another's":          identity.Casework{}.Claim("ben", at(created)),
		"woken before":       withWaking(identity.Casework{}),
		"asleep until later": identity.Casework{}.Sleep(identity.Snooze{Until: until.AddDate(0, 0, 5)}, "ben", at(created)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slept := c.Sleep(identity.Snooze{Until: until, UntilEvent: true, Reason: "waits for the bank"}, "ada", at("2026-03-02 11:00"))
			require.Equal(t, &until, slept.SnoozedUntil)
			require.Equal(t, "ada", slept.SnoozedBy)
			require.True(t, slept.UntilEvent)
			require.Nil(t, slept.WokeAt)
			require.Empty(t, slept.Woke)
			require.Equal(t, c.Assignee, slept.Assignee)
			if c.Assignee == "ada" {
				require.Equal(t, ptr("2026-03-02 11:00"), slept.ActiveAt, "to snooze is to act")
			} else {
				require.Equal(t, c.ActiveAt, slept.ActiveAt)
			}
			require.True(t, slept.Snoozed(until.Add(-time.Millisecond)))
			require.False(t, slept.Snoozed(until), "its time has come")

			woke := slept.Wake(identity.WokeByTime, until)
			require.False(t, woke.Snoozed(at("2026-03-02 11:00")))
			require.Nil(t, woke.SnoozedUntil)
			require.Empty(t, woke.SnoozedBy)
			require.False(t, woke.UntilEvent)
			require.Equal(t, &until, woke.WokeAt)
			require.Equal(t, identity.WokeByTime, woke.Woke)
			if c.Assignee == "" {
				require.Nil(t, woke.ActiveAt)
			} else {
				require.Equal(t, &until, woke.ActiveAt, "the claim is not idle for having slept")
			}
			require.Equal(t, woke, woke.Wake(identity.WokeByNews, until.Add(time.Hour)), "what is awake stays as it is")
			require.Nil(t, woke.Claim("cem", until.Add(time.Hour)).WokeAt, "somebody has seen it")
		})
	}
}

func TestIdleBefore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit     identity.Limit
		now, want string
	}{
		"a business day of ours":   {identity.Limit{BusinessDays: 1}, "2026-03-03 15:00", "2026-03-02 15:00"},
		"over a weekend":           {identity.Limit{BusinessDays: 1}, "2026-03-09 15:00", "2026-03-06 15:00"},
		"on a Sunday":              {identity.Limit{BusinessDays: 1}, "2026-03-08 15:00", "2026-03-06 12:00"},
		"before we open":           {identity.Limit{BusinessDays: 1}, "2026-03-03 11:59", "2026-03-02 12:00"},
		"two hours, day and night": {identity.Limit{Plain: 2 * time.Hour}, "2026-03-08 01:00", "2026-03-07 23:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := policy().With(identity.Settings{IdleRelease: c.limit})
			require.Equal(t, at(c.want), p.IdleBefore(at(c.now)))
		})
	}
	require.True(t, policy().IdleBefore(at(created)).IsZero(), "claims last for ever")
}
