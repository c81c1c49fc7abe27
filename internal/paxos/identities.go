package paxos

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// pageSize is how many objects a list call asks for where the caller does not say.
const pageSize = 100

// Identity asks for one identity, with the members of an institution, without personal details. By is left to the caller.
func (c *Client) Identity(ctx context.Context, paxosID string) (identity.News, error) {
	if err := checkID(paxosID); err != nil {
		return identity.News{}, err
	}
	a, err := c.ask(ctx, request{
		method: http.MethodGet, route: "/identity/identities/{id}", path: "/identity/identities/" + url.PathEscape(paxosID),
		query: url.Values{"include_institution_members": {"true"}}, limit: bodyLimit, scope: readScope,
	})
	if err != nil {
		return identity.News{}, err
	}
	return a.news()
}

// news reads an answer that is one identity.
func (a answer) news() (identity.News, error) {
	record, err := readRecord(a.body)
	if err != nil {
		return identity.News{}, unreadable(err)
	}
	return identity.News{Record: record, AskedAt: a.askedAt, HeardAt: a.heardAt}, nil
}

// ListIdentities asks for a page of identities, oldest first. An item that cannot be read is left out and logged: one odd
// record must not keep all others from being known.
func (c *Client) ListIdentities(ctx context.Context, q identity.ListQuery) (identity.ListPage, error) {
	a, err := c.ask(ctx, request{
		method: http.MethodGet, route: "/identity/identities", path: "/identity/identities", query: listQuery(q),
		limit: listLimit, scope: readScope,
	})
	if err != nil {
		return identity.ListPage{}, err
	}
	var list struct {
		Items  []json.RawMessage `json:"items"`
		Cursor string            `json:"next_page_cursor"`
	}
	if json.Unmarshal(a.body, &list) != nil {
		return identity.ListPage{}, unreadable(errForm)
	}
	page := identity.ListPage{Cursor: list.Cursor, AskedAt: a.askedAt}
	for _, raw := range list.Items {
		record, err := readRecord(raw)
		if err != nil {
			c.log.LogAttrs(ctx, slog.LevelWarn, "an identity in paxos' list is left out", slog.Any("err", err))
			continue
		}
		page.Records = append(page.Records, record)
	}
	return page, nil
}

func listQuery(q identity.ListQuery) url.Values {
	v := url.Values{"order": {"ASC"}, "order_by": {"CREATED_AT"}}
	v.Set("limit", strconv.Itoa(pageSize))
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.Status != "" {
		v.Set("summary_status", string(q.Status))
	}
	if q.Cursor != "" {
		v.Set("page_cursor", q.Cursor)
	}
	setTime(v, "updated_at.gte", q.UpdatedSince)
	setTime(v, "created_at.gte", q.CreatedFrom)
	setTime(v, "created_at.lt", q.CreatedTo)
	return v
}

func setTime(v url.Values, name string, t time.Time) {
	if !t.IsZero() {
		v.Set(name, t.UTC().Format(time.RFC3339Nano))
	}
}

// unreadable is the fault of a 2xx whose body says nothing that is understood.
func unreadable(cause error) *fault.Error {
	if errors.Is(cause, errNoID) {
		return lost("no_id", cause)
	}
	return lost("unreadable", cause)
}

// checkID refuses what would make another path of the address. Ids come from outside, webhooks included.
func checkID(id string) error {
	if id == "" || id == "." || id == ".." || len(id) > 200 {
		return &fault.Error{Kind: fault.Invalid, Text: "This is no id that Paxos could know.", Code: "bad_id"}
	}
	return nil
}
