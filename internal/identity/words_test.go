package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestLabel(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"INCOME_0_TO_50K":               "Up to $50k",
		"INCOME_50K_TO_100K":            "$50k to $100k",
		"INCOME_750K_TO_1M":             "$750k to $1M",
		"INCOME_ABOVE_1M":               "Over $1M",
		"NET_WORTH_1M_TO_2_5M":          "$1M to $2.5M",
		"NET_WORTH_OVER_50M":            "Over $50M",
		"ARTS_ENTERTAINMENT_RECREATION": "Arts, entertainment and recreation",
		"HEDGE_FUND":                    "Hedge fund",
		"JUMIO":                         "Jumio",
		"LEXISNEXIS":                    "LexisNexis",
		"SCREENING_CHECK":               "Screening",
		"PASSPORT":                      "Passport",
		"USA":                           "United States of America",
		"BOL":                           "Bolivia",
		"PENDING":                       "Pending",
		"INCOME_LOTS":                   "INCOME_LOTS",
		"INCOME_1_TO_":                  "INCOME_1_TO_",
		"INCOME_LOW_TO_50K":             "INCOME_LOW_TO_50K",
		"ABC":                           "ABC",
		"usa":                           "usa",
		"quantum_check":                 "quantum_check",
		"":                              "",
	} {
		require.Equal(t, want, identity.Label(word), word)
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	for field, n := range map[string]int{
		"person_details.passthrough_verifier_type":          16,
		"person_details.passthrough_verification_status":    2,
		"person_details.passthrough_verification_fields":    4,
		"person_details.cip_id_type":                        6,
		"person_details.address.country":                    249,
		"person_details.nationality":                        249,
		"person_details.country_of_birth":                   249,
		"person_details.cip_id_country":                     249,
		"tax_details.tax_payer_country":                     249,
		"customer_due_diligence.estimated_yearly_income":    7,
		"customer_due_diligence.expected_transfer_value":    10,
		"customer_due_diligence.estimated_net_worth":        10,
		"customer_due_diligence.source_of_wealth":           6,
		"customer_due_diligence.source_of_funds":            8,
		"customer_due_diligence.purpose_of_account":         3,
		"customer_due_diligence.employment_status":          7,
		"customer_due_diligence.employment_industry_sector": 43,
		"person_details.first_name":                         0,
	} {
		choices := identity.Choices(field)
		require.Len(t, choices, n, field)
		seen := map[string]bool{}
		for _, c := range choices {
			require.False(t, seen[c.Value], "%s twice in %s", c.Value, field)
			require.False(t, seen[c.Text], "%s twice in %s", c.Text, field)
			seen[c.Value], seen[c.Text] = true, true
			named := c.Text != c.Value && !strings.Contains(c.Text, "_")
			require.True(t, named || c.Value == "FIS", "%s has no words", c.Value)
			require.Equal(t, c.Text, identity.Label(c.Value))
		}
	}
	require.Equal(t, identity.Choice{Value: "AFG", Text: "Afghanistan"}, identity.Countries()[0])
}

func TestTransliterate(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"José": "Jose", "Łukasz": "Lukasz", "Müller": "Muller", "Strauß": "Strauss", "Ærøskøbing": "AEroskobing", "Þór": "THor",
		"Nguyễn": "Nguyen", "Dvořák": "Dvorak", "İpek Şahin": "Ipek Sahin", "O’Neil–Smith": "O'Neil-Smith", "Jose\u0301": "Jose",
		"Иван": "Иван", "plain": "plain", "": "",
	} {
		require.Equal(t, want, identity.Transliterate(typed))
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for want, n := range map[string]identity.Name{
		"BD": {First: "Billy", Middle: "Joe", Last: "Duncan"}, "ŁM": {First: "łukasz", Last: "Müller"}, "A": {Last: "(Acme) Trust"},
		"M": {First: "Mara"}, "": {First: "-"}, "4T": {First: "4th", Last: "'t Hooft"},
	} {
		require.Equal(t, want, identity.Initials(n))
	}
}

func TestNormalizeCIP(t *testing.T) {
	t.Parallel()
	require.Equal(t, "SSN/USA/073051120", identity.NormalizeCIP("073-05-1120", "SSN", "USA"))
	require.Equal(t, identity.NormalizeCIP(" 073 05 1120", "ssn", "usa "), identity.NormalizeCIP("073051120", "SSN", "USA"))
	require.NotEqual(t, identity.NormalizeCIP("AB1", "PASSPORT", "POL"), identity.NormalizeCIP("AB1", "PASSPORT", "DEU"))
	require.Equal(t, identity.NormalizeCIP("ab 1", "PASSPORT", "POL"), identity.NormalizeCIP("AB1", "PASSPORT", "POL"))
}

func TestLooksPersonal(t *testing.T) {
	t.Parallel()
	for q, want := range map[string]bool{
		"073-05-1120": true, "073051120": true, "073 05 1120": true, "073.05.1120": true, "mara@example.org": true, "@": true,
		"ssn:073-05-1120": true, "user-900-70-1234": true,
		"user-4711": false, "775300ef-4edb-47b9-8ec4-f45fe3cbf41f": false, "1234567890": false, "12345678": false, "": false,
		"2026-03-02": false, "a073051120": false,
	} {
		require.Equal(t, want, identity.LooksPersonal(q), q)
	}
}

// Whoever types "United States" into a list of countries gets the USA.
func TestOneCountryBeginsWithUnitedStates(t *testing.T) {
	t.Parallel()
	var found []string
	for _, c := range identity.Countries() {
		if strings.HasPrefix(c.Text, "United States") {
			found = append(found, c.Value)
		}
	}
	require.Equal(t, []string{"USA"}, found)
}
