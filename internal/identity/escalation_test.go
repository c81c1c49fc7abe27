package identity_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// lateCase is a submission of ours that Paxos has had for too long, with all that a note could wrongly give away.
func lateCase() (identity.Identity, []identity.Entry, []identity.Turn) {
	i := pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS", "screening_in_progress"), requirement("MEMBERS", "PENDING", ""))
	i.PaxosID, i.RefID, i.Type = "775300ef-4edb", "user-4711", identity.Person
	i.Initials, i.SubmittedBy, i.Assignee, i.SnoozedBy = "MQ", "ada.lind", "ben.orr", "cem.oz"
	i.VerificationID, i.FailureCode = "verif-99", "refused"
	i.CheckedAt = ptr("2026-03-05 10:58:30")
	i.Details.IDVerification, i.Details.Sanctions = identity.Approved, identity.Pending
	i.Details.Controls = []identity.Control{{Type: "SELL_ONLY", SetBy: "SET_BY_PAXOS", ReasonCode: "COMPLIANCE_KYC", CreatedAt: at("2026-03-04 08:00")}}
	submitted := line(identity.WasSubmitted, "", "", "2026-03-02 09:59", "")
	submitted.ActorID = "ada.lind"
	refused := line(identity.HasFailed, "", "", "2026-03-02 09:59:20", "")
	refused.Code = "scope_missing"
	event := line(identity.EventHeard, "", "", "2026-03-02 12:00", "2026-03-02 12:00:02")
	event.EventID, event.Changes = "e-1", []identity.Change{{Field: "documents", New: "PASSPORT, UTILITY_BILL"}}
	status := line(identity.StatusChanged, "APPROVED", "PENDING", "2026-03-03 10:00", "2026-03-03 10:00:05")
	status.EventID = "e-2"
	detail := line(identity.DetailChanged, "", "", "2026-03-03 11:00", "")
	detail.Changes = []identity.Change{{Field: "requirement SCREENING_CHECK", New: "PENDING, awaits PAXOS"}, {Field: "ref_id", Old: "mara.quill", New: "user-4711"}}
	asked := line(identity.WasRechecked, "", "", "2026-03-05 10:58", "")
	asked.ActorID = "ben.orr"
	news := asked
	news.Changes = []identity.Change{{Field: "sanctions", New: "PENDING"}}
	history := []identity.Entry{
		submitted,
		line(identity.WasAttempted, "", "", "2026-03-02 09:59:10", ""),
		refused,
		line(identity.AnswerWasLost, "", "", "2026-03-02 09:59:40", ""),
		line(identity.WasAccepted, "", "PENDING", created, ""),
		event,
		status,
		detail,
		line(identity.WasReleased, "", "", "2026-03-04 10:00", ""),
		line(identity.WasWoken, "", "", "2026-03-04 11:00", ""),
		asked,
		news,
	}
	turns := []identity.Turn{
		{Move: identity.Paxos, From: at("2026-03-02 10:00"), To: ptr("2026-03-02 12:00")},
		{Move: identity.Ours, From: at("2026-03-02 12:00"), To: ptr("2026-03-03 10:00")},
		{Move: identity.Paxos, From: at("2026-03-03 10:00")},
	}
	return i, history, turns
}

const golden = `Dear Paxos Support,

this identity has been with you since 2026-03-03 10:00:00 UTC, which is longer than we expected.

Paxos id: 775300ef-4edb
ref_id: user-4711
Type: PERSON
Status: PENDING since 2026-03-03 10:00:00 UTC
Last confirmed by your API: 2026-03-05 10:58:30 UTC
Requirements:
- SCREENING_CHECK: PENDING, awaiting_action_from PAXOS, errors screening_in_progress
- MEMBERS: PENDING
id_verification_status: APPROVED
sanctions_verification_status: PENDING
Control: SELL_ONLY, SET_BY_PAXOS, COMPLIANCE_KYC, since 2026-03-04 08:00:00 UTC

With you for: 17 h 30 min of business hours (US), 49 h 30 min in all
With you before, too: 19 h 30 min of business hours together
Expected within: 1 business day (8 h), until 2026-03-04 10:00:00 UTC

What happened so far:
- 2026-03-02 09:59:10 UTC: we called Create Identity
- 2026-03-02 09:59:20 UTC: our call was refused (scope_missing)
- 2026-03-02 09:59:40 UTC: the answer to our call was lost
- 2026-03-02 10:00:00 UTC: created, status PENDING
- 2026-03-02 12:00:00 UTC: you told us of documents PASSPORT, UTILITY_BILL (event e-1, received 2026-03-02 12:00:02 UTC)
- 2026-03-03 10:00:00 UTC: status changed from APPROVED to PENDING (event e-2, received 2026-03-03 10:00:05 UTC)
- 2026-03-03 11:00:00 UTC: changed: requirement SCREENING_CHECK, ref_id
- 2026-03-05 10:58:00 UTC: we asked again: nothing new
- 2026-03-05 10:58:00 UTC: we asked again: new was sanctions

Could you please tell us what this identity is waiting for, and when we can expect a decision?
`

func TestEscalation(t *testing.T) {
	t.Parallel()
	i, history, turns := lateCase()
	i.Move, i.MoveSince = identity.Paxos, at("2026-03-03 10:00")
	note := identity.Escalation(i, history, turns, policy(), at("2026-03-05 11:30"))
	require.Equal(t, golden, note)
	stored := i.Assessed(policy(), at("2026-03-05 11:30"))
	require.Equal(t, golden, identity.Escalation(stored, history, turns, policy(), at("2026-03-05 11:30")), "as stored")
	for _, personal := range []string{"MQ", "ada", "ben", "cem", "mara", "verif-99", "refused the"} {
		require.NotContains(t, note, personal)
	}
}

func TestEscalationOnlyWhenPaxosIsLate(t *testing.T) {
	t.Parallel()
	refresh := pending("APPROVED", requirement("KYC_REFRESH", "PENDING", "PAXOS"))
	for name, c := range map[string]struct {
		i    identity.Identity
		now  string
		part string // empty for no note
	}{
		"in time":                    {pending("PENDING"), "2026-03-03 09:59", ""},
		"late":                       {pending("PENDING"), "2026-03-03 10:00", "With you for: 8 h of business hours (US), 24 h in all\nExpected within: 1 business day (8 h), until 2026-03-03 10:00:00 UTC\n"},
		"late, nothing named":        {pending("PENDING"), "2026-03-03 10:00", "\nRequirements: none named\n"},
		"ours, late":                 {pending("PENDING", requirement("TAX_DETAILS_VERIFICATION", "FAILED", "CLIENT")), "2026-03-09 10:00", ""},
		"decided":                    {pending("APPROVED"), "2026-03-09 10:00", ""},
		"on its way, late":           {identity.Identity{Submission: identity.Sent, CreatedAt: at(created), SubmittedAt: ptr(created)}, "2026-03-09 10:00", ""},
		"frozen, in time":            {pending("ERROR"), "2026-03-02 11:00", ""},
		"frozen, late":               {pending("ERROR"), "2026-03-09 10:00", "tell us how the review stands"},
		"unknown word, late":         {pending("UNDER_REVIEW"), "2026-03-09 10:00", "Status: UNDER_REVIEW since 2026-03-02 10:00:00 UTC"},
		"refresh, far from its end":  {refresh, "2026-03-09 10:00", ""},
		"refresh, near its end":      {refresh, "2026-04-01 10:00", "The KYC refresh ends: 2026-04-02 10:00:00 UTC"},
		"refresh, which is its name": {refresh, "2026-04-01 10:00", "the KYC refresh of this identity has been with you since 2026-03-03 10:00:00 UTC, and its end is near or past."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			note := identity.Escalation(c.i, nil, nil, policy(), at(c.now))
			require.Contains(t, note, c.part)
			require.Equal(t, c.part == "", note == "")
			advised := identity.Explain(c.i, policy(), at(c.now), 0).Next == identity.ActEscalate
			require.Equal(t, advised, note != "", "the note is there exactly when it is advised")
		})
	}
}

func TestEscalationSaysTheLimitThatHolds(t *testing.T) {
	t.Parallel()
	i := pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS"))
	for want, l := range map[string]identity.Limit{
		"Expected within: 36 h around the clock, until 2026-03-03 22:00:00 UTC":       {Plain: 36 * time.Hour},
		"Expected within: 90 s around the clock, until 2026-03-02 10:01:30 UTC":       {Plain: 90 * time.Second},
		"Expected within: 45 min around the clock, until 2026-03-02 10:45:00 UTC":     {Plain: 45 * time.Minute},
		"Expected within: 2 business days (16 h), until 2026-03-04 10:00:00 UTC":      {BusinessDays: 2},
		"Expected within: 1 h 10 min around the clock, until 2026-03-02 11:10:00 UTC": {Plain: 70 * time.Minute},
	} {
		p := policy().With(identity.Settings{Limits: map[string]identity.Limit{"SCREENING_CHECK": l}})
		require.Contains(t, identity.Escalation(i, nil, nil, p, at("2026-03-09 10:00")), want)
	}
}

// What looks like a person's, or is no word of an enumeration, does not leave the house.
func TestEscalationLeavesOutWhatDoesNotBelong(t *testing.T) {
	t.Parallel()
	i := pending("PENDING", requirement("Mara Quill's papers", "PENDING", "PAXOS", "mara@example.org said no"))
	i.RefID = "mara@example.org"
	changed := line(identity.DetailChanged, "", "", changed, "")
	changed.Changes = []identity.Change{{Field: "Mara Quill (born 1980)", New: "x"}}
	heard := line(identity.EventHeard, "", "", "2026-03-03 11:00", "")
	heard.EventID, heard.Changes = "e 1", []identity.Change{{Field: "event", New: "identity.control.created"}, {Field: "documents", New: "mara@example.org"}}
	note := identity.Escalation(i, []identity.Entry{changed, heard}, nil, policy(), at("2026-03-09 10:00"))
	for _, personal := range []string{"Mara", "mara", "Quill", "example.org", "born"} {
		require.NotContains(t, note, personal)
	}
	require.Contains(t, note, "ref_id: left out, since it looks like personal data\n")
	require.Contains(t, note, "- (left out): PENDING, awaiting_action_from PAXOS, errors (left out)\n")
	require.Contains(t, note, "changed: (left out)\n")
	require.Contains(t, note, "you told us of identity.control.created, documents (left out) (event (left out), received 2026-03-03 11:00:00 UTC)\n")
	i.RefID = "user\n4711"
	require.Contains(t, identity.Escalation(i, nil, nil, policy(), at("2026-03-09 10:00")), "ref_id: user4711\n")
	i.RefID = ""
	require.NotContains(t, identity.Escalation(i, nil, nil, policy(), at("2026-03-09 10:00")), "ref_id")
}

func TestEscalationTellsTheLatest(t *testing.T) {
	t.Parallel()
	var history []identity.Entry
	for n := range 45 {
		history = append(history, line(identity.WasRechecked, "", "", fmt.Sprintf("2026-03-03 10:%02d", n), ""))
	}
	note := identity.Escalation(pending("PENDING"), history, nil, policy(), at("2026-03-09 10:00"))
	require.Equal(t, 40, strings.Count(note, "we asked again"))
	require.Contains(t, note, "- 5 earlier lines are left out\n- 2026-03-03 10:05:00 UTC")
	require.Contains(t, note, "2026-03-03 10:44:00 UTC")
}
