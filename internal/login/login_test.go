package login_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/login"
	"identitydesk/internal/login/logintest"
)

const callback = "https://desk.example.com/login/oidc/callback"

// desk asks a provider, at a clock that stands still until it is moved.
type desk struct {
	*login.Provider
	t    *testing.T
	idp  *logintest.Provider
	now  time.Time
	jump *http.Client
}

func open(t *testing.T, changes ...func(*login.Options)) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return d.now }
	d.idp = logintest.New(t, now)
	o := login.Options{
		Issuer: d.idp.URL, ClientID: logintest.ClientID, ClientSecret: logintest.ClientSecret, Scopes: []string{"openid", "profile"},
		GroupsClaim: "groups", CallbackURL: callback, Now: now, Log: slog.New(slog.DiscardHandler),
	}
	for _, change := range changes {
		change(&o)
	}
	d.Provider = login.New(o)
	d.jump = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return d
}

// begin sends a browser to the provider and gives what it comes back with.
func (d *desk) begin() (login.Attempt, url.Values) {
	d.t.Helper()
	a, address, err := d.Begin(d.t.Context(), false)
	require.NoError(d.t, err)
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, address, nil)
	require.NoError(d.t, err)
	resp, err := d.jump.Do(req)
	require.NoError(d.t, err)
	require.NoError(d.t, resp.Body.Close())
	back, err := resp.Location()
	require.NoError(d.t, err)
	require.True(d.t, strings.HasPrefix(back.String(), callback+"?"))
	return a, back.Query()
}

func (d *desk) signIn() (login.Claims, error) {
	a, query := d.begin()
	return d.Finish(d.t.Context(), a, query)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	d := open(t)
	a, address, err := d.Begin(t.Context(), true)
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	q := u.Query()
	require.Equal(t, "login", q.Get("prompt"))
	require.Equal(t, "openid profile", q.Get("scope"))
	require.Equal(t, "S256", q.Get("code_challenge_method"))
	require.NotContains(t, address, a.Verifier)

	claims, err := d.signIn()
	require.NoError(t, err)
	require.NotEmpty(t, claims.IDToken)
	claims.IDToken = ""
	require.Equal(t, login.Claims{Subject: "subject-1", Name: "Dana Kim", Groups: []string{"desk-analysts"}, SessionID: "sid-1"}, claims)
}

// Whatever is wrong with an ID token, nobody is signed in with it.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		forge func(*logintest.Token)
		code  string
	}{
		"wrong nonce":           {set("nonce", "another"), "nonce"},
		"no nonce":              {set("nonce", nil), "nonce"},
		"foreign audience":      {set("aud", "another-client"), "id_token"},
		"two audiences, no azp": {set("aud", []string{logintest.ClientID, "another"}), "authorized_party"},
		"azp of another":        {set("azp", "another"), "authorized_party"},
		"expired":               {set("exp", time.Date(2026, 3, 2, 8, 59, 59, 0, time.UTC).Unix()), "id_token"},
		"no expiry":             {set("exp", nil), "id_token"},
		"not valid yet":         {set("nbf", time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC).Unix()), "id_token"},
		"another issuer":        {set("iss", "https://evil.example"), "id_token"},
		"alg none":              {alg("none"), "id_token"},
		"alg HS256":             {alg("HS256"), "id_token"},
		"a stranger's key":      {alg("stranger"), "id_token"},
		"no subject":            {set("sub", nil), "subject"},
		"endless subject":       {set("sub", strings.Repeat("s", 256)), "subject"},
		"subject of a kind":     {set("sub", 7), "id_token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.idp.Forge(c.forge)
			claims, err := d.signIn()
			require.Equal(t, fault.Forbidden, fault.KindOf(err))
			require.Equal(t, c.code, fault.From(err).Code, "%v", fault.From(err).Cause)
			require.Zero(t, claims)
		})
	}
	d := open(t)
	d.idp.Forge(func(tok *logintest.Token) {
		tok.Claims["aud"], tok.Claims["azp"] = []string{"another", logintest.ClientID}, logintest.ClientID
	})
	_, err := d.signIn()
	require.NoError(t, err, "meant for two, given to us")
}

func set(claim string, value any) func(*logintest.Token) {
	return func(t *logintest.Token) {
		if t.Claims[claim] = value; value == nil {
			delete(t.Claims, claim)
		}
	}
}

func alg(name string) func(*logintest.Token) { return func(t *logintest.Token) { t.Alg = name } }

// A callback must be the answer to the attempt, from the provider that was asked.
func TestForgedCallbacks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(url.Values)
		code   string
	}{
		"no state":         {func(q url.Values) { q.Del("state") }, "state"},
		"another's state":  {func(q url.Values) { q.Set("state", "guessed") }, "state"},
		"another provider": {func(q url.Values) { q.Set("iss", "https://evil.example") }, "issuer"},
		"no provider":      {func(q url.Values) { q.Del("iss") }, "issuer"},
		"two codes":        {func(q url.Values) { q.Add("code", "another") }, "callback"},
		"no code":          {func(q url.Values) { q.Del("code") }, "callback"},
		"another's code":   {func(q url.Values) { q.Set("code", "guessed") }, "code"},
		"refused there":    {func(q url.Values) { q.Set("error", "access_denied"); q.Del("code") }, "denied"},
		"broken there":     {func(q url.Values) { q.Set("error", "server_error") }, "callback"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.idp.Answers(c.change)
			_, err := d.signIn()
			require.Equal(t, fault.Forbidden, fault.KindOf(err))
			require.Equal(t, c.code, fault.From(err).Code)
		})
	}
	d := open(t)
	a, query := d.begin()
	_, err := d.Finish(t.Context(), login.Attempt{Until: a.Until}, url.Values{"code": {query.Get("code")}, "iss": {d.idp.URL}})
	require.Equal(t, "state", fault.From(err).Code, "no attempt at all")
	d.now = d.now.Add(login.AttemptLife)
	_, err = d.Finish(t.Context(), a, query)
	require.Equal(t, "state", fault.From(err).Code, "too late")
}

func TestCodeIsGoodForOneAttempt(t *testing.T) {
	t.Parallel()
	d := open(t)
	a, query := d.begin()
	_, err := d.Finish(t.Context(), a, query)
	require.NoError(t, err)
	_, err = d.Finish(t.Context(), a, query)
	require.Equal(t, "code", fault.From(err).Code, "replayed")

	// A code that somebody else's browser was given: PKCE shows that it is not ours.
	mine, _ := d.begin()
	_, theirs := d.begin()
	theirs.Set("state", mine.State)
	_, err = d.Finish(t.Context(), mine, theirs)
	require.Equal(t, "code", fault.From(err).Code)
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	d := open(t)
	_, err := d.signIn()
	require.NoError(t, err)
	d.idp.Rotate()
	_, err = d.signIn()
	require.NoError(t, err)
}

func TestProviderThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.idp.Silent(true)
	require.Equal(t, fault.Unavailable, fault.KindOf(d.Ready(t.Context())))
	d.idp.Silent(false)
	_, _, err := d.Begin(t.Context(), false)
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "it is left alone for a moment")
	d.now = d.now.Add(5 * time.Second)
	require.NoError(t, d.Ready(t.Context()))

	a, query := d.begin()
	d.idp.Silent(true)
	_, err = d.Finish(t.Context(), a, query)
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
	d.now = d.now.Add(time.Hour)
	require.NoError(t, d.Ready(t.Context()), "what was known stands in")
	d.idp.Silent(false)
	d.idp.Says("end_session_endpoint", d.idp.URL+"/elsewhere")
	d.now = d.now.Add(5 * time.Second)
	require.Equal(t, d.idp.URL+"/elsewhere", d.EndSession(t.Context()), "asked again")
}

func TestProviderThatLiesAboutItself(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{
		"issuer": "https://evil.example", "token_endpoint": "http://idp.example.com/token", "jwks_uri": nil,
		"authorization_endpoint": "javascript:alert(1)", "end_session_endpoint": "http://idp.example.com/logout",
	} {
		d := open(t)
		d.idp.Says(name, value)
		require.Equal(t, fault.Unavailable, fault.KindOf(d.Ready(context.Background())), name)
	}
}

func TestNamesAndGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim string
		says  map[string]any
		want  []string
	}{
		{"groups", map[string]any{"groups": []any{"a", "b"}}, []string{"a", "b"}},
		{"groups", map[string]any{"groups": "a"}, []string{"a"}},
		{"groups", map[string]any{"groups": []any{"a", 7, nil, []any{"c"}}}, []string{"a"}},
		{"groups", map[string]any{"groups": 7}, nil},
		{"groups", map[string]any{}, nil},
		{"realm_access.roles", map[string]any{"realm_access": map[string]any{"roles": []any{"a"}}}, []string{"a"}},
		{"realm_access.roles", map[string]any{"realm_access": "a"}, nil},
		{"https://desk.example/roles", map[string]any{"https://desk.example/roles": []any{"a"}}, []string{"a"}},
	} {
		d := open(t, func(o *login.Options) { o.GroupsClaim = c.claim })
		c.says["sub"] = "subject-1"
		d.idp.Person(c.says)
		claims, err := d.signIn()
		require.NoError(t, err)
		require.Equal(t, c.want, claims.Groups, "%s in %v", c.claim, c.says)
		require.Equal(t, "subject-1", claims.Name)
	}
	for given, want := range map[string]string{
		" Dana \n Kim ":                "Dana Kim",
		"Da\u202ena\x00 Kim":           "Dana Kim",
		"":                             "dana",
		"\u200b\u202e":                 "dana",
		strings.Repeat("ä", 70):        strings.Repeat("ä", 64),
		strings.Repeat("a", 63) + " b": strings.Repeat("a", 63),
	} {
		d := open(t)
		d.idp.Person(map[string]any{"sub": "subject-1", "name": given, "preferred_username": "dana"})
		claims, err := d.signIn()
		require.NoError(t, err)
		require.Equal(t, want, claims.Name, "%q", given)
	}
}

func TestDeparted(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, c := range []struct{ subject, session string }{{"subject-1", ""}, {"", "sid-1"}, {"subject-1", "sid-1"}} {
		gone, err := d.Departed(t.Context(), d.idp.LogoutToken(c.subject, c.session, nil))
		require.NoError(t, err)
		require.Equal(t, c.subject, gone.Subject)
		require.Equal(t, c.session, gone.SessionID)
		require.NotEmpty(t, gone.ID)
		require.True(t, gone.Until.After(d.now))
	}
	events := map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}
	for name, change := range map[string]func(*logintest.Token){
		"of nobody":            set("sub", nil),
		"with a nonce":         set("nonce", "n"),
		"without an id":        set("jti", nil),
		"without the event":    set("events", map[string]any{"another": map[string]any{}}),
		"without an end":       set("exp", nil),
		"past its end":         set("exp", d.now.Unix()-1),
		"with an end far away": set("exp", d.now.Add(2*time.Hour).Unix()),
		"for another":          set("aud", "another"),
		"of another provider":  set("iss", "https://evil.example"),
		"alg none":             alg("none"),
		"alg HS256":            alg("HS256"),
		"a stranger's key":     alg("stranger"),
	} {
		_, err := d.Departed(t.Context(), d.idp.LogoutToken("subject-1", "", change))
		require.Equal(t, "logout_token", fault.From(err).Code, name)
	}
	claims, err := d.signIn()
	require.NoError(t, err)
	_, err = d.Departed(t.Context(), claims.IDToken)
	require.Equal(t, fault.Forbidden, fault.KindOf(err), "an ID token is none")

	// Nor is a logout token an ID token.
	d.idp.Forge(func(tok *logintest.Token) {
		tok.Header["typ"], tok.Claims["events"] = "logout+jwt", events
		delete(tok.Claims, "nonce")
	})
	_, err = d.signIn()
	require.Equal(t, "nonce", fault.From(err).Code)
}
