// Package access says who may do what: roles, permissions, the table that joins them, and the actor that carries both
// through a use case.
package access

import (
	"slices"
	"time"
)

// Role is what a person is at the desk. Roles come from the identity provider at sign-in.
type Role string

// The roles, see [May] for what each may do.
const (
	Viewer  Role = "viewer"
	Analyst Role = "analyst"
	Lead    Role = "lead"
	Auditor Role = "auditor"
	Admin   Role = "admin"
)

// Roles lists every role in the order in which pages offer them.
func Roles() []Role { return []Role{Analyst, Lead, Viewer, Auditor, Admin} }

// Known reports whether r is a role of the desk.
func (r Role) Known() bool {
	_, ok := table[r]
	return ok
}

// Permission is one thing that a role may do.
type Permission string

// The permissions. Each route names the one that it needs.
const (
	// ReadCases sees the queue, lists, cases and look-ups, with initials at most.
	ReadCases Permission = "read_cases"
	// ReadNames sees the full name on a case page.
	ReadNames Permission = "read_names"
	// WorkCases claims, re-checks, snoozes, tags and annotates a case.
	WorkCases Permission = "work_cases"
	// Assign takes cases from colleagues and gives them to others.
	Assign Permission = "assign"
	// SetPolicy changes limits and the other rules of casework.
	SetPolicy Permission = "set_policy"
	// Submit creates an identity and sends a failed one again.
	Submit Permission = "submit"
	// ReadAccounts sees an identity's accounts at Paxos.
	ReadAccounts Permission = "read_accounts"
	// OpenAccounts has an account made at Paxos.
	OpenAccounts Permission = "open_accounts"
	// Upload gives Paxos documents of an identity.
	Upload Permission = "upload"
	// Withdraw gives up a failed submission and erases its draft, for good.
	Withdraw Permission = "withdraw"
	// Correct changes what Paxos holds of a person.
	Correct Permission = "correct"
	// Refresh answers a KYC refresh.
	Refresh Permission = "refresh"
	// Import submits many persons from a file.
	Import Permission = "import"
	// ReadImports sees what was imported, and how far it is.
	ReadImports Permission = "read_imports"
	// Control proposes to set or end a control; see Approve.
	Control Permission = "control"
	// Rehearse sets statuses by hand, where Paxos is the sandbox or the emulator.
	Rehearse Permission = "rehearse"
	// ReadEvents sees the webhook inbox.
	ReadEvents Permission = "read_events"
	// WorkEvents processes an event again.
	WorkEvents Permission = "work_events"
	// ReadAudit sees the audit log.
	ReadAudit Permission = "read_audit"
	// ReadSettings sees the environment, scopes, budget and sync progress.
	ReadSettings Permission = "read_settings"
	// Reveal reads personal data live from Paxos, with a reason.
	Reveal Permission = "reveal"
	// ReadReveals sees who revealed what, and how often.
	ReadReveals Permission = "read_reveals"
	// ReadProposals sees what waits for a second pair of eyes.
	ReadProposals Permission = "read_proposals"
	// Propose asks for an act that a colleague must approve.
	Propose Permission = "propose"
	// Approve decides on a colleague's proposal.
	Approve Permission = "approve"
	// HoldCases keeps a case from being erased, and lets it go again.
	HoldCases Permission = "hold_cases"
	// TakeEvidence makes evidence packs.
	TakeEvidence Permission = "take_evidence"
	// ReadPeople sees who may use the desk, their sessions and the API tokens.
	ReadPeople Permission = "read_people"
	// ManagePeople disables people, ends sessions, makes and revokes API tokens.
	ManagePeople Permission = "manage_people"
)

var table = map[Role][]Permission{
	Viewer: {ReadCases},
	Analyst: {
		ReadCases, ReadNames, WorkCases, Submit, Upload, ReadEvents, WorkEvents, ReadSettings, Reveal, ReadProposals, Propose, Correct, Refresh,
		Control, Rehearse, ReadAccounts, OpenAccounts,
	},
	Lead: {
		ReadCases, ReadNames, WorkCases, Assign, SetPolicy, Submit, Upload, Withdraw, ReadEvents, WorkEvents, ReadAudit, ReadSettings,
		Reveal, ReadReveals, ReadProposals, Propose, Approve, HoldCases, TakeEvidence, Correct, Refresh, Import, ReadImports, Control, Rehearse,
		ReadAccounts, OpenAccounts,
	},
	Auditor: {
		ReadCases, ReadNames, ReadEvents, ReadAudit, ReadSettings, ReadReveals, ReadProposals, ReadImports, ReadAccounts, TakeEvidence, ReadPeople,
	},
	Admin: {ReadCases, SetPolicy, ReadEvents, ReadAudit, ReadSettings, ReadPeople, ManagePeople},
}

// inPerson is what only a person may do who has signed in, never a script with a token. Names and notes are among it, since an admin
// makes tokens of every role and may read neither.
var inPerson = []Permission{ReadNames, Reveal, Propose, Approve, HoldCases, SetPolicy, ManagePeople, Correct, Refresh, Import, ReadImports, Control}

// Stronger is the role that a person has who could have either: admin before lead, analyst, auditor, viewer. Anything is stronger than
// no role.
func Stronger(a, b Role) Role {
	for _, r := range []Role{Admin, Lead, Analyst, Auditor, Viewer} {
		if a == r || b == r {
			return r
		}
	}
	return ""
}

// May reports whether a role has a permission. Unknown roles have none.
func May(r Role, p Permission) bool { return slices.Contains(table[r], p) }

// User is a person who has signed in at least once.
type User struct {
	ID         string // the provider's subject, or the name typed at the development log-in
	Name       string // as shown on pages and in the audit log
	Handle     string // how notes mention the person, without the @: "dana.kim"; set by the store, no two are alike
	Role       Role
	CreatedAt  time.Time
	LastSeenAt time.Time
	AwayUntil  *time.Time // takes no cases before then
	DisabledAt *time.Time // cannot sign in since then; nil for everybody else
	Preferences
}

// Away reports whether the person takes no cases at a moment.
func (u User) Away(now time.Time) bool { return u.AwayUntil != nil && now.Before(*u.AwayUntil) }

// TakesCases reports whether the person can be given cases at a moment.
func (u User) TakesCases(now time.Time) bool {
	return May(u.Role, WorkCases) && !u.Away(now) && u.DisabledAt == nil
}

// Preferences are how a person wants the desk to be.
type Preferences struct {
	Zone         string // an IANA time zone; empty: the browser's, or the desk's where that is not known
	NoSingleKeys bool   // shortcuts of a single key are off
}

// Load is how much a person has claimed.
type Load struct {
	User
	Claimed, Stuck, Overdue, Snoozed int64
}

// Actor is who acts, and from where: what a use case checks and what the audit log keeps.
type Actor struct {
	UserID    string
	Name      string
	Role      Role
	RequestID string
	Address   string // the client's IP address
	Token     string // the id of the API token that acts; empty for a person who has signed in
}

// Can reports whether the actor's role has the permission. A script may not do what asks for a person.
func (a Actor) Can(p Permission) bool {
	return May(a.Role, p) && (a.Token == "" || !slices.Contains(inPerson, p))
}
