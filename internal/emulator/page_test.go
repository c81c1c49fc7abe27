package emulator

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"
)

// open fetches a page of the emulator's own site.
func (r *rig) open(path string) (*goquery.Document, http.Header) {
	r.t.Helper()
	res, err := http.DefaultClient.Do(r.request(http.MethodGet, path, nil))
	require.NoError(r.t, err)
	defer res.Body.Close()
	require.Equal(r.t, http.StatusOK, res.StatusCode)
	doc, err := goquery.NewDocumentFromReader(res.Body)
	require.NoError(r.t, err)
	return doc, res.Header
}

// post submits a form as a browser on this page would and answers the status,
// redirects followed.
func (r *rig) post(path string, form url.Values, site string) int {
	r.t.Helper()
	req := r.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", site)
	res, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	require.NoError(r.t, res.Body.Close())
	return res.StatusCode
}

func rows(doc *goquery.Document) []string {
	return doc.Find("section").First().Find("tbody tr td:first-child a").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
}

func TestPageLists(t *testing.T) {
	t.Parallel()
	r := seeded(t, 0, 0)
	id := r.create(nil)
	doc, header := r.open("/")
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Len(t, rows(doc), pageRows)
	require.Equal(t, "user-4711", rows(doc)[0], "newest first")
	require.Zero(t, doc.Find("script").Length())
	require.Contains(t, doc.Text(), "Sanction", "the rehearsals are listed")

	second, _ := r.open("/?page=2")
	require.NotContains(t, rows(second), rows(doc)[0])
	require.Len(t, rows(second), pageRows)
	for query, want := range map[string][]string{"/?q=user-4711": {"user-4711"}, "/?q=" + id: {"user-4711"}, "/?q=nobody": {}} {
		found, _ := r.open(query)
		require.Equal(t, want, rows(found), query)
	}
	denied, _ := r.open("/?status=DENIED")
	require.NotEmpty(t, rows(denied))
	denied.Find("tbody .pill").Each(func(_ int, s *goquery.Selection) { require.Equal(t, "DENIED", s.Text()) })
	require.Equal(t, 1, doc.Find("body").Length())
	html, err := doc.Html()
	require.NoError(t, err)
	require.NotContains(t, html, "Duncan", "no personal details on the page")
}

func TestPageActs(t *testing.T) {
	t.Parallel()
	for do, want := range map[string]string{
		actApprove: "APPROVED", actDeny: "DENIED", actFreeze: "ERROR", actDisable: "DISABLED", actDocuments: "PENDING", actRefresh: "PENDING",
	} {
		t.Run(do, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			id := r.create(nil)
			require.Equal(t, http.StatusOK, r.post("/identities/"+id+"/act", url.Values{"do": {do}}, "same-origin"))
			require.Equal(t, want, r.statusOf(id))
			r.later(time.Hour)
			require.Equal(t, want, r.statusOf(id), "what was planned is off")
			doc, _ := r.open("/identities/" + id)
			require.Contains(t, doc.Find("header").Text(), want)
			require.Equal(t, len(r.eventsOf(id)), doc.Find("tbody tr").Length())
			html, err := doc.Html()
			require.NoError(t, err)
			require.NotContains(t, html, "Duncan")
		})
	}
}

func TestPageSetsTheNextWebhook(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	require.Equal(t, http.StatusOK, r.post("/webhooks/next", url.Values{"fate": {"lost"}}, "same-origin"))
	for i, ssn := range []string{"900-01-0001", "900-01-0002"} {
		r.create(named("user-"+ssn, "Yewbridge", ssn))
		r.pass(3 * time.Second)
		r.sendDue()
		require.Len(t, to.received(), i, "only the first is lost")
	}
	require.Equal(t, http.StatusOK, r.post("/webhooks/test", nil, "same-origin"))
	r.sendDue()
	require.True(t, to.received()[1].IsTest)
	require.Equal(t, http.StatusUnprocessableEntity, r.post("/webhooks/next", url.Values{"fate": {"maybe"}}, "same-origin"))
}

func TestPageIsForThisMachineAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.create(nil)
	require.Equal(t, http.StatusForbidden, r.post("/identities/"+id+"/act", url.Values{"do": {actApprove}}, "cross-site"))
	require.Equal(t, "PENDING", r.statusOf(id))
	require.Equal(t, http.StatusNotFound, r.post("/identities/unknown/act", url.Values{"do": {actApprove}}, "same-origin"))
	require.Equal(t, http.StatusUnprocessableEntity, r.post("/identities/"+id+"/act", url.Values{"do": {"promote"}}, "same-origin"))

	req := r.request(http.MethodGet, "/", nil)
	req.Host = "rebound.example.com:8081"
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusForbidden, res.StatusCode)
	require.Contains(t, string(body), "loopback")
	remote := newRig(t, func(o *Options) { o.RemotePage = true })
	req.URL, err = url.Parse(remote.url + "/")
	require.NoError(t, err)
	res, err = http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode, "unless asked for")
	for host, want := range map[string]bool{"localhost:8081": true, "127.0.0.1": true, "[::1]:80": true, "10.0.0.1:80": false, "localhost.example.com": false} {
		require.Equal(t, want, isLoopback(host), host)
	}
}
