package audit

// sort says what an act does to a case.
type sort int

const (
	aside sort = iota // nothing
	looks             // somebody only looked
	works             // it changes the case, or what is asked about it
)

// act is an action, with what a person did in words.
type act struct {
	action Action
	words  string
	sort   sort
}

// acts are all actions in the order in which they are offered to choose from.
func acts() []act {
	return []act{
		{SignedIn, "signed in", aside},
		{SignedOut, "signed out", aside},
		{SignInRefused, "was refused at sign-in", aside},
		{OpenedCase, "opened the case", looks},
		{LookedUp, "looked up", looks},
		{SearchedName, "searched for a name", looks},
		{Revealed, "revealed personal data", looks},
		{Exported, "exported", looks},
		{TookEvidence, "took an evidence pack", looks},
		{VerifiedLog, "verified the audit log", aside},
		{Submitted, "submitted", works},
		{DeclinedService, "declined service", works},
		{ConfirmedSame, "confirmed the same person", works},
		{AskedAccount, "asked for an account", works},
		{OpenedDraft, "opened the draft of their own submission", looks},
		{Resubmitted, "resubmitted", works},
		{Withdrew, "withdrew", works},
		{UploadedImport, "uploaded a file to import", aside},
		{StartedImport, "started an import", aside},
		{PausedImport, "paused an import", aside},
		{StoppedImport, "stopped an import", aside},
		{AskedRecheck, "asked for a re-check", works},
		{Uploaded, "took in a document", works},
		{UploadedAgain, "had a document sent again", works},
		{TookUploadBack, "took a document back", works},
		{Claimed, "claimed it", works},
		{Released, "released it", works},
		{HandedOver, "handed it over", works},
		{Snoozed, "snoozed it", works},
		{Woke, "woke it", works},
		{Noted, "wrote a note", works},
		{Tagged, "set its tags", works},
		{Proposed, "proposed", works},
		{Approved, "approved a proposal", works},
		{Declined, "declined a proposal", works},
		{TookBack, "took a proposal back", works},
		{Erased, "erased it", works},
		{Held, "put it on hold", works},
		{LetGo, "ended the hold", works},
		{Corrected, "sent a correction", works},
		{Refreshed, "sent a KYC refresh", works},
		{ChangedControl, "had a control changed", works},
		{Rehearsed, "set statuses for a rehearsal", works},
		{TriedMove, "had it tried again", works},
		{WithdrewMove, "withdrew what was asked of Paxos", works},
		{WentAway, "marked somebody as away", aside},
		{CameBack, "marked somebody as back", aside},
		{ChangedPolicy, "changed the rules", aside},
		{AskedRange, "asked for a range of dates", aside},
		{ReprocessedEvent, "re-processed an event", works},
		{TookMissing, "took missing events in", aside},
		{RanSync, "ran a sync", aside},
		{StartedJob, "started a parked job again", aside},
		{DisabledPerson, "disabled somebody", aside},
		{EnabledPerson, "enabled somebody again", aside},
		{EndedSession, "ended sessions", aside},
		{MadeToken, "made an API token", aside},
		{RevokedToken, "revoked an API token", aside},
	}
}

// find is what is known of an action; of one that is not known, its own word.
func (a Action) find() act {
	for _, known := range acts() {
		if known.action == a {
			return known
		}
	}
	return act{a, string(a), aside}
}

// Words is what a person did, to stand behind the person's name.
func (a Action) Words() string { return a.find().words }

// Reads reports whether a person only looked.
func (a Action) Reads() bool { return a.find().sort == looks }

// Changes reports whether it is work on a case: whoever reads the case sees who did it, and when.
func (a Action) Changes() bool { return a.find().sort == works }

// Actions are all that are recorded, in the order in which they are offered to choose from.
func Actions() []Action {
	var all []Action
	for _, known := range acts() {
		all = append(all, known.action)
	}
	return all
}
