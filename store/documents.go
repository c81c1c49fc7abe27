package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// AddUpload keeps that a person gave the desk a file for Paxos, with the job that sends it. Its content is in the spool already. It is
// a Conflict where Paxos does not hold the identity, and one of code [identity.FileNameTaken], with field "name", where a file of that
// name is on its way or at Paxos.
func (s *Store) AddUpload(ctx context.Context, u identity.DocumentUpload, f identity.SpooledFile, e audit.Entry) (kept identity.DocumentUpload, err error) {
	err = s.write(ctx, func(t *tx) error {
		r, err := findAtPaxos(t, u.IdentityID)
		if err != nil {
			return err
		}
		kept = u
		kept.ID, kept.IdentityID, kept.Size, kept.State, kept.At = f.ID, r.ID, f.Size, identity.FileQueued, t.now
		if err := t.refuseFileName(kept); err != nil {
			return err
		}
		if err := t.insertUpload(kept, f); err != nil {
			return err
		}
		if err := t.enqueue(jobUpload, kept.ID, queue.Submission, u.By); err != nil {
			return err
		}
		if err := t.actedOn(r, u.By); err != nil {
			return err
		}
		return t.auditUpload(e, kept)
	})
	return kept, err
}

// refuseFileName refuses a name that a file of the case has, be it on its way or at Paxos.
func (t *tx) refuseFileName(u identity.DocumentUpload) error {
	others, err := uploadsOf(t.s, t, u.IdentityID)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != u.ID && o.Name == u.Name && (o.State.Held() || o.State == identity.FileDone) {
			return nameIsTaken()
		}
	}
	return nil
}

func nameIsTaken() error { return nameFault("A file of this name is there already: use another name.") }

func nameFault(text string) error {
	return &fault.Error{Kind: fault.Conflict, Code: identity.FileNameTaken, Text: text, Fields: map[string]string{"name": text}}
}

func (t *tx) insertUpload(u identity.DocumentUpload, f identity.SpooledFile) error {
	name, err := t.s.sealer.Seal([]byte(u.Name), placeOfDocument("name", u.ID))
	if err != nil {
		return fmt.Errorf("seal the name of a file: %w", err)
	}
	sealed, err := t.s.sealHeld(u.ID, held{Key: f.Key})
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO documents (id, identity_id, types, content_type, size, state, code, by_id, at, attempts, addresses, answer_lost,
			file_id, name, held)
		VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, 0, 0, 0, '', $9, $10)`,
		u.ID, u.IdentityID, strings.Join(u.Types, " "), u.ContentType, u.Size, string(u.State), u.By, u.At.UnixMilli(), name, sealed)
}

// auditUpload tells of an act on a file by its id, types and size.
func (t *tx) auditUpload(e audit.Entry, u identity.DocumentUpload) error {
	e.Object, e.Detail = u.ID, fmt.Sprintf("%s, %d bytes", strings.Join(u.Types, " "), u.Size)
	return t.auditCase(e, u.IdentityID)
}

// Uploads gives the files that people gave the desk for a case, newest first.
func (s *Store) Uploads(ctx context.Context, id string) ([]identity.DocumentUpload, error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err != nil {
		return nil, s.mask(err)
	}
	found, err := uploadsOf(s, r, i.ID)
	return found, s.mask(err)
}

func uploadsOf(s *Store, q querier, id string) ([]identity.DocumentUpload, error) {
	rows, err := all(q, scanUpload, selectUpload+` WHERE identity_id = $1 ORDER BY at DESC, id`, id)
	if err != nil {
		return nil, err
	}
	found := make([]identity.DocumentUpload, len(rows))
	for n := range rows {
		found[n], _, _ = s.openUpload(rows[n]) // what does not open shows when it is sent
	}
	return found, nil
}

// UploadAgain has a file that failed sent again, under another name where one is given: then from the first step on, else the step
// that failed alone. NotFound where the case has no such file; Conflict where it has not failed, or is not here any more; of code
// [identity.FileNameTaken] where the name it needs is another one. A second click changes nothing.
func (s *Store) UploadAgain(ctx context.Context, caseID, id, name string, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		r, u, h, err := t.uploadOf(caseID, id)
		if err != nil {
			return err
		}
		switch {
		case u.State != identity.FileFailed:
			refused := fault.New(fault.Conflict, "This file has not failed: look how it stands now.")
			if name != "" && name != u.Name {
				return refused
			}
			return t.unlessClickedTwice(r.ID, u.ID, e, refused)
		case u.Code == identity.FileGone || len(h.Key) == 0:
			return fault.New(fault.Conflict, "This file is not here any more: remove it, and choose it again.")
		case u.Code == identity.FileNameTaken && name == "":
			return nameFault("Enter a name for the file: a file of the name that it has is there already.")
		case u.Code == identity.FileNameTaken && name == u.Name:
			return nameIsTaken()
		}
		if name != "" && name != u.Name {
			u.Name, h.URL, u.AnnouncedAt, u.FileID, u.AnswerLost = name, "", nil, "", false
			if err := t.refuseFileName(u); err != nil {
				return err
			}
		}
		u.State, u.Code, u.EndedAt, h.Text = identity.FileQueued, "", nil, ""
		if h.URL != "" {
			u.State = identity.FileAnnounced
		}
		if err := t.saveUpload(u, &h); err != nil {
			return err
		}
		if err := t.exec(`UPDATE documents SET attempts = 0, addresses = 0 WHERE id = $1`, u.ID); err != nil {
			return err
		}
		if err := t.enqueue(jobUpload, u.ID, queue.Submission, e.ActorID); err != nil {
			return err
		}
		if err := t.actedOn(r, e.ActorID); err != nil {
			return err
		}
		return t.auditUpload(e, u)
	})
}

// RemoveUpload takes a file back that Paxos does not have. What of its content is under way just now may come there all the same.
// NotFound and Conflict as in [Store.UploadAgain].
func (s *Store) RemoveUpload(ctx context.Context, caseID, id string, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		r, u, _, err := t.uploadOf(caseID, id)
		if err != nil {
			return err
		}
		if !u.State.Held() {
			return t.unlessClickedTwice(r.ID, u.ID, e, fault.New(fault.Conflict, "This file is not here any more: look how it stands now."))
		}
		if err := t.endUpload(u, identity.FileRemoved, ""); err != nil {
			return err
		}
		if err := t.actedOn(r, e.ActorID); err != nil {
			return err
		}
		return t.auditUpload(e, u)
	})
}

// uploadOf finds a file of a case.
func (t *tx) uploadOf(caseID, id string) (r row, u identity.DocumentUpload, h held, err error) {
	if r, err = findHere(t, caseID); err != nil {
		return r, u, h, err
	}
	if u, h, err = t.findUpload(id); err == nil && u.IdentityID != r.ID {
		err = errNoUpload()
	}
	return r, u, h, err
}

func (t *tx) findUpload(id string) (u identity.DocumentUpload, h held, err error) {
	found, is, err := maybe(t, scanUpload, selectUpload+` WHERE id = $1`, id)
	if err != nil {
		return u, h, err
	}
	if !is {
		return u, h, errNoUpload()
	}
	return t.s.openUpload(found)
}

func errNoUpload() error {
	return fault.New(fault.NotFound, "This case has no such file.")
}

// endUpload lets go of the content of a file for good. The spool lets go of the bytes once it looks what is still known.
func (t *tx) endUpload(u identity.DocumentUpload, state identity.FileState, code string) error {
	u.State, u.Code, u.EndedAt = state, code, &t.now
	if err := t.saveUpload(u, nil); err != nil {
		return err
	}
	t.effects.erased = true
	t.changes(u.IdentityID)
	return t.drop(jobUpload, u.ID)
}

// HeldUploads gives the ids of the files whose content is needed.
func (s *Store) HeldUploads(ctx context.Context) ([]string, error) {
	ids, err := all(s.reader(ctx), scanValue[string], `SELECT id FROM documents WHERE held IS NOT NULL`)
	return ids, s.mask(err)
}

// ExpireUploads gives up to limit files up that were taken in before a time, and tells so in the history of their cases.
func (s *Store) ExpireUploads(ctx context.Context, before time.Time, limit int) (expired int, err error) {
	const due = ` WHERE held IS NOT NULL AND at <= $1 ORDER BY at LIMIT $2`
	found, err := all(s.reader(ctx), scanUpload, selectUpload+due, before.UnixMilli(), int64(1))
	if err != nil || len(found) == 0 {
		return 0, s.mask(err)
	}
	err = s.write(ctx, func(t *tx) error {
		found, err := all(t, scanUpload, selectUpload+due, before.UnixMilli(), int64(limit))
		if err != nil {
			return err
		}
		for _, f := range found {
			if err := t.endUpload(f.DocumentUpload, identity.FileExpired, f.Code); err != nil {
				return err
			}
			if err := t.tellUpload(f.DocumentUpload, string(identity.FileExpired)); err != nil {
				return err
			}
		}
		expired = len(found)
		return nil
	})
	return expired, err
}

// tellUpload writes into the history what has become of a file; code is empty where Paxos has it.
func (t *tx) tellUpload(u identity.DocumentUpload, code string) error {
	line := identity.Entry{
		IdentityID: u.IdentityID, Kind: identity.DocumentEnded, ActorID: u.By, OccurredAt: t.now, ReceivedAt: t.now, ProcessedAt: t.now, Code: code,
	}
	for _, typ := range u.Types {
		line.Changes = append(line.Changes, identity.Change{Field: "document", New: typ})
	}
	return t.tell(u.IdentityID, []identity.Entry{line})
}

// eraseUploads takes the names of a case's files away, and their content with the keys.
func (t *tx) eraseUploads(id string) error {
	for _, statement := range []string{
		`DELETE FROM jobs WHERE kind = 'upload' AND subject_at = 0 AND subject IN (SELECT id FROM documents WHERE identity_id = $1)`,
		`UPDATE documents SET state = 'removed' WHERE identity_id = $1 AND held IS NOT NULL`,
		`UPDATE documents SET name = NULL, held = NULL WHERE identity_id = $1`,
		`DELETE FROM document_lists WHERE identity_id = $1`,
	} {
		if err := t.exec(statement, id); err != nil {
			return err
		}
	}
	return t.drop(jobDocuments, id)
}
