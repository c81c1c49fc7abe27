package handlers_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
)

const (
	hookClient = "paxos hooks" // a space and a colon: what clients escape, or do not
	hookSecret = "s3cret:with+signs"
)

func oauth(o *handlers.Options) {
	o.Webhook.ClientID, o.Webhook.ClientSecret, o.Webhook.Keys = hookClient, hookSecret, nil
}

func grant(more ...string) url.Values {
	form := url.Values{"grant_type": {"client_credentials"}}
	for n := 0; n < len(more); n += 2 {
		form.Add(more[n], more[n+1])
	}
	return form
}

func basic(id, secret string) []string {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(id, secret)
	return []string{"Authorization", r.Header.Get("Authorization")}
}

// token asks for one, and expects it.
func (d *desk) token(form url.Values, headers ...string) string {
	d.t.Helper()
	a := d.browser().post("/webhooks/paxos/token", form, headers...)
	require.Equal(d.t, http.StatusOK, a.status, a.body)
	require.Equal(d.t, "no-store", a.header.Get("Cache-Control"))
	var answer struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int    `json:"expires_in"`
	}
	require.NoError(d.t, json.Unmarshal([]byte(a.body), &answer))
	require.Equal(d.t, "bearer", answer.Type)
	require.Equal(d.t, 900, answer.Expires)
	return answer.Token
}

// deliverWith sends a webhook with a token.
func (d *desk) deliverWith(id, token string) int {
	d.t.Helper()
	return d.browser().do(http.MethodPost, "/webhooks/paxos", strings.NewReader(notice(id)), "Authorization", "Bearer "+token).status
}

func TestWebhookTokenWays(t *testing.T) {
	t.Parallel()
	d := boot(t, oauth)
	inForm := grant("client_id", hookClient, "client_secret", hookSecret)
	escaped := basic(url.QueryEscape(hookClient), url.QueryEscape(hookSecret))
	for name, token := range map[string]string{
		"form":                 d.token(inForm),
		"Basic":                d.token(grant(), basic(hookClient, hookSecret)...),
		"Basic, escaped":       d.token(grant(), escaped...),
		"both":                 d.token(inForm, escaped...),
		"Basic and id in form": d.token(grant("client_id", hookClient), escaped...),
	} {
		require.Equal(t, http.StatusOK, d.deliverWith("e-"+name, token), name)
	}
}

func TestWebhookTokenRefusals(t *testing.T) {
	t.Parallel()
	d := boot(t, oauth)
	right := []string{"client_id", hookClient, "client_secret", hookSecret}
	for name, c := range map[string]struct {
		form    url.Values
		headers []string
		status  int
		code    string
	}{
		"nobody":               {grant(), nil, 401, "invalid_client"},
		"id alone":             {grant("client_id", hookClient), nil, 401, "invalid_client"},
		"wrong secret":         {grant("client_id", hookClient, "client_secret", "x"), nil, 401, "invalid_client"},
		"wrong id":             {grant("client_id", "x", "client_secret", hookSecret), nil, 401, "invalid_client"},
		"Basic wrong":          {grant(), basic(hookClient, "x"), 401, "invalid_client"},
		"they differ":          {grant(right...), basic(hookClient, "x"), 401, "invalid_client"},
		"they differ again":    {grant("client_id", "x", "client_secret", "y"), basic(hookClient, hookSecret), 401, "invalid_client"},
		"ids differ":           {grant("client_id", "x"), basic(hookClient, hookSecret), 401, "invalid_client"},
		"no such way":          {grant(right...), []string{"Authorization", "Digest x"}, 401, "invalid_client"},
		"another grant":        {url.Values{"grant_type": {"password"}}, basic(hookClient, hookSecret), 400, "unsupported_grant_type"},
		"no grant":             {url.Values{}, basic(hookClient, hookSecret), 400, "invalid_request"},
		"a field given twice":  {grant(append(right, "client_id", "x")...), nil, 400, "invalid_request"},
		"a form that is large": {grant(append(right, "more", strings.Repeat("x", 9<<10))...), nil, 400, "invalid_request"},
	} {
		a := d.browser().post("/webhooks/paxos/token", c.form, c.headers...)
		require.Equal(t, c.status, a.status, name)
		require.Equal(t, c.status == 401, a.header.Get("WWW-Authenticate") != "", name)
		var refusal struct {
			Code string `json:"error"`
			Text string `json:"error_description"`
		}
		require.NoError(t, json.Unmarshal([]byte(a.body), &refusal), a.body)
		require.Equal(t, c.code, refusal.Code, name)
		require.NotEmpty(t, refusal.Text, name)
		require.NotContains(t, a.body, "access_token", name)
	}
	a := d.browser().do(http.MethodPost, "/webhooks/paxos/token?"+grant(right...).Encode(), nil, "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, http.StatusUnauthorized, a.status, "what stands in the address does not count")
	require.Equal(t, http.StatusNotFound, boot(t).browser().post("/webhooks/paxos/token", grant(right...)).status, "not set up")
}

func TestWebhookTokenHoldsAsItShould(t *testing.T) {
	t.Parallel()
	d := boot(t, oauth)
	token := d.token(grant(), basic(hookClient, hookSecret)...)
	with := func(change func(*handlers.Options)) *desk {
		o := d.options()
		oauth(&o)
		change(&o)
		return d.beside(o)
	}
	old, fresh := bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{8}, 32)
	for name, c := range map[string]struct {
		change func(*handlers.Options)
		status int
	}{
		"another replica, or a restart":  {func(*handlers.Options) {}, http.StatusOK},
		"the session keys are rotated":   {func(o *handlers.Options) { o.SessionKeys = [][]byte{fresh, old} }, http.StatusOK},
		"the old session key is gone":    {func(o *handlers.Options) { o.SessionKeys = [][]byte{fresh} }, http.StatusUnauthorized},
		"the client's secret is changed": {func(o *handlers.Options) { o.Webhook.ClientSecret = "new" }, http.StatusUnauthorized},
		"the OAuth way is gone":          {func(o *handlers.Options) { o.Webhook.ClientID = "" }, http.StatusUnauthorized},
	} {
		require.Equal(t, c.status, with(c.change).deliverWith("e-1", token), name)
	}
	later := "B" + token[1:] // another end, in the far future
	for _, bad := range []string{"", "x", token[:len(token)-1], token + "A", later, strings.ToUpper(token)} {
		require.Equal(t, http.StatusUnauthorized, d.deliverWith("e-2", bad), bad)
	}
	d.clock.Advance(15*time.Minute - time.Second)
	require.Equal(t, http.StatusOK, d.deliverWith("e-2", token))
	d.clock.Advance(time.Second)
	require.Equal(t, http.StatusUnauthorized, d.deliverWith("e-2", token))
}

func TestWrongWebhookClientsAreSlowedDown(t *testing.T) {
	t.Parallel()
	d := boot(t, oauth)
	ask := func(secret string) answer {
		return d.browser().post("/webhooks/paxos/token", grant("client_id", hookClient, "client_secret", secret))
	}
	for range 200 {
		require.Equal(t, http.StatusUnauthorized, ask("wrong").status)
	}
	a := ask("wrong")
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.NotEmpty(t, a.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, ask(hookSecret).status, "who is right is never held up")
}
