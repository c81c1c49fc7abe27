package store

import (
	"context"

	"identitydesk/internal/identity"
)

// ListQuery is what [Store.List] asks the database for a page, so that it can be explained, and measured on the driver alone.
func (s *Store) ListQuery(ctx context.Context, f identity.Filter) (query string, args []any, err error) {
	o, _ := orderOf(f)
	from, err := parseCursor(f.After, o.String(), o.first(), o.text)
	if err != nil {
		return "", nil, err
	}
	c, err := filterOf(s.reader(ctx), f)
	query, args = pageQuery(f, c, o, from, lengthOf(f.Limit))
	return query, args, err
}

// LookupQuery is what [Store.Lookup] asks the database, on the terms of [Store.ListQuery].
func LookupQuery() string { return lookupQuery }
