package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

const (
	created = "2026-03-02 10:00" // a Monday
	changed = "2026-03-03 10:00"
)

// pending is a case as Paxos first told of it, with nothing asked for.
func pending(status identity.Status, rs ...identity.Requirement) identity.Identity {
	return identity.Identity{
		ID: "i1", PaxosID: "p1", Status: status, CreatedAt: at(created), UpdatedAt: at(changed),
		Details: identity.Details{Requirements: rs},
	}
}

func requirement(kind, status, awaiting string, codes ...string) identity.Requirement {
	r := identity.Requirement{Type: kind, Status: status, Awaiting: awaiting}
	for _, c := range codes {
		r.Errors = append(r.Errors, identity.RequirementError{Code: c})
	}
	return r
}

func TestLane(t *testing.T) {
	t.Parallel()
	client := requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "CLIENT")
	refresh := requirement("KYC_REFRESH", "PENDING", "CLIENT")
	withDocuments := func(i identity.Identity) identity.Identity {
		i.Documents = &identity.DocumentsAsk{Types: []string{"PASSPORT"}, At: at(changed)}
		return i
	}
	withRefresh := func(i identity.Identity) identity.Identity {
		i.Refresh = &identity.Refresh{StartedAt: at(changed), EndsAt: at("2026-03-31 13:00")}
		return i
	}
	submission := func(s identity.Submission) identity.Identity {
		return identity.Identity{ID: "i1", Submission: s, CreatedAt: at(created), SubmittedAt: ptr(created)}
	}
	linking := submission(identity.Failed)
	linking.LinkingSince = ptr(created)
	for name, c := range map[string]struct {
		i    identity.Identity
		now  string
		lane identity.Lane
		move identity.Move
	}{
		"failed":                             {submission(identity.Failed), created, "failed", "ours"},
		"failed, being linked":               {linking, "2026-03-02 11:00", "failed", "line"},
		"queued":                             {submission(identity.Queued), "2026-03-02 10:09:59", "waiting", "line"},
		"queued for ten minutes":             {submission(identity.Queued), "2026-03-02 10:10", "overdue", "line"},
		"sent":                               {submission(identity.Sent), "2026-03-02 10:09", "waiting", "line"},
		"sent for ten minutes":               {submission(identity.Sent), "2026-03-02 10:11", "overdue", "line"},
		"withdrawn":                          {submission(identity.Withdrawn), "2026-04-02 10:00", "decided", "none"},
		"declined":                           {submission(identity.Declined), created, "decided", "none"},
		"linked":                             {submission(identity.Linked), created, "decided", "none"},
		"frozen":                             {pending("ERROR"), changed, "frozen", "paxos"},
		"frozen, and we are asked":           {pending("ERROR", client), changed, "frozen", "ours"},
		"denied":                             {pending("DENIED"), changed, "decided", "none"},
		"denied with requirements":           {withDocuments(pending("DENIED", client)), changed, "decided", "none"},
		"awaits us":                          {pending("PENDING", client), created, "action", "ours"},
		"awaits us and Paxos":                {pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS"), client), created, "action", "ours"},
		"failed, awaits us":                  {pending("PENDING", requirement("ID_VERIFICATION", "FAILED", "CLIENT")), created, "action", "ours"},
		"failed, awaits Paxos":               {pending("PENDING", requirement("SCREENING_CHECK", "FAILED", "PAXOS")), created, "waiting", "paxos"},
		"failed, names nobody":               {pending("PENDING", requirement("MEMBERS", "FAILED", "")), created, "action", "ours"},
		"pending, names nobody":              {pending("PENDING", requirement("MEMBERS", "PENDING", "")), created, "waiting", "paxos"},
		"failed, names a stranger":           {pending("PENDING", requirement("MEMBERS", "FAILED", "REGULATOR")), created, "waiting", "paxos"},
		"approved, awaits us":                {pending("APPROVED", client), created, "action", "ours"},
		"disabled, awaits us":                {pending("DISABLED", client), created, "action", "ours"},
		"documents":                          {withDocuments(pending("PENDING")), created, "action", "ours"},
		"documents after approval":           {withDocuments(pending("APPROVED")), created, "action", "ours"},
		"refresh":                            {withRefresh(pending("APPROVED")), "2026-03-24 12:59", "refresh", "ours"},
		"refresh, five days left":            {withRefresh(pending("APPROVED")), "2026-03-24 13:00", "action", "ours"},
		"refresh, ended":                     {withRefresh(pending("APPROVED")), "2026-05-24 13:00", "action", "ours"},
		"refresh of a pending case":          {withRefresh(pending("PENDING")), "2026-03-24 12:59", "refresh", "ours"},
		"refresh and documents":              {withDocuments(withRefresh(pending("APPROVED"))), changed, "action", "ours"},
		"refresh required, no event":         {pending("APPROVED", refresh), "2026-03-24 10:00", "refresh", "ours"},
		"refresh required, near its end":     {pending("APPROVED", refresh), "2026-03-30 10:00", "action", "ours"},
		"refresh failed":                     {pending("APPROVED", requirement("KYC_REFRESH", "FAILED", "CLIENT")), changed, "action", "ours"},
		"refresh overdue by its code":        {pending("APPROVED", requirement("KYC_REFRESH", "PENDING", "CLIENT", "kyc_refresh_overdue")), changed, "action", "ours"},
		"refresh at Paxos":                   {pending("APPROVED", requirement("KYC_REFRESH", "PENDING", "PAXOS")), changed, "refresh", "paxos"},
		"approved":                           {pending("APPROVED"), changed, "decided", "none"},
		"approved, Paxos still looks":        {pending("APPROVED", requirement("SCREENING_CHECK", "PENDING", "PAXOS")), changed, "decided", "none"},
		"disabled":                           {pending("DISABLED"), changed, "decided", "none"},
		"pending, nothing named":             {pending("PENDING"), "2026-03-03 09:59", "waiting", "paxos"},
		"pending, the limit passes":          {pending("PENDING"), "2026-03-03 10:00", "overdue", "paxos"},
		"unknown word":                       {pending("UNDER_REVIEW"), "2026-03-02 11:00", "waiting", "paxos"},
		"unknown word, late":                 {pending("UNDER_REVIEW"), "2026-03-09 11:00", "overdue", "paxos"},
		"a sub-status ERROR does not freeze": {identity.Identity{PaxosID: "p1", Status: "PENDING", CreatedAt: at(created), Details: identity.Details{Sanctions: "ERROR"}}, created, "waiting", "paxos"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := identity.Assess(c.i, policy(), at(c.now))
			require.Equal(t, c.lane, v.Lane)
			require.Equal(t, c.move, v.Move)
		})
	}
}

func TestClocks(t *testing.T) {
	t.Parallel()
	held := func(i identity.Identity, m identity.Move, since string) identity.Identity {
		i.Move, i.MoveSince = m, at(since)
		return i
	}
	client := requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "CLIENT")
	back := pending("PENDING")
	back.PendingSince = ptr("2026-03-05 12:00")
	ended := pending("APPROVED")
	ended.Refresh = &identity.Refresh{StartedAt: at(changed), EndsAt: at("2026-03-31 13:00")}
	unnamed := pending("APPROVED")
	unnamed.Refresh = &identity.Refresh{StartedAt: at(changed)}
	for name, c := range map[string]struct {
		i                         identity.Identity
		now                       string
		since, pending, due, turn string // empty for none
	}{
		"pending on Paxos' calendar": {pending("PENDING"), created, created, created, "2026-03-03 10:00", "2026-03-03 10:00"},
		"over the weekend":           {held(pending("PENDING"), "paxos", "2026-03-06 14:00"), "2026-03-07 10:00", "2026-03-06 14:00", created, "2026-03-09 14:00", "2026-03-09 14:00"},
		"overdue does not turn":      {pending("PENDING"), "2026-03-04 10:00", created, created, "2026-03-03 10:00", ""},
		"PENDING came back":          {back, "2026-03-05 12:00", "2026-03-05 12:00", "2026-03-05 12:00", "2026-03-06 12:00", "2026-03-06 12:00"},
		"action on our calendar":     {held(pending("PENDING", client), "ours", "2026-03-03 19:00"), "2026-03-03 20:00", "2026-03-03 19:00", created, "2026-03-04 19:00", ""},
		"action, since when unknown": {pending("PENDING", client), created, created, created, "2026-03-02 20:00", ""},
		"frozen on Paxos' calendar":  {held(pending("ERROR"), "paxos", "2026-03-06 16:00"), "2026-03-08 10:00", "2026-03-06 16:00", created, "2026-03-09 16:00", ""},
		"refresh until its end":      {ended, "2026-03-04 10:00", changed, "", "2026-03-31 13:00", "2026-03-24 13:00"},
		"refresh near its end":       {ended, "2026-03-25 10:00", changed, "", "2026-03-31 13:00", ""},
		"refresh of unnamed end":     {unnamed, "2026-03-04 10:00", changed, "", "2026-04-02 10:00", "2026-03-26 12:00"},
		"decided":                    {pending("APPROVED"), "2026-03-04 10:00", changed, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := identity.Assess(c.i, policy(), at(c.now))
			require.Equal(t, at(c.since), v.MoveSince, "since")
			require.Equal(t, maybe(c.pending), v.PendingSince, "pending since")
			require.Equal(t, maybe(c.due), v.DueAt, "due")
			require.Equal(t, maybe(c.turn), v.TurnAt, "turn")
		})
	}
}

func maybe(s string) *time.Time {
	if s == "" {
		return nil
	}
	return ptr(s)
}

func TestPlainLimitRunsAroundTheClock(t *testing.T) {
	t.Parallel()
	i := pending("PENDING")
	i.CreatedAt = at("2026-03-07 23:59:59") // a Saturday
	p := plainPolicy(2 * time.Second)
	v := identity.Assess(i, p, at("2026-03-07 23:59:59"))
	require.Equal(t, identity.LaneWaiting, v.Lane)
	require.Equal(t, ptr("2026-03-08 00:00:01"), v.TurnAt)
	v = identity.Assess(i, p, *v.TurnAt)
	require.Equal(t, identity.LaneOverdue, v.Lane)
	require.Nil(t, v.TurnAt)
}

// What is stored of a verdict must not move the clocks when the rule runs again, also after time has changed the lane.
func TestAssessedTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	opened := pending("APPROVED", requirement("KYC_REFRESH", "PENDING", "PAXOS"))
	for name, i := range map[string]identity.Identity{
		"pending": pending("PENDING"), "frozen": pending("ERROR"), "approved": pending("APPROVED"), "refresh at Paxos": opened,
		"refresh": pending("APPROVED", requirement("KYC_REFRESH", "PENDING", "CLIENT")),
		"queued":  {Submission: identity.Queued, CreatedAt: at(created), SubmittedAt: ptr(created)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			once := i.Assessed(policy(), at(changed))
			later := once.Assessed(policy(), at("2026-06-01 10:00"))
			require.Equal(t, once.MoveSince, later.MoveSince)
			require.Equal(t, once.DueAt, later.DueAt)
			require.Equal(t, later, later.Assessed(policy(), at("2026-06-02 10:00")))
			if once.TurnAt != nil {
				require.Equal(t, once.Lane, once.Assessed(policy(), once.TurnAt.Add(-time.Millisecond)).Lane)
				require.NotEqual(t, once.Lane, once.Assessed(policy(), *once.TurnAt).Lane)
			}
		})
	}
}
