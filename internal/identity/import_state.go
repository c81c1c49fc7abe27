package identity

import "time"

// How long an import keeps what it has read: a preview that nobody starts, one that was paused, rows to mend once it has ended; and
// how long it is told of after that.
const (
	ImportPreviewKept = 24 * time.Hour
	ImportPausedKept  = 7 * 24 * time.Hour
	ImportErrorsKept  = 24 * time.Hour
	ImportKept        = 30 * 24 * time.Hour
)

// ImportState is where an import stands.
type ImportState string

// The states of an import.
const (
	ImportReady   ImportState = "ready"   // read and checked, not started
	ImportRunning ImportState = "running" // its rows become submissions
	ImportPaused  ImportState = "paused"
	ImportStopped ImportState = "stopped" // a person has ended it
	ImportDone    ImportState = "done"    // every row has had its turn
	ImportExpired ImportState = "expired" // it has waited for too long
)

// Ended reports whether no row of it will become a submission any more.
func (s ImportState) Ended() bool {
	return s == ImportStopped || s == ImportDone || s == ImportExpired
}

// ImportAct is what a person does with an import.
type ImportAct string

// The acts.
const (
	StartImport ImportAct = "start" // also goes on after a pause
	PauseImport ImportAct = "pause"
	StopImport  ImportAct = "stop"
)

// becomes is the state to which an act leads.
func (a ImportAct) becomes() ImportState {
	switch a {
	case StartImport:
		return ImportRunning
	case PauseImport:
		return ImportPaused
	default:
		return ImportStopped
	}
}

// May reports whether a person can do something with an import that stands so.
func (s ImportState) May(a ImportAct) bool {
	switch a {
	case StartImport:
		return s == ImportReady || s == ImportPaused
	case PauseImport:
		return s == ImportRunning
	default:
		return !s.Ended()
	}
}

// Import is a file of persons who are to be submitted.
type Import struct {
	ID        string
	State     ImportState
	ByID      string // who gave the file
	ByName    string
	At        time.Time
	Rows      int // persons in the file
	Wrong     int // of them cannot be submitted
	EndedAt   *time.Time
	KeepUntil time.Time // when what it has read is erased, and later the import itself; it does not count while the import runs
	Holds     bool      // something of what it has read is still there
	SameAs    string    // an earlier import of the same file; empty where there is none

	Results map[ImportResult]int
	Steps   []ImportStep
}

// ImportStep is one line of an import's history.
type ImportStep struct {
	Kind   ImportStepKind
	ByID   string // empty for the desk itself
	ByName string
	At     time.Time
}

// ImportStepKind is what happened to an import.
type ImportStepKind string

// The kinds of steps.
const (
	ImportUploaded ImportStepKind = "uploaded"
	ImportStarted  ImportStepKind = "started"
	ImportHeld     ImportStepKind = "paused"
	ImportWentOn   ImportStepKind = "went_on"
	ImportCut      ImportStepKind = "stopped"
	ImportFinished ImportStepKind = "finished"
	ImportTooLate  ImportStepKind = "expired"
	ImportErased   ImportStepKind = "erased" // what was read, not what came of it
)

// Turn lets an act take effect. changed is false where the import stands so already; ok is false where the act does not fit.
func (i Import) Turn(a ImportAct, now time.Time) (next Import, step ImportStepKind, changed, ok bool) {
	if i.State == a.becomes() {
		return i, "", false, true
	}
	if !i.State.May(a) {
		return i, "", false, false
	}
	switch a {
	case StartImport:
		step = ImportStarted
		if i.State == ImportPaused {
			step = ImportWentOn
		}
	case PauseImport:
		step, i.KeepUntil = ImportHeld, now.Add(ImportPausedKept)
	case StopImport:
		step, i.KeepUntil, i.EndedAt = ImportCut, now.Add(ImportErrorsKept), &now
	}
	i.State = a.becomes()
	return i, step, true, true
}

// End ends an import of which nothing is left to do, or that has waited for too long.
func (i Import) End(s ImportState, now time.Time) (Import, ImportStepKind) {
	i.State, i.EndedAt, i.KeepUntil = s, &now, now.Add(ImportErrorsKept)
	if s == ImportExpired {
		return i, ImportTooLate
	}
	return i, ImportFinished
}

// ImportResult is what has become of a row.
type ImportResult string

// The results.
const (
	RowNew       ImportResult = "new"    // it has not had its turn
	RowKnown     ImportResult = "known"  // the desk holds its ref_id, so that it is left alone
	RowWrong     ImportResult = "wrong"  // it has errors
	RowLeft      ImportResult = "left"   // the import ended before its turn
	RowUnread    ImportResult = "unread" // what was stored of it could not be opened
	RowQueued    ImportResult = "queued"
	RowSent      ImportResult = "sent"
	RowAccepted  ImportResult = "accepted"
	RowFailed    ImportResult = "failed"
	RowWithdrawn ImportResult = "withdrawn"
	RowDeclined  ImportResult = "declined"
	RowLinked    ImportResult = "linked"
)

// ImportResults are all of them, in the order in which pages show them.
func ImportResults() []ImportResult {
	return []ImportResult{
		RowNew, RowKnown, RowWrong, RowQueued, RowSent, RowAccepted, RowFailed, RowWithdrawn, RowDeclined, RowLinked, RowLeft, RowUnread,
	}
}

// UnderWay reports whether the row became a submission that waits for Paxos' answer.
func (r ImportResult) UnderWay() bool { return r == RowQueued || r == RowSent }

// Had is how many rows have had their turn and do not wait for Paxos.
func (i Import) Had() int {
	n := i.Rows
	for result, count := range i.Results {
		if result == RowNew || result.UnderWay() {
			n -= count
		}
	}
	return n
}

// Settled reports whether a pause holds nothing back any more, since another import, or people, have submitted what was left.
func (i Import) Settled() bool { return i.State == ImportPaused && i.Results[RowNew] == 0 }

// ImportLine is a row of an import as it stands. It holds no personal data, its Errors aside, which are only there where they were
// asked for.
type ImportLine struct {
	Line        int
	Result      ImportResult
	RefID       string // empty for rows with errors
	IdentityID  string // the case that it became, or that it would have doubled
	Status      Status // of that case at Paxos
	FailureCode string // why its submission has failed
	HolderID    string // of a row that is new: the case here that holds the same government id, by its keyed hash; empty for none
	HolderRef   string // the ref_id of that case
	Fields      []string
	Errors      map[string]string
}

// FailureText is why the submission of the row has failed; empty where it has not.
func (l ImportLine) FailureText() string {
	if l.Result != RowFailed {
		return ""
	}
	return failureText(l.FailureCode)
}

// ImportLines selects rows of an import.
type ImportLines struct {
	Result ImportResult // empty for all
	After  int          // lines behind this one
	Limit  int          // 0 for all
	Errors bool         // what is wrong in words, too: personal data
}

// ImportFilter selects imports for a list, the newest first.
type ImportFilter struct {
	After string
	Limit int // 1 to MaxLimit; 0 means DefaultLimit
}

// ImportPage is one page of the list of imports.
type ImportPage struct {
	Items        []Import
	Next         string // goes back as After; empty at the end
	Total        int64
	TotalAtLeast bool // there are more than Total
}
