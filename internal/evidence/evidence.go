// Package evidence makes packs that an auditor takes away: what is known of some cases, who did what to them, and a proof of it that
// is verified on another machine with the desk's public key alone. A pack holds no personal data.
package evidence

import (
	"slices"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// MaxCases is how many cases one pack holds at most.
const MaxCases = 500

// Pack is what a pack is made of.
type Pack struct {
	MadeAt      time.Time
	By          Maker
	Version     string    // of the desk
	Environment string    // emulator, sandbox or production
	Asked       string    // what was asked for, in words without personal data
	At          time.Time // the moment whose status was asked for; zero where none was
	Cases       []Case
	Missing     []Missing
	Erased      map[string][]string // the ref_ids by which erased cases were asked for, by our ids of these
	Beyond      int64               // how many cases of a filter are left out, since a pack has its limit
	BeyondMore  bool                // there are more than Beyond
	Head        audit.Head
	Proof       []Line // see [Prove]
}

// Maker is who asked for a pack.
type Maker struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
}

// Missing is an id that was asked for and led to no case.
type Missing struct {
	Asked string `json:"asked"`
	Why   string `json:"why"`
}

// Case is what a pack tells of one case.
type Case struct {
	Identity     identity.Identity
	IDs          []string // ours: the present one, and those of rows that have become one with it
	FormerRefIDs []string
	History      []identity.Entry // in the order in which things happened
	Turns        []identity.Turn
	Events       []identity.Event // newest first
	Notes        int              // how many there are; what they say is left out
	Then         identity.Standing
}

// acts are the entries of the log about a case, oldest first.
func (p Pack) acts(c Case) (acts []audit.Entry) {
	for _, l := range p.Proof {
		if l.Entry != nil && slices.Contains(c.IDs, l.Entry.IdentityID) {
			acts = append(acts, *l.Entry)
		}
	}
	return acts
}

// caseJSON is a case in cases.json.
type caseJSON struct {
	ID           string        `json:"id"`
	FormerIDs    []string      `json:"former_ids"`
	PaxosID      string        `json:"paxos_id"`
	RefID        string        `json:"ref_id"`
	FormerRefIDs []string      `json:"former_ref_ids"`
	AskedRefIDs  []string      `json:"asked_ref_ids"` // of an erased case: the desk keeps keyed hashes of its ref_ids, and these fit
	Type         string        `json:"type"`
	Initials     string        `json:"initials"`
	Status       string        `json:"status"`
	Submission   string        `json:"submission"`
	Lane         string        `json:"lane"`
	LearnedBy    string        `json:"learned_by"`
	SubmittedBy  string        `json:"submitted_by"`
	SubmittedAt  *time.Time    `json:"submitted_at"`
	PendingSince *time.Time    `json:"pending_since"`
	DecidedAt    *time.Time    `json:"decided_at"`
	CreatedAt    *time.Time    `json:"created_at"`
	UpdatedAt    *time.Time    `json:"updated_at"`
	CheckedAt    *time.Time    `json:"checked_at"`
	ErasedAt     *time.Time    `json:"erased_at"`
	StatusAt     *standingJSON `json:"status_at"` // null where no moment was asked about
	History      []historyJSON `json:"history"`
	Turns        []turnJSON    `json:"turns"`
	Events       []eventJSON   `json:"events"`
	People       []personJSON  `json:"people"`
	Notes        int           `json:"notes"` // how many; what they say is not in the pack
}

type standingJSON struct {
	At        time.Time  `json:"at"`
	Known     bool       `json:"known"`
	Status    string     `json:"status"`
	Since     *time.Time `json:"since"`
	KnownFrom *time.Time `json:"known_from"`
}

type historyJSON struct {
	Kind        string            `json:"kind"`
	Old         string            `json:"old_status"`
	New         string            `json:"new_status"`
	LearnedBy   string            `json:"learned_by"`
	EventID     string            `json:"event_id"`
	Unannounced bool              `json:"unannounced"` // no webhook told of it
	ActorID     string            `json:"actor_id"`
	OccurredAt  *time.Time        `json:"occurred_at"`
	ReceivedAt  *time.Time        `json:"received_at"`
	ProcessedAt *time.Time        `json:"processed_at"`
	Changes     []identity.Change `json:"changes"`
	Code        string            `json:"code"`
}

type turnJSON struct {
	Move string     `json:"move"`
	From time.Time  `json:"from"`
	To   *time.Time `json:"to"`
}

type eventJSON struct {
	ID          string     `json:"id"`
	Type        string     `json:"type"`
	State       string     `json:"state"`
	HeardBy     string     `json:"heard_by"`
	OccurredAt  *time.Time `json:"occurred_at"`
	ReceivedAt  *time.Time `json:"received_at"`
	ProcessedAt *time.Time `json:"processed_at"`
	Attempts    int        `json:"attempts"`
	Deliveries  int        `json:"deliveries"`
}

// personJSON is somebody who viewed or acted.
type personJSON struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Viewed int       `json:"viewed"` // how often the case was opened, looked up or revealed
	Acted  int       `json:"acted"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
}

func toCase(p Pack, c Case) caseJSON {
	i := c.Identity
	j := caseJSON{
		ID: i.ID, FormerIDs: []string{}, PaxosID: i.PaxosID, RefID: i.RefID, FormerRefIDs: append([]string{}, c.FormerRefIDs...),
		AskedRefIDs: append([]string{}, p.Erased[i.ID]...),
		Type:        string(i.Type), Initials: i.Initials,
		Status: string(i.Status), Submission: string(i.Submission), Lane: string(i.Lane), LearnedBy: string(i.LearnedBy),
		SubmittedBy: i.SubmittedBy, SubmittedAt: utc(i.SubmittedAt), PendingSince: utc(i.PendingSince), DecidedAt: utc(i.DecidedAt),
		CreatedAt: utc(&i.CreatedAt), UpdatedAt: utc(&i.UpdatedAt), CheckedAt: utc(i.CheckedAt), ErasedAt: utc(i.ErasedAt),
		History: []historyJSON{}, Turns: []turnJSON{}, Events: []eventJSON{}, People: people(p.acts(c)), Notes: c.Notes,
	}
	for _, id := range c.IDs {
		if id != i.ID {
			j.FormerIDs = append(j.FormerIDs, id)
		}
	}
	if !p.At.IsZero() {
		s := c.Then
		j.StatusAt = &standingJSON{At: p.At.UTC(), Known: s.Known, Status: string(s.Status), Since: utc(&s.Since), KnownFrom: utc(&s.KnownFrom)}
	}
	for _, e := range c.History {
		j.History = append(j.History, historyJSON{
			Kind: string(e.Kind), Old: string(e.Old), New: string(e.New), LearnedBy: string(e.By), EventID: e.EventID,
			Unannounced: e.Unannounced, ActorID: e.ActorID, OccurredAt: utc(&e.OccurredAt), ReceivedAt: utc(&e.ReceivedAt),
			ProcessedAt: utc(&e.ProcessedAt), Changes: append([]identity.Change{}, e.Changes...), Code: e.Code,
		})
	}
	for _, t := range c.Turns {
		j.Turns = append(j.Turns, turnJSON{Move: string(t.Move), From: t.From.UTC(), To: utc(t.To)})
	}
	for _, e := range c.Events {
		j.Events = append(j.Events, eventJSON{
			ID: e.ID, Type: e.Type, State: string(e.State), HeardBy: string(e.HeardBy), OccurredAt: utc(&e.OccurredAt),
			ReceivedAt: utc(&e.ReceivedAt), ProcessedAt: utc(e.ProcessedAt), Attempts: e.Attempts, Deliveries: e.Deliveries,
		})
	}
	return j
}

// people sums up who viewed and who acted, in the order in which they first did.
func people(acts []audit.Entry) []personJSON {
	all := []personJSON{}
	for _, e := range acts {
		n := slices.IndexFunc(all, func(p personJSON) bool { return p.ID == e.ActorID })
		if n < 0 {
			n = len(all)
			all = append(all, personJSON{ID: e.ActorID, Name: e.ActorName, First: e.At.UTC()})
		}
		if e.Action.Reads() {
			all[n].Viewed++
		} else {
			all[n].Acted++
		}
		all[n].Last = e.At.UTC()
	}
	return all
}

// utc is a time for JSON; null for none.
func utc(t *time.Time) *time.Time {
	if t == nil || t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}
