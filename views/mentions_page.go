package views

import "slices"

// MentionsPage is the notes that mention the reader.
type MentionsPage struct {
	Chrome
	Items  []Mention // newest first
	Notice string
}

// Mention is a note with the case that it is about.
type Mention struct {
	ID            int64
	CaseID, RefID string
	Seen          bool
	Note          Note
}

// unseenFirst puts what the reader has not seen before the rest.
func (p MentionsPage) unseenFirst() []Mention {
	items := slices.Clone(p.Items)
	slices.SortStableFunc(items, func(a, b Mention) int {
		switch {
		case a.Seen == b.Seen:
			return 0
		case a.Seen:
			return 1
		default:
			return -1
		}
	})
	return items
}

// newest is the number up to which everything can be marked as seen; 0 where nothing is left to mark.
func (p MentionsPage) newest() int64 {
	var newest int64
	for _, m := range p.Items {
		if !m.Seen {
			newest = max(newest, m.ID)
		}
	}
	return newest
}

// caseName names the case of a mention.
func (m Mention) caseName() string { return firstOf(m.RefID, short(m.CaseID)) }
