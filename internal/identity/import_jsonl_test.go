package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// A line with a field of no person is told as a row where others have none; where all have one the file is not made for this.
func TestImportOfALineWithAnUnknownField(t *testing.T) {
	t.Parallel()
	whole := jsonLine(t)
	strange := strings.NewReplacer("073-05-1120", "073-05-1121", "user-4711", "user-4712", `"ref_id"`, `"shoe":9,"shoe":[1,{}],"hat":["a"],"quillon@zarathorn.example":1,"ref_id"`).Replace(whole)
	rows := readImport(t, whole+"\n"+strange+"\n")
	require.Len(t, rows, 2)
	require.Empty(t, rows[0].Errors)
	require.Equal(t, map[string]string{"row": "Not known: shoe, hat, a field of line 2. Name it as in the template, or take it out."}, rows[1].Errors)

	_, err := identity.ReadImport([]byte(strange+"\nhalf\n"), at(typedAt))
	var refused *identity.ImportError
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Text, "These columns are not known: shoe, hat, a field of line 1.")
}
