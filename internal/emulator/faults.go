package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The kinds of call a fault can name, besides a route such as
// "GET /v2/identity/identities/{id}". CallOther is any route without a kind.
const (
	CallToken   = "token"
	CallCreate  = "create"
	CallGet     = "get"
	CallList    = "list"
	CallUpdate  = "update"
	CallSandbox = "sandbox-status"

	CallDocuments     = "documents"
	CallAskUpload     = "ask-upload" // the first step of an upload
	CallUpload        = "upload"     // its second: the bytes
	CallControls      = "controls"
	CallSetControl    = "set-control"
	CallEndControl    = "end-control"
	CallAccounts      = "accounts"
	CallAccount       = "account"
	CallCreateAccount = "create-account"
	CallUpdateAccount = "update-account"

	CallEvents  = "events"
	CallEvent   = "event"
	CallOther   = "other"
	CallWebhook = "webhook"
)

// What a fault does to a call. Go's http.Client repeats a GET by itself when a
// kept connection is dropped, so a dropped GET may need Times of 2 to be noticed.
const (
	DoDelay      = "delay"       // wait for Delay, then go on; what was asked happens even if the caller has left
	DoDropBefore = "drop-before" // close the connection, nothing happened
	DoAnswer     = "answer"      // answer Status, before the effect or AfterEffect
	DoDropAfter  = "drop-after"  // it happened, then the connection is closed without an answer
	DoGarbage    = "garbage"     // it happened, the answer is HTML, with Status if one is given
	DoTruncate   = "truncate"    // it happened, the answer is a complete response with half the JSON
	DoCut        = "cut"         // it happened, the connection breaks in the middle of the body
	DoNoID       = "no-id"       // it happened, the answer lacks its id (a token answer its token, a list the ids of its items)
	DoSlow       = "slow"        // it happened, the body trickles for Delay
)

// What a fault does to a webhook, besides DoDelay (45 s unless Delay says otherwise).
const (
	DoLose      = "lose"      // never sent; the event log has it
	DoDuplicate = "duplicate" // sent again after Delay, 2 s by default
	DoReorder   = "reorder"   // held until a later event was delivered, at most Delay, 10 s by default
	DoAtOnce    = "at-once"   // sent twice at the same moment
)

// Fault is one way to misbehave. Faults that follow the effect wait for a call
// that has one: a call refused for its own sake (4xx) leaves them in force.
// In JSON durations are texts such as "1m30s".
type Fault struct {
	// Call is a kind of call or a route; empty means every call of the API and
	// the token endpoint, but no webhook.
	Call string
	Do   string
	// About limits the fault to one ref_id, Paxos id or event id; empty is anyone.
	About string
	// Times is how often, 0 without end; For ends it by time, 0 never.
	Times int
	For   time.Duration
	// Chance is the probability, above 0 up to 1, for MisbehaveByChance alone.
	Chance float64

	Delay       time.Duration // of delay, slow and the webhook faults
	Status      int           // of answer: 400 to 599
	AfterEffect bool          // of answer: what was asked happened all the same
	RetryAfter  time.Duration // header of answer, none when 0; with For never longer than what is left
}

// faultJSON is a Fault in JSON.
type faultJSON struct {
	Call        string  `json:"call,omitempty"`
	Do          string  `json:"do"`
	About       string  `json:"about,omitempty"`
	Times       int     `json:"times,omitempty"`
	For         lasting `json:"for,omitzero"`
	Chance      float64 `json:"chance,omitempty"`
	Delay       lasting `json:"delay,omitzero"`
	Status      int     `json:"status,omitempty"`
	AfterEffect bool    `json:"after_effect,omitempty"`
	RetryAfter  lasting `json:"retry_after,omitzero"`
}

// lasting is a duration as JSON text.
type lasting time.Duration

// MarshalText writes it as time.Duration prints itself.
func (l lasting) MarshalText() ([]byte, error) { return []byte(time.Duration(l).String()), nil }

// UnmarshalText reads what time.ParseDuration takes.
func (l *lasting) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*l = lasting(d)
	return err
}

// MarshalJSON writes the fault as the control endpoints take it.
func (f Fault) MarshalJSON() ([]byte, error) {
	return json.Marshal(faultJSON{
		Call: f.Call, Do: f.Do, About: f.About, Times: f.Times, For: lasting(f.For), Chance: f.Chance,
		Delay: lasting(f.Delay), Status: f.Status, AfterEffect: f.AfterEffect, RetryAfter: lasting(f.RetryAfter),
	})
}

// UnmarshalJSON refuses fields it does not know: a misspelt fault would pass
// for good behaviour.
func (f *Fault) UnmarshalJSON(raw []byte) error {
	var j faultJSON
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&j); err != nil {
		return fmt.Errorf("fault: %w", err)
	}
	*f = Fault{
		Call: j.Call, Do: j.Do, About: j.About, Times: j.Times, For: time.Duration(j.For), Chance: j.Chance,
		Delay: time.Duration(j.Delay), Status: j.Status, AfterEffect: j.AfterEffect, RetryAfter: time.Duration(j.RetryAfter),
	}
	return nil
}

// checkFault says everything that is wrong with a fault.
func (e *Emulator) checkFault(f Fault) error {
	var errs []error
	wrong := func(is bool, format string, args ...any) {
		if is {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	deeds := callDeeds()
	if f.Call == CallWebhook {
		deeds = []string{DoLose, DoDuplicate, DoReorder, DoAtOnce, DoDelay}
	}
	wrong(!e.knowsCall(f.Call), "call: there is none such as %q; name a kind (%s) or a route", f.Call, strings.Join(e.kinds(), ", "))
	wrong(!slices.Contains(deeds, f.Do), "do: %q is not one of %s", f.Do, strings.Join(deeds, ", "))
	wrong(f.Times < 0 || f.For < 0 || f.Delay < 0 || f.RetryAfter < 0, "times, for, delay and retry_after cannot be negative")
	wrong(f.Chance < 0 || f.Chance > 1, "chance: give a number from 0 to 1")
	wrong(f.Delay == 0 && (f.Do == DoSlow || f.Do == DoDelay && f.Call != CallWebhook), "delay: %s needs to know how long", f.Do)
	wrong(f.Do == DoAnswer && (f.Status < 400 || f.Status > 599), "status: give one from 400 to 599")
	wrong(f.Do == DoGarbage && f.Status != 0 && (f.Status < 200 || f.Status > 599), "status: give one from 200 to 599, or none")
	wrong(f.Do != DoAnswer && (f.AfterEffect || f.RetryAfter > 0), "after_effect and retry_after belong to answer")
	return errors.Join(errs...)
}

// kinds are the kinds of call that a fault can name.
func (e *Emulator) kinds() []string {
	all := slices.Collect(maps.Values(e.callsAndWebhooks()))
	slices.Sort(all)
	return slices.Compact(all)
}

func callDeeds() []string {
	return []string{DoDelay, DoDropBefore, DoAnswer, DoDropAfter, DoGarbage, DoTruncate, DoCut, DoNoID, DoSlow}
}

// knowsCall accepts the kinds, and the routes as they were registered.
func (e *Emulator) knowsCall(call string) bool {
	if call == "" || call == CallWebhook {
		return true
	}
	for pattern, kind := range e.patterns {
		if call == kind || call == pattern {
			return true
		}
	}
	return false
}

// follows says that the fault comes after what was asked has happened.
func (f Fault) follows() bool {
	switch f.Do {
	case DoDelay, DoDropBefore:
		return false
	case DoAnswer:
		return f.AfterEffect
	}
	return true
}

// label names a kind of injection in the counts, as in "create answer 503".
func (f Fault) label(kind string) string {
	label := kind + " " + f.Do
	if f.Do == DoAnswer {
		label += fmt.Sprintf(" %d", f.Status)
	}
	return label
}

// faultProblem is the body that goes with a status answered by command.
func faultProblem(kind string, status int) *problem {
	switch {
	case status == http.StatusConflict && kind == CallCreate:
		return &problem{Type: alreadyExistsType, Title: "Already Exists", Status: status, Detail: "duplicate ref_id provided"}
	case status == http.StatusConflict && kind == CallCreateAccount:
		return &problem{Type: alreadyExistsType, Title: "Already Exists", Status: status, Detail: "duplicate ref_id provided"}
	case status == http.StatusConflict && kind == CallAskUpload:
		return &problem{Type: alreadyExistsType, Title: "Already Exists", Status: status, Detail: "file already exists"}
	case status == http.StatusForbidden && kind != CallUpload:
		return refuse(status, "insufficient scopes: found '', required one of '[%s]'", scopeWriteIdentity)
	case status == http.StatusTooManyRequests:
		return throttled()
	}
	return refuse(status, "the emulator was told to answer this")
}
