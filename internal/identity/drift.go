package identity

// Drift is in what way a case differed from Paxos' record although every news had been read.
type Drift string

// The kinds of drift, the gravest first.
const (
	DriftMissing Drift = "missing" // the desk did not hold the identity
	DriftStatus  Drift = "status"  // another status
	DriftRefID   Drift = "ref_id"  // another ref_id
	DriftDetails Drift = "details" // other sub-statuses, requirements or controls
)

// DriftTo names how the case, as it was, differs from what it has become; empty where it does not. The zero Identity is a case
// that was missing.
func (i Identity) DriftTo(now Identity) Drift {
	switch {
	case i.PaxosID == "":
		return DriftMissing
	case i.Status != now.Status:
		return DriftStatus
	case i.RefID != now.RefID:
		return DriftRefID
	case len(changesBetween(i, now)) > 0:
		return DriftDetails
	default:
		return ""
	}
}
