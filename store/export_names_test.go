package store

// NameQueries are those of the search by name.
func NameQueries() map[string][]any {
	return map[string][]any{namesakesQuery: {[]byte("x"), []byte("y")}, namedAfterQuery: {"", 1}}
}

// RevealQueries are those that count who was shown what.
func RevealQueries() map[string][]any {
	return map[string][]any{shownBefore: {"ana", 1}, revealCountsQuery: {1, 1, 1}}
}
