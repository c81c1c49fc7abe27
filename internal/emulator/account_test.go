package emulator

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func (r *rig) account(change func(body, account map[string]any)) (int, map[string]any) {
	r.t.Helper()
	account := map[string]any{"ref_id": "account-1", "type": "BROKERAGE", "description": "plantednote"}
	body := map[string]any{"account": account, "create_profile": true}
	change(body, account)
	return r.call(http.MethodPost, "/identity/accounts", body)
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	joint := r.create(named("user-2", "Other", "900-01-0002"))
	of := func(body, account map[string]any) { account["identity_id"] = id }
	status, made := r.account(of)
	require.Equal(t, http.StatusOK, status, made)
	require.NotEmpty(t, made["profile_id"])
	require.Equal(t, []any{"APPROVED", "BROKERAGE", "plantednote"}, []any{made["summary_status"], made["type"], made["description"]})
	status, problem := r.account(of)
	require.Equal(t, 409, status)
	require.Equal(t, made["id"], problem["meta"].(map[string]any)["existing"].(map[string]any)["id"])

	r.clock.add(time.Minute)
	status, second := r.account(func(body, account map[string]any) {
		account["identity_id"], account["ref_id"], body["create_profile"] = id, "account-2", false
		account["members"] = []map[string]any{{"identity_id": joint, "roles": []string{"BENEFICIAL_OWNER"}}}
	})
	require.Equal(t, http.StatusOK, status, second)
	require.NotContains(t, second, "profile_id")
	require.Equal(t, joint, list(second, "members")[0]["identity_id"])
	require.Equal(t, made, r.get("/identity/accounts/"+made["id"].(string)))

	page := r.get("/identity/accounts?limit=1&identity_id=" + id)
	require.Equal(t, "account-2", list(page, "items")[0]["ref_id"], "the newest first")
	rest := r.get("/identity/accounts?limit=1&identity_id=" + id + "&page_cursor=" + url.QueryEscape(page["next_page_cursor"].(string)))
	require.Equal(t, "account-1", list(rest, "items")[0]["ref_id"])
	require.NotContains(t, rest, "next_page_cursor")
	require.Empty(t, list(r.get("/identity/accounts?identity_id="+joint), "items"))
	require.Len(t, r.Truth()[0].Accounts, 2)
}

func TestAccountsAreChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	undecided := r.create(named("user-2", "Other", "900-01-0002"))
	for name, c := range map[string]struct {
		change func(body, account map[string]any)
		status int
		says   string
	}{
		"no account":   {func(b, _ map[string]any) { delete(b, "account") }, 400, "account is required"},
		"of nobody":    {func(_, a map[string]any) { delete(a, "identity_id") }, 400, "identity_id is required"},
		"unknown":      {func(_, a map[string]any) { a["identity_id"] = "nobody" }, 404, "identity not found"},
		"not approved": {func(_, a map[string]any) { a["identity_id"] = undecided }, 400, "not APPROVED"},
		"type":         {func(_, a map[string]any) { a["type"] = "PIGGY_BANK" }, 400, "account.type"},
		"an id":        {func(_, a map[string]any) { a["id"] = "mine" }, 400, "account.id cannot be set"},
		"no such member": {func(_, a map[string]any) {
			a["members"] = []map[string]any{{"identity_id": "nobody", "roles": []string{"AUTHORIZED_USER"}}}
		}, 400, "does not exist"},
		"no role": {func(_, a map[string]any) { a["members"] = []map[string]any{{"identity_id": id}} }, 400, "roles are required"},
	} {
		status, problem := r.account(func(b, a map[string]any) { a["identity_id"] = id; c.change(b, a) })
		require.Equal(t, c.status, status, name)
		require.Contains(t, problem["detail"], c.says, name)
	}
	status, _ := r.call(http.MethodGet, "/identity/accounts/unknown", nil)
	require.Equal(t, 404, status)
}

func TestAccountUpdate(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.approved()
	adviser := r.create(named("user-2", "Other", "900-01-0002"))
	_, made := r.account(func(_, a map[string]any) { a["identity_id"] = id })
	put := func(body map[string]any) (int, map[string]any) {
		return r.call(http.MethodPut, "/identity/accounts", body)
	}
	status, got := put(map[string]any{"set_user_disabled": true, "account": map[string]any{
		"id": made["id"], "members": []map[string]any{{"identity_id": adviser, "roles": []string{"FINANCIAL_ADVISOR"}}},
	}})
	require.Equal(t, http.StatusOK, status, got)
	require.Equal(t, []any{"DISABLED", "plantednote", "account-1"}, []any{got["summary_status"], got["description"], got["ref_id"]})
	require.Len(t, got["members"], 1)
	for name, account := range map[string]map[string]any{
		"no id":     {},
		"unknown":   {"id": "nobody"},
		"no member": {"id": made["id"], "members": []any{}},
		"an owner":  {"id": made["id"], "members": []map[string]any{{"identity_id": adviser, "roles": []string{"BENEFICIAL_OWNER"}}}},
	} {
		status, _ := put(map[string]any{"account": account})
		require.GreaterOrEqual(t, status, 400, name)
	}
}

func TestAccountsOutliveARestartSealed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "emulator.json")
	r := kept(t, path, nil)
	id := r.approved()
	_, made := r.account(func(_, a map[string]any) { a["identity_id"] = id })
	control := r.setControl(id, "CLOSED")
	require.NoError(t, r.save())
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(raw), control)
	for _, planted := range []string{"plantednote", "asked for by phone", "Billy"} {
		require.NotContains(t, string(raw), planted)
	}
	again := kept(t, path, nil)
	require.Equal(t, made, again.get("/identity/accounts/"+made["id"].(string)))
	require.Equal(t, "asked for by phone", list(again.get("/identity/controls?identity_id="+id), "items")[0]["reason"])
}

func TestMovesNeedTheirScopes(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	status, answer := r.askToken(url.Values{
		"client_id": {"client"}, "client_secret": {"hush"}, "grant_type": {"client_credentials"}, "scope": {"identity:read_identity"},
	})
	require.Equal(t, http.StatusOK, status)
	r.token = answer["access_token"].(string)
	for _, c := range [][3]string{
		{"PUT", "/identity/identities/x/documents", "identity:write_identity"},
		{"GET", "/identity/controls?identity_id=x", "identity:read_identity_control"},
		{"POST", "/identity/controls", "identity:write_identity_control"},
		{"DELETE", "/identity/controls?control_id=x", "identity:write_identity_control"},
		{"GET", "/identity/accounts", "identity:read_account"},
		{"GET", "/identity/accounts/x", "identity:read_account"},
		{"POST", "/identity/accounts", "identity:write_account"},
		{"PUT", "/identity/accounts", "identity:write_account"},
	} {
		status, problem := r.call(c[0], c[1], map[string]any{})
		require.Equal(t, http.StatusForbidden, status, c)
		require.Contains(t, problem["detail"], c[2])
	}
}
