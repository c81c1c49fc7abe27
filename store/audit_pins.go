package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"identitydesk/internal/audit"
)

func scanPin(rows *sql.Rows) (p audit.Pin, err error) {
	return p, rows.Scan(&p.Seq, &p.Hash, intoTime{&p.At}, intoTimeOrNil{&p.PostedAt})
}

// AuditPins are the heads that were pinned, oldest first.
func (s *Store) AuditPins(ctx context.Context) ([]audit.Pin, error) {
	pins, err := all(s.reader(ctx), scanPin, pinsQuery)
	return pins, s.mask(err)
}

const pinsQuery = `SELECT seq, hash, at, posted_at FROM audit_pins ORDER BY seq`

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
		again, err := t.affect(`UPDATE audit_pins SET at = $2 WHERE seq = $1`, p.Seq, p.At.UnixMilli())
		if err != nil || again > 0 {
			return err
		}
		pins, err := t.pinsBefore(h)
		if err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO audit_pins (seq, hash, at) VALUES ($1, $2, $3)`, p.Seq, p.Hash, p.At.UnixMilli()); err != nil {
			return err
		}
		return t.setState(stateAudit, s.headText(h.Head, s.addPin(pins, h.Head), h.sound(s)))
	})
	return p, err
}

// pinsBefore is what the pins add up to before the next. Those from before they were added up are taken as they are.
func (t *tx) pinsBefore(h *head) (pins []byte, err error) {
	if h.pins != nil || !h.sound(t.s) {
		return h.pins, nil
	}
	kept, err := all(t, scanPin, pinsQuery)
	for _, p := range kept {
		pins = t.s.addPin(pins, p.Head)
	}
	return pins, err
}

// addPin is what pins add up to with one more: a keyed hash, so that none can be taken away, put in or changed without the keys.
func (s *Store) addPin(before []byte, h audit.Head) []byte {
	return s.index.Index("audit pins", fmt.Sprintf("%x %s", before, h))
}

// checkPins compares the pins, which were read after the end of the log, with what they added up to there.
func (s *Store) checkPins(h *head, pins []audit.Pin) error {
	if len(h.pinned()) == 0 {
		return nil
	}
	var sum []byte
	for _, p := range pins {
		if sum = s.addPin(sum, p.Head); bytes.Equal(sum, h.pins) {
			return nil
		}
	}
	return &audit.Break{
		Seq: h.Seq, Damage: audit.PinsAltered,
		Text: "the ends that were pinned up to here are not those that the desk wrote down: some were taken away, put in or changed. Compare the log of " +
			"the process, and what AUDIT_PIN_URL took",
	}
}

// AuditPinPosted notes that a pinned head was taken by who keeps it elsewhere.
func (s *Store) AuditPinPosted(ctx context.Context, h audit.Head) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(`UPDATE audit_pins SET posted_at = $2 WHERE seq = $1`, h.Seq, t.now.UnixMilli())
	})
}
