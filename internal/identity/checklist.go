package identity

import (
	"cmp"
	"slices"
	"time"
)

// DocumentList is what Paxos said of an identity's documents at a moment: by type and time, never by name.
type DocumentList struct {
	AsOf    time.Time      `json:"as_of"` // when we asked; zero before
	Pending []string       `json:"pending"`
	Held    []HeldDocument `json:"held"`
}

// SaysTheSame reports whether two lists differ in nothing but their time.
func (l DocumentList) SaysTheSame(other DocumentList) bool {
	return !l.AsOf.IsZero() && !other.AsOf.IsZero() && slices.Equal(l.Pending, other.Pending) &&
		slices.EqualFunc(l.Held, other.Held, func(a, b HeldDocument) bool { return a.FileID == b.FileID && slices.Equal(a.Types, b.Types) })
}

// HeldDocument is one file that Paxos holds, without its name.
type HeldDocument struct {
	FileID string    `json:"file_id"`
	Types  []string  `json:"types"`
	At     time.Time `json:"at"`
}

// ListOf is the list in an answer of Paxos.
func ListOf(held []Document, pending []string, asked time.Time) DocumentList {
	l := DocumentList{AsOf: milliseconds(asked), Pending: pending, Held: make([]HeldDocument, 0, len(held))}
	for _, d := range held {
		l.Held = append(l.Held, HeldDocument{FileID: d.FileID, Types: d.Types, At: milliseconds(d.CreatedAt)})
	}
	return l
}

// CheckState is how far one type of document is.
type CheckState string

// The states of a line.
const (
	CheckMissing   CheckState = "missing"
	CheckUploading CheckState = "uploading"
	CheckFailed    CheckState = "failed" // a file of ours came to nothing, and a person must act
	CheckUploaded  CheckState = "uploaded"
)

// CheckLine is one type of document with what there is of it.
type CheckLine struct {
	Type    string // Paxos' word
	Asked   bool   // Paxos asks for it now
	State   CheckState
	Uploads []DocumentUpload // ours, newest first; those that were taken back or expired are not among them
	Held    []HeldDocument   // what Paxos holds that did not come by the desk
}

// Lacks reports whether something must be brought for the line.
func (l CheckLine) Lacks() bool {
	return l.Asked && (l.State == CheckMissing || l.State == CheckFailed)
}

// AskedAnew reports whether Paxos has a document of this type and wants another one.
func (l CheckLine) AskedAnew() bool {
	return l.State == CheckMissing && (len(l.Held) > 0 || slices.ContainsFunc(l.Uploads, func(u DocumentUpload) bool { return u.State == FileDone }))
}

// FailedBeside is how many files came to nothing where another one of the line has come, or is on its way.
func (l CheckLine) FailedBeside() (n int) {
	if l.State == CheckFailed {
		return 0
	}
	for _, u := range l.Uploads {
		if u.State == FileFailed {
			n++
		}
	}
	return n
}

// Checklist joins what Paxos asks for, what it holds and what is on its way: a line for each type that is asked for, in Paxos'
// order, then one for each other type of which there is something, in the order of [DocumentTypes].
func Checklist(i Identity, list DocumentList, uploads []DocumentUpload) []CheckLine {
	asked, since := i.documentsAsked(list)
	c := checklist{list: list, since: since}
	for _, typ := range asked {
		c.add(typ, true)
	}
	for _, u := range uploads {
		if u.State != FileRemoved && u.State != FileExpired {
			c.upload(u)
		}
	}
	for _, h := range list.Held {
		if !slices.ContainsFunc(uploads, func(u DocumentUpload) bool { return u.FileID == h.FileID }) {
			c.held(h)
		}
	}
	known := DocumentTypes()
	place := func(l CheckLine) int {
		n := slices.IndexFunc(known, func(k Choice) bool { return k.Value == l.Type })
		return (n + len(known) + 1) % (len(known) + 1) // what the list does not know comes last
	}
	slices.SortStableFunc(c.lines[len(asked):], func(a, b CheckLine) int { return cmp.Compare(place(a), place(b)) })
	for n := range c.lines {
		c.lines[n].State = c.stateOf(c.lines[n])
	}
	return c.lines
}

// documentsAsked are the types that Paxos asks for and since when: those of the event that asked, and those that the list names, which
// alone tells of them where no event came.
func (i Identity) documentsAsked(list DocumentList) (types []string, since time.Time) {
	if i.Documents != nil {
		types, since = slices.Clone(i.Documents.Types), i.Documents.since()
	}
	if i.Documents != nil || i.WantsDocuments() {
		for _, typ := range list.Pending {
			if !slices.Contains(types, typ) {
				types = append(types, typ)
			}
		}
	}
	return types, since
}

// WantsDocuments reports whether Paxos waits for documents of ours.
func (i Identity) WantsDocuments() bool {
	return i.ErasedAt == nil && (i.Documents != nil || slices.ContainsFunc(i.Details.Requirements, Requirement.wantsDocuments))
}

// HasDocuments reports whether documents are a matter of the case: ours to bring, or brought and with Paxos.
func (i Identity) HasDocuments() bool {
	return i.WantsDocuments() || i.ErasedAt == nil && slices.ContainsFunc(i.Details.Requirements, Requirement.ofDocuments)
}

// listedAgain is how long what Paxos said of documents is good enough for a case that it has not decided: they reach it in other ways, too.
const listedAgain = 15 * time.Minute

// Outdates reports whether a list is to be asked for where documents are a matter of the case: none ever was, Paxos has asked for some since, or it
// has got old while the case is undecided.
func (i Identity) Outdates(list DocumentList, now time.Time) bool {
	if !i.HasDocuments() {
		return false
	}
	asked := i.Documents != nil && list.AsOf.Before(i.Documents.heard())
	return list.AsOf.IsZero() || asked || i.Status.Undecided() && now.Sub(list.AsOf) >= listedAgain
}

// heard is when we heard of the ask, by the clock that lists are dated by.
func (d DocumentsAsk) heard() time.Time {
	if d.HeardAt.IsZero() {
		return d.At
	}
	return d.HeardAt
}

// since is from when on a file may be one that was asked for. Files of ours are dated by our clock, which can be behind Paxos'.
func (d DocumentsAsk) since() time.Time {
	if d.heard().Before(d.At) {
		return d.HeardAt
	}
	return d.At
}

type checklist struct {
	lines []CheckLine
	list  DocumentList
	since time.Time // since when Paxos asks; zero where that is not known
}

func (c *checklist) add(typ string, asked bool) *CheckLine {
	n := slices.IndexFunc(c.lines, func(l CheckLine) bool { return l.Type == typ })
	if n < 0 {
		n = len(c.lines)
		c.lines = append(c.lines, CheckLine{Type: typ, Asked: asked})
	}
	return &c.lines[n]
}

func (c *checklist) upload(u DocumentUpload) {
	for _, typ := range u.Types {
		line := c.add(typ, false)
		line.Uploads = append(line.Uploads, u)
	}
}

func (c *checklist) held(h HeldDocument) {
	for _, typ := range h.Types {
		line := c.add(typ, false)
		line.Held = append(line.Held, h)
	}
}

// stateOf is uploaded where a file has come since Paxos asked, unless Paxos has said since then that it still waits for one.
func (c *checklist) stateOf(l CheckLine) CheckState {
	failed := false
	for _, u := range l.Uploads {
		if u.State.Open() {
			return CheckUploading
		}
		failed = failed || u.State == FileFailed
	}
	switch {
	case c.came(l):
		return CheckUploaded
	case failed:
		return CheckFailed
	case !l.Asked:
		return CheckUploaded
	}
	return CheckMissing
}

func (c *checklist) came(l CheckLine) bool {
	settled := !slices.Contains(c.list.Pending, l.Type)
	return slices.ContainsFunc(l.Held, func(h HeldDocument) bool { return settled && !h.At.Before(c.since) }) ||
		slices.ContainsFunc(l.Uploads, func(u DocumentUpload) bool {
			return u.State == FileDone && u.EndedAt != nil && !u.EndedAt.Before(c.since) && (settled || u.EndedAt.After(c.list.AsOf))
		})
}

// LearnDocuments applies what Paxos said of the documents that it waits for. Where it waits for none any more the ask that an event
// told of is settled, and the move is whose the record says it is, from the moment at which the last file had come.
func (i Identity) LearnDocuments(list DocumentList, last, now time.Time, p Policy) (Identity, []Entry) {
	if i.Documents == nil || i.ErasedAt != nil || len(list.Pending) > 0 || list.AsOf.Before(i.Documents.heard()) || !last.After(i.Documents.since()) {
		return i, nil
	}
	line := Entry{
		IdentityID: i.ID, Kind: DetailChanged, By: ByRecheck, OccurredAt: last, ReceivedAt: list.AsOf, ProcessedAt: now,
		Changes: []Change{{Field: "documents", Old: join(i.Documents.Types), New: "all there"}},
	}
	i.Documents = nil
	i = i.assessedAfter(p, now, last)
	i.Rev++
	return i, []Entry{line}
}
