package views

import (
	"net/url"
	"strings"
)

// SignedOutPage leads on to the identity provider, to sign out there as well. Its Chrome has no user.
type SignedOutPage struct {
	Chrome
	EndSession string // the provider's address for that; takes a form
	IDToken    string // by which the provider finds its session
	ClientID   string // how the provider knows the desk
	Back       string // where the provider sends people afterwards
	AtOnce     bool   // send the form by itself where there is JavaScript
}

// NoEntryPage is for somebody whom the provider knows and the desk does not let in. Its Chrome has no user.
type NoEntryPage struct {
	Chrome
	Text   string
	NoRole bool // because none of their groups has a role
}

// ContentPolicyWithFormsTo is ContentPolicy for a page whose form leads to another address, and wherever that sends the browser on by
// https: some browsers hold redirects against the page that the form was on.
func ContentPolicyWithFormsTo(address string) string {
	to := "form-action 'self' https:"
	if u, err := url.Parse(address); err == nil && u.Scheme == "http" {
		to += " http://" + u.Host
	}
	return strings.Replace(ContentPolicy, "form-action 'self'", to, 1)
}
