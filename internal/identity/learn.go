package identity

import "time"

// Learn applies one answer of Paxos to a case.
func (i Identity) Learn(n News, p Policy, now time.Time) (Identity, []Entry) {
	r := n.Record
	if i.PaxosID != "" && (r.UpdatedAt.Before(i.UpdatedAt) || r.UpdatedAt.Equal(i.UpdatedAt) && n.AskedAt.Before(i.AskedAt)) {
		return i, nil
	}
	next, kind := i, DetailChanged
	if i.PaxosID == "" {
		kind = WasFound
	}
	next.PaxosID, next.Type, next.Status, next.Details = r.PaxosID, r.Type, r.Status, r.Details
	next.CreatedAt, next.UpdatedAt, next.AskedAt, next.CheckedAt = r.CreatedAt, r.UpdatedAt, n.AskedAt, &n.HeardAt
	if r.RefID != "" {
		next.RefID = r.RefID
	}
	next.Rev++
	var entries []Entry
	e := Entry{IdentityID: i.ID, Kind: kind, Old: i.Status, New: r.Status, By: n.By, Unannounced: n.Unannounced, ActorID: n.ActorID,
		OccurredAt: r.UpdatedAt, ReceivedAt: n.HeardAt, ProcessedAt: now}
	if n.Event != nil {
		e.EventID = n.Event.ID
	}
	if r.Status != i.Status || kind == WasFound {
		if kind != WasFound {
			e.Kind = StatusChanged
		}
		next.LearnedBy = n.By
		entries = append(entries, e)
	}
	return next.Assessed(p, now), entries
}
