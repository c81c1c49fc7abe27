package store

// NameQueries are those of the search by name.
func NameQueries() map[string][]any {
	return map[string][]any{namesakesQuery: {[]byte("x"), []byte("y")}, namedAfterQuery: {"", 1}}
}
