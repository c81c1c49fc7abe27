package store

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"time"

	"identitydesk/internal/audit"
)

const auditColumns = `seq, at, actor_id, actor_name, role, action, identity_id, object, detail, before_text, after_text,
	reason_code, reason_sum, request_id, address, prev, hash, form`

func scanAudit(rows *sql.Rows) (e audit.Entry, err error) {
	return e, rows.Scan(&e.Seq, intoTime{&e.At}, &e.ActorID, &e.ActorName, &e.Role, intoText[audit.Action]{&e.Action},
		&e.IdentityID, &e.Object, &e.Detail, &e.Before, &e.After, &e.ReasonCode, &e.ReasonSum, &e.RequestID, &e.Address, &e.Prev, &e.Hash,
		intoInt[int]{&e.Form})
}

// audit puts an entry at the end of the chain. The last entry's number and hash are kept beside the log, and the next one is
// joined to them, so that a cut end is found too.
func (t *tx) audit(e audit.Entry) error {
	last, err := headOf(t)
	if err != nil {
		return err
	}
	e.At = t.now
	if err := t.spareErased(&e); err != nil {
		return err
	}
	sealed, err := t.sealReason(&e, last.next())
	if err != nil {
		return err
	}
	e = e.Chain(last.entry())
	if err := t.exec(`INSERT INTO audit (`+auditColumns+`) VALUES (`+placeholders(1, 18)+`)`,
		e.Seq, e.At.UnixMilli(), e.ActorID, e.ActorName, e.Role, string(e.Action), e.IdentityID, e.Object, e.Detail, e.Before, e.After,
		e.ReasonCode, e.ReasonSum, e.RequestID, e.Address, e.Prev, e.Hash, int64(e.Form)); err != nil {
		return err
	}
	if sealed != nil {
		if err := t.exec(`INSERT INTO audit_texts (seq, sealed) VALUES ($1, $2)`, e.Seq, sealed); err != nil {
			return err
		}
	}
	return t.setState(stateAudit, t.s.headText(audit.Head{Seq: e.Seq, Hash: e.Hash}, last.pinned(), last.sound(t.s)))
}

// auditCase is audit for an act on a case.
func (t *tx) auditCase(e audit.Entry, id string) error {
	e.IdentityID = id
	return t.audit(e)
}

// Record appends an entry for something that a person has read.
func (s *Store) Record(ctx context.Context, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error { return t.audit(e) })
}

// RecordOnce appends an entry unless the same person did the same to the same case within that time.
func (s *Store) RecordOnce(ctx context.Context, e audit.Entry, within time.Duration) error {
	return s.write(ctx, func(t *tx) error {
		_, found, err := maybe(t, scanValue[int64], `SELECT seq FROM audit
			WHERE identity_id = $1 AND actor_id = $2 AND action = $3 AND at > $4 LIMIT 1`,
			e.IdentityID, e.ActorID, string(e.Action), t.now.Add(-within).UnixMilli())
		if err != nil || found {
			return err
		}
		return t.audit(e)
	})
}

// The lengths of a page of the audit log.
const (
	auditDefault = 50
	auditMax     = 1000
)

// AuditEntries gives entries, newest first. Those of a case include what was done to a row that has become one with it.
func (s *Store) AuditEntries(ctx context.Context, f audit.Filter) ([]audit.Entry, error) {
	r := s.reader(ctx)
	query, args := auditQuery(f)
	entries, err := all(r, scanAudit, query, args...)
	if err != nil {
		return nil, s.mask(err)
	}
	if f.Reasons {
		return entries, s.mask(s.openReasons(r, entries))
	}
	for n := range entries {
		if len(entries[n].ReasonSum) > 0 {
			entries[n].Words = audit.WordsHidden
		}
	}
	return entries, nil
}

// auditOrder is by time, so that one index serves a filter and a span of time at once.
const auditOrder = ` ORDER BY at DESC, seq DESC LIMIT `

func auditQuery(f audit.Filter) (query string, args []any) {
	c := auditFilterOf(f)
	if f.Before > 0 {
		before := c.arg(f.Before)
		c.add(`(at, seq) < (coalesce((SELECT at FROM audit WHERE seq = ` + before + `), ` + c.arg(int64(math.MaxInt64)) + `), ` + before + `)`)
	}
	limit := f.Limit
	if limit <= 0 {
		limit = auditDefault
	}
	query = `SELECT ` + auditColumns + ` FROM audit` + c.where() + auditOrder + c.arg(int64(min(limit, auditMax)))
	return query, c.args
}

// AuditTotal counts the entries that a filter selects, whatever the place in the list; atLeast says that there are more than n.
func (s *Store) AuditTotal(ctx context.Context, f audit.Filter) (n int64, atLeast bool, err error) {
	n, atLeast, err = countUpTo(s.reader(ctx), "audit", auditFilterOf(f))
	return n, atLeast, s.mask(err)
}

// auditFilterOf keeps the database to the index of the first thing that is asked for, which is the one that selects most; a plus
// sign before a column tells it so.
func auditFilterOf(f audit.Filter) (c conditions) {
	add := func(asked bool, term, column string, value any) {
		if !asked {
			return
		}
		if len(c.terms) > 0 {
			column = "+" + column
		}
		c.add(column+term, value)
	}
	add(f.RequestID != "", ` = $? AND request_id <> ''`, `request_id`, f.RequestID)
	if f.IdentityID != "" {
		parts := make([]string, 0, 1+len(f.More))
		for _, id := range append([]string{f.IdentityID}, f.More...) {
			n := c.arg(id)
			parts = append(parts, `SELECT `+n+` UNION SELECT former_id FROM former_ids WHERE identity_id = `+n)
		}
		column := `identity_id`
		if len(c.terms) > 0 {
			column = `+identity_id`
		}
		c.add(column + ` IN (` + strings.Join(parts, ` UNION `) + `)`)
	}
	add(f.ActorID != "", ` = $?`, `actor_id`, f.ActorID)
	add(f.Action != "", ` = $?`, `action`, string(f.Action))
	add(f.Role != "", ` = $?`, `role`, f.Role)
	if !f.From.IsZero() {
		c.add(`at >= $?`, f.From.UnixMilli())
	}
	if !f.To.IsZero() {
		c.add(`at < $?`, f.To.UnixMilli())
	}
	return c
}
