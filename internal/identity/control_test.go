package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestControlAsk(t *testing.T) {
	t.Parallel()
	good := identity.ControlAsk{PaxosID: "px-1", Type: "CLOSED", ReasonCode: "OTHER", Reason: "asked by phone"}
	require.Empty(t, good.Check())
	for name, c := range map[string]struct {
		change func(*identity.ControlAsk)
		field  string
	}{
		"no type":        {func(a *identity.ControlAsk) { a.Type = "" }, "type"},
		"a freeze":       {func(a *identity.ControlAsk) { a.Type = "FROZEN" }, "type"},
		"no code":        {func(a *identity.ControlAsk) { a.ReasonCode = "WHIM" }, "reason_code"},
		"no reason":      {func(a *identity.ControlAsk) { a.Reason = "   a   " }, "reason"},
		"a long reason":  {func(a *identity.ControlAsk) { a.Reason = strings.Repeat("a", 501) }, "reason"},
		"a mail address": {func(a *identity.ControlAsk) { a.Reason = "wrote from ana@example.org" }, "reason"},
	} {
		a := good
		c.change(&a)
		require.Len(t, a.Check(), 1, name)
		require.NotEmpty(t, a.Check()[c.field], name)
	}
	for _, c := range append(identity.ControlTypes(), identity.Choice{Value: "FROZEN"}) {
		require.NotEmpty(t, identity.ControlEffect(c.Value))
	}
	require.Empty(t, identity.ControlEffect("HALF_OPEN"))
}

func TestControlThatALostCallMade(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)
	ask := identity.ControlAsk{Type: "CLOSED", ReasonCode: "OTHER", Reason: "asked by phone"}
	made := identity.ControlRecord{
		Control: identity.Control{ID: "c-1", Type: "CLOSED", SetBy: "SET_BY_CLIENT", ReasonCode: "OTHER", CreatedAt: asked.Add(-4 * time.Minute)},
		Reason:  "asked by phone",
	}
	got, found := ask.Found([]identity.ControlRecord{{}, made}, asked)
	require.True(t, found, "clocks differ")
	require.Equal(t, "c-1", got.ID)
	for name, change := range map[string]func(*identity.ControlRecord){
		"before":      func(c *identity.ControlRecord) { c.CreatedAt = asked.Add(-6 * time.Minute) },
		"by Paxos":    func(c *identity.ControlRecord) { c.SetBy = "SET_BY_PAXOS" },
		"other type":  func(c *identity.ControlRecord) { c.Type = "DORMANT" },
		"other code":  func(c *identity.ControlRecord) { c.ReasonCode = "INACTIVITY" },
		"other words": func(c *identity.ControlRecord) { c.Reason = "" },
		"ended":       func(c *identity.ControlRecord) { c.DeletedAt = asked },
	} {
		other := made
		change(&other)
		_, found := ask.Found([]identity.ControlRecord{other}, asked)
		require.False(t, found, name)
	}
}
