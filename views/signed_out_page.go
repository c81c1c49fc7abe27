package views

import (
	"net/url"
	"slices"
	"strings"
)

// SignedOutPage leads on to the identity provider, to sign out there as well. Its Chrome has no user.
type SignedOutPage struct {
	Chrome
	EndSession string // the provider's address for that
	IDToken    string // by which the provider finds its session
	ClientID   string // how the provider knows the desk
	Back       string // where the provider sends people afterwards
	AtOnce     bool   // send the form by itself where there is JavaScript
}

// address is where the form leads: a form that is sent by GET replaces the query of its address, so that this stands in fields.
func (p SignedOutPage) address() string {
	address, _, _ := strings.Cut(p.EndSession, "?")
	return address
}

// fields are what the provider is told, by name and value. It is sent by GET, as every provider takes it: with what is posted from
// another site, browsers send no cookie by which the provider would know its session.
func (p SignedOutPage) fields() [][2]string {
	var fields [][2]string
	if u, err := url.Parse(p.EndSession); err == nil {
		for name, values := range u.Query() {
			fields = append(fields, [2]string{name, values[0]})
		}
	}
	slices.SortFunc(fields, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return append(fields, [2]string{"id_token_hint", p.IDToken}, [2]string{"client_id", p.ClientID}, [2]string{"post_logout_redirect_uri", p.Back})
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
