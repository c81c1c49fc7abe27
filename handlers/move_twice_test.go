package handlers_test

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// Somebody who sends the same form three times at once, or once more a little later, is told each time what became of it the first time.
// With other content it is refused, in the time of whoever reads it.
func TestTheSameFormSentTwice(t *testing.T) {
	t.Parallel()
	york, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	d := boot(t, rehearsing, func(o *handlers.Options) { o.Location = york })
	d.paxos.holds(nil)
	i := d.approved()
	place := "/identities/" + i.ID
	ana := d.person("Ana", access.Analyst)
	corrected := formOf(t, ana.post(place+"/correct", cityWhy()).page(http.StatusOK), `[data-testid="change-edit"]`)
	corrected.Set("person_details.address.city", "Ostrava Falls")
	corrected.Set("step", "send")
	today := d.clock.Now().Format(time.DateOnly)
	account := samePerson()
	at := d.clock.Now().UTC()
	for _, c := range []struct {
		path         string
		form         url.Values
		field, other string
		act          audit.Action
		says         string // of who asked, in New York
	}{
		{"/correct", corrected, "person_details.address.city", "Ostrava", audit.Corrected, "Correction: one that Ana asked for at 10:00 is still on its way"},
		{"/kyc-refresh", url.Values{"step": {"unchanged"}, "last_kyc_refresh_date": {today}, "backdated": {"on"}}, "last_kyc_refresh_date", d.clock.Now().AddDate(0, 0, -1).Format(time.DateOnly), audit.Refreshed, "KYC refresh: one that Ana asked for at 10:00"},
		{"/accounts", account, "account.ref_id", "acc-4712", audit.AskedAccount, "New account: one that Ana asked for at 10:00"},
		{"/controls", closing(), "reason", "Zinnober owes us", audit.Proposed, "Ana made a proposal of this kind at 10:00"},
		{"/sandbox-status", url.Values{"admin_disabled": {"no"}}, "admin_disabled", "yes", audit.Rehearsed, "Rehearsal: one that Ana asked for at 10:00"},
	} {
		var clicks sync.WaitGroup
		answers := make([]answer, 3)
		for n := range answers {
			clicks.Go(func() { answers[n] = ana.post(place+c.path, c.form) })
		}
		clicks.Wait()
		for _, a := range answers {
			require.Equal(t, http.StatusSeeOther, a.status, "%s: %s", c.path, a.body)
			require.Equal(t, place, a.header.Get("Location"), c.path)
		}
		ana.post(place+c.path, c.form, "Accept", "application/json").object(http.StatusAccepted)
		require.Equal(t, 1, d.acts(i.ID, c.act), c.path)

		changed := changedForm(c.form, c.field, c.other)
		problem := ana.post(place+c.path, changed).page(http.StatusConflict).Find(`[data-testid="problem"]`).Text()
		require.Contains(t, problem, c.says, c.path)
		failure := ana.post(place+c.path, changed, "Accept", "application/json").failure(http.StatusConflict)
		require.Contains(t, failure["text"], at.Format("2006-01-02 15:04 UTC"), c.path)
		require.Equal(t, 1, d.acts(i.ID, c.act), c.path)
	}
	kinds := map[identity.MoveKind]int{}
	for _, m := range d.moves(i.ID) {
		kinds[m.Kind]++
	}
	require.Equal(t, map[identity.MoveKind]int{identity.MoveCorrect: 1, identity.MoveRefresh: 1, identity.MoveAccount: 1, identity.MoveRehearse: 1}, kinds)
	require.NotContains(t, d.log.String(), "Ostrava")
}
