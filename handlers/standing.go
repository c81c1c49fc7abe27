package handlers

import (
	"net/url"
	"strings"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/views"
)

// thenOf reads the moment whose status is asked for: `at` is a day, of which the end counts, or a moment; a day can be given a
// time of it, `at_time`. Days and times are those of the location. Without `at` nothing is asked.
func thenOf(q url.Values, loc *time.Location, now time.Time) views.Then {
	then := views.Then{Date: strings.TrimSpace(q.Get("at")), Time: strings.TrimSpace(q.Get("at_time"))}
	switch {
	case then.Date == "" && then.Time == "":
		return then
	case then.Date == "":
		then.Error = "Enter a date, too."
		return then
	}
	p := parse(url.Values{"at": {joined(then)}})
	at, day := p.moment("at", loc)
	if then.Error = p.errors["at"]; then.Error != "" {
		return then
	}
	if at.After(now.Add(identity.ClockGrace)) {
		then.Error = "Must not be in the future."
		return then
	}
	then.At, then.EndOfDay = at, day
	if day {
		then.At = at.AddDate(0, 0, 1).Add(-time.Millisecond)
	}
	if then.At.After(now) {
		then.At, then.EndOfDay, then.Present = now, false, true
	}
	return then
}

// joined is a day and its time as one.
func joined(then views.Then) string {
	if then.Time == "" {
		return then.Date
	}
	return then.Date + "T" + then.Time
}

// thenWrong is the error of a moment that cannot be asked for.
func thenWrong(then views.Then) *fault.Error {
	return fault.Fields("The status cannot be told for this moment.", map[string]string{"at": then.Error})
}

// stoodAt is what is known of a case at a moment that was asked for; nothing where none was.
func stoodAt(history []identity.Entry, then views.Then) identity.Standing {
	if then.At.IsZero() {
		return identity.Standing{}
	}
	return identity.StandingAt(history, then.At)
}

// standingJSON is the status at a moment that was asked for. Where known_from is later than asked_at nothing is known of it; else a
// status_at of null means that Paxos had not answered yet.
type standingJSON struct {
	AskedAt   *time.Time `json:"asked_at"`
	StatusAt  *string    `json:"status_at"`
	KnownFrom *time.Time `json:"known_from"`
}

func toStanding(s identity.Standing) standingJSON {
	return standingJSON{AskedAt: utc(&s.At), StatusAt: orNull(string(s.Status)), KnownFrom: utc(&s.KnownFrom)}
}
