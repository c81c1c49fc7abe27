package main

import (
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

type accountsJSON struct {
	Accounts []struct {
		RefID     *string `json:"ref_id"`
		ProfileID *string `json:"profile_id"`
	} `json:"accounts"`
}

// accountsOf are an identity's accounts as Paxos tells the desk.
func (p *person) accountsOf(id string) accountsJSON {
	p.t.Helper()
	var a accountsJSON
	p.json("/identities/"+id+"/accounts", &a)
	return a
}

type accountMovesJSON struct {
	Submission *string `json:"submission"`
	Moves      []struct {
		State  string            `json:"state"`
		Result map[string]string `json:"result"`
	} `json:"moves"`
}

// accountMove waits until the newest move of a case has come to a state.
func (p *person) accountMove(id, state string) accountMovesJSON {
	p.t.Helper()
	var c accountMovesJSON
	p.eventually("the move is "+state, func() (bool, any) {
		c = accountMovesJSON{}
		p.json("/identities/"+id, &c)
		return len(c.Moves) > 0 && c.Moves[0].State == state, c
	})
	return c
}

func accountForm(refID string) url.Values {
	return url.Values{"account.ref_id": {refID}, "account.type": {"BROKERAGE"}, "account.description": {"savings"}, "create_profile": {"true"}}
}

// TestAccountIsMadeOnceWhateverHappens: however the call that makes an account ends, the identity has one account in the end.
func TestAccountIsMadeOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	faults := map[string]emulator.Fault{
		"dropped before":       {Do: emulator.DoDropBefore},
		"dropped after":        {Do: emulator.DoDropAfter},
		"garbage":              {Do: emulator.DoGarbage},
		"truncated":            {Do: emulator.DoTruncate},
		"no id":                {Do: emulator.DoNoID},
		"an error after":       {Do: emulator.DoAnswer, Status: http.StatusBadGateway, AfterEffect: true},
		"throttled":            {Do: emulator.DoAnswer, Status: http.StatusTooManyRequests, RetryAfter: 300 * time.Millisecond},
		"the token is refused": {Do: emulator.DoAnswer, Status: http.StatusUnauthorized},
	}
	ids, n := map[string]string{}, 0
	for name, fault := range faults {
		form := duncan(fmt.Sprintf("holder-%d", n))
		form.Set("person_details.cip_id", fmt.Sprintf("323-45-%04d", 1000+n))
		id := desk.submitted(form)
		desk.ana.becomes(id, "APPROVED")
		refID := fmt.Sprintf("account-%d", n)
		fault.Call, fault.About, fault.Times = emulator.CallCreateAccount, refID, 1
		require.NoError(t, desk.paxos.Misbehave(fault), name)
		resp, body := desk.ana.post("/identities/"+id+"/accounts", accountForm(refID))
		require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
		ids[name] = id
		n++
	}
	for name, id := range ids {
		result := desk.ana.accountMove(id, "done").Moves[0].Result
		require.NotEmpty(t, result["account_id"], name)
		require.NotEmpty(t, result["profile_id"], name)
		var held int
		for end := time.Now().Add(patience); held == 0 && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			held = len(desk.ana.accountsOf(id).Accounts) // none while Paxos throttles
		}
		require.Equal(t, 1, held, name)
	}
}

// TestKilledWhileAnAccountIsMade: the desk is killed while the call is under way that joins a duplicate to the existing identity. The next
// process finds the account and links the submission: there is one account.
func TestKilledWhileAnAccountIsMade(t *testing.T) {
	t.Parallel()
	desk := &process{t: t, addr: freeAddr(t), log: &lockedBuffer{}}
	paxos, api := paxosFor(t, desk.addr, nil)
	desk.environ = append(api, "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "desk.db"), "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	desk.start()
	t.Cleanup(desk.kill)
	ana := (&running{t: t, URL: "http://" + desk.addr, Log: &lockedBuffer{}}).signIn("ana", "analyst")
	first := strings.TrimPrefix(ana.submit(duncan("user-4711")), "/identities/")
	ana.becomes(first, "APPROVED")
	second := strings.TrimPrefix(ana.submit(duncan("user-4712")), "/identities/")
	ana.submission(second, "failed")
	require.NoError(t, paxos.Misbehave(emulator.Fault{Call: emulator.CallCreateAccount, Do: emulator.DoDelay, Delay: callTakes, Times: 1}))
	form := accountForm("account-1")
	form.Set("reason_code", "details_agree")
	form.Set("reason", "It is the same Billy")
	resp, body := ana.post("/identities/"+second+"/compare", url.Values{"reason_code": {"suspected_duplicate"}, "reason": {"The number is taken"}})
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	resp, body = ana.post("/identities/"+second+"/link", form)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	ana.underWay(paxos, emulator.CallCreateAccount)
	ana.accountMove(first, "sent")
	desk.kill()
	holder := ana.effect(paxos, func(r emulator.TrueRecord) bool { return len(r.Accounts) > 0 })
	desk.start()
	result := ana.accountMove(first, "done").Moves[0].Result
	require.Len(t, holder.Accounts, 1)
	require.Equal(t, holder.Accounts[0].ID, result["account_id"])
	ana.submission(second, "linked")
	require.Len(t, ana.accountsOf(first).Accounts, 1)
	require.Equal(t, 1, paxos.Report().Calls[emulator.CallCreateAccount], "it was found, and not asked for again")
}

// TestSamePersonInTheBrowser compares a duplicate with the existing identity, sees both still after a form that was refused, sees that the
// data goes, and links it.
func TestSamePersonInTheBrowser(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	form, _ := planted()
	first := desk.submitted(form)
	desk.ana.becomes(first, "APPROVED")
	form.Set("ref_id", "user-4712")
	form.Set("person_details.address.address1", "1 Other Street")
	second := desk.submitted(form)
	desk.ana.submission(second, "failed")
	b := desk.open(t)
	b.signIn("ana", "analyst")
	b.visit("/identities/" + second)
	b.run("go to compare", click(`[data-testid="to-compare"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="compare"]`)))
	require.NotContains(t, b.everything(), "decline-reason", "nobody decides who has not compared")
	b.run("show both", chromedp.SetValue(chromedp.CSS("#compare-reason-code"), "suspected_duplicate"),
		chromedp.SendKeys(chromedp.CSS("#compare-reason"), "The number is taken"), click(`[data-testid="compare"]`),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="compared"]`)))
	require.Contains(t, b.text(`[data-testid="compared"]`), street)
	require.Contains(t, b.text(`.differs`), "differs")
	b.run("forget the account's ref_id", chromedp.SendKeys(chromedp.CSS("#link-reason"), "All but the street agrees"), click(`[data-testid="link"]`),
		chromedp.WaitVisible(chromedp.CSS("#link-account-ref-id-error")))
	require.Contains(t, b.text(`[data-testid="compared"]`), street, "what was compared stays")
	b.until("the problem has the focus", `document.activeElement?.id === "problem"`)
	b.run("hide it", click(`[data-testid="hide"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="hidden"]`)))
	require.NotContains(t, b.everything(), street)

	require.Equal(t, "All but the street agrees", ask(b, "read the reason", chromedp.Value(chromedp.CSS("#link-reason"))), "nor is what was typed lost")
	b.run("it is the same person", chromedp.SetValue(chromedp.CSS("#link-reason-code"), "details_agree"),
		chromedp.SendKeys(chromedp.CSS("#link-account-ref-id"), "account-1"), click(`[data-testid="link"]`),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="case"]`)))
	b.waitFor("linked to the existing identity")
	var found listJSON
	desk.ana.json("/lookup?q=user-4712", &found)
	require.Len(t, found.Items, 2, "the submission, and the person's case")
	require.Len(t, desk.ana.accountsOf(first).Accounts, 1)
	require.Equal(t, 1, desk.atPaxos("user-4711"))
	require.Zero(t, desk.atPaxos("user-4712"))
}
