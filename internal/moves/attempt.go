package moves

import (
	"cmp"
	"context"
	"errors"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// attempt makes one attempt at one move. Its start is stored before any call, so that a crash at any point leaves an attempt whose
// answer counts as lost.
func (s *Sender) attempt(ctx context.Context, job queue.Job, h Handler) error {
	m, payload, paxosID, err := s.o.Store.BeginMove(ctx, job)
	if err != nil {
		if fault.From(err).Code == identity.MoveUnread {
			return s.fail(ctx, job, identity.Failure{Code: identity.MoveUnread}, true) // the key may come back
		}
		return err
	}
	a := &Attempt{Move: m, PaxosID: paxosID, Now: s.o.Now(), payload: payload}
	result, err := h(ctx, a)
	if err != nil {
		return s.refused(ctx, job, err)
	}
	return s.done(ctx, job, result)
}

// refused decides what an attempt that did not succeed means.
func (s *Sender) refused(ctx context.Context, job queue.Job, err error) error {
	f := fault.From(err)
	_, noEffect := errors.AsType[harmless](err)
	_, again := errors.AsType[later](err)
	if f.Throttles() {
		return s.putOff(ctx, job, f)
	}
	switch f.Kind {
	case fault.Conflict, fault.Invalid, fault.TooLarge:
		return s.fail(ctx, job, identity.Failure{Code: cmp.Or(f.Code, codeOf(f)), Text: f.Text, Fields: f.Fields}, again || f.Code == identity.WrongStatus)
	case fault.Forbidden: // somebody can have the scope granted, and the same sent then
		return s.fail(ctx, job, identity.Failure{Code: identity.ScopeMissing, Text: f.Text}, true)
	case fault.NotFound:
		return s.fail(ctx, job, identity.Failure{Code: identity.MoveGone, Text: f.Text}, true)
	case fault.Unavailable, fault.Unauthenticated:
		return s.miss(ctx, job, f)
	default: // Lost, and whatever leaves it open whether Paxos has done it
		if noEffect {
			return s.miss(ctx, job, f)
		}
		return s.lose(ctx, job, f)
	}
}

// codeOf says why Paxos refused, where the call does not know better.
func codeOf(f *fault.Error) string {
	exists, found := errors.AsType[*identity.Exists](f)
	switch {
	case f.Kind != fault.Conflict:
		return identity.Refused
	case !found:
		return identity.AlreadyExists
	case exists.Field == "ref_id":
		return identity.RefIDTaken
	case exists.Field == "cip_id":
		return identity.CIPIDTaken
	}
	return identity.AlreadyExists
}

func (s *Sender) done(ctx context.Context, job queue.Job, r Result) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	if err := s.o.Store.MoveDone(ctx, job, r); err != nil {
		return err
	}
	s.o.Log.Info("a move is done", "move", job.Subject, "kind", job.Kind, "attempts", job.Attempts)
	return nil
}

func (s *Sender) fail(ctx context.Context, job queue.Job, why identity.Failure, again bool) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	s.o.Log.Warn("a move failed", "move", job.Subject, "kind", job.Kind, "attempts", job.Attempts, "code", why.Code)
	return s.o.Store.MoveFailed(ctx, job, why, again)
}

// lose notes an attempt that may have had its effect; the next one finds out.
func (s *Sender) lose(ctx context.Context, job queue.Job, f *fault.Error) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	s.o.Log.Warn("a move's answer was lost", "move", job.Subject, "kind", job.Kind, "attempts", job.Attempts, "error", fault.Describe(f))
	return s.o.Store.MoveLost(ctx, job, f.Again(s.o.Now(), s.o.Backoff(job.Attempts)), fault.Describe(f))
}

// miss notes an attempt that surely had no effect.
func (s *Sender) miss(ctx context.Context, job queue.Job, f *fault.Error) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	s.o.Log.Warn("an attempt at a move had no effect", "move", job.Subject, "kind", job.Kind, "attempts", job.Attempts, "error", fault.Describe(f))
	return s.o.Store.MoveMissed(ctx, job, f.Again(s.o.Now(), s.o.Backoff(job.Attempts)), fault.Describe(f))
}

// putOff takes an attempt back that Paxos did not take in, since it throttles the desk, or that was not even made.
func (s *Sender) putOff(ctx context.Context, job queue.Job, f *fault.Error) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	at := f.Again(s.o.Now(), s.o.Backoff(job.Attempts))
	s.o.Log.Info("a move waits while paxos throttles the desk", "move", job.Subject, "kind", job.Kind, "until", at, "error", fault.Describe(f))
	return s.o.Store.PutOffMove(ctx, job, at, fault.Describe(f))
}
