package store

import (
	"context"
	"database/sql"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/queue"
)

// Parked is a job that trying again did not help: it waits until somebody starts it.
type Parked struct {
	queue.Job        // RunAt is when it was parked
	RefID     string // of the case that it is about; empty where there is none
}

const selectParked = `SELECT jobs.id, jobs.kind, jobs.subject, jobs.run_at, jobs.attempts, jobs.last_error,
		coalesce((SELECT ref_id FROM identities WHERE identities.id = jobs.subject), '')
	FROM jobs WHERE jobs.parked = 1`

func scanParked(rows *sql.Rows) (p Parked, err error) {
	return p, rows.Scan(&p.ID, &p.Kind, &p.Subject, intoTime{&p.RunAt}, intoInt[int]{&p.Attempts}, &p.LastError, &p.RefID)
}

// ParkedJobs gives the jobs that are parked, those parked last first, at most so many.
func (s *Store) ParkedJobs(ctx context.Context, most int) ([]Parked, error) {
	jobs, err := all(s.reader(ctx), scanParked, selectParked+` ORDER BY jobs.run_at DESC, jobs.id DESC LIMIT $1`, int64(most))
	return jobs, s.mask(err)
}

// ParkedOf gives the parked jobs about a case.
func (s *Store) ParkedOf(ctx context.Context, caseID string) ([]Parked, error) {
	jobs, err := all(s.reader(ctx), scanParked, selectParked+` AND jobs.kind IN ('submit', 'recheck', 'documents') AND jobs.subject_at = 0
		AND jobs.subject = $1 ORDER BY jobs.id`, caseID)
	return jobs, s.mask(err)
}

// StartJob has a parked job tried again, ahead of everything. NotFound where it is not parked any more.
func (s *Store) StartJob(ctx context.Context, id int64, e audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		p, found, err := maybe(t, scanParked, selectParked+` AND jobs.id = $1`, id)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.NotFound, "This job is not parked any more: it was started again, or what it was for is done.")
		}
		if err := t.enqueue(p.Kind, p.Subject, queue.Click, e.ActorID); err != nil {
			return err
		}
		e.Object, e.Detail = p.Kind, "after "+p.LastError
		if p.Kind != jobEvent {
			return t.auditCase(e, p.Subject)
		}
		if err := t.exec(`UPDATE events SET state = 'queued', last_error = '' WHERE id = $1`, p.Subject); err != nil {
			return err
		}
		e.Object = p.Subject
		return t.audit(e)
	})
}
