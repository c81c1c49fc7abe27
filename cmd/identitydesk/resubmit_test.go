package main

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// TestMendAndResubmitInTheBrowser puts right what Paxos refused, with scripts and without, and sends it: one record at Paxos, and nothing
// of the details is left on the page that asked.
func TestMendAndResubmitInTheBrowser(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	require.NoError(t, desk.paxos.Misbehave(emulator.Fault{
		Call: emulator.CallCreate, About: "user-4711", Do: emulator.DoAnswer, Status: http.StatusBadRequest, Times: 2,
	}))
	form, personal := planted()
	id := desk.submitted(form)
	desk.ana.submission(id, "failed")
	b := desk.open(t)
	b.signIn("ana", "analyst")
	b.visit("/identities/" + id)
	b.run("go to mend it", click(`[data-testid="mend"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="open"]`)))
	for _, value := range personal {
		require.NotContains(t, b.everything(), value)
	}
	field := chromedp.CSS(`#f-person_details-address-address1`)
	b.run("open it", click(`[data-testid="open"]`), chromedp.WaitVisible(field))
	require.Equal(t, street, ask(b, "read a field", chromedp.Value(field)))
	b.run("mend and send it", chromedp.SetValue(field, "78 Umbrabarrow Lane"), click(`[data-testid="resubmit-mended"]`),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="case"]`)))
	c := desk.ana.submission(id, "failed")
	require.Equal(t, "/identities/"+c.ID, b.place())

	b.scriptsOff()
	b.visit("/identities/" + id + "/resubmit")
	b.run("open it again", click(`[data-testid="open"]`), chromedp.WaitVisible(field))
	require.Equal(t, "78 Umbrabarrow Lane", ask(b, "read the mended field", chromedp.Value(field)))
	b.run("send it", click(`[data-testid="resubmit-mended"]`), chromedp.WaitReady(chromedp.CSS(`[data-testid="case"]`)))
	desk.ana.submission(id, "accepted")
	require.Equal(t, 1, desk.atPaxos("user-4711"))
	require.Equal(t, "78 Umbrabarrow Lane", desk.holdsOf("user-4711").Person.Address.Address1)
}
