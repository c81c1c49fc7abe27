package store

import (
	"context"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// Resubmit sends a failed submission again, as it was or mended. A second click of the same person is no second act. It is a Conflict
// unless the submission has failed, and where it has failed once more since the person looked; the text says who was first. A new ref_id
// that the desk holds is a Conflict with [identity.Held] as its cause.
func (s *Store) Resubmit(ctx context.Context, id string, m identity.Mend, e audit.Entry) (identity.Identity, error) {
	a, err := s.askedAgain(m, e)
	if err != nil {
		return identity.Identity{}, err
	}
	return s.endFailure(ctx, id, a, e, func(t *tx, i identity.Identity) (identity.Identity, []identity.Entry, error) {
		next, entries, err := t.mended(i, m, e.ActorID)
		if err != nil {
			return i, nil, err
		}
		if err := t.eraseSecrets(i.ID, secretFailure); err != nil {
			return i, nil, err
		}
		if err := t.letLinksGo(i.ID); err != nil {
			return i, nil, err
		}
		return next, entries, t.enqueue(jobSubmit, i.ID, queue.Submission, e.ActorID)
	})
}

// askedAgain sums a resubmission. Of one with another ref_id alone the details are those that are kept, and not what was asked for.
func (s *Store) askedAgain(m identity.Mend, e audit.Entry) (ask, error) {
	if m.RefID != "" {
		return s.asked(m, e, m.RefID)
	}
	return s.asked(m, e, m.Draft)
}

// mended is a failed submission on its way again, with its draft exchanged where there is another.
func (t *tx) mended(i identity.Identity, m identity.Mend, by string) (identity.Identity, []identity.Entry, error) {
	if m.Draft == nil {
		next, entries := i.Resubmit(by, t.s.Policy(), t.now)
		return next, entries, nil
	}
	if m.Draft.RefID != i.RefID {
		if err := t.refuseHeld(m.Draft.RefID); err != nil {
			return i, nil, err
		}
	}
	next, entries := i.ResubmitWith(*m.Draft, by, t.s.Policy(), t.now)
	return next, entries, t.keepDraft(i.ID, *m.Draft)
}

// Withdraw gives a failed submission up and erases what it told of the person: draft, name and Paxos' words. It is a Conflict
// unless the submission has failed.
func (s *Store) Withdraw(ctx context.Context, id string, e audit.Entry) (identity.Identity, error) {
	a, err := s.asked(identity.Mend{}, e)
	if err != nil {
		return identity.Identity{}, err
	}
	return s.endFailure(ctx, id, a, e, func(t *tx, i identity.Identity) (identity.Identity, []identity.Entry, error) {
		next, entries := i.Withdraw(e.ActorID, s.Policy(), t.now)
		return next, entries, t.forgetDraft(i.ID)
	})
}

// forgetDraft erases what a submission that is given up told of the person. Notes stay: they tell why it was given up, and go with the
// case when its retention ends.
func (t *tx) forgetDraft(id string) error {
	if err := t.eraseSecrets(id, secretDraft, secretName, secretFailure, secretSnooze); err != nil {
		return err
	}
	if err := t.exec(`UPDATE identities SET cip_index = NULL WHERE id = $1`, id); err != nil {
		return err
	}
	t.effects.erased = true
	if err := t.letLinksGo(id); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM institution_members WHERE institution_id = $1`, id); err != nil {
		return err
	}
	return t.drop(jobSubmit, id)
}

type ending func(*tx, identity.Identity) (identity.Identity, []identity.Entry, error)

// endFailure moves a failed submission on.
func (s *Store) endFailure(ctx context.Context, id string, a ask, e audit.Entry, end ending) (i identity.Identity, err error) {
	err = s.write(ctx, func(t *tx) error {
		old, err := findRow(t, id)
		if err != nil {
			return err
		}
		if a.unseen(old.Identity) {
			i = old.Identity
			return t.second(old, a, e)
		}
		if open, found, err := t.linking(old.ID); err != nil {
			return err
		} else if found {
			return errLinking(open)
		}
		if i, err = t.endFailed(old, e, end); err != nil {
			return err
		}
		return t.keepAsk(i.ID, a)
	})
	return i, err
}

// endFailed moves a submission on that is known to have failed.
func (t *tx) endFailed(old row, e audit.Entry, end ending) (i identity.Identity, err error) {
	next, entries, err := end(t, old.Identity)
	if err != nil {
		return i, err
	}
	if next.Decided() {
		next.Casework = next.Wake(identity.WokeByPerson, t.now)
	}
	next.Casework = next.Touch(e.ActorID, t.now)
	if i, err = t.save(old, next); err != nil {
		return i, err
	}
	if err := t.tell(i.ID, entries); err != nil {
		return i, err
	}
	return i, t.auditCase(e, i.ID)
}
