package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// Each filter of the log walks an index in the order of the list, on the first page and on later ones; only what is about one case or
// one request is sorted.
func TestTheLogIsReadByIndexes(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	from := storetest.Start()
	for name, c := range map[string]struct {
		f     audit.Filter
		index string
		sorts bool
	}{
		"newest":               {audit.Filter{}, "SCAN audit USING INDEX audit_at", false},
		"later":                {audit.Filter{Before: 7}, "audit_at ((at,seq)<(?,?))", false},
		"a time":               {audit.Filter{From: from, To: from.Add(time.Hour)}, "audit_at (at>? AND at<?)", false},
		"later in a time":      {audit.Filter{From: from, To: from.Add(time.Hour), Before: 7}, "audit_at (at>? AND at<?)", false},
		"a person":             {audit.Filter{ActorID: "ana"}, "audit_actor (actor_id=?)", false},
		"later of a person":    {audit.Filter{ActorID: "ana", Before: 7}, "audit_actor (actor_id=? AND (at,seq)<(?,?))", false},
		"a person at a time":   {audit.Filter{ActorID: "ana", From: from}, "audit_actor (actor_id=? AND at>?)", false},
		"an action":            {audit.Filter{Action: audit.Revealed}, "audit_action (action=?)", false},
		"an action at a time":  {audit.Filter{Action: audit.Revealed, From: from}, "audit_action (action=? AND at>?)", false},
		"a person's action":    {audit.Filter{ActorID: "ana", Action: audit.Revealed}, "audit_actor (actor_id=?)", false},
		"a role":               {audit.Filter{Role: "lead"}, "audit_role (role=?)", false},
		"a role at a time":     {audit.Filter{Role: "lead", To: from}, "audit_role (role=? AND at<?)", false},
		"a request":            {audit.Filter{RequestID: "r1"}, "audit_request (request_id=?)", true},
		"a case":               {audit.Filter{IdentityID: "c1"}, "audit_identity (identity_id=?)", true},
		"a person on one case": {audit.Filter{IdentityID: "c1", ActorID: "ana", Action: audit.OpenedCase, Limit: 1}, "audit_identity (identity_id=?)", true},
	} {
		query, args := store.AuditQuery(c.f)
		steps, err := s.Plan(t.Context(), query, args...)
		require.NoError(t, err, name)
		plan := strings.Join(steps, "\n")
		require.Contains(t, plan, c.index, name)
		require.Equal(t, c.sorts, strings.Contains(plan, "USE TEMP B-TREE FOR ORDER BY"), "%s:\n%s", name, plan)
	}
}
