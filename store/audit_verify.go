package store

import (
	"context"
	"fmt"

	"github.com/pressly/goose/v3"

	"identitydesk/internal/audit"
)

// VerifyAudit walks the chain from its first entry to its end, and looks for the heads that were pinned, those that the desk has
// kept and more. The desk may go on writing. The error is an [*audit.Break] where the log was tampered with.
func (s *Store) VerifyAudit(ctx context.Context, more ...audit.Head) (audit.Verdict, error) {
	r := s.reader(ctx)
	h, err := headOf(r)
	if err != nil {
		return audit.Verdict{}, s.mask(err)
	}
	pins, err := s.AuditPins(ctx)
	if err != nil {
		return audit.Verdict{}, err
	}
	for _, p := range pins {
		more = append(more, p.Head)
	}
	verdict, err := audit.Verify(ctx, auditLog{s, r}, more)
	if err == nil {
		err = s.checkPins(h, pins)
	}
	return verdict, s.mask(err)
}

// auditLog is the log as [audit.Verify] walks it.
type auditLog struct {
	s *Store
	r reader
}

// End gives the zero head before the first entry.
func (l auditLog) End(context.Context) (audit.Head, bool, error) {
	h, err := headOf(l.r)
	if err != nil || h == nil {
		return audit.Head{}, err == nil, err
	}
	return h.Head, h.sound(l.s), nil
}

// After gives a page.
func (l auditLog) After(_ context.Context, seq int64) ([]audit.Entry, error) {
	entries, err := all(l.r, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, int64(auditMax))
	if err != nil {
		return nil, err
	}
	return entries, l.s.openReasons(l.r, entries)
}

// Following reads the whole log: it is asked where something is wrong.
func (l auditLog) Following(_ context.Context, hash []byte) ([]audit.Entry, error) {
	return all(l.r, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE prev = $1 LIMIT 10`, hash)
}

// At gives the zero entry where there is none.
func (l auditLog) At(_ context.Context, seq int64) (audit.Entry, error) {
	e, _, err := maybe(l.r, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE seq = $1`, seq)
	return e, err
}

// Fits makes sure, without a change, that the database has the schema that this program knows and was sealed with these keys.
func (s *Store) Fits(ctx context.Context) error {
	err := s.withMigrations(func(p *goose.Provider) error {
		have, newest, err := p.GetVersions(ctx)
		if err == nil && have != newest {
			err = fmt.Errorf("the database has schema version %d and this program knows %d: use the program of the same version, or start its desk first", have, newest)
		}
		return err
	})
	if err != nil {
		return err
	}
	word, found, err := maybe(s.reader(ctx), scanValue[string], stateQuery, stateSeal)
	if err != nil || !found {
		return s.mask(err)
	}
	return checkSeal(s.sealer, word)
}
