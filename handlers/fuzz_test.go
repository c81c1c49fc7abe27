package handlers_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

// in gives the desk to one run of a fuzz target.
func (d *desk) in(t *testing.T) *desk {
	other := *d
	other.t = t
	return &other
}

// FuzzWebhook: whatever body comes with the right key is stored or refused, never a defect, and 200 means that it is stored.
func FuzzWebhook(f *testing.F) {
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"id":"e1"}`, `{"id":"e1","type":"identity.approved"}`, `{"id":"","type":""}`, `{"id":1,"type":2}`,
		`{"id":"e2","type":"identity.denied","source":"com.paxos","time":"2026-03-02T10:00:00.123Z","object":"event","is_test":false}`,
		`{"id":"e3","type":"x","time":"yesterday"}`, `{"id":"e4","type":"x","is_test":"yes"}`, `{"id":"a/b?c","type":"x"}`,
		`{"id":"e5","type":"identity.approved","is_test":true,"more":{"deep":[1,2,{"a":null}]}}`, `{"id":"e6","type":"t"}{"id":"e7"}`,
		"{\"id\":\"\x00\",\"type\":\"\xff\"}", `{"id":"` + strings.Repeat("i", 3000) + `","type":"t"}`, `{"ID":"e8","Type":"t"}`,
		`{"id":"e9","type":"t","time":"9999-12-31T23:59:59Z"}`, `{"id":"e10","type":"t","time":"0001-01-01T00:00:00Z"}`,
	} {
		f.Add(body)
	}
	d := boot(f)
	f.Fuzz(func(t *testing.T, body string) {
		d := d.in(t)
		a := d.browser().do(http.MethodPost, "/webhooks/paxos", strings.NewReader(body), "X-Api-Key", webhookKey, "Content-Type", "application/json")
		require.Contains(t, []int{http.StatusOK, http.StatusBadRequest, http.StatusRequestEntityTooLarge}, a.status, a.body)
		if a.status != http.StatusOK {
			return
		}
		var notice struct {
			ID string `json:"id"`
		}
		require.NoError(t, json.NewDecoder(strings.NewReader(body)).Decode(&notice))
		_, err := d.store.Event(t.Context(), notice.ID)
		require.NoError(t, err, "answered 200 and not stored")
	})
}

// FuzzForms: no form that anybody sends is a defect of the desk.
func FuzzForms(f *testing.F) {
	paths := []string{
		"/identities", "/lookup", "/login/dev", "/identities/none/recheck", "/identities/none/resubmit", "/identities/none/withdraw",
		"/events/none/reprocess", "/events/reprocess", "/events/missing", "/logout",
	}
	for n := range paths {
		f.Add(n, "")
		f.Add(n, example().Encode())
		f.Add(n, "a=%zz&b=%00&=&&user=%ff&role=lead&ref_ids=x%0Ay&from=2026-13-45&to=now&state=odd&type=%F0%9F%98%80")
	}
	d := boot(f)
	lead := d.as(access.Lead)
	f.Fuzz(func(t *testing.T, n int, body string) {
		if n < 0 {
			n = -(n + 1)
		}
		b := &browser{d: d.in(t), client: lead.client}
		path := paths[n%len(paths)]
		if path == "/logout" || path == "/login/dev" { // somebody else's session, so that ours goes on
			b = d.in(t).browser()
		}
		a := b.do(http.MethodPost, path, strings.NewReader(body), "Content-Type", "application/x-www-form-urlencoded")
		// Nobody answers for Paxos here, so what asks it live is unavailable.
		require.True(t, a.status < 500 || a.status == http.StatusServiceUnavailable, "%s answers %d: %s", path, a.status, a.body)
	})
}
