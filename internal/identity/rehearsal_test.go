package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestReadRehearsal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		of     identity.Type
		typed  map[string]string
		about  []string
		wrong  string // the field; empty for nothing
		wanted identity.SandboxStatus
	}{
		"a status":              {identity.Person, map[string]string{"sanctions_verification_status": "ERROR"}, []string{"sanctions_verification_status"}, "", identity.SandboxStatus{Sanctions: "ERROR"}},
		"a mark":                {identity.Person, map[string]string{"admin_disabled": "no"}, []string{"admin_disabled"}, "", identity.SandboxStatus{AdminDisabled: new(false)}},
		"an institution's":      {identity.Institution, map[string]string{"document_verification_status": "DENIED"}, []string{"document_verification_status"}, "", identity.SandboxStatus{Document: "DENIED"}},
		"nothing":               {identity.Person, nil, nil, "id_verification_status", identity.SandboxStatus{}},
		"nothing of a company":  {identity.Institution, nil, nil, "document_verification_status", identity.SandboxStatus{}},
		"no such status":        {identity.Person, map[string]string{"additional_screening_status": "FINE"}, nil, "additional_screening_status", identity.SandboxStatus{}},
		"another type's status": {identity.Person, map[string]string{"document_verification_status": "DENIED"}, nil, "document_verification_status", identity.SandboxStatus{}},
		"no such mark":          {identity.Person, map[string]string{"user_disabled": "maybe"}, nil, "user_disabled", identity.SandboxStatus{}},
	} {
		s, wrong := identity.ReadRehearsal(tc.of, func(field string) string { return tc.typed[field] })
		if tc.wrong != "" {
			require.Len(t, wrong, 1, name)
			require.NotEmpty(t, wrong[tc.wrong], name)
			continue
		}
		require.Empty(t, wrong, name)
		require.Equal(t, tc.wanted, s, name)
		require.Equal(t, tc.about, s.About(), name)
		require.NotEqual(t, tc.about[0], identity.Label(tc.about[0]), name)
	}
}
