package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

func placeOfControls(id string) []byte { return place("control_lists", "list", id) }

// ControlList gives what Paxos said last of a case's controls; the zero list where it was never asked. What does not open is an Internal
// fault whose code [identity.UnreadOf] knows.
func (s *Store) ControlList(ctx context.Context, id string) (l identity.ControlList, err error) {
	sealed, found, err := maybe(s.reader(ctx), scanValue[[]byte], `SELECT sealed FROM control_lists WHERE identity_id = $1`, id)
	if err != nil || !found {
		return l, s.mask(err)
	}
	where := placeOfControls(id)
	text, err := s.sealer.Open(sealed, where)
	if err != nil {
		return l, errUnread(s.unread(sealed, where), fmt.Errorf("open a list of controls: %w", err))
	}
	if json.Unmarshal(text, &l) != nil { // the cause may quote what it could not read
		return l, errUnread(s.unread(sealed, where), errors.New("decode a list of controls"))
	}
	return l, nil
}

// LookAtControls asks for what Paxos says of a case's controls, ahead of background work, as [Store.LookAtDocuments] does.
func (s *Store) LookAtControls(ctx context.Context, id string) error {
	return s.lookAt(ctx, jobControls, id)
}

// ApplyControls stores what Paxos said of a case's controls, unless what is stored is newer, and ends the job. Where Paxos' record cannot tell
// of controls the case takes them from the list, see [identity.Identity.LearnControls]. Open pages are renewed.
func (s *Store) ApplyControls(ctx context.Context, job queue.Job, list identity.ControlList) error {
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
			return errors.New("encode a list of controls") // the cause may quote it
		}
		sealed, err := t.s.sealer.Seal(text, placeOfControls(r.ID))
		if err != nil {
			return fmt.Errorf("seal a list of controls: %w", err)
		}
		fresh, err := t.affect(`INSERT INTO control_lists (identity_id, as_of, sealed) VALUES ($1, $2, $3)
			ON CONFLICT (identity_id) DO UPDATE SET as_of = excluded.as_of, sealed = excluded.sealed WHERE control_lists.as_of < excluded.as_of`,
			r.ID, list.AsOf.UnixMilli(), sealed)
		if err != nil {
			return err
		}
		if fresh > 0 {
			next, entries := r.LearnControls(list)
			if _, err := t.saveAndTell(r, next, entries); err != nil {
				return err
			}
			t.changes(r.ID)
		}
		return t.finish(job)
	})
}

// hearOfControls has the list of controls asked for anew after an event that tells of one, since a record may not tell of it.
func (t *tx) hearOfControls(e *identity.Event, i identity.Identity, p queue.Priority) error {
	if e == nil || e.IsTest || !identity.OfControls(e.Type) || i.PaxosID == "" || i.ErasedAt != nil {
		return nil
	}
	return t.enqueue(jobControls, i.ID, p, "")
}

// eraseControls takes away what Paxos said of a case's controls, and the ask for it.
func (t *tx) eraseControls(id string) error {
	if err := t.exec(`DELETE FROM control_lists WHERE identity_id = $1`, id); err != nil {
		return err
	}
	return t.drop(jobControls, id)
}
