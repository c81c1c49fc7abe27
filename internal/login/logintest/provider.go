// Package logintest is an identity provider for tests, which signs in whomever it is told to and, where asked, lies in every way that
// a hostile one can.
package logintest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"
)

// The desk at the provider.
const (
	ClientID     = "desk"
	ClientSecret = "s3cret-of-the-desk"
)

// Provider signs in by the code flow with PKCE.
type Provider struct {
	URL string // its issuer

	mu      sync.Mutex
	now     func() time.Time
	person  map[string]any // the claims of who is signed in at the provider
	keys    []key          // the last one signs
	codes   map[string]asked
	forge   func(*Token)
	says    map[string]any // what discovery says beyond the usual
	silent  bool
	answers func(url.Values)
	server  *httptest.Server
}

type key struct {
	id      string
	private *ecdsa.PrivateKey
}

// asked is what the desk asked for when it sent somebody.
type asked struct{ nonce, challenge, callback string }

// Token is what the provider is about to sign.
type Token struct {
	Header map[string]any
	Claims map[string]any
	Alg    string // ES256; or "none", or HS256 with the public key as its secret, or "stranger": ES256 with a key of somebody else
}

// New starts a provider, and stops it after the test.
func New(tb testing.TB, now func() time.Time) *Provider {
	tb.Helper()
	p := &Provider{now: now, codes: map[string]asked{}, says: map[string]any{}}
	p.person = map[string]any{"sub": "subject-1", "name": "Dana Kim", "groups": []any{"desk-analysts"}, "sid": "sid-1"}
	p.Rotate()
	routes := http.NewServeMux()
	routes.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	routes.HandleFunc("GET /keys", p.publish)
	routes.HandleFunc("GET /authorize", p.authorize)
	routes.HandleFunc("POST /token", p.token)
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.isSilent() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		routes.ServeHTTP(w, r)
	}))
	tb.Cleanup(p.server.Close)
	p.URL = p.server.URL
	return p
}

// Person sets the claims of who is signed in at the provider.
func (p *Provider) Person(claims map[string]any) { p.set(func() { p.person = claims }) }

// Forge changes each ID token before it is signed; nil for honest ones.
func (p *Provider) Forge(change func(*Token)) { p.set(func() { p.forge = change }) }

// Says adds to what the provider says of itself.
func (p *Provider) Says(name string, value any) { p.set(func() { p.says[name] = value }) }

// Answers changes the query that people are sent back with; nil for an honest one.
func (p *Provider) Answers(change func(url.Values)) { p.set(func() { p.answers = change }) }

// Silent makes the provider fail, or answer again.
func (p *Provider) Silent(silent bool) { p.set(func() { p.silent = silent }) }

// Rotate signs with a new key from now on, and forgets the old one.
func (p *Provider) Rotate() {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	p.set(func() { p.keys = []key{{rand.Text(), private}} })
}

func (p *Provider) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *Provider) isSilent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.silent
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	says := map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"},
		"end_session_endpoint":                  p.URL + "/logout", "authorization_response_iss_parameter_supported": true,
	}
	maps.Copy(says, p.says)
	writeJSON(w, says)
}

func (p *Provider) publish(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var keys []map[string]string
	for _, k := range p.keys {
		point, err := k.private.PublicKey.Bytes()
		if err != nil {
			panic(err)
		}
		keys = append(keys, map[string]string{
			"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": k.id, "x": text(point[1:33]), "y": text(point[33:]),
		})
	}
	writeJSON(w, map[string]any{"keys": keys})
}

// authorize sends the browser back at once: the person is signed in here.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "not as a client of ours asks", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.codes[code] = asked{q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri")}
	answer := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.URL}}
	if p.answers != nil {
		p.answers(answer)
	}
	w.Header().Set("Location", q.Get("redirect_uri")+"?"+answer.Encode())
	w.WriteHeader(http.StatusSeeOther)
}

// token redeems a code, once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	code := r.PostFormValue("code")
	want, known := p.codes[code]
	delete(p.codes, code)
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if id != ClientID || secret != ClientSecret || !known || text(challenge[:]) != want.challenge || r.PostFormValue("redirect_uri") != want.callback {
		w.WriteHeader(http.StatusBadRequest)
		writeJSON(w, map[string]string{"error": "invalid_grant"})
		return
	}
	t := Token{Alg: "ES256", Header: map[string]any{"typ": "JWT"}, Claims: p.common(5 * time.Minute)}
	t.Claims["nonce"] = want.nonce
	maps.Copy(t.Claims, p.person)
	if p.forge != nil {
		p.forge(&t)
	}
	writeJSON(w, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60, "id_token": p.sign(t)})
}

func (p *Provider) common(life time.Duration) map[string]any {
	now := p.now()
	return map[string]any{"iss": p.URL, "aud": ClientID, "iat": now.Unix(), "exp": now.Add(life).Unix()}
}

// LogoutToken tells that somebody has signed out, by subject or session; change makes it a lie.
func (p *Provider) LogoutToken(subject, session string, change func(*Token)) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := Token{Alg: "ES256", Header: map[string]any{"typ": "logout+jwt"}, Claims: p.common(2 * time.Minute)}
	t.Claims["jti"] = rand.Text()
	t.Claims["events"] = map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}
	for name, value := range map[string]string{"sub": subject, "sid": session} {
		if value != "" {
			t.Claims[name] = value
		}
	}
	if change != nil {
		change(&t)
	}
	return p.sign(t)
}

// sign makes a token in the way that it asks for.
func (p *Provider) sign(t Token) string {
	k := p.keys[len(p.keys)-1]
	t.Header["alg"], t.Header["kid"] = t.Alg, k.id
	if t.Alg == "stranger" {
		t.Header["alg"] = "ES256"
	}
	header, payload := must(json.Marshal(t.Header)), must(json.Marshal(t.Claims))
	signed := text(header) + "." + text(payload)
	return signed + "." + text(k.signature(t.Alg, signed))
}

func (k key) signature(alg, signed string) []byte {
	sum := sha256.Sum256([]byte(signed))
	switch alg {
	case "none":
		return nil
	case "HS256":
		h := hmac.New(sha256.New, must(k.private.PublicKey.Bytes()))
		_, _ = h.Write([]byte(signed))
		return h.Sum(nil)
	case "stranger":
		k.private = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	}
	r, s, err := ecdsa.Sign(rand.Reader, k.private, sum[:])
	if err != nil {
		panic("sign: " + strconv.Quote(err.Error()))
	}
	out := make([]byte, 64)
	r.FillBytes(out[:32])
	s.FillBytes(out[32:])
	return out
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(must(json.Marshal(v)))
}
