package outbox_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/outbox"
	"identitydesk/internal/queue"
)

// stepped notes the steps of imports.
type stepped struct{ steps, abreast int }

func (s *stepped) StepImport(_ context.Context, _ queue.Job, abreast int, _ time.Duration) error {
	s.steps++
	s.abreast = abreast
	return nil
}

// What a file submits goes out behind what people submit one by one, and leaves workers free for them.
func TestImportsGiveWay(t *testing.T) {
	t.Parallel()
	for p, slowly := range map[queue.Priority]bool{queue.Click: false, queue.Submission: false, queue.Background: true} {
		fast, slow := &line{begun: submission(0)}, &line{}
		o := outbox.New(outbox.Options{Store: fast, Paxos: fast, Slow: slow, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, o.Handle(t.Context(), queue.Job{ID: 7, Kind: outbox.Kind, Subject: "c1", Attempts: 1, Priority: p}))
		require.Equal(t, slowly, len(slow.calls) == 1, "priority %d", p)
	}
	s := &stepped{}
	require.NoError(t, outbox.Imports(s)(t.Context(), queue.Job{}))
	require.Equal(t, 1, s.steps)
	require.Less(t, s.abreast, 8, "fewer than there are workers")
}
