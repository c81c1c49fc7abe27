package identity_test

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

const ofInstitution = "institution_details."

func midday() time.Time { return time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC) }

func austin() identity.Address {
	return identity.Address{Address1: "1 Fern Lane", City: "Austin", Province: "TX", Country: "USA", ZipCode: "78701"}
}

func company() identity.InstitutionDraft {
	return identity.InstitutionDraft{
		RefID: "client-0077",
		Institution: identity.InstitutionFields{
			Name: "Quillhaven Holdings", Type: "LLC", SubType: "CONSTRUCTION", CIPID: "12-3456789", CIPIDType: "EIN", CIPIDCountry: "USA",
			GovtRegistrationDate: "2009-06-16T00:00:00Z", BusinessAddress: austin(), IncorporationAddress: austin(),
			RegulationStatus: "NON_REGULATED", TradingType: "PRIVATE",
		},
		Members: []identity.MemberDraft{
			{PaxosID: "px-1", Roles: []string{"BENEFICIAL_OWNER", "MANAGEMENT_CONTROL_PERSON"}, Ownership: "62.5"},
			{PaxosID: "px-2", Roles: []string{"BENEFICIAL_OWNER", "ACCOUNT_OPENER"}, Ownership: "37.5"},
		},
	}
}

// trustOf is the least that a trust is made of.
func trustOf() identity.InstitutionDraft {
	d := company()
	d.Institution.Type, d.Institution.SubType = identity.Trust, "INVESTMENT"
	d.Institution.RegulationStatus, d.Institution.TradingType = "", ""
	d.Members = []identity.MemberDraft{{PaxosID: "px-1", Roles: []string{"TRUSTEE", "GRANTOR"}}}
	return d
}

func ofForm(legalForm string) identity.InstitutionDraft {
	if legalForm == identity.Trust {
		return trustOf()
	}
	d := company()
	d.Institution.Type = legalForm
	return d
}

// The published grid, as a table of its own: required (R), optional (O), not allowed (-), by legal form.
func TestInstitutionGrid(t *testing.T) {
	t.Parallel()
	const seat = "incorporation_address"
	forms := []string{"CORPORATION", "LLC", "PARTNERSHIP", "TRUST"}
	for field, want := range map[string]string{
		"name":                      "RRRR",
		"doing_business_as":         "OOO-",
		"business_description":      "OOO-",
		"institution_type":          "RRRR",
		"institution_sub_type":      "RRRR",
		"cip_id":                    "RRRR",
		"cip_id_type":               "RRRR",
		"cip_id_country":            "RRRR",
		"govt_registration_date":    "RRRR",
		"business_address":          "RRRR",
		seat:                        "RRRR",
		"phone_number":              "OOOO",
		"email":                     "OOOO",
		"regulation_status":         "RRRO",
		"trading_type":              "RRRO",
		"regulator_name":            "---O",
		"regulator_jurisdiction":    "---O",
		"regulator_register_number": "---O",
		"listed_exchange":           "---O",
		"ticker_symbol":             "---O",
		"parent_institution_name":   "OOOO",
	} {
		for n, legalForm := range forms {
			d := ofForm(legalForm)
			require.Empty(t, d.Check(midday()), legalForm)
			need := map[byte]identity.Need{'R': identity.Must, 'O': identity.May, '-': identity.MayNot}[want[n]]
			require.Equal(t, need, d.Institution.Need(ofInstitution+field), "%s of a %s", field, legalForm)
			with, without := d.Values(), d.Values()
			maps.DeleteFunc(without, func(name string, _ []string) bool {
				return name == ofInstitution+field || strings.HasPrefix(name, ofInstitution+field+".")
			})
			missing := wrongAt(identity.ParseInstitution(without), field)
			switch need {
			case identity.Must:
				require.NotEmpty(t, missing, "a %s without %s", legalForm, field)
			case identity.MayNot:
				with.Set(ofInstitution+field, "Word")
				require.Contains(t, identity.ParseInstitution(with).Check(midday())[ofInstitution+field], "Leave it empty", "a %s with %s", legalForm, field)
				fallthrough
			default:
				require.Empty(t, missing, "a %s without %s", legalForm, field)
			}
		}
	}
	owner := trustOf() // taxed with its owner: no seat of its own
	owner.Institution.CIPIDType, owner.Institution.CIPID, owner.Institution.IncorporationAddress = "SSN", "073-05-1120", identity.Address{}
	require.Equal(t, identity.May, owner.Institution.Need(ofInstitution+seat))
	require.Empty(t, owner.Check(midday()))
	require.Equal(t, identity.May, owner.Institution.Need("nothing"))
}

// wrongAt are the errors about a field or what is below it.
func wrongAt(d identity.InstitutionDraft, field string) (out []string) {
	for name := range d.Check(midday()) {
		if name == ofInstitution+field || strings.HasPrefix(name, ofInstitution+field+".") {
			out = append(out, name)
		}
	}
	return out
}

// Who regulates an institution and whether it is traded decide what else is asked.
func TestRegulationAndTrading(t *testing.T) {
	t.Parallel()
	regulator := []string{"regulator_jurisdiction", "regulator_name", "regulator_register_number"}
	listed := []string{"listed_exchange", "ticker_symbol"}
	owned := append(slices.Clone(listed), "parent_institution_name")
	for _, c := range []struct {
		regulation, trading string
		asks                []string
	}{
		{"US_REGULATED", "PRIVATE", regulator},
		{"US_REGULATED", "PUBLIC", append(slices.Clone(listed), regulator...)},
		{"US_REGULATED", "PUBLICLY_TRADED_SUBSIDIARY", append(slices.Clone(owned), regulator...)},
		{"INTL_REGULATED", "PRIVATE", regulator},
		{"INTL_REGULATED", "PUBLIC", append(slices.Clone(listed), regulator...)},
		{"INTL_REGULATED", "PUBLICLY_TRADED_SUBSIDIARY", append(slices.Clone(owned), regulator...)},
		{"NON_REGULATED", "PRIVATE", nil},
		{"NON_REGULATED", "PUBLIC", listed},
	} {
		for _, legalForm := range []string{"CORPORATION", "LLC", "PARTNERSHIP", "TRUST"} {
			d := ofForm(legalForm)
			d.Institution.RegulationStatus, d.Institution.TradingType = c.regulation, c.trading
			form := d.Values()
			require.ElementsMatch(t, c.asks, names(d.Check(midday())), "%s, %s, %s", legalForm, c.regulation, c.trading)
			for _, field := range c.asks {
				form.Set(ofInstitution+field, "Word")
			}
			require.Empty(t, identity.ParseInstitution(form).Check(midday()), "%s, %s, %s", legalForm, c.regulation, c.trading)
		}
	}
}

func names(wrong map[string]string) (out []string) {
	for name := range wrong {
		out = append(out, strings.TrimPrefix(name, ofInstitution))
	}
	return out
}

func TestInstitutionDraft(t *testing.T) {
	t.Parallel()
	type fields = identity.InstitutionFields
	of := func(change func(*fields)) func(*identity.InstitutionDraft) {
		return func(d *identity.InstitutionDraft) { change(&d.Institution) }
	}
	abroad := func(f *fields) { f.CIPIDType, f.CIPID, f.CIPIDCountry = "REGISTRATION_NUMBER", "HRB 12345", "DEU" }
	for name, c := range map[string]struct {
		change func(*identity.InstitutionDraft)
		wrong  []string
	}{
		"fine":            {func(*identity.InstitutionDraft) {}, nil},
		"no ref_id":       {func(d *identity.InstitutionDraft) { d.RefID = "" }, []string{"ref_id"}},
		"ref_id its name": {func(d *identity.InstitutionDraft) { d.RefID = "quillhaven-1" }, []string{"ref_id"}},
		"ref_id no name":  {func(d *identity.InstitutionDraft) { d.RefID = "holdings-1" }, nil},
		"letters":         {of(func(f *fields) { f.Name = "Größe" }), []string{"name"}},
		"an odd form":     {of(func(f *fields) { f.Type = "CLUB" }), []string{"institution_type"}},
		"an odd business": {of(func(f *fields) { f.SubType = "MAGIC" }), []string{"institution_sub_type"}},
		"prohibited":      {of(func(f *fields) { f.SubType = "WEAPONS" }), []string{"institution_sub_type"}},
		"not a trust":     {of(func(f *fields) { f.SubType = "INVESTMENT" }), []string{"institution_sub_type"}},
		"an EIN":          {of(func(f *fields) { f.CIPID = "123456" }), []string{"cip_id"}},
		"an SSN":          {of(func(f *fields) { f.CIPIDType = "SSN" }), []string{"cip_id"}},
		"EIN elsewhere":   {of(func(f *fields) { f.CIPIDCountry = "DEU" }), []string{"cip_id_country"}},
		"a country":       {of(func(f *fields) { f.CIPIDCountry = "ZZZ" }), []string{"cip_id_country"}},
		"no city":         {of(func(f *fields) { f.BusinessAddress.City = "" }), []string{"business_address.city"}},
		"no ZIP":          {of(func(f *fields) { f.BusinessAddress.ZipCode = "" }), []string{"business_address.zip_code"}},
		"a long street":   {of(func(f *fields) { f.IncorporationAddress.Address1 = strings.Repeat("a", 36) }), []string{"incorporation_address.address1"}},
		"founded ahead":   {of(func(f *fields) { f.GovtRegistrationDate = "2030-01-01T00:00:00Z" }), []string{"govt_registration_date"}},
		"founded when":    {of(func(f *fields) { f.GovtRegistrationDate = "2020" }), []string{"govt_registration_date"}},
		"phone and mail":  {of(func(f *fields) { f.PhoneNumber, f.Email = "1", "a" }), []string{"phone_number", "email"}},
		"abroad, taxes":   {of(abroad), []string{"tax_details"}},
		"abroad, none":    {func(d *identity.InstitutionDraft) { abroad(&d.Institution); d.TaxDetailsNotRequired = true }, nil},
		"EIN, none":       {func(d *identity.InstitutionDraft) { d.TaxDetailsNotRequired = true }, []string{"tax_details_not_required"}},
		"nobody at all":   {func(d *identity.InstitutionDraft) { d.Members = nil }, []string{"institution_members"}},
		"nobody":          {func(d *identity.InstitutionDraft) { d.Members[0].PaxosID = "" }, []string{"institution_members.0.identity_id"}},
		"the same twice":  {func(d *identity.InstitutionDraft) { d.Members[1].PaxosID = "PX-1" }, []string{"institution_members.1.identity_id"}},
		"no role":         {func(d *identity.InstitutionDraft) { d.Members[1].Roles = nil }, []string{"institution_members.1.roles"}},
		"an odd role":     {func(d *identity.InstitutionDraft) { d.Members[1].Roles = []string{"KING"} }, []string{"institution_members.1.roles"}},
		"of a trust":      {func(d *identity.InstitutionDraft) { d.Members[1].Roles = []string{"TRUSTEE"} }, []string{"institution_members.1.roles"}},
		"an odd share":    {func(d *identity.InstitutionDraft) { d.Members[0].Ownership = "half" }, []string{"institution_members.0.ownership"}},
		"no number":       {func(d *identity.InstitutionDraft) { d.Members[0].Ownership = "NaN" }, []string{"institution_members.0.ownership"}},
		"over the whole":  {func(d *identity.InstitutionDraft) { d.Members[0].Ownership = "62.6" }, []string{"institution_members"}},
		"an odd position": {func(d *identity.InstitutionDraft) { d.Members[0].Position = "Größe" }, []string{"institution_members.0.position"}},
		"no trustee": {func(d *identity.InstitutionDraft) {
			*d = trustOf()
			d.Members[0].Roles = []string{"GRANTOR"}
		}, []string{"institution_members"}},
		"a trust trades": {func(d *identity.InstitutionDraft) { *d = trustOf(); d.Institution.SubType = "CRYPTO" }, []string{"institution_sub_type"}},
		"a trust opens": {func(d *identity.InstitutionDraft) {
			*d = trustOf()
			d.Members[0].Roles = []string{"TRUSTEE", "ACCOUNT_OPENER"}
		}, []string{"institution_members.0.roles"}},
		"both taxes": {func(d *identity.InstitutionDraft) {
			d.TaxDetailsNotRequired, d.TaxDetails = true, []identity.TaxDetail{{TaxPayerID: "1", TaxPayerCountry: "USA"}}
		}, []string{"tax_details_not_required"}},
		"half a tax number": {func(d *identity.InstitutionDraft) { d.TaxDetails = []identity.TaxDetail{{TaxPayerID: "1"}} }, []string{"tax_details.tax_payer_country"}},
	} {
		d := company()
		c.change(&d)
		require.ElementsMatch(t, c.wrong, names(d.Check(midday())), name)
	}
}

func TestDoubtsAboutAnInstitution(t *testing.T) {
	t.Parallel()
	require.Empty(t, company().Doubts(nil))
	require.Empty(t, trustOf().Doubts(nil))
	d := company()
	d.Members[0].Roles, d.Members[1].Roles = []string{"BENEFICIAL_OWNER"}, []string{"ACCOUNT_OPENER"}
	d.Institution.SubType = "REGISTERED_INVESTMENT_ADVISOR"
	require.Len(t, d.Doubts(nil), 3, "no control person, an owner who is none, an advisor")
	d = trustOf()
	d.Members[0].Roles, d.Institution.CIPIDType = []string{"TRUSTEE"}, "SSN"
	require.Len(t, d.Doubts(nil), 2, "no grantor, an SSN")
}

// A member whom Paxos will not approve holds the institution up for good, and nothing of the desk's changes that afterwards.
func TestDoubtsAboutAMember(t *testing.T) {
	t.Parallel()
	for status, says := range map[identity.Status]string{
		identity.Approved: "", identity.Pending: "", identity.StatusNone: "",
		identity.Denied: "Member user-9 is DENIED at Paxos", identity.Disabled: "Member user-9 is DISABLED at Paxos",
		identity.StatusError: "Member user-9 is ERROR at Paxos, frozen",
	} {
		doubts := company().Doubts([]identity.Identity{{RefID: "user-1", Status: identity.Approved}, {RefID: "user-9", PaxosID: "px-9", Status: status}})
		if says == "" {
			require.Empty(t, doubts, status)
			continue
		}
		require.Len(t, doubts, 1, status)
		require.Contains(t, doubts[0], says, status)
		require.Contains(t, doubts[0], "only Paxos Support can help", status)
		require.NotContains(t, doubts[0], "px-9", status)
	}
	doubts := company().Doubts([]identity.Identity{{PaxosID: "px-9", Status: identity.Denied}})
	require.Contains(t, doubts[0], "Member px-9 is DENIED", "who has no ref_id")
}

func TestParseInstitution(t *testing.T) {
	t.Parallel()
	d := identity.ParseInstitution(url.Values{
		"ref_id": {" client-0077 "}, "institution_details.institution_type": {"LLC"}, "institution_details.cip_id_type": {"EIN"},
		"institution_details.cip_id": {"123456789"}, "institution_details.cip_id_country": {"usa"},
		"institution_details.govt_registration_date":   {"2009-06-16"},
		"institution_details.business_address.country": {"usa"},
		"institution_members.7.identity_id":            {" user-9 "}, "institution_members.7.roles": {"TRUSTEE", "GRANTOR", "TRUSTEE"},
		"institution_members.2.identity_id": {"user-2"}, "institution_members.2.ownership": {"25 %"}, "institution_members.2.position": {" CEO "},
		"institution_members.3.identity_id": {" "}, "institution_members.x.identity_id": {"user-3"}, "institution_members": {"user-4"},
		"tax_details.tax_payer_id": {"1"}, "tax_details.tax_payer_country": {"pol"}, "metadata.team": {"east"},
	})
	require.Equal(t, "client-0077", d.RefID)
	require.Equal(t, identity.InstitutionFields{
		Type: "LLC", CIPIDType: "EIN", CIPID: "12-3456789", CIPIDCountry: "USA", GovtRegistrationDate: "2009-06-16T00:00:00Z",
		BusinessAddress: identity.Address{Country: "USA"},
	}, d.Institution)
	require.Equal(t, []identity.MemberDraft{
		{PaxosID: "user-2", Ownership: "25", Position: "CEO"}, {PaxosID: "user-9", Roles: []string{"TRUSTEE", "GRANTOR"}},
	}, d.Members)
	require.Equal(t, d, identity.ParseInstitution(d.Values()))
	require.Equal(t, company(), identity.ParseInstitution(company().Values()))
	many := url.Values{}
	for n := range identity.MostMembers + 5 {
		many.Set("institution_members."+strconv.Itoa(n)+".identity_id", "user")
	}
	require.Len(t, identity.ParseInstitution(many).Members, identity.MostMembers)
}

func TestInstitutionWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Regulated elsewhere", identity.Label("INTL_REGULATED"))
	require.Equal(t, "Subsidiary of a publicly traded company", identity.Label("PUBLICLY_TRADED_SUBSIDIARY"))
	require.Equal(t, "MARS_REGULATED", identity.Label("MARS_REGULATED"), "an unknown word is shown as it is")
	require.Len(t, identity.MemberRoles(""), 7)
	require.Len(t, identity.MemberRoles(identity.Trust), 4)
	require.Len(t, identity.MemberRoles("LLC"), 4)
	require.True(t, identity.InstitutionMember{Status: "DENIED"}.Blocks())
	require.False(t, identity.InstitutionMember{Status: "APPROVED"}.Blocks())
	require.NotContains(t, identity.InstitutionSubTypes(), identity.Choice{Value: "WEAPONS", Text: "Weapons"})
	for _, field := range []string{"institution_type", "institution_sub_type", "cip_id_type", "regulation_status", "trading_type", "business_address.country"} {
		require.NotEmpty(t, identity.Choices(ofInstitution+field), field)
	}
}
