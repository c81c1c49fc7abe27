package views

import (
	"time"

	"identitydesk/internal/identity"
)

// words tell a moment that was asked about: "at the end of 3 March 2026 (America/New_York)".
func (t Then) words(loc *time.Location) string {
	at := t.At.In(place(loc))
	switch {
	case t.Present:
		return "today, as far as is known now"
	case t.EndOfDay:
		return "at the end of " + at.Format("2 January 2006") + " (" + zone(loc) + ")"
	case at.Second() != 0:
		return "on " + at.Format("2 January 2006 at 15:04:05") + " (" + zone(loc) + ")"
	default:
		return "on " + at.Format("2 January 2006 at 15:04") + " (" + zone(loc) + ")"
	}
}

// by tells what leads to a case that has another ref_id: "former ref_id of user-4711".
func (a Answer) by(i identity.Identity) string {
	if i.RefID == "" {
		return a.By
	}
	return a.By + " of " + i.RefID
}

// unknownBefore says that nothing was known of a case at a moment.
func unknownBefore(s identity.Standing, loc *time.Location) string {
	if s.KnownFrom.IsZero() {
		return "not known"
	}
	return "not known before " + s.KnownFrom.In(place(loc)).Format("2 January 2006 15:04")
}

// days tells a span of time, its end not included, by its days where it holds whole ones: "1 to 31 March 2026".
func days(from, to time.Time, loc *time.Location) string {
	from, to = from.In(place(loc)), to.In(place(loc))
	if !isMidnight(from) || !isMidnight(to) {
		return from.Format("2 January 2006 15:04") + " to " + to.Format("2 January 2006 15:04")
	}
	const whole = "2 January 2006"
	last := to.AddDate(0, 0, -1)
	switch {
	case !last.After(from):
		return "on " + from.Format(whole)
	case from.Year() != last.Year():
		return from.Format(whole) + " to " + last.Format(whole)
	case from.Month() != last.Month():
		return from.Format("2 January") + " to " + last.Format(whole)
	default:
		return from.Format("2") + " to " + last.Format(whole)
	}
}

func isMidnight(t time.Time) bool {
	return t.Equal(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()))
}

// words tell how far a range is. A moment belongs behind them where it has been begun.
func (r RangeRead) words(loc *time.Location) string {
	created := "created " + days(r.From, r.To, loc)
	switch {
	case r.running() && r.Read == 0:
		return "Paxos is asked for the identities " + created + "."
	case r.running():
		return "Reading the identities " + created + ": " + grouped(r.Read) + " so far, up to"
	case r.Error != "":
		return "The identities " + created + " were not read to the end: after " + grouped(r.Read) + " Paxos refused (" + r.Error + "), at"
	case r.Changed > 0:
		return "Read " + counted(r.Read, false, "identity", "identities") + " " + created + ": " + grouped(r.New) + " new, " + grouped(r.Changed) + " changed. Done at"
	default:
		return "Read " + counted(r.Read, false, "identity", "identities") + " " + created + ": " + grouped(r.New) + " new. Done at"
	}
}

// announcement is what a screen reader hears once a range is read.
func (r RangeRead) announcement() string {
	switch {
	case r.running():
		return ""
	case r.Error != "":
		return "Paxos could not be read."
	default:
		return "Read from Paxos: " + counted(r.Read, false, "identity", "identities") + ", " + grouped(r.New) + " new."
	}
}

func rangeTone(r RangeRead) string {
	switch {
	case r.Error != "":
		return "banner-amber"
	case r.running():
		return "banner-blue"
	default:
		return "banner-green"
	}
}

// missText says that an id led to no case.
func (p LookupPage) missText(a Answer) string {
	if a.ErasedAt != nil {
		return "erased on " + clock(*a.ErasedAt, p.Now, p.Location)
	}
	return "not in the cache as of " + clock(p.AsOf, p.Now, p.Location)
}
