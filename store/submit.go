package store

import (
	"context"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// Submit stores a draft as a case of its own, with the job that sends it. A ref_id that another case holds is a Conflict with
// [identity.Held] as its cause.
func (s *Store) Submit(ctx context.Context, d identity.Draft, e audit.Entry) (i identity.Identity, err error) {
	err = s.write(ctx, func(t *tx) (err error) {
		i, err = t.submit(d, queue.Submission, e)
		return err
	})
	return i, err
}

// submit is the one way in which a person's draft becomes a case.
func (t *tx) submit(d identity.Draft, p queue.Priority, e audit.Entry) (i identity.Identity, err error) {
	next, entries := identity.NewSubmission(d, e.ActorID, t.s.Policy(), t.now)
	return t.begin(next, entries, p, e, func(id string) error { return t.keepDraft(id, d) })
}

// begin is the one way in which a draft becomes a case; keep stores the draft.
func (t *tx) begin(
	next identity.Identity, entries []identity.Entry, p queue.Priority, e audit.Entry, keep func(id string) error,
) (i identity.Identity, err error) {
	if err := t.refuseHeld(next.RefID); err != nil {
		return i, err
	}
	if i, err = t.save(row{}, next); err != nil {
		return i, err
	}
	if err := keep(i.ID); err != nil {
		return i, err
	}
	if err := t.tell(i.ID, entries); err != nil {
		return i, err
	}
	if err := t.enqueue(jobSubmit, i.ID, p, e.ActorID); err != nil {
		return i, err
	}
	return i, t.auditCase(e, i.ID)
}

// refIDRest is how long the ref_id of a submission that was withdrawn after a lost answer rests. What the lost call created at
// Paxos may carry it, and for twice the difference that clocks may have, and some minutes, it could be taken for the next
// submission's.
const refIDRest = 2*identity.ClockGrace + 5*time.Minute

// refuseHeld refuses a ref_id that a case holds now; withdrawn and declined ones have let go of theirs.
func (t *tx) refuseHeld(refID string) error {
	id, held, err := maybe(t, scanValue[string], `SELECT id FROM identities WHERE ref_id = $1 AND (submission NOT IN ('withdrawn', 'declined')
		OR lost_since IS NOT NULL AND updated_at > $2) ORDER BY id LIMIT 1`, refID, t.now.Add(-refIDRest).UnixMilli())
	if err != nil || !held {
		return err
	}
	return &fault.Error{
		Kind: fault.Conflict, Text: "The desk already holds this ref_id. Open that case, or choose another ref_id.",
		Fields: map[string]string{"ref_id": "is already here: open that case, or choose another ref_id"},
		Code:   identity.RefIDTaken, Cause: &identity.Held{IdentityID: id},
	}
}

// keepDraft seals the draft and the name, and leaves the blind index of the government id.
func (t *tx) keepDraft(id string, d identity.Draft) error {
	if err := t.setSecret(id, secretDraft, d); err != nil {
		return err
	}
	p := d.Person
	if err := t.setName(id, identity.Name{First: p.FirstName, Middle: p.MiddleName, Last: p.LastName}); err != nil {
		return err
	}
	return t.indexCIP(id, p.CIPID, p.CIPIDType, p.CIPIDCountry)
}

// indexCIP leaves a keyed hash of a government id.
func (t *tx) indexCIP(id, cipID, kind, country string) error {
	if cipID == "" {
		return nil
	}
	return t.exec(`UPDATE identities SET cip_index = $2 WHERE id = $1`, id, t.s.hashOfCIP(cipID, kind, country))
}

func (s *Store) hashOfCIP(cipID, kind, country string) []byte {
	return s.index.Index("cip_id", identity.NormalizeCIP(cipID, kind, country))
}

// RequestRecheck asks for a re-check ahead of everything else. The same case can be asked for again after
// [identity.RecheckCoolDown]; before that it is Throttled.
func (s *Store) RequestRecheck(ctx context.Context, id string, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		i, err := findAtPaxos(t, id)
		if err != nil {
			return err
		}
		if err := t.coolDown(i.ID); err != nil {
			return err
		}
		if err := t.enqueue(jobRecheck, i.ID, queue.Click, e.ActorID); err != nil {
			return err
		}
		if err := t.lookAtDocuments(i); err != nil {
			return err
		}
		if _, err := t.touch(i, e.ActorID); err != nil {
			return err
		}
		return t.auditCase(e, i.ID)
	})
}

func (t *tx) coolDown(id string) error {
	at, found, err := maybe(t, scanValue[int64], `SELECT at FROM audit WHERE identity_id = $1 AND action = $2
		ORDER BY seq DESC LIMIT 1`, id, string(audit.AskedRecheck))
	if err != nil || !found {
		return err
	}
	again := time.UnixMilli(at).UTC().Add(identity.RecheckCoolDown)
	if !t.now.Before(again) {
		return nil
	}
	return &fault.Error{
		Kind: fault.Throttled, Text: "This case was re-checked a moment ago. Wait a few seconds before asking again.", RetryAt: again,
	}
}
