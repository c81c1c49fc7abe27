package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// Three decisions within a second are three lines in their order, each with its event, whichever event or look came first, also
// when each event is acted on twice.
func TestThereAndBackAgain(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		const saw = -1
		for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}, {saw, 0, 1, 2}, {saw, 1, 0, 2}, {saw, 2, 1, 0}, {1, saw, 2, 0}} {
			paxosID := fmt.Sprintf("px-%v", order)
			i := d.recheckable(paxosID)
			start := d.clock.Now()
			told := []identity.Event{
				{OldStatus: "PENDING", NewStatus: "DENIED"}, {OldStatus: "DENIED", NewStatus: "APPROVED"}, {OldStatus: "APPROVED", NewStatus: "DENIED"},
			}
			for n := range told {
				told[n].ID, told[n].PaxosID = fmt.Sprintf("ev-%v-%d", order, n), paxosID
				told[n].OccurredAt = start.Add(time.Duration(n+1) * 200 * time.Millisecond)
			}
			for _, n := range append(order, order...) {
				d.clock.Advance(time.Second)
				answer := d.news(paxosID, "ref-"+paxosID, identity.Denied)
				answer.Record.UpdatedAt = told[2].OccurredAt
				if n != saw {
					answer.By, answer.Event = identity.ByWebhook, &told[n]
				}
				_, err := d.ApplyIdentity(t.Context(), answer, nil)
				require.NoError(t, err)
			}
			entries, err := d.History(t.Context(), i.ID)
			require.NoError(t, err)
			var got, want []string
			for _, e := range entries[1:] {
				got = append(got, fmt.Sprint(e.Kind, e.Old, e.New, e.EventID, e.OccurredAt))
			}
			for _, e := range told {
				want = append(want, fmt.Sprint(identity.StatusChanged, e.OldStatus, e.NewStatus, e.ID, e.OccurredAt))
			}
			require.Equal(t, want, got, "%v", order)
		}
	})
}
