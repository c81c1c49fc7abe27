package identity_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

const held = `{"id": "px-1", "ref_id": "user-1", "tax_details": [{"tax_payer_id": "900-11-2222", "tax_payer_country": "USA"}],
	"person_details": {"first_name": "Mara", "last_name": "Oakhollow", "email": "mara@example.org", "shoe_size": 44,
		"address": {"address1": "1 Fern Lane", "address2": "Top", "city": "Austin", "province": "TX", "country": "USA", "zip_code": "78701"},
		"passthrough_verification_fields": ["FULL_LEGAL_NAME", "ADDRESS"]},
	"customer_due_diligence": {"employment_status": "FULL_TIME", "aliases": ["Mae"]}, "is_merchant": true}`

func heldDraft(t *testing.T) identity.Draft {
	t.Helper()
	d, err := identity.ReadDraft([]byte(held))
	require.NoError(t, err)
	return d
}

func TestARecordCanBeChanged(t *testing.T) {
	t.Parallel()
	d := heldDraft(t)
	require.Equal(t, []string{"Mara", "Austin", "FULL_TIME"}, []string{d.Person.FirstName, d.Person.Address.City, d.DueDiligence.EmploymentStatus})
	require.Equal(t, []string{"FULL_LEGAL_NAME", "ADDRESS"}, d.Person.PassthroughVerificationFields)
	require.Equal(t, []identity.TaxDetail{{TaxPayerID: "900-11-2222", TaxPayerCountry: "USA"}}, d.TaxDetails)
	require.True(t, d.IsMerchant)
	require.Equal(t, []string{"Mae"}, d.DueDiligence.Aliases)
}

func TestCorrectionHoldsTheChangesAlone(t *testing.T) {
	t.Parallel()
	none := identity.Correct(heldDraft(t), heldDraft(t))
	require.True(t, none.Empty())
	body, err := none.Body()
	require.NoError(t, err)
	require.JSONEq(t, `{}`, string(body))

	for name, c := range map[string]struct {
		change func(*identity.Draft)
		body   string
		fields []string
		verify bool
	}{
		"a city":       {func(d *identity.Draft) { d.Person.Address.City = "Dallas" }, `{"person_details": {"address": {"city": "Dallas"}}}`, []string{"person_details.address.city"}, true},
		"cleared":      {func(d *identity.Draft) { d.Person.Address.Address2 = "" }, `{"person_details": {"address": {"address2": ""}}}`, []string{"person_details.address.address2"}, true},
		"a mail":       {func(d *identity.Draft) { d.Person.Email = "m@example.org" }, `{"person_details": {"email": "m@example.org"}}`, []string{"person_details.email"}, false},
		"a list":       {func(d *identity.Draft) { d.DueDiligence.Aliases = nil }, `{"customer_due_diligence": {"aliases": []}}`, []string{"customer_due_diligence.aliases"}, false},
		"verification": {func(d *identity.Draft) { d.Person.PassthroughVerificationFields = []string{"CIP_ID"} }, `{"person_details": {"passthrough_verification_fields": ["CIP_ID"]}}`, []string{"person_details.passthrough_verification_fields"}, true},
		"taxes": {
			func(d *identity.Draft) { d.TaxDetails[0].TaxPayerID = "900-11-3333" },
			`{"tax_details": [{"tax_payer_id": "900-11-3333", "tax_payer_country": "USA"}]}`,
			[]string{"tax_details"},
			false,
		},
		"no taxes":    {func(d *identity.Draft) { d.TaxDetails = nil }, `{"tax_details": []}`, []string{"tax_details"}, false},
		"no merchant": {func(d *identity.Draft) { d.IsMerchant = false }, `{"is_merchant": false}`, []string{"is_merchant"}, false},
		"no tax":      {func(d *identity.Draft) { d.TaxDetailsNotRequired = true }, `{"set_tax_details_not_required": true}`, []string{"set_tax_details_not_required"}, false},
		"a ref_id":    {func(d *identity.Draft) { d.RefID = "user-2" }, `{"ref_id": "user-2"}`, []string{"ref_id"}, false},
	} {
		after := heldDraft(t)
		c.change(&after)
		got := identity.Correct(heldDraft(t), after)
		kept, err := json.Marshal(got)
		require.NoError(t, err)
		got = identity.Correction{}
		require.NoError(t, json.Unmarshal(kept, &got), "it waits in a sealed job")
		body, err := got.Body()
		require.NoError(t, err)
		require.JSONEq(t, c.body, string(body), name)
		require.Equal(t, c.fields, got.Fields(), name)
		require.Equal(t, c.verify, got.MayVerifyAgain(), name)
		require.False(t, got.Empty(), name)
	}
	at := time.Date(2026, 3, 4, 10, 0, 0, 0, time.FixedZone("", 3600))
	body, err = identity.Correction{RefreshedAt: at}.Body()
	require.NoError(t, err)
	require.JSONEq(t, `{"last_kyc_refresh_date": "2026-03-04T09:00:00Z"}`, string(body), "nothing changed")
}

func TestOnlyWhatChangesIsJudged(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)
	before, after := heldDraft(t), heldDraft(t)
	require.NotEmpty(t, before.Check(now), "Paxos' record lacks what a new draft needs")
	require.Empty(t, identity.CheckCorrection(before, after, now))
	after.Person.FirstName, after.TaxDetails = "José", []identity.TaxDetail{{TaxPayerID: "1"}}
	wrong := identity.CheckCorrection(before, after, now)
	require.Len(t, wrong, 2)
	require.NotEmpty(t, wrong["person_details.first_name"])
	require.NotEmpty(t, wrong["tax_details.tax_payer_country"])
}
