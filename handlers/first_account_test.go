package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
)

// The account is what comes next once somebody is approved, for those who may have it made, until the desk has had one made.
func TestFirstAccountIsNext(t *testing.T) {
	t.Parallel()
	d := boot(t)
	place := "/identities/" + d.approved().ID
	b := d.as(access.Analyst)
	next := func(b *browser) string {
		return strings.TrimSpace(b.get(place).page(http.StatusOK).Find(`[data-testid=next-action]`).Text())
	}
	doc := b.get(place).page(http.StatusOK)
	require.Contains(t, next(b), "Have an account made, unless Paxos holds one already")
	require.Equal(t, place+"/accounts", doc.Find(`[data-testid=verdict] a.btn-primary`).AttrOr("href", ""))
	require.Equal(t, "open_account", b.json(place).object(http.StatusOK)["next_action"])
	for _, role := range []access.Role{access.Viewer, access.Auditor, access.Admin} {
		other := d.as(role)
		require.Contains(t, next(other), "Nothing to do.", role)
		require.Zero(t, other.get(place).page(http.StatusOK).Find(`[data-testid=verdict] [data-testid=accounts]`).Length(), role)
	}

	require.Equal(t, http.StatusSeeOther, b.post(place+"/accounts", samePerson()).status)
	require.Contains(t, next(b), "Wait: the new account is on its way to Paxos")
	jobs, err := d.store.ClaimJobs(t.Context(), []string{"move:account"}, 1, time.Minute)
	require.NoError(t, err)
	_, _, _, err = d.store.BeginMove(t.Context(), jobs[0])
	require.NoError(t, err)
	require.NoError(t, d.store.MoveDone(t.Context(), jobs[0], map[string]string{"account_id": "acc-1"}))
	require.Contains(t, next(b), "Nothing to do.")
	require.Len(t, d.actsOf(audit.AskedAccount), 1)
}
