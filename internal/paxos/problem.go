package paxos

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"

	"identitydesk/internal/fault"
)

// problem is an error answer of the API (RFC 9457).
type problem struct {
	Type   string      `json:"type"`
	Title  string      `json:"title"`
	Detail string      `json:"detail"`
	Meta   problemMeta `json:"meta"`
}

// problemMeta is what a problem says beside its words. Its form is not described: what is of another form is left out.
type problemMeta struct {
	existing json.RawMessage
	fields   map[string]string // name → what is wrong
}

// UnmarshalJSON takes the record in the way, and field errors in the forms that are in use: a map from name to message, or
// a list of objects with both.
func (m *problemMeta) UnmarshalJSON(raw []byte) error {
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return nil
	}
	m.existing = parts["existing"]
	m.fields = map[string]string{}
	for _, key := range []string{"fields", "errors", "field_errors", "violations", "field_violations"} {
		m.take(parts[key])
	}
	var name string
	if json.Unmarshal(parts["field"], &name) == nil {
		m.fields[name] = ""
	}
	return nil
}

func (m *problemMeta) take(raw json.RawMessage) {
	var byName map[string]string
	if json.Unmarshal(raw, &byName) == nil {
		maps.Copy(m.fields, byName)
		return
	}
	var list []struct{ Field, Name, Path, Message, Description, Detail string }
	if json.Unmarshal(raw, &list) != nil {
		return
	}
	for _, e := range list {
		if name := first(e.Field, e.Path, e.Name); name != "" {
			m.fields[name] = first(e.Message, e.Description, e.Detail)
		}
	}
}

// readProblem reads an error answer; one that is no problem gives the zero problem, for the status says enough.
func readProblem(body []byte) problem {
	var p problem
	if json.Unmarshal(body, &p) != nil {
		return problem{}
	}
	return p
}

var slug = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

// code is the last part of the problem's type, in snake case, or the status: both are words of the API, never of a person.
func (p problem) code(status int) string {
	if last := path.Base(p.Type); p.Type != "about:blank" && slug.MatchString(last) {
		return strings.ToLower(strings.ReplaceAll(last, "-", "_"))
	}
	return "http_" + strconv.Itoa(status)
}

// refusal is the fault of an answer that is no 2xx. It carries none of Paxos' own words, which may quote what was sent.
func (c *Client) refusal(ctx context.Context, r request, a answer) *fault.Error {
	p := readProblem(a.body)
	f := &fault.Error{Code: p.code(a.status), Cause: fmt.Errorf("%s %s: status %d", r.method, r.route, a.status)}
	switch {
	case a.status == http.StatusUnauthorized:
		f.Kind, f.Text = fault.Unauthenticated, "Paxos refuses the desk's token, and a fresh one too."
	case a.status == http.StatusForbidden:
		f.Kind, f.Text = fault.Forbidden, "Paxos does not allow this call. Ask Paxos Support whether it is enabled for this client."
		if strings.Contains(strings.ToLower(p.Detail), "scope") {
			f.Code, f.Text = "scope", "Paxos does not allow this call without the scope "+r.scope+". Ask Paxos Support to enable it for this client."
		}
	case a.status == http.StatusNotFound:
		f.Kind, f.Text = fault.NotFound, "Paxos knows no such record."
	case a.status == http.StatusConflict:
		f.Kind, f.Text = fault.Conflict, "Paxos says that this clashes with what it holds."
	case a.status == http.StatusTooManyRequests:
		return c.gate.throttle(ctx, a.header)
	case a.status == http.StatusRequestTimeout || a.status == http.StatusTooEarly || a.status < 400 || a.status > 499:
		l := lost(f.Code, f.Cause)
		if a.header.Get("Retry-After") != "" {
			l.RetryAt = pauseEnd(a.header, c.now())
		}
		return l
	default:
		f.Kind, f.Text = fault.Invalid, "Paxos does not take this request."
	}
	return f
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
