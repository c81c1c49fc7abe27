package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// Three decisions within a second, or within a millisecond, are three lines in their order, each with its event, whichever event or look came first, also
// when each event is acted on twice.
func TestThereAndBackAgain(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		const saw = -1
		orders := [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}, {saw, 0, 1, 2}, {saw, 1, 0, 2}, {saw, 2, 1, 0}, {1, saw, 2, 0}}
		for at := range 2 * len(orders) {
			order, apart := orders[at%len(orders)], 200*time.Millisecond
			if at >= len(orders) {
				apart = 200 * time.Microsecond
			}
			paxosID := fmt.Sprintf("px-%v %s", order, apart)
			i := d.recheckable(paxosID)
			start := d.clock.Now().Add(time.Second)
			told := []identity.Event{
				{OldStatus: "PENDING", NewStatus: "DENIED"}, {OldStatus: "DENIED", NewStatus: "APPROVED"}, {OldStatus: "APPROVED", NewStatus: "DENIED"},
			}
			for n := range told {
				told[n].ID, told[n].PaxosID = fmt.Sprintf("ev-%s-%d", paxosID, n), paxosID
				told[n].OccurredAt = start.Add(time.Duration(n+1) * apart)
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
				want = append(want, fmt.Sprint(identity.StatusChanged, e.OldStatus, e.NewStatus, e.ID, e.OccurredAt.Truncate(time.Millisecond)))
			}
			require.Equal(t, want, got, "%v, %s apart", order, apart)
			several, err := d.Histories(t.Context(), []string{i.ID})
			require.NoError(t, err)
			require.Equal(t, entries, several[i.ID])
		}
	})
}
