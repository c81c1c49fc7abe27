package paxos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptrace"
	"sync/atomic"
	"syscall"

	"identitydesk/internal/budget"
	"identitydesk/internal/fault"
)

// trace watches how far a request came. Only what the transport itself reports as never connected surely had no effect.
type trace struct {
	dialled   atomic.Bool // the transport reports, and looked for a connection
	connected atomic.Bool // a connection was had, so bytes may have left
}

func (t *trace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { t.dialled.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { t.connected.Store(true) },
	}
}

// fault says what became of a request without an answer.
func (t *trace) fault(err error) *fault.Error {
	if t.dialled.Load() && !t.connected.Load() {
		return missed("unreachable", "Paxos cannot be reached.", safe(err))
	}
	if errors.Is(err, context.DeadlineExceeded) || timedOut(err) {
		return lost("timeout", safe(err))
	}
	return lost("cut", safe(err))
}

// lost is the fault of a call that may have had its effect.
func lost(code string, cause error) *fault.Error {
	return &fault.Error{
		Kind:  fault.Lost,
		Text:  "Paxos' answer did not arrive or cannot be read, so that the call may have had its effect.",
		Code:  code,
		Cause: cause,
	}
}

// missed is the fault of a call that surely had no effect.
func missed(code, text string, cause error) *fault.Error {
	return &fault.Error{Kind: fault.Unavailable, Text: text, Code: code, Cause: cause}
}

// notStarted is the fault of a call whose turn never came.
func notStarted(err error) *fault.Error {
	if closed, ok := errors.AsType[*budget.Closed](err); ok {
		f := missed(fault.HeldBack, "Paxos has asked for a pause: calls are held back until "+clock(closed.Until)+".", closed)
		f.RetryAt = closed.Until
		return f
	}
	return missed("cancelled", "The call was given up before it was made.", safe(err))
}

// reason is why an exchange failed, in words that can be logged: the errors of the HTTP library may quote addresses with
// their query, or bytes that came over the line.
type reason struct {
	words string
	is    error // a fixed error for errors.Is, or nil
}

// Error gives the words.
func (r *reason) Error() string { return r.words }

// Unwrap gives the fixed error.
func (r *reason) Unwrap() error { return r.is }

// safe turns an error of the HTTP library into one that can be logged.
func safe(err error) error {
	for _, known := range []error{
		context.Canceled, context.DeadlineExceeded, io.ErrUnexpectedEOF, io.EOF,
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE,
	} {
		if errors.Is(err, known) {
			return &reason{words: known.Error(), is: known}
		}
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return &reason{words: "the name of the host cannot be resolved: " + dns.Err}
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return &reason{words: errno.Error(), is: errno}
	}
	if timedOut(err) {
		return &reason{words: "timed out", is: context.DeadlineExceeded}
	}
	return &reason{words: fmt.Sprintf("the exchange failed (%T)", innermost(err))}
}

func timedOut(err error) bool {
	t, ok := errors.AsType[net.Error](err)
	return ok && t.Timeout()
}

func innermost(err error) error {
	for {
		below := errors.Unwrap(err)
		if below == nil {
			return err
		}
		err = below
	}
}
