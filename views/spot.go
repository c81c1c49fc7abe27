package views

import (
	"net/url"
	"strconv"

	"identitydesk/internal/identity"
)

const queuePath = "/queue"

// Whose says whose cases a list shows.
type Whose string

// The words for it, as they stand in an address.
const (
	WhoseMine Whose = "mine" // those that the reader has claimed, and those that nobody has
	WhoseMe   Whose = "me"   // those that the reader has claimed
	WhoseFree Whose = "free" // those that nobody has claimed
	WhoseAll  Whose = "all"
)

// Everyone lists them in the order in which pages offer them.
func Everyone() []Whose { return []Whose{WhoseMine, WhoseMe, WhoseFree, WhoseAll} }

// Spot is where somebody is in the queue, as the address tells it: which cases, in which order, from where on, and which of them
// is open. Everything that leads out of the queue carries it, so that the way back leads to the same spot.
type Spot struct {
	Lane  identity.Lane // empty: every stuck case
	Whose Whose         // empty: the default of whoever looks
	Tag   string
	Sort  identity.Sort // empty: due first
	After string        // the page
	Limit int           // its length; 0: the default
	Case  string        // our id of the open case; empty: none
}

// Path is the address of the spot.
func (s Spot) Path() string { return link(queuePath, s.query()) }

// List is the spot with no case open.
func (s Spot) List() Spot {
	s.Case = ""
	return s
}

// Open is the spot with a case open.
func (s Spot) Open(id string) Spot {
	s.Case = id
	return s
}

// From is the list from another place on.
func (s Spot) From(after string) Spot {
	s.After, s.Case = after, ""
	return s
}

// Next is the address that leads to the first case behind a place of the same list; behind none, to the first of all.
func (s Spot) Next(place string) string {
	q := s.List().query()
	for name, values := range q {
		if values[0] == "" {
			delete(q, name)
		}
	}
	q.Set("next", place)
	return queuePath + "?" + q.Encode()
}

// in is another lane under the same filters.
func (s Spot) in(l identity.Lane) Spot {
	s.Lane, s.After, s.Case = l, "", ""
	return s
}

// of is the same lane with other people's cases.
func (s Spot) of(w Whose) Spot {
	s.Whose, s.After, s.Case = w, "", ""
	return s
}

func (s Spot) query() url.Values {
	q := url.Values{
		"lane": {string(s.Lane)}, "whose": {string(s.Whose)}, "tag": {s.Tag}, "sort": {string(s.Sort)}, "after": {s.After}, "case": {s.Case},
	}
	if s.Limit > 0 {
		q.Set("limit", strconv.Itoa(s.Limit))
	}
	return q
}
