package views

import (
	"fmt"
	"time"

	"identitydesk/internal/identity"
)

// person is an identity at Paxos that was created some time ago and is as Paxos says.
func (b book) person(n int, initials string, age time.Duration, s identity.Status, d identity.Details) identity.Identity {
	created := b.ago(age)
	return identity.Identity{
		ID:      fmt.Sprintf("0c9a7d52-5b1c-4a9e-8f3f-%012d", n),
		PaxosID: fmt.Sprintf("7d31b0f4-2c6e-4d55-9a77-%012d", n),
		RefID:   fmt.Sprintf("user-%d", 4700+n), Type: identity.Person, Status: s, Submission: identity.Accepted, Details: d, Initials: initials,
		CreatedAt: created, UpdatedAt: created, AskedAt: b.ago(6 * time.Minute), CheckedAt: b.at(6 * time.Minute), LearnedBy: identity.BySubmit,
		SubmittedBy: "robin", SubmittedAt: &created, VerificationID: fmt.Sprintf("775300ef-4edb-47b9-8ec4-%012d", n), Attempts: 1, Rev: 3,
	}
}

func screened(id, sanctions, screening identity.Status, rs ...identity.Requirement) identity.Details {
	return identity.Details{IDVerification: id, Sanctions: sanctions, Screening: screening, Requirements: rs}
}

func pendingAt(kind, awaiting string) identity.Requirement {
	return identity.Requirement{Type: kind, Status: identity.RequirementPending, Awaiting: awaiting}
}

func (b book) silent() identity.Identity {
	return b.person(2, "MK", 76*time.Hour, identity.Pending, screened(identity.Approved, identity.Approved, identity.Approved))
}

func (b book) screening() identity.Identity {
	return b.person(3, "AO", 41*time.Hour, identity.Pending, screened(identity.Approved, identity.StatusError, identity.Pending,
		pendingAt(identity.ScreeningCheck, identity.AwaitingPaxos)))
}

func (b book) documents() identity.Identity {
	i := b.person(4, "LS", 30*time.Hour, identity.Pending, screened(identity.Approved, identity.Approved, identity.Approved,
		pendingAt(identity.EnhancedDueDiligence, identity.AwaitingClient), pendingAt(identity.ComplianceCheck, identity.AwaitingPaxos)))
	i.Documents = &identity.DocumentsAsk{Types: []string{"PROOF_OF_RESIDENCY", "PROOF_OF_FUNDS"}, At: b.ago(26 * time.Hour)}
	i.LearnedBy = identity.ByWebhook
	return i
}

func (b book) taxNumber() identity.Identity {
	return b.person(18, "DP", 4*time.Hour, identity.Pending, screened(identity.Approved, identity.Approved, identity.Approved,
		identity.Requirement{Type: identity.TaxDetailsVerification, Status: identity.RequirementFailed, Awaiting: identity.AwaitingClient}))
}

func (b book) frozen() identity.Identity {
	i := b.person(5, "TW", 9*day, identity.StatusError, screened(identity.Approved, identity.StatusError, identity.Approved))
	i.Details.Controls = []identity.Control{{ID: "c1", Type: "FROZEN", SetBy: "SET_BY_PAXOS", ReasonCode: "COMPLIANCE", CreatedAt: b.ago(2 * day)}}
	i.UpdatedAt, i.LearnedBy = b.ago(2*day), identity.BySync
	return i
}

func (b book) refresh() identity.Identity {
	i := b.person(6, "CN", 400*day, identity.Approved, screened(identity.Approved, identity.Approved, identity.Approved,
		pendingAt(identity.KYCRefresh, identity.AwaitingClient)))
	i.Refresh = &identity.Refresh{StartedAt: b.ago(4 * day), EndsAt: b.now.Add(26 * day)}
	i.LearnedBy = identity.ByWebhook
	return i
}

func (b book) waiting() identity.Identity {
	return b.person(7, "EH", 3*time.Hour+12*time.Minute, identity.Pending, screened(identity.Approved, identity.Pending, identity.Pending))
}

func (b book) snoozed() identity.Identity {
	i := b.waiting()
	until := b.now.Add(2 * day)
	i.SnoozedUntil, i.SnoozedBy, i.UntilEvent = &until, "kim", true
	return i
}

func (b book) nearlyDue() identity.Identity {
	return b.person(8, "JF", 22*time.Hour, identity.Pending, screened(identity.Approved, identity.Pending, identity.Approved))
}

func (b book) unknownWord() identity.Identity {
	return b.person(9, "PG", 5*time.Hour, "UNDER_SECOND_REVIEW", screened(identity.Approved, "ESCALATED", "", pendingAt("SOMETHING_NEW", identity.AwaitingPaxos)))
}

func (b book) institution() identity.Identity {
	i := b.person(10, "", 50*time.Hour, identity.Pending, identity.Details{Requirements: []identity.Requirement{{Type: identity.Members, Status: identity.RequirementFailed}}})
	i.Type, i.RefID, i.Submission, i.LearnedBy, i.VerificationID = identity.Institution, "", identity.NotOurs, identity.BySync, ""
	return i
}

func (b book) approved() identity.Identity {
	i := b.person(11, "BD", 90*time.Second, identity.Approved, screened(identity.Approved, identity.Approved, identity.Approved))
	i.RefID, i.LearnedBy = "user-4711", identity.ByWebhook
	i.UpdatedAt, i.CheckedAt = b.ago(60*time.Second), b.at(60*time.Second)
	return i
}

func (b book) denied() identity.Identity {
	i := b.person(12, "VR", 12*day, identity.Denied, screened(identity.Denied, identity.Approved, identity.Approved))
	i.LearnedBy = identity.ByPoll
	return i
}

func (b book) disabled() identity.Identity {
	i := b.person(13, "QX", 200*day, identity.Disabled, screened(identity.Approved, identity.Approved, identity.Approved))
	i.Details.AdminDisabled = true
	return i
}

// unsent is a submission that Paxos has not taken yet.
func (b book) unsent(n int, initials string, age time.Duration, s identity.Submission) identity.Identity {
	i := b.person(n, initials, age, identity.StatusNone, identity.Details{})
	i.PaxosID, i.Submission, i.CheckedAt, i.AskedAt, i.Attempts, i.LearnedBy = "", s, nil, time.Time{}, 0, ""
	return i
}

func (b book) queued() identity.Identity { return b.unsent(14, "NB", 4*time.Second, identity.Queued) }

func (b book) failed(code string) identity.Identity {
	i := b.unsent(15, "HY", 5*time.Hour, identity.Failed)
	i.FailureCode, i.Attempts = code, 1
	return i
}

// everybody is one of each.
func (b book) everybody() []identity.Identity {
	return []identity.Identity{
		b.failed(identity.CIPIDTaken), b.frozen(), b.silent(), b.institution(), b.screening(), b.documents(), b.nearlyDue(), b.waiting(),
		b.unknownWord(), b.refresh(), b.queued(), b.approved(), b.denied(), b.disabled(),
	}
}

// stuckOnes fill a page of the queue.
func (b book) stuckOnes(n int) []identity.Identity {
	kinds := []func() identity.Identity{
		b.frozen, b.silent, b.institution, b.screening, b.documents, func() identity.Identity { return b.failed(identity.Refused) },
	}
	out := make([]identity.Identity, n)
	for k := range out {
		i := kinds[k%len(kinds)]()
		i.ID = fmt.Sprintf("0c9a7d52-5b1c-4a9e-8f3f-9%011d", k)
		if i.RefID != "" {
			i.RefID = fmt.Sprintf("user-%d", 5100+37*k%900)
		}
		out[k] = i
	}
	return out
}

func (b book) counts() identity.Counts {
	return identity.Counts{Lanes: map[identity.Lane]int64{
		identity.LaneFailed: 3, identity.LaneAction: 8, identity.LaneOverdue: 11, identity.LaneFrozen: 2, identity.LaneRefresh: 5,
		identity.LaneWaiting: 1204, identity.LaneSnoozed: 4, identity.LaneDecided: 18310,
	}, Total: 19547}
}
