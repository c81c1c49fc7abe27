package moves_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/moves"
)

// controlled is a Paxos that knows controls alone.
type controlled struct {
	all                       []identity.ControlRecord
	lookErr, setErr, endedErr error
	calls                     []string
}

func (p *controlled) Controls(_ context.Context, id string, _ bool) ([]identity.ControlRecord, error) {
	p.calls = append(p.calls, "look "+id)
	return p.all, p.lookErr
}

func (p *controlled) SetControl(_ context.Context, ask identity.ControlAsk) (identity.ControlRecord, error) {
	p.calls = append(p.calls, "set "+ask.PaxosID+" "+ask.Type+" "+ask.ReasonCode+" "+ask.Reason)
	return identity.ControlRecord{Control: identity.Control{ID: "c-new"}}, p.setErr
}

func (p *controlled) RemoveControl(_ context.Context, id, reason string) error {
	p.calls = append(p.calls, "end "+id+" "+reason)
	return p.endedErr
}

func TestControl(t *testing.T) {
	t.Parallel()
	const (
		set = `{"type":"CLOSED","reason_code":"OTHER","reason":"by phone"}`
		end = `{"end":"c-1","type":"CLOSED","reason":"over"}`
	)
	ours := func(change func(*identity.ControlRecord)) []identity.ControlRecord {
		c := identity.ControlRecord{
			Control: identity.Control{ID: "c-1", Type: "CLOSED", SetBy: "SET_BY_CLIENT", ReasonCode: "OTHER", CreatedAt: now},
			Reason:  "by phone",
		}
		if change != nil {
			change(&c)
		}
		return []identity.ControlRecord{c}
	}
	lost, gone := fault.New(fault.Lost, ""), fault.New(fault.NotFound, "")
	for name, tc := range map[string]struct {
		payload string
		lost    bool
		paxos   controlled
		end     string // what the store is told
		calls   []string
		id      string
	}{
		"sets it":                      {set, false, controlled{}, "done", []string{"set p1 CLOSED OTHER by phone"}, "c-new"},
		"its answer is lost":           {set, false, controlled{setErr: lost}, "lost", []string{"set p1 CLOSED OTHER by phone"}, ""},
		"it is there":                  {set, true, controlled{all: ours(nil)}, "done", []string{"look p1"}, "c-1"},
		"it is not there":              {set, true, controlled{}, "done", []string{"look p1", "set p1 CLOSED OTHER by phone"}, "c-new"},
		"an older one is there":        {set, true, controlled{all: ours(func(c *identity.ControlRecord) { c.CreatedAt = now.Add(-time.Hour) })}, "done", []string{"look p1", "set p1 CLOSED OTHER by phone"}, "c-new"},
		"the look fails":               {set, true, controlled{lookErr: lost}, "missed", []string{"look p1"}, ""},
		"ends it":                      {end, false, controlled{all: ours(nil)}, "done", []string{"end c-1 over"}, "c-1"},
		"it is Paxos' own":             {end, false, controlled{endedErr: &fault.Error{Kind: fault.Conflict, Code: identity.NotOverridable}}, "failed", []string{"end c-1 over"}, ""},
		"the answer to an end is lost": {end, false, controlled{endedErr: lost}, "lost", []string{"end c-1 over"}, ""},
		"it was over":                  {end, true, controlled{endedErr: gone}, "done", []string{"end c-1 over", "look p1"}, "c-1"},
		"the identity is unknown":      {end, false, controlled{endedErr: gone, lookErr: gone}, "failed", []string{"end c-1 over", "look p1"}, ""},
		"it is in force all the same":  {end, false, controlled{endedErr: gone, all: ours(nil)}, "failed", []string{"end c-1 over", "look p1"}, ""},
		"nothing that can be read":     {`{`, false, controlled{}, "failed", nil, ""},
	} {
		l := &line{payload: tc.payload}
		if tc.lost {
			l.move.LostSince = &now
		}
		require.NoError(t, l.run(t.Context(), moves.Control(&tc.paxos)), name)
		require.Equal(t, []string{"begin", tc.end}, l.calls, name)
		require.Equal(t, tc.calls, tc.paxos.calls, name)
		require.Equal(t, tc.id, l.result["control_id"], name)
	}
}
