package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// A case that is found with the move at us counts from its creation until an event tells when Paxos asked; what Paxos told before goes on
// to count.
func TestSinceWhenAFoundCaseIsOurs(t *testing.T) {
	t.Parallel()
	const askedAt, later = "2026-03-02 16:00", "2026-03-04 10:00"
	edd := requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "CLIENT")
	idv := requirement("ID_VERIFICATION", "FAILED", "CLIENT")
	asks := func(id, when string) func(*identity.News) {
		return told(id, identity.EventDocumentsRequired, "", "", when)
	}
	bySync := func(updated string, change ...func(*identity.News)) identity.News {
		return news(identity.Pending, updated, identity.BySync, change...)
	}
	for name, c := range map[string]struct {
		heard   []identity.News
		since   string
		unknown bool
	}{
		"documents, and nobody told when":              {[]identity.News{bySync(changed, with(edd))}, created, true},
		"documents, and an event tells when":           {[]identity.News{bySync(changed, with(edd)), bySync(changed, with(edd), asks("e1", askedAt))}, askedAt, false},
		"found by the event":                           {[]identity.News{bySync(changed, with(edd), asks("e1", askedAt))}, askedAt, false},
		"documents by the event alone":                 {[]identity.News{bySync(changed, asks("e1", askedAt))}, askedAt, false},
		"asked once more":                              {[]identity.News{bySync(changed, with(edd)), bySync(changed, with(edd), asks("e1", askedAt)), bySync(changed, with(edd), asks("e2", changed))}, askedAt, false},
		"the same again":                               {[]identity.News{bySync(changed, with(edd), asks("e1", askedAt)), bySync(later, with(edd))}, askedAt, false},
		"something else is ours, too":                  {[]identity.News{bySync(changed, with(edd, idv)), bySync(changed, with(edd, idv), asks("e1", askedAt))}, created, true},
		"something else, of which no event tells":      {[]identity.News{bySync(changed, with(idv))}, created, true},
		"ours from the creation":                       {[]identity.News{bySync(created, with(edd))}, created, false},
		"it became ours before our eyes":               {[]identity.News{bySync(created), bySync(changed, with(edd)), bySync(changed, with(edd), asks("e1", askedAt))}, changed, false},
		"asked before the creation, by Paxos' clocks":  {[]identity.News{bySync(changed, with(edd)), bySync(changed, with(edd), asks("e1", "2026-03-02 09:59"))}, created, true},
		"Paxos' move, which counts from the creation":  {[]identity.News{bySync(changed)}, created, false},
		"approved, and documents asked for after that": {[]identity.News{news(identity.Approved, changed, identity.BySync, asks("e1", later))}, later, false},
	} {
		i, _ := learnt(identity.Identity{}, c.heard...)
		require.Equal(t, at(c.since), i.MoveSince, name)
		require.Equal(t, c.unknown, i.SinceUnknown(), name)
		again := i.Assessed(policy(), i.MoveSince.Add(time.Hour))
		require.Equal(t, i.MoveSince, again.MoveSince, name)
	}
}
