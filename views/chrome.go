// Package views holds the pages: a struct per page with only what it shows, the templ component that draws it, and a
// storybook of all of them. Permissions arrive as booleans, times with the moment and the place they are told for.
package views

import (
	"cmp"
	"strconv"
	"time"

	"identitydesk/internal/access"
)

// Section is a part of the desk that the navigation leads to.
type Section string

// The sections. A page that belongs to none leaves it empty.
const (
	SectionQueue      Section = "queue"
	SectionIdentities Section = "identities"
	SectionNew        Section = "new"
	SectionLookup     Section = "lookup"
	SectionEvents     Section = "events"
	SectionAudit      Section = "audit"
	SectionReveals    Section = "reveals"
	SectionSettings   Section = "settings"
	SectionTeam       Section = "team"
	SectionPeople     Section = "people"
	SectionMentions   Section = "mentions"
	SectionProposals  Section = "proposals"
	SectionImports    Section = "imports"
	SectionRefreshes  Section = "refreshes"
	// SectionPreferences stands in the person's menu alone.
	SectionPreferences Section = "preferences"
)

// Chrome is what stands around every page: who is signed in, where they can go, what they should know.
type Chrome struct {
	// Asset gives the address of a built file by its plain name: "desk.css", "desk.js", "icons.svg".
	Asset    func(name string) string
	Now      time.Time      // the moment that ages and due times are told for
	Location *time.Location // where times of day are told for

	UserName  string // empty where nobody is signed in: no navigation then
	Role      access.Role
	Active    Section
	Stuck     int64 // cases that need a human now, beside the queue's link
	May       May
	Mentions  int64 // notes that mention the person, not seen yet
	Proposals int64 // that wait for the person
	Banners   Banners

	Leave        Leave
	Pace         time.Duration // after how long a page that is loaded again without scripts is; zero: five seconds
	Back         string        // where a form of a case leads back to, the queue that the case was opened from; empty for the case itself
	Since        string        // how far the stream of changes was when the page was read; empty where nobody is signed in
	NoSingleKeys bool          // the person has switched shortcuts of a single key off
}

// Leave is where a browser without JavaScript is led after a while, away from what must not stay on the screen. Zero: nowhere.
type Leave struct {
	To    string
	After time.Duration
}

// refresh is what the page's head says for it.
func (l Leave) refresh() string { return strconv.Itoa(int(l.After/time.Second)) + ";url=" + l.To }

// pace is how often a page is loaded again without scripts, in seconds.
func (c Chrome) pace() string {
	return strconv.Itoa(int(cmp.Or(c.Pace, 5*time.Second) / time.Second))
}

// newMentions says how often the person is mentioned in what they have not seen; empty for never.
func (c Chrome) newMentions() string {
	switch c.Mentions {
	case 0:
		return ""
	case 1:
		return "1 new mention"
	default:
		return grouped(c.Mentions) + " new mentions"
	}
}

// besides are the parts of the frame that a renewed part of the page brings along, beside some of its own.
func (c Chrome) besides(own string) string {
	if c.May.Mentions {
		return own + "#stuck-count,#bell"
	}
	return own + "#stuck-count"
}

// May is where the person may go, and whether they work cases.
type May struct {
	Queue, Identities, NewIdentity, Events, Audit, Settings, Work, Mentions, Team, Proposals, Decide, Reveal, Reveals, People, Evidence, Import, ReadImports bool
}

// MayOf turns a role into what it may do.
func MayOf(r access.Role) May {
	cases := access.May(r, access.ReadCases)
	return May{
		Queue: cases, Identities: cases, Team: cases,
		Mentions:    access.May(r, access.ReadNames),
		NewIdentity: access.May(r, access.Submit),
		Events:      access.May(r, access.ReadEvents),
		Audit:       access.May(r, access.ReadAudit),
		Settings:    access.May(r, access.ReadSettings),
		People:      access.May(r, access.ReadPeople),
		Work:        access.May(r, access.WorkCases),
		Proposals:   access.May(r, access.ReadProposals),
		Decide:      access.May(r, access.Approve),
		Reveal:      access.May(r, access.Reveal),
		Reveals:     access.May(r, access.ReadReveals),
		Evidence:    access.May(r, access.TakeEvidence),
		Import:      access.May(r, access.Import),
		ReadImports: access.May(r, access.ReadImports),
	}
}

// Banners are the states of the desk that everybody should know of. Zero: none.
type Banners struct {
	Emulator       bool       // the data is invented: the local stand-in for Paxos answers
	Unwritable     bool       // the database takes no writes
	TokenError     string     // why no token can be had; safe to show, empty where one was
	ThrottledUntil *time.Time // Paxos takes no calls until then
	Waiting        Waiting    // what waits meanwhile
	Silence        *Silence   // no event was heard for longer than usual
	Parked         Parked     // jobs that were put aside
	Unpinned       *time.Time // since when AUDIT_PIN_URL does not take the end of the audit log
	PollingOnly    bool       // no webhooks are set up
	NoEventsScope  bool       // webhooks arrive but cannot be looked up
	EventsNotAsked bool       // because PAXOS_SCOPES does not name the scope
}

// Waiting are jobs that wait for Paxos.
type Waiting struct{ Submissions, Moves, Documents, Rechecks, Events int64 }

// Parked are jobs that were tried as often as it makes sense and wait for a person.
type Parked struct{ Events, Others int64 }

// Silence is a pause between events that is longer than it should be.
type Silence struct {
	Since time.Time     // when the last event was heard
	Usual time.Duration // the longest pause of late
}

// sprite is the address of the file that holds the icons.
type sprite string

func (c Chrome) sprite() sprite { return sprite(c.Asset("icons.svg")) }
