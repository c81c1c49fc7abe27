package emulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
)

// unwelcome is the error of a webhook, or of the token for one, that the
// receiver answered with anything but a success.
type unwelcome struct {
	status  int
	asToken bool
}

// Error says what was answered.
func (u *unwelcome) Error() string {
	if u.asToken {
		return fmt.Sprintf("the token endpoint answered %d without a token", u.status)
	}
	return fmt.Sprintf("the receiver answered %d", u.status)
}

// outcomes tells the log how webhooks fare: once for each change, so that
// whoever runs the emulator alone learns what is wrong and what to set, however
// many deliveries there are.
type outcomes struct {
	mu   sync.Mutex
	last string // why the latest one was not taken; empty where it was
}

// hear notes how a delivery ended and tells of it where that is new.
func (o *outcomes) hear(ctx context.Context, opts Options, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	why := reasonOf(err)
	if why == o.last {
		return
	}
	o.last = why
	address := slog.String("url", plainURL(opts.WebhookURL))
	if err == nil {
		opts.Log.LogAttrs(ctx, slog.LevelInfo, "emulator: webhooks are taken now", address)
		return
	}
	attrs := []slog.Attr{address, slog.String("reason", why)}
	if u, ok := errors.AsType[*unwelcome](err); ok {
		attrs = append(attrs, slog.Int("status", u.status))
	}
	opts.Log.LogAttrs(ctx, slog.LevelWarn, "emulator: webhooks are not taken", append(attrs, slog.String("remedy", remedyFor(opts, err)))...)
}

// reasonOf is why a delivery failed, in words that hold no address, no header
// and nothing that came over the line.
func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	if u, ok := errors.AsType[*unwelcome](err); ok {
		return u.Error()
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "the host name cannot be resolved"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "no answer within " + deliverWithin.String()
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "connection refused"
	}
	return "the connection failed"
}

// remedyFor says what to look at or to set.
func remedyFor(opts Options, err error) string {
	u, answered := errors.AsType[*unwelcome](err)
	switch {
	case !answered:
		return "start the receiver, or set EMULATOR_WEBHOOK_URL to where it listens"
	case (u.asToken || u.status == http.StatusUnauthorized || u.status == http.StatusForbidden) && opts.WebhookTokenURL != "":
		return "set WEBHOOK_CLIENT_ID and WEBHOOK_CLIENT_SECRET to what the receiver takes"
	case u.status == http.StatusUnauthorized, u.status == http.StatusForbidden:
		return "set WEBHOOK_KEY to a key that the receiver takes, and WEBHOOK_HEADER to the header in which it looks for it (now " +
			opts.WebhookHeader + ")"
	case u.status < http.StatusInternalServerError && u.status != http.StatusTooManyRequests:
		return "set EMULATOR_WEBHOOK_URL to the address at which the receiver takes webhooks"
	default:
		return "look at the receiver's log; each webhook comes again for a day"
	}
}

// plainURL is an address without what may be secret in it.
func plainURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "not an address"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
