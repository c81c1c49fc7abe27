package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"
)

// caseOf waits until a list by ref_id holds exactly one case, and gives it.
func (p *person) caseOf(refID string) caseJSON {
	p.t.Helper()
	var found caseJSON
	p.eventually("one case with ref_id "+refID, func() (bool, any) {
		var l listJSON
		p.json("/identities?ref_id="+url.QueryEscape(refID), &l)
		if len(l.Items) == 1 {
			found = l.Items[0]
		}
		return len(l.Items) == 1, l
	})
	return found
}

// becomes waits until the case has a status.
func (p *person) becomes(id, status string) caseJSON {
	p.t.Helper()
	var c caseJSON
	p.eventually("case "+id+" becomes "+status, func() (bool, any) {
		c = caseJSON{}
		p.json("/identities/"+id, &c)
		return c.Status != nil && *c.Status == status, c
	})
	return c
}

// submit submits a person and gives the place of the new case.
func (p *person) submit(form url.Values) string {
	p.t.Helper()
	resp, body := p.post("/identities", form)
	require.Equal(p.t, http.StatusSeeOther, resp.StatusCode, body)
	place := resp.Header.Get("Location")
	require.Regexp(p.t, `^/identities/[0-9a-f-]{36}$`, place)
	return place
}

// page gives a page as a document.
func (p *person) page(path string) *goquery.Document {
	p.t.Helper()
	resp, body := p.get(path)
	require.Equal(p.t, http.StatusOK, resp.StatusCode, body)
	return document(p.t, body)
}

func document(t *testing.T, html string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	require.NoError(t, err)
	return doc
}

// words is what a reader sees of an element, with one space between words.
func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// synced waits until the desk has read everything once, so that from then on only what the test does brings news.
func (p *person) synced() {
	p.t.Helper()
	p.eventually("the first read of everything is done", func() (bool, any) {
		told := words(p.page("/settings").Find(`[data-testid="sync"]`))
		return told != "" && !strings.Contains(told, "running") && !strings.Contains(told, "Last sync never"), told
	})
}

// heardByWebhook waits until the webhook that told of a decision is worked off. A list that is read at the same moment may
// have shown the decision first.
func (p *person) heardByWebhook(c caseJSON) {
	p.t.Helper()
	p.eventually("the webhook is worked off", func() (bool, any) {
		var l struct {
			Items []struct {
				Type, State string
				HeardBy     string `json:"heard_by"`
				Deliveries  int
				IdentityID  *string `json:"identity_id"`
			}
		}
		p.json("/events?type=identity.approved&q="+*c.PaxosID, &l)
		for _, e := range l.Items {
			if e.HeardBy == "webhook" && e.State == "done" && e.Deliveries > 0 && e.IdentityID != nil && *e.IdentityID == c.ID {
				return true, l
			}
		}
		return false, l
	})
}

// pending waits until the desk has read everything, and gives a seeded case that waits for Paxos.
func (p *person) pending() caseJSON {
	p.t.Helper()
	p.synced()
	var found caseJSON
	p.eventually("a seeded case that Paxos has not decided", func() (bool, any) {
		var l listJSON
		p.json("/identities?lane=overdue&status=PENDING&limit=1", &l)
		if len(l.Items) > 0 {
			found = l.Items[0]
		}
		return len(l.Items) > 0, l
	})
	return found
}

func TestWalkWebhook(t *testing.T) {
	t.Parallel()
	desk := boot(t, "SYNC_INTERVAL=1h", "POLL_INTERVAL=1h", "RECHECK_INTERVAL=24h")
	ana := desk.signIn("ana", "analyst")
	c := ana.pending()
	desk.sandboxStatus(*c.PaxosID, `{"id_verification_status":"APPROVED","sanctions_verification_status":"APPROVED","additional_screening_status":"APPROVED"}`)
	after := ana.becomes(c.ID, "APPROVED")
	ana.heardByWebhook(after)
	require.Equal(t, "decided", after.Lane)
	require.Equal(t, "none", after.Move)
	var queue listJSON
	ana.json("/queue?limit=200", &queue)
	for _, row := range queue.Items {
		require.NotEqual(t, c.ID, row.ID, "a decided case is not in the queue")
	}
}

func TestWalkRecheck(t *testing.T) {
	t.Parallel()
	desk := boot(t, "SYNC_INTERVAL=1h", "POLL_INTERVAL=1h", "RECHECK_INTERVAL=24h")
	ana := desk.signIn("ana", "analyst")
	c := ana.pending()
	// Paxos has no event for ERROR: only asking finds it.
	desk.sandboxStatus(*c.PaxosID, `{"sanctions_verification_status":"ERROR"}`)
	resp, body := ana.post("/identities/"+c.ID+"/recheck", nil)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	ana.eventually("the re-check is told on the case page", func() (bool, any) {
		_, page := ana.get("/identities/" + c.ID)
		return strings.Contains(page, "ERROR"), len(page)
	})
	vera := desk.signIn("vera", "viewer")
	resp, _ = vera.post("/identities/"+c.ID+"/recheck", nil)
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
}

func TestWalkCreate(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	ana := desk.signIn("ana", "analyst")
	place := ana.submit(duncan("user-4711"))
	after := ana.becomes(strings.TrimPrefix(place, "/identities/"), "APPROVED")
	require.Equal(t, "accepted", *after.Submission)
	require.NotNil(t, after.PaxosID)

	resp, body := ana.post("/identities", duncan("user-4711"))
	require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode, "the desk holds this ref_id")
	require.Contains(t, body, "ref_id")

	// The same government id under another ref_id is refused by Paxos; the draft is kept and the case says why.
	id := strings.TrimPrefix(ana.submit(duncan("user-4712")), "/identities/")
	ana.eventually("the duplicate is failed", func() (bool, any) {
		var c caseJSON
		ana.json("/identities/"+id, &c)
		return c.Submission != nil && *c.Submission == "failed" && c.Lane == "failed" && c.Move == "ours", c
	})
	resp, _ = ana.post("/identities/"+id+"/withdraw", nil)
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
	resp, body = desk.signIn("lea", "lead").post("/identities/"+id+"/withdraw", nil)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	var withdrawn caseJSON
	ana.json("/identities/"+id, &withdrawn)
	require.Equal(t, "withdrawn", *withdrawn.Submission)
	require.Equal(t, "decided", withdrawn.Lane)
}

// slowCreates stands between the desk and the emulator and holds back the answer to each create.
func slowCreates(delay time.Duration, target *atomic.Pointer[url.URL]) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := target.Load()
		if to == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy := httputil.NewSingleHostReverseProxy(to)
		proxy.ModifyResponse = func(resp *http.Response) error {
			if resp.Request.Method == http.MethodPost {
				time.Sleep(delay)
			}
			return nil
		}
		proxy.ServeHTTP(w, r)
	})
}

// TestSeenBeforeAccepted lets an identity be heard of before the answer to its own create arrives: it must end as one row.
func TestSeenBeforeAccepted(t *testing.T) {
	t.Parallel()
	for lastName, env := range map[string][]string{
		"Duncan": {"SYNC_INTERVAL=1h", "POLL_INTERVAL=1h"},    // seen by webhook first
		"Lost":   {"SYNC_INTERVAL=200ms", "POLL_INTERVAL=1h"}, // the emulator loses this person's webhooks: seen by sync first
	} {
		t.Run(lastName, func(t *testing.T) {
			t.Parallel()
			var target atomic.Pointer[url.URL]
			proxy := newServer(t, slowCreates(4*time.Second, &target))
			desk := boot(t, append(env, "PAXOS_API_URL="+proxy+"/v2", "EMULATOR_DECIDE_AFTER=100ms")...)
			to, err := url.Parse(desk.Emulator)
			require.NoError(t, err)
			target.Store(to)
			ana := desk.signIn("ana", "analyst")
			form := duncan("user-4711")
			form.Set("person_details.last_name", lastName)
			id := strings.TrimPrefix(ana.submit(form), "/identities/")
			early := ana.becomes(id, "APPROVED")
			require.Equal(t, "accepted", *early.Submission)
			time.Sleep(5 * time.Second) // the held answer has come by now
			late := ana.caseOf("user-4711")
			require.Equal(t, id, late.ID)
			require.Equal(t, "APPROVED", *late.Status, "the older answer must not replace the newer state")
		})
	}
}

// TestPersonalDataIsNowhere plants a person and looks for every value in every byte of the data folder, the log and the
// pages of a viewer, after acceptance.
func TestPersonalDataIsNowhere(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	ana := desk.signIn("ana", "analyst")
	form := duncan("user-4711")
	form.Set("person_details.first_name", "Quillonia")
	form.Set("person_details.last_name", "Zephyrwright")
	form.Set("person_details.address.address1", "77 Umbrabarrow Lane")
	form.Set("person_details.email", "q.zephyr@planted.example")
	form.Set("person_details.date_of_birth", "1931-12-27")
	place := ana.submit(form)
	ana.becomes(strings.TrimPrefix(place, "/identities/"), "APPROVED")
	_, page := ana.get(place)
	require.Contains(t, page, "Zephyrwright", "the analyst sees the name on the case page")

	planted := []string{"Quillonia", "Zephyrwright", "Umbrabarrow", "planted.example", "1931-12-27", "073-05-1120", "555 678 1234"}
	vera := desk.signIn("vera", "viewer")
	for _, path := range []string{place, "/queue", "/identities", "/identities?format=csv", "/lookup?q=user-4711"} {
		_, page := vera.get(path)
		for _, value := range planted {
			require.NotContains(t, page, value, "the viewer's %s", path)
		}
	}
	desk.stop()
	files := desk.everyByte()
	require.NotEmpty(t, files)
	files["the log"] = []byte(desk.Log.String())
	for name, content := range files {
		for _, value := range planted {
			require.False(t, bytes.Contains(bytes.ToLower(content), bytes.ToLower([]byte(value))), "%s in %s", value, name)
		}
	}
}

func TestWrongEnvironment(t *testing.T) {
	t.Parallel()
	var out lockedBuffer
	p := program{stdout: &out, stderr: &out, environ: []string{"PAXOS_ENV=production", "PAXOS_RPS=many", "DEV_LOGIN=true", "BASE_URL=desk", "SESSION_KEYS=zz", "ENCRYPTION_KEYS=hush"}}
	require.Equal(t, exitUsage, p.main(context.Background(), []string{"serve"}))
	for _, name := range []string{
		"PAXOS_RPS", "DEV_LOGIN", "BASE_URL", "PAXOS_CLIENT_ID", "PAXOS_CLIENT_SECRET", "SESSION_KEYS", "ENCRYPTION_KEYS",
		"OIDC_ISSUER",
	} {
		require.Contains(t, out.String(), name)
	}
	require.NotContains(t, out.String(), "hush")
}

// TestOtherKeys: keys that cannot read the database are found at start.
func TestOtherKeys(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	desk.stop()
	var out lockedBuffer
	p := program{stdout: &out, stderr: &out}
	require.Zero(t, p.main(t.Context(), []string{"keys", "generate"}))
	other := "ENCRYPTION_KEYS=" + strings.TrimSpace(out.String())
	for _, more := range [][]string{{other}, {other, "EMULATOR_STATE=" + desk.Dir + "/another.json"}} {
		var said lockedBuffer
		p = program{stdout: &said, stderr: &said, environ: environIn(desk.Dir, more...)}
		require.Equal(t, exitFailed, p.main(t.Context(), []string{"serve"}))
		require.Regexp(t, `sealed with other ENCRYPTION_KEYS. It uses key \d+: missing`, said.String())
	}
}

// TestStartAgain stops a desk and starts it on the same folder: nothing is lost, the emulator's people are the same.
func TestStartAgain(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	ana := desk.signIn("ana", "analyst")
	place := ana.submit(duncan("user-4711"))
	ana.becomes(strings.TrimPrefix(place, "/identities/"), "APPROVED")
	desk.stop()

	again := bootIn(t, desk.Dir)
	ana = again.signIn("ana", "analyst")
	c := ana.becomes(strings.TrimPrefix(place, "/identities/"), "APPROVED")
	require.Equal(t, "user-4711", *c.RefID)
}

// TestOtherOwner: a database belongs to one Paxos environment and client.
func TestOtherOwner(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	desk.stop()
	var out lockedBuffer
	p := program{stdout: &out, stderr: &out, environ: environIn(desk.Dir, "PAXOS_CLIENT_ID=somebody-else", "PAXOS_CLIENT_SECRET=s")}
	require.Equal(t, exitFailed, p.main(t.Context(), []string{"serve"}))
	require.Contains(t, out.String(), "somebody-else")
}
