package store

import (
	"context"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// Begin keeps a value under a key where none stands, with the audit entry of who began. began is false where a value stands there
// already: then nothing is written. What has ended sets the key to the empty value.
func (s *Store) Begin(ctx context.Context, key, value string, e audit.Entry) (began bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		held, _, err := maybe(t, scanValue[string], stateQuery, key)
		if began = err == nil && held == ""; !began {
			return err
		}
		if err := t.setState(key, value); err != nil {
			return err
		}
		return t.audit(e)
	})
	return began && err == nil, err
}

// ApplyCountedPage applies a page as [Store.ApplyRunPage] does. Of its cases, added were not in the cache before, and changed were
// there and differed; state says what to keep of that together with the page, and may be asked more than once.
func (s *Store) ApplyCountedPage(
	ctx context.Context, ns []identity.News, run string, last bool, state func(added, changed int) map[string]string,
) error {
	return s.write(ctx, func(t *tx) error {
		added, changed := 0, 0
		for _, n := range ns {
			i, differs, err := t.applyListed(stored(n))
			switch {
			case err != nil:
				return err
			case differs && i.Rev == 1: // a row's first revision is its making
				added++
			case differs:
				changed++
			}
		}
		if err := t.setStates(state(added, changed)); err != nil {
			return err
		}
		return t.countRun(run, added+changed, last)
	})
}
