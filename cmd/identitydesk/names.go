package main

import (
	"context"
	"log/slog"
	"time"

	"identitydesk/internal/fault"
)

// How many names one transaction indexes, and how long others may write in between.
const (
	namesBatch = 200
	namesPause = 50 * time.Millisecond
	namesAgain = time.Minute // after an error
)

// nameIndexer is what indexing names needs of the store.
type nameIndexer interface {
	IndexNames(ctx context.Context, limit int) (done bool, err error)
}

// indexNames makes cases findable whose names were sealed before there was an index of names, until there are none left.
func indexNames(ctx context.Context, names nameIndexer, log *slog.Logger) error {
	for {
		done, err := names.IndexNames(ctx, namesBatch)
		pause := namesPause
		switch {
		case ctx.Err() != nil || done && err == nil:
			return nil
		case err != nil:
			log.Error("names could not be indexed", "kind", fault.KindOf(err), "err", describe(err))
			pause = namesAgain
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}
