package views

import (
	"net/url"
	"slices"
	"time"

	"identitydesk/internal/identity"
)

// InstitutionsPage lists institutions under filters, each with its members.
type InstitutionsPage struct {
	Chrome
	Filter       url.Values        // what was asked, as for [IdentitiesPage]
	Errors       map[string]string // by the same names
	Rows         []InstitutionRow
	Next, After  string
	Total        int64
	TotalAtLeast bool
	AsOf         time.Time
}

// InstitutionRow is an institution in its list.
type InstitutionRow struct {
	Row
	Members []identity.Traced
	Leads   string // our id of the member's case that the next action is in
}

// filters is the page as the list of identities, which has the same fields to filter by.
func (p InstitutionsPage) filters() IdentitiesPage {
	return IdentitiesPage{Chrome: p.Chrome, Filter: p.Filter, Errors: p.Errors}
}

func institutionsLink(filter url.Values, name, value string) string {
	return link("/institutions", with(filter, name, value))
}

func lookupLink(id string) string { return link("/lookup", url.Values{"q": {id}}) }

// tells reports whether a word is known of one of the institutions: a column that says nothing is not drawn.
func (p InstitutionsPage) tells(of func(identity.InstitutionFacts) string) bool {
	return slices.ContainsFunc(p.Rows, func(r InstitutionRow) bool { return wordOf(r.Identity, of) != "" })
}

// wordOf is one of Paxos' words of an institution; empty where it is not known.
func wordOf(i identity.Identity, of func(identity.InstitutionFacts) string) string {
	if i.Details.Institution == nil {
		return ""
	}
	return of(*i.Details.Institution)
}

func regulation(f identity.InstitutionFacts) string { return f.Regulation }

func trading(f identity.InstitutionFacts) string { return f.Trading }

func legalForm(f identity.InstitutionFacts) string { return f.LegalForm }
