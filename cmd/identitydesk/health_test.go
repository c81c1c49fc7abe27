package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/store"
	"identitydesk/views"
)

// signs are what a store tells of its health, and how often it was asked.
type signs struct {
	jobs       map[string]int64
	pulse      store.Pulse
	err        error
	asked, fed int
}

func (s *signs) JobCounts(context.Context) (map[string]int64, error) {
	s.asked++
	return s.jobs, s.err
}

func (s *signs) Pulse(context.Context, time.Duration) (store.Pulse, error) {
	s.fed++
	return s.pulse, s.err
}

func TestHealthIsAskedForSeldom(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	s := &signs{jobs: map[string]int64{"event parked": 2, "recheck parked": 1, "recheck ready": 3, "recheck later": 4, "submit running": 1, "event later": 9, "move:correct later": 2, "move:control ready": 1, "move:correct parked": 1, "upload later": 4}}
	h := newHealth(s, func() time.Time { return now })
	for range 100 {
		v := h.vitals(t.Context())
		require.Equal(t, views.Parked{Events: 2, Others: 2}, v.parked())
		require.Equal(t, views.Waiting{Submissions: 1, Moves: 3, Documents: 4, Rechecks: 7, Events: 9}, v.waiting())
	}
	require.Equal(t, 1, s.asked)
	now = now.Add(vitalsFor)
	s.jobs = map[string]int64{"event parked": 3}
	require.EqualValues(t, 3, h.vitals(t.Context()).parked().Events)
	require.Equal(t, 1, s.fed)
	now = now.Add(pulseFor)
	s.err = errors.New("disk I/O error")
	require.EqualValues(t, 3, h.vitals(t.Context()).parked().Events, "what cannot be read stays as it was")
	require.Equal(t, 2, s.fed)

	h.looking.Lock()
	now = now.Add(time.Hour)
	require.EqualValues(t, 3, h.vitals(t.Context()).parked().Events, "nobody waits for another's look")
	h.looking.Unlock()
}

func TestSilence(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		events      int64
		pause, past time.Duration
		silent      bool
	}{
		"no events yet":             {0, 0, 0, false},
		"too few to tell":           {19, time.Minute, 50 * time.Hour, false},
		"as usual":                  {500, 9 * time.Hour, 18 * time.Hour, false},
		"longer than usual":         {500, 9 * time.Hour, 18*time.Hour + time.Second, true},
		"a lively line, an hour":    {500, time.Minute, time.Hour, false},
		"a lively line, and longer": {500, time.Minute, time.Hour + time.Second, true},
	} {
		v := vitals{pulse: store.Pulse{Events: c.events, Last: now.Add(-c.past), LongestPause: c.pause}}
		silence := v.silence(now)
		require.Equal(t, c.silent, silence != nil, name)
		if c.silent {
			require.Equal(t, views.Silence{Since: now.Add(-c.past), Usual: c.pause}, *silence)
		}
	}
}
