package store

import (
	"log/slog"
	"sync"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// mostTold is of how many values that do not open a program remembers that it has said so.
const mostTold = 1_000

// told remembers which sealed values the log has named already: a page that is open asks for the same one again and again.
type told struct {
	mu     sync.Mutex
	places map[string]bool
}

// first reports whether a place was not named yet.
func (t *told) first(place string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.places[place] {
		return false
	}
	if t.places == nil || len(t.places) >= mostTold {
		t.places = map[string]bool{}
	}
	t.places[place] = true
	return true
}

// unread says why a value that was sealed for a place does not open, and tells the log once. A place names rows, never people.
func (s *Store) unread(sealed, place []byte) identity.Unread {
	key, why := s.sealer.KeyOf(sealed), identity.Altered
	if key != 0 && len(missingKeys(s.sealer, []KeyUse{{ID: key}})) > 0 {
		why = identity.KeyMissing
	}
	if s.told.first(string(place)) {
		s.log.Error("a sealed value cannot be read", "value", string(place), "why", string(why), slog.Uint64("key", uint64(key)))
	}
	return why
}

// errUnread is a value that cannot be read and that nothing can stand for.
func errUnread(why identity.Unread, cause error) error {
	return &fault.Error{
		Kind: fault.Internal, Code: string(why), Cause: cause, Text: "A stored value cannot be read: " + why.Why() + ". The log says which one.",
	}
}

// unreadIn finds in an error why a value cannot be read; empty in any other.
func unreadIn(err error) identity.Unread {
	if f := fault.From(err); f != nil {
		return identity.UnreadOf(f.Code)
	}
	return ""
}
