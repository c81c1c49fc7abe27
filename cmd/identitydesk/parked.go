package main

import (
	"context"

	"identitydesk/store"
	"identitydesk/views"
)

// parkedShown is how many parked jobs the settings name.
const parkedShown = 50

// parkedJobs are the jobs that wait for a person.
func (d *desk) parkedJobs(ctx context.Context) ([]views.ParkedJob, error) {
	jobs, err := d.store.ParkedJobs(ctx, parkedShown)
	return toParked(jobs), err
}

// parkedOf are those about a case.
func (d *desk) parkedOf(ctx context.Context, caseID string) ([]views.ParkedJob, error) {
	jobs, err := d.store.ParkedOf(ctx, caseID)
	return toParked(jobs), err
}

func toParked(jobs []store.Parked) []views.ParkedJob {
	out := make([]views.ParkedJob, len(jobs))
	for n, j := range jobs {
		out[n] = views.ParkedJob{
			ID: j.ID, Kind: j.Kind, Subject: j.Subject, RefID: j.RefID, Error: j.LastError, Since: j.RunAt, Attempts: int64(j.Attempts),
		}
	}
	return out
}
