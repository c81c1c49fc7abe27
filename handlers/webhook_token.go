package handlers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
)

const (
	tokenPath    = webhookPath + "/token"
	tokenLife    = 15 * time.Minute
	maxTokenForm = 8 << 10 // bytes
)

// webhookTokens makes and checks the bearer tokens of the OAuth way. A token is its end and a keyed hash of it, so that nothing
// is stored: it holds across restarts and on every replica that has the keys, until the client's secret is changed.
type webhookTokens struct {
	keys [][]byte // the first one signs; none where the OAuth way is not set up
	now  func() time.Time
}

func newWebhookTokens(sessionKeys [][]byte, w Webhook, now func() time.Time) webhookTokens {
	t := webhookTokens{now: now}
	if w.ClientID == "" || w.ClientSecret == "" {
		return t
	}
	for _, key := range sessionKeys {
		t.keys = append(t.keys, mac(key, []byte("webhook token"), []byte(w.ClientID), []byte(w.ClientSecret)))
	}
	return t
}

// mac is a keyed hash of parts, each framed by its length.
func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range parts {
		_, _ = h.Write(binary.AppendUvarint(nil, uint64(len(part)))) // a hash takes everything
		_, _ = h.Write(part)
	}
	return h.Sum(nil)
}

func (t webhookTokens) on() bool { return len(t.keys) > 0 }

func (t webhookTokens) issue() string {
	end := binary.BigEndian.AppendUint64(nil, uint64(max(0, t.now().Add(tokenLife).Unix())))
	return base64.RawURLEncoding.EncodeToString(append(end, mac(t.keys[0], end)...))
}

func (t webhookTokens) valid(token string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 8+sha256.Size {
		return false
	}
	end, sum, known := raw[:8], raw[8:], false
	for _, key := range t.keys {
		if hmac.Equal(sum, mac(key, end)) {
			known = true
		}
	}
	return known && binary.BigEndian.Uint64(end) > uint64(max(0, t.now().Unix()))
}

// oauthError is a refusal in the words of RFC 6749, section 5.2.
type oauthError struct {
	status int
	Code   string `json:"error"`
	Text   string `json:"error_description"`
}

// issueWebhookToken answers the client credentials grant of Paxos, which sends its id and secret as Basic, in the form, or both.
func (s *server) issueWebhookToken(c echo.Context) error {
	if !s.tokens.on() {
		return notFound()
	}
	form, refusal := s.tokenForm(c)
	if refusal == nil {
		refusal = s.checkGrant(c, form)
	}
	h := c.Response().Header()
	h.Set("Pragma", "no-cache") // beside Cache-Control: no-store, which every answer has
	if refusal != nil {
		if refusal.status == http.StatusUnauthorized {
			h.Set(echo.HeaderWWWAuthenticate, `Basic realm="webhooks"`)
		}
		return writeJSON(c, refusal.status, refusal)
	}
	return writeJSON(c, http.StatusOK, map[string]any{
		"access_token": s.tokens.issue(), "token_type": "bearer", "expires_in": int(tokenLife.Seconds()),
	})
}

// tokenForm reads the form; what stands in the query string is not looked at, since that ends up in logs.
func (s *server) tokenForm(c echo.Context) (url.Values, *oauthError) {
	bad := func(text string) (url.Values, *oauthError) {
		return nil, &oauthError{http.StatusBadRequest, "invalid_request", text}
	}
	r := c.Request()
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEApplicationForm {
		return bad("Send the fields as application/x-www-form-urlencoded.")
	}
	body, err := s.readBody(c, maxTokenForm)
	if err != nil {
		return bad(fault.From(err).Text)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return bad("The form cannot be read.")
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret"} {
		if len(form[name]) > 1 {
			return bad("The field " + name + " is given more than once.")
		}
	}
	return form, nil
}

func (s *server) checkGrant(c echo.Context, form url.Values) *oauthError {
	if !s.rightClient(c.Request(), form) {
		if err := s.webhooks.allow(c.RealIP()); err != nil {
			retryAfter(c, fault.From(err), s.Now())
			return &oauthError{http.StatusTooManyRequests, "temporarily_unavailable", "Too many tries from this address. Wait a moment."}
		}
		return &oauthError{http.StatusUnauthorized, "invalid_client", "The client id or secret is missing or wrong."}
	}
	switch grant := form.Get("grant_type"); grant {
	case "client_credentials":
		return nil
	case "":
		return &oauthError{http.StatusBadRequest, "invalid_request", "The field grant_type is missing: it must be client_credentials."}
	default:
		return &oauthError{http.StatusBadRequest, "unsupported_grant_type", "The field grant_type must be client_credentials."}
	}
}

// rightClient reports whether every credential that came is ours, and a whole one came.
func (s *server) rightClient(r *http.Request, form url.Values) bool {
	id, secret, basic := r.BasicAuth()
	if !basic && r.Header.Get(echo.HeaderAuthorization) != "" {
		return false // some other way, which is none of ours
	}
	inForm := form.Has("client_secret")
	basicRight := s.isClient(id, secret) || s.isClient(unescaped(id), unescaped(secret)) // RFC 6749 escapes them, many clients do not
	formRight := s.isClient(form.Get("client_id"), form.Get("client_secret"))
	sameID := !form.Has("client_id") || form.Get("client_id") == s.Webhook.ClientID
	return (basic || inForm) && (!basic || basicRight) && (!inForm || formRight) && sameID
}

// isClient compares in constant time.
func (s *server) isClient(id, secret string) bool {
	a := same(sha256.Sum256([]byte(id)), sha256.Sum256([]byte(s.Webhook.ClientID)))
	b := same(sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(s.Webhook.ClientSecret)))
	return a && b
}

func unescaped(v string) string {
	plain, err := url.QueryUnescape(v)
	if err != nil {
		return v
	}
	return plain
}

// bearer is the token that a request carries; empty where it carries none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
