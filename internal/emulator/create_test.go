package emulator

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCreateToDecision(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	status, made := r.call(http.MethodPost, "/identity/identities", personBody(nil))
	require.Equal(t, http.StatusOK, status, made)
	require.Equal(t, "PENDING", made["status"])
	require.Equal(t, "PENDING", made["summary_status"])
	require.Equal(t, "073-05-1120", list(made, "tax_details")[0]["tax_payer_id"], "filled from cip_id for a US resident")

	id := made["id"].(string)
	r.pass(2 * time.Second)
	require.Equal(t, "PENDING", r.statusOf(id))
	r.pass(time.Second)
	require.Equal(t, "APPROVED", r.statusOf(id))
	require.Equal(t, []string{"identity.approved"}, r.eventsOf(id))
}

func TestDetailsOnlyOnRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.create(nil)
	plain := r.get("/identity/identities/" + id)
	require.Equal(t, map[string]any{
		"id_verification_status": "APPROVED", "sanctions_verification_status": "PENDING", "additional_screening_status": "PENDING",
	}, plain["person_details"])
	require.NotContains(t, plain, "tax_details")
	require.NotContains(t, plain, "customer_due_diligence")
	require.Equal(t, "SCREENING_CHECK", list(plain["status_details"].(map[string]any), "requirements")[0]["type"])

	full := r.get("/identity/identities/" + id + "?include_details=true")
	require.Equal(t, "Billy", full["person_details"].(map[string]any)["first_name"])
	require.Equal(t, "INCOME_50K_TO_100K", full["customer_due_diligence"].(map[string]any)["estimated_yearly_income"])

	status, _ := r.call(http.MethodGet, "/identity/identities/"+id+"?include_details=perhaps", nil)
	require.Equal(t, http.StatusBadRequest, status)
	status, _ = r.call(http.MethodGet, "/identity/identities/unknown", nil)
	require.Equal(t, http.StatusNotFound, status)
}

func TestTakenIDs(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.create(nil)
	for name, c := range map[string]struct {
		change func(body, person map[string]any)
		detail string
	}{
		"ref_id": {named("user-4711", "Other", "900-01-0001"), "duplicate ref_id provided"},
		"cip_id": {named("user-4712", "Other", "073-05-1120"), "duplicate (cip_id, cip_id_type, cip_id_country) provided"},
		"both":   {nil, "duplicate ref_id provided"},
	} {
		status, problem := r.call(http.MethodPost, "/identity/identities", personBody(c.change))
		require.Equal(t, http.StatusConflict, status, name)
		require.Equal(t, "Already Exists", problem["title"])
		require.Equal(t, c.detail, problem["detail"])
		require.Equal(t, map[string]any{
			"id": id, "ref_id": "user-4711", "summary_status": "PENDING", "created_at": "2026-03-04T15:00:00Z",
		}, problem["meta"].(map[string]any)["existing"])
	}
	require.Len(t, list(r.get("/identity/identities"), "items"), 1)
}

func TestCreateIsChecked(t *testing.T) {
	t.Parallel()
	set := func(field string, v any) func(body, person map[string]any) {
		return func(_, person map[string]any) { person[field] = v }
	}
	setAddress := func(field string, v any) func(body, person map[string]any) {
		return func(_, person map[string]any) { person["address"].(map[string]any)[field] = v }
	}
	setDue := func(field string, v any) func(body, person map[string]any) {
		return func(body, _ map[string]any) { body["customer_due_diligence"].(map[string]any)[field] = v }
	}
	abroad := func(body, person map[string]any) {
		address := person["address"].(map[string]any)
		address["country"], address["zip_code"] = "DEU", ""
		person["cip_id_type"], person["cip_id"], person["cip_id_country"] = "PASSPORT", "X1234567", "DEU"
	}
	both := func(body, person map[string]any) { body["institution_details"] = map[string]any{"name": "Both"} }
	for name, c := range map[string]struct {
		change func(body, person map[string]any)
		says   string
	}{
		"no subject":            {func(b, _ map[string]any) { delete(b, "person_details") }, "person_details or institution_details is required"},
		"two subjects":          {both, "not both"},
		"no verifier":           {set("passthrough_verifier_type", ""), "person_details.passthrough_verifier_type is required"},
		"unknown verifier":      {set("passthrough_verifier_type", "MAGIC"), "invalid person_details.passthrough_verifier_type"},
		"no verified_at":        {set("passthrough_verified_at", ""), "person_details.passthrough_verified_at is required"},
		"odd verified_at":       {set("passthrough_verified_at", "16.06.2021"), "must be an RFC 3339 time"},
		"verified in future":    {set("passthrough_verified_at", "2030-01-01T00:00:00Z"), "passthrough_verified_at is in the future"},
		"no verification id":    {set("passthrough_verification_id", ""), "passthrough_verification_id is required"},
		"pending verification":  {set("passthrough_verification_status", "PENDING"), "invalid person_details.passthrough_verification_status"},
		"no verified fields":    {set("passthrough_verification_fields", []string{}), "passthrough_verification_fields is required"},
		"unknown field":         {set("passthrough_verification_fields", []string{"SHOE_SIZE"}), "invalid person_details.passthrough_verification_fields"},
		"no first name":         {set("first_name", " "), "person_details.first_name is required"},
		"accent":                {set("first_name", "José"), "invalid person_details.first_name 'José'"},
		"long name":             {set("last_name", strings.Repeat("a", 201)), "at most 200 characters"},
		"no such date":          {set("date_of_birth", "1960-02-30"), "date_of_birth must be a date"},
		"not born":              {set("date_of_birth", "2030-01-01"), "date_of_birth is in the future"},
		"no address":            {set("address", nil), "person_details.address is required"},
		"long street":           {setAddress("address1", strings.Repeat("a", 36)), "address1 must be at most 35"},
		"two-letter country":    {setAddress("country", "US"), "alpha-3"},
		"no zip in the US":      {setAddress("zip_code", ""), "zip_code is required"},
		"no such nationality":   {set("nationality", "XYZ"), "nationality must be an ISO 3166-1 alpha-3 code"},
		"no cip_id":             {set("cip_id", ""), "person_details.cip_id is required"},
		"US with passport":      {set("cip_id_type", "PASSPORT"), "must be SSN or ITIN"},
		"SSN without dashes":    {set("cip_id", "073051120"), "has the form xxx-xx-xxxx"},
		"mail":                  {set("email", "nobody"), "invalid person_details.email"},
		"no due diligence":      {func(b, _ map[string]any) { delete(b, "customer_due_diligence") }, "customer_due_diligence is required"},
		"unknown income":        {setDue("estimated_yearly_income", "LOTS"), "invalid customer_due_diligence.estimated_yearly_income"},
		"no sector at work":     {setDue("employment_industry_sector", ""), "employment_industry_sector is required"},
		"abroad without tax":    {abroad, "tax_details are required unless tax_details_not_required is true"},
		"a number for a name":   {set("first_name", 5), "must be a string"},
		"member does not exist": {institutionOf("nobody"), "identity 'nobody' does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, problem := newRig(t, nil).call(http.MethodPost, "/identity/identities", personBody(c.change))
			require.Equal(t, http.StatusBadRequest, status)
			require.Contains(t, problem["detail"], c.says)
			require.Equal(t, "Bad Request", problem["title"])
			require.InDelta(t, 400, problem["status"], 0)
		})
	}

	notNeeded := func(body, person map[string]any) {
		abroad(body, person)
		body["tax_details_not_required"] = true
	}
	newRig(t, nil).create(notNeeded)
	newRig(t, nil).create(setDue("employment_status", "RETIRED"))
}

// institutionOf turns the body into an institution with one member.
func institutionOf(memberID string) func(body, person map[string]any) {
	return func(body, _ map[string]any) {
		delete(body, "person_details")
		delete(body, "customer_due_diligence")
		body["ref_id"] = "company-1"
		body["institution_details"] = map[string]any{"name": "Thornquist Holdings", "institution_type": "LLC"}
		body["institution_members"] = []map[string]any{{"identity_id": memberID, "roles": []string{"BENEFICIAL_OWNER"}}}
	}
}

func TestInstitutionWaitsForItsMembers(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	member := r.create(named("user-1", "Slowly", "900-01-0001"))
	company := r.create(institutionOf(member))
	r.pass(3 * time.Second)
	got := r.get("/identity/identities/" + company + "?include_institution_members=true")
	require.Equal(t, "PENDING", got["status"])
	require.Equal(t, "INSTITUTION", got["type"])
	require.Equal(t, "PENDING", list(got, "institution_members")[0]["summary_status"])
	requirement := list(got["status_details"].(map[string]any), "requirements")[0]
	require.Equal(t, "MEMBERS", requirement["type"])
	require.NotContains(t, requirement, "awaiting_action_from")

	seen := got["updated_at"]
	r.pass(8 * time.Second)
	require.Equal(t, seen, r.get("/identity/identities/" + company)["updated_at"], "looking again changes nothing")
	r.pass(2 * time.Minute)
	require.Equal(t, "APPROVED", r.statusOf(member))
	r.pass(8 * time.Second)
	require.Equal(t, "APPROVED", r.statusOf(company))
}

func TestRehearsals(t *testing.T) {
	t.Parallel()
	type want struct {
		status, sanctions, requirement, awaiting string
		events                                   []string
	}
	for lastName, w := range map[string]want{
		"Eddington":  {"PENDING", "PENDING", "ENHANCED_DUE_DILIGENCE", "CLIENT", []string{"identity.documents_required"}},
		"Sanction":   {"PENDING", "ERROR", "SCREENING_CHECK", "PAXOS", nil},
		"Compliance": {"PENDING", "APPROVED", "COMPLIANCE_CHECK", "PAXOS", nil},
		"Taxman":     {"PENDING", "APPROVED", "TAX_DETAILS_VERIFICATION", "CLIENT", nil},
		"Silent":     {"PENDING", "PENDING", "", "", nil},
		"Denied":     {"DENIED", "PENDING", "SCREENING_CHECK", "PAXOS", []string{"identity.denied"}},
		"Frozen":     {"ERROR", "PENDING", "COMPLIANCE_CHECK", "PAXOS", nil},
		"Lost":       {"APPROVED", "APPROVED", "", "", []string{"identity.approved"}},
	} {
		t.Run(lastName, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			id := r.create(named("user-1", lastName, "900-01-0001"))
			r.pass(3 * time.Second)
			got := r.get("/identity/identities/" + id)
			require.Equal(t, w.status, got["status"])
			require.Equal(t, w.sanctions, got["person_details"].(map[string]any)["sanctions_verification_status"])
			require.Equal(t, w.events, r.eventsOf(id))
			requirements := list(got["status_details"].(map[string]any), "requirements")
			if w.requirement == "" {
				require.Empty(t, requirements)
				return
			}
			require.Len(t, requirements, 1)
			require.Equal(t, w.requirement, requirements[0]["type"])
			require.Equal(t, w.awaiting, requirements[0]["awaiting_action_from"])
			require.NotEmpty(t, requirements[0]["errors"])
		})
	}
}

func TestPassthroughDeniedIsDenied(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.create(func(_, person map[string]any) { person["passthrough_verification_status"] = "DENIED" })
	r.pass(3 * time.Second)
	require.Equal(t, "DENIED", r.statusOf(id))
}

func TestOlderGeneration(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.OlderGeneration = true })
	id := r.create(named("user-1", "Taxman", "900-01-0001"))
	got := r.get("/identity/identities/" + id)
	require.NotContains(t, got, "status")
	require.NotContains(t, got, "status_details")
	require.Equal(t, "PENDING", got["summary_status"])
	require.Equal(t, "SCREENING_CHECK", list(got, "pending_requirements")[0]["type"])
	r.pass(3 * time.Second)
	failed := list(r.get("/identity/identities/"+id), "failed_requirements")[0]
	require.Equal(t, "TAX_DETAILS_VERIFICATION", failed["type"])
	require.Equal(t, "tin_not_found", failed["metadata"].(map[string]any)["code"])
}
