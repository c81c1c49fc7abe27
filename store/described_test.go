package store_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/store"
	"identitydesk/store/storetest"
)

// described reads the page that says what is stored: the form of each column, by TABLE.COLUMN.
func described(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../docs/data.md")
	require.NoError(t, err)
	table, forms, word := "", map[string]string{}, regexp.MustCompile("`([a-z_]+)`")
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		switch {
		case strings.HasPrefix(line, "### `"):
			table = word.FindStringSubmatch(line)[1]
		case strings.HasPrefix(line, "## "):
			table = ""
		case table != "" && len(cells) == 6 && strings.HasPrefix(strings.TrimSpace(cells[1]), "`"):
			for _, name := range word.FindAllStringSubmatch(cells[1], -1) {
				column := table + "." + name[1]
				require.NotContains(t, forms, column, "said twice")
				forms[column] = strings.TrimSpace(cells[2])
				require.NotEmpty(t, strings.TrimSpace(cells[3]), column)
				require.NotEmpty(t, strings.TrimSpace(cells[4]), column)
			}
		}
	}
	return forms
}

// docs/data.md says what is stored: every column, and what is sealed.
func TestEveryColumnIsDescribed(t *testing.T) {
	t.Parallel()
	d := storetest.New(t)
	columns, err := d.Columns(t.Context(), "")
	require.NoError(t, err)
	blobs, err := d.Columns(t.Context(), "BLOB")
	require.NoError(t, err)
	forms := described(t)
	for _, column := range columns {
		require.Contains(t, forms, column, "a column that docs/data.md does not tell of")
	}
	for column, form := range forms {
		require.Contains(t, columns, column, "docs/data.md tells of a column that is gone")
		require.Contains(t, []string{"clear", "sealed", "hash", "keyed hash"}, form, column)
		require.Equal(t, slices.Contains(store.SealedPlaces(), column), form == "sealed", column)
		require.Equal(t, slices.Contains(blobs, column), form != "clear", column)
	}
}
