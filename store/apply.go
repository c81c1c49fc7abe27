package store

import (
	"context"
	"errors"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// Accepted stores that Paxos holds what we submitted: its id and status; the draft is erased, the job ends, and a first
// re-check is asked for. Where a webhook, poll or sync has brought the same identity before, the two cases become one, which
// keeps the submission's id. Running it twice is harmless.
func (s *Store) Accepted(ctx context.Context, id string, n identity.News, job *queue.Job) (i identity.Identity, err error) {
	n = stored(n)
	err = s.write(ctx, func(t *tx) error {
		if job != nil {
			if err := t.hold(*job); err != nil {
				return err
			}
		}
		old, err := findRow(t, id)
		if err != nil {
			return err
		}
		switch {
		case n.Record.PaxosID == "":
			err = errNoPaxosID()
		case old.PaxosID == n.Record.PaxosID:
			if i, _, err = t.learn(old, n); err == nil {
				err = t.finishUnlessGone(job)
			}
		case old.PaxosID != "" || !old.Submission.Waiting():
			err = fault.New(fault.Conflict, "This submission has already come to another end.")
		default:
			i, err = t.accept(old, n)
		}
		return err
	})
	return i, err
}

// accept is the one way in which a submission becomes Paxos'.
func (t *tx) accept(old row, n identity.News) (identity.Identity, error) {
	twin, found, err := findPaxosID(t, n.Record.PaxosID)
	if err != nil {
		return old.Identity, err
	}
	if found && twin.Submission != identity.NotOurs {
		return old.Identity, fault.New(fault.Conflict, "Another submission of ours already holds this Paxos id.")
	}
	known := old.Identity
	if found {
		if known, err = t.absorb(old, twin); err != nil {
			return known, err
		}
	}
	next, entries := known.Accept(n, t.s.Policy(), t.now)
	i, err := t.saveAndTell(old, next, entries)
	if err != nil {
		return i, err
	}
	if err := t.keepMembers(i, n); err != nil {
		return i, err
	}
	if err := t.eraseSecrets(i.ID, secretDraft, secretFailure); err != nil {
		return i, err
	}
	p, err := t.haste(i.ID)
	if err != nil {
		return i, err
	}
	if err := t.drop(jobSubmit, i.ID); err != nil {
		return i, err
	}
	return i, t.enqueue(jobRecheck, i.ID, p, "")
}

// haste is how soon what follows a submission is wanted: nobody waits for what came with a file of many.
func (t *tx) haste(id string) (queue.Priority, error) {
	p, found, err := maybe(t, scanValue[int64], `SELECT priority FROM jobs WHERE `+ofSubject, jobSubmit, id)
	if err != nil || !found {
		return queue.Submission, err
	}
	return queue.Priority(p), nil
}

// learn applies one answer of Paxos to a case, or to a new one where old is zero.
func (t *tx) learn(old row, n identity.News) (i identity.Identity, changed bool, err error) {
	next, entries := old.Learn(n, t.s.Policy(), t.now)
	i, err = t.saveAndTell(old, next, entries)
	if err == nil && i.Details.ControlsUnsaid {
		err = t.hearOfControls(n.Event, i, queue.Background)
	}
	if err != nil || i.ErasedAt != nil || !next.AskedAt.Equal(n.AskedAt) { // older news is not learned, nor is an erased name
		return i, len(entries) > 0, err
	}
	if err := t.keepName(i.ID, n.Record.Name); err != nil {
		return i, false, err
	}
	if old.ID == "" {
		err = t.askForMembers(i, n)
	}
	if err == nil {
		err = t.keepMembers(i, n)
	}
	return i, len(entries) > 0, err
}

// keepName seals a name that an answer carried; one that is known already is left alone.
func (t *tx) keepName(id string, name identity.Name) error {
	if name == (identity.Name{}) {
		return nil
	}
	var known identity.Name
	if _, err := t.s.openSecret(t, id, secretName, &known); err == nil && known == name {
		return nil
	}
	return t.setName(id, name)
}

// stored is news with its times as they are stored, so that what is compared with what was stored is alike.
func stored(n identity.News) identity.News {
	for _, at := range []*time.Time{&n.Record.CreatedAt, &n.Record.UpdatedAt, &n.AskedAt, &n.HeardAt} {
		if !at.IsZero() {
			*at = at.UTC().Truncate(time.Millisecond)
		}
	}
	return n
}

// errNoPaxosID is an answer that no case can be found or made by.
func errNoPaxosID() error { return errors.New("an answer of Paxos about an identity has no id") }

// owner is whose news a record brings: those of the submission that it is the outcome of, else of the case that has its Paxos id,
// else of a new one. Where it waits, that cannot be told before the submission's create call has an answer.
type owner struct {
	submission, known row
	ours, waits       bool
}

func (t *tx) ownerOf(r identity.Record) (o owner, err error) {
	if r.PaxosID == "" {
		return o, errNoPaxosID()
	}
	var have, found bool
	if o.known, have, err = findPaxosID(t, r.PaxosID); err != nil {
		return o, err
	}
	if r.RefID == "" || have && o.known.Submission != identity.NotOurs {
		return o, nil
	}
	o.submission, found, err = maybe(t, scanRow, selectRow+`WHERE ref_id = $1 AND submission IN ('queued', 'sent', 'failed')`, r.RefID)
	o.ours = found && o.submission.IsOurs(r)
	o.waits = found && o.submission.Awaits(r) && !have // a case that is there already gets no second row
	return o, err
}

// apply applies news to whose they are. It changes nothing where that cannot be told yet, see errAnswerOpen.
func (t *tx) apply(n identity.News) (identity.Identity, bool, error) {
	o, err := t.ownerOf(n.Record)
	switch {
	case err != nil:
		return identity.Identity{}, false, err
	case o.waits:
		return identity.Identity{}, false, errAnswerOpen()
	case o.ours:
		i, err := t.accept(o.submission, n)
		return i, true, err
	}
	return t.learn(o.known, n)
}

// applyListed is apply for a page of a list, which does not come again: what cannot be told yet is left out, and asked for by
// itself until it can.
func (t *tx) applyListed(n identity.News) (identity.Identity, bool, error) {
	i, changed, err := t.apply(n)
	if err != nil && fault.From(err).Code == identity.AnswerOpen {
		return i, false, t.enqueue(jobLook, n.Record.PaxosID, queue.Background, "")
	}
	return i, changed, err
}

// errAnswerOpen is news about a record that a create call under way may have made, or that somebody else did.
func errAnswerOpen() error {
	return &fault.Error{
		Kind: fault.Conflict, Code: identity.AnswerOpen,
		Text: "A submission under this ref_id is on its way to Paxos. Whose the record is shows when its answer is here.",
	}
}

// ApplyIdentity applies what Paxos answered about one identity, unless what is stored is newer. The event that made us ask,
// if any, is saved as done, and the job ends. Running it twice is harmless. It is a Conflict with the code [identity.AnswerOpen],
// and changes nothing, while a create call is under way that may have made the record.
func (s *Store) ApplyIdentity(ctx context.Context, n identity.News, job *queue.Job) (i identity.Identity, err error) {
	n = stored(n)
	err = s.write(ctx, func(t *tx) (err error) {
		if job != nil {
			if err := t.hold(*job); err != nil {
				return err
			}
		}
		if i, _, err = t.apply(n); err != nil {
			return err
		}
		if n.Event != nil {
			if err := t.doneEvent(*n.Event, i, job); err != nil {
				return err
			}
		}
		return t.finishUnlessGone(job)
	})
	return i, err
}

// finishUnlessGone ends a job that was held when the write began; accepting a submission may have ended it already.
func (t *tx) finishUnlessGone(job *queue.Job) error {
	if job == nil {
		return nil
	}
	_, held, err := maybe(t, scanValue[int64], holdQuery, job.ID, job.Lease)
	if err != nil || !held {
		return err
	}
	return t.finish(*job)
}

// ApplyPage applies a page of a list and keeps how far the reading has come. changed is how many cases were new or differed. A
// record that a create call under way may have made is left out, and a job asks for it by itself.
func (s *Store) ApplyPage(ctx context.Context, ns []identity.News, state map[string]string) (changed int, err error) {
	err = s.write(ctx, func(t *tx) error {
		changed = 0
		for _, n := range ns {
			_, differs, err := t.applyListed(stored(n))
			if err != nil {
				return err
			}
			if differs {
				changed++
			}
		}
		for key, value := range state {
			if err := t.setState(key, value); err != nil {
				return err
			}
		}
		return nil
	})
	return changed, err
}
