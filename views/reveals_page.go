package views

import (
	"net/url"
	"strconv"
	"strings"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// RevealsPage is who revealed what, and how often.
type RevealsPage struct {
	Chrome
	People  []identity.Revealer // those who stand out first
	Filter  url.Values          // as in the address: actor, identity, from, to
	Entries []RevealEntry       // newest first
	After   int64               // the place that this page was asked with; 0 on the first
	Next    int64               // the place of the next page; 0 at the end

	Total        int64 // of every page
	TotalAtLeast bool  // there are more than Total
}

// RevealEntry is one reveal, or one that came to nothing.
type RevealEntry struct {
	audit.Entry
	Shown bool
}

// outcome is what became of it where nothing was shown.
func (e RevealEntry) outcome() string {
	if e.Shown {
		return ""
	}
	return revealText(e.Detail)
}

// revealText tells of a reveal for a person to read.
func revealText(detail string) string {
	said := identity.WithoutProof(detail)
	what, code, failed := strings.Cut(said, ": ")
	if !failed {
		return said
	}
	return what + ": " + whyNotShown(code)
}

// whyNotShown says in words why nothing was shown; a code that is none of Paxos' line is in words already.
func whyNotShown(code string) string {
	switch code {
	case "cut":
		return "the line was cut before Paxos had answered"
	case "timeout":
		return "Paxos did not answer in time"
	case "unreadable":
		return "Paxos’ answer could not be read"
	case "scope":
		return "the desk lacks the scope for it"
	case "http_429", fault.HeldBack:
		return "Paxos throttles the desk"
	}
	return firstOf(identity.AnswerWords(code), code)
}

// lost says why the words of the reason are not there; empty where they are.
func (e RevealEntry) lost() string {
	switch e.Words {
	case audit.WordsErased:
		return "the words are erased"
	case audit.WordsLost:
		return "the words cannot be read"
	case audit.WordsMissing:
		return "the words are missing: verify the log"
	}
	return ""
}

func (p RevealsPage) filtered() bool {
	for _, name := range []string{"actor", "identity", "from", "to"} {
		if p.Filter.Get(name) != "" {
			return true
		}
	}
	return false
}

func (p RevealsPage) page(after int64) string {
	q := with(p.Filter, "after", "")
	if after > 0 {
		q.Set("after", strconv.FormatInt(after, 10))
	}
	return link("/reveals", q)
}

func (p RevealsPage) first() string {
	if p.After == 0 {
		return ""
	}
	return p.page(0)
}

func (p RevealsPage) next() string {
	if p.Next == 0 {
		return ""
	}
	return p.page(p.Next)
}

// revealsOf leads to the reveals of one person.
func revealsOf(userID string) string {
	return link("/reveals", url.Values{"actor": {userID}}) + "#list"
}

// revealGroups tells how often each group was shown, in the order of the groups.
func revealGroups(r identity.Revealer) string {
	var parts []string
	for _, g := range append(identity.Groups(), identity.GroupWhole) {
		if n := r.Groups[g]; n > 0 {
			parts = append(parts, g.Text()+" "+grouped(n))
		}
	}
	return strings.Join(parts, ", ")
}
