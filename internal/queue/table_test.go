package queue_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"identitydesk/internal/queue"
)

// table is a store of jobs in memory with the leases of the real one.
type table struct {
	mu       sync.Mutex
	jobs     map[int64]*row
	claims   int
	claimErr error
	lost     bool // leases cannot be extended any more
}

type row struct {
	job    queue.Job
	until  time.Time // end of the lease
	parked bool
}

var errGone = errors.New("the lease is not held")

func tableOf(jobs ...queue.Job) *table {
	t := &table{jobs: map[int64]*row{}}
	for n, j := range jobs {
		j.ID = int64(n + 1)
		t.jobs[j.ID] = &row{job: j}
	}
	return t
}

func (t *table) add(j queue.Job) {
	t.mu.Lock()
	defer t.mu.Unlock()
	j.ID = int64(len(t.jobs) + 1)
	t.jobs[j.ID] = &row{job: j}
}

func (t *table) ClaimJobs(_ context.Context, kinds []string, n int, lease time.Duration) ([]queue.Job, error) {
	return t.claim(kinds, n, lease, queue.Background)
}

func (t *table) ClaimClicks(_ context.Context, kinds []string, n int, lease time.Duration) ([]queue.Job, error) {
	return t.claim(kinds, n, lease, queue.Click)
}

func (t *table) claim(kinds []string, n int, lease time.Duration, most queue.Priority) ([]queue.Job, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.claims++
	if t.claimErr != nil {
		return nil, t.claimErr
	}
	var out []queue.Job
	for len(out) < n {
		var best *row
		for _, r := range t.jobs {
			ready := !r.parked && !r.job.RunAt.After(time.Now()) && r.until.Before(time.Now())
			if ready && r.job.Priority <= most && slices.Contains(kinds, r.job.Kind) && (best == nil || before(r.job, best.job)) {
				best = r
			}
		}
		if best == nil {
			return out, nil
		}
		best.job.Attempts++
		best.until = time.Now().Add(lease)
		out = append(out, best.job)
	}
	return out, nil
}

func before(a, b queue.Job) bool {
	return a.Priority < b.Priority || a.Priority == b.Priority && a.ID < b.ID
}

func (t *table) held(j queue.Job) (*row, error) {
	r := t.jobs[j.ID]
	if r == nil || r.job.Attempts != j.Attempts {
		return nil, errGone
	}
	return r, nil
}

func (t *table) ExtendJob(_ context.Context, j queue.Job, lease time.Duration) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, err := t.held(j)
	if err != nil || t.lost {
		return errGone
	}
	r.until = time.Now().Add(lease)
	return nil
}

func (t *table) RetryJob(ctx context.Context, j queue.Job, at time.Time, lastError string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, err := t.held(j)
	if err != nil || ctx.Err() != nil {
		return errGone
	}
	r.job.RunAt, r.job.LastError, r.until = at, lastError, time.Time{}
	return nil
}

func (t *table) PutOffJob(ctx context.Context, j queue.Job, until time.Time, why string) error {
	if err := t.RetryJob(ctx, j, until, why); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.jobs[j.ID].job.Attempts--
	return nil
}

func (t *table) ParkJob(_ context.Context, j queue.Job, lastError string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, err := t.held(j)
	if err != nil {
		return err
	}
	r.parked, r.job.LastError = true, lastError
	return nil
}

func (t *table) finish(j queue.Job) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := t.held(j); err != nil {
		return err
	}
	delete(t.jobs, j.ID)
	return nil
}

func (t *table) row(id int64) row {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.jobs[id] == nil {
		return row{}
	}
	return *t.jobs[id]
}

func (t *table) left() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.jobs)
}
