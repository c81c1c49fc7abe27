package fault_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
)

func TestAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		f     fault.Error
		pause time.Duration
		want  time.Duration
	}{
		"after its pause":                  {fault.Error{Kind: fault.Lost}, time.Second, time.Second},
		"never before Paxos allows it":     {fault.Error{Kind: fault.Throttled, RetryAt: now.Add(time.Minute)}, time.Second, time.Minute},
		"nor at once where that is over":   {fault.Error{Kind: fault.Throttled, RetryAt: now}, time.Second, time.Second},
		"a scope is missing":               {fault.Error{Kind: fault.Forbidden}, time.Second, 5 * time.Minute},
		"the secret is refused":            {fault.Error{Kind: fault.Unauthenticated}, time.Second, 5 * time.Minute},
		"the secret is refused, for hours": {fault.Error{Kind: fault.Unauthenticated}, 6 * time.Minute, 6 * time.Minute},
	} {
		require.Equal(t, now.Add(c.want), c.f.Again(now, c.pause), name)
	}
}
