package store

import "identitydesk/internal/identity"

// absorb takes a case that was found by webhook, poll or sync into the submission that it belongs to: its history, events and
// former ref_ids move, its id goes on leading to the case, and its news count where they are newer. Audit entries are never
// edited: they stay under the former id, and are found through it.
func (t *tx) absorb(next identity.Identity, id string, twin row) (identity.Identity, error) {
	learned, _ := next.Learn(newsOf(twin), t.s.policy, t.now) // what it tells is in the twin's history already
	if learned.Documents == nil {
		learned.Documents = twin.Documents
	}
	if learned.Refresh == nil {
		learned.Refresh = twin.Refresh
	}
	if learned.Assignee == "" {
		learned.Assignee = twin.Assignee
	}
	if learned.SnoozedUntil == nil {
		learned.SnoozedUntil = twin.SnoozedUntil
	}
	if err := t.moveTo(id, twin); err != nil {
		return learned, err
	}
	return learned, t.remove(twin)
}

// newsOf is what a stored case knows, as news.
func newsOf(r row) identity.News {
	n := identity.News{
		Record: identity.Record{
			PaxosID: r.PaxosID, RefID: r.RefID, Type: r.Type, Status: r.Status, Details: r.Details, CreatedAt: r.CreatedAt,
			UpdatedAt: r.UpdatedAt,
		},
		AskedAt: r.AskedAt, By: r.LearnedBy,
	}
	if r.CheckedAt != nil {
		n.HeardAt = *r.CheckedAt
	}
	return n
}

// moveTo gives what belongs to the twin to the case with the id.
func (t *tx) moveTo(id string, twin row) error {
	for _, move := range []string{
		`UPDATE history SET identity_id = $1 WHERE identity_id = $2`,
		`UPDATE events SET identity_id = $1 WHERE identity_id = $2`,
		`UPDATE former_ids SET identity_id = $1 WHERE identity_id = $2`,
		`INSERT INTO former_ref_ids (ref_id, identity_id)
			SELECT ref_id, $1 FROM former_ref_ids WHERE identity_id = $2 ON CONFLICT DO NOTHING`,
		`UPDATE identities SET existing_id = $1 WHERE existing_id = $2`,
		`INSERT INTO former_ids (identity_id, former_id) VALUES ($1, $2)`,
	} {
		if err := t.exec(move, id, twin.ID); err != nil {
			return err
		}
	}
	return t.drop(jobRecheck, twin.ID)
}
