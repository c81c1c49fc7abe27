package paxos

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"identitydesk/internal/identity"
)

const (
	controlsRoute = "/identity/controls"
	accountsRoute = "/identity/accounts"

	mostPages = 10
)

// wireFullControl is a control with what only its own calls tell.
type wireFullControl struct {
	wireControl
	Reason    string `json:"reason"`
	DeletedAt moment `json:"deleted_at"`
}

func (w wireFullControl) record() identity.ControlRecord {
	return identity.ControlRecord{
		Control: identity.Control{
			ID: w.ID, Type: w.Type, SetBy: w.SetBy, Overridable: w.Overridable, ReasonCode: w.ReasonCode, CreatedAt: w.CreatedAt.Time,
		},
		Reason: w.Reason, DeletedAt: w.DeletedAt.Time,
	}
}

// Controls asks for the controls of an identity, with those that were taken out of force where deleted is asked for. It changes
// nothing.
func (c *Client) Controls(ctx context.Context, paxosID string, deleted bool) ([]identity.ControlRecord, error) {
	if err := checkID(paxosID); err != nil {
		return nil, err
	}
	list, err := pages[wireFullControl](ctx, c, request{
		method: http.MethodGet, route: controlsRoute, path: controlsRoute, limit: listLimit, scope: readControlScope,
		query: url.Values{"identity_id": {paxosID}, "include_deleted": {strconv.FormatBool(deleted)}, "limit": {"1000"}},
	}, mostPages)
	if err != nil {
		return nil, err
	}
	all := make([]identity.ControlRecord, 0, len(list))
	for _, w := range list {
		all = append(all, w.record())
	}
	return all, nil
}

// SetControl sets a control. It is not idempotent: Paxos states no rule against a second one of the same type. After a Lost answer
// ask for the Controls first, and see with [identity.ControlAsk.Found] whether it is there.
func (c *Client) SetControl(ctx context.Context, ask identity.ControlAsk) (identity.ControlRecord, error) {
	sent := controlBody{PaxosID: ask.PaxosID, Type: ask.Type, ReasonCode: ask.ReasonCode, Reason: ask.Reason}
	body, err := json.Marshal(sent)
	if err != nil {
		return identity.ControlRecord{}, unwritten()
	}
	a, err := c.move(ctx, request{
		method: http.MethodPost, route: controlsRoute, path: controlsRoute, body: body, limit: bodyLimit, scope: writeControlScope,
	}, submission{sent: ask.Reason, form: formOf[controlBody]()})
	if err != nil {
		return identity.ControlRecord{}, err
	}
	var w wireFullControl
	if json.Unmarshal(a.body, &w) != nil {
		return identity.ControlRecord{}, unreadable(errForm)
	}
	if w.ID == "" {
		return identity.ControlRecord{}, unreadable(errNoID)
	}
	return w.record(), nil
}

type controlBody struct {
	PaxosID    string `json:"identity_id"`
	Type       string `json:"type"`
	ReasonCode string `json:"reason_code"`
	Reason     string `json:"reason,omitempty"`
}

// RemoveControl takes a control out of force. Called twice, the second call gives NotFound: it is gone. One that is Paxos' own gives a
// Conflict of code [identity.NotOverridable]. Paxos describes the call in two ways; both are sent, so that the reason stands in the
// address as well: it goes to Paxos alone, and no address is logged.
func (c *Client) RemoveControl(ctx context.Context, id, reason string) error {
	if err := checkID(id); err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"id": id, "reason": reason})
	if err != nil {
		return unwritten()
	}
	_, err = c.move(ctx, request{
		method: http.MethodDelete, route: controlsRoute, path: controlsRoute, query: url.Values{"control_id": {id}, "reason": {reason}},
		body: body, limit: bodyLimit, scope: writeControlScope,
	}, submission{sent: reason})
	return err
}
