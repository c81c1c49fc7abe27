package views

import "time"

// SettingsPage shows how the desk is set up and how it is doing. It holds no secret.
type SettingsPage struct {
	Chrome
	Facts Facts
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
	// LogIn says how people sign in: "development log-in", or the issuer.
	LogIn string
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
}

// Sync is how the cache keeps up with Paxos.
type Sync struct {
	BackfillDone  bool
	BackfillSeen  int64      // identities read so far
	BackfillAt    *time.Time // when it was done, or last moved
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

// Calendar is how due times are counted.
type Calendar struct {
	TimeZone, BusinessHours, Holidays, PendingLimit string
}

// JobCount is how many jobs of a kind are in a state.
type JobCount struct {
	Kind, State string
	Count       int64
}
