package identity

// SinceUnknown reports whether it is our move since an unknown moment: the case was found so, some time after Paxos had made it. Paxos'
// answers date no requirement, so that such a move counts from the creation until an event tells of what was asked.
func (i Identity) SinceUnknown() bool {
	return i.Move == Ours && i.PaxosID != "" && i.MoveSince.Equal(i.CreatedAt) && i.UpdatedAt.After(i.CreatedAt)
}

// asksDocumentsAlone reports whether it is our move for nothing but documents that an event has asked for since the identity was made.
func (i Identity) asksDocumentsAlone() bool {
	if i.PaxosID == "" || i.Documents == nil || !i.Documents.At.After(i.CreatedAt) {
		return false
	}
	for _, r := range i.Details.Requirements {
		if r.needsUs() && !r.wantsDocuments() {
			return false
		}
	}
	return true
}
