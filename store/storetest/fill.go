package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/store"
)

// fillPage is how many identities Fill stores in one transaction.
const fillPage = 1000

// Fill stores n invented identities, as a sync would: ref_ids user-0000000 and on, Paxos ids px-0000000 and on, created one a
// minute up to [Start]. Of each hundred four are undecided in their time, two late, one awaits us, one is frozen.
func Fill(tb testing.TB, s *store.Store, n int) {
	tb.Helper()
	for from := 0; from < n; from += fillPage {
		page := make([]identity.News, 0, fillPage)
		for k := from; k < min(from+fillPage, n); k++ {
			page = append(page, invented(k, n))
		}
		if _, err := s.ApplyPage(context.Background(), page, nil); err != nil {
			tb.Fatalf("fill: %v", err)
		}
	}
}

// invented is the k-th of n identities.
func invented(k, n int) identity.News {
	created := Start().Add(-time.Duration(n-k) * time.Minute)
	r := identity.Record{
		PaxosID: fmt.Sprintf("px-%07d", k), RefID: fmt.Sprintf("user-%07d", k), Type: identity.Person, Status: identity.Approved,
		CreatedAt: created, UpdatedAt: created,
	}
	screening := identity.Requirement{Type: identity.ScreeningCheck, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos}
	switch k % 100 {
	case 0, 1, 2, 3, 4, 5:
		if k%100 < 4 {
			r.CreatedAt, r.UpdatedAt = Start().Add(-time.Hour), Start().Add(-time.Hour)
		} else {
			r.CreatedAt, r.UpdatedAt = Start().AddDate(0, 0, -4), Start().AddDate(0, 0, -4)
		}
		r.Status, r.Details.Sanctions, r.Details.Requirements = identity.Pending, identity.Pending, []identity.Requirement{screening}
	case 6:
		screening.Type, screening.Awaiting = identity.EnhancedDueDiligence, identity.AwaitingClient
		r.Status, r.Details.Requirements = identity.Pending, []identity.Requirement{screening}
	case 7:
		r.Status, r.Details.Sanctions = identity.StatusError, identity.StatusError
	case 8, 9, 10:
		r.Status = identity.Denied
	}
	return identity.News{Record: r, AskedAt: Start(), HeardAt: Start(), By: identity.BySync}
}
