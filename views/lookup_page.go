package views

import (
	"time"

	"identitydesk/internal/identity"
)

// LookupPage answers a look-up that did not lead straight to one case: several matches, none, a refused query, or a whole list.
type LookupPage struct {
	Chrome
	Query string // as typed; empty where it must not be shown again
	Error string // why the query was refused; empty where it was not
	Rows  []Row  // what the query matched
	AsOf  time.Time
	// ErasedAt is when the case was erased that had this ref_id; nil where there was none.
	ErasedAt *time.Time

	// Many is set where a list of ids was posted (POST /lookup, field `ref_ids`, at most MaxMany; with format=csv the answer is a
	// file). Then is the moment that a status was asked for, too (fields `at` and `at_time`).
	Many    bool
	RefIDs  string // the list as typed, to be shown again
	Then    Then
	Errors  map[string]string // what is wrong with the fields of the list
	Answers []Answer          // in the order of the list, one for a miss; nil where nothing was looked up
	Asked   int               // how many different ids the list holds
	MaxMany int

	Range RangeForm
	Name  NameForm
}

// NameForm searches for a person by the whole name (POST /lookup, field `name`).
type NameForm struct {
	May      bool   // the person sees names
	Typed    string // to be shown again; the page is kept nowhere
	Error    string
	Searched bool // Rows are what was found
	More     bool // there are more
	Partial  bool // names from before an update are still being indexed
}

// Answer is what one id of a list has led to.
type Answer struct {
	Asked         string
	Case          *identity.Identity // nil for a miss
	By            string             // by which of the case's other ids it was found: "former ref_id"; empty for its ref_id
	DecidedBefore *time.Time         // when it was first seen decided, where it is not known when that came about
	Then          identity.Standing  // at the moment that was asked for
	ErasedAt      *time.Time         // of a miss: when the case was erased that had this ref_id
}

// RangeForm asks Paxos for the identities that were created on some days (POST /lookup/sync, fields `from` and `to`).
type RangeForm struct {
	May      bool // the person may ask
	From, To string
	Errors   map[string]string
	Text     string     // why it was not asked; empty where it was
	Read     *RangeRead // the one that is being read, else the last one; nil where there was none
	MaxDays  int
}

// RangeRead is how far such a range has been read.
type RangeRead struct {
	From, To           time.Time // To is no longer part of it
	AskedAt            time.Time
	AskedBy            string
	Read, New, Changed int64
	Reached            time.Time // created then: the last identity that was read
	EndedAt            time.Time // zero while it is read
	Error              string    // kind and code of a failure
}

func (r RangeRead) running() bool { return r.EndedAt.IsZero() }

// recent reports whether a range is what people at the page are likely to wait for.
func (p LookupPage) recent() bool {
	r := p.Range.Read
	return r != nil && (r.running() || p.Now.Sub(r.EndedAt) < time.Hour)
}

// misses are the ids of the list that led to nothing.
func (p LookupPage) misses() (n int) {
	for _, a := range p.Answers {
		if a.Case == nil {
			n++
		}
	}
	return n
}

// list is what can be looked up again once more is known.
func (p LookupPage) list() string {
	if p.RefIDs != "" {
		return p.RefIDs
	}
	return p.Query
}
