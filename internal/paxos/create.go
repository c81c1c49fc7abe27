package paxos

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// createBody is the body of a create: the draft's own fields, less a due diligence of which nothing was given.
type createBody struct {
	identity.Draft
	DueDiligence identity.DueDiligence `json:"customer_due_diligence,omitzero"`
}

// CreateIdentity submits a draft. Its faults are the place where Paxos' own words come through, since the words show what to
// mend: every submitted value is cut out of them. A Conflict has *identity.Exists as its cause.
func (c *Client) CreateIdentity(ctx context.Context, d identity.Draft) (identity.News, error) {
	d.Person.VerifierType = "PASSTHROUGH"
	body, err := json.Marshal(createBody{Draft: d, DueDiligence: d.DueDiligence})
	if err != nil {
		return identity.News{}, fault.Wrap(fault.Internal, "The submission cannot be written as JSON.", errForm)
	}
	news, err := c.create(ctx, body, submission{sent: d, refID: d.RefID, form: formOf[identity.Draft]()})
	if err != nil {
		return identity.News{}, err
	}
	news.By = identity.BySubmit
	return news, nil
}

// submission is what a person sent, for the words about what is wrong with it.
type submission struct {
	sent  any // its values are cut out of Paxos' words
	refID string
	form  form
}

func (c *Client) create(ctx context.Context, body []byte, s submission) (identity.News, error) {
	a, err := c.submit(ctx, request{
		method: http.MethodPost, route: "/identity/identities", path: "/identity/identities", body: body,
		limit: bodyLimit, scope: writeScope,
	}, s)
	if err != nil {
		return identity.News{}, err
	}
	return a.news()
}

// submit makes a call about an identity's details, and gives an answer of 2xx or a fault that says what to mend.
func (c *Client) submit(ctx context.Context, r request, s submission) (answer, error) {
	a, err := c.do(ctx, r)
	switch {
	case err != nil:
		return a, err
	case a.status == http.StatusConflict:
		return a, conflict(s.refID, a)
	case a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity:
		return a, c.refused(s, a)
	case !a.ok():
		return a, c.refusal(ctx, r, a)
	}
	return a, nil
}

// conflict is the fault of a create that clashes with a record that Paxos holds.
func conflict(refID string, a answer) *fault.Error {
	p := readProblem(a.body)
	var w wireIdentity
	_ = json.Unmarshal(p.Meta.existing, &w) // may be partial or missing: what is there is used
	e := &identity.Exists{Record: w.record(), Field: clash(refID, w.RefID, p.Detail)}
	f := &fault.Error{Kind: fault.Conflict, Cause: e}
	switch e.Field {
	case "ref_id":
		f.Code, f.Text = identity.RefIDTaken, "Paxos already holds an identity with this ref_id."
	case "cip_id":
		f.Code, f.Text = identity.CIPIDTaken, "Paxos already holds an identity with this government id."
	default:
		f.Code, f.Text = identity.AlreadyExists, "Paxos already holds this identity and does not say what clashes."
	}
	return f
}

// clash is the field that a create clashed on: what the record in the way shows, then what Paxos' words name, then the one that
// is left where the record has another ref_id.
func clash(refID, existingRefID, detail string) string {
	if existingRefID != "" && existingRefID == refID {
		return "ref_id"
	}
	byRefID, byCIPID := strings.Contains(detail, "ref_id"), strings.Contains(detail, "cip_id")
	switch {
	case byRefID && !byCIPID:
		return "ref_id"
	case byCIPID && !byRefID, existingRefID != "":
		return "cip_id"
	default:
		return ""
	}
}

// refused is the fault of a call whose details Paxos does not take.
func (c *Client) refused(s submission, a answer) *fault.Error {
	p := readProblem(a.body)
	cut := newCutter(s.sent, c.tokens.secrets()...)
	f := &fault.Error{
		Kind:   fault.Invalid,
		Text:   "Paxos refuses the details and does not say why.",
		Fields: map[string]string{},
		Code:   p.code(a.status),
		Cause:  fmt.Errorf("details: status %d", a.status),
	}
	if cut.from(f.Code) != f.Code {
		f.Code = problem{}.code(a.status)
	}
	words := cut.from(first(p.Detail, p.Title))
	if words != "" {
		f.Text = "Paxos refuses the details: " + words
	}
	for name, text := range p.Meta.fields {
		if path, ok := s.form.fieldPath(name); ok {
			f.Fields[path] = first(cut.from(text), words, "Paxos refuses this value.")
		}
	}
	if len(f.Fields) == 0 {
		if path, ok := s.form.fieldNamedIn(p.Detail); ok {
			f.Fields[path] = words
		}
	}
	return f
}
