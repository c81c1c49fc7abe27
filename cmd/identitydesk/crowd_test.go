package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// TestMoreEventsInOneMomentThanAPageHolds: List Events begins after a time and holds 100, so that what a moment has beyond can be
// asked for by no means. The poll reads on behind it, and the list of changes brings what it left out.
func TestMoreEventsInOneMomentThanAPageHolds(t *testing.T) {
	t.Parallel()
	const crowd = 150
	desk := bootFaulty(t, func(o *emulator.Options) { o.Seed, o.SeedCount = 7, 300 }, "POLL_INTERVAL=1s")
	var ids []string
	for _, r := range desk.paxos.Truth() {
		if r.Status != "DISABLED" && len(ids) < crowd {
			ids = append(ids, r.ID)
			require.NoError(t, desk.paxos.Set(emulator.Change{ID: r.ID, Status: "DISABLED"}))
		}
	}
	require.Len(t, ids, crowd)
	at := time.Now()
	_, err := desk.paxos.LogEvents(emulator.NewEvents{IDs: ids, Type: "identity.disabled", CreatedAt: at})
	require.NoError(t, err)
	behind, err := desk.paxos.LogEvents(emulator.NewEvents{IDs: ids[:1], Type: "identity.control.created", CreatedAt: at.Add(time.Millisecond)})
	require.NoError(t, err)

	desk.ana.eventually("every status is the one at Paxos", func() (bool, any) {
		statuses := map[string]string{}
		for after := ""; ; {
			var l listJSON
			desk.ana.json("/identities?limit=200&after="+after, &l)
			for _, c := range l.Items {
				statuses[*c.PaxosID] = *c.Status
			}
			if l.Next == nil {
				break
			}
			after = *l.Next
		}
		differ := 0
		for _, r := range desk.paxos.Truth() {
			if statuses[r.ID] != r.Status {
				differ++
			}
		}
		return differ == 0 && len(statuses) == 300, differ
	})
	desk.ana.eventually("what came behind is found", func() (bool, any) {
		resp, _ := desk.ana.get("/events/" + behind[0])
		return resp.StatusCode == http.StatusOK, resp.Status
	})
}
