package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"

	"identitydesk/internal/audit"
)

const auditColumns = `seq, at, actor_id, actor_name, role, action, identity_id, object, detail, request_id, address, prev, hash`

func scanAudit(rows *sql.Rows) (e audit.Entry, err error) {
	return e, rows.Scan(&e.Seq, intoTime{&e.At}, &e.ActorID, &e.ActorName, &e.Role, intoText[audit.Action]{&e.Action},
		&e.IdentityID, &e.Object, &e.Detail, &e.RequestID, &e.Address, &e.Prev, &e.Hash)
}

// audit puts an entry at the end of the chain. The last entry's number and hash are kept beside the log, and the next one is
// joined to them, so that a cut end is found too.
func (t *tx) audit(e audit.Entry) error {
	last, err := headOf(t)
	if err != nil {
		return err
	}
	e.At = t.now
	e = e.Chain(last)
	if err := t.exec(`INSERT INTO audit (`+auditColumns+`) VALUES (`+placeholders(1, 13)+`)`,
		e.Seq, e.At.UnixMilli(), e.ActorID, e.ActorName, e.Role, string(e.Action), e.IdentityID, e.Object, e.Detail, e.RequestID,
		e.Address, e.Prev, e.Hash); err != nil {
		return err
	}
	return t.setState(stateAudit, fmt.Sprintf("%d %x", e.Seq, e.Hash))
}

// headOf gives number and hash of the entry that was written last; nil before the first.
func headOf(q querier) (*audit.Entry, error) {
	text, found, err := maybe(q, scanValue[string], stateQuery, stateAudit)
	if err != nil || !found {
		return nil, err
	}
	head := &audit.Entry{}
	if _, err := fmt.Sscanf(text, "%d %x", &head.Seq, &head.Hash); err != nil {
		return nil, fmt.Errorf("read the end of the audit log: %w", err)
	}
	return head, nil
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
	c := auditFilterOf(f)
	if f.Before > 0 {
		c.add(`seq < $?`, f.Before)
	}
	limit := f.Limit
	if limit <= 0 {
		limit = auditDefault
	}
	query := `SELECT ` + auditColumns + ` FROM audit` + c.where() + ` ORDER BY seq DESC LIMIT ` + c.arg(int64(min(limit, auditMax)))
	entries, err := all(s.reader(ctx), scanAudit, query, c.args...)
	return entries, s.mask(err)
}

// AuditTotal counts the entries that a filter selects, whatever the place in the list; atLeast says that there are more than n.
func (s *Store) AuditTotal(ctx context.Context, f audit.Filter) (n int64, atLeast bool, err error) {
	n, atLeast, err = countUpTo(s.reader(ctx), "audit", auditFilterOf(f))
	return n, atLeast, s.mask(err)
}

func auditFilterOf(f audit.Filter) (c conditions) {
	if f.IdentityID != "" {
		c.add(`identity_id IN (SELECT $? UNION SELECT former_id FROM former_ids WHERE identity_id = $?)`, f.IdentityID)
	}
	if f.ActorID != "" {
		c.add(`actor_id = $?`, f.ActorID)
	}
	if f.Action != "" {
		c.add(`action = $?`, string(f.Action))
	}
	return c
}

// VerifyAudit walks the chain from its first entry and tells how many hold. The error names the first that was edited, deleted
// or moved.
func (s *Store) VerifyAudit(ctx context.Context) (n int64, err error) {
	const step = 1000
	r := s.reader(ctx)
	head, err := headOf(r) // first, since entries go on being added
	if err != nil {
		return 0, s.mask(err)
	}
	var last *audit.Entry
	for {
		entries, err := all(r, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`, n, int64(step))
		if err != nil {
			return n, s.mask(err)
		}
		for _, e := range entries {
			if !follows(e, last) || head == nil || e.Seq == head.Seq && !bytes.Equal(e.Hash, head.Hash) {
				return n, brokenAt(n + 1)
			}
			last, n = &e, e.Seq
		}
		if len(entries) == step {
			continue
		}
		if head != nil && n < head.Seq {
			return n, brokenAt(n + 1)
		}
		return n, nil
	}
}

// follows reports whether e is what was put behind last.
func follows(e audit.Entry, last *audit.Entry) bool {
	again := e.Chain(last)
	return again.Seq == e.Seq && bytes.Equal(again.Prev, e.Prev) && bytes.Equal(again.Hash, e.Hash)
}

func brokenAt(seq int64) error {
	return fmt.Errorf("the audit log is broken at entry %d: it was edited, deleted or moved", seq)
}
