package store

import (
	"context"
	"crypto/rand"
	"time"

	"identitydesk/internal/queue"
)

// clickTerms selects the jobs of a kind ($1) that a person waits for ($2, [queue.Click]) and that are ready now ($3).
const clickTerms = `kind = $1 AND parked = 0 AND priority = $2 AND ready_at <= $3`

// ClaimClicks leases up to n jobs of these kinds that are ready now and that a person waits for.
func (s *Store) ClaimClicks(ctx context.Context, kinds []string, n int, lease time.Duration) ([]queue.Job, error) {
	ready, err := s.readyClicks(ctx, kinds)
	if err != nil || len(ready) == 0 || n <= 0 {
		return nil, s.mask(err)
	}
	var jobs []queue.Job
	err = s.write(ctx, func(t *tx) (err error) {
		jobs = nil
		for _, kind := range ready {
			claimed, err := all(t, scanJob, claimClicksQuery,
				kind, int64(queue.Click), t.now.UnixMilli(), int64(n-len(jobs)), rand.Text(), t.now.Add(lease).UnixMilli())
			if err != nil {
				return err
			}
			jobs = append(jobs, claimed...)
		}
		return nil
	})
	return jobs, err
}

const claimClicksQuery = `UPDATE jobs SET lease = $5, lease_until = $6, attempts = attempts + 1
	WHERE id IN (SELECT id FROM jobs WHERE ` + clickTerms + ` ORDER BY ready_at LIMIT $4) RETURNING ` + jobColumns

// readyClicks gives the kinds that have something to claim. It only reads, since it is asked far more often than there is
// something, and a claim waits for the writer.
func (s *Store) readyClicks(ctx context.Context, kinds []string) ([]string, error) {
	var ready []string
	r := s.reader(ctx)
	for _, kind := range kinds {
		_, found, err := maybe(r, scanValue[int64], readyClicksQuery, kind, int64(queue.Click), s.moment().UnixMilli())
		if err != nil {
			return nil, err
		}
		if found {
			ready = append(ready, kind)
		}
	}
	return ready, nil
}

const readyClicksQuery = `SELECT id FROM jobs WHERE ` + clickTerms + ` LIMIT 1`
