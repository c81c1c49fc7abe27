package identity_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// rowOf writes a draft as a table of one row, keys of metadata as columns of their own.
func rowOf(d identity.Draft) string {
	values := d.Values()
	values.Set("ref_id", d.RefID)
	values.Del("metadata_key")
	values.Del("metadata_value")
	for key, value := range d.Metadata {
		values.Set("metadata."+key, value)
	}
	var header, cells []string
	for _, field := range slices.Sorted(maps.Keys(values)) {
		header, cells = append(header, field), append(cells, strings.Join(values[field], "|"))
	}
	return sheet(',', "\n", header, cells)
}

// Every error that a row can have is told for a file: nothing in it is chosen, ticked or picked from a list. It names the columns that
// mend it, and of a column that takes certain values it says which.
func TestErrorsOfARowAreToldForAFile(t *testing.T) {
	t.Parallel()
	ofForm := regexp.MustCompile(`(?i)\b(choose|tick|pick|select|in the list|from the list|type (its|paxos)|leave (this|it|them)|clear|enter)\b`)
	told := map[string]bool{}
	for name, c := range faultyDrafts() {
		rows, err := identity.ReadImport([]byte(rowOf(c.d)), at(typedAt))
		if err != nil {
			require.Contains(t, name, "metadata", "a column that no file can have")
			continue
		}
		for field, text := range rows[0].Errors {
			told[name] = true
			require.NotRegexp(t, ofForm, text, name)
			for _, column := range columnsThatMend(field) {
				require.Contains(t, text, column, name)
			}
			for _, value := range valuesTold(c.d, field) {
				require.Contains(t, text, value, name)
			}
		}
	}
	require.Greater(t, len(told), 80, "all but what a file takes, or what has no column")
	for field, text := range readImport(t, "ref_id,person_details.nationality\n ,\nuser-1,\n")[0].Errors {
		require.Contains(t, text, "Fill in "+field+": ")
		require.NotRegexp(t, ofForm, text)
	}
}

// columnsThatMend are the columns that an error must name, besides the one that it stands at.
func columnsThatMend(field string) []string {
	switch field {
	case "tax_details":
		return []string{"tax_details.tax_payer_id", "tax_details.tax_payer_country", "tax_details_not_required"}
	case "metadata_key":
		return []string{"metadata.KEY"}
	}
	if len(identity.Choices(field)) > 0 || field == "tax_details_not_required" {
		return []string{field}
	}
	return nil
}

// valuesTold are the values of a column that takes no others, or what they look like.
func valuesTold(d identity.Draft, field string) []string {
	choices := identity.Choices(field)
	switch {
	case len(choices) > 200:
		return []string{"three-letter", "USA"}
	case field == "person_details.cip_id_type" && d.Person.Address.Country == "USA":
		return []string{"SSN", "ITIN"}
	}
	var values []string
	for _, c := range choices {
		values = append(values, c.Value)
	}
	return values
}
