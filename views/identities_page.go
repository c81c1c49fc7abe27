package views

import "net/url"

// IdentitiesPage lists every identity under filters.
type IdentitiesPage struct {
	Chrome
	// Filter is what was asked, by the names of the query string (status, lane, q, ref_id, type, requirement, assignee,
	// created_from, created_to, sort), as typed, so that a refused value is shown again. Without after, limit and format.
	Filter url.Values
	Errors map[string]string // by the same names
	Rows   Rows
}
