package store

import (
	"context"

	"identitydesk/internal/identity"
)

// The kind of a name's keyed hash, and how many cases of one name are given.
const (
	nameIndex    = "name"
	mostNamesake = 50
)

// setName seals a name beside a case, and lets the case be found by it.
func (t *tx) setName(id string, name identity.Name) error {
	if err := t.setSecret(id, secretName, name); err != nil {
		return err
	}
	return t.indexName(id, name)
}

func (t *tx) indexName(id string, name identity.Name) error {
	if err := t.forgetName(id); err != nil {
		return err
	}
	for _, folded := range name.Folded() {
		if err := t.exec(`INSERT INTO name_index (hash, identity_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			t.s.index.Index(nameIndex, folded), id); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) forgetName(id string) error {
	return t.exec(`DELETE FROM name_index WHERE identity_id = $1`, id)
}

const namesakesQuery = selectRow + `WHERE id IN (SELECT identity_id FROM name_index WHERE hash = $1 OR hash = $2) LIMIT 51`

// Namesakes gives the cases that have one of a few folded names, see [identity.Names]: at most 50; more says that there are more.
func (s *Store) Namesakes(ctx context.Context, names []string) (found []identity.Identity, more bool, err error) {
	if len(names) == 0 {
		return nil, false, nil
	}
	first, last := s.index.Index(nameIndex, names[0]), s.index.Index(nameIndex, names[len(names)-1])
	found, err = all(s.reader(ctx), scanIdentity, namesakesQuery, first, last)
	if len(found) > mostNamesake {
		found, more = found[:mostNamesake], true
	}
	return found, more, s.mask(err)
}

// stateNames is how far the names that were sealed before there was an index have been indexed: our id of a case, or allNames.
const (
	stateNames = "names_indexed"
	allNames   = "all"
)

// NamesIndexed reports whether every name is in the index.
func (s *Store) NamesIndexed(ctx context.Context) (bool, error) {
	reached, err := s.State(ctx, stateNames)
	return reached == allNames, err
}

// IndexNames indexes the next names that were sealed before there was an index; done says that there are none left. One that cannot
// be opened is left out, and it is logged which.
func (s *Store) IndexNames(ctx context.Context, limit int) (done bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		after, _, err := maybe(t, scanValue[string], stateQuery, stateNames)
		if done = after == allNames; done || err != nil {
			return err
		}
		ids, err := all(t, scanValue[string], namedAfterQuery, after, int64(limit))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := t.indexSealed(id); err != nil {
				return err
			}
		}
		if done = len(ids) < limit; done {
			return t.setState(stateNames, allNames)
		}
		return t.setState(stateNames, ids[len(ids)-1])
	})
	return done, err
}

const namedAfterQuery = `SELECT identity_id FROM secrets WHERE identity_id > $1 AND kind = 'name' ORDER BY identity_id LIMIT $2`

func (t *tx) indexSealed(id string) error {
	var name identity.Name
	if _, err := t.s.openSecret(t, id, secretName, &name); unreadIn(err) != "" {
		return nil // the search does not find it
	} else if err != nil {
		return err
	}
	return t.indexName(id, name)
}
