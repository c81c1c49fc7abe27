package paxos

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"identitydesk/internal/identity"
)

// PersonalData asks for everything that Paxos holds of one identity, fields that the desk does not know included. The answer is for
// the person who asked: it is not stored and not logged.
func (c *Client) PersonalData(ctx context.Context, paxosID string) (identity.PersonalData, error) {
	body, err := c.details(ctx, paxosID)
	if err != nil {
		return nil, err
	}
	data, err := identity.ReadPersonalData(body)
	if err != nil {
		return nil, unreadable(errForm)
	}
	return data, nil
}

// Held asks for what Paxos holds of one person, in the form in which it can be changed, and for the status that goes with it. Like
// PersonalData it is not stored and not logged.
func (c *Client) Held(ctx context.Context, paxosID string) (identity.Draft, identity.Status, error) {
	body, err := c.details(ctx, paxosID)
	if err != nil {
		return identity.Draft{}, "", err
	}
	var about struct {
		Status        identity.Status `json:"status"`
		SummaryStatus identity.Status `json:"summary_status"`
	}
	d, err := identity.ReadDraft(body)
	if err != nil || json.Unmarshal(body, &about) != nil {
		return identity.Draft{}, "", unreadable(errForm)
	}
	return d, cmp.Or(about.Status, about.SummaryStatus), nil
}

// HeldRefresh gives what Paxos' record says of KYC refreshes.
func (c *Client) HeldRefresh(ctx context.Context, paxosID string) (identity.RefreshHeld, error) {
	if err := checkID(paxosID); err != nil {
		return identity.RefreshHeld{}, err
	}
	a, err := c.ask(ctx, request{
		method: http.MethodGet, route: "/identity/identities/{id}", path: "/identity/identities/" + url.PathEscape(paxosID),
		limit: bodyLimit, scope: readScope,
	})
	if err != nil {
		return identity.RefreshHeld{}, err
	}
	record, err := readRecord(a.body)
	var about struct {
		LastAt moment `json:"last_kyc_refresh_date"`
	}
	if err != nil || json.Unmarshal(a.body, &about) != nil {
		return identity.RefreshHeld{}, unreadable(errForm)
	}
	asked := identity.Identity{Details: record.Details}.AwaitsRefresh()
	return identity.RefreshHeld{LastAt: about.LastAt.Time, Asked: asked, UpdatedAt: record.UpdatedAt}, nil
}

// details is Paxos' answer about one identity with all that it holds.
func (c *Client) details(ctx context.Context, paxosID string) ([]byte, error) {
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
	return a.body, nil
}
