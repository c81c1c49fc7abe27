package emulator

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultPage = 100
	largestPage = 1000
)

func (e *Emulator) getIdentity(r *http.Request) (any, error) {
	q := r.URL.Query()
	withDetails, err := flag(q, "include_details")
	if err != nil {
		return nil, err
	}
	withMembers, err := flag(q, "include_institution_members")
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec := e.data.byID[r.PathValue("id")]
	if rec == nil {
		return nil, notFound("identity")
	}
	return e.answer(rec, include{details: withDetails, members: withMembers, statusDetails: true}), nil
}

// listQuery is a parsed List Identities request.
type listQuery struct {
	status, identityType, controlType string
	created, updated                  span
	ascending                         bool
	limit                             int
	after                             *position
}

// position is where a page ended: the place of its last record in the order.
type position struct {
	At time.Time `json:"t"`
	ID string    `json:"i"`
}

func comparePosition(a, b position) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

func parseListQuery(q url.Values) (listQuery, error) {
	l := listQuery{status: q.Get("summary_status"), identityType: q.Get("identity_type"), controlType: q.Get("control_type")}
	var err error
	if err = oneOf("summary_status", l.status, "status")(); err != nil {
		return l, err
	}
	if err = oneOf("control_type", l.controlType, "control_type")(); err != nil {
		return l, err
	}
	if l.identityType != "" && l.identityType != typePerson && l.identityType != typeInstitution {
		return l, badRequest("invalid identity_type '%s'", l.identityType)
	}
	if by := q.Get("order_by"); by != "" && by != "CREATED_AT" {
		return l, badRequest("invalid order_by '%s'", by)
	}
	if l.ascending, err = ascending(q.Get("order")); err != nil {
		return l, err
	}
	if l.created, err = parseSpan(q, "created_at"); err != nil {
		return l, err
	}
	if l.updated, err = parseSpan(q, "updated_at"); err != nil {
		return l, err
	}
	if l.limit, err = parseLimit(q, defaultPage, largestPage); err != nil {
		return l, err
	}
	l.after, err = parseCursor(q.Get("page_cursor"))
	return l, err
}

func ascending(order string) (bool, error) {
	switch order {
	case "ASC":
		return true, nil
	case "", "DESC":
		return false, nil
	}
	return false, badRequest("invalid order '%s'", order)
}

func parseLimit(q url.Values, fallback, largest int) (int, error) {
	if !q.Has("limit") {
		return fallback, nil
	}
	n, err := strconv.Atoi(q.Get("limit"))
	if err != nil || n < 1 || n > largest {
		return 0, badRequest("limit must be between 1 and %d", largest)
	}
	return n, nil
}

func flag(q url.Values, name string) (bool, error) {
	if !q.Has(name) {
		return false, nil
	}
	on, err := strconv.ParseBool(q.Get(name))
	if err != nil {
		return false, badRequest("%s must be true or false", name)
	}
	return on, nil
}

// span is a set of bounds on a time, as in created_at.gte.
type span map[string]time.Time

func parseSpan(q url.Values, field string) (span, error) {
	s := span{}
	for _, bound := range []string{"lt", "lte", "eq", "gte", "gt"} {
		name := field + "." + bound
		if !q.Has(name) {
			continue
		}
		at, err := time.Parse(time.RFC3339, q.Get(name))
		if err != nil {
			return nil, badRequest("%s must be an RFC 3339 time", name)
		}
		s[bound] = at
	}
	return s, nil
}

func (s span) has(at time.Time) bool {
	for bound, v := range s {
		if !within(bound, at.Compare(v)) {
			return false
		}
	}
	return true
}

func within(bound string, compared int) bool {
	switch bound {
	case "lt":
		return compared < 0
	case "lte":
		return compared <= 0
	case "eq":
		return compared == 0
	case "gte":
		return compared >= 0
	}
	return compared > 0
}

// encode makes the cursor opaque: clients hand it back and read nothing in it.
func (p position) encode() (string, error) {
	raw, err := json.Marshal(p)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

func parseCursor(cursor string) (*position, error) {
	if cursor == "" {
		return nil, nil
	}
	p := &position{}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(raw, p) != nil {
		return nil, badRequest("invalid page_cursor")
	}
	return p, nil
}

func (l listQuery) takes(r *record) bool {
	return (l.status == "" || r.Status == l.status) &&
		(l.identityType == "" || r.Type == l.identityType) &&
		(l.controlType == "" || slices.ContainsFunc(r.Controls, func(c control) bool { return c.Type == l.controlType })) &&
		l.created.has(r.CreatedAt) && l.updated.has(r.UpdatedAt)
}

type listAnswer struct {
	Items []identityAnswer `json:"items"`
	Next  string           `json:"next_page_cursor,omitempty"`
}

func (e *Emulator) listIdentities(r *http.Request) (any, error) {
	l, err := parseListQuery(r.URL.Query())
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	page, more := e.data.page(l)
	out := listAnswer{Items: make([]identityAnswer, 0, len(page))}
	for _, rec := range page {
		out.Items = append(out.Items, e.answer(rec, include{statusDetails: true}))
	}
	if more {
		last := page[len(page)-1]
		out.Next, err = position{last.CreatedAt, last.ID}.encode()
	}
	return out, err
}

// page walks the order from where the last page ended, and says whether any
// record is left.
func (d *dataset) page(l listQuery) (out []*record, more bool) {
	next := d.walk(l)
	for rec := next(); rec != nil; rec = next() {
		if !l.takes(rec) {
			continue
		}
		if len(out) == l.limit {
			return out, true
		}
		out = append(out, rec)
	}
	return out, false
}

// walk gives one record after the other in the order of the query, then nil.
func (d *dataset) walk(l listQuery) func() *record {
	i, step := len(d.records)-1, -1
	if l.ascending {
		i, step = 0, 1
	}
	if l.after != nil {
		at, found := slices.BinarySearchFunc(d.records, *l.after, func(r *record, p position) int {
			return comparePosition(position{r.CreatedAt, r.ID}, p)
		})
		switch {
		case !l.ascending:
			i = at - 1
		case found:
			i = at + 1
		default:
			i = at
		}
	}
	return func() *record {
		if i < 0 || i >= len(d.records) {
			return nil
		}
		rec := d.records[i]
		i += step
		return rec
	}
}
