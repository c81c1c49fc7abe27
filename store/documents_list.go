package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

const (
	documentListQuery = `SELECT list FROM document_lists WHERE identity_id = $1`
	hadDocumentsQuery = `SELECT identity_id FROM document_lists WHERE identity_id = $1
		UNION ALL SELECT identity_id FROM documents WHERE identity_id = $1 LIMIT 1`
)

// DocumentList gives what Paxos said last of a case's documents; the zero list where it was never asked.
func (s *Store) DocumentList(ctx context.Context, id string) (identity.DocumentList, error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err != nil {
		return identity.DocumentList{}, s.mask(err)
	}
	text, found, err := maybe(r, scanValue[string], documentListQuery, i.ID)
	if err != nil || !found {
		return identity.DocumentList{}, s.mask(err)
	}
	return readList(text)
}

// documentsKey is some cases, by their ids.
type documentsKey string

// DocumentsOf gives what is known of the documents of the cases with these ids, of files without their names; what has none is not in
// it. It may be shared: nobody may change it.
func (s *Store) DocumentsOf(ctx context.Context, ids []string) (map[string]identity.Filed, error) {
	if len(ids) > identity.DefaultLimit { // too much to remember
		return s.documentsOf(ctx, ids)
	}
	return remembered(s, documentsKey(strings.Join(ids, " ")), func() (map[string]identity.Filed, error) { return s.documentsOf(ctx, ids) })
}

// documentsOfQuery reads a file, or a list, of one of n cases in a row.
func documentsOfQuery(n int) string {
	of := ` WHERE identity_id IN (` + placeholders(1, n) + `)`
	return `SELECT identity_id, state, types, ended_at, file_id, '' FROM documents` + of +
		` UNION ALL SELECT identity_id, '', '', NULL, '', list FROM document_lists` + of
}

type filed struct {
	file identity.DocumentUpload // of no state where it is a list
	list string
}

func scanFiled(rows *sql.Rows) (f filed, err error) {
	var types string
	err = rows.Scan(&f.file.IdentityID, intoText[identity.FileState]{&f.file.State}, &types, intoTimeOrNil{&f.file.EndedAt}, &f.file.FileID, &f.list)
	f.file.Types = strings.Fields(types)
	return f, err
}

func (s *Store) documentsOf(ctx context.Context, ids []string) (map[string]identity.Filed, error) {
	of := map[string]identity.Filed{}
	for chunk := range slices.Chunk(ids, mostAtOnce) {
		args := atOnce(chunk)
		found, err := all(s.reader(ctx), scanFiled, documentsOfQuery(len(args)), args...)
		if err != nil {
			return nil, s.mask(err)
		}
		for _, f := range found {
			known := of[f.file.IdentityID]
			if f.file.State != "" {
				known.Uploads = append(known.Uploads, f.file)
			} else if known.List, err = readList(f.list); err != nil {
				return nil, err
			}
			of[f.file.IdentityID] = known
		}
	}
	return of, nil
}

func readList(text string) (l identity.DocumentList, err error) {
	if json.Unmarshal([]byte(text), &l) != nil {
		err = errors.New("decode a list of documents")
	}
	return l, err
}

// LookAtDocuments asks for what Paxos says of a case's documents, ahead of background work. Where that is asked for already it goes its
// own way; where it was given up it begins again.
func (s *Store) LookAtDocuments(ctx context.Context, id string) error {
	return s.lookAt(ctx, jobDocuments, id)
}

// lookAtDocuments asks for what Paxos says of a case's documents where they are, or were, a matter of the case.
func (t *tx) lookAtDocuments(r row) error {
	matter := r.HasDocuments()
	if !matter {
		var err error
		if _, matter, err = maybe(t, scanValue[string], hadDocumentsQuery, r.ID); err != nil {
			return err
		}
	}
	if !matter {
		return nil
	}
	return t.enqueue(jobDocuments, r.ID, queue.Click, "")
}

// lookAt asks for a job of a kind about a case that Paxos holds, unless one is under way.
func (s *Store) lookAt(ctx context.Context, kind, id string) error {
	const open = `SELECT id FROM jobs WHERE ` + ofSubject + ` AND parked = 0`
	if _, asked, err := maybe(s.reader(ctx), scanValue[int64], open, kind, id); err != nil || asked {
		return s.mask(err)
	}
	return s.write(ctx, func(t *tx) error {
		r, err := findRow(t, id)
		if err != nil || r.PaxosID == "" || r.ErasedAt != nil {
			return err
		}
		if _, asked, err := maybe(t, scanValue[int64], open, kind, r.ID); err != nil || asked {
			return err
		}
		return t.enqueue(kind, r.ID, queue.Click, "")
	})
}

// ApplyDocuments stores what Paxos said of a case's documents, unless what is stored is newer, and ends the job. Where everything that
// was asked for is there the ask is settled, see [identity.Identity.LearnDocuments].
func (s *Store) ApplyDocuments(ctx context.Context, job queue.Job, list identity.DocumentList) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.hold(job); err != nil {
			return err
		}
		r, err := findRow(t, job.Subject)
		if err != nil || r.ErasedAt != nil {
			return errors.Join(err, t.finish(job))
		}
		text, err := json.Marshal(list)
		if err != nil {
			return fmt.Errorf("encode a list of documents: %w", err)
		}
		before, _, err := maybe(t, scanValue[string], documentListQuery, r.ID)
		if err != nil {
			return err
		}
		fresh, err := t.affect(`INSERT INTO document_lists (identity_id, as_of, list) VALUES ($1, $2, $3)
			ON CONFLICT (identity_id) DO UPDATE SET as_of = excluded.as_of, list = excluded.list WHERE document_lists.as_of < excluded.as_of`,
			r.ID, list.AsOf.UnixMilli(), string(text))
		if err != nil {
			return err
		}
		if fresh > 0 {
			if err := t.learnDocuments(r, before, list); err != nil {
				return err
			}
		}
		return t.finish(job)
	})
}

// learnDocuments takes in what a list tells. Pages are renewed where that is something new: a list that is read since a page was renewed
// must not renew it again.
func (t *tx) learnDocuments(r row, before string, list identity.DocumentList) error {
	last, err := t.lastDocument(r.ID, list)
	if err != nil {
		return err
	}
	next, entries := r.LearnDocuments(list, last, t.now, t.s.Policy())
	if len(entries) == 0 {
		was, err := readList(cmp.Or(before, "{}"))
		if err == nil && !(list.SaysTheSame(was) && last.Before(was.AsOf)) {
			t.changes(r.ID)
		}
		return err
	}
	_, err = t.saveAndTell(r, next, entries)
	return err
}

// lastDocument is when the last file came to Paxos, as it says itself or as the desk sent it.
func (t *tx) lastDocument(id string, list identity.DocumentList) (last time.Time, err error) {
	ms, _, err := maybe(t, scanValue[int64], `SELECT ended_at FROM documents WHERE identity_id = $1 AND state = 'done' ORDER BY ended_at DESC LIMIT 1`, id)
	if ms > 0 {
		last = time.UnixMilli(ms).UTC()
	}
	for _, h := range list.Held {
		if h.At.After(last) {
			last = h.At
		}
	}
	return last, err
}
