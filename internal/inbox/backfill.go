package inbox

import (
	"context"
	"maps"
	"strconv"
	"time"

	"identitydesk/internal/identity"
)

// askedRound is how often the desk looks whether a backfill was asked for.
const askedRound = 2 * time.Second

// AskBackfill asks the desk that runs on this database to read everything anew, and gives the moment of asking. It begins within
// seconds; [Inbox.Progress] tells how far it is, and that it is done by a BackfilledAt after that moment.
func (b *Inbox) AskBackfill(ctx context.Context) (time.Time, error) {
	at := b.o.Now()
	return at, b.o.Store.SetState(ctx, backfillAsked, written(at))
}

// fillAsAsked does what AskBackfill asks for, and reads what happened before the desk began where that is not done.
func (b *Inbox) fillAsAsked(ctx context.Context) error {
	asked, err := b.time(ctx, backfillAsked)
	if err != nil {
		return err
	}
	if asked.IsZero() {
		return b.readHistory(ctx, b.logHistory)
	}
	done, err := b.time(ctx, backfillDone)
	if err != nil {
		return err
	}
	if !done.IsZero() && !done.After(asked) {
		if err := b.anew(ctx); err != nil {
			return err
		}
	}
	if err := b.goOn(ctx, func(Progress) {}); err != nil {
		return err
	}
	return b.o.Store.SetState(ctx, backfillAsked, "")
}

func (b *Inbox) logHistory(p Progress) {
	b.o.Log.Info("history of events", "events", p.EventsRead, "up_to", p.EventsReached)
}

// Backfill reads every identity from the beginning, then what changed meanwhile, then every event from the beginning. It goes on
// where an earlier one stopped; one that had come to its end is begun anew. progress, which may be nil, is called after each page.
func (b *Inbox) Backfill(ctx context.Context, progress func(Progress)) error {
	p, err := b.Progress(ctx)
	if err != nil {
		return err
	}
	underWay := !p.EventsDone && p.EventsRead > 0
	if p.BackfillDone && !underWay {
		if err := b.anew(ctx); err != nil {
			return err
		}
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	return b.goOn(ctx, progress)
}

// anew has everything read from the beginning.
func (b *Inbox) anew(ctx context.Context) error {
	cleared := map[string]string{}
	for _, key := range []string{backfillUpTo, backfillRead, backfillDone, historyUpTo, historyRead, historyDone} {
		cleared[key] = ""
	}
	_, err := b.o.Store.ApplyPage(ctx, nil, cleared) // all at once
	return err
}

// goOn reads what there is still to read.
func (b *Inbox) goOn(ctx context.Context, progress func(Progress)) error {
	done, err := b.time(ctx, backfillDone)
	if err != nil {
		return err
	}
	if done.IsZero() {
		if err := b.backfill(ctx, progress); err != nil {
			return err
		}
	}
	if err := b.sync(ctx); err != nil {
		return err
	}
	if err := b.readHistory(ctx, progress); err != nil {
		return err
	}
	return b.poll(ctx)
}

// fill makes sure that a backfill has come to its end once; the loops do the rest.
func (b *Inbox) fill(ctx context.Context) error {
	done, err := b.time(ctx, backfillDone)
	if err != nil || !done.IsZero() {
		return err
	}
	return b.backfill(ctx, func(p Progress) { b.o.Log.Info("backfill", "identities", p.Read, "up_to", p.Reached) })
}

// backfill reads identities in the order of their creation. What it goes on from is the created_at of the last one stored, kept
// in the same transaction as its page: Paxos' cursors may not outlive an interruption, and one that begins again at the same
// moment reads a few records twice, which is harmless.
func (b *Inbox) backfill(ctx context.Context, progress func(Progress)) error {
	if err := b.begin(ctx); err != nil {
		return err
	}
	p, err := b.Progress(ctx)
	if err != nil {
		return err
	}
	return b.pages(ctx, identity.ListQuery{CreatedFrom: p.Reached, Limit: pageSize}, func(page identity.ListPage) error {
		for _, r := range page.Records {
			p.Reached = later(p.Reached, r.CreatedAt)
		}
		p.Read += int64(len(page.Records))
		state := map[string]string{backfillUpTo: written(p.Reached), backfillRead: strconv.FormatInt(p.Read, 10)}
		if page.Cursor == "" {
			p.BackfillDone, p.BackfilledAt = true, b.o.Now()
			maps.Copy(state, map[string]string{backfillDone: written(p.BackfilledAt)})
		}
		if _, err := b.o.Store.ApplyRunPage(ctx, b.news(page, identity.BySync), state, backfillRun, p.BackfillDone); err != nil {
			return err
		}
		progress(p)
		return nil
	})
}

// begin notes, once, when the desk began to read. Changes from then on are the sync's to find, and events the poll's, whatever page
// the backfill has reached; by how much Paxos' clock may be behind ours, the watermarks begin earlier.
func (b *Inbox) begin(ctx context.Context) error {
	began, err := b.time(ctx, beganAt)
	if err != nil || !began.IsZero() {
		return err
	}
	now := b.o.Now()
	if err := b.o.Store.SetState(ctx, syncedUpTo, written(now.Add(-identity.ClockGrace))); err != nil {
		return err
	}
	if err := b.beginEvents(ctx); err != nil {
		return err
	}
	return b.o.Store.SetState(ctx, beganAt, written(now))
}
