package store

import (
	"context"
	"database/sql"

	"identitydesk/internal/identity"
)

type sealedMention struct {
	identity.Mention
	note sealedNote
}

const mentionsQuery = `SELECT m.id, m.seen, i.ref_id, ` + noteColumns + `
	FROM mentions m JOIN notes n ON n.id = m.note_id JOIN identities i ON i.id = n.identity_id
	WHERE m.user_id = $1 ORDER BY m.id DESC LIMIT $2`

func scanMention(rows *sql.Rows) (m sealedMention, err error) {
	return m, rows.Scan(append([]any{&m.ID, intoFlag{&m.Seen}, &m.RefID}, m.note.fields()...)...)
}

// Mentions gives the notes that mention a person, newest first.
func (s *Store) Mentions(ctx context.Context, userID string, limit int) ([]identity.Mention, error) {
	sealed, err := all(s.reader(ctx), scanMention, mentionsQuery, userID, int64(lengthOf(limit)))
	if err != nil {
		return nil, s.mask(err)
	}
	mentions := make([]identity.Mention, len(sealed))
	for n, m := range sealed {
		m.Note = s.openNote(m.note)
		mentions[n] = m.Mention
	}
	return mentions, nil
}

const unseenQuery = `SELECT count(*) FROM mentions WHERE user_id = $1 AND seen = 0`

// UnseenMentions is how many mentions a person has not seen yet.
func (s *Store) UnseenMentions(ctx context.Context, userID string) (int64, error) {
	n, err := one(s.reader(ctx), scanValue[int64], unseenQuery, userID)
	return n, s.mask(err)
}

// SeeMentions notes that a person has seen their mentions up to an id.
func (s *Store) SeeMentions(ctx context.Context, userID string, upTo int64) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(`UPDATE mentions SET seen = 1 WHERE user_id = $1 AND seen = 0 AND id <= $2`, userID, upTo)
	})
}
