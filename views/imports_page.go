package views

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"identitydesk/internal/identity"
)

// ImportsPage is what was brought in from files of late.
type ImportsPage struct {
	Chrome
	Items       []identity.Import // the newest first
	After, Next string
}

// address is the list from a place on.
func (p ImportsPage) address(after string) string {
	return link("/imports", url.Values{"after": {after}})
}

// NewImportPage is the form for a file of persons (POST /imports, fields `file` and `text`).
type NewImportPage struct {
	Chrome
	Columns []identity.ImportColumn
	Typed   string // the text that was pasted
	Text    string // why nothing was read; empty where nothing was refused
	Errors  map[string]string
}

// marks joins the fields with what is wrong, and with how they are filled in.
func (p NewImportPage) marks() templ.Attributes {
	if p.Errors["file"] == "" {
		return templ.Attributes{"aria-describedby": "import-help"}
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "import-file-error import-help"}
}

// ImportPage is one import: how far it is, and some of its rows.
type ImportPage struct {
	Chrome
	Import identity.Import
	Own    bool // the reader has uploaded the file, and sees in words what is wrong
	Lines  []identity.ImportLine
	Show   identity.ImportResult // empty for all
	After  int                   // the line behind which the page begins; 0 for the first
	Next   int                   // the same for the page after; 0 at the end
}

func importLink(id string) string { return "/imports/" + url.PathEscape(id) }

func importAct(id string, a identity.ImportAct) string { return importLink(id) + "/" + string(a) }

func (p ImportPage) address(show identity.ImportResult, after int) string {
	q := url.Values{"result": {string(show)}}
	if after > 0 {
		q.Set("after", strconv.Itoa(after))
	}
	return link(importLink(p.Import.ID), q)
}

func (p ImportPage) first() string {
	if p.After == 0 {
		return ""
	}
	return p.address(p.Show, 0)
}

func (p ImportPage) next() string {
	if p.Next == 0 {
		return ""
	}
	return p.address(p.Show, p.Next)
}

// file is the address of what became of the rows, as a file.
func (p ImportPage) file(format string) string {
	return link(importLink(p.Import.ID), url.Values{"format": {format}})
}

// moves reports whether the page changes by itself.
func (p ImportPage) moves() bool {
	return p.Import.State == identity.ImportRunning || underWay(p.Import) > 0
}

func underWay(i identity.Import) int {
	return i.Results[identity.RowQueued] + i.Results[identity.RowSent]
}

// shown are the results that some row has, and the one that is shown.
func (p ImportPage) shown() []identity.ImportResult {
	var out []identity.ImportResult
	for _, r := range identity.ImportResults() {
		if p.Import.Results[r] > 0 || r == p.Show {
			out = append(out, r)
		}
	}
	return out
}

// announcement tells a screen reader how far an import is, in steps that are not too many.
func (p ImportPage) announcement() string {
	i := p.Import
	if i.State == identity.ImportRunning && i.Rows >= 10 {
		return fmt.Sprintf("%d of 10 parts done", i.Had()*10/i.Rows)
	}
	return importStateName(i)
}

// importDone is how far an import is, in words.
func importDone(i identity.Import) string {
	if i.State == identity.ImportReady {
		return grouped(int64(i.Results[identity.RowNew])) + " of " + counted(int64(i.Rows), false, "row", "rows") + " to submit"
	}
	return grouped(int64(i.Had())) + " of " + counted(int64(i.Rows), false, "row", "rows")
}

func importStateName(i identity.Import) string {
	if i.Settled() {
		return "nothing left to submit"
	}
	switch i.State {
	case identity.ImportReady:
		return "not started"
	case identity.ImportRunning:
		return "running"
	case identity.ImportPaused:
		return "paused"
	case identity.ImportStopped:
		return "stopped"
	case identity.ImportExpired:
		return "expired"
	default:
		if underWay(i) > 0 {
			return "sending the last"
		}
		return "done"
	}
}

func importChip(i identity.Import) string {
	if i.Settled() {
		return "chip chip-gray"
	}
	switch i.State {
	case identity.ImportReady, identity.ImportPaused:
		return "chip chip-amber"
	case identity.ImportRunning:
		return "chip chip-cyan"
	case identity.ImportDone:
		return "chip chip-green"
	default:
		return "chip chip-gray"
	}
}

// importText says where an import stands and what can be done.
func (p ImportPage) importText() string {
	i := p.Import
	good := i.Results[identity.RowNew]
	switch i.State {
	case identity.ImportReady:
		if good == 0 {
			return "No row can be submitted: the desk knows them, or they have errors. Nothing was sent to Paxos."
		}
		return "Nothing was sent to Paxos yet. Starting it submits " + counted(int64(good), false, "person", "persons") +
			", a few at a time, behind what people submit one by one. Rows that the desk knows and rows with errors are left alone."
	case identity.ImportRunning:
		return "The rows are submitted one after the other, at the pace that Paxos allows. You may close this page."
	case identity.ImportPaused:
		if i.Settled() {
			return "It was paused, and no row of it waits any more: the desk knows the others by now, or they have errors. Go on ends it."
		}
		return "Nothing more is submitted until somebody lets it go on. What was handed over before is sent all the same."
	case identity.ImportStopped:
		return "Somebody has stopped it. Rows that had no turn are left out, and erased. To submit them, import the file again: nobody is submitted twice."
	case identity.ImportExpired:
		return "It waited for too long, so that what was read is erased. Import the file again: nobody is submitted twice."
	default:
		if underWay(i) > 0 {
			return "Every row has had its turn. Paxos' answers to the last of them are awaited."
		}
		return "Every row has had its turn."
	}
}

// none is what the list says while it is empty.
func (p ImportsPage) none() string {
	if !p.May.Import {
		return "A lead imports files of many persons."
	}
	return "Fill in the template, one line for each person, and import it. You see what is new, known or wrong before anything is sent to Paxos."
}

// keeps says until when what was read is there; empty where nothing is, or the import runs.
func (p ImportPage) keeps() string {
	i := p.Import
	switch {
	case !i.Holds || i.State == identity.ImportRunning:
		return ""
	case i.State.Ended():
		return "The rows with errors can be downloaded until " + exact(i.KeepUntil) + "; then they are erased."
	default:
		return "What was read is kept sealed until " + exact(i.KeepUntil) + ", and erased then if nobody acts."
	}
}

// resultName is what became of rows, above their number.
func resultName(r identity.ImportResult, s identity.ImportState) string {
	switch r {
	case identity.RowNew:
		if s == identity.ImportReady {
			return "New"
		}
		return "Waiting"
	case identity.RowKnown:
		return "Already known"
	case identity.RowWrong:
		return "With errors"
	case identity.RowLeft:
		return "Left out"
	case identity.RowUnread:
		return "Not readable"
	default:
		return sentence(string(r))
	}
}

// resultChip is how a result is coloured.
func resultChip(r identity.ImportResult) string {
	switch r {
	case identity.RowAccepted, identity.RowLinked:
		return "chip chip-green"
	case identity.RowWrong, identity.RowFailed, identity.RowUnread:
		return "chip chip-red"
	case identity.RowQueued, identity.RowSent:
		return "chip chip-cyan"
	default:
		return "chip chip-gray"
	}
}

// resultText says more about a row; empty where there is no more to say.
func resultText(l identity.ImportLine) string {
	switch l.Result {
	case identity.RowKnown:
		return "A case has or had this ref_id, so it is left alone."
	case identity.RowFailed:
		return l.FailureText() + ". Open the case to see what to do."
	case identity.RowLeft:
		return "The import ended before its turn."
	case identity.RowUnread:
		return "What was stored of it cannot be opened. Import this person again."
	default:
		return ""
	}
}

// wrongFields are the fields of a row that are wrong, in their order.
func wrongFields(l identity.ImportLine) []string {
	return identity.ImportRow{Errors: l.Errors}.ErrorFields()
}

func importStepName(k identity.ImportStepKind) string {
	switch k {
	case identity.ImportUploaded:
		return "File uploaded"
	case identity.ImportStarted:
		return "Started"
	case identity.ImportHeld:
		return "Paused"
	case identity.ImportWentOn:
		return "Went on"
	case identity.ImportCut:
		return "Stopped"
	case identity.ImportFinished:
		return "Every row has had its turn"
	case identity.ImportTooLate:
		return "Waited for too long"
	case identity.ImportErased:
		return "What was read is erased"
	default:
		return string(k)
	}
}

// columnTakes says what a column of the template takes.
func columnTakes(c identity.ImportColumn) string {
	choices := identity.Choices(c.Field)
	switch {
	case len(choices) > 0 && choices[0].Value == identity.Countries()[0].Value:
		return "a country's three letters (ISO 3166-1 alpha-3)"
	case len(choices) > 0 && len(choices) <= 12:
		text := choices[0].Value
		for _, choice := range choices[1:] {
			text += ", " + choice.Value
		}
		return text
	case len(choices) > 0:
		return "one of the values that the form “New identity” offers"
	default:
		return ""
	}
}

// untilLeft is how long what was read is still kept.
func untilLeft(i identity.Import, now time.Time) string {
	if i.Settled() || i.State != identity.ImportReady && i.State != identity.ImportPaused {
		return ""
	}
	return left(i.KeepUntil, now)
}
