package identity

// Mention is a note that names a person, as it reaches them.
type Mention struct {
	ID    int64 // grows with time
	Note  Note
	RefID string // of the note's case
	Seen  bool
}
