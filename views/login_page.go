package views

import (
	"net/url"

	"identitydesk/internal/access"
)

// LoginPage is where a person signs in. Its Chrome has no user.
type LoginPage struct {
	Chrome
	Dev     bool // offer the development log-in: POST /login/dev with user and role
	OIDC    bool // offer the identity provider: GET /login/oidc
	User    string
	Role    access.Role
	Roles   []access.Role
	Errors  map[string]string // by field: user, role
	Next    string            // where to go afterwards: an own path that the form sends back as the hidden field `next`; empty for home
	Problem string            // why somebody was not signed in, or cannot be just now; empty for none
	Notice  string            // such as "You have signed out."; empty for none
}

// oidcLink leads to the identity provider, and from there to where the person wanted to go.
func (p LoginPage) oidcLink() string {
	if p.Next == "" {
		return "/login/oidc"
	}
	return "/login/oidc?" + url.Values{"next": {p.Next}}.Encode()
}
