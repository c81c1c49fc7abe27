package identity_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// The words of the API, and one of each kind that nobody knows yet.
var (
	knownTypes = []string{
		"ID_VERIFICATION", "DOCUMENT_VERIFICATION", "SCREENING_CHECK", "COMPLIANCE_CHECK", "ENHANCED_DUE_DILIGENCE",
		"RISK_AWARENESS_ASSESSMENT", "KYC_REFRESH", "TAX_DETAILS_VERIFICATION", "MEMBERS", "QUANTUM_CHECK",
	}
	knownCodes = []string{
		"", "identity_verification_failed", "document_verification_failed", "screening_in_progress", "screening_failed", "assessment_failed",
		"kyc_refresh_overdue", "member_verification_failed", "member_verification_pending", "edd_documentation_required",
		"compliance_review_required", "compliance_review_failed", "tin_not_found", "identity_verification_required",
		"document_upload_required", "quantum_failed",
	}
	knownStates   = []string{"PENDING", "FAILED", "IN_REVIEW"}
	knownParties  = []string{"CLIENT", "PAXOS", "", "REGULATOR"}
	knownStatuses = []identity.Status{"PENDING", "ERROR", "APPROVED", "UNDER_REVIEW"}
	strange       = []string{"QUANTUM_CHECK", "quantum_failed", "IN_REVIEW", "REGULATOR", "UNDER_REVIEW"}
)

var strangers = strings.NewReplacer("QUANTUM_CHECK", "it", "quantum_failed", "it", "IN_REVIEW", "it", "REGULATOR", "it", "UNDER_REVIEW", "it")

// jargon is what an analyst should not have to know; secrets are what a customer must not learn.
var (
	jargon  = regexp.MustCompile(`(?i)\b(webhooks?|api|json|http|payload|poll(ed|ing)?|enum|null|endpoint|cdd|edd|tin|cip|pii|nil)\b|\b(?-i:PUT|POST)\b`)
	codes   = regexp.MustCompile(`[A-Z]{4,}|\w_\w`)
	secrets = regexp.MustCompile(`(?i)paxos|screen|sanction|complian|froz|freez|control|hit\b|review(ed)? by hand|manual|due diligence|fail|refus`)
)

// Every requirement that Paxos can name, in every state, at every party, for every reason, is said in words: why, whose move, what
// next, and what the customer may be told.
//
// Thousands of cases say the same few sentences: each is read once.
func TestEveryRequirementHasWords(t *testing.T) {
	t.Parallel()
	for _, kind := range knownTypes {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			all := said{sentences: map[string]bool{}, tells: map[string]bool{}}
			for _, state := range knownStates {
				for _, party := range knownParties {
					for _, code := range knownCodes {
						checkRequirement(t, all, kind, state, party, code)
					}
				}
			}
			requireWords(t, slices.Collect(maps.Keys(all.sentences))...)
			for tell := range all.tells {
				requireTellable(t, tell)
			}
		})
	}
}

// said is what the desk says, and what it lets the customer know.
type said struct{ sentences, tells map[string]bool }

// everOpen is a calendar of which every day is a working day around the clock.
type everOpen struct{}

func (everOpen) AddBusinessDays(t time.Time, n int) time.Time   { return t.AddDate(0, 0, n) }
func (everOpen) AddWork(t time.Time, d time.Duration) time.Time { return t.Add(d) }
func (everOpen) WorkingBetween(a, b time.Time) time.Duration    { return b.Sub(a) }
func (everOpen) Day() time.Duration                             { return 24 * time.Hour }

func checkRequirement(t *testing.T, all said, kind, state, party, code string) {
	t.Helper()
	r := requirement(kind, state, party)
	if code != "" {
		r = requirement(kind, state, party, code)
	}
	p := identity.Policy{Limit: identity.Limit{BusinessDays: 1}, Ours: everOpen{}, Paxos: everOpen{}}
	for _, status := range knownStatuses {
		for late, now := range map[bool]time.Time{false: at("2026-03-02 11:00"), true: at("2026-04-20 11:00")} {
			i := pending(status, r)
			v, a := identity.Assess(i, p, now), identity.Explain(i, p, now, 0)
			if v.Lane == identity.LaneDecided {
				require.Equal(t, identity.ActNone, a.Next)
				continue
			}
			require.Len(t, a.Blocking, 1)
			b := a.Blocking[0]
			for _, s := range []string{a.Sentence, a.NextText, b.Sentence, b.NextText} {
				all.sentences[s] = true
			}
			all.tells[b.Tell] = true
			require.NotEmpty(t, b.Text)
			requireShown(t, r, b)
			requireConfidential(t, r, b)
			requireSensible(t, r, b, v, !late)
			require.Equal(t, b.Confidential || status == identity.StatusError, a.Confidential)
		}
	}
}

// requireWords holds sentences to whole, plain ones; words that nobody knows stand as they are.
func requireWords(t *testing.T, sentences ...string) {
	t.Helper()
	for _, s := range sentences {
		require.NotEmpty(t, s)
		require.True(t, strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?"), s)
		require.NotContains(t, s, "..")
		require.NotContains(t, s, "  ")
		require.NotContains(t, s, ": .")
		require.Equal(t, strings.ToUpper(s[:1]), s[:1], s)
		s = strangers.Replace(s)
		require.NotRegexp(t, jargon, s)
		require.NotRegexp(t, codes, strings.ReplaceAll(s, "ref_id", "it"))
	}
}

// requireShown holds that no word of Paxos' is lost for being unknown.
func requireShown(t *testing.T, r identity.Requirement, b identity.Blocking) {
	t.Helper()
	require.Equal(t, r.Type, b.Type)
	require.Equal(t, r.Status, b.Status)
	words := []string{r.Type, r.Status, r.Awaiting}
	for _, e := range r.Errors {
		words = append(words, e.Code)
	}
	for _, word := range words {
		if slices.Contains(strange, word) {
			require.Contains(t, b.Sentence, word)
		}
	}
	for _, e := range r.Errors {
		if e.Code == "tin_not_found" && r.Type != "TAX_DETAILS_VERIFICATION" {
			require.Contains(t, b.Sentence, "the tax number was not found")
		}
	}
}

// requireConfidential holds that the customer may be told something of whatever is not confidential.
func requireConfidential(t *testing.T, r identity.Requirement, b identity.Blocking) {
	t.Helper()
	hush := r.Type == "SCREENING_CHECK" || r.Type == "COMPLIANCE_CHECK"
	for _, e := range r.Errors {
		hush = hush || strings.HasPrefix(e.Code, "screening") || strings.HasPrefix(e.Code, "compliance")
	}
	require.Equal(t, hush, b.Confidential)
	require.Equal(t, hush, b.Tell == "")
}

func requireTellable(t *testing.T, tell string) {
	t.Helper()
	if tell != "" {
		requireWords(t, tell)
		require.NotRegexp(t, secrets, tell)
	}
}

// requireSensible holds that what is advised can help: nothing is sent that is not asked for, nobody waits for themselves, and Paxos
// is not pressed while it is in time.
func requireSensible(t *testing.T, r identity.Requirement, b identity.Blocking, v identity.Verdict, early bool) {
	t.Helper()
	upload := r.Awaiting == "CLIENT" && (r.Type == "DOCUMENT_VERIFICATION" || r.Type == "ENHANCED_DUE_DILIGENCE")
	for _, e := range r.Errors {
		upload = upload || r.Awaiting == "CLIENT" && (e.Code == "document_upload_required" || e.Code == "edd_documentation_required")
	}
	require.Equal(t, upload, b.Next == identity.ActUpload, "%v %v", r, b)
	require.Contains(t, []identity.Move{identity.Ours, identity.Paxos}, b.Move)
	if v.Lane != identity.LaneFrozen || r.Type != "KYC_REFRESH" { // Paxos has the move, though a refresh in time is open beside it
		require.Equal(t, v.Move, b.Move)
	}
	switch b.Next {
	case identity.ActUpload, identity.ActCorrect, identity.ActRefreshKYC:
		require.Equal(t, identity.Ours, b.Move)
	case identity.ActWait:
		require.Equal(t, identity.Paxos, b.Move)
		require.True(t, early || v.TurnAt != nil, "what is late is not waited for: %v %v", r, v)
	case identity.ActEscalate:
		require.Equal(t, identity.Paxos, b.Move)
		require.False(t, early)
	case identity.ActLookInto:
		require.True(t, b.Move == identity.Ours || r.Type == "MEMBERS" && !early, "%v %v", r, b)
	default:
		require.Fail(t, "no such action helps", "%v %v", r, b.Next)
	}
	if b.Next == identity.ActCorrect {
		require.Contains(t, []string{"ID_VERIFICATION", "TAX_DETAILS_VERIFICATION"}, r.Type)
	}
}

// The sub-statuses, the freeze, documents, a refresh and each failure are blocks like any other.
func TestEveryOtherBlockHasWords(t *testing.T) {
	t.Parallel()
	with := func(d identity.Details) identity.Identity {
		i := pending("PENDING")
		i.Details = d
		return i
	}
	documents, refresh := pending("PENDING"), pending("APPROVED")
	documents.Documents = &identity.DocumentsAsk{Types: []string{"PASSPORT"}, At: at(created)}
	refresh.Refresh = &identity.Refresh{StartedAt: at(created), EndsAt: at("2026-03-31 13:00")}
	failed := func(code string) identity.Identity {
		return identity.Identity{Submission: identity.Failed, FailureCode: code, CreatedAt: at(created), SubmittedAt: ptr(created)}
	}
	cases := map[string]struct {
		i    identity.Identity
		next identity.Action
		hush bool
	}{
		"frozen":        {pending("ERROR"), identity.ActWait, true},
		"documents":     {documents, identity.ActUpload, false},
		"refresh":       {refresh, identity.ActRefreshKYC, false},
		"ref_id taken":  {failed(identity.RefIDTaken), identity.ActResubmit, false},
		"ID known":      {failed(identity.CIPIDTaken), identity.ActCompare, false},
		"exists":        {failed(identity.AlreadyExists), identity.ActCompare, false},
		"refused":       {failed(identity.Refused), identity.ActResubmit, false},
		"scope missing": {failed(identity.ScopeMissing), identity.ActResubmit, false},
		"draft unread":  {failed(identity.DraftUnread), identity.ActWithdraw, false},
	}
	for _, s := range []identity.Status{"PENDING", "ERROR", "DENIED", "IN_REVIEW"} {
		for kind, c := range map[string]struct {
			d    identity.Details
			hush bool
		}{
			"ID": {identity.Details{IDVerification: s}, false}, "sanctions": {identity.Details{Sanctions: s}, true}, "screening": {identity.Details{Screening: s}, true},
		} {
			cases[kind+" "+string(s)] = struct {
				i    identity.Identity
				next identity.Action
				hush bool
			}{with(c.d), identity.ActWait, c.hush}
		}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := identity.Explain(c.i, policy(), at("2026-03-02 11:00"), 0)
			require.Len(t, a.Blocking, 1)
			b := a.Blocking[0]
			plain := strings.NewReplacer("identity:write_identity", "it", "identity:read_identity", "it")
			requireWords(t, a.Sentence, plain.Replace(a.NextText), b.Sentence, plain.Replace(b.NextText))
			require.Equal(t, c.next, b.Next)
			require.Equal(t, c.next, a.Next)
			require.Equal(t, a.Move, b.Move)
			require.Equal(t, c.hush, b.Confidential)
			require.Equal(t, c.hush, a.Confidential)
			require.Equal(t, b.Tell, a.Tell)
			require.Equal(t, c.hush, b.Tell == "")
			requireTellable(t, b.Tell)
		})
	}
}

// What a case without anything that blocks lets the customer know.
func TestTell(t *testing.T) {
	t.Parallel()
	controlled := func(i identity.Identity) identity.Identity {
		i.Details.Controls = []identity.Control{{Type: "SELL_ONLY", SetBy: "SET_BY_PAXOS", ReasonCode: "COMPLIANCE_SCREENING"}}
		return i
	}
	idChecked := pending("ERROR")
	idChecked.Details.IDVerification = "PENDING"
	const nothing = "We are still processing your details."
	for name, c := range map[string]struct {
		i    identity.Identity
		tell string
		hush bool
	}{
		"silent":                     {pending("PENDING"), nothing, false},
		"unknown word":               {pending("UNDER_REVIEW"), nothing, false},
		"on its way":                 {identity.Identity{Submission: identity.Queued, CreatedAt: at(created), SubmittedAt: ptr(created)}, nothing, false},
		"approved":                   {pending("APPROVED"), "Your details have been verified.", false},
		"approved with a control":    {controlled(pending("APPROVED")), "", true},
		"pending with a control":     {controlled(pending("PENDING")), nothing, true},
		"denied":                     {pending("DENIED"), "", true},
		"frozen":                     {pending("ERROR"), "", true},
		"frozen while ID is checked": {idChecked, nothing, true},
		"a member failed":            {pending("PENDING", requirement("MEMBERS", "FAILED", "", "member_verification_failed")), nothing, false},
		"an unknown screening":       {pending("PENDING", requirement("ADVERSE_MEDIA_SCREENING", "PENDING", "PAXOS")), "", true},
		"an unknown sanction code":   {pending("PENDING", requirement("QUANTUM_CHECK", "PENDING", "CLIENT", "sanctions_list_match")), "", true},
		"withdrawn":                  {identity.Identity{Submission: identity.Withdrawn, CreatedAt: at(created)}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := identity.Explain(c.i, policy(), at("2026-03-02 10:05"), 0)
			require.Equal(t, c.tell, a.Tell)
			require.Equal(t, c.hush, a.Confidential)
		})
	}
}

// A late row is Paxos' to answer for; one of members is looked into first, since their own cases may await us.
func TestLateRows(t *testing.T) {
	t.Parallel()
	i := pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS"), requirement("MEMBERS", "PENDING", ""))
	a := identity.Explain(i, policy(), at("2026-03-05 11:00"), 0)
	require.Equal(t, identity.ActEscalate, a.Blocking[0].Next)
	require.Equal(t, identity.ActLookInto, a.Blocking[1].Next)
	ours := pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS"), requirement("TAX_DETAILS_VERIFICATION", "FAILED", "CLIENT"))
	a = identity.Explain(ours, policy(), at("2026-03-05 11:00"), 0)
	require.Equal(t, identity.ActCorrect, a.Next)
	require.Equal(t, identity.ActWait, a.Blocking[1].Next, "our being late is not Paxos'")
}
