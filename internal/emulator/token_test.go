package emulator

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestToken(t *testing.T) {
	t.Parallel()
	some := func(o *Options) { o.GrantedScopes = []string{scopeReadIdentity, scopeReadEvent} }
	form := func(scope, id, secret, grant string) url.Values {
		return url.Values{"client_id": {id}, "client_secret": {secret}, "grant_type": {grant}, "scope": {scope}}
	}
	for name, c := range map[string]struct {
		form   url.Values
		status int
		scope  string
		err    string
	}{
		"names the granted scopes": {form(scopeReadIdentity, "client", "hush", "client_credentials"), 200, scopeReadIdentity, ""},
		"no scope asked for":       {form("", "client", "hush", "client_credentials"), 200, scopeReadIdentity + " " + scopeReadEvent, ""},
		"wrong secret":             {form("", "client", "loud", "client_credentials"), 401, "", "invalid_client"},
		"unknown client":           {form("", "stranger", "hush", "client_credentials"), 401, "", "invalid_client"},
		"a scope it lacks":         {form(scopeReadIdentity+" "+scopeWriteIdentity, "client", "hush", "client_credentials"), 400, "", "invalid_scope"},
		"another grant":            {form("", "client", "hush", "password"), 400, "", "unsupported_grant_type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, answer := newRig(t, some).askToken(c.form)
			require.Equal(t, c.status, status)
			if c.err != "" {
				require.Equal(t, c.err, answer["error"])
				require.NotContains(t, answer, "access_token")
				return
			}
			require.Equal(t, c.scope, answer["scope"])
			require.InDelta(t, 3599, answer["expires_in"], 0)
			require.NotEmpty(t, answer["access_token"])
		})
	}
}

func TestTokenTakesBasic(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	req := r.request(http.MethodPost, "/oauth2/token", strings.NewReader("grant_type=client_credentials"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth("client", "hush")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	status, _ := readJSON(t, res)
	require.Equal(t, http.StatusOK, status)
}

func TestBearerAndScopes(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.GrantedScopes = []string{scopeReadIdentity} })

	status, problem := r.call(http.MethodGet, "/events", nil)
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t, "insufficient scopes: found 'identity:read_identity', required one of '[event:read_event]'", problem["detail"])
	status, _ = r.call(http.MethodPost, "/identity/identities", personBody(nil))
	require.Equal(t, http.StatusForbidden, status)
	status, _ = r.call(http.MethodGet, "/identity/identities", nil)
	require.Equal(t, http.StatusOK, status)

	good := r.token
	r.token = good[:len(good)-2]
	status, _ = r.call(http.MethodGet, "/identity/identities", nil)
	require.Equal(t, http.StatusUnauthorized, status, "a changed token")

	r.token = good
	r.clock.add(tokenLife - time.Second)
	status, _ = r.call(http.MethodGet, "/identity/identities", nil)
	require.Equal(t, http.StatusOK, status, "still in time")
	r.clock.add(2 * time.Second)
	status, _ = r.call(http.MethodGet, "/identity/identities", nil)
	require.Equal(t, http.StatusUnauthorized, status, "expired")
}

func TestEitherSpellingOfTheEventsScope(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"events:read_event", "event:read_event"} {
		r := newRig(t, func(o *Options) { o.GrantedScopes = []string{scope} })
		status, _ := r.call(http.MethodGet, "/events", nil)
		require.Equal(t, http.StatusOK, status, scope)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opts Options
		says string
	}{
		"no client":         {Options{}, "ClientID and ClientSecret"},
		"short key":         {Options{ClientID: "a", ClientSecret: "b", StateKey: []byte("short")}, "StateKey has 5 bytes, 32 are needed"},
		"token url alone":   {Options{ClientID: "a", ClientSecret: "b", WebhookTokenURL: "http://127.0.0.1/t"}, "WebhookClientID"},
		"backwards in time": {Options{ClientID: "a", ClientSecret: "b", LiveSpeed: -1}, "cannot be negative"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(c.opts)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestRequestLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.Limits = Limits{Identity: 2, Window: 5 * time.Second, Penalty: time.Minute} })
	for range 10 {
		status, _ := r.call(http.MethodGet, "/identity/identities", nil)
		require.Equal(t, http.StatusOK, status)
	}
	r.clock.add(5 * time.Second)
	for range 10 {
		status, _ := r.call(http.MethodGet, "/identity/identities", nil)
		require.Equal(t, http.StatusOK, status, "the window has moved on")
	}
	status, _ := r.call(http.MethodGet, "/identity/identities", nil)
	require.Equal(t, http.StatusTooManyRequests, status)
	status, _ = r.call(http.MethodGet, "/events", nil)
	require.Equal(t, http.StatusTooManyRequests, status, "every request of the address is throttled")
	r.clock.add(59 * time.Second)
	status, _ = r.call(http.MethodGet, "/events", nil)
	require.Equal(t, http.StatusTooManyRequests, status)
	r.clock.add(2 * time.Second)
	status, _ = r.call(http.MethodGet, "/events", nil)
	require.Equal(t, http.StatusOK, status)
}

func TestLimitsAreOnByDefault(t *testing.T) {
	t.Parallel()
	l := newLimiter(Limits{}.withDefaults(), newClock().now)
	for range 300 {
		require.Zero(t, l.allow("10.0.0.1", "token", l.limits.Token))
	}
	require.Equal(t, 5*time.Minute, l.allow("10.0.0.1", "token", l.limits.Token))
	require.Zero(t, l.allow("10.0.0.2", "token", l.limits.Token), "another address")
}
