package budget

import (
	"slices"
	"time"
)

// Priority says for whom a call is made. Calls of equal priority start in the order in which they came.
type Priority int

// The priorities, the first served first. Token stands before them all, since nothing starts without a token, and is held to
// one start a second. The zero Priority counts as Background.
const (
	Click      Priority = iota + 1 // a person waits for it
	Submission                     // what analysts submitted
	Event                          // what Paxos told of
	Background                     // what nobody waits for
	Token                          // a call for an access token
)

// Priorities are all priorities, in the order in which they are served.
func Priorities() []Priority { return []Priority{Token, Click, Submission, Event, Background} }

// String is the priority's name, for logs and metrics.
func (p Priority) String() string {
	switch p {
	case Click:
		return "click"
	case Submission:
		return "submission"
	case Event:
		return "event"
	case Token:
		return "token"
	default:
		return "background"
	}
}

func (p Priority) known() Priority {
	if p < Click || p > Token {
		return Background
	}
	return p
}

// Ageing: at least one start in agedShare goes to whoever has waited longest, once that is agedAfter. So a flood of urgent calls
// slows the others down and never stops them, and a crowd of aged ones costs a click one place at most.
const (
	agedAfter = 5 * time.Second
	agedShare = 4
)

// waiter is a caller in line.
type waiter struct {
	priority Priority
	since    time.Time
	turn     chan error // gets one value: nil to start, or why not; has room for it
}

// line is who waits, by priority. Its zero value is empty.
type line struct {
	waiting [Token + 1][]*waiter
	byRank  int // starts since the last one that went by age
}

func (l *line) push(w *waiter) { l.waiting[w.priority] = append(l.waiting[w.priority], w) }

// remove takes a waiter out and reports whether it was there.
func (l *line) remove(w *waiter) bool {
	i := slices.Index(l.waiting[w.priority], w)
	if i < 0 {
		return false
	}
	l.waiting[w.priority] = slices.Delete(l.waiting[w.priority], i, i+1)
	return true
}

// take removes and gives the waiter whose turn it is, nil where nobody may start. A token call may only where tokens says so.
func (l *line) take(now time.Time, tokens bool) *waiter {
	if l.byRank >= agedShare-1 {
		if w := l.longest(); w != nil && now.Sub(w.since) >= agedAfter {
			l.byRank = 0
			l.remove(w)
			return w
		}
	}
	for _, p := range Priorities() {
		if len(l.waiting[p]) == 0 || (p == Token && !tokens) {
			continue
		}
		w := l.waiting[p][0]
		l.byRank++
		l.remove(w)
		return w
	}
	return nil
}

// longest is who has waited longest, token calls aside, which have a pace of their own.
func (l *line) longest() *waiter {
	var oldest *waiter
	for p := Click; p <= Background; p++ {
		if len(l.waiting[p]) > 0 && (oldest == nil || l.waiting[p][0].since.Before(oldest.since)) {
			oldest = l.waiting[p][0]
		}
	}
	return oldest
}

// drain empties the line and gives who was in it.
func (l *line) drain() []*waiter {
	var all []*waiter
	for p := range l.waiting {
		all = append(all, l.waiting[p]...)
		l.waiting[p] = nil
	}
	return all
}

func (l *line) empty() bool { return l.onlyTokens() && len(l.waiting[Token]) == 0 }

// onlyTokens reports whether nobody but token calls waits.
func (l *line) onlyTokens() bool {
	for p := Click; p <= Background; p++ {
		if len(l.waiting[p]) > 0 {
			return false
		}
	}
	return true
}
