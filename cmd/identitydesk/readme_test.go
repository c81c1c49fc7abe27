package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
)

// TestReadmeTellsTheEnvironment holds the table of the README against the program's own.
func TestReadmeTellsTheEnvironment(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, v := range config.Describe() {
		row := "| `" + v.Name + "` | " + v.Default + " | " + v.Meaning
		if v.Demanded != "" {
			row += " (**demanded " + v.Demanded + "**)"
		}
		require.Contains(t, string(readme), row+" |")
	}
}
