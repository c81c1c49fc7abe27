package identity

import "time"

// Learn applies one answer of Paxos to a case, which may be the zero Identity: then it is first seen. It gives the next
// state and the lines of history that tell of it.
//
// Older news never replaces newer: Paxos' updated_at decides, then the moment at which we asked; an equal answer applies. News
// that is too old changes no state, yet what its event tells still becomes history. Rev grows when anything but the moments
// of asking and checking changed. Times are cut to milliseconds, as they are stored, so that a stored one compares equal.
func (i Identity) Learn(n News, p Policy, now time.Time) (Identity, []Entry) {
	l := learning{was: i, next: i, n: n.inMilliseconds(), now: now}
	if i.ErasedAt != nil {
		l.n = l.n.impersonal()
	}
	l.first = i.PaxosID == ""
	l.fresh = l.first || !l.n.olderThan(i)
	if l.fresh {
		l.takeRecord()
		l.takeMoments()
	}
	l.closeExpired()
	l.takeEventFacts()
	l.closeDocuments()
	l.tell()
	if l.changed() {
		l.next = l.next.assessedAfter(p, now, l.occurred)
		l.next.Rev++
	}
	return l.next, l.entries
}

// learning is one run of Learn.
type learning struct {
	was, next Identity
	n         News
	now       time.Time
	first     bool      // Paxos' record was not known before
	fresh     bool      // the record is not older than what is known
	occurred  time.Time // at Paxos: when what is new happened
	facts     []Change  // what the event tells beside a status
	entries   []Entry
}

func (n News) inMilliseconds() News {
	n.AskedAt = milliseconds(n.AskedAt)
	n.HeardAt = milliseconds(n.HeardAt)
	n.Record.CreatedAt = milliseconds(n.Record.CreatedAt)
	n.Record.UpdatedAt = milliseconds(n.Record.UpdatedAt)
	return n
}

func milliseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func (n News) olderThan(i Identity) bool {
	if !n.Record.UpdatedAt.Equal(i.UpdatedAt) {
		return n.Record.UpdatedAt.Before(i.UpdatedAt)
	}
	return n.AskedAt.Before(i.AskedAt)
}

// takeRecord copies what the record says. A record may be partial: what it does not say stays.
func (l *learning) takeRecord() {
	r, next := l.n.Record, &l.next
	l.occurred = r.UpdatedAt
	keep(&next.PaxosID, r.PaxosID)
	keep(&next.RefID, r.RefID)
	keep(&next.Type, r.Type)
	keep(&next.Initials, Initials(r.Name))
	next.Details = r.Details
	if next.Details.Institution == nil {
		next.Details.Institution = l.was.Details.Institution
	}
	l.takeControls()
	if l.first {
		next.CreatedAt = l.n.HeardAt
	}
	if !r.CreatedAt.IsZero() {
		next.CreatedAt = r.CreatedAt
	}
	next.UpdatedAt = r.UpdatedAt
	if r.Status != StatusNone && r.Status != l.was.Status {
		l.takeStatus(r.Status)
	}
}

func keep[T ~string](old *T, value T) {
	if value != "" {
		*old = value
	}
}

// takeStatus changes the status and starts or ends the time that the case is undecided.
func (l *learning) takeStatus(s Status) {
	old := l.was.Status
	l.next.Status, l.next.LearnedBy = s, l.n.By
	if l.announced() && !l.n.Event.OccurredAt.IsZero() {
		l.occurred = milliseconds(l.n.Event.OccurredAt)
	}
	l.next.DecidedAt = l.decidedAt(s)
	switch {
	case !s.Undecided():
		l.next.PendingSince = nil
	case old == StatusNone && s == StatusError:
		since := l.next.frozenSince()
		l.next.PendingSince = &since
	case old != StatusNone && (s == Pending || !old.Undecided()):
		since := l.occurred
		l.next.PendingSince = &since
	}
}

// frozenSince is when an identity that was first seen frozen was frozen, as well as its record tells: it may have been approved
// for years before.
func (i Identity) frozenSince() time.Time {
	since := i.UpdatedAt
	controls, _ := i.Details.InForce()
	for _, c := range controls {
		if c.Type == controlFrozen && !c.CreatedAt.IsZero() {
			since = milliseconds(c.CreatedAt)
		}
	}
	if since.IsZero() {
		return i.CreatedAt
	}
	return since
}

// takeMoments notes when we asked and as of when the state is known; neither goes back.
func (l *learning) takeMoments() {
	if l.n.AskedAt.After(l.next.AskedAt) {
		l.next.AskedAt = l.n.AskedAt
	}
	heard := l.n.HeardAt
	if l.n.AskedAt.After(heard) { // a webhook came first, then we asked
		heard = l.n.AskedAt
	}
	if l.next.CheckedAt == nil || heard.After(*l.next.CheckedAt) {
		l.next.CheckedAt = &heard
	}
}

// takeEventFacts learns what an event alone tells: documents asked for, a KYC refresh begun or ended. These hold even where
// the row was already newer than the event, since a record does not always repeat them.
func (l *learning) takeEventFacts() {
	e := l.n.Event
	if e == nil || e.IsTest {
		return
	}
	at := milliseconds(e.OccurredAt)
	if e.OccurredAt.IsZero() {
		at = l.n.HeardAt
	}
	switch e.Type {
	case EventDocumentsRequired:
		l.openDocuments(e, at)
	case EventRefreshStarted:
		l.openRefresh(e, at)
	case EventRefreshCompleted:
		l.closeRefresh(at)
	case EventRefreshExpired:
		l.expireRefresh(at)
	}
}

func (l *learning) openDocuments(e *Event, at time.Time) {
	l.fact("documents", join(e.Documents))
	if d := l.next.Documents; d != nil && !d.At.Before(at) {
		return
	}
	l.next.Documents = &DocumentsAsk{Types: e.Documents, At: at, HeardAt: l.n.HeardAt}
	l.happened(at)
}

// openRefresh opens a KYC refresh. A late event must not open again what was finished since: a clearly newer record that does
// not ask for a refresh, or a later start, wins.
func (l *learning) openRefresh(e *Event, at time.Time) {
	end := refreshEnd(at, milliseconds(e.RefreshNext))
	l.fact("KYC refresh", "started, ends "+end.Format(time.DateOnly))
	if l.next.UpdatedAt.Sub(at) > ClockGrace && l.next.refreshRequirement() == nil {
		return
	}
	opened := Refresh{StartedAt: at, EndsAt: end}
	switch r := l.next.Refresh; {
	case r == nil:
	case !r.StartedAt.Before(at):
		return
	case r.StartedAt.IsZero() && at.Before(r.EndsAt): // its end was heard first
		opened.EndsAt, opened.Expired = r.EndsAt, r.Expired
	}
	l.next.Refresh = &opened
	l.happened(at)
}

// refreshEnd is the end that Paxos names, else the usual term from the start. Paxos' next date can also be that of the
// refresh after this one, one to three years ahead, or the start itself; neither is an end.
func refreshEnd(start, next time.Time) time.Time {
	if next.After(start) && next.Sub(start) <= 3*RefreshTerm {
		return next
	}
	return start.Add(RefreshTerm)
}

func (l *learning) closeRefresh(at time.Time) {
	l.fact("KYC refresh", "completed")
	if r := l.next.Refresh; r != nil && !at.Before(r.StartedAt) {
		l.next.Refresh = nil
		l.happened(at)
	}
}

// expireRefresh keeps the refresh open, with an end that has come: Paxos still waits for it. Where no start was heard, the record says
// whether it does.
func (l *learning) expireRefresh(at time.Time) {
	l.fact("KYC refresh", "expired")
	over := Refresh{EndsAt: at, Expired: true}
	switch r := l.next.Refresh; {
	case r == nil && l.next.refreshRequirement() == nil, r != nil && (r.Expired || at.Before(r.StartedAt)):
		return
	case r != nil:
		over.StartedAt = r.StartedAt
		if r.EndsAt.Before(at) {
			over.EndsAt = r.EndsAt
		}
	}
	l.next.Refresh = &over
	l.happened(at)
}

// closeExpired ends a refresh that is past its time once a record no longer asks for it: it was done, and no event said so.
func (l *learning) closeExpired() {
	if r := l.was.Refresh; l.fresh && r != nil && r.Expired && l.was.refreshRequirement() != nil && l.next.refreshRequirement() == nil {
		l.next.Refresh = nil
	}
}

func (l *learning) fact(field, value string) {
	l.facts = append(l.facts, Change{Field: field, New: value})
}

// happened notes the moment of a fact that is newer than the record's change.
func (l *learning) happened(at time.Time) {
	if at.After(l.occurred) {
		l.occurred = at
	}
}

// closeDocuments ends the ask for documents once a record newer than the ask shows that it is settled: Paxos has decided, or
// the requirements that say who must act no longer wait for documents of ours. An ask after a decision stays.
func (l *learning) closeDocuments() {
	d := l.next.Documents
	if d == nil || !l.next.UpdatedAt.After(d.At) {
		return
	}
	if l.next.Status.final() || l.next.documentsSettled() {
		l.next.Documents = nil
	}
}

func (i Identity) documentsSettled() bool {
	known := false
	for _, r := range i.Details.Requirements {
		known = known || !r.Older
		if r.wantsDocuments() {
			return false
		}
	}
	return known
}

// wantsDocuments reports whether we must upload something: by its type, or because Paxos says so of another.
func (r Requirement) wantsDocuments() bool {
	return r.Awaiting == AwaitingClient && (r.ofDocuments() || r.has(codeUploadRequired) || r.has(codeEDDDocuments))
}

func (r Requirement) ofDocuments() bool {
	return r.Type == DocumentVerification || r.Type == EnhancedDueDiligence
}
