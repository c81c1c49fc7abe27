package handlers

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"identitydesk/internal/identity"
)

// parser reads a query string into typed values and gathers what is wrong, by field.
type parser struct {
	query  url.Values
	errors map[string]string
}

func parse(q url.Values) *parser { return &parser{query: q, errors: map[string]string{}} }

const (
	maxValue = 256 // bytes of an id, a query or a place in a list
	maxWord  = 100 // characters of a word of Paxos'
)

// identityFilter reads the filters of the list of identities. Dates are days of the location.
func identityFilter(q url.Values, loc *time.Location) (identity.Filter, map[string]string) {
	p := parse(q)
	f := identity.Filter{
		Status:      identity.Status(p.known("status", statuses())),
		Lane:        identity.Lane(p.oneOf("lane", lanes(append(identity.QueueLanes(), identity.LaneDecided)))),
		Query:       p.id("q"),
		RefID:       p.id("ref_id"),
		Type:        identity.Type(p.known("type", []string{string(identity.Person), string(identity.Institution)})),
		Requirement: p.known("requirement", nil),
		Assignee:    p.userID("assignee"),
		CreatedFrom: p.from("created_from", loc),
		CreatedTo:   p.to("created_to", loc),
		Sort:        identity.Sort(p.oneOf("sort", sorts())),
	}
	f.After, f.Limit = p.place()
	p.inOrder("created_from", f.CreatedFrom, "created_to", f.CreatedTo)
	return f, p.errors
}

// eventFilter reads the filters of the list of events. Dates are days of the location.
func eventFilter(q url.Values, loc *time.Location) (identity.EventFilter, map[string]string) {
	p := parse(q)
	f := identity.EventFilter{
		State:      identity.EventState(p.oneOf("state", eventStates())),
		Type:       p.word("type", "_.", "Must be an event type, such as identity.approved."),
		IdentityID: p.id("identity_id"),
		Query:      p.id("q"),
		From:       p.from("from", loc),
		To:         p.to("to", loc),
	}
	f.After, f.Limit = p.place()
	p.inOrder("from", f.From, "to", f.To)
	return f, p.errors
}

// inOrder refuses a span of time that ends before it begins.
func (p *parser) inOrder(fromName string, from time.Time, toName string, to time.Time) {
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		p.errors[toName] = "Must be after " + fromName + "."
	}
}

// id is a value of free form, such as an id. Personal data is refused, since addresses end up in other people's logs.
func (p *parser) id(name string) string {
	if identity.LooksPersonal(p.query.Get(name)) {
		p.errors[name] = "This looks like personal data, which must not stand in an address. Search by an id instead."
		return ""
	}
	return p.free(name)
}

// userID is who works at the desk: an e-mail address where the log-in says so, but never a government id.
func (p *parser) userID(name string) string {
	if identity.LooksPersonal(strings.ReplaceAll(p.query.Get(name), "@", " ")) {
		p.errors[name] = "This looks like a government id, which must not stand in an address. Enter a user id."
		return ""
	}
	return p.free(name)
}

func (p *parser) free(name string) string {
	v := strings.TrimSpace(p.query.Get(name))
	if len(v) > maxValue || strings.ContainsAny(v, "\r\n\t") {
		p.errors[name] = fmt.Sprintf("Must be one id of at most %d characters.", maxValue)
		return ""
	}
	return v
}

// word is one word of letters, digits and some marks.
func (p *parser) word(name, marks, wrong string) string {
	v := strings.TrimSpace(p.query.Get(name))
	strange := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(marks, r)
	}
	if len(v) > maxWord || strings.ContainsFunc(v, strange) {
		p.errors[name] = wrong
		return ""
	}
	return v
}

// known is a word of Paxos', of which there may be more than we know; those that we know are taken in any case.
func (p *parser) known(name string, words []string) string {
	v := p.word(name, "_", "Must be one word of letters, digits and underscores, such as PENDING.")
	for _, w := range words {
		if strings.EqualFold(v, w) {
			return w
		}
	}
	return v
}

// oneOf is a word of ours.
func (p *parser) oneOf(name string, words []string) string {
	v := strings.TrimSpace(p.query.Get(name))
	if v == "" || slices.Contains(words, v) {
		return v
	}
	p.errors[name] = "Choose one of " + strings.Join(words, ", ") + "."
	return ""
}

// place is where in a list to go on, and how many rows to give.
func (p *parser) place() (after string, limit int) {
	if after = strings.TrimSpace(p.query.Get("after")); len(after) > maxValue {
		p.errors["after"] = "Must be the next of a page before."
	}
	given := p.query.Get("limit")
	if given == "" {
		return after, identity.DefaultLimit
	}
	limit, err := strconv.Atoi(given)
	if err != nil || limit < 1 || limit > identity.MaxLimit {
		p.errors["limit"] = fmt.Sprintf("Must be a whole number from 1 to %d.", identity.MaxLimit)
		return after, identity.DefaultLimit
	}
	return after, limit
}

// from is the first moment of a day, or a moment.
func (p *parser) from(name string, loc *time.Location) time.Time {
	t, _ := p.moment(name, loc)
	return t
}

// to is the end of a day, or a moment; what is created then is no longer meant.
func (p *parser) to(name string, loc *time.Location) time.Time {
	t, day := p.moment(name, loc)
	if day {
		return t.AddDate(0, 0, 1)
	}
	return t
}

func (p *parser) moment(name string, loc *time.Location) (t time.Time, day bool) {
	v := strings.TrimSpace(p.query.Get(name))
	if v == "" {
		return time.Time{}, false
	}
	if t, err := time.ParseInLocation(time.DateOnly, v, loc); err == nil && sane(t) {
		return t, true
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04", v, loc); err == nil && sane(t) { // as forms send it
		return t, false
	}
	// A plus sign that nobody encoded arrives as a space.
	if t, err := time.Parse(time.RFC3339, strings.Replace(v, " ", "+", 1)); err == nil && sane(t) {
		return t, false
	}
	p.errors[name] = "Must be a date such as 2026-03-31, or a time such as 2026-03-31T14:00:00Z."
	return time.Time{}, false
}

// sane keeps out years that no clock of ours can count in milliseconds.
func sane(t time.Time) bool { return t.Year() >= 1900 && t.Year() <= 9000 }

func statuses() []string {
	return []string{
		string(identity.Pending), string(identity.Approved), string(identity.Denied), string(identity.Disabled),
		string(identity.StatusError),
	}
}

func sorts() []string {
	return []string{
		string(identity.SortCreatedDesc), string(identity.SortCreated), string(identity.SortUpdatedDesc),
		string(identity.SortUpdated), string(identity.SortDue),
	}
}

func eventStates() []string {
	return []string{
		string(identity.EventQueued), string(identity.EventDone), string(identity.EventParked),
		string(identity.EventIgnored), string(identity.EventTest),
	}
}

func lanes(of []identity.Lane) []string {
	var words []string
	for _, l := range of {
		words = append(words, string(l))
	}
	return words
}
