package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"identitydesk/internal/audit"
)

// AuditOf gives the entries about cases and about rows that have become one with them, in the order of the log, up to a number; by all
// our ids of the cases, see [Store.FormerIDs]. It gives no more than most.
func (s *Store) AuditOf(ctx context.Context, ids []string, upTo int64, most int) (entries []audit.Entry, err error) {
	for chunk := range slices.Chunk(ids, mostAtOnce) {
		args := atOnce(chunk)
		n := len(args)
		found, err := all(s.reader(ctx), scanAudit, auditOfQuery(n), append(args, upTo, int64(most-len(entries)))...)
		if err != nil {
			return nil, s.mask(err)
		}
		entries = append(entries, found...)
	}
	slices.SortFunc(entries, func(a, b audit.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	return entries, nil
}

func auditOfQuery(n int) string {
	return `SELECT ` + auditColumns + ` FROM audit WHERE identity_id IN (` + placeholders(1, n) + `) AND seq <= ` + placeholders(n+1, 1) +
		` LIMIT ` + placeholders(n+2, 1)
}

// AuditSpan gives entries with numbers behind one and up to another, in their order; as many as fit a page.
func (s *Store) AuditSpan(ctx context.Context, after, to int64) ([]audit.Entry, error) {
	entries, err := all(s.reader(ctx), scanAudit, spanQuery, after, to, int64(auditMax))
	return entries, s.mask(err)
}

const spanQuery = `SELECT ` + auditColumns + ` FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3`

// FormerIDs gives our ids of rows that have become one with cases, by our id of these. A case that was always one row is not in it.
func (s *Store) FormerIDs(ctx context.Context, ids []string) (map[string][]string, error) {
	former := map[string][]string{}
	for chunk := range slices.Chunk(ids, mostAtOnce) {
		args := atOnce(chunk)
		found, err := all(s.reader(ctx), scanPair, formerIDsQuery(len(args)), args...)
		if err != nil {
			return nil, s.mask(err)
		}
		for _, pair := range found {
			former[pair[0]] = append(former[pair[0]], pair[1])
		}
	}
	for _, ids := range former {
		slices.Sort(ids)
	}
	return former, nil
}

func formerIDsQuery(n int) string {
	return `SELECT identity_id, former_id FROM former_ids WHERE identity_id IN (` + placeholders(1, n) + `)`
}

// stateCheck is where the last verification of the log is kept.
const stateCheck = "audit_check"

// AuditChecked keeps what a verification of the log has found, and who asked for it.
func (s *Store) AuditChecked(ctx context.Context, c audit.Check, e audit.Entry) error {
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep a verification: %w", err)
	}
	return s.write(ctx, func(t *tx) error {
		if err := t.setState(stateCheck, string(text)); err != nil {
			return err
		}
		return t.audit(e)
	})
}

// LastAuditCheck is what the last verification has found; nil before the first.
func (s *Store) LastAuditCheck(ctx context.Context) (*audit.Check, error) {
	text, err := s.State(ctx, stateCheck)
	if err != nil || text == "" {
		return nil, err
	}
	c := &audit.Check{}
	if err := json.Unmarshal([]byte(text), c); err != nil {
		return nil, fmt.Errorf("read the last verification: %w", err)
	}
	return c, nil
}
