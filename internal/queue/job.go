// Package queue runs durable jobs: claim with a lease, work, finish together with the effect, retry later or park. It
// knows nothing of what a job means.
package queue

import (
	"fmt"
	"time"
)

// Priority orders jobs that are ready at the same time: a smaller number goes first.
type Priority int

// The priorities, first come first.
const (
	Click      Priority = 10 // a person waits for it
	Submission Priority = 20 // what analysts submitted
	Event      Priority = 30 // what Paxos told us
	Background Priority = 40 // what nobody waits for
)

// Priorities are all of them, first come first.
func Priorities() []Priority { return []Priority{Click, Submission, Event, Background} }

// Job is one piece of work. There is at most one open job per kind and subject; asking for it again while it runs makes it
// run once more (see Wanted).
type Job struct {
	ID        int64
	Kind      string // says which handler takes it
	Subject   string // what it is about, such as an id
	Priority  Priority
	By        string    // who asked: a user id; empty for the desk itself
	RunAt     time.Time // not before
	Attempts  int       // how many times it has been claimed, this one included
	Wanted    int64     // how often it was asked for; finishing deletes the job only if it was not asked for again
	Lease     string    // who holds it; finishing, retrying and parking need the lease that the claim gave
	CreatedAt time.Time
	LastError string // a fault kind and code, never a text from outside
}

// Retry is the error of a handler that wants the job again at a time of its own choosing.
type Retry struct {
	At    time.Time
	Cause error
}

// Error names the cause.
func (r *Retry) Error() string {
	return fmt.Sprintf("again at %s: %v", r.At.Format(time.RFC3339), r.Cause)
}

// Unwrap gives the cause.
func (r *Retry) Unwrap() error { return r.Cause }

// PutOff is the error of a handler that could not even try: the job comes again at a time, and this claim does not count as an
// attempt.
type PutOff struct {
	Until time.Time
	Cause error
}

// Error names the cause.
func (p *PutOff) Error() string {
	return fmt.Sprintf("put off until %s: %v", p.Until.Format(time.RFC3339), p.Cause)
}

// Unwrap gives the cause.
func (p *PutOff) Unwrap() error { return p.Cause }

// Park is the error of a handler for which trying again cannot help; the job stays, visible, until somebody starts it again.
type Park struct{ Cause error }

// Error names the cause.
func (p *Park) Error() string { return fmt.Sprintf("parked: %v", p.Cause) }

// Unwrap gives the cause.
func (p *Park) Unwrap() error { return p.Cause }
