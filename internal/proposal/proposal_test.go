package proposal_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/proposal"
)

var (
	at    = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	facts = []string{"status DENIED", "submission accepted"}
)

func made() proposal.Proposal {
	p := proposal.New(proposal.Erase, proposal.Policy{Term: time.Hour, Confirm: "x"}, facts, at)
	p.MakerID, p.MakerName = "ana", "Ana"
	return p
}

func TestJudge(t *testing.T) {
	t.Parallel()
	lea, ana := proposal.Person{ID: "lea", MayApprove: true}, proposal.Person{ID: "ana", MayApprove: true}
	ended := func(s proposal.State) proposal.Proposal { return made().Ended(s, "", "", "", at) }
	changed := []string{"status APPROVED", "submission accepted"}
	for name, tc := range map[string]struct {
		p     proposal.Proposal
		verb  proposal.Verb
		by    proposal.Person
		facts []string
		after time.Duration
		want  proposal.Verdict
	}{
		"a second person":            {made(), proposal.Approve, lea, facts, 0, proposal.Fine},
		"a moment before its end":    {made(), proposal.Approve, lea, facts, time.Hour - 1, proposal.Fine},
		"at its end":                 {made(), proposal.Approve, lea, facts, time.Hour, proposal.Late},
		"its maker":                  {made(), proposal.Approve, ana, facts, 0, proposal.Own},
		"its maker says no":          {made(), proposal.Decline, ana, facts, 0, proposal.Own},
		"its maker, too late":        {made(), proposal.Approve, ana, facts, time.Hour, proposal.Own},
		"its maker, of another role": {made(), proposal.Approve, proposal.Person{ID: "ana"}, facts, 0, proposal.NotAllowed},
		"a role that may not":        {made(), proposal.Decline, proposal.Person{ID: "vera"}, facts, 0, proposal.NotAllowed},
		"nobody":                     {made(), proposal.Approve, proposal.Person{}, facts, 0, proposal.NotAllowed},
		"its maker takes it back":    {made(), proposal.Withdraw, proposal.Person{ID: "ana"}, facts, 0, proposal.Fine},
		"another takes it back":      {made(), proposal.Withdraw, lea, facts, 0, proposal.NotOwn},
		"taken back too late":        {made(), proposal.Withdraw, ana, facts, time.Hour, proposal.Late},
		"a changed case":             {made(), proposal.Approve, lea, changed, 0, proposal.Changed},
		"a changed case, too late":   {made(), proposal.Approve, lea, changed, time.Hour, proposal.Late},
		"no to a changed case":       {made(), proposal.Decline, lea, changed, 0, proposal.Fine},
		"a changed case taken back":  {made(), proposal.Withdraw, ana, changed, 0, proposal.Fine},
		"approved before":            {ended(proposal.Approved), proposal.Approve, lea, facts, 0, proposal.Over},
		"done before":                {ended(proposal.Done), proposal.Decline, lea, facts, 0, proposal.Over},
		"declined before":            {ended(proposal.Declined), proposal.Approve, lea, facts, 0, proposal.Over},
		"taken back before":          {ended(proposal.Withdrawn), proposal.Withdraw, ana, facts, 0, proposal.Over},
		"void before":                {ended(proposal.Void), proposal.Approve, lea, changed, 0, proposal.Over},
		"expired before":             {ended(proposal.Expired), proposal.Approve, lea, facts, 9 * time.Hour, proposal.Over},
	} {
		require.Equal(t, tc.want, tc.p.Judge(tc.verb, tc.by, tc.facts, at.Add(tc.after)), name)
	}
}

func TestWhatVerbsAndVerdictsBringAbout(t *testing.T) {
	t.Parallel()
	require.Equal(t, proposal.Approved, proposal.Approve.Becomes())
	require.Equal(t, proposal.Declined, proposal.Decline.Becomes())
	require.Equal(t, proposal.Withdrawn, proposal.Withdraw.Becomes())
	for verdict, state := range map[proposal.Verdict]proposal.State{
		proposal.Late: proposal.Expired, proposal.Changed: proposal.Void, proposal.Own: "", proposal.Over: "", proposal.Fine: "",
	} {
		require.Equal(t, state, verdict.Becomes(), verdict)
	}
}

func TestTermIsFrozen(t *testing.T) {
	t.Parallel()
	p := made()
	require.Equal(t, at.Add(time.Hour), p.ExpiresAt)
	require.False(t, p.Due(at.Add(time.Hour-1)))
	require.True(t, p.Due(at.Add(time.Hour)))
	require.False(t, p.Ended(proposal.Declined, "lea", "Lea", "no", at).Due(at.Add(9*time.Hour)), "what is over does not expire")
	require.Equal(t, at.Add(proposal.DefaultTerm), proposal.New(proposal.Erase, proposal.Policy{}, nil, at).ExpiresAt)
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	same := proposal.Fingerprint([]string{"a", "b"})
	require.Equal(t, same, proposal.Fingerprint([]string{"a", "b"}))
	for _, other := range [][]string{{"b", "a"}, {"ab"}, {"a", "b", ""}, {`a","b`}, nil} {
		require.NotEqual(t, same, proposal.Fingerprint(other), other)
	}
	require.False(t, made().Stale(facts))
	require.True(t, made().Stale(facts[:1]))
}

func TestKinds(t *testing.T) {
	t.Parallel()
	require.True(t, proposal.Erase.Known())
	require.NotEmpty(t, proposal.Erase.Confirm())
	require.True(t, proposal.Erase.HasReason("person_asked"))
	require.Equal(t, "The person asked for it", proposal.Erase.ReasonText("person_asked"))
	require.False(t, proposal.Erase.HasReason("because"))
	require.Equal(t, "because", proposal.Erase.ReasonText("because"))
	require.True(t, proposal.Control.Known())
	require.NotEmpty(t, proposal.Control.Confirm())
	require.Empty(t, proposal.Control.Reasons(), "they are Paxos' codes")
	other := proposal.Kind("else")
	require.False(t, other.Known())
	require.Empty(t, other.Reasons())
	require.Empty(t, other.Confirm())
}

func TestHowItEnded(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 17, 3, 9, 0, time.UTC)
	open := proposal.Proposal{MakerName: "Lea", At: at, ExpiresAt: at.Add(72 * time.Hour), State: proposal.Open}
	for state, says := range map[proposal.State]string{
		proposal.Approved:  "It was approved by Bo at 2026-03-05 17:03 UTC. Nothing",
		proposal.Done:      "It was approved by Bo at 2026-03-05 17:03 UTC, and done. Nothing",
		proposal.Undone:    "It was approved by Bo at 2026-03-05 17:03 UTC, and what it asked for did not come about.",
		proposal.Declined:  "It was declined by Bo at 2026-03-05 17:03 UTC. Nothing",
		proposal.Withdrawn: "Bo took it back at 2026-03-05 17:03 UTC. Nothing",
		proposal.Void:      "the proposal is void. Nothing was done.",
		proposal.Expired:   "nobody decided by 2026-03-07 17:03 UTC. Nothing was done.",
		"new_word":         "has ended before",
	} {
		text, times := open.Ended(state, "bo-1", "Bo", "", at.Add(24*time.Hour)).OverText()
		require.Contains(t, text, says, state)
		for _, each := range times {
			require.Contains(t, text, each.Format("2006-01-02 15:04 UTC"), state)
		}
	}
	require.Contains(t, open.OpenText(), "Lea made a proposal of this kind at 2026-03-04 17:03 UTC")
}
