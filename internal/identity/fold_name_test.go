package identity_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestNamesAreFoundHoweverTheyAreTyped(t *testing.T) {
	t.Parallel()
	jose := identity.Name{First: "Jose Maria", Middle: "de", Last: "O'Brien-Quux"}
	acme := identity.Name{Last: "Acme, Inc."}
	for typed, tc := range map[string]struct {
		name  identity.Name
		found bool
	}{
		"Jose Maria O'Brien-Quux":           {jose, true},
		"  josé   MARIA o’brien‑quux ":      {jose, true},
		"jose maria de o'brien-quux":        {jose, true},
		"O'Brien-Quux, Jose Maria":          {jose, true},
		"Jose\u00a0Maria O'Brien-Quux":      {jose, true},
		"Jose\u0301 Maria O'Brien-Quux":     {jose, true},
		"O'Brien-Quux":                      {jose, false},
		"Jose O'Brien-Quux":                 {jose, false},
		"Jose Maria O'Brien":                {jose, false},
		"ACME, inc.":                        {acme, true},
		"Acme Inc.":                         {acme, false},
		"":                                  {jose, false},
		" , ":                               {identity.Name{}, false},
		"Łukasz Müller":                     {identity.Name{First: "Lukasz", Last: "Muller"}, true},
		"Иван Петров":                       {identity.Name{First: "ИВАН", Last: "Петров"}, true},
		"Quux, Jose, Maria":                 {identity.Name{First: "Jose Maria", Last: "Quux"}, false},
		"jose maria de o'brien-quux senior": {jose, false},
	} {
		found := slices.ContainsFunc(identity.Names(typed), func(n string) bool { return slices.Contains(tc.name.Folded(), n) })
		require.Equal(t, tc.found, found, typed)
	}
	require.Empty(t, identity.Name{}.Folded())
	require.Empty(t, identity.Names("  "))
	require.Len(t, identity.Name{First: "A", Last: "B"}.Folded(), 1, "without a middle name there is one way")
}
