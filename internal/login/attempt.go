package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// AttemptLife is how long somebody may take at the provider.
const AttemptLife = 10 * time.Minute

// Attempt is one person's way to the provider and back. It must be kept where that person's browser alone can bring it from, and be
// good for one callback.
type Attempt struct {
	State    string    // comes back in the callback
	Nonce    string    // comes back in the ID token
	Verifier string    // shows that who redeems the code is who asked for it
	Until    time.Time // no later
}

// AnsweredBy reports whether a callback's query is an answer to this attempt and no other.
func (a Attempt) AnsweredBy(query url.Values) bool {
	return a.State != "" && same(query.Get("state"), a.State)
}

// Begin gives the address to send a browser to. With again the person is asked to sign in though the provider knows them, to be able
// to do so as somebody else.
func (p *Provider) Begin(ctx context.Context, again bool) (Attempt, string, error) {
	f, err := p.facts(ctx)
	if err != nil {
		return Attempt{}, "", err
	}
	a := Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Until: p.o.Now().Add(AttemptLife)}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return a, f.oauth.AuthCodeURL(a.State, options...), nil
}

// Finish takes the query that the provider sent somebody back with and gives what it says of them. Forbidden, with a code that names
// the reason, where anything is not as it must be; Unavailable where the provider does not answer.
func (p *Provider) Finish(ctx context.Context, a Attempt, query url.Values) (Claims, error) {
	f, err := p.facts(ctx)
	if err != nil {
		return Claims{}, err
	}
	code, err := p.code(f, a, query)
	if err != nil {
		return Claims{}, err
	}
	raw, err := p.redeem(ctx, f, a, code)
	if err != nil {
		return Claims{}, err
	}
	return p.verify(ctx, f, a, raw)
}

// code reads the callback: it must be the answer to this attempt, from this provider.
func (p *Provider) code(f *facts, a Attempt, query url.Values) (string, error) {
	for _, values := range query {
		if len(values) > 1 {
			return "", refused("callback", "", nil)
		}
	}
	if !a.AnsweredBy(query) || !p.o.Now().Before(a.Until) {
		return "", refused("state", "This sign-in took too long, or was begun in another window. Start again.", nil)
	}
	if issuer := query.Get("iss"); (f.NamesItself || query.Has("iss")) && issuer != p.o.Issuer {
		return "", refused("issuer", "", nil)
	}
	switch {
	case query.Get("error") == "access_denied":
		return "", refused("denied", "You were not signed in at your organisation.", nil)
	case query.Has("error"), query.Get("code") == "":
		return "", refused("callback", "Your organisation’s sign-in did not go through. Start again; if that does not help, tell whoever looks after the desk.", nil)
	}
	return query.Get("code"), nil
}

// redeem gives the ID token for a code.
func (p *Provider) redeem(ctx context.Context, f *facts, a Attempt, code string) (string, error) {
	token, err := f.oauth.Exchange(oidc.ClientContext(ctx, p.client), code, oauth2.VerifierOption(a.Verifier))
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok && answer.Response != nil && answer.Response.StatusCode < 500 {
		// What else the answer holds is the provider's: only its word from the standard's list is told.
		return "", refused("code", "", errors.New("the provider refused the code: "+answer.ErrorCode))
	}
	if err != nil {
		return "", unreachable(brief(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", refused("no_id_token", "", nil)
	}
	return raw, nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
