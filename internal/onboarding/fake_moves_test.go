package onboarding_test

import (
	"context"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// asked are the moves of the store in memory.
type asked struct {
	moves    []identity.OurMove
	payloads []string
	same     *identity.OurMove // what a first click has queued; nil for none

	refreshed *time.Time
}

func (c *cache) QueueMove(_ context.Context, m identity.OurMove, payload []byte, e audit.Entry) (identity.OurMove, error) {
	m.ID = "m1"
	if err := c.write("queue "+string(m.Kind), e); err != nil {
		return m, err
	}
	c.asked.moves, c.asked.payloads = append(c.asked.moves, m), append(c.asked.payloads, string(payload))
	return m, nil
}

func (c *cache) SameMove(_ context.Context, m identity.OurMove, payload []byte) (identity.OurMove, bool, error) {
	if n := len(c.asked.payloads); c.asked.same == nil || n == 0 || c.asked.payloads[n-1] != string(payload) {
		return m, false, nil
	}
	return *c.asked.same, true, nil
}

func (c *cache) Refreshes(context.Context, identity.RefreshFilter) (identity.RefreshPage, error) {
	return identity.RefreshPage{Total: 1}, nil
}

func (c *cache) RefreshCounts(
	context.Context, identity.RefreshFilter, identity.RefreshCalendar, []identity.RefreshSpan,
) ([]identity.RefreshCount, error) {
	return nil, nil
}

func (c *cache) RefreshTold(context.Context, string) (identity.RefreshTold, error) {
	return identity.RefreshTold{LastAt: c.asked.refreshed}, nil
}

func (c *cache) Moves(context.Context, string) ([]identity.OurMove, error) { return c.asked.moves, nil }

func (c *cache) Move(_ context.Context, id string) (identity.OurMove, error) {
	for _, m := range c.asked.moves {
		if m.ID == id {
			return m, nil
		}
	}
	return identity.OurMove{}, fault.New(fault.NotFound, "No such move.")
}

func (c *cache) MoveFailures(context.Context, string) (map[string]identity.MoveRefusal, error) {
	return map[string]identity.MoveRefusal{"m1": {Failure: identity.Failure{Code: identity.Refused, Text: "Paxos' words"}}}, nil
}

func (c *cache) MoveReasons(context.Context, string) (map[string]identity.MoveReason, error) {
	return map[string]identity.MoveReason{"m1": {Text: "our words"}}, nil
}

func (c *cache) TryMoveAgain(_ context.Context, id string, e audit.Entry) error {
	return c.write("again "+id, e)
}

func (c *cache) WithdrawMove(_ context.Context, id string, e audit.Entry) error {
	return c.write("withdraw "+id, e)
}
