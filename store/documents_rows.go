package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"identitydesk/internal/identity"
)

// held is what is sealed of a file for as long as its content is here.
type held struct {
	Key  identity.SpoolKey  `json:"key"`
	URL  identity.UploadURL `json:"url,omitempty"`  // where the content goes
	Text string             `json:"text,omitempty"` // Paxos' words about a refusal
}

func placeOfDocument(part, id string) []byte { return place("documents", part, id) }

func (s *Store) sealHeld(id string, h held) ([]byte, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode what is held of a file: %w", err)
	}
	sealed, err := s.sealer.Seal(text, placeOfDocument("held", id))
	if err != nil {
		return nil, fmt.Errorf("seal what is held of a file: %w", err)
	}
	return sealed, nil
}

const selectUpload = `SELECT id, identity_id, types, content_type, size, state, code, by_id, at, announced_at, ended_at, attempts, addresses,
	answer_lost, file_id, name, held FROM documents`

// sealedUpload is a file as it is stored.
type sealedUpload struct {
	identity.DocumentUpload
	addresses  int
	name, held []byte
}

func scanUpload(rows *sql.Rows) (u sealedUpload, err error) {
	var types string
	err = rows.Scan(&u.ID, &u.IdentityID, &types, &u.ContentType, &u.Size, intoText[identity.FileState]{&u.State}, &u.Code, &u.By,
		intoTime{&u.At}, intoTimeOrNil{&u.AnnouncedAt}, intoTimeOrNil{&u.EndedAt}, intoInt[int]{&u.Attempts}, intoInt[int]{&u.addresses},
		intoFlag{&u.AnswerLost}, &u.FileID, &u.name, &u.held)
	u.Types = strings.Fields(types)
	return u, err
}

// openUpload opens what is sealed of a file; of one that has ended that is the name, and of an erased case nothing. A name that does
// not open is left out: the file can be told of without it. The error is about what is held.
func (s *Store) openUpload(u sealedUpload) (identity.DocumentUpload, held, error) {
	var h held
	if len(u.name) > 0 {
		name, _ := s.sealer.Open(u.name, placeOfDocument("name", u.ID))
		u.Name = string(name)
	}
	if len(u.held) > 0 {
		text, err := s.sealer.Open(u.held, placeOfDocument("held", u.ID))
		if err != nil {
			return u.DocumentUpload, h, fmt.Errorf("open what is held of a file: %w", err)
		}
		if json.Unmarshal(text, &h) != nil {
			return u.DocumentUpload, h, errors.New("decode what is held of a file") // the cause may quote what it could not read
		}
	}
	u.Text = h.Text
	return u.DocumentUpload, h, nil
}

// saveUpload writes what changes of a file; nothing is held any more where h is nil.
func (t *tx) saveUpload(u identity.DocumentUpload, h *held) error {
	if err := t.exec(`UPDATE documents SET state = $2, code = $3, announced_at = $4, ended_at = $5, answer_lost = $6, file_id = $7 WHERE id = $1`,
		u.ID, string(u.State), u.Code, msOf(u.AnnouncedAt), msOf(u.EndedAt), flag(u.AnswerLost), u.FileID); err != nil {
		return err
	}
	if h == nil {
		return t.exec(`UPDATE documents SET held = NULL WHERE id = $1`, u.ID)
	}
	name, err := t.s.sealer.Seal([]byte(u.Name), placeOfDocument("name", u.ID))
	if err != nil {
		return fmt.Errorf("seal the name of a file: %w", err)
	}
	sealed, err := t.s.sealHeld(u.ID, *h)
	if err != nil {
		return err
	}
	return t.exec(`UPDATE documents SET name = $2, held = $3 WHERE id = $1`, u.ID, name, sealed)
}
