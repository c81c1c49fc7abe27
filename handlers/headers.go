package handlers

import (
	"crypto/rand"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"identitydesk/views"
)

// guarded sets the security headers of every answer. What may be kept says so itself, as the built files do.
func (s *server) guarded(next echo.HandlerFunc) echo.HandlerFunc {
	always := http.Header{
		"Content-Security-Policy":      {views.ContentPolicy},
		"Referrer-Policy":              {"same-origin"},
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Cache-Control":                {"no-store"},
	}
	if secure(s.BaseURL) {
		always.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	for name, values := range always {
		always[name] = slices.Clip(values) // all answers share them: who adds one to its own gets a copy
	}
	return func(c echo.Context) error {
		h := c.Response().Header()
		maps.Copy(h, always)
		h.Add(echo.HeaderVary, echo.HeaderAccept) // the compression has added its own
		return next(c)
	}
}

const requestIDKey = "request_id"

// numbered gives each request an id of our own. One that came along is ignored: it could be anything.
func (s *server) numbered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()
		c.Set(requestIDKey, id)
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

func requestID(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
}

// logged answers errors and writes one line per request: the route's template, never the address itself, for that may hold
// ids and queries.
func (s *server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := s.Now()
		if err := next(c); err != nil {
			s.fail(err, c)
		}
		s.Log.LogAttrs(c.Request().Context(), levelOf(c.Path(), c.Response().Status), "request",
			slog.String("request_id", requestID(c)), slog.String("method", c.Request().Method), slog.String("route", c.Path()),
			slog.Int("status", c.Response().Status), slog.Duration("took", s.Now().Sub(start)))
		return nil
	}
}

// levelOf keeps what machines ask many times out of the way, as long as it goes well.
func levelOf(route string, status int) slog.Level {
	switch route {
	case "/healthz", "/readyz", "/metrics", "/static/*", livePath, webhookPath, tokenPath:
		if status < http.StatusBadRequest || status == http.StatusTooManyRequests { // a flood must not fill the log
			return slog.LevelDebug
		}
	}
	return slog.LevelInfo
}

// extractor says whose address counts: the peer's own, or what trusted proxies say of the one behind them.
func extractor(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		p = p.Masked()
		options = append(options, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// onLoopback reports whether the asker sits on this machine. A request that a proxy on this machine passed on does not.
func onLoopback(c echo.Context) bool {
	r := c.Request()
	for _, h := range []string{"Forwarded", echo.HeaderXForwardedFor, echo.HeaderXRealIP, "X-Forwarded-Host", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// sameOrigin refuses what another site made a browser send.
func (s *server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.csrf.Check(c.Request()); err != nil {
			return crossOrigin(err)
		}
		return next(c)
	}
}

func isWebhook(path string) bool { return strings.HasPrefix(path, "/webhooks/") }
