package identity

import (
	"slices"
	"time"
)

// NewSubmission is the case that begins with a draft: queued, not yet known to Paxos. The store gives it its ID.
func NewSubmission(d Draft, by string, p Policy, now time.Time) (Identity, []Entry) {
	name := Name{First: d.Person.FirstName, Middle: d.Person.MiddleName, Last: d.Person.LastName}
	i := Identity{
		RefID: d.RefID, Type: Person, Submission: Queued, Initials: Initials(name),
		CreatedAt:   now,
		SubmittedBy: by, SubmittedAt: &now, VerificationID: d.Person.PassthroughVerificationID,
	}
	return i.step(step{kind: WasSubmitted, actor: by}, p, now)
}

// Application is what one create call sends: the draft of a person or that of an institution.
type Application struct {
	Person      *Draft
	Institution *InstitutionDraft
}

// PersonalData is what the draft tells.
func (a Application) PersonalData() (PersonalData, error) {
	if a.Institution != nil {
		return personalDataOf(a.Institution)
	}
	return personalDataOf(a.Person)
}

// NewInstitution is the case that begins with the draft of an institution, as [NewSubmission] is that of a person.
func NewInstitution(d InstitutionDraft, by string, p Policy, now time.Time) (Identity, []Entry) {
	f := d.Institution
	i := Identity{
		RefID: d.RefID, Type: Institution, Submission: Queued, Initials: Initials(Name{Last: f.Name}),
		Details: Details{Institution: &InstitutionFacts{
			LegalForm: f.Type, Business: f.SubType, Regulation: f.RegulationStatus, Trading: f.TradingType,
		}},
		CreatedAt: now, SubmittedBy: by, SubmittedAt: &now,
	}
	return i.step(step{kind: WasSubmitted, actor: by}, p, now)
}

// BeginAttempt notes that a create call is about to be made. An attempt that is still open from before, because the desk
// stopped in the middle, counts as lost.
func (i Identity) BeginAttempt(p Policy, now time.Time) (Identity, []Entry) {
	var lost []Entry
	if i.AttemptedAt != nil {
		i, lost = i.LoseAnswer(p, now)
	}
	i.Submission, i.AttemptedAt = Sent, &now
	i.Attempts++
	next, entries := i.step(step{kind: WasAttempted}, p, now)
	return next, append(lost, entries...)
}

// LoseAnswer notes that the open attempt ended without an answer that was understood: it may have worked.
func (i Identity) LoseAnswer(p Policy, now time.Time) (Identity, []Entry) {
	if i.AttemptedAt == nil {
		return i, nil
	}
	if i.LostSince == nil {
		i.LostSince = i.AttemptedAt
	}
	i.AttemptedAt = nil
	return i.step(step{kind: AnswerWasLost}, p, now)
}

// MissAttempt notes that the open attempt surely had no effect. It leaves no line of history: the attempt has one.
func (i Identity) MissAttempt(p Policy, now time.Time) (Identity, []Entry) {
	if i.AttemptedAt == nil {
		return i, nil
	}
	i.AttemptedAt = nil
	next, _ := i.step(step{kind: WasAttempted}, p, now)
	return next, nil
}

// PutOffAttempt undoes BeginAttempt where Paxos throttles the desk, so that the call was not made or not taken in: nothing was
// attempted. It leaves no line of history, and the attempt's own is the caller's to take away.
func (i Identity) PutOffAttempt(p Policy, now time.Time) Identity {
	if i.AttemptedAt == nil {
		return i
	}
	i.AttemptedAt = nil
	if i.Attempts--; i.Attempts == 0 {
		i.Submission = Queued
	}
	next, _ := i.step(step{kind: WasAttempted}, p, now)
	return next
}

// IsOurs reports whether a record is taken for what an attempt created whose answer was lost: it carries the ref_id of a sent
// submission, and Paxos made it no earlier than the first such attempt, clocks differing by [ClockGrace] at most. Where no answer
// was lost, nothing but the answer of the create call itself makes a record ours.
func (i Identity) IsOurs(r Record) bool {
	return i.sentWith(r) && i.LostSince != nil && !r.CreatedAt.Before(i.LostSince.Add(-ClockGrace))
}

// Awaits reports whether it cannot be told yet whose a record is: a create call under its ref_id is under way, and may have
// created it or be about to clash with it. The answer tells, or that it is lost.
func (i Identity) Awaits(r Record) bool {
	return i.sentWith(r) && i.LostSince == nil && i.AttemptedAt != nil
}

func (i Identity) sentWith(r Record) bool {
	return i.Submission == Sent && r.RefID != "" && r.RefID == i.RefID
}

// AnswerOpen is the code of the Conflict that news meet about a record of which [Identity.Awaits] holds: they must come again.
const AnswerOpen = "answer_open"

// Accept takes Paxos' record of our submission, whatever brought it. The clock of the move at Paxos starts with Paxos'
// created_at, however late we learned.
func (i Identity) Accept(n News, p Policy, now time.Time) (Identity, []Entry) {
	i.Submission, i.AttemptedAt, i.LostSince = Accepted, nil, nil
	i.FailureCode, i.ExistingID, i.LinkingSince = "", "", nil
	if i.PaxosID == "" {
		i.Move, i.MoveSince = "", time.Time{}
	}
	next, entries := i.Learn(n, p, now)
	found := slices.IndexFunc(entries, func(e Entry) bool { return e.Kind == WasFound })
	if found >= 0 {
		entries[found].Kind, entries[found].Unannounced = WasAccepted, false
		entries[found].OccurredAt = next.CreatedAt
		return next, entries
	}
	accepted := Entry{
		IdentityID: i.ID, Kind: WasAccepted, New: n.Record.Status, By: n.By,
		OccurredAt: n.Record.CreatedAt, ReceivedAt: n.HeardAt, ProcessedAt: now,
	}
	return next, append([]Entry{accepted}, entries...)
}

// Fail ends the attempt with a refusal that a person must act on. That an earlier answer was lost stays known, since the
// record may be at Paxos all the same and show when the submission is made again.
func (i Identity) Fail(f Failure, existingID string, p Policy, now time.Time) (Identity, []Entry) {
	i.Submission, i.AttemptedAt = Failed, nil
	i.FailureCode, i.ExistingID = f.Code, existingID
	return i.step(step{kind: HasFailed, code: f.Code}, p, now)
}

// Resubmit puts a failed submission back on its way, with the same draft and ref_id. Any other is left as it is.
func (i Identity) Resubmit(by string, p Policy, now time.Time) (Identity, []Entry) {
	if i.Submission != Failed {
		return i, nil
	}
	i.Submission, i.FailureCode, i.ExistingID = Queued, "", ""
	return i.step(step{kind: WasResubmitted, actor: by}, p, now)
}

// Withdraw gives a failed submission up. Any other is left as it is.
func (i Identity) Withdraw(by string, p Policy, now time.Time) (Identity, []Entry) {
	if i.Submission != Failed {
		return i, nil
	}
	i.Submission = Withdrawn
	return i.step(step{kind: WasWithdrawn, actor: by}, p, now)
}

// DraftExpired is the code of a withdrawal that nobody asked for: the details had waited here for too long.
const DraftExpired = "draft_expired"

// LetDraftGo gives a failed submission up that nobody has cared for. Any other is left as it is.
func (i Identity) LetDraftGo(p Policy, now time.Time) (Identity, []Entry) {
	if i.Submission != Failed {
		return i, nil
	}
	i.Submission = Withdrawn
	return i.step(step{kind: WasWithdrawn, code: DraftExpired}, p, now)
}

// step is one transition of a submission as history tells it.
type step struct {
	kind  EntryKind
	actor string
	code  string
}

func (i Identity) step(s step, p Policy, now time.Time) (Identity, []Entry) {
	if i.PaxosID == "" {
		i.UpdatedAt = now
	}
	i.Rev++
	return i.assessedAfter(p, now, now), []Entry{{
		IdentityID: i.ID, Kind: s.kind, By: BySubmit, ActorID: s.actor, Code: s.code,
		OccurredAt: now, ReceivedAt: now, ProcessedAt: now,
	}}
}
