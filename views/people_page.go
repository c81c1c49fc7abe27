package views

import (
	"strconv"

	"github.com/a-h/templ"

	"identitydesk/internal/access"
)

// PeoplePage is who may use the desk, with their live sessions.
type PeoplePage struct {
	Chrome
	People    []Person // by name
	Me        string   // the reader's user id
	This      string   // the reader's own session
	CanManage bool     // end sessions, disable, enable
	Reasons   []ReasonChoice
	Refused   Refusal // what was just asked for and refused; zero for nothing
	Notice    string
}

// Person is somebody who has signed in at least once, with their live sessions, the last used first.
type Person struct {
	access.User
	Sessions []access.Session
}

// ReasonChoice is one of the reasons that can be given.
type ReasonChoice struct{ Code, Meaning string }

// id is that of a field in the form of the n-th person.
func (PeoplePage) id(field string, n int) string { return field + "-" + strconv.Itoa(n) }

// about reports whether what was refused was about a person.
func (p PeoplePage) about(u Person) bool {
	return p.Refused.Act != "" && p.Refused.Typed["user"] == u.ID
}

func (p PeoplePage) typed(u Person, field string) string {
	if !p.about(u) {
		return ""
	}
	return p.Refused.Typed[field]
}

func (p PeoplePage) error(u Person, field string) string {
	if !p.about(u) {
		return ""
	}
	return p.Refused.Errors[field]
}

// marks says that a field is refused.
func (p PeoplePage) marks(u Person, field string, n int) templ.Attributes {
	if p.error(u, field) == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": p.id(field, n) + "-error"}
}

// manages reports whether there is anything that the reader may do about a person.
func (p PeoplePage) manages(u Person) bool {
	return p.CanManage && (u.ID != p.Me || len(u.Sessions) > 0)
}

// TokensPage is what scripts come in with.
type TokensPage struct {
	Chrome
	Tokens    []access.APIToken // the newest first
	CanManage bool
	BaseURL   string // for the example
	Roles     []access.Role
	Name      string // what was typed
	Role      access.Role
	Days      string
	Errors    map[string]string // by field: name, role, days
	Problem   string            // what was refused
	Made      string            // the name of a token that was just made
	Secret    string            // its secret, shown once; empty otherwise
	Notice    string
}

// example is a command that the token works with.
func (p TokensPage) example() string {
	return "curl -H 'Authorization: Bearer " + p.Secret + "' -H 'Accept: application/json' " + p.BaseURL + "/queue"
}

// marks says that a field is refused.
func (p TokensPage) marks(field string) templ.Attributes {
	if p.Errors[field] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "token-" + field + "-error"}
}
