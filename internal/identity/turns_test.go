package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestTimesOf(t *testing.T) {
	t.Parallel()
	turn := func(m identity.Move, from, to string) identity.Turn {
		return identity.Turn{Move: m, From: at(from), To: maybe(to)}
	}
	const friday, monday = "2026-03-06 14:00", "2026-03-09 14:00"
	for name, c := range map[string]struct {
		turns []identity.Turn
		now   string
		want  identity.Times
	}{
		"none":                       {nil, monday, identity.Times{}},
		"Paxos' over a weekend":      {[]identity.Turn{turn("paxos", friday, monday)}, "2026-04-01 10:00", identity.Times{Paxos: 8 * time.Hour}},
		"ours over a weekend":        {[]identity.Turn{turn("ours", friday, monday)}, "2026-04-01 10:00", identity.Times{Ours: 8 * time.Hour}},
		"ours opens later":           {[]identity.Turn{turn("ours", "2026-03-09 09:00", monday)}, monday, identity.Times{Ours: 2 * time.Hour}},
		"Paxos' closes earlier":      {[]identity.Turn{turn("paxos", "2026-03-09 16:00", "2026-03-09 20:00")}, "2026-03-10 09:00", identity.Times{Paxos: time.Hour}},
		"the line's never rests":     {[]identity.Turn{turn("line", friday, monday)}, monday, identity.Times{Line: 72 * time.Hour}},
		"it lasts":                   {[]identity.Turn{turn("paxos", friday, "")}, monday, identity.Times{Paxos: 8 * time.Hour}},
		"it begins later":            {[]identity.Turn{turn("paxos", monday, "")}, friday, identity.Times{}},
		"nobody's counts for nobody": {[]identity.Turn{turn("none", friday, "")}, monday, identity.Times{}},
		"a weekend":                  {[]identity.Turn{turn("paxos", "2026-03-07 00:00", "2026-03-09 00:00"), turn("ours", "2026-03-07 00:00", "2026-03-09 00:00")}, monday, identity.Times{}},
		"each its own, together": {[]identity.Turn{
			turn("line", "2026-03-06 13:58", friday), turn("paxos", friday, "2026-03-06 15:00"), turn("ours", "2026-03-06 15:00", "2026-03-06 18:00"),
			turn("paxos", "2026-03-06 18:00", "2026-03-09 10:00"), turn("none", "2026-03-09 10:00", "2026-03-09 12:00"), turn("ours", "2026-03-09 12:00", ""),
		}, monday, identity.Times{Ours: 5 * time.Hour, Paxos: 2 * time.Hour, Line: 2 * time.Minute}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, identity.TimesOf(c.turns, policy(), at(c.now)))
		})
	}
}
