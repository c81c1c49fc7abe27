package paxos

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"identitydesk/internal/identity"
)

// wireEvent is what is read of Paxos' event.
type wireEvent struct {
	ID        string          `json:"id"`
	Type      string          `json:"type"`
	Object    json.RawMessage `json:"object"`
	CreatedAt moment          `json:"created_at"`
	IsTest    bool            `json:"is_test"`
}

// wireObject is what is read of the objects of identity events, of all types in one.
type wireObject struct {
	IdentityID  string   `json:"identity_id"`
	OldStatus   string   `json:"old_summary_status"`
	NewStatus   string   `json:"new_summary_status"`
	Documents   []string `json:"required_documents"`
	RefreshLast moment   `json:"last_kyc_refresh_date"`
	RefreshNext moment   `json:"next_kyc_refresh_date"`
}

// Event asks for one event. Its state and the like are left to the caller. An event about something else, or of an object
// that is not understood, has an empty PaxosID.
func (c *Client) Event(ctx context.Context, id string, isTest bool) (identity.Event, error) {
	if err := checkID(id); err != nil {
		return identity.Event{}, err
	}
	r := request{
		method: http.MethodGet, route: "/events/{id}", path: "/events/" + url.PathEscape(id), limit: bodyLimit, scope: eventsScope,
	}
	if isTest {
		r.query = url.Values{"is_test": {"true"}}
	}
	a, err := c.ask(ctx, r)
	if err != nil {
		return identity.Event{}, err
	}
	e, err := readEvent(a.body)
	if err != nil {
		return identity.Event{}, unreadable(err)
	}
	e.IsTest = e.IsTest || isTest
	return e, nil
}

// ListEvents asks for up to q.Limit events (1 to 100; 100 where 0) that happened after a time, oldest first. What is not an
// event is left out and logged.
func (c *Client) ListEvents(ctx context.Context, q identity.EventQuery) ([]identity.Event, error) {
	if q.Limit < 1 || q.Limit > pageSize {
		q.Limit = pageSize
	}
	query := url.Values{"limit": {strconv.Itoa(q.Limit)}}
	setTime(query, "created_at.gt", q.After)
	if q.Type != "" {
		query.Set("type", q.Type)
	}
	a, err := c.ask(ctx, request{
		method: http.MethodGet, route: "/events", path: "/events", query: query, limit: listLimit, scope: eventsScope,
	})
	if err != nil {
		return nil, err
	}
	var list struct {
		Events []json.RawMessage `json:"events"`
	}
	if json.Unmarshal(a.body, &list) != nil {
		return nil, unreadable(errForm)
	}
	var all []identity.Event
	for _, raw := range list.Events {
		e, err := readEvent(raw)
		if err != nil {
			c.log.LogAttrs(ctx, slog.LevelWarn, "an event in paxos' list is left out", slog.Any("err", err))
			continue
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b identity.Event) int { return a.OccurredAt.Compare(b.OccurredAt) })
	return all, nil
}

// readEvent reads one event. It gives errForm, or errNoID, for what is none.
func readEvent(raw []byte) (identity.Event, error) {
	var w wireEvent
	if json.Unmarshal(raw, &w) != nil {
		return identity.Event{}, errForm
	}
	if w.ID == "" {
		return identity.Event{}, errNoID
	}
	var o wireObject
	// Objects of other events have forms of their own; what has the name and the type of a field is read.
	_ = json.Unmarshal(w.Object, &o)
	return identity.Event{
		ID:          w.ID,
		Type:        w.Type,
		IsTest:      w.IsTest,
		OccurredAt:  w.CreatedAt.Time,
		PaxosID:     o.IdentityID,
		OldStatus:   identity.Status(o.OldStatus),
		NewStatus:   identity.Status(o.NewStatus),
		Documents:   o.Documents,
		RefreshLast: o.RefreshLast.Time,
		RefreshNext: o.RefreshNext.Time,
	}, nil
}
