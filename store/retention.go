package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// unbound are the terms for what nobody holds, nobody has proposed anything about, and nothing is on its way to Paxos about.
const unbound = `NOT EXISTS (SELECT 1 FROM holds h WHERE h.identity_id = identities.id)
	AND NOT EXISTS (SELECT 1 FROM proposals p WHERE p.identity_id = identities.id AND p.state = 'open')
	AND NOT EXISTS (SELECT 1 FROM moves m WHERE m.identity_id = identities.id AND (m.state = 'queued' OR m.state = 'sent'))
	AND linking_at IS NULL`

const (
	dueCasesTerms  = `closed_at IS NOT NULL AND closed_at <= $1 AND ` + unbound
	dueDraftsTerms = `submission = 'failed' AND updated_at <= $1 AND ` + unbound
	dueCasesQuery  = selectRow + `WHERE ` + dueCasesTerms + ` ORDER BY closed_at, id LIMIT $2`
	dueDraftsQuery = selectRow + `WHERE ` + dueDraftsTerms + ` ORDER BY updated_at, id LIMIT $2`
)

// EraseDue erases up to limit cases in which nobody has a move left since before a time, the oldest first. What is on hold, what
// somebody has proposed something about, and what a move is on its way about, stays.
func (s *Store) EraseDue(ctx context.Context, closedBefore time.Time, limit int) (erased int, err error) {
	return s.keepHouse(ctx, dueCasesQuery, closedBefore, limit, stateErasedCases, func(t *tx, r row) error {
		_, err := t.erase(r, identity.ErasedByRetention, "")
		return err
	})
}

// LetDraftsGo gives up to limit failed submissions up whose last act lies before a time, and erases their drafts. What is on hold, what
// somebody has proposed something about, and what is being linked, stays.
func (s *Store) LetDraftsGo(ctx context.Context, failedBefore time.Time, limit int) (gone int, err error) {
	return s.keepHouse(ctx, dueDraftsQuery, failedBefore, limit, stateErasedDrafts, func(t *tx, r row) error {
		next, entries := r.LetDraftGo(s.Policy(), t.now)
		i, err := t.saveAndTell(r, next, entries)
		if err != nil {
			return err
		}
		if err := t.exec(`UPDATE identities SET ended_sum = NULL WHERE id = $1`, i.ID); err != nil {
			return err
		}
		return t.forgetDraft(i.ID)
	})
}

// keepHouse does something to a batch of rows that are due, and adds to the count of the run.
func (s *Store) keepHouse(ctx context.Context, query string, before time.Time, limit int, count string, do func(*tx, row) error) (n int, err error) {
	due, err := all(s.reader(ctx), scanRow, query, before.UnixMilli(), int64(1))
	if err != nil || len(due) == 0 {
		return 0, s.mask(err)
	}
	err = s.write(ctx, func(t *tx) error {
		due, err := all(t, scanRow, query, before.UnixMilli(), int64(limit))
		if err != nil {
			return err
		}
		for _, r := range due {
			if err := do(t, r); err != nil {
				return err
			}
		}
		n = len(due)
		return t.countHouse(count, n)
	})
	return n, err
}

func (t *tx) countHouse(key string, n int) error {
	before, err := houseCount(t, key)
	if err != nil || n == 0 {
		return err
	}
	return t.setState(key, strconv.Itoa(before+n))
}

func houseCount(q querier, key string) (int, error) {
	text, _, err := maybe(q, scanValue[string], stateQuery, key)
	n, _ := strconv.Atoi(text) // empty is none
	return n, err
}

// EndRetention ends a run of [Store.EraseDue] and [Store.LetDraftsGo]: one entry of the audit log tells how much it erased, that of
// runs before it that were interrupted included. Nothing erased is no entry. cases and drafts say how long these are kept.
func (s *Store) EndRetention(ctx context.Context, cases, drafts string) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.setState(stateRetention, t.now.Format(time.RFC3339)); err != nil {
			return err
		}
		erased, err := houseCount(t, stateErasedCases)
		if err != nil {
			return err
		}
		gone, err := houseCount(t, stateErasedDrafts)
		if err != nil || erased+gone == 0 {
			return err
		}
		for _, key := range []string{stateErasedCases, stateErasedDrafts} {
			if err := t.setState(key, ""); err != nil {
				return err
			}
		}
		return t.audit(audit.Entry{
			ActorID: "system", ActorName: "system", Action: audit.Erased, Object: "retention",
			Detail: fmt.Sprintf("%s after %s, %s after %s", numbered(erased, "case"), cases, numbered(gone, "draft"), drafts),
		})
	})
}

// numbered is so many of something.
func numbered(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Outlook is what retention will do, and has done.
type Outlook struct {
	Cases, Drafts int64 // that fall due
	Most          int64 // numbers are counted up to this
	Held          int64 // cases on hold
	LastRun       time.Time
}

// Outlook counts the cases and drafts that are due where time has come so far, which need not be now.
func (s *Store) Outlook(ctx context.Context, closedBefore, failedBefore time.Time) (o Outlook, err error) {
	r := s.reader(ctx)
	o.Most = maxCount
	for _, count := range []struct {
		into   *int64
		terms  string
		before time.Time
	}{{&o.Cases, dueCasesTerms, closedBefore}, {&o.Drafts, dueDraftsTerms, failedBefore}} {
		*count.into, err = one(r, scanValue[int64], `SELECT count(*) FROM (SELECT 1 FROM identities WHERE `+count.terms+` LIMIT $2) AS bounded`,
			count.before.UnixMilli(), int64(maxCount))
		if err != nil {
			return o, s.mask(err)
		}
	}
	if o.Held, err = one(r, scanValue[int64], `SELECT count(*) FROM holds`); err != nil {
		return o, s.mask(err)
	}
	last, _, err := maybe(r, scanValue[string], stateQuery, stateRetention)
	o.LastRun, _ = time.Parse(time.RFC3339, last) // zero before the first
	return o, s.mask(err)
}
