// Package login signs people in at an OpenID Connect provider, by the code flow with PKCE, state and nonce. It gives the claims of an
// ID token that it has verified, and knows nothing of who may use the desk.
package login

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"identitydesk/internal/fault"
)

const (
	// askWithin is how long the provider may take for one answer.
	askWithin = 5 * time.Second
	// freshFor is how long what the provider says of itself is believed without asking again. Keys are asked for when they change.
	freshFor = time.Hour
	// retryAfter is how long a provider that did not answer is left alone.
	retryAfter = 5 * time.Second
)

// Options say which provider signs people in, and as whom the desk asks it.
type Options struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       []string // "openid" among them
	GroupsClaim  string   // the claim with a person's groups: its name, or a path with dots
	CallbackURL  string   // where the provider sends people back to
	Now          func() time.Time
	Log          *slog.Logger
}

// Provider is the identity provider. It is asked about itself when somebody wants to sign in, so that the desk starts without it.
type Provider struct {
	o      Options
	client *http.Client

	mu      sync.Mutex // held while the provider is asked about itself
	known   *facts     // nil before it has answered once
	failed  error
	retryAt time.Time
}

// facts are what the provider says of itself.
type facts struct {
	endpoints
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	until    time.Time // when it is asked again
}

type endpoints struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	EndSession    string   `json:"end_session_endpoint"` // empty where the provider's session cannot be ended
	NamesItself   bool     `json:"authorization_response_iss_parameter_supported"`
	Methods       []string `json:"token_endpoint_auth_methods_supported"`
}

// New makes a Provider. Nobody is asked yet.
func New(o Options) *Provider {
	return &Provider{o: o, client: &http.Client{Timeout: askWithin, Transport: confidential{http.DefaultTransport}}}
}

// ClientID is how the provider knows the desk.
func (p *Provider) ClientID() string { return p.o.ClientID }

// Ready reports whether people can be sent to the provider: Unavailable where it has not yet said how.
func (p *Provider) Ready(ctx context.Context) error {
	_, err := p.facts(ctx)
	return err
}

// facts asks the provider about itself where that is not known, or not any more. What was known stands in for an answer that fails.
func (p *Provider) facts(ctx context.Context) (*facts, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Now()
	if p.known != nil && now.Before(p.known.until) {
		return p.known, nil
	}
	if p.known == nil && now.Before(p.retryAt) {
		return nil, p.failed
	}
	fresh, err := p.ask(context.WithoutCancel(ctx)) // others wait for the answer, too
	if err != nil {
		err = brief(err)
		p.o.Log.WarnContext(ctx, "the identity provider does not answer", "error", err)
	}
	switch {
	case err == nil:
		fresh.until = now.Add(freshFor)
		p.known = fresh
	case p.known != nil:
		p.known.until = now.Add(retryAfter)
	default:
		p.failed, p.retryAt = unreachable(err), now.Add(retryAfter)
		return nil, p.failed
	}
	return p.known, nil
}

func (p *Provider) ask(ctx context.Context) (*facts, error) {
	ctx = oidc.ClientContext(ctx, p.client)
	found, err := oidc.NewProvider(ctx, p.o.Issuer)
	if err != nil {
		return nil, err
	}
	f := &facts{verifier: found.Verifier(&oidc.Config{ClientID: p.o.ClientID, Now: p.o.Now})}
	if err := found.Claims(&f.endpoints); err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	f.oauth = oauth2.Config{
		ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, RedirectURL: p.o.CallbackURL, Scopes: p.o.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: f.Authorization, TokenURL: f.Token, AuthStyle: f.style()},
	}
	return f, nil
}

// check refuses addresses at which others could read along.
func (e endpoints) check() error {
	for name, address := range map[string]string{"authorization_endpoint": e.Authorization, "token_endpoint": e.Token, "jwks_uri": e.Keys} {
		if !isConfidential(address) {
			return fmt.Errorf("its %s is missing, or is plain http beyond loopback", name)
		}
	}
	if e.EndSession != "" && !isConfidential(e.EndSession) {
		return errors.New("its end_session_endpoint is plain http beyond loopback")
	}
	return nil
}

// style is how the desk shows its secret: in the header unless the provider takes it in the form alone. It must not be tried out, since
// a code is good for one try.
func (e endpoints) style() oauth2.AuthStyle {
	if len(e.Methods) > 0 && !slices.Contains(e.Methods, "client_secret_basic") && slices.Contains(e.Methods, "client_secret_post") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// unreachable is what people hear of a provider that does not answer. The cause names addresses and status codes.
func unreachable(cause error) error {
	return &fault.Error{
		Kind: fault.Unavailable, Code: "provider", Cause: cause,
		Text: "Your organisation’s sign-in does not answer just now. Try again in a moment.",
	}
}

// brief is an error of the library without the answers that it quotes: they may hold anything.
func brief(err error) error {
	if _, ok := errors.AsType[*url.Error](err); ok {
		return err
	}
	text := err.Error()
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok && answer.Response != nil {
		text = "the provider answered " + answer.Response.Status
	} else if !strings.HasPrefix(text, "oidc:") {
		text, _, _ = strings.Cut(text, ":")
	}
	return errors.New(text[:min(len(text), maxBrief)])
}

// maxBrief is how many bytes of an error are told.
const maxBrief = 200

// confidential sends nothing in clear beyond this machine, wherever a redirect leads.
type confidential struct{ next http.RoundTripper }

func (c confidential) RoundTrip(r *http.Request) (*http.Response, error) {
	if !isConfidential(r.URL.String()) {
		return nil, errors.New("the provider leads to plain http beyond loopback")
	}
	return c.next.RoundTrip(r)
}

func isConfidential(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// refused is a sign-in that was not brought to its end. The code goes into the log, the text to the person.
func refused(code, text string, cause error) error {
	return &fault.Error{Kind: fault.Forbidden, Code: code, Text: cmp.Or(text, "You could not be signed in. Start again."), Cause: cause}
}
