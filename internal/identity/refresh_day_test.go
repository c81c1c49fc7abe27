package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// day is the start of a day, as a KYC refresh is dated.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestRefreshedAt(t *testing.T) {
	t.Parallel()
	now := at("2026-03-04 15:00")
	i := identity.Identity{CreatedAt: at("2020-05-06 07:00")}
	last := at("2024-03-04 15:00")
	for name, c := range map[string]struct {
		done, last time.Time
		want       string
	}{
		"today":                        {day("2026-03-04"), last, ""},
		"backdated":                    {day("2025-12-04"), last, ""},
		"none":                         {time.Time{}, last, "Enter the day"},
		"ahead":                        {day("2026-03-05"), last, "in the future"},
		"the day of the last, told so": {day("2024-03-04"), day("2024-03-04"), ""},
		"before one of the same day":   {day("2024-03-04"), last, "holds a refresh of this day"},
		"before the last":              {day("2024-03-03"), last, "before the last refresh, on 2024-03-04: enter that day or a later one"},
		"the day it was created":       {day("2020-05-06"), time.Time{}, ""},
		"before it was created":        {day("2020-05-05"), time.Time{}, "created at Paxos, on 2020-05-06: enter that day or a later one"},
		"long before":                  {day("1950-01-01"), last, "created at Paxos"},
	} {
		got := i.CheckRefreshedAt(c.done, c.last, now)
		if c.want == "" {
			require.Empty(t, got, name)
		} else {
			require.Contains(t, got, c.want, name)
		}
	}
}

func TestDoubtfulRefreshedAt(t *testing.T) {
	t.Parallel()
	now := at("2026-03-04 15:00")
	calm := identity.Identity{CreatedAt: at("2010-05-06 07:00")}
	asked := calm
	asked.Refresh = &identity.Refresh{StartedAt: at("2026-03-02 10:00"), EndsAt: at("2026-04-01 10:00")}
	for name, c := range map[string]struct {
		i    identity.Identity
		done time.Time
		want []string
	}{
		"today":                      {calm, day("2026-03-04"), nil},
		"a week back":                {calm, day("2026-02-25"), nil},
		"more than a week back":      {calm, day("2026-02-24"), []string{"8 days back", "1 to 3 years: the next one may be due from 2027-02-24 on", "Confirm"}},
		"a year back":                {calm, day("2025-01-30"), []string{"398 days back", "may be due at once"}},
		"the longest time back":      {calm, day("2023-03-04"), []string{"that time is over: the next one is due at once"}},
		"the day Paxos asked":        {asked, day("2026-03-02"), nil},
		"before Paxos asked":         {asked, day("2026-03-01"), []string{"before Paxos asked", "may be due from 2027-03-01 on"}},
		"long before Paxos asked":    {asked, day("2020-03-01"), []string{"before Paxos asked", "due at once"}},
		"the day of the last, asked": {asked, day("2026-03-03"), nil},
		"the day of the last":        {calm, day("2026-03-03"), []string{"taken a refresh of this day already"}},
	} {
		got := c.i.DoubtRefreshedAt(c.done, day("2026-03-03"), now)
		require.Equal(t, c.want == nil, got == "", "%s: %s", name, got)
		for _, want := range c.want {
			require.Contains(t, got, want, name)
		}
	}
}
