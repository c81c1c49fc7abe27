package store

import (
	"context"
	"database/sql"
	"time"
)

// Pulse is how often events come, so that a silence can be told from a quiet hour.
type Pulse struct {
	Events       int64         // how many came within the span that ends with the last one
	Last         time.Time     // when the last one was received; zero where none ever was
	LongestPause time.Duration // between two of the span
	LastDelivery time.Time     // when the last webhook came, whatever it brought; zero where none did
}

const pulseQuery = `SELECT count(*), coalesce(max(pause), 0) FROM (
	SELECT received_at - lag(received_at) OVER (ORDER BY received_at) AS pause FROM events WHERE received_at >= $1) AS paused`

// Pulse looks back over so long a span from the last event.
func (s *Store) Pulse(ctx context.Context, span time.Duration) (p Pulse, err error) {
	r := s.reader(ctx)
	last, found, err := maybe(r, scanValue[int64], `SELECT received_at FROM events ORDER BY received_at DESC LIMIT 1`)
	if err != nil || !found {
		return p, s.mask(err)
	}
	p, err = one(r, func(rows *sql.Rows) (p Pulse, err error) {
		var pause int64
		err = rows.Scan(&p.Events, &pause)
		p.LongestPause = time.Duration(pause) * time.Millisecond
		return p, err
	}, pulseQuery, last-span.Milliseconds())
	if err != nil {
		return p, s.mask(err)
	}
	p.Last = time.UnixMilli(last).UTC()
	delivered, found, err := maybe(r, scanValue[int64], `SELECT received_at FROM deliveries ORDER BY id DESC LIMIT 1`)
	if err == nil && found {
		p.LastDelivery = time.UnixMilli(delivered).UTC()
	}
	return p, s.mask(err)
}
