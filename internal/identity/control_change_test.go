package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// limited is somebody with a control of ours and one of Paxos'.
func limited() identity.Identity {
	return identity.Identity{PaxosID: "px-1", Status: identity.Approved, Details: identity.Details{Controls: []identity.Control{
		{ID: "c-1", Type: identity.SellOnly, SetBy: "SET_BY_CLIENT", Overridable: true},
		{ID: "c-2", Type: identity.Closed, SetBy: "SET_BY_PAXOS"},
	}}}
}

func TestControlChange(t *testing.T) {
	t.Parallel()
	const why = "asked by phone"
	for name, tc := range map[string]struct {
		change identity.ControlChange
		wrong  string // the field; empty where the change is good
		about  []string
		sells  identity.Can // after it
	}{
		"set one":                {identity.ControlChange{Type: "DORMANT", ReasonCode: "INACTIVITY", Reason: why}, "", []string{"set_control", "DORMANT"}, identity.CanNot},
		"one that Paxos has set": {identity.ControlChange{Type: "CLOSED", ReasonCode: "OTHER", Reason: why}, "type", nil, 0},
		"one that we have set":   {identity.ControlChange{Type: "SELL_ONLY", ReasonCode: "OTHER", Reason: why}, "type", nil, 0},
		"no type":                {identity.ControlChange{ReasonCode: "OTHER", Reason: why}, "type", nil, 0},
		"a freeze":               {identity.ControlChange{Type: "FROZEN", ReasonCode: "OTHER", Reason: why}, "type", nil, 0},
		"no code":                {identity.ControlChange{Type: "DORMANT", Reason: why}, "reason_code", nil, 0},
		"no words":               {identity.ControlChange{Type: "DORMANT", ReasonCode: "OTHER", Reason: " "}, "reason", nil, 0},
		"end ours":               {identity.ControlChange{End: "c-1", ReasonCode: "OTHER", Reason: " " + why + " "}, "", []string{"end_control", "SELL_ONLY"}, identity.CanNot},
		"end Paxos'":             {identity.ControlChange{End: "c-2", Reason: why}, "control_id", nil, 0},
		"end another":            {identity.ControlChange{End: "c-9", Reason: why}, "control_id", nil, 0},
		"end without words":      {identity.ControlChange{End: "c-1"}, "reason", nil, 0},
	} {
		i := limited()
		change := tc.change.Tidy(i)
		wrong := change.Check(i)
		if tc.wrong != "" {
			require.Len(t, wrong, 1, name)
			require.NotEmpty(t, wrong[tc.wrong], name)
			continue
		}
		require.Empty(t, wrong, name)
		require.Equal(t, tc.about, change.About(), name)
		require.Equal(t, tc.sells, change.Able(i).Sell, name)
	}
	ended := identity.ControlChange{End: "c-1", ReasonCode: "OTHER", Reason: "  over "}.Tidy(limited())
	require.Equal(t, identity.ControlChange{End: "c-1", Type: "SELL_ONLY", Reason: "over"}, ended)
	free := limited()
	free.Details.Controls = free.Details.Controls[:1]
	require.Equal(t, identity.CanDo, ended.Able(free).Buy)
	require.Equal(t, "Set, Sell only", identity.Label("set_control")+", "+identity.Label("SELL_ONLY"))
}

func TestControlsThatWere(t *testing.T) {
	t.Parallel()
	i := limited()
	changed := func(at int, old, value string) identity.Entry {
		return identity.Entry{Kind: identity.DetailChanged, OccurredAt: minute(at), Changes: []identity.Change{
			{Field: "requirement SCREENING_CHECK", New: "PENDING"}, {Field: "control SELL_ONLY", Old: old, New: value},
		}}
	}
	const ours, theirs = "SET_BY_CLIENT, COMPLIANCE_EDD, overridable", "SET_BY_PAXOS"
	history := []identity.Entry{
		changed(0, "", ours), changed(10, ours, ours+"; "+theirs), changed(20, ours+"; "+theirs, theirs), changed(21, ours+"; "+theirs, theirs),
		changed(30, theirs, ""),
	}
	move := func(what string, at int, result map[string]string) identity.OurMove {
		return identity.OurMove{Kind: identity.MoveControl, About: []string{what, identity.SellOnly}}.Ask(minute(at)).Begin(minute(at)).Do(result, minute(at))
	}
	moves := []identity.OurMove{
		move(identity.ControlSet, 50, map[string]string{identity.ControlResult: "c-1"}),
		move(identity.ControlEnd, 21, nil), move(identity.ControlSet, 1, nil),
	}
	active, past := i.ToldControls(history, moves, identity.ControlList{})
	require.Len(t, active, 2)
	require.Equal(t, &moves[0], active[0].SetMove)
	require.Nil(t, active[1].SetMove)
	require.Equal(t, []identity.ToldControl{
		{Control: identity.Control{Type: "SELL_ONLY", SetBy: "SET_BY_PAXOS"}, Since: minute(10), Until: minute(30)},
		{
			Control: identity.Control{Type: "SELL_ONLY", SetBy: "SET_BY_CLIENT", ReasonCode: "COMPLIANCE_EDD", Overridable: true},
			Since:   minute(0), Until: minute(20), SetMove: &moves[2], EndMove: &moves[1],
		},
	}, past)

	_, past = i.ToldControls([]identity.Entry{changed(9, theirs, "")}, nil, identity.ControlList{})
	require.Equal(t, []time.Time{{}, minute(9)}, []time.Time{past[0].Since, past[0].Until}, "since when it was in force is not known")
}
