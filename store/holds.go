package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Hold keeps a case from being erased until somebody lets it go. Its reason is sealed. It is a Conflict where the case is held
// already, or erased.
func (s *Store) Hold(ctx context.Context, id string, h identity.Hold, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		r, err := findHere(t, id)
		if err != nil {
			return err
		}
		if err := t.refuseOnHold(r.ID); err != nil {
			return err
		}
		number, err := one(t, scanValue[int64], `INSERT INTO holds (identity_id, by_id, by_name, at, reason_code, sealed)
			VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`, r.ID, h.ByID, h.ByName, t.now.UnixMilli(), h.ReasonCode, []byte{})
		if err != nil {
			return err
		}
		sealed, err := t.s.sealer.Seal([]byte(h.Reason), placeOfHold(number))
		if err != nil {
			return fmt.Errorf("seal why a case is held: %w", err)
		}
		if err := t.exec(`UPDATE holds SET sealed = $2 WHERE id = $1`, number, sealed); err != nil {
			return err
		}
		t.changes(r.ID)
		return t.auditCase(e, r.ID)
	})
}

func placeOfHold(number int64) []byte { return place("holds", "reason", strconv.FormatInt(number, 10)) }

// LetGo ends the hold on a case. It is a Conflict where there is none.
func (s *Store) LetGo(ctx context.Context, id string, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		r, err := findRow(t, id)
		if err != nil {
			return err
		}
		gone, err := t.affect(`DELETE FROM holds WHERE identity_id = $1`, r.ID)
		if err == nil && gone == 0 {
			err = fault.New(fault.Conflict, "This case is not on hold.")
		}
		if err != nil {
			return err
		}
		t.changes(r.ID)
		return t.auditCase(e, r.ID)
	})
}

const holdColumns = `id, by_id, by_name, at, reason_code, sealed`

// sealedHold is a hold as it is stored.
type sealedHold struct {
	identity.Hold
	number int64
	sealed []byte
}

func scanHold(rows *sql.Rows) (h sealedHold, err error) {
	return h, rows.Scan(&h.number, &h.ByID, &h.ByName, intoTime{&h.At}, &h.ReasonCode, &h.sealed)
}

const holdOfQuery = `SELECT ` + holdColumns + ` FROM holds WHERE identity_id = $1`

// HoldOf gives the hold on a case, with its reason, or why that cannot be read; nil where there is none.
func (s *Store) HoldOf(ctx context.Context, id string) (*identity.Hold, error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err != nil {
		return nil, s.mask(err)
	}
	h, found, err := maybe(r, scanHold, holdOfQuery, i.ID)
	if err != nil || !found {
		return nil, s.mask(err)
	}
	where := placeOfHold(h.number)
	reason, err := s.sealer.Open(h.sealed, where)
	if err != nil {
		h.Unread = s.unread(h.sealed, where)
	}
	h.Reason = string(reason)
	return &h.Hold, nil
}

// refuseOnHold refuses to erase what somebody holds, and says who and since when.
func (t *tx) refuseOnHold(id string) error {
	h, held, err := maybe(t, scanHold, holdOfQuery, id)
	if err != nil || !held {
		return err
	}
	return &fault.Error{
		Kind: fault.Conflict, Code: identity.OnHold,
		Text: fmt.Sprintf("This case is on legal hold: %s put it there on %s. It cannot be erased until the hold is let go.",
			h.ByName, fault.Moment(h.At)),
		Times: []time.Time{h.At},
	}
}
