package identity

import "time"

// NewSubmission is the case that begins with a draft: queued, its ID set by the store.
func NewSubmission(d Draft, by string, p Policy, now time.Time) (Identity, []Entry) {
	i := Identity{
		RefID: d.RefID, Type: Person, Submission: Queued, Initials: Initials(Name{d.Person.FirstName, d.Person.MiddleName, d.Person.LastName}),
		CreatedAt: now, UpdatedAt: now, SubmittedBy: by, SubmittedAt: &now, VerificationID: d.Person.PassthroughVerificationID, LearnedBy: BySubmit, Rev: 1,
	}
	i = i.Assessed(p, now)
	return i, []Entry{{Kind: WasSubmitted, By: BySubmit, ActorID: by, OccurredAt: now, ReceivedAt: now, ProcessedAt: now}}
}

func (i Identity) step(kind EntryKind, p Policy, now time.Time) (Identity, []Entry) {
	i.Rev++
	if i.PaxosID == "" {
		i.UpdatedAt = now
	}
	return i.Assessed(p, now), []Entry{{IdentityID: i.ID, Kind: kind, By: BySubmit, OccurredAt: now, ReceivedAt: now, ProcessedAt: now}}
}

// BeginAttempt notes that a create call is about to be made.
func (i Identity) BeginAttempt(p Policy, now time.Time) (Identity, []Entry) {
	if i.AttemptedAt != nil && i.LostSince == nil {
		i.LostSince = i.AttemptedAt
	}
	i.Submission, i.AttemptedAt = Sent, &now
	i.Attempts++
	return i.step(WasAttempted, p, now)
}

// LoseAnswer notes that the open attempt ended without an answer.
func (i Identity) LoseAnswer(p Policy, now time.Time) (Identity, []Entry) {
	if i.AttemptedAt != nil && i.LostSince == nil {
		i.LostSince = i.AttemptedAt
	}
	i.AttemptedAt = nil
	return i.step(AnswerWasLost, p, now)
}

// MissAttempt notes that the open attempt surely had no effect.
func (i Identity) MissAttempt(p Policy, now time.Time) (Identity, []Entry) {
	i.AttemptedAt = nil
	next, _ := i.step(WasAttempted, p, now)
	return next, nil
}

// IsOurs reports whether a record may be what one of our attempts created.
func (i Identity) IsOurs(r Record) bool {
	from := i.LostSince
	if from == nil {
		from = i.AttemptedAt
	}
	return i.Submission == Sent && from != nil && r.RefID == i.RefID && !r.CreatedAt.Before(from.Add(-ClockGrace))
}

// Accept takes Paxos' answer to our create.
func (i Identity) Accept(n News, p Policy, now time.Time) (Identity, []Entry) {
	i.Submission, i.AttemptedAt, i.LostSince, i.FailureCode = Accepted, nil, nil, ""
	next, entries := i.Learn(n, p, now)
	return next, append([]Entry{{IdentityID: i.ID, Kind: WasAccepted, By: n.By, OccurredAt: n.Record.CreatedAt, ReceivedAt: n.HeardAt, ProcessedAt: now}}, entries...)
}

// Fail ends the submission with Paxos' refusal.
func (i Identity) Fail(f Failure, existingID string, p Policy, now time.Time) (Identity, []Entry) {
	i.Submission, i.AttemptedAt, i.LostSince, i.FailureCode, i.ExistingID = Failed, nil, nil, f.Code, existingID
	return i.step(HasFailed, p, now)
}

// Resubmit puts a failed submission back in the queue.
func (i Identity) Resubmit(by string, p Policy, now time.Time) (Identity, []Entry) {
	i.Submission, i.FailureCode, i.ExistingID, i.SubmittedAt = Queued, "", "", &now
	next, es := i.step(WasResubmitted, p, now)
	es[0].ActorID = by
	return next, es
}

// Withdraw gives a failed submission up.
func (i Identity) Withdraw(by string, p Policy, now time.Time) (Identity, []Entry) {
	i.Submission = Withdrawn
	next, es := i.step(WasWithdrawn, p, now)
	es[0].ActorID = by
	return next, es
}
