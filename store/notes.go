package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// AddNote keeps what a person has written about a case, sealed, and reaches those whom it mentions by user id; its author is not
// reached. It gives the note as it is kept.
func (s *Store) AddNote(ctx context.Context, n identity.Note, e audit.Entry) (kept identity.Note, err error) {
	err = s.write(ctx, func(t *tx) error {
		r, err := findHere(t, n.IdentityID)
		if err != nil {
			return err
		}
		kept = n
		kept.IdentityID, kept.At = r.ID, t.now
		kept.Mentions = slices.DeleteFunc(slices.Clone(n.Mentions), func(id string) bool { return id == n.AuthorID })
		slices.Sort(kept.Mentions)
		kept.Mentions = slices.Compact(kept.Mentions)
		if kept.ID, err = t.insertNote(kept); err != nil {
			return err
		}
		if err := t.actedOn(r, n.AuthorID); err != nil {
			return err
		}
		return t.auditCase(e, r.ID)
	})
	return kept, err
}

// insertNote writes a note and its mentions. Its text is sealed for its number, which the database gives.
func (t *tx) insertNote(n identity.Note) (id int64, err error) {
	id, err = one(t, scanValue[int64], `INSERT INTO notes (identity_id, author_id, at, sealed) VALUES ($1, $2, $3, $4) RETURNING id`,
		n.IdentityID, n.AuthorID, n.At.UnixMilli(), []byte{})
	if err != nil {
		return 0, err
	}
	sealed, err := t.s.sealer.Seal([]byte(n.Text), placeOfNote(id))
	if err != nil {
		return 0, fmt.Errorf("seal a note: %w", err)
	}
	if err := t.exec(`UPDATE notes SET sealed = $2 WHERE id = $1`, id, sealed); err != nil {
		return 0, err
	}
	for _, userID := range n.Mentions {
		if err := t.exec(`INSERT INTO mentions (note_id, user_id, seen) VALUES ($1, $2, 0)`, id, userID); err != nil {
			return 0, err
		}
	}
	return id, nil
}

func placeOfNote(id int64) []byte { return place("notes", "text", strconv.FormatInt(id, 10)) }

// sealedNote is a note as it is stored.
type sealedNote struct {
	identity.Note
	sealed []byte
}

const noteColumns = `n.id, n.identity_id, n.author_id, n.at, n.sealed`

func (n *sealedNote) fields() []any {
	return []any{&n.ID, &n.IdentityID, &n.AuthorID, intoTime{&n.At}, &n.sealed}
}

func scanNote(rows *sql.Rows) (n sealedNote, err error) { return n, rows.Scan(n.fields()...) }

// openNote opens the text of a note; one that does not open says why.
func (s *Store) openNote(n sealedNote) identity.Note {
	where := placeOfNote(n.ID)
	text, err := s.sealer.Open(n.sealed, where)
	if err != nil {
		n.Unread = s.unread(n.sealed, where)
		return n.Note
	}
	n.Text = string(text)
	return n.Note
}

// Notes gives what people have written about a case, oldest first, with whom each reached.
func (s *Store) Notes(ctx context.Context, id string) ([]identity.Note, error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err != nil {
		return nil, s.mask(err)
	}
	sealed, err := all(r, scanNote, `SELECT `+noteColumns+` FROM notes n WHERE n.identity_id = $1 ORDER BY n.id`, i.ID)
	if err != nil || len(sealed) == 0 {
		return nil, s.mask(err)
	}
	reached, err := all(r, scanReached, reachedQuery, i.ID)
	if err != nil {
		return nil, s.mask(err)
	}
	notes := make([]identity.Note, len(sealed))
	for n := range sealed {
		notes[n] = s.openNote(sealed[n])
		for _, each := range reached {
			if each.noteID == notes[n].ID {
				notes[n].Mentions = append(notes[n].Mentions, each.userID)
			}
		}
	}
	return notes, nil
}

type reached struct {
	noteID int64
	userID string
}

const reachedQuery = `SELECT m.note_id, m.user_id FROM notes n JOIN mentions m ON m.note_id = n.id
	WHERE n.identity_id = $1 ORDER BY n.id, m.user_id`

func scanReached(rows *sql.Rows) (m reached, err error) { return m, rows.Scan(&m.noteID, &m.userID) }

// NoteCount is how many notes a case has.
func (s *Store) NoteCount(ctx context.Context, id string) (int64, error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err != nil {
		return 0, s.mask(err)
	}
	n, err := one(r, scanValue[int64], `SELECT count(*) FROM notes WHERE identity_id = $1`, i.ID)
	return n, s.mask(err)
}
