package queue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/queue"
)

// While the gate is closed nothing is begun; a gate that has opened holds nobody.
func TestNothingIsBegunWhileTheGateIsClosed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	for until, held := range map[time.Time]bool{{}: false, now.Add(-time.Second): false, now: false, now.Add(time.Minute): true} {
		began := false
		h := queue.Gated(
			func() time.Time { return until }, func() time.Time { return now },
			func(until time.Time) error { return fmt.Errorf("closed until %s", until.Format(time.TimeOnly)) },
			func(context.Context, queue.Job) error { began = true; return nil },
		)
		err := h(t.Context(), queue.Job{})
		require.Equal(t, held, !began, until)
		if !held {
			require.NoError(t, err)
			continue
		}
		putOff, ok := errors.AsType[*queue.PutOff](err)
		require.True(t, ok)
		require.Equal(t, until, putOff.Until)
		require.EqualError(t, putOff.Cause, "closed until 15:01:00")
	}
}
