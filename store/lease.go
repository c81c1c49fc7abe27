package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// leaseKey is where the holder of a name is kept, with the end of its lease in unix milliseconds.
func leaseKey(name string) string { return "lease_" + name }

// TakeLease gives a name to a holder for a time, from now on, unless another process holds it; by force it takes it from any
// other. holder is who holds it afterwards. It goes by the clock of this machine, which the processes on one database share.
func (s *Store) TakeLease(ctx context.Context, name, me string, length time.Duration, force bool) (holder string, err error) {
	err = s.write(ctx, func(t *tx) error {
		text, _, err := maybe(t, scanValue[string], stateQuery, leaseKey(name))
		if err != nil {
			return err
		}
		other, until := readLease(text)
		if other != "" && other != me && until.After(t.now) && !force {
			holder = other
			return nil
		}
		holder = me
		return t.setState(leaseKey(name), writtenLease(me, t.now.Add(length)))
	})
	return holder, err
}

// DropLease lets go of a name that the holder holds.
func (s *Store) DropLease(ctx context.Context, name, me string) error {
	return s.write(ctx, func(t *tx) error {
		text, _, err := maybe(t, scanValue[string], stateQuery, leaseKey(name))
		if holder, _ := readLease(text); err != nil || holder != me {
			return err
		}
		return t.setState(leaseKey(name), "")
	})
}

func writtenLease(holder string, until time.Time) string {
	return fmt.Sprintf("%d %s", until.UnixMilli(), holder)
}

// readLease reads what writtenLease wrote; anything else is no lease.
func readLease(text string) (holder string, until time.Time) {
	var at int64
	end, holder, found := strings.Cut(text, " ")
	if _, err := fmt.Sscan(end, &at); err != nil || !found {
		return "", time.Time{}
	}
	return holder, time.UnixMilli(at).UTC()
}
