package emulator

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	scopeReadIdentity  = "identity:read_identity"
	scopeWriteIdentity = "identity:write_identity"
	scopeReadEvent     = "events:read_event"

	scopeReadAccount  = "identity:read_account"
	scopeWriteAccount = "identity:write_account"
	scopeReadControl  = "identity:read_identity_control"
	scopeWriteControl = "identity:write_identity_control"

	tokenLife = 3599 * time.Second
)

// allScopes are the scopes of everything Paxos offers around identities.
func allScopes() []string {
	return []string{
		scopeReadIdentity, scopeWriteIdentity, scopeReadAccount, scopeWriteAccount, scopeReadControl, scopeWriteControl,
		scopeReadEvent,
	}
}

// grant is what a bearer token says. It is signed, not stored, so that a token
// outlives a restart of the emulator as it would at Paxos.
type grant struct {
	Scopes  []string `json:"s"`
	Expires int64    `json:"e"`
	Nonce   string   `json:"n"`
	Turn    int64    `json:"t,omitempty"` // tokens of an earlier turn have been expired by command
}

func bearerKey(secret string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "emulator bearer token", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of the bearer tokens: %w", err)
	}
	return key, nil
}

// serveToken is the client-credentials endpoint.
func (e *Emulator) serveToken(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		writeOAuthError(w, http.StatusBadRequest, "invalid_request", "the body is no form")
		return
	}
	if !e.knows(credentials(r)) {
		w.Header().Set("WWW-Authenticate", `Basic realm="emulator"`)
		writeOAuthError(w, http.StatusUnauthorized, "invalid_client", "client authentication failed")
		return
	}
	if r.PostForm.Get("grant_type") != "client_credentials" {
		writeOAuthError(w, http.StatusBadRequest, "unsupported_grant_type", "grant_type must be client_credentials")
		return
	}
	scopes := strings.Fields(r.PostForm.Get("scope"))
	for _, s := range scopes {
		if !slices.Contains(e.opts.GrantedScopes, s) {
			writeOAuthError(w, http.StatusBadRequest, "invalid_scope", fmt.Sprintf("the client is not allowed to request scope '%s'", s))
			return
		}
	}
	if len(scopes) == 0 {
		scopes = e.opts.GrantedScopes
	}
	token, err := e.issue(scopes)
	if err != nil {
		e.writeProblem(w, r, err)
		return
	}
	writeJSON(w, "application/json", http.StatusOK, map[string]any{
		"access_token": token, "token_type": "bearer",
		"expires_in": int(tokenLife.Seconds()), "scope": strings.Join(scopes, " "),
	})
}

// credentials reads id and secret from Basic authentication or the form body.
func credentials(r *http.Request) (id, secret string) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	// RFC 6749 form-encodes both before they become Basic.
	if plain, err := url.QueryUnescape(id); err == nil {
		id = plain
	}
	if plain, err := url.QueryUnescape(secret); err == nil {
		secret = plain
	}
	return id, secret
}

func (e *Emulator) knows(id, secret string) bool {
	sameID := subtle.ConstantTimeCompare([]byte(id), []byte(e.opts.ClientID))
	sameSecret := subtle.ConstantTimeCompare([]byte(secret), []byte(e.opts.ClientSecret))
	return sameID&sameSecret == 1
}

func writeOAuthError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, "application/json", status, map[string]string{"error": code, "error_description": description})
}

func (e *Emulator) issue(scopes []string) (string, error) {
	e.mu.Lock()
	nonce := e.newID()
	e.mu.Unlock()
	payload, err := json.Marshal(grant{Scopes: scopes, Expires: e.opts.Now().Add(tokenLife).Unix(), Nonce: nonce, Turn: e.tokenTurn.Load()})
	if err != nil {
		return "", fmt.Errorf("encode a token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(payload) + "." + base64.RawURLEncoding.EncodeToString(e.sign(payload)), nil
}

func (e *Emulator) sign(payload []byte) []byte {
	mac := hmac.New(sha256.New, e.bearer)
	mac.Write(payload)
	return mac.Sum(nil)
}

// granted reads the scopes of a request's bearer token.
func (e *Emulator) granted(r *http.Request) ([]string, error) {
	unauthorized := refuse(http.StatusUnauthorized, "a valid bearer token is needed")
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	body, mac, _ := strings.Cut(token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || !strings.EqualFold(scheme, "Bearer") {
		return nil, unauthorized
	}
	sent, err := base64.RawURLEncoding.DecodeString(mac)
	if err != nil || !hmac.Equal(sent, e.sign(payload)) {
		return nil, unauthorized
	}
	var g grant
	if err := json.Unmarshal(payload, &g); err != nil || e.opts.Now().Unix() >= g.Expires || g.Turn < e.tokenTurn.Load() {
		return nil, unauthorized
	}
	return g.Scopes, nil
}

// allowed checks the scope of an endpoint. Paxos spells the events scope in two
// ways, so either opens the events.
func allowed(scopes []string, needed string) error {
	if slices.Contains(scopes, needed) || needed == scopeReadEvent && slices.Contains(scopes, "event:read_event") {
		return nil
	}
	if needed == scopeReadEvent {
		needed = "event:read_event"
	}
	return refuse(http.StatusForbidden, "insufficient scopes: found '%s', required one of '[%s]'", strings.Join(scopes, " "), needed)
}
