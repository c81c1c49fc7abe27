package store

// JobQueries are those that workers ask often, with arguments.
func JobQueries() map[string][]any {
	return map[string][]any{
		readyClicksQuery: {"event", 1},
		claimClicksQuery: {"event", 1, 1, "x", 1},
		backlogQuery:     {1, 10, 1},
	}
}
