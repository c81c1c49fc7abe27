// Package paxos is the client of Paxos' REST API: it holds the token, keeps every call within the budget, turns answers into
// the desk's own types with all else dropped, and turns whatever goes wrong into a fault that says whether the call may have
// had its effect.
package paxos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/budget"
)

// How long a call may take, and its parts. Waiting for the budget is not part of it.
const (
	callTimeout   = 20 * time.Second
	dialTimeout   = 5 * time.Second
	headerTimeout = 15 * time.Second

	// continueTimeout is how long an upload waits to be told to go on.
	continueTimeout = 2 * time.Second
)

// ScopeStore remembers across restarts which scopes were granted of those that were asked for, so that a client which lacks
// some does not have to find out one by one again. Nothing saved is no error.
type ScopeStore interface {
	LoadScopes(ctx context.Context) (asked, granted []string, err error)
	SaveScopes(ctx context.Context, asked, granted []string) error
}

// Options are what a client needs.
type Options struct {
	APIURL       string // without the trailing slash, such as https://api.paxos.com/v2
	TokenURL     string
	ClientID     string
	ClientSecret string
	Scopes       []string         // all that the desk wants, see [Client.Scopes] for what it got
	HTTP         *http.Client     // its transport is used; nil for one with time-outs of its own
	Budget       *budget.Budget   // every call, tokens included, waits for it
	ScopeStore   ScopeStore       // nil remembers nothing
	Version      string           // of the desk, for the User-Agent
	Now          func() time.Time // time.Now where nil
	Log          *slog.Logger     // nothing is logged where nil
}

// Client calls Paxos at one priority; [Client.At] gives it at another. It is safe for concurrent use.
type Client struct {
	base     string
	http     *http.Client
	budget   *budget.Budget
	gate     gate
	tokens   *tokens
	now      func() time.Time
	log      *slog.Logger
	priority budget.Priority
}

// New makes a client at priority Background. It makes no call. It refuses addresses that are no https, loopback aside.
func New(o Options) (*Client, error) {
	if err := errors.Join(checkURL("API", o.APIURL), checkURL("token", o.TokenURL)); err != nil {
		return nil, err
	}
	if o.Budget == nil || len(o.Scopes) == 0 {
		return nil, errors.New("the Paxos client needs a budget and at least one scope")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	client := newHTTP(o.HTTP, "identitydesk/"+o.Version)
	return &Client{
		base:     strings.TrimRight(o.APIURL, "/"),
		http:     client,
		budget:   o.Budget,
		gate:     gate{budget: o.Budget, now: o.Now, log: o.Log},
		tokens:   newTokens(o, client),
		now:      o.Now,
		log:      o.Log,
		priority: budget.Background,
	}, nil
}

// At is the same client, token and budget included, with its calls at another priority.
func (c *Client) At(p budget.Priority) *Client {
	other := *c
	other.priority = p
	return &other
}

// checkURL refuses an address over which a secret would travel in clear. The address itself may hold one: it is not told.
func checkURL(name, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("the Paxos %s address must be a plain https address without user and query", name)
	}
	if u.Scheme == "https" || (u.Scheme == "http" && loopback(u.Hostname())) {
		return nil
	}
	return fmt.Errorf("the Paxos %s address must begin with https://, or with http:// on loopback", name)
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}

// newHTTP follows no redirect, since one would carry the token elsewhere, and names the desk in each request.
func newHTTP(given *http.Client, agent string) *http.Client {
	var below http.RoundTripper = &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: headerTimeout,
		ExpectContinueTimeout: continueTimeout,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   16,
		ForceAttemptHTTP2:     true,
	}
	if given != nil {
		below = given.Transport
		if below == nil {
			below = http.DefaultTransport
		}
	}
	return &http.Client{
		Transport:     named{agent: agent, below: below},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// named sets the User-Agent.
type named struct {
	agent string
	below http.RoundTripper
}

// RoundTrip sends a copy of the request, since a transport must not change what it is given.
func (n named) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", n.agent)
	return n.below.RoundTrip(r)
}

// HasEventsScope reports whether events can be asked for. Paxos spells the scope in two ways, and either is it. Before the
// first token was had it reports whether the scope is asked for.
func (c *Client) HasEventsScope() bool {
	s := c.Scopes()
	has := s.Granted
	if !s.Known {
		has = s.Asked
	}
	return slices.Contains(has, "events:read_event") || slices.Contains(has, "event:read_event")
}
