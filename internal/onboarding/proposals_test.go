package onboarding_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/internal/proposal"
)

var denied = identity.Identity{
	ID: "c3", PaxosID: "p3", RefID: "user-3", Status: identity.Denied, Lane: identity.LaneDecided, Submission: identity.Accepted, UpdatedAt: now,
}

func sound() onboarding.Wish {
	return onboarding.Wish{ReasonCode: "person_asked", Reason: "  They wrote to us. ", Confirmed: true}
}

func TestProposeErase(t *testing.T) {
	t.Parallel()
	c := cacheOf(denied)
	p, err := deskOf(c).ProposeErase(t.Context(), as(access.Analyst), "c3", sound())
	require.NoError(t, err)
	require.Equal(t, proposal.Erase, p.Kind)
	require.Equal(t, "u-analyst", p.MakerID)
	require.Equal(t, "They wrote to us.", p.Reason)
	require.Equal(t, now.Add(72*time.Hour), p.ExpiresAt, "the usual time")
	require.False(t, p.Stale(denied.FactLines()))
	require.NotEmpty(t, p.Change.Lines)
	require.Contains(t, p.Change.Evidence, proposal.Line{Name: "status", Before: "DENIED"})
	e := c.entries[0]
	require.Equal(t, audit.Proposed, e.Action)
	require.Equal(t, "person_asked", e.ReasonCode)
	require.Equal(t, "They wrote to us.", e.Reason)
	require.NotContains(t, e.Detail, "wrote")

	for name, tc := range map[string]struct {
		change func(*onboarding.Wish)
		field  string
	}{
		"no code":       {func(w *onboarding.Wish) { w.ReasonCode = "" }, "reason_code"},
		"unknown code":  {func(w *onboarding.Wish) { w.ReasonCode = "because" }, "reason_code"},
		"no words":      {func(w *onboarding.Wish) { w.Reason = " " }, "reason"},
		"too many":      {func(w *onboarding.Wish) { w.Reason = strings.Repeat("x", identity.MaxReason+1) }, "reason"},
		"not confirmed": {func(w *onboarding.Wish) { w.Confirmed = false }, "confirmed"},
	} {
		w := sound()
		tc.change(&w)
		_, err := deskOf(c).ProposeErase(t.Context(), as(access.Lead), "c3", w)
		require.Equal(t, fault.Invalid, fault.KindOf(err), name)
		require.Contains(t, fault.From(err).Fields, tc.field, name)
	}
	require.Len(t, c.entries, 1)
}

func TestWhoMayPropose(t *testing.T) {
	t.Parallel()
	for role, may := range map[access.Role]bool{
		access.Viewer: false, access.Analyst: true, access.Lead: true, access.Auditor: false, access.Admin: false,
	} {
		c := cacheOf(denied)
		_, err := deskOf(c).ProposeErase(t.Context(), as(role), "c3", sound())
		require.Equal(t, may, err == nil, role)
		if !may {
			require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
			require.False(t, c.touched, role)
		}
	}
	script := as(access.Lead)
	script.Token = "idk_1"
	_, err := deskOf(cacheOf(denied)).ProposeErase(t.Context(), script, "c3", sound())
	require.Equal(t, fault.Forbidden, fault.KindOf(err), "a script never does")
}

func TestDecide(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		by    access.Role
		d     onboarding.Decision
		kind  fault.Kind
		field string
	}{
		"approve":                {access.Lead, onboarding.Decision{Verb: proposal.Approve, Confirmed: true}, "", ""},
		"approve unchecked":      {access.Lead, onboarding.Decision{Verb: proposal.Approve}, fault.Invalid, "confirmed"},
		"decline":                {access.Lead, onboarding.Decision{Verb: proposal.Decline, Text: "not yet"}, "", ""},
		"decline without a word": {access.Lead, onboarding.Decision{Verb: proposal.Decline, Text: " "}, fault.Invalid, "reason"},
		"take back":              {access.Analyst, onboarding.Decision{Verb: proposal.Withdraw}, "", ""},
		"an analyst approves":    {access.Analyst, onboarding.Decision{Verb: proposal.Approve, Confirmed: true}, fault.Forbidden, ""},
		"an auditor takes back":  {access.Auditor, onboarding.Decision{Verb: proposal.Withdraw}, fault.Forbidden, ""},
		"an admin declines":      {access.Admin, onboarding.Decision{Verb: proposal.Decline, Text: "x"}, fault.Forbidden, ""},
	} {
		c := cacheOf(denied)
		_, err := deskOf(c).ProposeErase(t.Context(), as(access.Analyst), "c3", sound())
		require.NoError(t, err)
		_, err = deskOf(c).Decide(t.Context(), as(tc.by), "w1", tc.d)
		require.Equal(t, tc.kind, fault.KindOf(err), name)
		if tc.kind != "" {
			require.Empty(t, c.wishes.answers, name)
			if tc.field != "" {
				require.Contains(t, fault.From(err).Fields, tc.field, name)
			}
			continue
		}
		a := c.wishes.answers[0]
		require.Equal(t, "u-"+string(tc.by), a.By.ID, name)
		require.Equal(t, tc.by == access.Lead, a.By.MayApprove, name)
		require.Equal(t, string(tc.d.Verb.Becomes()), c.entries[1].After, name)
		require.Equal(t, "c3", c.entries[1].IdentityID, name)
	}
}

// What the maker of a proposal gets is up to the rule, not to what they left out.
func TestTheMakerIsNotAskedForMore(t *testing.T) {
	t.Parallel()
	c := cacheOf(denied)
	_, err := deskOf(c).ProposeErase(t.Context(), as(access.Lead), "c3", sound())
	require.NoError(t, err)
	_, err = deskOf(c).Decide(t.Context(), as(access.Lead), "w1", onboarding.Decision{Verb: proposal.Approve})
	require.NoError(t, err)
	require.Len(t, c.wishes.answers, 1, "the store judges it")
}

func TestOpenProposal(t *testing.T) {
	t.Parallel()
	c := cacheOf(denied)
	_, err := deskOf(c).ProposeErase(t.Context(), as(access.Analyst), "c3", sound())
	require.NoError(t, err)
	for role, want := range map[access.Role][2]bool{access.Analyst: {false, true}, access.Lead: {true, false}, access.Auditor: {false, false}} {
		o, err := deskOf(c).OpenProposal(t.Context(), as(role), "w1")
		require.NoError(t, err)
		require.Equal(t, want, [2]bool{o.CanDecide, o.CanTakeBack}, role)
		require.Equal(t, "user-3", o.Case.Identity.RefID)
	}
	require.Equal(t, audit.OpenedCase, c.entries[len(c.entries)-1].Action)
	for _, role := range []access.Role{access.Viewer, access.Admin} {
		_, err := deskOf(c).OpenProposal(t.Context(), as(role), "w1")
		require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
		_, err = deskOf(c).Proposals(t.Context(), as(role), proposal.Filter{})
		require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
	}
	_, err = deskOf(c).Proposals(t.Context(), as(access.Lead), proposal.Filter{Show: proposal.ShowMine, MakerID: "somebody"})
	require.NoError(t, err)
	require.Equal(t, "u-lead", c.wishes.filters[0].MakerID, "mine are the actor's")
	for role, n := range map[access.Role]int64{access.Lead: 3, access.Analyst: 0, access.Viewer: 0, access.Auditor: 0} {
		got, err := deskOf(c).WaitingProposals(t.Context(), as(role))
		require.NoError(t, err)
		require.Equal(t, n, got, role)
	}
}

func TestHold(t *testing.T) {
	t.Parallel()
	c := cacheOf(denied)
	require.NoError(t, deskOf(c).Hold(t.Context(), as(access.Lead), "c3", "litigation", " They sue us. "))
	require.Equal(t, &identity.Hold{ByID: "u-lead", ByName: "Robin", ReasonCode: "litigation", Reason: "They sue us."}, c.wishes.hold)
	require.Equal(t, "litigation", c.entries[0].ReasonCode)
	require.NoError(t, deskOf(c).LetGo(t.Context(), as(access.Lead), "c3", "It is over."))
	require.Equal(t, []string{"hold", "let go"}, c.writes)
	for name, err := range map[string]error{
		"reason_code": deskOf(c).Hold(t.Context(), as(access.Lead), "c3", "because", "x"),
		"reason":      deskOf(c).LetGo(t.Context(), as(access.Lead), "c3", " "),
	} {
		require.Contains(t, fault.From(err).Fields, name)
	}
	for _, role := range []access.Role{access.Viewer, access.Analyst, access.Auditor, access.Admin} {
		require.Equal(t, fault.Forbidden, fault.KindOf(deskOf(c).Hold(t.Context(), as(role), "c3", "audit", "x")), role)
		require.Equal(t, fault.Forbidden, fault.KindOf(deskOf(c).LetGo(t.Context(), as(role), "c3", "x")), role)
	}
}

func TestWhatACaseTellsOfItsKeeping(t *testing.T) {
	t.Parallel()
	erased := denied
	erased.ID, erased.RefID, erased.ErasedAt = "c4", "", &now
	c := cacheOf(denied, erased, pending, failed)
	c.wishes.hold = &identity.Hold{ByName: "Lea", Reason: "They sue us.", At: now}
	desk := onboarding.New(onboarding.Options{
		Store: c, Index: hasher{}, Now: func() time.Time { return now }, Policy: deskOf(c).Policy,
		Keeps: onboarding.Keeping{
			Case:  func(t time.Time) time.Time { return t.AddDate(5, 0, 0) },
			Draft: func(t time.Time) time.Time { return t.Add(7*24*time.Hour + time.Minute) },
		},
	})
	open := func(role access.Role, id string) onboarding.Case {
		got, err := desk.Open(t.Context(), as(role), id)
		require.NoError(t, err)
		return got
	}
	held := open(access.Lead, "c3")
	require.Equal(t, now.AddDate(5, 0, 0), *held.KeptUntil)
	require.Equal(t, "They sue us.", held.Hold.Reason)
	require.False(t, held.CanErase, "on hold")
	require.True(t, held.CanHold)
	require.Empty(t, open(access.Viewer, "c3").Hold.Reason, "free text is for those who may see names")
	require.Equal(t, "Lea", open(access.Viewer, "c3").Hold.By)
	c.wishes.hold = nil
	require.True(t, open(access.Analyst, "c3").CanErase)
	require.False(t, open(access.Viewer, "c3").CanErase)
	require.False(t, open(access.Analyst, "c3").CanHold)
	require.False(t, open(access.Lead, "c1").CanErase, "Paxos has not decided")
	require.Nil(t, open(access.Lead, "c1").KeptUntil)
	gone := open(access.Lead, "c4")
	require.False(t, gone.CanErase || gone.CanHold || gone.CanWork || gone.CanRecheck || gone.CanClaim)
	draft := open(access.Lead, "c2")
	require.Equal(t, now.Add(7*24*time.Hour+time.Minute), *draft.DraftEndsAt)
	require.Nil(t, draft.DraftGoesAt, "not soon")
	soon := failed
	soon.UpdatedAt = now.Add(-time.Minute)
	c.cases["c2"] = soon
	require.NotNil(t, open(access.Lead, "c2").DraftGoesAt)
}

func TestLookUpWhatWasErased(t *testing.T) {
	t.Parallel()
	c := cacheOf(denied)
	c.wishes.erased = map[string]time.Time{"user-9": now}
	at, err := deskOf(c).ErasedRefID(t.Context(), as(access.Viewer), "user-9")
	require.NoError(t, err)
	require.Equal(t, now, *at)
	found, _, err := deskOf(c).LookupMany(t.Context(), as(access.Viewer), []string{"user-9"}, time.Time{})
	require.NoError(t, err)
	require.Empty(t, found[0].Cases)
	require.Equal(t, now, *found[0].ErasedAt)
}
