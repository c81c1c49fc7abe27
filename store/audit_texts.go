package store

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"identitydesk/internal/audit"
)

func placeOfReason(seq int64) []byte {
	return place("audit_texts", "reason", strconv.FormatInt(seq, 10))
}

// spareErased takes the words of the reason out of an entry about a case that was erased: they would outlive it. The code of the
// reason stays.
func (t *tx) spareErased(e *audit.Entry) error {
	if e.Reason == "" || e.IdentityID == "" {
		return nil
	}
	erased, err := one(t, scanValue[bool], `SELECT EXISTS (SELECT 1 FROM identities WHERE erased_at IS NOT NULL AND id IN (
		SELECT $1 UNION SELECT identity_id FROM former_ids WHERE former_id = $1))`, e.IdentityID)
	if erased {
		e.Reason = ""
	}
	return err
}

// sealReason takes the words of the reason out of an entry that becomes number seq: the entry keeps their sum, and what is given
// goes into audit_texts. Nil where there are none.
func (t *tx) sealReason(e *audit.Entry, seq int64) ([]byte, error) {
	words := e.Reason
	e.Reason, e.ReasonSum = "", []byte{}
	if words == "" {
		return nil, nil
	}
	salt := make([]byte, audit.SaltSize)
	rand.Read(salt)
	e.ReasonSum = audit.ReasonSum(salt, words)
	sealed, err := t.s.sealer.Seal(append(salt, words...), placeOfReason(seq))
	if err != nil {
		return nil, fmt.Errorf("seal a reason: %w", err)
	}
	return sealed, nil
}

// openReasons puts the words of the reasons into entries. Words that are not those that were written are left out, and it is said
// so: the log must stay readable when somebody has been at it.
func (s *Store) openReasons(q querier, entries []audit.Entry) error {
	for chunk := range slices.Chunk(entries, mostAtOnce) {
		var seqs []int64
		for n := range chunk {
			if e := &chunk[n]; len(e.ReasonSum) > 0 {
				e.Words = audit.WordsMissing
				seqs = append(seqs, e.Seq)
			}
		}
		texts, err := textsOf(q, seqs)
		if err != nil {
			return err
		}
		for n := range chunk {
			if sealed, kept := texts[chunk[n].Seq]; kept {
				s.openReason(&chunk[n], sealed)
			}
		}
	}
	return nil
}

func (s *Store) openReason(e *audit.Entry, sealed []byte) {
	e.Words = audit.WordsLost
	plain, err := s.sealer.Open(sealed, placeOfReason(e.Seq))
	switch {
	case err != nil:
		return
	case len(plain) == 0:
		e.Words = audit.WordsErased
		return
	case len(plain) < audit.SaltSize:
		return
	}
	salt, words := plain[:audit.SaltSize], string(plain[audit.SaltSize:])
	if bytes.Equal(audit.ReasonSum(salt, words), e.ReasonSum) {
		e.Reason, e.Words = words, audit.WordsKept
	}
}

type sealedText struct {
	seq    int64
	sealed []byte
}

func scanText(rows *sql.Rows) (text sealedText, err error) {
	return text, rows.Scan(&text.seq, &text.sealed)
}

// textsOf gives what is sealed beside entries, by their numbers.
func textsOf(q querier, seqs []int64) (map[int64][]byte, error) {
	if len(seqs) == 0 {
		return nil, nil
	}
	args := atOnce(seqs)
	found, err := all(q, scanText, `SELECT seq, sealed FROM audit_texts WHERE seq IN (`+placeholders(1, len(args))+`)`, args...)
	texts := make(map[int64][]byte, len(found))
	for _, text := range found {
		texts[text.seq] = text.sealed
	}
	return texts, err
}

// eraseAuditTexts erases the words of every reason that was given for an act on a case, or on a row that has become one with it. The
// entries stay, and so does what the chain holds of the words, which tells nothing of them. In the place of the words nothing is
// sealed: only who has the keys can do so, so that words that somebody else takes away are missed.
func (t *tx) eraseAuditTexts(identityID string) error {
	seqs, err := all(t, scanValue[int64], `SELECT seq FROM audit_texts WHERE seq IN (SELECT seq FROM audit WHERE identity_id IN (
		SELECT $1 UNION SELECT former_id FROM former_ids WHERE identity_id = $1))`, identityID)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		nothing, err := t.s.sealer.Seal(nil, placeOfReason(seq))
		if err != nil {
			return fmt.Errorf("seal that a reason was erased: %w", err)
		}
		if err := t.exec(`UPDATE audit_texts SET sealed = $2 WHERE seq = $1`, seq, nothing); err != nil {
			return err
		}
	}
	return nil
}
