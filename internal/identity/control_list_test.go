package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// What the desk did not see come and go Paxos' list tells; what both tell is told once.
func TestControlsThatPaxosTellsOf(t *testing.T) {
	t.Parallel()
	i := limited()
	const ours = "SET_BY_CLIENT, COMPLIANCE_EDD, overridable"
	history := []identity.Entry{{OccurredAt: minute(20), Changes: []identity.Change{{Field: "control DORMANT", Old: ours}}}, {
		OccurredAt: minute(40), Changes: []identity.Change{{Field: "control SELL_ONLY", Old: ours}},
	}}
	record := func(id, typ, why string, from, to int) identity.ControlRecord {
		c := identity.ControlRecord{Control: identity.Control{ID: id, Type: typ, SetBy: "SET_BY_CLIENT", CreatedAt: minute(from)}, Reason: why}
		if to > 0 {
			c.DeletedAt = minute(to)
		}
		return c
	}
	list := identity.ControlsOf([]identity.ControlRecord{
		record("c-1", identity.SellOnly, "in force", 50, 0), record("c-0", identity.Closed, "a pause", 1, 10), record("c-3", identity.Dormant, "inactive", 2, 19),
	}, minute(60))
	moves := []identity.OurMove{{Kind: identity.MoveControl, About: []string{identity.ControlSet, identity.Dormant}, Result: map[string]string{identity.ControlResult: "c-3"}}}
	active, past := i.ToldControls(history, moves, list)
	require.Equal(t, []string{"in force", ""}, []string{active[0].Reason, active[1].Reason})
	var told []string
	for _, c := range past {
		told = append(told, c.Type+" "+c.Reason+" "+c.Until.Format(time.TimeOnly))
	}
	at := func(n int) string { return minute(n).Format(time.TimeOnly) }
	require.Equal(t, []string{"SELL_ONLY  " + at(40), "DORMANT inactive " + at(19), "CLOSED a pause " + at(10)}, told)
	require.Equal(t, &moves[0], past[1].SetMove)
}

// A call is made only where there is something to find, and once until there is news.
func TestWhenControlsAreAskedFor(t *testing.T) {
	t.Parallel()
	free, gone, erased := identity.Identity{PaxosID: "px-1"}, limited(), minute(0)
	gone.ErasedAt = &erased
	line := func(field string, at int) []identity.Entry {
		return []identity.Entry{{ReceivedAt: minute(at), ProcessedAt: minute(at), Changes: []identity.Change{{Field: field}}}}
	}
	asked := identity.ControlList{AsOf: minute(10)}
	unsaid, _ := identity.Identity{}.Learn(answered(1), identity.Policy{}, minute(1))
	known, _ := unsaid.LearnControls(asked)
	heard := func(field, value string, at int) []identity.Entry {
		line := line(field, at)
		line[0].Kind, line[0].Changes[0].New = identity.EventHeard, value
		return line
	}
	moved := []identity.Entry{{Kind: identity.MoveStepped, Code: identity.MoveTold(identity.MoveControl, identity.StepDone), ProcessedAt: minute(11)}}
	for name, tc := range map[string]struct {
		i       identity.Identity
		list    identity.ControlList
		history []identity.Entry
		want    bool
	}{
		"has some, never asked":        {limited(), identity.ControlList{}, nil, true},
		"has some, asked":              {limited(), asked, nil, false},
		"had one, never asked":         {free, identity.ControlList{}, line("control CLOSED", 5), true},
		"had one, asked since":         {free, asked, line("control CLOSED", 5), false},
		"news since":                   {limited(), asked, line("control CLOSED", 11), true},
		"other news since":             {limited(), asked, line("requirement SCREENING_CHECK", 11), false},
		"no control was ever heard of": {free, identity.ControlList{}, line("requirement SCREENING_CHECK", 5), false},
		"the answer cannot tell":       {unsaid, identity.ControlList{}, nil, true},
		"nor does what was kept":       {unsaid, asked, nil, true},
		"it cannot, the list did":      {known, asked, nil, false},
		"an event since":               {known, asked, heard("event", identity.EventControlCreated, 11), true},
		"an event of an end since":     {known, asked, heard("event", identity.EventControlDeleted, 11), true},
		"another event since":          {known, asked, heard("event", identity.EventApproved, 11), false},
		"an event before":              {known, asked, heard("event", identity.EventControlCreated, 9), false},
		"a move of ours since":         {known, asked, moved, true},
		"erased":                       {gone, identity.ControlList{}, nil, false},
		"not at Paxos":                 {identity.Identity{}, identity.ControlList{}, line("control CLOSED", 5), false},
	} {
		require.Equal(t, tc.want, tc.i.OutdatesControls(tc.list, tc.history), name)
	}
}
