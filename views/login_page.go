package views

import "identitydesk/internal/access"

// LoginPage is where a person signs in. Its Chrome has no user.
type LoginPage struct {
	Chrome
	Dev    bool // offer the development log-in: POST /login/dev with user and role
	OIDC   bool // offer the identity provider: GET /login/oidc
	User   string
	Role   access.Role
	Roles  []access.Role
	Errors map[string]string // by field: user, role
	Next   string            // where to go afterwards: an own path that the form sends back as the hidden field `next`; empty for home
	Notice string            // such as "You have signed out."; empty for none
}
