package onboarding_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

var birth = identity.RevealAsk{Group: identity.GroupBirth, ReasonCode: "customer_request", Reason: " Billy rang about it "}

func TestRevealIsLiveAndLogged(t *testing.T) {
	t.Parallel()
	d, c, paxos := revealing(pending)
	got, err := d.Reveal(t.Context(), as(access.Analyst), "c1", birth)
	require.NoError(t, err)
	require.Equal(t, onboarding.Revealed{
		IdentityID: "c1", Group: identity.GroupBirth, Until: now.Add(5 * time.Minute),
		Fields: []identity.PersonalField{{Path: "person_details.date_of_birth", Value: "1960-01-01"}},
	}, got)
	require.Equal(t, []string{"p1"}, paxos.asked)
	require.Len(t, c.entries, 1)
	e := c.entries[0]
	require.Equal(t, audit.Revealed, e.Action)
	require.Equal(t, []string{"c1", "birth", "customer_request", "Billy rang about it", "shown live from Paxos", "u-analyst"},
		[]string{e.IdentityID, e.Object, e.ReasonCode, e.Reason, e.Detail, e.ActorID})
	require.True(t, onboarding.WasShown(e))

	got, err = d.Reveal(t.Context(), as(access.Lead), "c1", identity.RevealAsk{Group: identity.GroupTax, ReasonCode: "other", Reason: "ten chars at least"})
	require.NoError(t, err)
	require.Empty(t, got.Fields, "Paxos holds nothing of the group")
}

func TestRevealOfWhatPaxosHasNotTakenReadsTheDraft(t *testing.T) {
	t.Parallel()
	d, c, paxos := revealing(failed)
	got, err := d.Reveal(t.Context(), as(access.Analyst), "c2", birth)
	require.NoError(t, err)
	require.True(t, got.FromDraft)
	require.Equal(t, "1980-02-03", got.Fields[0].Value)
	require.Empty(t, paxos.asked)
	require.Equal(t, "shown from our draft", c.entries[0].Detail)
	require.True(t, onboarding.WasShown(c.entries[0]))

	c.draftGone = true
	_, err = d.Reveal(t.Context(), as(access.Analyst), "c2", birth)
	require.Equal(t, fault.Conflict, fault.KindOf(err), "the draft was erased a moment ago")
	withdrawn := failed
	withdrawn.Submission = identity.Withdrawn
	c.cases["c2"] = withdrawn
	_, err = d.Reveal(t.Context(), as(access.Analyst), "c2", birth)
	require.Equal(t, fault.Conflict, fault.KindOf(err))
	require.Equal(t, "not shown: nothing kept", c.entries[2].Detail)
}

func TestRevealIsForAPersonWhoMay(t *testing.T) {
	t.Parallel()
	d, c, paxos := revealing(pending)
	for _, role := range refusing() {
		_, err := d.Reveal(t.Context(), as(role), "c1", birth)
		require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
	}
	script := as(access.Lead)
	script.Token = "idk-1"
	_, err := d.Reveal(t.Context(), script, "c1", birth)
	require.Equal(t, fault.Forbidden, fault.KindOf(err), "a script reveals nothing")
	require.False(t, c.touched)
	require.Empty(t, paxos.asked)
}

func TestRevealAsksForAReason(t *testing.T) {
	t.Parallel()
	d, c, paxos := revealing(pending)
	_, err := d.Reveal(t.Context(), as(access.Analyst), "c1", identity.RevealAsk{Group: "all", Reason: "Zarathorn"})
	f := fault.From(err)
	require.Equal(t, fault.Invalid, f.Kind)
	require.Len(t, f.Fields, 2)
	require.NotContains(t, f.Error(), "Zarathorn")
	_, err = d.Reveal(t.Context(), as(access.Analyst), "none", birth)
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	require.Empty(t, c.entries)
	require.Empty(t, paxos.asked)
}

func TestWhatPaxosDoesNotTellIsLoggedToo(t *testing.T) {
	t.Parallel()
	until := now.Add(5 * time.Minute)
	for name, tc := range map[string]struct {
		refuse error
		kind   fault.Kind
		detail string
		again  time.Time
	}{
		"throttled": {&fault.Error{Kind: fault.Throttled, Code: "http_429", RetryAt: until}, fault.Unavailable, "not shown: http_429", until},
		"held back": {&fault.Error{Kind: fault.Unavailable, Code: fault.HeldBack, RetryAt: until}, fault.Unavailable, "not shown: held_back", until},
		"no answer": {&fault.Error{Kind: fault.Lost, Code: "timeout"}, fault.Unavailable, "not shown: timeout", time.Time{}},
		"unknown":   {&fault.Error{Kind: fault.NotFound, Code: "http_404"}, fault.Conflict, "not shown: http_404", time.Time{}},
		"refused":   {&fault.Error{Kind: fault.Unauthenticated, Code: "http_401"}, fault.Unavailable, "not shown: http_401", time.Time{}},
		"no scope":  {&fault.Error{Kind: fault.Forbidden, Code: "scope"}, fault.Unavailable, "not shown: scope", time.Time{}},
		"a defect":  {errors.New("Zarathorn"), fault.Internal, "not shown: internal", time.Time{}},
	} {
		d, c, paxos := revealing(pending)
		paxos.refuse = tc.refuse
		_, err := d.Reveal(t.Context(), as(access.Analyst), "c1", birth)
		f := fault.From(err)
		require.Equal(t, tc.kind, f.Kind, name)
		require.Equal(t, tc.again, f.RetryAt, name)
		require.NotContains(t, f.Error(), "Zarathorn", name)
		require.Len(t, c.entries, 1, name)
		require.Equal(t, tc.detail, c.entries[0].Detail, name)
		require.Equal(t, "Billy rang about it", c.entries[0].Reason, name)
		require.False(t, onboarding.WasShown(c.entries[0]), name)
	}
}

func TestNothingIsShownThatCannotBeLogged(t *testing.T) {
	t.Parallel()
	d, c, paxos := revealing(pending)
	paxos.before = func() { c.refuse = errors.New("disk full") }
	got, err := d.Reveal(t.Context(), as(access.Analyst), "c1", birth)
	require.Error(t, err)
	require.Zero(t, got)
}

func TestRevealIsLimited(t *testing.T) {
	t.Parallel()
	d, c, paxos := revealing(pending)
	for range 20 {
		_, err := d.Reveal(t.Context(), as(access.Analyst), "c1", birth)
		require.NoError(t, err)
	}
	_, err := d.Reveal(t.Context(), as(access.Analyst), "c1", birth)
	f := fault.From(err)
	require.Equal(t, fault.Throttled, f.Kind)
	require.Equal(t, now.Add(10*time.Minute), f.RetryAt)
	require.Contains(t, f.Text, "20 times in 10 minutes")
	require.Len(t, paxos.asked, 20, "Paxos is not asked for what would not be shown")
	require.Equal(t, "not shown: over the limit", c.entries[20].Detail)
	_, err = d.Reveal(t.Context(), as(access.Lead), "c1", birth)
	require.NoError(t, err, "another person")

	c.entries = c.entries[:19]
	paxos.before = func() { // a second page is faster
		e := c.entries[0]
		c.entries = append(c.entries, e)
	}
	got, err := d.Reveal(t.Context(), as(access.Analyst), "c1", birth)
	require.Equal(t, fault.Throttled, fault.KindOf(err))
	require.Zero(t, got)
	require.Equal(t, "not shown: over the limit", c.entries[20].Detail)
}

func TestCaseSaysWhoMayReveal(t *testing.T) {
	t.Parallel()
	d, _, _ := revealing(pending, failed)
	for _, tc := range []struct {
		role access.Role
		id   string
		may  bool
		from onboarding.RevealSource
	}{
		{access.Analyst, "c1", true, onboarding.RevealPaxos},
		{access.Lead, "c2", true, onboarding.RevealDraft},
		{access.Auditor, "c1", false, onboarding.RevealPaxos},
	} {
		got, err := d.Peek(t.Context(), as(tc.role), tc.id)
		require.NoError(t, err)
		require.Equal(t, tc.may, got.CanReveal, tc.role)
		require.Equal(t, tc.from, got.RevealFrom)
	}
}
