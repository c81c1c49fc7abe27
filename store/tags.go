package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// mostTagNames is how many tags are given as suggestions.
const mostTagNames = 200

// SetTags gives a case exactly these tags. Where it has them already nothing is written. Tags that tell who the person is are Invalid, with
// the field "tags". The log is told how many there are, never which: it outlasts the case.
func (s *Store) SetTags(ctx context.Context, id string, tags []string, by string, e audit.Entry) error {
	tags = slices.Clone(tags)
	slices.Sort(tags)
	tags = slices.Compact(tags)
	return s.write(ctx, func(t *tx) error {
		r, err := findHere(t, id)
		if err != nil {
			return err
		}
		before, err := tagsOf(t, r.ID)
		if err != nil || slices.Equal(before, tags) {
			return err
		}
		if err := t.refuseTelltales(r.ID, tags); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM identity_tags WHERE identity_id = $1`, r.ID); err != nil {
			return err
		}
		for _, tag := range tags {
			if err := t.exec(`INSERT INTO identity_tags (tag, identity_id) VALUES ($1, $2)`, tag, r.ID); err != nil {
				return err
			}
		}
		if err := t.actedOn(r, by); err != nil {
			return err
		}
		e.Before, e.After = numbered(len(before), "tag"), numbered(len(tags), "tag")
		return t.auditCase(e, r.ID)
	})
}

// refuseTelltales refuses tags by which everybody who sees them would learn who the person is. A name or draft that cannot be read
// tells of nothing, and keeps nobody from the case.
func (t *tx) refuseTelltales(id string, tags []string) error {
	var name identity.Name
	if _, err := t.s.openSecret(t, id, secretName, &name); err != nil && unreadIn(err) == "" {
		return err
	}
	var draft identity.Draft
	if _, err := t.s.openSecret(t, id, secretDraft, &draft); err != nil && unreadIn(err) == "" {
		return err
	}
	if wrong := identity.TelltaleOf(name, draft).WrongTags(tags); wrong != "" {
		return fault.Fields("The tags stay as they were.", map[string]string{"tags": wrong})
	}
	return nil
}

func tagsOf(q querier, id string) ([]string, error) {
	return all(q, scanValue[string], `SELECT tag FROM identity_tags WHERE identity_id = $1 ORDER BY tag`, id)
}

// Tags gives the tags of a case, sorted.
func (s *Store) Tags(ctx context.Context, id string) ([]string, error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err != nil {
		return nil, s.mask(err)
	}
	tags, err := tagsOf(r, i.ID)
	return tags, s.mask(err)
}

type tagged struct{ id, tag string }

func scanTagged(rows *sql.Rows) (g tagged, err error) { return g, rows.Scan(&g.id, &g.tag) }

// tagsKey is a page of cases, by their ids.
type tagsKey string

// TagsOf gives the tags of the cases with these ids, sorted; what has none is not in it. It may be shared: nobody may change it.
func (s *Store) TagsOf(ctx context.Context, ids []string) (map[string][]string, error) {
	if len(ids) > identity.DefaultLimit { // too much to remember
		return s.tagsOf(ctx, ids)
	}
	return remembered(s, tagsKey(strings.Join(ids, " ")), func() (map[string][]string, error) { return s.tagsOf(ctx, ids) })
}

func (s *Store) tagsOf(ctx context.Context, ids []string) (map[string][]string, error) {
	tags := map[string][]string{}
	for chunk := range slices.Chunk(ids, mostAtOnce) {
		args := atOnce(chunk)
		found, err := all(s.reader(ctx), scanTagged, `SELECT identity_id, tag FROM identity_tags
			WHERE identity_id IN (`+placeholders(1, len(args))+`) ORDER BY identity_id, tag`, args...)
		if err != nil {
			return nil, s.mask(err)
		}
		for _, g := range found {
			tags[g.id] = append(tags[g.id], g.tag)
		}
	}
	return tags, nil
}

const nextTagQuery = `SELECT tag FROM identity_tags WHERE tag > $1 ORDER BY tag LIMIT 1`

// TagNames gives the first 200 tags in use, sorted.
func (s *Store) TagNames(ctx context.Context) ([]string, error) {
	r := s.reader(ctx)
	var names []string
	for last := ""; len(names) < mostTagNames; { // from tag to tag, since to look for all would read the whole table
		next, found, err := maybe(r, scanValue[string], nextTagQuery, last)
		if err != nil || !found {
			return names, s.mask(err)
		}
		names, last = append(names, next), next
	}
	return names, nil
}
