package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// ApplyRunPage applies a page of a run, as [Store.ApplyPage] does, and adds to what the run has changed so far, which is kept under
// the run's name: a run that was interrupted counts on. The last page writes one audit entry with the sum, unless it is zero.
func (s *Store) ApplyRunPage(ctx context.Context, ns []identity.News, state map[string]string, run string, last bool) (changed int, err error) {
	err = s.write(ctx, func(t *tx) error {
		changed = 0
		for _, n := range ns {
			_, differs, err := t.applyListed(stored(n))
			if err != nil {
				return err
			}
			if differs {
				changed++
			}
		}
		if err := t.setStates(state); err != nil {
			return err
		}
		return t.countRun(run, changed, last)
	})
	return changed, err
}

func (t *tx) setStates(state map[string]string) error {
	for key, value := range state {
		if err := t.setState(key, value); err != nil {
			return err
		}
	}
	return nil
}

// countRun adds to what a run has changed and, at its end, tells of it and begins anew.
func (t *tx) countRun(run string, changed int, last bool) error {
	key := "run_changes_" + run
	text, _, err := maybe(t, scanValue[string], stateQuery, key)
	if err != nil {
		return err
	}
	before, _ := strconv.Atoi(text) // empty is none
	sum := before + changed
	if !last && changed == 0 || last && sum == 0 {
		return nil
	}
	if !last {
		return t.setState(key, strconv.Itoa(sum))
	}
	if err := t.setState(key, ""); err != nil {
		return err
	}
	return t.audit(audit.Entry{
		ActorID: "system", ActorName: "system", Action: audit.RanSync, Object: run, Detail: fmt.Sprintf("%d identities new or changed", sum),
	})
}

// Reconcile applies a page of records that are read once more, and counts by kind those that the desk should have known otherwise:
// they last changed before settled, up to which all news have been read. What changed since is applied and not counted.
func (s *Store) Reconcile(ctx context.Context, ns []identity.News, settled time.Time, run string) (drift map[identity.Drift]int, err error) {
	err = s.write(ctx, func(t *tx) error {
		drift = map[identity.Drift]int{}
		changed := 0
		for _, n := range ns {
			n = stored(n)
			known, _, err := findPaxosID(t, n.Record.PaxosID)
			if err != nil {
				return err
			}
			now, differs, err := t.applyListed(n)
			if err != nil {
				return err
			}
			if !differs {
				continue
			}
			changed++
			if kind := known.Identity.DriftTo(now); n.Record.UpdatedAt.Before(settled) && kind != "" {
				drift[kind]++
			}
		}
		return t.countRun(run, changed, false)
	})
	return drift, err
}

// CreatedSpan is when the first and the last identity of the cache were made; zero times where there is none.
func (s *Store) CreatedSpan(ctx context.Context) (first, last time.Time, err error) {
	r := s.reader(ctx)
	if first, err = one(r, scanTime, `SELECT min(created_at) FROM identities WHERE paxos_id IS NOT NULL`); err != nil {
		return first, last, s.mask(err)
	}
	last, err = one(r, scanTime, `SELECT max(created_at) FROM identities WHERE paxos_id IS NOT NULL`)
	return first, last, s.mask(err)
}
