package emulator

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func (r *rig) setControl(id, typ string) string {
	r.t.Helper()
	status, answer := r.call(http.MethodPost, "/identity/controls", map[string]any{
		"identity_id": id, "type": typ, "reason_code": "END_USER_REQUEST", "reason": "asked for by phone",
	})
	require.Equal(r.t, http.StatusOK, status, answer)
	require.Equal(r.t, []any{"SET_BY_CLIENT", true, "asked for by phone"}, []any{answer["set_by"], answer["is_overridable"], answer["reason"]})
	return answer["id"].(string)
}

func (r *rig) controlTypes(query string) []string {
	r.t.Helper()
	out := []string{}
	for _, c := range list(r.get("/identity/controls?"+query), "items") {
		out = append(out, c["type"].(string))
	}
	return out
}

func TestControlsOfAClient(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	sell := r.setControl(id, "SELL_ONLY")
	r.clock.add(time.Minute)
	r.setControl(id, "CLOSED")
	require.Equal(t, []string{"SELL_ONLY", "CLOSED"}, r.controlTypes("identity_id="+id))
	require.Equal(t, "APPROVED", r.statusOf(id), "a control is no status")
	active := list(r.get("/identity/identities/" + id)["status_details"].(map[string]any), "active_controls")
	require.Len(t, active, 2)
	require.Equal(t, "asked for by phone", active[0]["reason"])

	status, _ := r.call(http.MethodDelete, "/identity/controls?control_id="+sell+"&reason=over", map[string]any{"id": sell, "reason": "over"})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, []string{"CLOSED"}, r.controlTypes("identity_id="+id))
	require.Equal(t, []string{"SELL_ONLY", "CLOSED"}, r.controlTypes("include_deleted=true&identity_id="+id))
	require.NotEmpty(t, list(r.get("/identity/controls?include_deleted=true&identity_id="+id), "items")[0]["deleted_at"])
	require.Equal(t, []string{"identity.approved", "identity.control.created", "identity.control.created", "identity.control.deleted"}, r.eventsOf(id))
	status, _ = r.call(http.MethodDelete, "/identity/controls?control_id="+sell, nil)
	require.Equal(t, http.StatusNotFound, status, "it is gone")

	first := r.get("/identity/controls?include_deleted=true&limit=1&identity_id=" + id)
	next := r.get("/identity/controls?include_deleted=true&limit=1&identity_id=" + id + "&page_cursor=" + url.QueryEscape(first["next_page_cursor"].(string)))
	require.Equal(t, "CLOSED", list(next, "items")[0]["type"])
	require.NotContains(t, next, "next_page_cursor")
}

func TestControlsOfPaxosStay(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	require.NoError(t, r.Act(id, actSellOnly))
	require.NoError(t, r.Act(id, actDormant))
	for _, c := range list(r.get("/identity/controls?identity_id="+id), "items") {
		status, problem := r.call(http.MethodDelete, "/identity/controls", map[string]any{"id": c["id"], "reason": "over"})
		if c["type"] == "DORMANT" {
			require.Equal(t, http.StatusOK, status, "Paxos lets this one be overridden")
			continue
		}
		require.Equal(t, http.StatusBadRequest, status)
		require.Contains(t, problem["detail"], "not overridable")
	}
	r.clock.add(time.Minute)
	require.NoError(t, r.Act(id, actFreeze))
	require.Equal(t, []string{"SELL_ONLY", "FROZEN"}, r.controlTypes("identity_id="+id))
	require.NoError(t, r.Act(id, actApprove))
	require.Equal(t, []string{"SELL_ONLY"}, r.controlTypes("identity_id="+id), "the freeze ends with its control")
	require.NoError(t, r.Act(id, actEndControls))
	require.Empty(t, r.controlTypes("identity_id="+id))
}

func TestControlsAreChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	good := map[string]any{"identity_id": id, "type": "CLOSED", "reason_code": "OTHER"}
	for name, c := range map[string]struct {
		field, value string
		status       int
	}{
		"nobody": {"identity_id", "nobody", 404}, "no type": {"type", "", 400}, "a freeze": {"type", "FROZEN", 400},
		"no reason": {"reason_code", "", 400}, "unknown reason": {"reason_code", "WHIM", 400},
	} {
		body := map[string]any{"identity_id": id, "type": good["type"], "reason_code": good["reason_code"]}
		body[c.field] = c.value
		status, _ := r.call(http.MethodPost, "/identity/controls", body)
		require.Equal(t, c.status, status, name)
	}
	for _, path := range []string{"/identity/controls", "/identity/controls?identity_id=" + id + "&limit=0"} {
		status, _ := r.call(http.MethodGet, path, nil)
		require.Equal(t, http.StatusBadRequest, status)
	}
	set := r.setControl(id, "CLOSED")
	for _, ids := range [][2]string{{"", ""}, {set, "another"}} {
		status, _ := r.call(http.MethodDelete, "/identity/controls?control_id="+ids[0], map[string]any{"id": ids[1]})
		require.Equal(t, http.StatusBadRequest, status)
	}
	require.Equal(t, []string{"CLOSED"}, r.controlTypes("identity_id="+id))
}

func TestARefreshThatWasLate(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	require.NoError(t, r.Act(id, actRefresh))
	r.pass(refreshWindow)
	r.signIn()
	require.Equal(t, []string{"SELL_ONLY"}, r.controlTypes("identity_id="+id), "it expired by time")
	require.Equal(t, "FAILED", r.requirement(id)["status"])
	r.update(id, map[string]any{"last_kyc_refresh_date": r.now().Format(time.RFC3339)})
	require.Empty(t, r.controlTypes("identity_id="+id))
	require.Equal(t, []string{
		"identity.approved", "identity.kyc_refresh.started", "identity.kyc_refresh.expired", "identity.control.created",
		"identity.control.deleted", "identity.kyc_refresh.completed",
	}, r.eventsOf(id))

	status, problem := r.call(http.MethodPut, "/identity/identities/"+id, map[string]any{"last_kyc_refresh_date": "2020-01-01T00:00:00Z"})
	require.Equal(t, 400, status)
	require.Contains(t, problem["detail"], "before the last refresh")
}

func TestARefreshDatedFarBackStartsTheNext(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	r.update(id, map[string]any{"last_kyc_refresh_date": "2023-01-01T00:00:00Z"})
	require.Equal(t, []string{"identity.approved", "identity.kyc_refresh.completed", "identity.kyc_refresh.started"}, r.eventsOf(id))
	require.Equal(t, "KYC_REFRESH", r.requirement(id)["type"])
	require.NoError(t, r.Act(id, actCompleteRefresh))
	require.Equal(t, "identity.kyc_refresh.completed", r.eventsOf(id)[3])
}
