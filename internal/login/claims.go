package login

import (
	"context"
	"strings"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
)

// maxSubject is how long a subject may be, as the standard has it; maxName bounds what is shown of a person.
const (
	maxSubject = 255
	maxName    = 64
)

// Claims are what the provider says of somebody who has signed in.
type Claims struct {
	Subject   string   // the person, unique and unchanging at the provider
	Name      string   // to be shown; one line of 1 to 64 characters
	Groups    []string // as the configured claim lists them; may be empty
	SessionID string   // the provider's session; empty where it tells none
	IDToken   string   // as it came: a later log-out at the provider hints at the session by it
}

// payload are the claims of an ID token that the library leaves to us.
type payload struct {
	AuthorizedParty   string `json:"azp"`
	SessionID         string `json:"sid"`
	Name              string `json:"name"`
	PreferredUsername string `json:"preferred_username"`
}

// verify checks an ID token: signature, issuer, audience and expiry are the library's, the rest is done here.
func (p *Provider) verify(ctx context.Context, f *facts, a Attempt, raw string) (Claims, error) {
	token, err := f.verifier.Verify(oidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return Claims{}, refused("id_token", "", brief(err))
	}
	var own payload
	all := map[string]any{}
	if token.Claims(&own) != nil || token.Claims(&all) != nil { // the cause may quote what it could not read
		return Claims{}, refused("id_token", "", nil)
	}
	switch {
	case !same(token.Nonce, a.Nonce):
		return Claims{}, refused("nonce", "", nil)
	case own.AuthorizedParty != "" && own.AuthorizedParty != p.o.ClientID, own.AuthorizedParty == "" && len(token.Audience) > 1:
		return Claims{}, refused("authorized_party", "", nil)
	case token.Subject == "" || len(token.Subject) > maxSubject:
		return Claims{}, refused("subject", "", nil)
	}
	return Claims{
		Subject: token.Subject, Name: displayName(own.Name, own.PreferredUsername, token.Subject),
		Groups: groups(all, p.o.GroupsClaim), SessionID: own.SessionID, IDToken: raw,
	}, nil
}

// displayName is the first of some names that has something to show, in one line.
func displayName(names ...string) string {
	for _, name := range names {
		visible := strings.Map(func(r rune) rune {
			if r == unicode.ReplacementChar || !unicode.IsPrint(r) && !unicode.IsSpace(r) {
				return -1
			}
			return r
		}, name)
		line := []rune(strings.Join(strings.Fields(visible), " "))
		if len(line) > 0 {
			return strings.TrimSpace(string(line[:min(len(line), maxName)]))
		}
	}
	return "?"
}

// groups reads a claim that is a text or a list of texts. Its name may hold dots; else dots lead into objects.
func groups(claims map[string]any, name string) []string {
	value, found := claims[name]
	if !found {
		value = claims
		for part := range strings.SplitSeq(name, ".") {
			object, _ := value.(map[string]any)
			value = object[part]
		}
	}
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, one := range v {
			if text, ok := one.(string); ok {
				out = append(out, text)
			}
		}
		return out
	}
	return nil
}
