package views

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// What the form calls optional must be what the checks let pass, and the other way round.
func TestFormAgreesWithTheChecks(t *testing.T) {
	t.Parallel()
	blank := identity.Draft{}.Check(storyNow())
	for _, s := range personForm() {
		for _, f := range s.Fields {
			require.Equal(t, !f.Optional, blank[f.Name] != "", "%s: %s", f.Name, blank[f.Name])
		}
	}
}

// What the form for an institution says of a field holds for whatever legal form and kind of number are chosen then.
func TestInstitutionFormAgreesWithTheChecks(t *testing.T) {
	t.Parallel()
	forms, kinds := []string{"CORPORATION", "LLC", "PARTNERSHIP", identity.Trust}, []string{"EIN", "SSN", "ITIN", "REGISTRATION_NUMBER"}
	orOpen := func(chosen string, all []string) []string {
		if chosen == "" {
			return all
		}
		return []string{chosen}
	}
	for _, form := range append([]string{""}, forms...) {
		for _, kind := range append([]string{""}, kinds...) {
			shown := identity.InstitutionDraft{Institution: identity.InstitutionFields{Type: form, CIPIDType: kind}}
			for _, legalForm := range orOpen(form, forms) {
				for _, number := range orOpen(kind, kinds) {
					sent := identity.InstitutionDraft{Institution: identity.InstitutionFields{Type: legalForm, CIPIDType: number}}
					requireHints(t, shown, sent)
				}
			}
		}
	}
}

// requireHints compares what a form that was shown says with the errors of what is sent.
func requireHints(t *testing.T, shown, sent identity.InstitutionDraft) {
	t.Helper()
	errs := sent.Check(storyNow())
	trust, taxed := sent.Institution.Type == identity.Trust, sent.Institution.CIPIDType == "SSN" || sent.Institution.CIPIDType == "ITIN"
	for _, s := range institutionForm() {
		for _, f := range s.Fields {
			f = NewInstitutionPage{Draft: shown}.asks(f)
			var free bool
			switch f.note() {
			case "":
			case "optional for a trust":
				free = trust
			case "optional for a trust identified by SSN or ITIN":
				free = trust && taxed
			case "required, unless identified by SSN or ITIN":
				free = taxed
			default:
				free = true
			}
			if f.Name != ofInstitution+"institution_type" && f.Name != ofInstitution+"cip_id_type" { // they are chosen
				require.Equal(t, free, errs[f.Name] == "", "%s of %s, %s: %q, but %q", f.Name, sent.Institution.Type, sent.Institution.CIPIDType,
					f.note(), errs[f.Name])
			}
		}
	}
}
