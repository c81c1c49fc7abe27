package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"
)

const (
	setByPaxos  = "SET_BY_PAXOS"
	setByClient = "SET_BY_CLIENT"

	controlFrozen   = "FROZEN"
	controlSellOnly = "SELL_ONLY"
)

// controlsAnswer is a page of the controls of one identity.
type controlsAnswer struct {
	Items []control `json:"items"`
	Next  string    `json:"next_page_cursor,omitempty"`
}

func (e *Emulator) listControls(r *http.Request) (any, error) {
	q := r.URL.Query()
	withDeleted, err := flag(q, "include_deleted")
	if err != nil {
		return nil, err
	}
	limit, err := parseLimit(q, defaultPage, largestPage)
	if err != nil {
		return nil, err
	}
	after, err := parseCursor(q.Get("page_cursor"))
	if err != nil {
		return nil, err
	}
	if err := required("identity_id", q.Get("identity_id"))(); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec := e.data.byID[q.Get("identity_id")]
	if rec == nil {
		return nil, notFound("identity")
	}
	all := rec.answeredControls(rec.Controls)
	if withDeleted {
		all = append(all, rec.answeredControls(rec.PastControls)...)
	}
	return controlPage(all, after, limit)
}

// controlPage is a page of controls, oldest first.
func controlPage(all []control, after *position, limit int) (any, error) {
	slices.SortFunc(all, func(a, b control) int { return comparePosition(a.position(), b.position()) })
	if after != nil {
		all = slices.DeleteFunc(all, func(c control) bool { return comparePosition(c.position(), *after) <= 0 })
	}
	if len(all) <= limit {
		return controlsAnswer{Items: append([]control{}, all...)}, nil
	}
	next, err := all[limit-1].position().encode()
	return controlsAnswer{Items: all[:limit], Next: next}, err
}

func (c control) position() position { return position{c.CreatedAt, c.ID} }

// answeredControls adds the reasons that clients gave, which are kept apart
// since they count as personal data.
func (r *record) answeredControls(of []control) []control {
	out := append([]control{}, of...)
	for i, c := range out {
		out[i].Reason = orElse(r.details.Reasons[c.ID], c.Reason)
	}
	return out
}

// controlBody is what POST /identity/controls takes.
type controlBody struct {
	IdentityID string `json:"identity_id"`
	Type       string `json:"type"`
	ReasonCode string `json:"reason_code"`
	Reason     string `json:"reason"`
}

func (b controlBody) check() error {
	return firstOf(
		required("identity_id", b.IdentityID),
		required("type", b.Type), oneOf("type", b.Type, "client control type"),
		required("reason_code", b.ReasonCode), oneOf("reason_code", b.ReasonCode, "reason_code"),
	)
}

// createControl sets a control for the client. Paxos states no rule against a
// second one of the same type, so a repeated call makes a second one.
func (e *Emulator) createControl(r *http.Request) (any, error) {
	var body controlBody
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	if err := body.check(); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec := e.data.byID[body.IdentityID]
	if rec == nil {
		return nil, notFound("identity")
	}
	set := e.clientControl(rec, body, e.now())
	e.changed()
	return set, nil
}

// clientControl puts a client's control in force. The caller holds the lock.
func (e *Emulator) clientControl(rec *record, b controlBody, now time.Time) control {
	set := control{ID: e.newID(), Type: b.Type, SetBy: setByClient, Overridable: true, ReasonCode: b.ReasonCode, CreatedAt: now}
	rec.Controls = append(slices.Clone(rec.Controls), set)
	if b.Reason != "" {
		d := rec.details.clone()
		d.Reasons = orMake(d.Reasons)
		d.Reasons[set.ID] = b.Reason
		rec.setDetails(d)
	}
	rec.touch(now)
	e.emit(rec, eventControlCreated, objectControl, map[string]any{}, now)
	set.Reason = b.Reason
	return set
}

func orMake(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// controlNamed reads which control to delete: from the query, from the body, or
// from both where they agree.
func controlNamed(r *http.Request) (string, error) {
	var body struct {
		ID string `json:"id"`
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return "", badRequest("the body could not be read")
	}
	if len(raw) > 0 && json.Unmarshal(raw, &body) != nil {
		return "", badRequest("the body is not valid JSON")
	}
	id := orElse(r.URL.Query().Get("control_id"), body.ID)
	if body.ID != "" && body.ID != id {
		return "", badRequest("control_id and id name two controls")
	}
	return id, required("control_id", id)()
}

func (e *Emulator) deleteControl(r *http.Request) (any, error) {
	id, err := controlNamed(r)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec, c, err := e.activeControl(id)
	if err != nil {
		return nil, err
	}
	if !c.Overridable {
		return nil, badRequest("the identity control is not overridable")
	}
	e.endControl(rec, id, e.now())
	e.changed()
	return struct{}{}, nil
}

// activeControl finds a control in force. The caller holds the lock.
func (e *Emulator) activeControl(id string) (*record, control, error) {
	for _, rec := range e.data.records {
		for _, c := range rec.Controls {
			if c.ID == id {
				return rec, c, nil
			}
		}
	}
	return nil, control{}, notFound("identity control")
}

// endControl takes a control out of force and tells of it; that a freeze ends
// is told by no event, as that it began.
func (e *Emulator) endControl(rec *record, id string, at time.Time) {
	i := slices.IndexFunc(rec.Controls, func(c control) bool { return c.ID == id })
	if i < 0 {
		return
	}
	past := rec.Controls[i]
	past.DeletedAt = &at
	rec.PastControls = append(slices.Clone(rec.PastControls), past)
	rec.Controls = slices.Delete(slices.Clone(rec.Controls), i, i+1)
	rec.touch(at)
	if past.Type != controlFrozen {
		e.emit(rec, eventControlDeleted, objectControl, map[string]any{}, at)
	}
}

// endPaxosControls ends those of a type that Paxos set for a reason that is over.
func (e *Emulator) endPaxosControls(rec *record, typ, reason string, at time.Time) {
	for _, c := range slices.Clone(rec.Controls) {
		if c.SetBy == setByPaxos && c.Type == typ && c.Reason == reason {
			e.endControl(rec, c.ID, at)
		}
	}
}
