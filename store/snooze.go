package store

import (
	"context"
	"slices"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Snooze puts a case to sleep, anew where it sleeps already. Its reason is sealed. It is a Conflict where Paxos has decided.
func (s *Store) Snooze(ctx context.Context, id string, z identity.Snooze, by string, e audit.Entry) (i identity.Identity, err error) {
	z.Until = z.Until.UTC().Truncate(time.Millisecond)
	err = s.write(ctx, func(t *tx) error {
		r, err := findHere(t, id)
		if err != nil {
			return err
		}
		if r.Decided() {
			i = r.Identity
			return fault.New(fault.Conflict, "This case is decided: there is nothing to wait for.")
		}
		next := r.Identity
		next.Casework = r.Sleep(z, by, t.now)
		if i, err = t.save(r, next); err != nil {
			return err
		}
		if err := t.keepReason(i.ID, z.Reason); err != nil {
			return err
		}
		return t.auditCase(e, i.ID)
	})
	return i, err
}

// keepReason seals why a case sleeps.
func (t *tx) keepReason(id, reason string) error {
	if reason == "" {
		return t.eraseSecrets(id, secretSnooze)
	}
	return t.setSecret(id, secretSnooze, reason)
}

// Wake ends the sleep of a case. Where it does not sleep nothing is written.
func (s *Store) Wake(ctx context.Context, id, by string, e audit.Entry) (i identity.Identity, err error) {
	err = s.write(ctx, func(t *tx) error {
		r, err := findRow(t, id)
		i = r.Identity
		if err != nil || r.SnoozedUntil == nil {
			return err
		}
		next := r.Identity
		next.Casework = r.Touch(by, t.now).Wake(identity.WokeByPerson, t.now)
		if i, err = t.save(r, next); err != nil {
			return err
		}
		return t.auditCase(e, i.ID)
	})
	return i, err
}

// SnoozeReason opens why a case sleeps, or slept until nobody has looked since; empty where no reason was given.
func (s *Store) SnoozeReason(ctx context.Context, id string) (reason string, err error) {
	return reason, s.secretOf(ctx, id, secretSnooze, &reason)
}

// wakes is the state of a case after news, with its sleep ended where the news does so, and the line of history that tells of it.
func (t *tx) wakes(old row, next identity.Identity, entries []identity.Entry) (identity.Identity, []identity.Entry, error) {
	if old.ID == "" || next.SnoozedUntil == nil {
		return next, entries, nil
	}
	known, err := historyOf(t, old.ID)
	if err != nil {
		return next, entries, err
	}
	told := slices.DeleteFunc(identity.Weave(known, entries), func(e identity.Entry) bool { return e.EventID != "" && tells(known, e) })
	if why, wakes := next.WakesOn(old.Identity, told); wakes {
		next, entries = t.woken(next, why, entries)
	}
	return next, entries, nil
}

// tells reports whether a history has what an event told already.
func tells(known []identity.Entry, e identity.Entry) bool {
	return slices.ContainsFunc(known, func(k identity.Entry) bool {
		return k.EventID == e.EventID && k.Kind == e.Kind && k.Old == e.Old && k.New == e.New
	})
}

// woken ends the sleep of a case that nobody has woken.
func (t *tx) woken(i identity.Identity, why identity.Waking, entries []identity.Entry) (identity.Identity, []identity.Entry) {
	i.Casework = i.Wake(why, t.now)
	return i, append(entries, identity.Entry{
		Kind: identity.WasWoken, Code: string(why), OccurredAt: t.now, ReceivedAt: t.now, ProcessedAt: t.now,
	})
}

// forgetReason erases why a case slept, once somebody has acted since it woke.
func (t *tx) forgetReason(old row, next identity.Identity) error {
	if !slept(old.Casework) || slept(next.Casework) {
		return nil
	}
	return t.eraseSecrets(next.ID, secretSnooze)
}
