package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/store/sample"
)

const (
	benchImports    = 50
	benchImportRows = 2000
)

// BenchmarkImports lists a page of imports with what their rows came to, beside a statement on the bare driver that reads each of
// those rows once.
func BenchmarkImports(b *testing.B) {
	s, bare := filled(b)
	for n := range benchImports {
		rows := make([]identity.ImportRow, benchImportRows)
		for m := range rows {
			rows[m] = goodRow(m+2, sample.RefID((n*benchImportRows+m)%*benchIdentities))
		}
		if _, err := s.CreateImport(b.Context(), fmt.Append(nil, n), rows, lea(audit.UploadedImport)); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.HandOverAll(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Run("store", func(b *testing.B) {
		for b.Loop() {
			found, err := s.Imports(b.Context(), identity.ImportFilter{})
			require.NoError(b, err)
			require.Len(b, found.Items, benchImports)
		}
	})
	b.Run("bare", func(b *testing.B) {
		stmt := prepare(b, bare, `SELECT import_id, sum(line) FROM import_rows GROUP BY import_id`)
		for b.Loop() {
			bareRows(b, stmt, benchImports)
		}
	})
}
