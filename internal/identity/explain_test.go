package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// What the desk does for persons alone is not advised for an institution: there is no form for it.
func TestExplainAnInstitution(t *testing.T) {
	t.Parallel()
	failed := func(code string) identity.Identity {
		return identity.Identity{Submission: identity.Failed, FailureCode: code, CreatedAt: at(created), SubmittedAt: ptr(created)}
	}
	refresh := pending("APPROVED")
	refresh.Refresh = &identity.Refresh{StartedAt: at(created), EndsAt: at("2026-03-31 13:00")}
	for name, c := range map[string]struct {
		i    identity.Identity
		next identity.Action
		text string
	}{
		"ref_id taken":     {failed(identity.RefIDTaken), identity.ActWithdraw, "enter it again under another ref_id"},
		"ID known":         {failed(identity.CIPIDTaken), identity.ActWithdraw, "withdraw this submission"},
		"exists":           {failed(identity.AlreadyExists), identity.ActWithdraw, "withdraw this submission"},
		"refused":          {failed(identity.Refused), identity.ActWithdraw, "enter it again with the details put right"},
		"scope missing":    {failed(identity.ScopeMissing), identity.ActResubmit, "then resubmit"},
		"draft unread":     {failed(identity.DraftUnread), identity.ActWithdraw, "enter it again"},
		"refresh":          {refresh, identity.ActLookInto, "Paxos Support"},
		"refresh required": {pending("APPROVED", requirement("KYC_REFRESH", "FAILED", "CLIENT")), identity.ActLookInto, "Paxos Support"},
		"ID needed":        {pending("PENDING", requirement("ID_VERIFICATION", "PENDING", "CLIENT")), identity.ActLookInto, "Paxos Support"},
		"tax number":       {pending("PENDING", requirement("TAX_DETAILS_VERIFICATION", "FAILED", "CLIENT")), identity.ActLookInto, "Paxos Support"},
		"documents":        {pending("PENDING", requirement("DOCUMENT_VERIFICATION", "PENDING", "CLIENT")), identity.ActUpload, "upload"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.i.Type = identity.Institution
			a := identity.Explain(c.i, policy(), at("2026-03-02 11:00"), 0)
			b := a.Blocking[0]
			require.Equal(t, []any{c.next, c.next, identity.Ours}, []any{a.Next, b.Next, b.Move})
			require.Equal(t, a.NextText, b.NextText)
			require.Contains(t, a.NextText, c.text)
			require.NotRegexp(t, "person|number of your ID", a.Sentence+a.NextText+b.Tell)
			plain := strings.NewReplacer("identity:write_identity", "it", "identity:read_identity", "it")
			requireWords(t, a.Sentence, plain.Replace(a.NextText))
		})
	}
}

// checkedAt makes a case fresh at a moment.
func checkedAt(i identity.Identity, moment string) identity.Identity {
	i.CheckedAt = ptr(moment)
	return i
}

func TestExplain(t *testing.T) {
	t.Parallel()
	sub := func(s identity.Submission, change func(*identity.Identity)) identity.Identity {
		i := identity.Identity{Submission: s, CreatedAt: at(created), SubmittedAt: ptr(created)}
		if change != nil {
			change(&i)
		}
		return i
	}
	failed := func(code string) identity.Identity {
		return sub(identity.Failed, func(i *identity.Identity) { i.FailureCode = code })
	}
	details := func(status identity.Status, d identity.Details) identity.Identity {
		i := pending(status)
		i.Details = d
		return i
	}
	documents := func(types ...string) identity.Identity {
		i := pending("PENDING")
		i.Documents = &identity.DocumentsAsk{Types: types, At: at(created)}
		return i
	}
	refresh := pending("APPROVED")
	refresh.Refresh = &identity.Refresh{StartedAt: at(created), EndsAt: at("2026-03-31 13:00")}
	const early, late = "2026-03-02 11:00", "2026-03-05 11:00"
	for name, c := range map[string]struct {
		i        identity.Identity
		now      string
		next     identity.Action
		sentence string // a part of it
		block    string // the first one's text, empty for none
		hush     bool
	}{
		"failed: ref_id":               {failed(identity.RefIDTaken), early, "resubmit", "already has this ref_id", "The ref_id is taken", false},
		"failed: government id":        {failed(identity.CIPIDTaken), early, "compare", "government ID number", "The government ID number is known to Paxos", false},
		"failed: exists":               {failed(identity.AlreadyExists), early, "compare", "already exists", "Already exists at Paxos", false},
		"failed: refused":              {failed(identity.Refused), early, "resubmit", "refused the details", "Paxos refused the details", false},
		"failed: scope":                {failed(identity.ScopeMissing), early, "resubmit", "scope is missing", "Our access lacks a scope", false},
		"failed: draft":                {failed(identity.DraftUnread), early, "withdraw", "can no longer be opened", "The stored details cannot be opened", false},
		"failed: another code":         {failed("odd"), early, "look_into", "(odd)", "Failed: odd", false},
		"queued":                       {sub(identity.Queued, nil), created, "wait", "waits for its turn", "", false},
		"being sent":                   {sub(identity.Sent, func(i *identity.Identity) { i.AttemptedAt = ptr(created) }), created, "wait", "is being sent", "", false},
		"answer lost":                  {sub(identity.Sent, func(i *identity.Identity) { i.LostSince = ptr(created) }), created, "wait", "answer was lost", "", false},
		"could not be delivered":       {sub(identity.Sent, nil), created, "wait", "could not be delivered yet", "", false},
		"on its way for too long":      {sub(identity.Sent, nil), early, "look_into", "more than ten minutes", "", false},
		"withdrawn":                    {sub(identity.Withdrawn, nil), early, "none", "withdrawn", "", false},
		"declined":                     {sub(identity.Declined, nil), early, "none", "declined", "", false},
		"linked":                       {sub(identity.Linked, nil), early, "none", "linked", "", false},
		"frozen":                       {pending("ERROR"), early, "wait", "frozen", "Frozen at Paxos", true},
		"frozen, late":                 {pending("ERROR"), late, "escalate", "frozen", "Frozen at Paxos", true},
		"frozen by sanctions":          {details("ERROR", identity.Details{Sanctions: "ERROR"}), early, "wait", "frozen", "Sanctions screening is held for manual review", true},
		"frozen, we are asked":         {pending("ERROR", requirement("TAX_DETAILS_VERIFICATION", "FAILED", "CLIENT")), early, "correct", "has frozen this identity. Paxos could not verify", "Tax number must be put right", true},
		"approved":                     {pending("APPROVED"), early, "none", "approved", "", false},
		"approved with a control":      {details("APPROVED", identity.Details{Controls: []identity.Control{{Type: "SELL_ONLY"}}}), early, "none", "controls", "", true},
		"denied":                       {pending("DENIED"), early, "none", "denied", "", true},
		"disabled":                     {pending("DISABLED"), early, "none", "disabled", "", false},
		"disabled by us":               {details("DISABLED", identity.Details{UserDisabled: true}), early, "none", "by us", "", false},
		"disabled by Paxos":            {details("DISABLED", identity.Details{AdminDisabled: true}), early, "none", "Paxos has disabled", "", true},
		"silent":                       {pending("PENDING"), early, "wait", "asks for nothing", "", false},
		"silent for too long":          {pending("PENDING"), late, "escalate", "not decided within the limit", "", false},
		"unknown word":                 {pending("UNDER_REVIEW"), early, "look_into", "UNDER_REVIEW", "", false},
		"documents":                    {documents("PASSPORT", "HOLO_ID"), early, "upload", "asks for documents", "Paxos asks for documents: Passport, HOLO_ID", false},
		"documents, which is not said": {documents(), early, "upload", "Paxos asks for documents.", "Paxos asks for documents", false},
		"enhanced due diligence":       {pending("PENDING", requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "CLIENT")), early, "upload", "enhanced due diligence", "Paxos asks for documents for enhanced due diligence", false},
		"due diligence at Paxos":       {pending("PENDING", requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "PAXOS")), early, "wait", "one full business day", "Enhanced due diligence is under way at Paxos", false},
		"documents refused":            {pending("PENDING", requirement("DOCUMENT_VERIFICATION", "FAILED", "CLIENT", "document_verification_failed")), early, "upload", "did not accept the documents", "Paxos did not accept the documents and asks for others", false},
		"id refused":                   {pending("PENDING", requirement("ID_VERIFICATION", "FAILED", "CLIENT")), early, "correct", "does not accept", "ID verification must be done again", false},
		"id needed":                    {pending("PENDING", requirement("ID_VERIFICATION", "PENDING", "CLIENT", "identity_verification_required")), early, "correct", "still needs", "ID verification is still needed", false},
		"id, none refused yet":         {pending("PENDING", requirement("ID_VERIFICATION", "PENDING", "CLIENT")), early, "correct", "still needs", "ID verification is still needed", false},
		"id, by documents":             {pending("PENDING", requirement("ID_VERIFICATION", "PENDING", "CLIENT", "document_upload_required")), early, "upload", "documents for ID verification. The decision waits for them.", "Paxos asks for documents for ID verification", false},
		"documents after approval":     {pending("APPROVED", requirement("DOCUMENT_VERIFICATION", "PENDING", "CLIENT")), early, "upload", "Paxos asks for documents.", "Paxos asks for documents", false},
		"tax details refused at Paxos": {pending("PENDING", requirement("TAX_DETAILS_VERIFICATION", "FAILED", "PAXOS")), early, "wait", "were not accepted", "Tax details: not accepted, Paxos is deciding", false},
		"frozen, a refresh is open":    {pending("ERROR", requirement("KYC_REFRESH", "PENDING", "CLIENT")), early, "wait", "reviews it by hand", "KYC refresh is open", true},
		"unknown word, late":           {pending("UNDER_REVIEW"), late, "escalate", "UNDER_REVIEW", "", false},
		"tax number unknown":           {pending("PENDING", requirement("TAX_DETAILS_VERIFICATION", "FAILED", "CLIENT", "tin_not_found")), early, "correct", "not found", "Tax number must be put right", false},
		"risk assessment":              {pending("PENDING", requirement("RISK_AWARENESS_ASSESSMENT", "PENDING", "CLIENT")), early, "look_into", "has to take", "Risk awareness assessment is needed", false},
		"risk assessment failed":       {pending("PENDING", requirement("RISK_AWARENESS_ASSESSMENT", "FAILED", "CLIENT")), early, "look_into", "did not pass", "Risk awareness assessment is needed", false},
		"screening":                    {pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS")), early, "wait", "is screening", "Screening is under way at Paxos", true},
		"screening, late":              {pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS")), late, "escalate", "is screening", "Screening is under way at Paxos", true},
		"screening asks us":            {pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "CLIENT")), early, "look_into", "needs an answer from us", "Screening needs an answer from us", true},
		"compliance refused":           {pending("PENDING", requirement("COMPLIANCE_CHECK", "FAILED", "PAXOS")), early, "wait", "not passed", "Compliance review: not passed, Paxos is deciding", true},
		"members":                      {pending("PENDING", requirement("MEMBERS", "FAILED", "")), early, "look_into", "did not pass", "A member of the institution failed verification", false},
		"members pending":              {pending("PENDING", requirement("MEMBERS", "PENDING", "")), early, "wait", "waits for one or more", "A member of the institution is not verified yet", false},
		"failed, nobody named":         {pending("PENDING", requirement("SCREENING_CHECK", "FAILED", "")), early, "look_into", "does not say who", "Screening: failed", true},
		"older list":                   {pending("PENDING", requirement("ID_VERIFICATION", "PENDING", "")), early, "wait", "has not finished", "ID verification: pending", false},
		"a stranger":                   {pending("PENDING", requirement("ID_VERIFICATION", "FAILED", "REGULATOR")), early, "wait", "REGULATOR", "ID verification: awaits REGULATOR", false},
		"unknown requirement":          {pending("PENDING", requirement("QUANTUM_CHECK", "PENDING", "CLIENT")), early, "look_into", "QUANTUM_CHECK", "QUANTUM_CHECK: Paxos waits for us", false},
		"unknown, at Paxos":            {pending("PENDING", requirement("QUANTUM_CHECK", "PENDING", "PAXOS")), early, "wait", "QUANTUM_CHECK", "QUANTUM_CHECK: Paxos is reviewing", false},
		"refresh":                      {refresh, early, "refresh_kyc", "refresh is open.", "KYC refresh is open", false},
		"refresh, nobody named":        {pending("APPROVED", requirement("KYC_REFRESH", "PENDING", "")), "2026-03-04 11:00", "refresh_kyc", "refresh is open.", "KYC refresh is open", false},
		"refresh overdue":              {pending("APPROVED", requirement("KYC_REFRESH", "FAILED", "CLIENT")), early, "refresh_kyc", "overdue", "KYC refresh is overdue", false},
		"refresh at Paxos":             {pending("APPROVED", requirement("KYC_REFRESH", "PENDING", "PAXOS")), "2026-03-04 11:00", "wait", "reviewing the KYC refresh", "KYC refresh is under review at Paxos", false},
		"refresh at Paxos, near":       {pending("APPROVED", requirement("KYC_REFRESH", "PENDING", "PAXOS")), "2026-04-01 11:00", "escalate", "reviewing the KYC refresh", "KYC refresh is under review at Paxos", false},
		"sanctions pending":            {details("PENDING", identity.Details{IDVerification: "APPROVED", Sanctions: "PENDING"}), early, "wait", "sanctions screening", "Sanctions screening is under way", true},
		"sanctions possible hit":       {details("PENDING", identity.Details{Sanctions: "ERROR"}), early, "wait", "possible hit", "Sanctions screening is held for manual review", true},
		"screening possible hit":       {details("PENDING", identity.Details{Screening: "ERROR"}), late, "escalate", "possible hit", "Additional screening is held for manual review", true},
		"id verification denied":       {details("PENDING", identity.Details{IDVerification: "DENIED"}), early, "wait", "not passed", "ID verification was not passed", false},
		"id verification held":         {details("PENDING", identity.Details{IDVerification: "ERROR"}), early, "wait", "manual review.", "ID verification is held for manual review", false},
		"sub-status unknown":           {details("PENDING", identity.Details{Sanctions: "ODD"}), early, "wait", "ODD", "Sanctions screening: ODD", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := checkedAt(c.i, c.now)
			a := identity.Explain(i, policy(), at(c.now), time.Hour)
			require.Equal(t, a, identity.Explain(i.Assessed(policy(), at(created)), policy(), at(c.now), time.Hour), "as stored before")
			require.Contains(t, a.Sentence, c.sentence)
			require.Equal(t, c.next, a.Next)
			require.Equal(t, c.hush, a.Confidential)
			require.Equal(t, identity.Assess(c.i, policy(), at(c.now)).Move, a.Move)
			if c.block == "" {
				require.Empty(t, a.Blocking)
			} else {
				require.Equal(t, c.block, a.Blocking[0].Text)
			}
			for _, text := range []string{a.Sentence, a.NextText} {
				require.True(t, strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?"), text)
				require.NotContains(t, text, "..")
				require.Equal(t, strings.ToUpper(text[:1]), text[:1])
			}
		})
	}
}

func TestOursLeads(t *testing.T) {
	t.Parallel()
	i := pending("PENDING",
		requirement("SCREENING_CHECK", "PENDING", "PAXOS"), requirement("KYC_REFRESH", "PENDING", "CLIENT"),
		requirement("COMPLIANCE_CHECK", "PENDING", "PAXOS"), requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "CLIENT"))
	i.Documents = &identity.DocumentsAsk{Types: []string{"BANK_STATEMENT"}}
	i.Details.Sanctions = identity.Pending
	a := identity.Explain(i, policy(), at(created), 0)
	require.Equal(t, identity.ActUpload, a.Next)
	require.Contains(t, a.NextText, "Bank statement")
	var types []string
	for _, b := range a.Blocking {
		types = append(types, b.Type)
	}
	require.Equal(t, []string{"ENHANCED_DUE_DILIGENCE", "KYC_REFRESH", "SCREENING_CHECK", "COMPLIANCE_CHECK"}, types)
	require.Equal(t, identity.Blocking{
		Type: "ENHANCED_DUE_DILIGENCE", Status: "PENDING", Awaiting: "CLIENT", Text: "Paxos asks for documents for enhanced due diligence: Bank statement", Ask: "Paxos asks for documents for enhanced due diligence",
		Sentence: "Paxos asks for documents for enhanced due diligence. The decision waits for them.", Move: identity.Ours,
		Next: identity.ActUpload, NextText: "Collect the documents that Paxos asks for: Bank statement. Then upload them to Paxos.",
		Tell: "We need these documents from you: Bank statement.",
	}, a.Blocking[0])
	require.True(t, a.Confidential)
	require.True(t, a.Blocking[2].Confidential)
}

func TestStaleIsTheLinesMove(t *testing.T) {
	t.Parallel()
	accepted := func(s identity.Status, checked *time.Time) identity.Identity {
		i := pending(s)
		i.CheckedAt = checked
		return i
	}
	for name, c := range map[string]struct {
		i     identity.Identity
		after time.Duration
		stale bool
	}{
		"just checked":       {accepted("PENDING", ptr("2026-03-02 10:30")), 30 * time.Minute, false},
		"too long ago":       {accepted("PENDING", ptr("2026-03-02 10:29:59")), 30 * time.Minute, true},
		"never checked":      {accepted("PENDING", nil), 30 * time.Minute, true},
		"frozen":             {accepted("ERROR", nil), 30 * time.Minute, true},
		"unknown word":       {accepted("UNDER_REVIEW", nil), 30 * time.Minute, true},
		"decided":            {accepted("APPROVED", nil), 30 * time.Minute, false},
		"no limit":           {accepted("PENDING", nil), 0, false},
		"not yet with Paxos": {identity.Identity{Submission: identity.Sent, Status: "PENDING", CreatedAt: at("2026-03-02 11:00")}, time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := identity.Explain(c.i, policy(), at("2026-03-02 11:00"), c.after)
			require.Equal(t, c.stale, a.Next == identity.ActRecheck)
			require.Equal(t, c.stale, strings.Contains(a.Sentence, "may have been missed"))
			if c.stale {
				require.Equal(t, identity.TheLine, a.Move)
			}
		})
	}
}

// Every code that the desk has words for reads as words, wherever it stands.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	codes := []string{
		identity.RefIDTaken, identity.CIPIDTaken, identity.AlreadyExists, identity.Refused, identity.ScopeMissing,
		identity.DraftUnread, "identity_verification_failed", "document_verification_failed", "screening_in_progress", "screening_failed",
		"assessment_failed", "kyc_refresh_overdue", "member_verification_failed", "member_verification_pending",
		"edd_documentation_required", "compliance_review_required", "compliance_review_failed", "tin_not_found",
		"identity_verification_required", "document_upload_required", "SELL_ONLY", "CLOSED", "FROZEN", "DORMANT", "SET_BY_PAXOS",
		"SET_BY_CLIENT", "OTHER", "END_USER_REQUEST", "INACTIVITY", "COMPLIANCE_KYC", "COMPLIANCE_EDD", "COMPLIANCE_SCREENING",
		"COMPLIANCE_INVESTIGATION", "ONBOARDING_INCOMPLETE", "RISK_FRAUD", "LEGAL_ORDER", "ADMINISTRATIVE", "APPROVED", "DENIED", "DISABLED",
		"ERROR", "FAILED", "CLIENT", "PERSON", "INSTITUTION", "MEMBERS", "SANCTIONS", "DOCUMENTS", "SUBMISSION", "STATUS",
		"PROOF_OF_RESIDENCY", "AML_DOCUMENTS", "ORGANIZATIONAL_CHART", "DRIVERS_LICENSE", "NATIONAL_ID", "GOVERNMENT_ID", "UTILITY_BILL", "BANK_STATEMENT", "PROOF_OF_ADDRESS",
	}
	for _, code := range codes {
		require.NotEqual(t, code, identity.Label(code))
	}
}

// A KYC refresh that names nobody is ours by the rule, so the words say so; no date stands in them, since the page shows it.
func TestRefreshThatNamesNobodyIsOurs(t *testing.T) {
	t.Parallel()
	i := pending("APPROVED", requirement("KYC_REFRESH", "PENDING", ""))
	a := identity.Explain(i, policy(), at("2026-03-04 11:00"), 0)
	require.Equal(t, identity.Ours, a.Move)
	require.Equal(t, identity.ActRefreshKYC, a.Next)
	require.Equal(t, "CLIENT", a.Blocking[0].Awaiting)
	require.NotContains(t, a.Sentence+a.Blocking[0].Text, "2026")
}
