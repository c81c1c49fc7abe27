package views

import (
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// What stands beside a chip does not touch it, and a member on whom nobody works is told by its status.
func TestInstitutionWaitsForADeniedMember(t *testing.T) {
	t.Parallel()
	b := testBook()
	refused := b.denied()
	m := identity.Traced{Member: identity.Member{PaxosID: refused.PaxosID, Status: identity.Denied, Case: &refused}, Advice: identity.Advice{Move: identity.NobodyIs}}
	row := b.institutionRow(b.institution(), m)
	row.Leads = refused.ID
	doc := render(t, Institutions(InstitutionsPage{Chrome: b.chrome(access.Analyst, SectionIdentities), Rows: []InstitutionRow{row}}))
	cell := doc.Find(`[data-testid="institution-row"] td`).Eq(4)
	require.Contains(t, cell.Text(), " DENIED")
	require.NotContains(t, cell.Text(), "obody")
	require.Equal(t, []string{"Institution", "Status", "Lane", "Members", "Waits for", "Updated"}, doc.Find("thead th").Map(func(_ int, th *goquery.Selection) string { return th.Text() }), "no column that says nothing")
}
