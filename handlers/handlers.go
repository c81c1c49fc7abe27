// Package handlers is the desk's HTTP edge: it parses a request, calls one use case, and renders a page, JSON or CSV, or
// redirects. routes.go is the whole table; errors.go turns every failure into an answer.
package handlers

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
	"identitydesk/internal/live"
	"identitydesk/internal/login"
	"identitydesk/internal/onboarding"
	"identitydesk/internal/staff"
	"identitydesk/views"
)

// assets are the built files: their addresses by plain name, and what serves them below /static/.
type assets interface {
	Path(name string) string
	Handler() http.Handler
}

// Options are what the edge needs. All are demanded unless their comment says otherwise.
type Options struct {
	Desk   *onboarding.Desk
	Inbox  *inbox.Inbox
	Staff  *staff.Staff
	Live   *live.Hub // tells open pages what changes; closing it ends their streams
	Assets assets
	Log    *slog.Logger
	Now    func() time.Time
	// Location is where times of day are told for, and dates in filters are meant for, where a person's own zone is not known.
	Location *time.Location

	// BaseURL is scheme, host and port at which people open the desk. Cookies are Secure and HSTS is sent exactly where it
	// is https.
	BaseURL        string
	Provider       *login.Provider // the identity provider; nil where there is none
	SessionKeys    [][]byte        // the first one signs
	DevLogin       bool
	Rehearsals     bool           // statuses can be set by hand; never in production
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed; none: the peer's own address counts
	Webhook        Webhook
	MetricsToken   string // empty: /metrics and the details of /readyz answer on loopback alone

	Facts   func(context.Context) (views.Facts, error) // for the settings page
	Banners func(context.Context) views.Banners        // for every page
	// ParkedOf gives the parked jobs about a case; StartJob has one tried again: NotFound where it is not parked any more.
	ParkedOf func(ctx context.Context, caseID string) ([]views.ParkedJob, error)
	StartJob func(ctx context.Context, id int64, e audit.Entry) error
	Counts   func(context.Context) (identity.Counts, error) // for the number beside the queue's link
	Ready    func(context.Context) error                    // nil where the desk can do its work
	Warn     func(context.Context) []string                 // what is amiss all the same, a line each; for insiders
	Metrics  http.Handler                                   // what /metrics answers
}

// Webhook is how Paxos authenticates itself: one of the keys in the header, or a token that it was given for the client's id and
// secret. Without either every webhook is refused.
type Webhook struct {
	Header                 string
	Keys                   []string
	ClientID, ClientSecret string // the OAuth way; empty: there is none
}

// server holds what the handlers share.
type server struct {
	Options
	cookies     cookies
	attempts    attempts
	csrf        *http.CrossOriginProtection
	logins      *limiter
	departs     *limiter
	webhooks    *limiter
	streams     *streams
	wrongTokens *limiter
	keys        [][32]byte // SHA-256 of the webhook keys
	tokens      webhookTokens
	zones       zones
	drawn       views.DrawnRows

	bodyWithin time.Duration // how long the body of a webhook may take to arrive
	heartbeat  time.Duration // how often a stream shows that it lives
}

// New builds the edge. It fails where BaseURL is no origin or no session key is given.
func New(o Options) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	return s.handler()
}

func newServer(o Options) (*server, error) {
	if len(o.SessionKeys) == 0 {
		return nil, fmt.Errorf("no session key")
	}
	s := &server{
		Options: o, cookies: newCookies(o.SessionKeys, secure(o.BaseURL)), csrf: http.NewCrossOriginProtection(),
		attempts: newAttempts(o.SessionKeys, secure(o.BaseURL)),
		logins:   newLimiter(o.Now, loginsPerSecond, loginBurst), departs: newLimiter(o.Now, departsPerSecond, departBurst),
		wrongTokens: newLimiter(o.Now, wrongTokensPerSecond, wrongTokenBurst), webhooks: newLimiter(o.Now, refusalsPerSecond, refusalBurst),
		keys: hashKeys(o.Webhook.Keys), tokens: newWebhookTokens(o.SessionKeys, o.Webhook, o.Now),
		streams: newStreams(), bodyWithin: bodyWithin, heartbeat: heartbeat,
	}
	if err := s.csrf.AddTrustedOrigin(o.BaseURL); err != nil {
		return nil, fmt.Errorf("base URL: %w", err)
	}
	return s, nil
}

func (s *server) handler() (http.Handler, error) {
	e := echo.New()
	e.IPExtractor = extractor(s.TrustedProxies)
	e.HTTPErrorHandler = s.fail
	e.Use(s.numbered, s.logged, s.guarded, recovered)
	s.mount(e)
	return Compressed(e)
}

func secure(baseURL string) bool { return strings.HasPrefix(baseURL, "https://") }

// Compressed packs answers, webhooks' and streams aside: the senders of the one want the shortest way, and of the other each event
// goes out at once. Pages carry no secret that an attacker's text in the same answer could be used to guess.
func Compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(1))
	if err != nil {
		return nil, fmt.Errorf("compression: %w", err)
	}
	packed := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isWebhook(r.URL.Path) || r.URL.Path == livePath {
			next.ServeHTTP(w, r)
			return
		}
		packed.ServeHTTP(w, r)
	}), nil
}
