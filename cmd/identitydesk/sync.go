package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/inbox"
)

type syncCommand struct{}

// Run reads everything from Paxos and says how far it has come. Where a desk runs on the same database, that desk reads, so that
// both together keep to PAXOS_RPS, and this shows its progress.
func (syncCommand) Run(ctx context.Context, p *program) (err error) {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	keys, err := ensureKeys(&cfg)
	if err != nil {
		return err
	}
	d, err := openDesk(ctx, &cfg, keys, newLog(p.stderr, cfg.LogLeast(), string(cfg.LogFormat)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := d.store.Record(ctx, audit.Entry{ActorID: "operator", ActorName: "operator", Action: audit.RanSync}); err != nil {
		return err
	}
	s := syncing{desk: d, me: leaseHolder("sync"), out: p.stdout}
	return s.run(ctx)
}

// errDeskRuns ends a reading that a desk on the same database goes on with.
var errDeskRuns = errors.New("a desk runs on this database")

// syncing is one run of the command.
type syncing struct {
	desk  *desk
	me    string
	out   io.Writer
	asked time.Time // when the desk was asked to read; zero while this process reads
	last  inbox.Progress
}

// run reads by itself while nobody else calls Paxos for the database, and watches while somebody does. A desk that is gone is
// taken over from, once its lease has ended.
func (s *syncing) run(ctx context.Context) error {
	for {
		holder, err := s.desk.store.TakeLease(ctx, callers, s.me, leaseFor, false)
		if err != nil {
			return err
		}
		done := false
		if holder == s.me {
			done, err = s.read(ctx)
		} else {
			done, err = s.watch(ctx)
		}
		switch {
		case err != nil:
			return fmt.Errorf("stopped after %d identities and %d events; run it again to go on: %w", s.last.Read, s.last.EventsRead, err)
		case done:
			_, err = fmt.Fprintf(s.out, "Done: %d identities, %d events.\n", s.last.Read, s.last.EventsRead)
			return err
		}
	}
}

// read reads everything from Paxos, unless a desk starts meanwhile: then it is not done.
func (s *syncing) read(ctx context.Context) (done bool, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go s.renew(ctx, stop)
	err = s.desk.inbox.Backfill(ctx, s.tell)
	if errors.Is(context.Cause(ctx), errDeskRuns) {
		return false, nil
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	return err == nil, errors.Join(err, s.desk.store.DropLease(ending, callers, s.me))
}

// renew keeps the lease while this process reads, and stops the reading where a desk has taken it.
func (s *syncing) renew(ctx context.Context, stop context.CancelCauseFunc) {
	tick := time.NewTicker(syncRenews)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if holder, err := s.desk.store.TakeLease(ctx, callers, s.me, leaseFor, false); err == nil && holder != s.me {
			stop(errDeskRuns)
			return
		}
	}
}

// watch asks the desk to read, once, and shows how far it is; a moment at a time.
func (s *syncing) watch(ctx context.Context) (done bool, err error) {
	if s.asked.IsZero() {
		_, _ = fmt.Fprintln(s.out, "A desk runs on this database: it does the reading, and this shows how far it is.")
		if s.asked, err = s.desk.inbox.AskBackfill(ctx); err != nil {
			return false, err
		}
	}
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-time.After(syncRenews):
	}
	at, err := s.desk.inbox.Progress(ctx)
	if err != nil {
		return false, err
	}
	done = at.AskedAt.IsZero() && at.BackfilledAt.After(s.asked)
	begun := !at.BackfillDone || at.BackfilledAt.After(s.asked) // before that, it is an earlier reading's end
	if begun && (at.Read != s.last.Read || at.EventsRead != s.last.EventsRead) {
		s.tell(at)
	}
	return done, nil
}

func (s *syncing) tell(at inbox.Progress) {
	s.last = at
	what, n, reached := "identities", at.Read, at.Reached
	if at.BackfillDone && at.EventsRead > 0 {
		what, n, reached = "events", at.EventsRead, at.EventsReached
	}
	_, _ = fmt.Fprintf(s.out, "%d %s read, up to %s\n", n, what, reached.UTC().Format("2006-01-02 15:04:05Z"))
}
