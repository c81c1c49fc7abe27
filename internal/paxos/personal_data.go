package paxos

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"identitydesk/internal/identity"
)

// PersonalData asks for everything that Paxos holds of one identity, fields that the desk does not know included. The answer is for
// the person who asked: it is not stored and not logged.
func (c *Client) PersonalData(ctx context.Context, paxosID string) (identity.PersonalData, error) {
	if err := checkID(paxosID); err != nil {
		return nil, err
	}
	a, err := c.ask(ctx, request{
		method: http.MethodGet, route: "/identity/identities/{id}", path: "/identity/identities/" + url.PathEscape(paxosID),
		query: url.Values{"include_details": {"true"}}, limit: bodyLimit, scope: readScope,
	})
	if err != nil {
		return nil, err
	}
	var about struct {
		ID string `json:"id"`
	}
	switch {
	case json.Unmarshal(a.body, &about) != nil:
		return nil, unreadable(errForm)
	case about.ID != paxosID: // somebody else's data must not be shown for this person's
		return nil, unreadable(errNoID)
	}
	data, err := identity.ReadPersonalData(a.body)
	if err != nil {
		return nil, unreadable(errForm)
	}
	return data, nil
}
