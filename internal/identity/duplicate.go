package identity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Why is the reason that somebody gives for a decision: a code of a list, and words, which are personal data.
type Why struct{ Code, Words string }

// Check says what is wrong with the reason, by field; empty where nothing is.
func (w Why) Check(codes []Choice) map[string]string {
	wrong := map[string]string{}
	if !offered(codes, w.Code) {
		wrong["reason_code"] = "Choose why."
	}
	switch n := utf8.RuneCountInString(strings.TrimSpace(w.Words)); {
	case n < shortestReason:
		wrong["reason"] = fmt.Sprintf("Say why in at least %d characters.", shortestReason)
	case n > LongestReason:
		wrong["reason"] = fmt.Sprintf("Say why in at most %d characters.", LongestReason)
	}
	return wrong
}

// DeclineReasons are why service is declined to somebody whom Paxos knows already.
func DeclineReasons() []Choice {
	return []Choice{
		{"customer_already", "A customer already"},
		{"not_the_holder", "The number is somebody else's"},
		{"policy", "Our rules"},
		{otherReason, "Other"},
	}
}

// SamePersonReasons are what it rests on that both are one person.
func SamePersonReasons() []Choice {
	return []Choice{
		{"details_agree", "The details agree"},
		{"documents_agree", "Documents agree"},
		{"customer_confirmed", "The customer confirmed it"},
		{otherReason, "Other"},
	}
}

// DuplicateReason is a reason for what was decided on a duplicate in plain words; a code that is not known, as it is written.
func DuplicateReason(code string) string {
	return choiceText(slices.Concat(DeclineReasons(), SamePersonReasons()), code)
}

// Decline gives a failed submission up, since Paxos knows the person already, as the one of another case by our id of that, and is not asked
// for more. That is empty where the case is not known. Any other submission is left as it is.
func (i Identity) Decline(existingID, by, code string, p Policy, now time.Time) (Identity, []Entry) {
	if i.Submission != Failed {
		return i, nil
	}
	i.Submission, i.ExistingID = Declined, existingID
	return i.step(step{kind: WasDeclined, actor: by, code: code}, p, now)
}

// AwaitLink notes since when the account is on its way that joins a failed submission to another case: until that has ended nobody can do
// anything about the submission. Nil says that none is on its way any more.
func (i Identity) AwaitLink(since *time.Time, p Policy, now time.Time) Identity {
	if i.Submission != Failed {
		since = nil
	}
	i.LinkingSince = since
	return i.assessedAfter(p, now, now)
}

// Link ends a failed submission whose person is the one of another case, by our id of that. Any other is left as it is.
func (i Identity) Link(existingID, by string, p Policy, now time.Time) (Identity, []Entry) {
	if i.Submission != Failed {
		return i, nil
	}
	i.Submission, i.ExistingID, i.LinkingSince = Linked, existingID, nil
	return i.step(step{kind: WasLinked, actor: by}, p, now)
}

// ComparedField is one field of two records of what may be one person.
type ComparedField struct {
	Group        Group
	Path         string
	Ours, Theirs string // empty where a record has nothing of it
	Agreement    Agreement
}

// Agreement says how the two values of a field stand to each other.
type Agreement string

// The agreements. Case, spaces and signs make no difference.
const (
	Agrees     Agreement = "same"
	Differs    Agreement = "differs"
	OnlyOurs   Agreement = "ours"
	OnlyTheirs Agreement = "theirs"
	OfItsOwn   Agreement = "own" // each record has another by nature
)

// Compare puts two records side by side, group by group, each in the order of the create call. What the case shows to everybody is not
// part of it, nor are results of Paxos' checks.
func Compare(ours, theirs PersonalData) []ComparedField {
	var out []ComparedField
	for _, g := range Groups() {
		both := PersonalData{}
		for _, record := range []PersonalData{theirs, ours} {
			for path, value := range record {
				both[path] = cmp.Or(value, both[path])
			}
		}
		for _, f := range both.Of(g) {
			if ours[f.Path] == "" && strings.HasSuffix(f.Path, "_status") {
				continue // a result of Paxos' checks, not a detail of the person
			}
			out = append(out, ComparedField{
				Group: g, Path: f.Path, Ours: ours[f.Path], Theirs: theirs[f.Path], Agreement: agreement(f.Path, ours[f.Path], theirs[f.Path]),
			})
		}
	}
	return out
}

func agreement(path, ours, theirs string) Agreement {
	switch {
	case theirs == "":
		return OnlyOurs
	case ours == "":
		return OnlyTheirs
	case slices.Equal(bare(ours), bare(theirs)):
		return Agrees
	case path == fieldVerificationID, path == fieldVerifiedAt: // of one check by the provider, not of the person
		return OfItsOwn
	}
	return Differs
}

// bare are the letters and digits of a value, in capitals.
func bare(value string) []rune {
	return slices.DeleteFunc([]rune(strings.ToUpper(value)), func(r rune) bool {
		return strings.ContainsRune(" -.,/'()+", r)
	})
}
