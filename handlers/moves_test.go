package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// asked queues a correction of a case.
func (d *desk) asked(id string) identity.OurMove {
	d.t.Helper()
	m, err := d.store.QueueMove(d.t.Context(), identity.OurMove{
		IdentityID: id, Kind: identity.MoveCorrect, About: []string{"person_details.address.city"}, AskedBy: "robin", AskedByName: "Robin Vance",
	}, []byte(`{}`), audit.Entry{ActorID: "robin", ActorName: "Robin Vance", Role: "analyst", Action: audit.Corrected})
	require.NoError(d.t, err)
	return m
}

// moveFailed lets the sending of the move end with a refusal.
func (d *desk) moveFailed(f identity.Failure, again bool) {
	d.t.Helper()
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"move:correct"}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1)
	_, _, _, err = d.store.BeginMove(d.t.Context(), jobs[0])
	require.NoError(d.t, err)
	require.NoError(d.t, d.store.MoveFailed(d.t.Context(), jobs[0], f, again))
}

// moveLost lets the sending of the move end without an answer.
func (d *desk) moveLost() {
	d.t.Helper()
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"move:correct"}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1)
	_, _, _, err = d.store.BeginMove(d.t.Context(), jobs[0])
	require.NoError(d.t, err)
	require.NoError(d.t, d.store.MoveLost(d.t.Context(), jobs[0], time.Now().Add(time.Hour), "lost timeout"))
}

// Whoever gives up a move whose answer was lost is told that it may have worked.
func TestLostMoveIsWithdrawn(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	path := "/identities/" + id
	ana := d.as(access.Analyst)
	at := path + "/moves/" + d.asked(id).ID
	d.moveLost()
	item := ana.get(path).page(http.StatusOK).Find(`[data-testid="move"]`)
	require.Equal(t, "sent", item.AttrOr("data-state", ""))
	require.Equal(t, 1, item.Find(`form[action="`+at+`/withdraw"]`).Length())
	require.Equal(t, http.StatusSeeOther, ana.post(at+"/withdraw", nil).status)
	item = ana.get(path).page(http.StatusOK).Find(`[data-testid="move"]`)
	require.Equal(t, "withdrawn", item.AttrOr("data-state", ""))
	require.Contains(t, item.Find(`[data-testid="move-outcome"]`).Text(), "it may have worked")
	require.NotContains(t, item.Text(), "Nothing is sent")
	require.Zero(t, item.Find("form").Length())

	d.asked(id) // the way is free
	item = ana.get(path).page(http.StatusOK).Find(`[data-testid="move"]`).First()
	require.Equal(t, "queued", item.AttrOr("data-state", ""))
}

func TestCaseShowsItsMoves(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	path := "/identities/" + id
	ana := d.as(access.Analyst)
	require.Zero(t, ana.get(path).page(http.StatusOK).Find(`[data-testid="moves"]`).Length(), "nothing was asked")
	require.Equal(t, []any{}, ana.json(path).object(http.StatusOK)["moves"])

	m := d.asked(id)
	at := path + "/moves/" + m.ID
	doc := ana.get(path).page(http.StatusOK)
	item := doc.Find(`[data-testid="move"]`)
	require.Equal(t, "queued", item.AttrOr("data-state", ""))
	require.Contains(t, item.Text(), "City")
	require.Contains(t, item.Text(), "by Robin Vance")
	require.Equal(t, 1, item.Find(`form[action="`+at+`/withdraw"]`).Length())
	require.Zero(t, item.Find(`form[action="`+at+`/again"]`).Length())
	require.Contains(t, doc.Find(`[data-testid="timeline"]`).Text(), "Correction: asked for")

	d.moveFailed(identity.Failure{Code: identity.ScopeMissing, Text: "Paxos wrote this."}, true)
	doc = ana.get(path).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid="move"]`).Text(), "Paxos wrote this.")
	moves, _ := ana.json(path).object(http.StatusOK)["moves"].([]any)
	require.Len(t, moves, 1)
	move, _ := moves[0].(map[string]any)
	require.Equal(t, []any{"correct", "failed", true, 1.0}, []any{move["kind"], move["state"], move["can_try_again"], move["attempts"]})
	require.Len(t, move["steps"], 3)

	viewer := d.as(access.Viewer).get(path).page(http.StatusOK).Find(`[data-testid="move"]`)
	require.NotContains(t, viewer.Text(), "Paxos wrote this.")
	require.Zero(t, viewer.Find("form").Length())

	require.Equal(t, http.StatusSeeOther, ana.post(at+"/again", nil).status)
	require.Equal(t, "queued", ana.get(path).page(http.StatusOK).Find(`[data-testid="move"]`).AttrOr("data-state", ""))
	ben := d.person("Ben", access.Analyst)
	require.Equal(t, http.StatusSeeOther, ana.post(at+"/again", nil).status, "a second click")
	require.Equal(t, http.StatusConflict, ben.post(at+"/again", nil).status, "it is on its way")
	require.Equal(t, http.StatusSeeOther, ana.post(at+"/withdraw", nil).status)
	require.Equal(t, http.StatusSeeOther, ana.post(at+"/withdraw", nil).status, "a second click")
	require.Equal(t, http.StatusConflict, ben.post(at+"/withdraw", nil).status)
	require.Equal(t, "withdrawn", ana.get(path).page(http.StatusOK).Find(`[data-testid="move"]`).AttrOr("data-state", ""))
	require.Equal(t, http.StatusNotFound, ana.post(path+"/moves/none/again", nil).status)

	var acts []audit.Action
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{IdentityID: id})
	require.NoError(t, err)
	for _, e := range entries {
		acts = append(acts, e.Action)
	}
	require.Subset(t, acts, []audit.Action{audit.TriedMove, audit.WithdrewMove})
}
