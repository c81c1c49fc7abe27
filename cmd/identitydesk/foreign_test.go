package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// TestForeignRecord: a record that somebody else made under our ref_id is never taken for ours, however the answer went, and
// neither is one that holds the person's government id.
func TestForeignRecord(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	for ref, created := range map[string]time.Duration{"foreign-old": -time.Hour, "foreign-before-grace": -6 * time.Minute} {
		id, err := desk.paxos.HoldForeign(emulator.Foreign{RefID: ref, CreatedAt: time.Now().Add(created)})
		require.NoError(t, err)
		form := duncan(ref)
		form.Set("person_details.cip_id", fmt.Sprintf("323-45-%04d", 1000+len(ref)))
		// The first answer is lost, so that the second attempt's 409 has to be judged.
		require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, About: ref, Do: emulator.DoDropBefore, Times: 1}))
		c := desk.ana.submission(desk.submitted(form), "failed")
		require.Nil(t, c.PaxosID)
		var found listJSON
		desk.ana.json("/lookup?q="+id, &found)
		require.Len(t, found.Items, 1, "the existing identity is a case of its own")
		require.NotEqual(t, c.ID, found.Items[0].ID)
		desk.ana.clash(c.ID, "Another record at Paxos holds this ref_id.", found.Items[0].ID)
	}
	holder, err := desk.paxos.HoldForeign(emulator.Foreign{RefID: "holder", CIPID: "073-05-1120"})
	require.NoError(t, err)
	c := desk.ana.submission(desk.submitted(duncan("second-me")), "failed")
	var found listJSON
	desk.ana.json("/lookup?q="+holder, &found)
	require.Len(t, found.Items, 1)
	desk.ana.clash(c.ID, "Another identity at Paxos holds this government id.", found.Items[0].ID)
}

// clash checks that a failed case says with what it clashed, and leads to that.
func (p *person) clash(id, says, existing string) {
	p.t.Helper()
	why := p.page("/identities/" + id).Find(`[data-testid="failure"]`)
	require.Equal(p.t, says, words(why.Find("strong").First()))
	require.Equal(p.t, "/identities/"+existing, why.Find(`[data-testid="existing"] a`).AttrOr("href", ""), "the way to the existing identity")
}

// TestForeignRecordInFlight: somebody else's system takes our ref_id while our own create call is under way, and the desk hears of
// that record before it has its answer. It waits, binds nothing and shows no second case; then the 409 ends the submission with
// its draft, and the record is a case of its own. A record that our call has made is told from it by the answer alone.
func TestForeignRecordInFlight(t *testing.T) {
	t.Parallel()
	for heard, env := range map[string][]string{"webhook": nil, "poll": {"POLL_INTERVAL=300ms"}, "sync": {"SYNC_INTERVAL=300ms"}} {
		t.Run(heard, func(t *testing.T) {
			t.Parallel()
			desk := bootFaulty(t, nil, env...)
			if heard != "webhook" {
				require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallWebhook, Do: emulator.DoLose}))
			}
			require.NoError(t, desk.paxos.Misbehave(emulator.Fault{
				Call: emulator.CallCreate, About: "user-4711", Do: emulator.DoDelay, Delay: 8 * time.Second, Times: 1,
			}))
			id := desk.submitted(duncan("user-4711"))
			desk.ana.submission(id, "sent")
			theirs, err := desk.paxos.HoldForeign(emulator.Foreign{RefID: "user-4711"})
			require.NoError(t, err)
			require.NoError(t, desk.paxos.Act(theirs, "approve"))
			desk.ana.eventually("the desk has heard of the record, and its call has not ended", func() (bool, any) {
				gets := desk.paxos.Report().Calls[emulator.CallGet]
				return gets >= 2, gets
			})
			var open caseJSON
			desk.ana.json("/identities/"+id, &open)
			require.Equal(t, "sent", *open.Submission)
			require.Nil(t, open.PaxosID)
			var all listJSON
			desk.ana.json("/identities", &all)
			require.EqualValues(t, 1, all.Total, "one case")

			desk.ana.submission(id, "failed")
			desk.ownCase(id, theirs)
			resp, body := desk.ana.post("/identities/"+id+"/resubmit", nil)
			require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
			require.Equal(t, id, desk.ana.submission(id, "failed").ID, "the draft was kept, has gone out, and clashed again")
			require.Equal(t, 1, desk.atPaxos("user-4711"))
		})
	}
}

// ownCase waits until somebody else's record is an approved case of its own, to which the failed submission is linked, and whose
// event was tried once.
func (f *faulty) ownCase(id, theirs string) {
	f.t.Helper()
	var found listJSON
	f.ana.eventually("the record is a case of its own, and approved", func() (bool, any) {
		found = listJSON{}
		f.ana.json("/lookup?q="+theirs, &found)
		return len(found.Items) == 1 && found.Items[0].Status != nil && *found.Items[0].Status == "APPROVED", found
	})
	require.NotEqual(f.t, id, found.Items[0].ID)
	require.Nil(f.t, found.Items[0].Submission)
	var failed struct {
		PaxosID    *string `json:"paxos_id"`
		ExistingID *string `json:"existing_id"`
	}
	f.ana.json("/identities/"+id, &failed)
	require.Nil(f.t, failed.PaxosID)
	require.Equal(f.t, found.Items[0].ID, *failed.ExistingID)
	f.ana.eventually("its event is done at the first attempt: waiting is none", func() (bool, any) {
		var events struct {
			Items []struct {
				State    string `json:"state"`
				Attempts int    `json:"attempts"`
			} `json:"items"`
		}
		f.ana.json("/events", &events)
		for _, e := range events.Items {
			if e.State != "done" || e.Attempts != 1 {
				return false, e
			}
		}
		return true, nil
	})
}
