package identity_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestParseDraft(t *testing.T) {
	t.Parallel()
	form := url.Values{
		"ref_id": {"  user-4711 "},
		"person_details.passthrough_verifier_type":          {"jumio"},
		"person_details.passthrough_verified_at":            {"2021-06-16 09:28:14z"},
		"person_details.passthrough_verification_id":        {"775300ef-4edb-47b9-8ec4-f45fe3cbf41f"},
		"person_details.passthrough_verification_status":    {"APPROVED"},
		"person_details.passthrough_verification_fields":    {"FULL_LEGAL_NAME", "", "DATE_OF_BIRTH", "FULL_LEGAL_NAME"},
		"person_details.first_name":                         {"Billy"},
		"person_details.last_name":                          {"Duncan"},
		"person_details.date_of_birth":                      {"1960-01-01"},
		"person_details.address.address1":                   {"123 Main St"},
		"person_details.address.city":                       {"New York"},
		"person_details.address.province":                   {"NY"},
		"person_details.address.country":                    {"usa"},
		"person_details.address.zip_code":                   {"10001"},
		"person_details.nationality":                        {"USA"},
		"person_details.cip_id":                             {"073051120"},
		"person_details.cip_id_type":                        {"SSN"},
		"person_details.cip_id_country":                     {"USA"},
		"person_details.phone_number":                       {"+1 555 678 1234"},
		"person_details.email":                              {"example@somemail.org"},
		"customer_due_diligence.estimated_yearly_income":    {"INCOME_50K_TO_100K"},
		"customer_due_diligence.expected_transfer_value":    {"TRANSFER_VALUE_25K_TO_50K"},
		"customer_due_diligence.source_of_wealth":           {"EMPLOYMENT_INCOME"},
		"customer_due_diligence.employment_status":          {"FULL_TIME"},
		"customer_due_diligence.employment_industry_sector": {"ARTS_ENTERTAINMENT_RECREATION"},
		"tax_details.tax_payer_id":                          {""},
		"tax_details.tax_payer_country":                     {""},
		"metadata.":                                         {"nameless"},
	}
	d := identity.ParseDraft(form)
	require.Equal(t, sound(), d)
	require.Empty(t, d.Check(at(typedAt)))
	require.Equal(t, d, identity.ParseDraft(d.Values()))
}

func TestParseLists(t *testing.T) {
	t.Parallel()
	d := identity.ParseDraft(url.Values{
		"tax_details.tax_payer_id":       {"1", "", "3"},
		"tax_details.tax_payer_country":  {"pol", "", "", "DEU"},
		"tax_details_not_required":       {"true"},
		"customer_due_diligence.aliases": {"Bill", " Billy "},
		"metadata.team":                  {" east "},
		"metadata.empty":                 {""},
	})
	require.Equal(t, []identity.TaxDetail{{TaxPayerID: "1", TaxPayerCountry: "POL"}, {TaxPayerID: "3"}, {TaxPayerCountry: "DEU"}}, d.TaxDetails)
	require.True(t, d.TaxDetailsNotRequired)
	require.Equal(t, []string{"Bill", "Billy"}, d.DueDiligence.Aliases)
	require.Equal(t, map[string]string{"team": "east"}, d.Metadata)
	require.Equal(t, d, identity.ParseDraft(d.Values()))
}

func TestParseMetadata(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form  url.Values
		want  map[string]string
		wrong string // the field of the only error; empty for none
	}{
		"rows":            {url.Values{"metadata_key": {" team ", "", "desk"}, "metadata_value": {"east", "", " 7 "}}, map[string]string{"team": "east", "desk": "7"}, ""},
		"both ways":       {url.Values{"metadata_key": {"desk"}, "metadata_value": {"7"}, "metadata.team": {"east"}}, map[string]string{"team": "east", "desk": "7"}, ""},
		"key alone":       {url.Values{"metadata_key": {"team"}}, map[string]string{"team": ""}, "metadata.team"},
		"value alone":     {url.Values{"metadata_value": {"", "east"}}, map[string]string{"": "east"}, "metadata_key"},
		"a key twice":     {url.Values{"metadata_key": {"team", "team"}, "metadata_value": {"east", "west"}}, map[string]string{"team": "east", "team ": "west"}, "metadata_key"},
		"twice both ways": {url.Values{"metadata_key": {"team"}, "metadata_value": {"west"}, "metadata.team": {"east"}}, map[string]string{"team": "east", "team ": "west"}, "metadata_key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := identity.ParseDraft(c.form)
			require.Equal(t, c.want, d.Metadata)
			require.Equal(t, d, identity.ParseDraft(d.Values()), "what is wrong is shown again")
			whole := sound()
			whole.Metadata = d.Metadata
			errs := whole.Check(at(typedAt))
			if c.wrong == "" {
				require.Empty(t, errs)
				return
			}
			require.Len(t, errs, 1)
			require.Contains(t, errs, c.wrong)
		})
	}
	require.True(t, identity.ParseDraft(url.Values{"is_merchant": {"true"}}).IsMerchant)
}

func TestParseNumbersAndTimes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ field, typed, want string }{
		"SSN with spaces":        {"person_details.cip_id", "073 05 1120", "073-05-1120"},
		"SSN with dashes":        {"person_details.cip_id", "073-05-1120", "073-05-1120"},
		"not nine digits":        {"person_details.cip_id", "073-05-112", "073-05-112"},
		"not digits":             {"person_details.cip_id", "07305112O", "07305112O"},
		"time with a T":          {"person_details.passthrough_verified_at", "2021-06-16T09:28:14Z", "2021-06-16T09:28:14Z"},
		"time with a space":      {"person_details.passthrough_verified_at", "2021-06-16 09:28:14+02:00", "2021-06-16T09:28:14+02:00"},
		"time without zone":      {"person_details.passthrough_verified_at", "2021-06-16 09:28:14", "2021-06-16 09:28:14"},
		"a name keeps its marks": {"person_details.first_name", " José ", "José"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := identity.ParseDraft(url.Values{"person_details.cip_id_type": {"SSN"}, c.field: {c.typed}})
			require.Equal(t, c.want, d.Values().Get(c.field))
		})
	}
	passport := identity.ParseDraft(url.Values{"person_details.cip_id_type": {"PASSPORT"}, "person_details.cip_id": {"073051120"}})
	require.Equal(t, "073051120", passport.Person.CIPID, "only US numbers have dashes")
}

// Any form can be read, checked, shown again and read back as the same draft.
func FuzzDraft(f *testing.F) {
	f.Add(sound().Values().Encode())
	f.Add(abroad().Values().Encode())
	f.Add("tax_details.tax_payer_id=1&tax_details.tax_payer_country=&metadata.a=%20b&person_details.first_name=Jos%C3%A9")
	f.Add("person_details.cip_id_type=ITIN&person_details.cip_id=900701234&person_details.passthrough_verified_at=2021-06-16+09:28:14z")
	f.Add("metadata_key=a&metadata_key=a&metadata_value=b&metadata.a=c&is_merchant=on")
	f.Add("person_details.address.country=%C5%89&ref_id=%ff%fe&customer_due_diligence.aliases=%C2%A0x")
	f.Fuzz(func(t *testing.T, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return // no form at all
		}
		d := identity.ParseDraft(form)
		again := identity.ParseDraft(d.Values())
		require.Equal(t, d, again)
		errs := d.Check(at(typedAt))
		require.Equal(t, errs, again.Check(at(typedAt)))
		for field, says := range errs {
			require.NotEmpty(t, field)
			require.NotEmpty(t, says)
		}
	})
}
