package main

import (
	"context"
	"crypto/rand"
	"time"
)

// One process at a time calls Paxos for a database, since PAXOS_RPS is a ceiling over all its calls: the desk that runs, else a
// sync. A desk takes the lease from whoever has it; a sync only where nobody has.
const (
	callers    = "paxos_calls"
	leaseFor   = 20 * time.Second
	deskRenews = 5 * time.Second
	syncRenews = time.Second // how long a sync goes on beside a desk that has just started
)

// holdLease tells other processes on the database that a desk runs, until ctx ends. A lease that could not be renewed is no
// reason to stop: the next try will.
func (d *desk) holdLease(ctx context.Context, me string) error {
	tick := time.NewTicker(deskRenews)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
			defer cancel()
			return d.store.DropLease(ending, callers, me)
		case <-tick.C:
			err := d.takeLease(ctx, me)
			if ctx.Err() != nil {
				continue
			}
			if d.health.wrote(err); err != nil {
				d.log.Warn("the lease of the database was not renewed", "err", describe(err))
			}
		}
	}
}

func (d *desk) takeLease(ctx context.Context, me string) error {
	_, err := d.store.TakeLease(ctx, callers, me, leaseFor, true)
	return err
}

// leaseHolder is a new name for a process of a kind.
func leaseHolder(kind string) string { return kind + " " + rand.Text()[:8] }
