package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// unheardOf puts identities of weeks ago into Paxos that no event, no change and no sync tells of.
func unheardOf(t *testing.T, paxos *emulator.Emulator, n int) (refIDs []string) {
	t.Helper()
	for k := range n {
		refIDs = append(refIDs, fmt.Sprintf("audit-%03d", k))
		_, err := paxos.HoldForeign(emulator.Foreign{RefID: refIDs[k], CreatedAt: time.Now().AddDate(0, 0, -20).Add(time.Duration(k) * time.Second)})
		require.NoError(t, err)
	}
	return refIDs
}

// weeksAgo are days around those of the unheard of.
func weeksAgo() (from, to string) {
	return time.Now().AddDate(0, 0, -22).Format(time.DateOnly), time.Now().AddDate(0, 0, -18).Format(time.DateOnly)
}

// readRange is how far a range is, as a look-up tells it.
type readRange struct {
	Read, New int64
	AskedAt   *time.Time `json:"asked_at"`
	DoneAt    *time.Time `json:"done_at"`
}

// lookedUp looks a list up.
func (p *person) lookedUp(refIDs ...string) (missing []string, read *readRange) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.desk.URL+"/lookup",
		strings.NewReader(url.Values{"ref_ids": {strings.Join(refIDs, "\n")}}.Encode()))
	require.NoError(p.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, body := p.do(req)
	require.Equal(p.t, http.StatusOK, resp.StatusCode, body)
	var answer struct {
		Missing []string
		Range   *readRange
	}
	require.NoError(p.t, json.Unmarshal([]byte(body), &answer))
	return answer.Missing, answer.Range
}

// TestRangeSurvivesAKill: a desk is killed between two pages of a range. The next process reads on, and nothing counts twice.
func TestRangeSurvivesAKill(t *testing.T) {
	t.Parallel()
	desk := &process{t: t, addr: freeAddr(t), log: &lockedBuffer{}}
	paxos, api := paxosFor(t, desk.addr, nil)
	desk.environ = append(api, "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "desk.db"), "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	desk.start()
	t.Cleanup(desk.kill)
	ana := (&running{t: t, URL: "http://" + desk.addr, Log: &lockedBuffer{}}).signIn("ana", "analyst")
	ana.synced()
	const all = 350
	refIDs := unheardOf(t, paxos, all)
	missing, none := ana.lookedUp(refIDs...)
	require.Len(t, missing, all)
	require.Nil(t, none)

	require.NoError(t, paxos.Misbehave(emulator.Fault{Call: emulator.CallList, Do: emulator.DoDelay, Delay: 2 * time.Second}))
	from, to := weeksAgo()
	resp, body := ana.post("/lookup/sync", url.Values{"from": {from}, "to": {to}, "ref_ids": {"audit-000"}})
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	var before *readRange
	ana.eventually("a page is read", func() (bool, any) {
		_, before = ana.lookedUp("audit-000")
		return before.Read > 0, before
	})
	desk.kill()
	require.Nil(t, before.DoneAt)
	require.Less(t, before.Read, int64(all))
	paxos.Behave()
	desk.start()
	var after *readRange
	ana.eventually("the range is read", func() (bool, any) {
		missing, after = ana.lookedUp(refIDs...)
		return after.DoneAt != nil, after
	})
	require.Empty(t, missing)
	require.Equal(t, before.AskedAt, after.AskedAt)
	require.Equal(t, int64(all), after.Read)
	require.Equal(t, int64(all), after.New)
}

// TestLookUpForAnAudit pastes a list, sees what is missing, has Paxos asked for some days, and finds it.
func TestLookUpForAnAudit(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			desk := bootFaulty(t, func(o *emulator.Options) { o.Seed, o.SeedCount = 7, 20 })
			known := desk.paxos.Truth()[0].RefID
			unheardOf(t, desk.paxos, 2)
			b := desk.open(t)
			if !scripts {
				b.scriptsOff()
			}
			b.signIn("ana", "analyst")
			b.visit("/lookup")
			b.run("look a list up", chromedp.SendKeys(named("ref_ids"), "audit-000\n"+known+"\naudit-001"),
				click(`[data-testid="look-up"]`), chromedp.WaitReady(chromedp.CSS(`[data-testid="missing"]`)))
			require.Contains(t, b.text(`[data-testid="matches"]`), "1 of 3 found")
			require.Equal(t, "/lookup", b.place(), "the list stands in no address")

			from, to := weeksAgo()
			b.run("ask Paxos", chromedp.SetValue(chromedp.CSS("#range-from"), from), chromedp.SetValue(chromedp.CSS("#range-to"), to),
				click(`[data-testid="ask-range"]`), chromedp.WaitReady(chromedp.CSS("#range")))
			require.Equal(t, "/lookup/sync", b.place())
			if scripts {
				b.waitFor("2 new. Done at") // without touching the page
			}
			found := func() bool {
				b.run("look up again", click(`[data-testid="look-up"]`))
				ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
				defer cancel()
				text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(`[data-testid="matches"]`)))
				return err == nil && strings.Contains(text, "3 of 3 found") // a page that is just being left answers with an error
			}
			for end := time.Now().Add(patience); !found(); time.Sleep(time.Second) {
				require.True(t, time.Now().Before(end), "%s", b.words())
			}
			require.Contains(t, b.main(), "2 new. Done at")
		})
	}
}

// TestStatusOfADayInTheBrowser asks a case what its status was, on its page.
func TestStatusOfADayInTheBrowser(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	c := desk.signIn("script", "analyst").pending()
	b := desk.open(t)
	b.signIn("aud", "auditor")
	b.visit("/identities/" + c.ID)
	b.run("ask", click("details.standing summary"), chromedp.SetValue(chromedp.CSS("#standing-at"), "2020-03-03"),
		click(`[data-testid="standing-form"] button`), chromedp.WaitReady(chromedp.CSS(`[data-testid="standing"]`)))
	require.Regexp(t, `At the end of 3 March 2020 \(.+\):\s+not known before \d`, b.text(`[data-testid="standing"]`))
	require.Equal(t, "/identities/"+c.ID+"?at=2020-03-03&at_time=", b.place())
}
