package identity

import (
	"strings"
	"time"
)

// OwnDraft is how long after submitting its author may open a draft again without a reason: they have just typed it.
const OwnDraft = time.Hour

// DraftShownFor is how long the details of a draft stay on a page on which they are mended.
const DraftShownFor = 15 * time.Minute

// Mend is how a failed submission is to be sent again.
type Mend struct {
	Draft *Draft // what to send instead; nil sends the same again
	RefID string // the ref_id that was asked for where nothing else was: the rest of Draft is as it is kept
	// Attempts is how often the submission had been tried when the person looked, so that nobody answers a refusal that they have
	// not seen; 0 where that is not known.
	Attempts int
}

// OpensOwnDraft reports whether somebody may open the draft without a reason.
func (i Identity) OpensOwnDraft(userID string, now time.Time) bool {
	return userID != "" && i.SubmittedBy == userID && i.SubmittedAt != nil && now.Before(i.SubmittedAt.Add(OwnDraft))
}

// Mends reports whether the details of the failed submission can be put right here: those of persons. An institution is entered again.
func (i Identity) Mends() bool { return i.Submission == Failed && i.Type != Institution }

// RefIDClashes reports whether the submission failed since somebody else's record holds its ref_id, or may: it needs another then.
func (i Identity) RefIDClashes() bool {
	return i.Submission == Failed && (i.FailureCode == RefIDTaken || i.FailureCode == AlreadyExists)
}

// Duplicates reports whether the submission failed since Paxos holds the person already, or may.
func (i Identity) Duplicates() bool {
	return i.Submission == Failed && (i.FailureCode == CIPIDTaken || i.FailureCode == AlreadyExists)
}

// CheckMended finds what is wrong with a draft that is to be sent instead of the one that failed, by field. It keeps its ref_id unless
// that is what clashed: under it a lost call may have had its effect.
func (i Identity) CheckMended(d Draft, now time.Time) map[string]string {
	wrong := d.Check(now)
	if d.RefID == i.RefID || wrong[fieldRefID] != "" {
		return wrong
	}
	if !i.RefIDClashes() {
		wrong[fieldRefID] = "Keep " + i.RefID + ": only a ref_id that clashes at Paxos is exchanged."
	}
	return wrong
}

// ResubmitWith puts a failed submission back on its way with mended details. Another ref_id begins anew: what a lost call may have
// created under the earlier one is not taken for this one's. Any other submission is left as it is.
func (i Identity) ResubmitWith(d Draft, by string, p Policy, now time.Time) (Identity, []Entry) {
	if i.Submission != Failed {
		return i, nil
	}
	was := i.RefID
	i.RefID, i.VerificationID = d.RefID, d.Person.PassthroughVerificationID
	i.Initials = Initials(Name{First: d.Person.FirstName, Middle: d.Person.MiddleName, Last: d.Person.LastName})
	if was != d.RefID {
		i.LostSince = nil
	}
	next, entries := i.Resubmit(by, p, now)
	if was != d.RefID {
		entries[0].Changes = []Change{{Field: fieldRefID, Old: was, New: d.RefID}}
	}
	return next, entries
}

// FieldsNamed are the failure's complaints by the field of the form that each is about. A group's, such as the address's, stands beside
// the first field of it.
func (f Failure) FieldsNamed() map[string]string {
	named := map[string]string{}
	switch f.Code {
	case RefIDTaken:
		named[fieldRefID] = "Another record at Paxos holds this ref_id."
	case CIPIDTaken:
		named[fieldCIPID] = "Another identity at Paxos holds this number."
	}
	for field, text := range f.Fields {
		named[formField(field)] = text
	}
	return named
}

// formField is the form's field for a JSON path; a path that the form does not know stays.
func formField(path string) string {
	var d Draft
	for _, t := range d.texts() {
		if t.field == path {
			return path
		}
	}
	for _, t := range d.texts() {
		if strings.HasPrefix(t.field, path+".") {
			return t.field
		}
	}
	return path
}
