package queue

import (
	"context"
	"time"
)

// Gated has a job wait while a gate is closed, as if it had not been claimed: nothing is begun then that could only wait. closedUntil is
// until when, past or zero while the gate is open; why is what the job's row and the log are told.
func Gated(closedUntil, now func() time.Time, why func(until time.Time) error, h Handler) Handler {
	return func(ctx context.Context, j Job) error {
		if until := closedUntil(); until.After(now()) {
			return &PutOff{Until: until, Cause: why(until)}
		}
		return h(ctx, j)
	}
}
