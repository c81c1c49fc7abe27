package emulator

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestForeignRecordHoldsARefID(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made := r.clock.now().Add(-20 * time.Minute)
	id, err := r.HoldForeign(Foreign{RefID: "user-4711", CreatedAt: made})
	require.NoError(t, err)
	status, problem := r.call(http.MethodPost, "/identity/identities", personBody(nil))
	require.Equal(t, http.StatusConflict, status)
	held := problem["meta"].(map[string]any)["existing"].(map[string]any)
	require.Equal(t, []any{id, "user-4711", "PENDING", made.Format(time.RFC3339)}, []any{held["id"], held["ref_id"], held["summary_status"], held["created_at"]})
	require.Equal(t, made.Format(time.RFC3339), r.get("/identity/identities/" + id)["created_at"])
	r.pass(time.Hour)
	require.Equal(t, "PENDING", r.Truth()[0].Status, "it has no plan")
	_, err = r.HoldForeign(Foreign{RefID: "user-4711"})
	require.ErrorContains(t, err, "duplicate ref_id")
	_, err = r.HoldForeign(Foreign{})
	require.ErrorContains(t, err, "ref_id or cip_id is needed")
}

func TestForeignRecordHoldsAGovernmentID(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id, err := r.HoldForeign(Foreign{CIPID: "073-05-1120"})
	require.NoError(t, err)
	status, problem := r.call(http.MethodPost, "/identity/identities", personBody(nil))
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, problem["detail"], "cip_id")
	require.Equal(t, id, problem["meta"].(map[string]any)["existing"].(map[string]any)["id"])
	_, err = r.HoldForeign(Foreign{CIPID: "073-05-1120", CIPType: "ITIN"})
	require.NoError(t, err, "another kind of id is another person")
}

func TestSetChangesWithoutAnEvent(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	id := r.create(nil)
	created := r.Truth()[0].UpdatedAt
	r.clock.add(time.Second)
	require.NoError(t, r.Set(Change{ID: "user-4711", Status: "ERROR", Sanctions: "ERROR"}))
	require.Equal(t, []string{"ERROR", "ERROR", "PENDING"}, []string{r.Truth()[0].Status, r.Truth()[0].Sanctions, r.Truth()[0].Screening})
	require.Equal(t, created.Add(time.Second), r.Truth()[0].UpdatedAt)
	r.clock.add(time.Second)
	require.NoError(t, r.Set(Change{ID: id, Screening: "UNHEARD_OF", SameUpdatedAt: true}))
	require.Equal(t, created.Add(time.Second), r.Truth()[0].UpdatedAt)
	r.pass(time.Hour)
	r.sendDue()
	r.signIn()
	answer := r.get("/identity/identities/" + id)
	require.Equal(t, "ERROR", answer["status"], "what was planned is off")
	require.Equal(t, "UNHEARD_OF", answer["person_details"].(map[string]any)["additional_screening_status"])
	require.Empty(t, list(r.get("/events"), "events"))
	require.Empty(t, to.received())
	require.ErrorContains(t, r.Set(Change{ID: "nobody", Status: "ERROR"}), "identity not found")
	require.ErrorContains(t, r.Set(Change{Status: "ERROR"}), "identity not found")

	require.NoError(t, r.Act(id, actApprove))
	require.Equal(t, "APPROVED", r.statusOf(id), "lives go on from there")
}

func TestActs(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	id := r.create(nil)
	for _, do := range []string{actDeny, actApprove, actDeny} {
		require.NoError(t, r.Act("user-4711", do))
	}
	require.Equal(t, []string{"identity.denied", "identity.approved", "identity.denied"}, r.eventsOf(id))
	r.sendDue()
	require.Len(t, to.received(), 3)
	require.ErrorContains(t, r.Act(id, "promote"), `do: "promote" is not one of`)
	require.ErrorContains(t, r.Act("nobody", actDeny), "identity not found")
}

func TestEventsOfTheLogAlone(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	id := r.create(nil)
	before := r.Truth()
	at := r.clock.now().Add(-time.Hour)
	ids, err := r.LogEvents(NewEvents{IDs: []string{"user-4711", "of-another-client"}, Type: "identity.denied", Times: 120, CreatedAt: at})
	require.NoError(t, err)
	require.Len(t, ids, 240)
	r.sendDue()
	require.Empty(t, to.received())
	require.Equal(t, before, r.Truth(), "no record has changed")
	page := list(r.get("/events?limit=100&created_at.gte="+at.Format(time.RFC3339)), "events")
	require.Len(t, page, 100)
	for i, ev := range page {
		require.Equal(t, ids[i], ev["id"], "in the order they were written")
		require.Equal(t, at.Format(time.RFC3339), ev["created_at"])
		require.InDelta(t, 1, ev["undelivered_webhooks"], 0)
	}
	require.Equal(t, id, page[0]["object"].(map[string]any)["identity_id"])
	require.Equal(t, "DENIED", page[0]["object"].(map[string]any)["new_summary_status"])

	told, err := r.LogEvents(NewEvents{IDs: []string{id}, Type: "transfer.completed", Webhook: true})
	require.NoError(t, err)
	r.sendDue()
	require.Equal(t, told[0], to.received()[0].ID)
	require.Equal(t, "transfer.completed", r.get("/events/" + told[0])["object_type"])
	_, err = r.LogEvents(NewEvents{})
	require.ErrorContains(t, err, "ids")
}

func TestEventObjectsFitTheirTypes(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.create(nil)
	for typ, want := range map[string]string{
		eventApproved: objectStatusChange, eventDisabled: objectStatusChange, eventDocuments: objectDocuments,
		eventRefreshStarted: objectRefresh, eventControlCreated: objectControl,
	} {
		ids, err := r.LogEvents(NewEvents{IDs: []string{id}, Type: typ})
		require.NoError(t, err)
		require.Equal(t, want, r.get("/events/" + ids[0])["object_type"], typ)
	}
}

func TestExpiredTokens(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.ExpireTokens()
	require.Equal(t, http.StatusUnauthorized, r.try(http.MethodGet, "/v2/events", nil).status)
	r.signIn()
	require.Equal(t, http.StatusOK, r.try(http.MethodGet, "/v2/events", nil).status)
}

func TestSkewedClock(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"ahead": time.Hour, "behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, to := hooked(t, nil)
			old := r.create(named("user-1", "Late", "900-01-0001"))
			r.clock.add(time.Second)
			r.Skew(ahead)
			stamp := r.clock.now().Add(ahead)
			id := r.create(named("user-2", "Yewbridge", "900-01-0002"))
			require.Equal(t, stamp.Format(time.RFC3339), r.get("/identity/identities/" + id)["created_at"])

			r.pass(time.Second)
			require.Equal(t, "PENDING", r.statusOf(old), "plans keep their waiting time")
			r.pass(time.Second)
			require.Equal(t, "APPROVED", r.statusOf(old))
			for _, ev := range list(r.get("/events"), "events") {
				require.Equal(t, r.clock.now().Add(ahead).Format(time.RFC3339), ev["created_at"])
			}
			for _, rec := range r.Truth() {
				require.False(t, rec.UpdatedAt.Before(rec.CreatedAt), "updated_at never goes back")
			}
			r.Skew(0)
			r.clock.add(44 * time.Second)
			r.sendDue()
			require.Empty(t, to.received(), "a late webhook stays as late as it was")
			r.clock.add(time.Second)
			r.sendDue()
			require.Len(t, to.received(), 1)
		})
	}
}
