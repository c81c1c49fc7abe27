package views

import (
	"net/url"
	"time"
)

// ReprocessPage asks whether every event of a chosen set shall be handled again.
type ReprocessPage struct {
	Chrome
	Filter       url.Values // as on the list that it comes from
	Total        int64      // how many would be handled again
	TotalAtLeast bool       // there are more than Total
}

// MissingPage compares Paxos' list of events with the desk's.
type MissingPage struct {
	Chrome
	From, To string            // as typed
	Errors   map[string]string // what is wrong with them
	Text     string            // why the check could not be made; empty where it could
	Report   *MissingReport    // nil before a check
}

// MissingReport is what a check has found.
type MissingReport struct {
	From, To  time.Time
	Listed    int         // events that Paxos has of that time
	Missing   []string    // ids of those that the desk lacks, oldest first
	Truncated bool        // there is more than one check reads; To is how far it came
	Crowds    []time.Time // moments with more events than Paxos can be asked for
}
