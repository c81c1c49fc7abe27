package identity

import (
	"fmt"
	"strings"
	"time"
)

// DecideWithin is for how long somebody who has compared both records of a duplicate may decide on it.
const DecideWithin = time.Hour

// Basis is what a decision on a duplicate rests on.
type Basis string

// The bases, as the audit log tells them. Without one nobody decides; decisions of before have none.
const (
	NoBasis       Basis = ""
	BasisCompared Basis = "compared"
	BasisUnread   Basis = "not compared: could not be read"
	BasisUnknown  Basis = "not compared: existing case not known"
)

// Text says of a decision what it rested on; empty where that is not known.
func (b Basis) Text() string {
	switch b {
	case BasisCompared:
		return "Decided after a comparison of both records."
	case BasisUnread:
		return "Decided without a comparison: the records could not be read."
	case BasisUnknown:
		return "Decided without a comparison: the existing identity was not known."
	}
	return ""
}

// Comparison is what a person's decision on a duplicate would rest on now.
type Comparison struct {
	Basis Basis
	At    time.Time // when they compared, or tried to; zero where there is nothing to compare with
}

// Until is the end of the time in which they may decide.
func (c Comparison) Until() time.Time { return c.At.Add(DecideWithin) }

const existingCase = "existing case "

// ComparisonProof ends what the audit log tells of a draft's reveal where it was compared, or was to be: it names the attempt and, by our
// id, the other case. Whoever decides has such an entry.
func ComparisonProof(attempts int, existingID string) string {
	return fmt.Sprintf("%s%d, beside %s%s", proofBegins, attempts, existingCase, existingID)
}

const proofBegins = ", attempt "

// WithoutProof is what such an entry tells for people to read.
func WithoutProof(detail string) string {
	shown, _, _ := strings.Cut(detail, proofBegins)
	return shown
}

// DecidedDetail is what the audit log tells of a decision on a duplicate beside its reason: of which case it is one, by our id, empty where
// that is not known, and what the decision rests on.
func DecidedDetail(existingID string, b Basis) string {
	if existingID == "" {
		return string(b)
	}
	return existingCase + existingID + ", " + string(b)
}

// ParseDecided reads such a detail. Those of before have no basis.
func ParseDecided(detail string) (existingID string, b Basis) {
	rest, known := strings.CutPrefix(detail, existingCase)
	if !known {
		return "", Basis(rest)
	}
	existingID, basis, _ := strings.Cut(rest, ", ")
	return existingID, Basis(basis)
}
