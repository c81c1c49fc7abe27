package store

import (
	"context"
	"slices"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const sameCIPQuery = selectRow + `WHERE cip_index = (SELECT cip_index FROM identities WHERE id = $1) AND cip_index IS NOT NULL
	AND id <> $1 AND paxos_id IS NOT NULL LIMIT 20`

// SameCIP gives the cases of Paxos' whose government id is that of a case, by its keyed hash, the oldest first.
func (s *Store) SameCIP(ctx context.Context, id string) ([]identity.Identity, error) {
	found, err := all(s.reader(ctx), scanIdentity, sameCIPQuery, id)
	slices.SortFunc(found, func(a, b identity.Identity) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return found, s.mask(err)
}

// DeclineDuplicate gives a failed submission up, since Paxos knows the person already, and erases what it told of them. existingID is our id
// of the case of who it is, empty where that is not known; the entry's reason code goes into the history. It is a Conflict unless the
// submission has failed, as for [Store.Resubmit].
func (s *Store) DeclineDuplicate(ctx context.Context, id, existingID string, m identity.Mend, e audit.Entry) (identity.Identity, error) {
	a, err := s.asked(m, e)
	if err != nil {
		return identity.Identity{}, err
	}
	return s.endFailure(ctx, id, a, e, func(t *tx, i identity.Identity) (identity.Identity, []identity.Entry, error) {
		next, entries := i.Decline(existingID, e.ActorID, e.ReasonCode, s.Policy(), t.now)
		return next, entries, t.forgetDraft(i.ID)
	})
}

// LinkDuplicate queues the account that joins a failed submission to the case of the same person, and notes who confirmed that. The
// submission becomes linked, and its draft is erased, once the account is there. said is the entry about the submission, asked that about the
// account; of the move it takes the case, what it is about, and who asks. A second click of the same person gives the move that is on its
// way.
func (s *Store) LinkDuplicate(ctx context.Context, id string, m identity.Mend, mv identity.OurMove, payload []byte, said, asked audit.Entry) (kept identity.OurMove, err error) {
	a, err := s.asked(m, said, payload)
	if err != nil {
		return kept, err
	}
	err = s.write(ctx, func(t *tx) error {
		sub, err := findRow(t, id)
		if err != nil {
			return err
		}
		if a.unseen(sub.Identity) {
			return t.second(sub, a, said)
		}
		open, found, err := t.linking(sub.ID)
		if err != nil {
			return err
		}
		if found {
			kept, err = t.linkedTwice(sub.ID, open, a, said)
			return err
		}
		mv.Kind, mv.Key = identity.MoveAccount, sub.ID
		if kept, err = t.queueMove(mv.Ask(t.now), payload, asked); err != nil {
			return err
		}
		next := sub.AwaitLink(&t.now, s.Policy(), t.now)
		next.ExistingID, next.Casework = kept.IdentityID, next.Touch(said.ActorID, t.now)
		if _, err = t.save(sub, next); err != nil {
			return err
		}
		if err := t.keepAsk(sub.ID, a); err != nil {
			return err
		}
		said.Object = kept.ID
		return t.auditCase(said, sub.ID)
	})
	return kept, err
}

// linkedTwice gives the account that is on its way to whoever asked for it a moment ago with a second click.
func (t *tx) linkedTwice(id string, open identity.OurMove, a ask, e audit.Entry) (identity.OurMove, error) {
	if open.AskedBy == e.ActorID && t.now.Before(open.AskedAt.Add(clickedTwice)) {
		if same, err := t.askedBefore(id, a); err != nil || same {
			return open, err
		}
	}
	return identity.OurMove{}, errLinking(open)
}

const linkingQuery = selectMove + ` WHERE kind = 'account' AND key <> '' AND key = $1 AND (state = 'queued' OR state = 'sent') LIMIT 1`

// linking finds the account on its way that joins a submission to another case.
func (t *tx) linking(id string) (identity.OurMove, bool, error) {
	return maybe(t, scanMove, linkingQuery, id)
}

// awaitLink notes on the submission that an account joins to another case whether that is on its way.
func (t *tx) awaitLink(m identity.OurMove) error {
	if !isLink(m) {
		return nil
	}
	sub, err := findRow(t, m.Key)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	var since *time.Time
	if m.State.Open() {
		since = &t.now
	}
	_, err = t.save(sub, sub.AwaitLink(since, t.s.Policy(), t.now))
	return err
}

// isLink reports whether a move makes the account that joins a submission to another case.
func isLink(m identity.OurMove) bool { return m.Kind == identity.MoveAccount && m.Key != "" }

// refuseEndedLink refuses to make the account that would join a submission on which somebody has decided meanwhile in another way.
func (t *tx) refuseEndedLink(m identity.OurMove) error {
	if !isLink(m) {
		return nil
	}
	sub, err := findRow(t, m.Key)
	if err == nil && sub.Submission != identity.Failed {
		err = fault.New(fault.Conflict, "The submission that this account was for was decided on meanwhile. Nothing was sent.")
	}
	return err
}

const keptLinksQuery = selectMove + ` WHERE kind = 'account' AND key <> '' AND key = $1 AND again = 1`

// letLinksGo erases what is kept of accounts that would have joined a submission and that failed: it is being dealt with in another way.
func (t *tx) letLinksGo(id string) error {
	kept, err := all(t, scanMove, keptLinksQuery, id)
	if err != nil {
		return err
	}
	return t.forgetMoves(kept)
}

func errLinking(m identity.OurMove) error {
	return &fault.Error{
		Kind: fault.Conflict, Code: "was_first",
		Text: m.LinkingText(), Times: []time.Time{m.AskedAt},
	}
}

// linkAfter ends the submission that an account was made for: it is linked to the account's case, which its ref_id finds from now on, and
// what it told of the person is erased. One that has been dealt with meanwhile stays as it is.
func (t *tx) linkAfter(m identity.OurMove) error {
	if !isLink(m) {
		return nil
	}
	sub, err := findRow(t, m.Key)
	if fault.KindOf(err) == fault.NotFound || err == nil && sub.Submission != identity.Failed {
		return nil
	}
	if err != nil {
		return err
	}
	next, entries := sub.Link(m.IdentityID, m.AskedBy, t.s.Policy(), t.now)
	if err := t.forgetDraft(sub.ID); err != nil {
		return err
	}
	next.Casework = next.Wake(identity.WokeByDecision, t.now)
	if _, err := t.save(sub, next); err != nil {
		return err
	}
	if err := t.tell(sub.ID, entries); err != nil {
		return err
	}
	if err := t.addFormerRefID(sub.RefID, m.IdentityID); err != nil {
		return err
	}
	t.changes(m.IdentityID)
	return t.tell(m.IdentityID, []identity.Entry{{
		IdentityID: m.IdentityID, Kind: identity.HasLinked, ActorID: m.AskedBy, OccurredAt: t.now, ReceivedAt: t.now, ProcessedAt: t.now,
		Changes: []identity.Change{{Field: "ref_id", New: sub.RefID}},
	}})
}
