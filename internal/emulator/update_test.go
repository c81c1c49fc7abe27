package emulator

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func (r *rig) update(id string, delta map[string]any) map[string]any {
	r.t.Helper()
	status, answer := r.call(http.MethodPut, "/identity/identities/"+id, delta)
	require.Equal(r.t, http.StatusOK, status, answer)
	return answer
}

func (r *rig) approved() string {
	r.t.Helper()
	id := r.create(nil)
	r.pass(3 * time.Second)
	require.Equal(r.t, "APPROVED", r.statusOf(id))
	return id
}

func TestUpdateIsADelta(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	r.later(time.Hour)
	got := r.update(id, map[string]any{"person_details": map[string]any{"phone_number": "+1 555 555 0100"}, "metadata": map[string]string{"desk": "one"}})
	person := got["person_details"].(map[string]any)
	require.Equal(t, "+1 555 555 0100", person["phone_number"])
	require.Equal(t, "Billy", person["first_name"], "what is absent stays")
	require.Equal(t, "123 Main St", person["address"].(map[string]any)["address1"])
	require.Equal(t, "APPROVED", got["status"], "contact details are not screened")
	require.Equal(t, "2026-03-04T16:00:03Z", got["updated_at"])
	require.Equal(t, map[string]any{"desk": "one"}, got["metadata"])
}

func TestAChangedNameIsScreenedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	require.Equal(t, "PENDING", r.update(id, map[string]any{"person_details": map[string]any{"last_name": "Dunkin"}})["status"])
	require.Equal(t, []string{"identity.approved"}, r.eventsOf(id), "no event tells of a return to PENDING")
	r.pass(3 * time.Second)
	require.Equal(t, "APPROVED", r.statusOf(id))
	require.Equal(t, []string{"identity.approved", "identity.approved"}, r.eventsOf(id))
	moved := map[string]any{"person_details": map[string]any{"address": map[string]any{"city": "Albany"}}}
	require.Equal(t, "PENDING", r.update(id, moved)["status"])
}

func TestUpdateIsChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.create(nil)
	r.create(named("user-2", "Other", "900-01-0002"))
	for name, c := range map[string]struct {
		delta  map[string]any
		status int
		says   string
	}{
		"bad name":       {map[string]any{"person_details": map[string]any{"first_name": "José"}}, 400, "first_name"},
		"other type":     {map[string]any{"institution_details": map[string]any{"name": "A"}}, 400, "type of an identity"},
		"taken ref_id":   {map[string]any{"ref_id": "user-2"}, 409, "duplicate ref_id"},
		"taken cip_id":   {map[string]any{"person_details": map[string]any{"cip_id": "900-01-0002"}}, 409, "duplicate (cip_id"},
		"refresh ahead":  {map[string]any{"last_kyc_refresh_date": "2030-01-01T00:00:00Z"}, 400, "in the future"},
		"unknown income": {map[string]any{"customer_due_diligence": map[string]any{"estimated_yearly_income": "LOTS"}}, 400, "estimated_yearly_income"},
		"tax without id": {map[string]any{"tax_details": []map[string]any{{"tax_payer_country": "USA"}}}, 400, "tax_payer_id is required"},
	} {
		status, problem := r.call(http.MethodPut, "/identity/identities/"+id, c.delta)
		require.Equal(t, c.status, status, name)
		require.Contains(t, problem["detail"], c.says, name)
	}
	got := r.get("/identity/identities/" + id + "?include_details=true")
	require.Equal(t, "Billy", got["person_details"].(map[string]any)["first_name"], "a refused delta leaves nothing behind")
	require.Equal(t, "user-4711", got["ref_id"])

	r.update(id, map[string]any{"ref_id": "user-9"})
	r.create(named("user-4711", "Other", "900-01-0003"))
}

func TestKYCRefresh(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	r.mu.Lock()
	r.act(r.data.byID[id], actRefresh, r.now())
	r.mu.Unlock()
	started := list(r.get("/events?type=identity.kyc_refresh.started"), "events")[0]
	require.Equal(t, "identity_kyc_refresh", started["object_type"])
	require.Equal(t, "2026-04-03T15:00:03Z", started["object"].(map[string]any)["next_kyc_refresh_date"])
	details := r.get("/identity/identities/" + id)["status_details"].(map[string]any)
	require.Equal(t, "KYC_REFRESH", list(details, "requirements")[0]["type"])

	got := r.update(id, map[string]any{"last_kyc_refresh_date": "2026-03-04T15:00:00Z"})
	require.Equal(t, "APPROVED", got["status"], "nothing else changed")
	require.Equal(t, "2026-03-04T15:00:00Z", got["last_kyc_refresh_date"])
	require.Empty(t, list(r.get("/identity/identities/" + id)["status_details"].(map[string]any), "requirements"))
	completed := list(r.get("/events?type=identity.kyc_refresh.completed"), "events")[0]["object"].(map[string]any)
	require.Equal(t, "2028-03-04T15:00:00Z", completed["next_kyc_refresh_date"])
}

func TestCorrectedTaxNumber(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.create(named("user-1", "Taxman", "900-01-0001"))
	r.pass(3 * time.Second)
	r.update(id, map[string]any{"tax_details": []map[string]any{{"tax_payer_id": "900-01-0009", "tax_payer_country": "USA"}}})
	r.pass(3 * time.Second)
	require.Equal(t, "APPROVED", r.statusOf(id))
}

func TestClientDisables(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	require.Equal(t, "DISABLED", r.update(id, map[string]any{"set_user_disabled": true})["status"])
	require.Equal(t, "APPROVED", r.update(id, map[string]any{"set_user_disabled": false})["status"])
	require.Equal(t, []string{"identity.approved", "identity.disabled", "identity.approved"}, r.eventsOf(id))
}

func TestSandboxStatus(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set    map[string]any
		status string
		event  string
	}{
		"verification and sanctions": {map[string]any{"id_verification_status": "APPROVED", "sanctions_verification_status": "APPROVED"}, "APPROVED", "identity.approved"},
		"screening named":            {map[string]any{"sanctions_verification_status": "APPROVED", "additional_screening_status": "PENDING"}, "PENDING", ""},
		"sanctions denied":           {map[string]any{"sanctions_verification_status": "DENIED"}, "DENIED", "identity.denied"},
		"possible hit":               {map[string]any{"sanctions_verification_status": "ERROR"}, "PENDING", ""},
		"disabled by Paxos":          {map[string]any{"admin_disabled": map[string]any{"disabled": true}}, "DISABLED", "identity.disabled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			id := r.create(nil)
			status, answer := r.call(http.MethodPut, "/identity/identities/"+id+"/sandbox-status", c.set)
			require.Equal(t, http.StatusOK, status)
			require.Empty(t, answer)
			require.Equal(t, c.status, r.statusOf(id))
			if c.event == "" {
				require.Empty(t, r.eventsOf(id))
			} else {
				require.Equal(t, []string{c.event}, r.eventsOf(id))
			}
			r.later(time.Hour)
			require.Equal(t, c.status, r.statusOf(id), "what was set by hand stays")
		})
	}
}

func TestSandboxStatusFreezesTheApproved(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	_, _ = r.call(http.MethodPut, "/identity/identities/"+id+"/sandbox-status", map[string]any{"sanctions_verification_status": "ERROR"})
	require.Equal(t, "ERROR", r.statusOf(id))
	require.Equal(t, []string{"identity.approved"}, r.eventsOf(id), "no event tells of ERROR")

	status, _ := r.call(http.MethodPut, "/identity/identities/"+id+"/sandbox-status", map[string]any{"sanctions_verification_status": "FINE"})
	require.Equal(t, http.StatusBadRequest, status)
	status, _ = r.call(http.MethodPut, "/identity/identities/unknown/sandbox-status", map[string]any{})
	require.Equal(t, http.StatusNotFound, status)
}
