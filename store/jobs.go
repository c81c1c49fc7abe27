package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// The kinds of jobs and what their subject is.
const (
	jobSubmit  = "submit"  // our identity id
	jobEvent   = "event"   // event id
	jobRecheck = "recheck" // our identity id
	jobLook    = "look"    // Paxos' identity id

	jobUpload    = "upload"    // id of a file
	jobDocuments = "documents" // our identity id
	jobControls  = "controls"  // our identity id
	jobImport    = "import"    // import id
)

// headStart is by how many milliseconds a step of priority puts a job before another that became ready at the same time. A
// background job goes before clicks that came more than five minutes after it, so that none starves.
const headStart = 10_000

// placeOf is a job's place among those that are ready: smaller goes first, and waiting wins in the end.
func placeOf(runAt time.Time, p queue.Priority) int64 { return runAt.UnixMilli() + int64(p)*headStart }

// subjectAt is when the event was received that a job is about: jobs are found by it and their subject, since an event's id
// alone is random, and would take a page of the disk for each event that comes in. The kind is $1, the subject $2.
const subjectAt = `CASE $1 WHEN 'event' THEN coalesce((SELECT received_at FROM events WHERE id = $2), 0) ELSE 0 END`

// ofSubject finds the job of a kind ($1) about a subject ($2).
const ofSubject = `kind = $1 AND subject = $2 AND subject_at = ` + subjectAt

// enqueue asks for a job, now. A job that is open already is asked for once more, and never comes later for it. What somebody
// waits for also ends a pause and starts a parked job again; background work leaves both alone.
func (t *tx) enqueue(kind, subject string, p queue.Priority, by string) error {
	t.effects.jobs = true
	return t.exec(`INSERT INTO jobs (kind, subject, subject_at, priority, run_at, attempts, wanted, lease, lease_until, parked,
			asked_by, created_at, last_error)
		VALUES ($1, $2, `+subjectAt+`, $3, $4, 0, 1, '', 0, 0, $5, $4, '')
		ON CONFLICT (kind, subject_at, subject) DO UPDATE SET
			wanted = jobs.wanted + 1,
			priority = CASE WHEN excluded.priority < jobs.priority THEN excluded.priority ELSE jobs.priority END,
			run_at = CASE WHEN $6 = 1 AND (jobs.parked = 1 OR excluded.run_at < jobs.run_at) THEN excluded.run_at ELSE jobs.run_at END,
			attempts = CASE WHEN $6 = 1 AND jobs.parked = 1 THEN 0 ELSE jobs.attempts END,
			parked = CASE WHEN $6 = 1 THEN 0 ELSE jobs.parked END,
			asked_by = CASE WHEN excluded.asked_by <> '' THEN excluded.asked_by ELSE jobs.asked_by END`,
		kind, subject, int64(p), t.now.UnixMilli(), by, flag(p < queue.Background))
}

// enqueueNew asks for the job of an event that has just come in, so that there is none yet.
func (t *tx) enqueueNew(e identity.Event) error {
	t.effects.jobs = true
	return t.exec(`INSERT INTO jobs (kind, subject, subject_at, priority, run_at, attempts, wanted, lease, lease_until, parked,
			asked_by, created_at, last_error)
		VALUES ('event', $1, $2, $3, $4, 0, 1, '', 0, 0, '', $4, '')`,
		e.ID, msAlways(e.ReceivedAt), int64(queue.Event), t.now.UnixMilli())
}

// errLease is what a worker gets that held its job for too long: somebody else has it, or it is done.
func errLease() error {
	return fault.New(fault.Conflict, "Another worker has taken this job over.")
}

const holdQuery = `SELECT id FROM jobs WHERE id = $1 AND lease = $2 AND lease <> ''`

// hold checks that the worker still has the job.
func (t *tx) hold(j queue.Job) error {
	_, found, err := maybe(t, scanValue[int64], holdQuery, j.ID, j.Lease)
	if err == nil && !found {
		return errLease()
	}
	return err
}

// finish ends a job that the worker holds: it goes, unless it was asked for again meanwhile.
func (t *tx) finish(j queue.Job) error {
	gone, err := t.affect(`DELETE FROM jobs WHERE id = $1 AND lease = $2 AND lease <> '' AND wanted = $3`, j.ID, j.Lease, j.Wanted)
	if err != nil || gone == 1 {
		return err
	}
	t.effects.jobs = true
	return t.letGo(j, `run_at = $3, attempts = 0, last_error = ''`, t.now.UnixMilli())
}

// letGo ends the lease and sets what else changes; $1 and $2 are taken.
func (t *tx) letGo(j queue.Job, set string, args ...any) error {
	args = append([]any{j.ID, j.Lease}, args...)
	touched, err := t.affect(`UPDATE jobs SET lease = '', lease_until = 0, `+set+` WHERE id = $1 AND lease = $2 AND lease <> ''`, args...)
	if err == nil && touched == 0 {
		return errLease()
	}
	return err
}

// retry lets go of a job until a time.
func (t *tx) retry(j queue.Job, at time.Time, lastError string) error {
	if err := t.letGo(j, `run_at = $3, last_error = $4`, at.UnixMilli(), lastError); err != nil {
		return err
	}
	return t.tellEvent(j, identity.EventQueued, lastError)
}

// tellEvent shows on an event what became of its job.
func (t *tx) tellEvent(j queue.Job, state identity.EventState, lastError string) error {
	if j.Kind != jobEvent {
		return nil
	}
	if err := t.exec(`UPDATE events SET state = $2, attempts = $3, last_error = $4 WHERE id = $1`,
		j.Subject, string(state), int64(j.Attempts), lastError); err != nil {
		return err
	}
	return t.noteAttempt(j.Subject, state, lastError)
}

// drop removes a job whoever holds it: what it was for is done or given up.
func (t *tx) drop(kind, subject string) error {
	return t.exec(`DELETE FROM jobs WHERE `+ofSubject, kind, subject)
}

// ClaimJobs leases up to n jobs of these kinds that are ready now, the most urgent first; those that wait long become urgent.
func (s *Store) ClaimJobs(ctx context.Context, kinds []string, n int, lease time.Duration) ([]queue.Job, error) {
	if len(kinds) == 0 || n <= 0 {
		return nil, nil
	}
	var jobs []queue.Job
	err := s.write(ctx, func(t *tx) (err error) {
		now := t.now.UnixMilli()
		args := []any{now, int64(n), rand.Text(), t.now.Add(lease).UnixMilli()}
		for _, kind := range kinds {
			args = append(args, kind)
		}
		jobs, err = all(t, scanJob, s.claimQuery(len(kinds)), args...)
		return err
	})
	slices.SortFunc(jobs, func(a, b queue.Job) int {
		return cmp.Or(cmp.Compare(placeOf(a.RunAt, a.Priority), placeOf(b.RunAt, b.Priority)), cmp.Compare(a.ID, b.ID))
	})
	return jobs, err
}

const jobColumns = `id, kind, subject, priority, asked_by, run_at, attempts, wanted, lease, created_at, last_error`

// claimQuery takes now, how many, the lease, its end, and so many kinds.
func (s *Store) claimQuery(kinds int) string {
	names := make([]string, kinds)
	for k := range names {
		names[k] = fmt.Sprintf("$%d", 5+k)
	}
	return `UPDATE jobs SET lease = $3, lease_until = $4, attempts = attempts + 1
		WHERE id IN (` + firstReady(names, queue.Priorities(), "$1", "$2", s.src.claimLock) + `) RETURNING ` + jobColumns
}

// firstReady is a query for the ids of jobs that are ready at a moment, by their place. Jobs of one kind and priority stand in the
// order in which they became ready: each such line is walked for itself and no further than asked, so that what waits for later,
// is held, or is parked costs nothing, however much of it there is. kinds, now and limit are how the query names its arguments.
func firstReady(kinds []string, priorities []queue.Priority, now, limit, lock string) string {
	var lines []string
	for _, kind := range kinds {
		for _, p := range priorities {
			lines = append(lines, fmt.Sprintf(`SELECT * FROM (SELECT id, ready_at + %d AS place FROM jobs
				WHERE kind = %s AND parked = 0 AND priority = %d AND ready_at <= %s ORDER BY ready_at LIMIT %s%s) AS line`,
				int64(p)*headStart, kind, p, now, limit, lock))
		}
	}
	return `SELECT id FROM (` + strings.Join(lines, ` UNION ALL `) + `) AS ready ORDER BY place LIMIT ` + limit
}

func scanJob(rows *sql.Rows) (j queue.Job, err error) {
	return j, rows.Scan(&j.ID, &j.Kind, &j.Subject, intoInt[queue.Priority]{&j.Priority}, &j.By, intoTime{&j.RunAt},
		intoInt[int]{&j.Attempts}, &j.Wanted, &j.Lease, intoTime{&j.CreatedAt}, &j.LastError)
}

// ExtendJob makes a lease last longer from now on.
func (s *Store) ExtendJob(ctx context.Context, j queue.Job, lease time.Duration) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.hold(j); err != nil {
			return err
		}
		return t.exec(`UPDATE jobs SET lease_until = $2 WHERE id = $1`, j.ID, t.now.Add(lease).UnixMilli())
	})
}

// RetryJob lets go of a job, which comes again at a time. lastError is a short word of ours.
func (s *Store) RetryJob(ctx context.Context, j queue.Job, at time.Time, lastError string) error {
	return s.write(ctx, func(t *tx) error { return t.retry(j, at, lastError) })
}

// ParkJob puts a job aside until somebody starts it again; its time tells since when. The event of an event's job is parked too.
func (s *Store) ParkJob(ctx context.Context, j queue.Job, lastError string) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.letGo(j, `parked = 1, last_error = $3, run_at = $4`, lastError, t.now.UnixMilli()); err != nil {
			return err
		}
		return t.tellEvent(j, identity.EventParked, lastError)
	})
}

// FinishJob ends a job that has no effect in the store.
func (s *Store) FinishJob(ctx context.Context, j queue.Job) error {
	return s.write(ctx, func(t *tx) error { return t.finish(j) })
}

// JobCounts counts the open jobs by kind and state: "submit ready", "recheck later", "event running", "event parked".
func (s *Store) JobCounts(ctx context.Context) (map[string]int64, error) {
	counters, err := all(s.reader(ctx), scanCounter, `SELECT kind || CASE
			WHEN parked = 1 THEN ' parked' WHEN lease_until > $1 THEN ' running' WHEN run_at > $1 THEN ' later' ELSE ' ready' END AS name,
		count(*) FROM jobs GROUP BY name`, s.moment().UnixMilli())
	counts := map[string]int64{}
	for _, c := range counters {
		counts[c.name] = c.n
	}
	return counts, s.mask(err)
}
