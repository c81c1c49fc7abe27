package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// office is a calendar for tests: Monday to Friday, 09:00 to 17:00 UTC, shifted by some hours, no holidays.
type office struct{ shift time.Duration }

func (o office) open(t time.Time) bool {
	t = t.UTC().Add(-o.shift)
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && t.Hour() >= 9 && t.Hour() < 17
}

// AddBusinessDays walks minute by minute, which is slow and plainly right.
func (o office) AddBusinessDays(t time.Time, n int) time.Time {
	step, left := time.Minute, n*8*60
	if n < 0 {
		step, left = -time.Minute, -left
	}
	for left > 0 {
		at := t
		if step < 0 {
			at = t.Add(step)
		}
		if o.open(at) {
			left--
		}
		t = t.Add(step)
	}
	return t
}

// AddWork walks minute by minute too.
func (o office) AddWork(t time.Time, d time.Duration) time.Time {
	for left := d; left > 0; t = t.Add(time.Minute) {
		if o.open(t) {
			left -= time.Minute
		}
	}
	return t
}

func (office) Day() time.Duration { return 8 * time.Hour }

func (o office) WorkingBetween(a, b time.Time) time.Duration {
	var sum time.Duration
	for ; a.Before(b); a = a.Add(time.Minute) {
		if o.open(a) {
			sum += time.Minute
		}
	}
	return sum
}

func TestOffice(t *testing.T) {
	t.Parallel()
	o := office{}
	require.Equal(t, at("2026-03-09 14:00"), o.AddBusinessDays(at("2026-03-06 14:00"), 1)) // Friday to Monday
	require.Equal(t, at("2026-03-06 14:00"), o.AddBusinessDays(at("2026-03-09 14:00"), -1))
	require.Equal(t, 8*time.Hour, o.WorkingBetween(at("2026-03-06 14:00"), at("2026-03-09 14:00")))
}

// at reads a moment in UTC.
func at(s string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05.000"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	panic("not a time: " + s)
}

func ptr(s string) *time.Time { return new(at(s)) }

// policy gives Paxos the office hours of UTC, and us those three hours later, so that a mixed-up calendar shows.
func policy() identity.Policy {
	return identity.Policy{
		Limit: identity.Limit{BusinessDays: 1}, Paxos: office{}, Ours: office{shift: 3 * time.Hour},
	}
}

func plainPolicy(d time.Duration) identity.Policy {
	p := policy()
	p.Limit = identity.Limit{Plain: d}
	return p
}
