package views

import (
	"strconv"
	"strings"
	"time"
)

// SettingsPage shows how the desk is set up and how it is doing. It holds no secret.
type SettingsPage struct {
	Chrome
	Facts    Facts
	CanStart bool   // the person may start parked jobs again
	Notice   string // what the last click did; empty for none
}

// Facts are what the settings page tells; `cmd` gathers them.
type Facts struct {
	Version     string
	Environment string // emulator, sandbox or production
	APIURL      string
	TokenURL    string
	ClientID    string
	Database    string // the kind and where it is, without credentials
	BaseURL     string

	Scopes   Scopes
	Budget   Budget
	Sync     Sync
	Webhook  Webhook
	Calendar Calendar
	Jobs     []JobCount // by kind and state, in the order to show
	// Parked are the jobs that wait for a person, those parked last first; there may be more than are named here.
	Parked []ParkedJob
	// Reconciliation is the last daily comparison with Paxos; nil before the first.
	Reconciliation *Reconciliation
	Keys           Keys
	Retention      Retention
	// LogIn says how people sign in: "development log-in", or the issuer.
	LogIn string
	// EvidenceKey is the public key with which evidence packs are verified.
	EvidenceKey string
}

// Scopes are what the desk asked Paxos for and what it got.
type Scopes struct {
	Known   bool // false until the first token
	Granted []string
	Missing []string // asked for, not granted
	Error   string   // why the last token call failed; safe to show, empty for none
}

// Budget is the ceiling over all calls to Paxos.
type Budget struct {
	PerSecond       float64    // PAXOS_RPS
	Used            float64    // calls that started in the last second
	LastFiveMinutes int64      // calls that started in the last five minutes, the span over which Paxos takes its average
	ThrottledUntil  *time.Time // Paxos takes no calls until then
	Lines           []BudgetLine
}

// BudgetLine is the use that one priority makes of the budget.
type BudgetLine struct {
	Name            string // click, submission, event, background, token
	LastFiveMinutes int64  // calls started
	Waiting         int64  // callers in line
}

// Reconciliation is what a reading of everything undecided and of a sample of the rest has found.
type Reconciliation struct {
	Ended                time.Time
	Took                 time.Duration
	Undecided, Sampled   int64 // records compared
	Drift                []DriftCount
	EventsListed, Missed int64  // events that Paxos has of the time, and those that nothing had told of
	Error                string // kind and code of a later try that failed
}

// Retention is how long cases and drafts are kept, and what falls due.
type Retention struct {
	Cases, Drafts string // as they are written in the environment: "5y", "30d"
	CasesDue      int64  // within so many days
	DraftsDue     int64  // within a week
	Most          int64  // numbers are counted up to this
	Days          int
	Held          int64      // cases on legal hold
	LastRun       *time.Time // when what was due was last erased; nil before the first run
}

// DriftCount is how many records differed in one way.
type DriftCount struct {
	Name  string
	Count int64
}

// Sync is how the cache keeps up with Paxos.
type Sync struct {
	BackfillDone  bool
	BackfillSeen  int64      // identities read so far
	BackfillAt    *time.Time // when it was done, or last moved
	HistoryDone   bool       // every event from the beginning has been read once
	HistorySeen   int64      // events read so far
	HistoryAt     *time.Time // when it was done
	LastPoll      *time.Time // List Events
	LastSync      *time.Time // List Identities by updated_at
	Watermark     *time.Time // Paxos' time up to which the list is known
	PollInterval  time.Duration
	SyncInterval  time.Duration
	RecheckAfter  time.Duration
	Identities    int64
	LastError     string // kind and code
	EventsAllowed bool   // the events scope is granted
}

// Webhook is how Paxos tells the desk of events.
type Webhook struct {
	Way          string // "API key in the header X-Api-Key", "OAuth", or empty: none, the desk only polls
	URL          string // where Paxos sends them
	LastDelivery *time.Time
}

// Keys are the encryption keys by their ids, which tell nothing of them, and how far a change of keys has come.
type Keys struct {
	Primary uint32 // seals
	Needed  []uint32
	Idle    []uint32   // former ones that nothing is sealed with any more
	Waiting []uint32   // added, not promoted yet
	Walk    *Resealing // nil where nothing is being sealed anew
	Begins  *time.Time // when that begins, or begins again; nil where it need not
	Failed  int64      // values that did not open
}

// Resealing is how far everything has been sealed anew.
type Resealing struct {
	Done, Of int64
	Left     time.Duration // zero where it cannot be told
}

// progress is how far it is, in words.
func (r Resealing) progress() string {
	words := grouped(r.Done) + " of " + counted(r.Of, false, "value", "values")
	switch {
	case r.Left <= 0:
		return words
	case r.Left < time.Minute:
		return words + "; less than a minute left"
	case r.Left < 2*time.Hour:
		return words + "; about " + counted(int64(r.Left.Round(time.Minute)/time.Minute), false, "minute", "minutes") + " left"
	default:
		return words + "; about " + counted(int64(r.Left.Round(time.Hour)/time.Hour), false, "hour", "hours") + " left"
	}
}

// keyList is ids, as `keys status` names them.
func keyList(ids []uint32) string {
	words := make([]string, len(ids))
	for n, id := range ids {
		words[n] = strconv.FormatUint(uint64(id), 10)
	}
	return strings.Join(words, ", ")
}

// Calendar is how due times are counted.
type Calendar struct {
	TimeZone, BusinessHours, Holidays, PendingLimit string
}

// JobCount is how many jobs of a kind are in a state.
type JobCount struct {
	Kind, State string
	Count       int64
}
