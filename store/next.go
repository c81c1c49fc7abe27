package store

import (
	"context"

	"identitydesk/internal/identity"
)

// NextInQueue gives the first case that a filter selects behind its After; ok is false where there is none. It fails as
// [Store.List] does.
func (s *Store) NextInQueue(ctx context.Context, f identity.Filter) (i identity.Identity, ok bool, err error) {
	page, _, err := s.pageOf(ctx, f, 1)
	if err != nil || len(page.Items) == 0 {
		return i, false, err
	}
	return page.Items[0], true, nil
}

// PlaceOf is the After behind which a list goes on from a case. It stays the place when the case has gone from there. A case
// that has no place in the order leads to its beginning.
func (s *Store) PlaceOf(i identity.Identity, sort identity.Sort) string {
	o, ok := orderOf(identity.Filter{Sort: sort})
	key := o.keyOf(i)
	if !ok || key == nil {
		return ""
	}
	return cursor{key: key, id: i.ID}.token(o.String())
}
