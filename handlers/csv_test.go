package handlers

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

func TestCellsFitTheirHeaders(t *testing.T) {
	t.Parallel()
	require.Len(t, caseCells(onboarding.Row{}), len(caseHeader()))
	require.Len(t, eventCells(identity.Event{}), len(eventHeader()))
	require.Len(t, auditCells(audit.Entry{}), len(auditHeader()))
}

// The file holds what the contract promises of the JSON, under the same names.
func TestFilesAndJSONAgree(t *testing.T) {
	t.Parallel()
	for _, name := range jsonNames(eventJSON{}) {
		require.Contains(t, eventHeader(), name)
	}
	for _, name := range jsonNames(auditJSON{}) {
		require.Contains(t, auditHeader(), name)
	}
	for _, name := range jsonNames(caseJSON{}) {
		switch name {
		case "blocking":
			name = "blocking_type"
		case "next_text", "confidential":
			continue
		}
		require.Contains(t, caseHeader(), name)
	}
}

func jsonNames(v any) []string {
	var names []string
	for field := range reflect.TypeOf(v).Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func TestHarmless(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"":              "",
		"user-4711":     "user-4711",
		"=1+1":          "'=1+1",
		"+1":            "'+1",
		"-1":            "'-1",
		"@SUM(A1)":      "'@SUM(A1)",
		"\tcmd":         "'\tcmd",
		"\rcmd":         "'\rcmd",
		"\n=1":          "'\n=1",
		"＝1":            "'＝1",
		"\xff=1":        "\xff=1",
		"é=1":           "é=1",
		"2026-03-02T00": "2026-03-02T00",
	} {
		require.Equal(t, want, harmless(cell))
	}
}
