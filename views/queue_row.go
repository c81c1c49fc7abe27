package views

import (
	"time"

	"identitydesk/internal/identity"
)

// rowFrame is what the rows of a page share.
type rowFrame struct {
	begin string // of a row's link
	open  string // our id of the open case
	now   time.Time
	loc   *time.Location
	drawn *DrawnRows // nil where rows are not kept
}

func (p QueuePage) rowFrame() rowFrame {
	return rowFrame{begin: p.rowLink(), open: p.Case, now: p.Now, loc: p.Location, drawn: p.Drawn}
}

// rowFrame of a look-up leads to the cases' own pages.
func (p LookupPage) rowFrame() rowFrame {
	return rowFrame{begin: caseLink(""), now: p.Now, loc: p.Location}
}

// rowFrame of the list of identities leads to the cases' own pages.
func (p IdentitiesPage) rowFrame() rowFrame {
	return rowFrame{begin: caseLink(""), now: p.Now, loc: p.Location}
}

// sourceWord is what told of a status first; empty where nothing did.
func sourceWord(s identity.Source) string {
	if s == "" {
		return ""
	}
	return sourceName(s)
}

// caseName names a case in a row.
func caseName(i identity.Identity) string {
	switch {
	case i.RefID != "":
		return i.RefID
	case i.PaxosID != "":
		return short(i.PaxosID)
	default:
		return short(i.ID)
	}
}

// rowReason is what keeps a case from being decided, in a line.
func rowReason(a identity.Advice) string {
	if len(a.Blocking) == 0 {
		return a.Sentence
	}
	return a.Blocking[0].Text
}

// utc is a moment for the hover over a row, to the minute: the case tells it to the second.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// unusual says that a case has taken longer than its kind does.
func unusual(a identity.Ageing) string {
	return "Unusually old: 95 of 100 such cases were decided within " + rough(a.Within)
}

func areWithColleagues(n int64) string {
	if n == 1 {
		return "1 more is with a colleague:"
	}
	return grouped(n) + " more are with colleagues:"
}
