package inbox_test

import (
	"context"
	"slices"

	"identitydesk/internal/identity"
)

// holes is a client that leaves one event out of every list that has it, as it does with what it cannot read.
type holes struct{ at }

func (h holes) ListEvents(ctx context.Context, q identity.EventQuery) ([]identity.Event, error) {
	page, err := h.at.ListEvents(ctx, q)
	return slices.DeleteFunc(page, func(e identity.Event) bool { return e.ID == "e50" }), err
}

// timeless is a Paxos that gives the same events whatever time is asked for.
type timeless struct{ at }

func (h timeless) ListEvents(context.Context, identity.EventQuery) ([]identity.Event, error) {
	return h.events, h.call("events")
}

// circular is a Paxos whose second page says that it is followed by itself.
type circular struct{ at }

func (c circular) ListIdentities(ctx context.Context, q identity.ListQuery) (identity.ListPage, error) {
	page, err := c.at.ListIdentities(ctx, q)
	page.Cursor = "1"
	return page, err
}
