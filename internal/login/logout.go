package login

import (
	"context"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// maxWord is how far ahead the end of a logout token may lie: so long is it remembered that it was used.
const maxWord = time.Hour

// Departure is what the provider tells by its back channel: that a person has signed out, or one of its sessions has ended. Subject or
// SessionID may be empty, never both.
type Departure struct {
	Subject, SessionID string
	ID                 string    // of the token: it must be used once alone
	Until              time.Time // when the token would not be believed any more
}

// Departed checks a logout token. Forbidden where anything is not as it must be; Unavailable before the provider has answered once.
func (p *Provider) Departed(ctx context.Context, raw string) (Departure, error) {
	f, err := p.facts(ctx)
	if err != nil {
		return Departure{}, err
	}
	token, err := f.verifier.VerifyLogout(oidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return Departure{}, refused("logout_token", "The logout token is not valid.", brief(err))
	}
	if token.Expiry.After(p.o.Now().Add(maxWord)) {
		return Departure{}, refused("logout_token", "The logout token is valid for too long.", nil)
	}
	return Departure{Subject: token.Subject, SessionID: token.SessionID, ID: token.TokenID, Until: token.Expiry.Add(time.Second)}, nil
}

// EndSession is where a browser is sent to end the provider's session; empty where the provider offers no such place, or does not
// answer.
func (p *Provider) EndSession(ctx context.Context) string {
	f, err := p.facts(ctx)
	if err != nil {
		return ""
	}
	return f.EndSession
}
