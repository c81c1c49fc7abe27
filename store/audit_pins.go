package store

import (
	"context"
	"database/sql"

	"identitydesk/internal/audit"
)

func scanPin(rows *sql.Rows) (p audit.Pin, err error) {
	return p, rows.Scan(&p.Seq, &p.Hash, intoTime{&p.At}, intoTimeOrNil{&p.PostedAt})
}

// AuditPins are the heads that were pinned, oldest first.
func (s *Store) AuditPins(ctx context.Context) ([]audit.Pin, error) {
	pins, err := all(s.reader(ctx), scanPin, `SELECT seq, hash, at, posted_at FROM audit_pins ORDER BY seq`)
	return pins, s.mask(err)
}

// LastAuditPin is the newest of them; found is false before the first.
func (s *Store) LastAuditPin(ctx context.Context) (p audit.Pin, found bool, err error) {
	p, found, err = maybe(s.reader(ctx), scanPin, lastPinQuery)
	return p, found, s.mask(err)
}

const lastPinQuery = `SELECT seq, hash, at, posted_at FROM audit_pins ORDER BY seq DESC LIMIT 1`

// PinAudit keeps the end of the log as it is now, to be told to others; the zero pin before the first entry.
func (s *Store) PinAudit(ctx context.Context) (p audit.Pin, err error) {
	err = s.write(ctx, func(t *tx) error {
		p = audit.Pin{}
		h, err := headOf(t)
		if err != nil || h == nil {
			return err
		}
		p = audit.Pin{Head: h.Head, At: t.now}
		return t.exec(`INSERT INTO audit_pins (seq, hash, at) VALUES ($1, $2, $3) ON CONFLICT (seq) DO UPDATE SET at = excluded.at`,
			p.Seq, p.Hash, p.At.UnixMilli())
	})
	return p, err
}

// AuditPinPosted notes that a pinned head was taken by who keeps it elsewhere.
func (s *Store) AuditPinPosted(ctx context.Context, h audit.Head) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(`UPDATE audit_pins SET posted_at = $2 WHERE seq = $1`, h.Seq, t.now.UnixMilli())
	})
}
