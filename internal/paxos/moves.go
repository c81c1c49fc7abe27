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

// move makes a call that changes something besides an identity's details, and gives the answer, with a fault where it is no 2xx. A
// refusal brings Paxos' words along, with all that was sent cut out.
func (c *Client) move(ctx context.Context, r request, s submission) (answer, error) {
	a, err := c.do(ctx, r)
	switch {
	case err != nil:
		return a, err
	case a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity:
		return a, standing(c.refused(s, a), readProblem(a.body).Detail)
	case !a.ok():
		return a, c.refusal(ctx, r, a)
	}
	return a, nil
}

// standing knows the refusals that are about where things stand and not about what was sent.
func standing(f *fault.Error, detail string) *fault.Error {
	detail = strings.ToLower(detail)
	switch {
	case strings.Contains(detail, "overrid"):
		return &fault.Error{
			Kind: fault.Conflict, Code: identity.NotOverridable, Cause: f.Cause,
			Text: "Paxos does not let us end this control: it is Paxos' own.",
		}
	case strings.Contains(detail, "not approved") || strings.Contains(detail, "must be approved") || strings.Contains(detail, "summary_status"):
		return &fault.Error{
			Kind: fault.Conflict, Code: identity.WrongStatus, Cause: f.Cause,
			Text: "Paxos does not take this in the identity's present status: it has to be APPROVED.",
		}
	}
	return f
}

// taken is the fault of a clash whose meaning the call knows.
func taken(code, text string, cause error) *fault.Error {
	return &fault.Error{Kind: fault.Conflict, Code: code, Text: text, Cause: cause}
}

// pages asks for all pages of a list, up to most of them: what is beyond is a fault, since a list with a gap would be taken for whole.
func pages[T any](ctx context.Context, c *Client, r request, most int) ([]T, error) {
	var all []T
	for range most {
		a, err := c.ask(ctx, r)
		if err != nil {
			return nil, err
		}
		var page struct {
			Items  []T    `json:"items"`
			Cursor string `json:"next_page_cursor"`
		}
		if json.Unmarshal(a.body, &page) != nil {
			return nil, unreadable(errForm)
		}
		all = append(all, page.Items...)
		if page.Cursor == "" {
			return all, nil
		}
		r.query.Set("page_cursor", page.Cursor)
	}
	return nil, lost("too_large", fmt.Errorf("%s: over %d pages", r.route, most))
}
