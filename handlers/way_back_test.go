package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

// Whoever works through a queue comes back to it from the forms of a case that have a page of their own, and a duplicate that is decided
// on leads to the next case.
func TestFormsOfACaseLeadBackToTheQueue(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place, existing := d.duplicate(b)
	id := strings.TrimPrefix(place, "/identities/")
	held := "/identities/" + existing.ID

	pane := b.get("/queue?lane=failed&case=" + id).page(http.StatusOK)
	compare := pane.Find(`[data-testid=to-compare]`).AttrOr("href", "")
	require.True(t, strings.HasPrefix(compare, place+"/compare?back="), compare)
	address, err := url.Parse(compare)
	require.NoError(t, err)
	queue := address.Query().Get("back")
	require.Contains(t, queue, "lane=failed")
	require.Contains(t, queue, "case="+id)
	ways := "?back=" + url.QueryEscape(queue)
	require.Equal(t, place+"/resubmit"+ways, pane.Find(`[data-testid=mend]`).AttrOr("href", ""))

	for page, forms := range map[string]int{
		place + "/compare": 1, place + "/resubmit": 2, held + "/correct": 1, held + "/kyc-refresh": 2, held + "/accounts": 1,
	} {
		doc := b.get(page + ways).page(http.StatusOK)
		require.Equal(t, forms, doc.Find(`main form input[name=back][value="`+queue+`"]`).Length(), page)
		require.Equal(t, queue, doc.Find(`.crumbs a`).AttrOr("href", ""), page)
		doc = b.get(page + "?back=https://example.com/queue").page(http.StatusOK)
		require.Zero(t, doc.Find(`main form input[name=back]`).Length(), page)
	}
	form := why()
	form.Set("back", queue)
	shown := b.post(place+"/compare", form)
	require.Contains(t, shown.body, "300;url="+place+"/compare?back=")
	onward := shown.page(http.StatusOK).Find(`form:has([data-testid=decline]) input[name=back]`).AttrOr("value", "")
	require.Contains(t, onward, "next=")
	form = url.Values{"step": {""}, "reason_code": {"other"}, "reason": {""}, "back": {queue}}
	doc := b.post(held+"/correct", form).page(http.StatusUnprocessableEntity)
	require.Equal(t, queue, doc.Find(`form input[name=back]`).AttrOr("value", ""), "after a refusal too")

	account := samePerson()
	account.Set("back", queue)
	require.Equal(t, queue, b.post(held+"/accounts", account).header.Get("Location"))
	form = url.Values{"reason_code": {"customer_already"}, "reason": {"Has an account with us"}, "attempts": {"1"}, "back": {onward}}
	require.Equal(t, onward, b.post(place+"/decline", form).header.Get("Location"))
	require.Equal(t, "declined", b.json(place).object(http.StatusOK)["submission"])
}
