package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/queue"
	"identitydesk/views"
)

// parked parks the re-check of a case, and gives the job's id.
func (d *desk) parked(id string) int64 {
	d.t.Helper()
	require.NoError(d.t, d.store.EnqueueRechecks(d.t.Context(), []string{id}, queue.Background))
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"recheck"}, 1, time.Minute)
	require.NoError(d.t, err)
	require.NoError(d.t, d.store.ParkJob(d.t.Context(), jobs[0], "not_found identity"))
	return jobs[0].ID
}

// A job that is no event can be found on the pages: in the settings, with its case and why, and on the case itself; from both it
// is started again, by whoever works events, and the audit log says who did.
func TestParkedJobIsFoundAndStartedAgain(t *testing.T) {
	t.Parallel()
	d := boot(t)
	o := d.options()
	o.Facts = func(ctx context.Context) (views.Facts, error) {
		jobs, err := d.store.ParkedJobs(ctx, 50)
		f := views.Facts{}
		for _, j := range jobs {
			f.Parked = append(f.Parked, views.ParkedJob{ID: j.ID, Kind: j.Kind, Subject: j.Subject, RefID: j.RefID, Error: j.LastError, Since: j.RunAt})
		}
		return f, err
	}
	d = d.beside(o)
	id := d.learn(nil).ID
	b := d.as(access.Analyst)
	require.Zero(t, b.get("/settings").page(http.StatusOK).Find(`[data-testid=parked]`).Length())
	job := d.parked(id)
	start := fmt.Sprintf("/settings/jobs/%d/start", job)

	card := b.get("/settings").page(http.StatusOK).Find(`[data-testid=parked]`)
	require.Contains(t, card.Text(), "Re-check")
	require.Contains(t, card.Text(), "Paxos does not know it")
	require.Equal(t, 1, card.Find(`a[href="/identities/`+id+`"]`).Length())
	require.Equal(t, 1, card.Find(`form[action="`+start+`"]`).Length())
	card = d.as(access.Auditor).get("/settings").page(http.StatusOK).Find(`[data-testid=parked]`)
	require.Zero(t, card.Find("form").Length(), "who may not start it sees it all the same")
	require.Equal(t, http.StatusForbidden, d.as(access.Auditor).post(start, nil).status)

	a := b.post(start, nil)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, "/settings", a.header.Get("Location"))
	doc := b.get("/settings").page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=notice]`).Text(), "started again")
	require.Zero(t, doc.Find(`[data-testid=parked]`).Length())
	require.Equal(t, http.StatusNotFound, b.post(start, nil).status, "it is not parked any more")
	jobs, err := d.store.ClaimJobs(t.Context(), []string{"recheck"}, 1, time.Minute)
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	require.NoError(t, d.store.ParkJob(t.Context(), jobs[0], "not_found identity"))

	for _, place := range []string{"/identities/" + id, "/queue?lane=waiting&case=" + id} {
		line := b.get(place).page(http.StatusOK).Find(`[data-testid=parked-job]`)
		require.Contains(t, line.Text(), "Re-check parked", place)
		form := url.Values{}
		line.Find("input").Each(func(_ int, n *goquery.Selection) { form.Set(n.AttrOr("name", ""), n.AttrOr("value", "")) })
		a = b.post(line.Find("form").AttrOr("action", ""), form)
		require.Equal(t, http.StatusSeeOther, a.status, a.body)
		back, err := url.Parse(a.header.Get("Location"))
		require.NoError(t, err)
		require.Contains(t, back.String(), id, "back to where it was clicked")
		doc = b.get(back.String()).page(http.StatusOK)
		require.Contains(t, doc.Find(`[data-testid=notice]`).Text(), "started again", place)
		require.Zero(t, doc.Find(`[data-testid=parked-job]`).Length())
		jobs, err = d.store.ClaimJobs(t.Context(), []string{"recheck"}, 1, time.Minute)
		require.NoError(t, err)
		require.NoError(t, d.store.ParkJob(t.Context(), jobs[0], "not_found identity"))
	}
	require.Zero(t, d.as(access.Viewer).get("/identities/"+id).page(http.StatusOK).Find(`[data-testid=parked-job] form`).Length())
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.StartedJob})
	require.NoError(t, err)
	require.Len(t, entries, 3)
	require.Equal(t, id, entries[0].IdentityID)
	require.Equal(t, "some analyst", entries[0].ActorName)
}
