package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"identitydesk/internal/audit"
)

// head is the end of the log as it is kept beside it: the number and the hash of the entry that was written last, what the ends that
// were pinned add up to, and a keyed hash of all of it. Whoever can write to the database but has no keys can change the log and every
// hash in it, but cannot seal its end.
type head struct {
	audit.Head
	seal    []byte // nil where there is none
	written bool   // something stands in its place, if not a seal
	pins    []byte // see [Store.addPin]; nil before the first pin
}

// spoilt stands in the place of the seal from when on the log was continued behind an end that was not sealed. It stays, so that
// what is written afterwards does not hide it.
const spoilt = "spoilt"

func (s *Store) sealOf(h audit.Head, pins []byte) []byte {
	text := fmt.Sprintf("%d %x", h.Seq, h.Hash)
	if len(pins) > 0 {
		text += fmt.Sprintf(" %x", pins)
	}
	return s.index.Index("audit head", text)
}

// sound reports whether the desk has written this end itself. Before the first entry there is none.
func (h *head) sound(s *Store) bool { return h == nil || bytes.Equal(h.seal, s.sealOf(h.Head, h.pins)) }

// pinned is what the pins add up to.
func (h *head) pinned() []byte {
	if h == nil {
		return nil
	}
	return h.pins
}

// next is the number of the entry that follows.
func (h *head) next() int64 {
	if h == nil {
		return 1
	}
	return h.Seq + 1
}

// entry is the end as an entry that another is put behind; nil before the first.
func (h *head) entry() *audit.Entry {
	if h == nil {
		return nil
	}
	return &audit.Entry{Seq: h.Seq, Hash: h.Hash}
}

// headText is the end of the log as it is kept.
func (s *Store) headText(h audit.Head, pins []byte, sound bool) string {
	seal := spoilt
	if sound {
		seal = hex.EncodeToString(s.sealOf(h, pins))
	}
	return strings.TrimSpace(fmt.Sprintf("%d %x %s %x", h.Seq, h.Hash, seal, pins))
}

// headOf gives the end of the log; nil before the first entry.
func headOf(q querier) (*head, error) {
	text, found, err := maybe(q, scanValue[string], stateQuery, stateAudit)
	if err != nil || !found {
		return nil, err
	}
	parts := strings.Fields(text)
	if len(parts) < 2 {
		return nil, fmt.Errorf("read the end of the audit log: it has %d parts", len(parts))
	}
	h := &head{}
	if h.Seq, err = strconv.ParseInt(parts[0], 10, 64); err != nil {
		return nil, fmt.Errorf("read the end of the audit log: %w", err)
	}
	if h.Hash, err = hex.DecodeString(parts[1]); err != nil {
		return nil, fmt.Errorf("read the end of the audit log: %w", err)
	}
	if h.written = len(parts) > 2; h.written {
		h.seal, _ = hex.DecodeString(parts[2]) // what cannot be read is no seal
	}
	if len(parts) > 3 {
		h.pins, _ = hex.DecodeString(parts[3]) // nor is it what the pins add up to
	}
	return h, nil
}

// AuditHead is the end of the log; the zero value before the first entry.
func (s *Store) AuditHead(ctx context.Context) (audit.Head, error) {
	h, err := headOf(s.reader(ctx))
	if err != nil || h == nil {
		return audit.Head{}, s.mask(err)
	}
	return h.Head, nil
}

// sealedSince is the version of the schema from which on the end of the log is sealed.
const sealedSince = 8

// sealHead seals the end of a log from before it was.
func (s *Store) sealHead(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		last, err := headOf(t)
		if err != nil || last == nil || last.written {
			return err
		}
		return t.setState(stateAudit, s.headText(last.Head, nil, true))
	})
}
