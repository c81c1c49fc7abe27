// Package fault holds the one error value of the desk: what kind of failure it was, a text that is safe to show, what is
// wrong with which field, and the cause, which only the log may see.
package fault

import (
	"errors"
	"strings"
	"time"
)

// Kind says what sort of failure happened; the edge turns it into a status code, a worker into what to do next.
type Kind string

// The kinds. Invalid to Internal are answers to people; Lost, Throttled, Unavailable and Denied also steer the workers.
const (
	// Malformed is a request that cannot be read at all (HTTP 400).
	Malformed Kind = "malformed"
	// Invalid is a request that can be read and breaks rules; Fields says which (HTTP 422; Paxos: 400).
	Invalid Kind = "invalid"
	// Unauthenticated means that nobody is signed in (HTTP 401; Paxos: the token was refused).
	Unauthenticated Kind = "unauthenticated"
	// Forbidden means that the actor may not do this (HTTP 403; Paxos: a scope is missing).
	Forbidden Kind = "forbidden"
	// NotFound means that there is no such thing (HTTP 404).
	NotFound Kind = "not_found"
	// Conflict means that the thing changed or exists already (HTTP 409).
	Conflict Kind = "conflict"
	// TooLarge means that a body is over its limit (HTTP 413).
	TooLarge Kind = "too_large"
	// Throttled means too many calls; RetryAt says when to come again (HTTP 429).
	Throttled Kind = "throttled"
	// Unavailable means that the call surely had no effect and may be made again (HTTP 503).
	Unavailable Kind = "unavailable"
	// Lost means that a call was sent and its answer never understood: it may have had its effect (a time-out, a cut
	// connection, a 5xx, a body that is no JSON).
	Lost Kind = "lost"
	// Internal is a defect of ours (HTTP 500).
	Internal Kind = "internal"
)

// Error is a failure with all that is known of it. Text and Fields are safe to show to a signed-in person; Cause is not.
type Error struct {
	Kind Kind
	// Text is a sentence for people: what went wrong and what to do.
	Text string
	// Fields maps a field's name (the API's JSON path) to what is wrong with it and how to mend it.
	Fields map[string]string
	// Code is a short machine word for logs and stored rows, such as Paxos' problem type; never personal data.
	Code string
	// Times are the moments that Text tells of, in its order, each as [Moment] writes it: whoever shows it knows for which place to tell them.
	Times []time.Time
	// RetryAt is when a Throttled or Unavailable call may be made again; zero where unknown.
	RetryAt time.Time
	// Cause is the error below, for errors.Is, errors.As and the log.
	Cause error
}

// Moment writes a moment into a Text, to the minute, for readers of whom nobody knows where they are.
func Moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Told is the error with the moments of its Text written in another way.
func (e *Error) Told(write func(time.Time) string) *Error {
	told, rest := *e, e.Text
	told.Text, told.Times = "", nil
	for _, t := range e.Times {
		before, after, found := strings.Cut(rest, Moment(t))
		if found {
			told.Text, rest = told.Text+before+write(t), after
		}
	}
	told.Text += rest
	return &told
}

// Error gives the kind and the text, never the cause: an error may end up on a screen.
func (e *Error) Error() string {
	if e.Text == "" {
		return string(e.Kind)
	}
	return string(e.Kind) + ": " + e.Text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// HeldBack is the code of an Unavailable call that was not made, since Paxos throttles the desk and takes no calls before RetryAt.
const HeldBack = "held_back"

// Held is such a call's fault.
func Held(until time.Time) error {
	return &Error{Kind: Unavailable, Code: HeldBack, RetryAt: until}
}

// Throttles reports whether a call came to nothing because Paxos throttles the desk: it was answered so, or it was not even made
// while that lasts. It tells nothing about what the call was for, so that it must not count against that.
func (e *Error) Throttles() bool { return e.Kind == Throttled || e.Code == HeldBack }

// longPause is how long a call waits at least where a person must first give our client a scope or a valid secret.
const longPause = 5 * time.Minute

// Again is when a call that ended so may be made again: after its pause, never before Paxos allows it.
func (e *Error) Again(now time.Time, pause time.Duration) time.Time {
	if e.Kind == Forbidden || e.Kind == Unauthenticated {
		pause = max(pause, longPause)
	}
	at := now.Add(pause)
	if e.RetryAt.After(at) {
		return e.RetryAt
	}
	return at
}

// New makes an error of a kind with a text that is safe to show.
func New(kind Kind, text string) *Error { return &Error{Kind: kind, Text: text} }

// Wrap makes an error of a kind with a text that is safe to show over a cause that is not.
func Wrap(kind Kind, text string, cause error) *Error {
	return &Error{Kind: kind, Text: text, Cause: cause}
}

// Fields makes an Invalid error from field errors.
func Fields(text string, fields map[string]string) *Error {
	return &Error{Kind: Invalid, Text: text, Fields: fields}
}

// From finds the Error in err's chain; any other error is Internal with err as its cause. Nil stays nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: Internal, Text: "Something went wrong on our side.", Cause: err}
}

// KindOf is the kind of err: Internal for an error that is none of ours, empty for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	return From(err).Kind
}
