package store

import (
	"cmp"

	"identitydesk/internal/identity"
)

// absorb takes a case that was found by webhook, poll or sync into the submission that it belongs to, and gives the case that
// both are: its history, turns, notes, tags, proposals, moves, events and former ref_ids move, and its id goes on leading to the case. Audit entries
// are never edited: they stay under the former id, and are found through it.
func (t *tx) absorb(ours, twin row) (identity.Identity, error) {
	if err := t.moveTo(ours.ID, twin); err != nil {
		return ours.Identity, err
	}
	if err := t.moveReason(ours, twin); err != nil {
		return ours.Identity, err
	}
	if err := t.moveTurns(ours, twin); err != nil {
		return ours.Identity, err
	}
	return joined(ours.Identity, twin.Identity), t.remove(twin)
}

// joined is a submission in the state in which Paxos' record was found. What is known of the record, since when which move was
// whose included, comes from the twin; what is known of our attempts, from the submission.
func joined(ours, twin identity.Identity) identity.Identity {
	next := twin
	next.ID, next.Rev = ours.ID, ours.Rev
	next.Submission, next.SubmittedBy, next.SubmittedAt = ours.Submission, ours.SubmittedBy, ours.SubmittedAt
	next.VerificationID, next.Initials = ours.VerificationID, cmp.Or(ours.Initials, twin.Initials)
	next.Attempts, next.AttemptedAt, next.LostSince = ours.Attempts, ours.AttemptedAt, ours.LostSince
	next.FailureCode, next.ExistingID = ours.FailureCode, ours.ExistingID
	next.Casework = joinedCasework(ours.Casework, twin.Casework)
	return next
}

// joinedCasework is what people have arranged about either; about the submission, where about both.
func joinedCasework(ours, twin identity.Casework) identity.Casework {
	next := ours
	if ours.Assignee == "" {
		next.Assignee, next.AssignedAt, next.ActiveAt = twin.Assignee, twin.AssignedAt, twin.ActiveAt
	}
	if !slept(ours) {
		next.SnoozedUntil, next.SnoozedBy, next.UntilEvent = twin.SnoozedUntil, twin.SnoozedBy, twin.UntilEvent
		next.WokeAt, next.Woke = twin.WokeAt, twin.Woke
	}
	return next
}

// slept reports whether a case sleeps, or woke and nobody has acted since.
func slept(c identity.Casework) bool { return c.SnoozedUntil != nil || c.WokeAt != nil }

// moveReason gives the reason of the twin's sleep to the case that sleeps for it now: it is sealed for its place. One that cannot be
// read stays behind, for news must get through.
func (t *tx) moveReason(ours, twin row) error {
	if slept(ours.Casework) || !slept(twin.Casework) {
		return nil
	}
	var reason string
	found, err := t.s.openSecret(t, twin.ID, secretSnooze, &reason)
	if unreadIn(err) != "" {
		return nil
	}
	if err != nil || !found {
		return err
	}
	return t.setSecret(ours.ID, secretSnooze, reason)
}

// moveTo gives what belongs to the twin to the case with the id.
func (t *tx) moveTo(id string, twin row) error {
	for _, move := range []string{
		`UPDATE history SET identity_id = $1 WHERE identity_id = $2`,
		`UPDATE events SET identity_id = $1 WHERE identity_id = $2`,
		`UPDATE former_ids SET identity_id = $1 WHERE identity_id = $2`,
		`INSERT INTO former_ref_ids (ref_id, identity_id)
			SELECT ref_id, $1 FROM former_ref_ids WHERE identity_id = $2 ON CONFLICT DO NOTHING`,
		`INSERT INTO former_ref_ids (ref_id, identity_id)
			SELECT ref_id, $1 FROM identities WHERE id = $2 AND ref_id <> '' ON CONFLICT DO NOTHING`,
		`UPDATE notes SET identity_id = $1 WHERE identity_id = $2`,
		`INSERT INTO identity_tags (tag, identity_id)
			SELECT tag, $1 FROM identity_tags WHERE identity_id = $2 ON CONFLICT DO NOTHING`,
		`UPDATE identities SET existing_id = $1 WHERE existing_id = $2`,
		`UPDATE proposals SET identity_id = $1 WHERE identity_id = $2 AND NOT (state = 'open' AND EXISTS (
			SELECT 1 FROM proposals p WHERE p.identity_id = $1 AND p.kind = proposals.kind AND p.state = 'open'))`,
		`UPDATE moves SET identity_id = $1 WHERE identity_id = $2`,
		`UPDATE holds SET identity_id = $1 WHERE identity_id = $2 AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.identity_id = $1)`,
		`UPDATE documents SET identity_id = $1 WHERE identity_id = $2`,
		`INSERT INTO document_lists (identity_id, as_of, list)
			SELECT $1, as_of, list FROM document_lists WHERE identity_id = $2 ON CONFLICT DO NOTHING`,
		`INSERT INTO former_ids (identity_id, former_id) VALUES ($1, $2)`,
	} {
		if err := t.exec(move, id, twin.ID); err != nil {
			return err
		}
	}
	for _, kind := range []string{jobDocuments, jobControls} { // what Paxos says of the controls is asked for again
		if err := t.drop(kind, twin.ID); err != nil {
			return err
		}
	}
	return t.drop(jobRecheck, twin.ID)
}
