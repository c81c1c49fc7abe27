package store

// JobQueries are those that workers ask often, with arguments.
func JobQueries() map[string][]any {
	return map[string][]any{
		readyClicksQuery: {"event", 10, 1},
		claimClicksQuery: {"event", 10, 1, 1, "x", 1},
	}
}

// BacklogQuery is the text that EventBacklog runs.
func BacklogQuery() string { return backlogQuery() }
