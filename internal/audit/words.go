package audit

// acts are all actions in the order in which they are offered to choose from, with what a person did in words.
func acts() []struct {
	action Action
	words  string
} {
	return []struct {
		action Action
		words  string
	}{
		{SignedIn, "signed in"},
		{SignedOut, "signed out"},
		{SignInRefused, "was refused at sign-in"},
		{OpenedCase, "opened the case"},
		{LookedUp, "looked up"},
		{SearchedName, "searched for a name"},
		{Revealed, "revealed personal data"},
		{Exported, "exported"},
		{TookEvidence, "took an evidence pack"},
		{VerifiedLog, "verified the audit log"},
		{Submitted, "submitted"},
		{DeclinedService, "declined service for"},
		{ConfirmedSame, "confirmed the same person for"},
		{AskedAccount, "asked for an account"},
		{OpenedDraft, "opened the draft of their own submission"},
		{Resubmitted, "resubmitted"},
		{Withdrew, "withdrew"},
		{UploadedImport, "uploaded a file to import"},
		{StartedImport, "started an import"},
		{PausedImport, "paused an import"},
		{StoppedImport, "stopped an import"},
		{AskedRecheck, "asked for a re-check"},
		{Uploaded, "uploaded a document"},
		{UploadedAgain, "had a document sent again"},
		{TookUploadBack, "took a document back"},
		{Claimed, "claimed it"},
		{Released, "released it"},
		{HandedOver, "handed it over"},
		{Snoozed, "snoozed it"},
		{Woke, "woke it"},
		{Noted, "wrote a note"},
		{Tagged, "set its tags"},
		{Proposed, "proposed"},
		{Approved, "approved a proposal"},
		{Declined, "declined a proposal"},
		{TookBack, "took a proposal back"},
		{Erased, "erased it"},
		{Held, "put it on hold"},
		{LetGo, "ended the hold"},
		{Corrected, "sent a correction"},
		{Refreshed, "sent a KYC refresh"},
		{ChangedControl, "had a control changed"},
		{Rehearsed, "set statuses for a rehearsal"},
		{TriedMove, "had it tried again"},
		{WithdrewMove, "withdrew what was asked of Paxos"},
		{WentAway, "marked somebody as away"},
		{CameBack, "marked somebody as back"},
		{ChangedPolicy, "changed the rules"},
		{AskedRange, "asked for a range of dates"},
		{ReprocessedEvent, "re-processed an event"},
		{TookMissing, "took missing events in"},
		{RanSync, "ran a sync"},
		{StartedJob, "started a parked job again"},
		{DisabledPerson, "disabled somebody"},
		{EnabledPerson, "enabled somebody again"},
		{EndedSession, "ended sessions"},
		{MadeToken, "made an API token"},
		{RevokedToken, "revoked an API token"},
	}
}

// Words is what a person did, to stand behind the person's name.
func (a Action) Words() string {
	for _, act := range acts() {
		if act.action == a {
			return act.words
		}
	}
	return string(a)
}

// Actions are all that are recorded, in the order in which they are offered to choose from.
func Actions() []Action {
	var all []Action
	for _, act := range acts() {
		all = append(all, act.action)
	}
	return all
}

// Reads reports whether a person only looked.
func (a Action) Reads() bool {
	switch a {
	case OpenedCase, LookedUp, SearchedName, Revealed, OpenedDraft, Exported, TookEvidence:
		return true
	}
	return false
}
