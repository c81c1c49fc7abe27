package onboarding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// limited is somebody with a control that we can end.
func limited() identity.Identity {
	i := identity.Identity{ID: "c3", PaxosID: "p3", RefID: "user-3", Status: identity.Approved, UpdatedAt: now}
	i.Details.Controls = []identity.Control{{ID: "k1", Type: identity.SellOnly, SetBy: "SET_BY_CLIENT", Overridable: true}}
	return i
}

func TestProposeControl(t *testing.T) {
	t.Parallel()
	closing := identity.ControlChange{Type: identity.Closed, ReasonCode: "LEGAL_ORDER", Reason: "  a court wrote "}
	for _, role := range access.Roles() {
		c := cacheOf(limited())
		p, err := deskOf(c).ProposeControl(t.Context(), as(role), "c3", closing, true)
		if role != access.Analyst && role != access.Lead {
			require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
			require.Empty(t, c.writes, role)
			continue
		}
		require.NoError(t, err, role)
		require.Equal(t, []any{proposal.Control, "LEGAL_ORDER", "a court wrote"}, []any{p.Kind, p.ReasonCode, p.Reason})
		require.JSONEq(t, `{"type":"CLOSED","reason_code":"LEGAL_ORDER","reason":"a court wrote"}`, string(p.Payload))
		require.Contains(t, p.Change.Lines, proposal.Line{Name: "Control CLOSED", Before: "not in force", After: "in force"})
		require.Contains(t, p.Change.Lines, proposal.Line{Name: "Can sell", Before: "yes", After: "no"})
		require.Contains(t, p.Change.Evidence, proposal.Line{Name: "status", Before: "APPROVED"})
		e := c.entries[0]
		require.Equal(t, []any{audit.Proposed, "control", "LEGAL_ORDER", "a court wrote"}, []any{e.Action, e.Detail, e.ReasonCode, e.Reason})
	}
	script := as(access.Lead)
	script.Token = "t1"
	_, err := deskOf(cacheOf(limited())).ProposeControl(t.Context(), script, "c3", closing, true)
	require.Equal(t, fault.Forbidden, fault.KindOf(err), "a script is no person")

	c := cacheOf(limited())
	_, err = deskOf(c).ProposeControl(t.Context(), as(access.Analyst), "c3", identity.ControlChange{Type: "FROZEN"}, false)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Len(t, fault.From(err).Fields, 4)
	require.Empty(t, c.writes)

	p, err := deskOf(c).ProposeControl(t.Context(), as(access.Analyst), "c3", identity.ControlChange{End: "k1", Reason: "it is over"}, true)
	require.NoError(t, err)
	require.Contains(t, p.Change.Lines, proposal.Line{Name: "Control SELL_ONLY", Before: "in force", After: "not in force"})
	require.Contains(t, p.Change.Lines, proposal.Line{Name: "Can buy", Before: "no", After: "yes"})
}

func TestCaseTellsItsControls(t *testing.T) {
	t.Parallel()
	open := func(c *cache, role access.Role) (controls, proposed bool) {
		opened, err := deskOf(c).Open(t.Context(), as(role), "c3")
		require.NoError(t, err)
		require.Len(t, opened.Controls.Active, 1)
		require.Equal(t, identity.CanDo, opened.Controls.Able.Sell)
		require.Equal(t, identity.CanNot, opened.Controls.Able.Buy)
		return opened.Controls.Propose, opened.Controls.Proposed != nil
	}
	c := cacheOf(limited())
	for role, want := range map[access.Role]bool{access.Viewer: false, access.Auditor: false, access.Admin: false, access.Analyst: true, access.Lead: true} {
		may, proposed := open(c, role)
		require.Equal(t, want, may, role)
		require.False(t, proposed)
	}
	_, err := deskOf(c).ProposeControl(t.Context(), as(access.Analyst), "c3", identity.ControlChange{End: "k1", Reason: "it is over"}, true)
	require.NoError(t, err)
	may, proposed := open(c, access.Analyst)
	require.False(t, may, "one at a time")
	require.True(t, proposed)
	_, proposed = open(c, access.Viewer)
	require.False(t, proposed, "a viewer sees no proposals")

	c = cacheOf(limited())
	c.asked.moves = []identity.OurMove{{ID: "m1", IdentityID: "c3", Kind: identity.MoveControl, State: identity.MoveSent}}
	may, _ = open(c, access.Lead)
	require.False(t, may, "one is on its way")
}
