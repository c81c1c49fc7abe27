package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func company() identity.InstitutionDraft {
	return identity.InstitutionDraft{
		RefID: "company-1",
		Institution: identity.InstitutionFields{
			Name: "Quillhaven Holdings", Type: "LLC", SubType: "INVESTMENT", CIPID: "12-3456789", CIPIDType: "EIN", CIPIDCountry: "USA",
			BusinessAddress:  identity.Address{Address1: "1 Fern Lane", City: "Austin", Province: "TX", Country: "USA", ZipCode: "78701"},
			RegulationStatus: "NON_REGULATED", TradingType: "PRIVATE",
		},
		Members: []identity.MemberDraft{
			{PaxosID: "px-1", Roles: []string{"BENEFICIAL_OWNER"}, Ownership: "62.5"},
			{PaxosID: "px-2", Roles: []string{"BENEFICIAL_OWNER", "ACCOUNT_OPENER"}, Ownership: "37.5"},
		},
	}
}

func TestInstitutionDraft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)
	require.Empty(t, company().Check(now))
	type fields = identity.InstitutionFields
	of := func(change func(*fields)) func(*identity.InstitutionDraft) {
		return func(d *identity.InstitutionDraft) { change(&d.Institution) }
	}
	for name, c := range map[string]struct {
		change func(*identity.InstitutionDraft)
		wrong  []string
	}{
		"no ref_id":   {func(d *identity.InstitutionDraft) { d.RefID = "" }, []string{"ref_id"}},
		"no name":     {of(func(f *fields) { f.Name = " " }), []string{"institution_details.name"}},
		"letters":     {of(func(f *fields) { f.Name = "Größe" }), []string{"institution_details.name"}},
		"no form":     {of(func(f *fields) { f.Type = "" }), []string{"institution_details.institution_type"}},
		"no business": {of(func(f *fields) { f.SubType = "MAGIC" }), []string{"institution_details.institution_sub_type"}},
		"an EIN":      {of(func(f *fields) { f.CIPID = "123456789" }), []string{"institution_details.cip_id"}},
		"a country":   {of(func(f *fields) { f.CIPIDCountry = "ZZZ" }), []string{"institution_details.cip_id_country"}},
		"no city":     {of(func(f *fields) { f.BusinessAddress.City = "" }), []string{"institution_details.business_address.city"}},
		"half a seat": {of(func(f *fields) {
			f.IncorporationAddress = identity.Address{City: "Austin", Province: "TX", Country: "USA"}
		}), []string{"institution_details.incorporation_address.address1"}},
		"founded ahead":  {of(func(f *fields) { f.GovtRegistrationDate = "2030-01-01T00:00:00Z" }), []string{"institution_details.govt_registration_date"}},
		"founded when":   {of(func(f *fields) { f.GovtRegistrationDate = "2020" }), []string{"institution_details.govt_registration_date"}},
		"phone and mail": {of(func(f *fields) { f.PhoneNumber, f.Email = "1", "a" }), []string{"institution_details.phone_number", "institution_details.email"}},
		"no regulation":  {of(func(f *fields) { f.RegulationStatus = "" }), []string{"institution_details.regulation_status"}},
		"regulated": {of(func(f *fields) { f.RegulationStatus = "US_REGULATED" }), []string{
			"institution_details.regulator_name", "institution_details.regulator_jurisdiction", "institution_details.regulator_register_number",
		}},
		"no trading": {of(func(f *fields) { f.TradingType = "" }), []string{"institution_details.trading_type"}},
		"traded":     {of(func(f *fields) { f.TradingType = "PUBLIC" }), []string{"institution_details.listed_exchange", "institution_details.ticker_symbol"}},
		"a subsidiary": {of(func(f *fields) { f.TradingType = "PUBLICLY_TRADED_SUBSIDIARY" }), []string{
			"institution_details.listed_exchange", "institution_details.ticker_symbol", "institution_details.parent_institution_name",
		}},
		"nobody":         {func(d *identity.InstitutionDraft) { d.Members[0].PaxosID = "" }, []string{"institution_members"}},
		"the same twice": {func(d *identity.InstitutionDraft) { d.Members[1].PaxosID = "px-1" }, []string{"institution_members"}},
		"no role":        {func(d *identity.InstitutionDraft) { d.Members[0].Roles = nil }, []string{"institution_members"}},
		"an odd share":   {func(d *identity.InstitutionDraft) { d.Members[0].Ownership = "half" }, []string{"institution_members"}},
		"over the whole": {func(d *identity.InstitutionDraft) { d.Members[0].Ownership = "62.6" }, []string{"institution_members"}},
		"both taxes": {func(d *identity.InstitutionDraft) {
			d.TaxDetailsNotRequired, d.TaxDetails = true, []identity.TaxDetail{{TaxPayerID: "1", TaxPayerCountry: "USA"}}
		}, []string{"tax_details_not_required"}},
		"half a tax number": {func(d *identity.InstitutionDraft) { d.TaxDetails = []identity.TaxDetail{{TaxPayerID: "1"}} }, []string{"tax_details.tax_payer_country"}},
	} {
		d := company()
		c.change(&d)
		wrong := d.Check(now)
		require.Len(t, wrong, len(c.wrong), "%s: %v", name, wrong)
		for _, field := range c.wrong {
			require.NotEmpty(t, wrong[field], name)
		}
	}
	require.True(t, identity.InstitutionMember{Status: "DENIED"}.Blocks())
	require.False(t, identity.InstitutionMember{Status: "APPROVED"}.Blocks())
}
