package handlers

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrefersJSON(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"":                                  false,
		"*/*":                               false,
		"text/html":                         false,
		"application/json":                  true,
		"APPLICATION/JSON":                  true,
		"application/json; charset=utf-8":   true,
		"application/json, text/plain, */*": true,
		"application/*":                     true,
		"text/html, application/json":       false,
		"text/html;q=0.5, application/json": true,
		"text/html, application/json;q=0.9": false,
		"application/json;q=0.1, text/html;q=0.2":                         false,
		"application/json;q=0":                                            false,
		"*/*, application/json;q=0":                                       false,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": false,
		"text/csv":                    false,
		"application/json;q=nonsense": false,
		";;;, application/json":       true,
		"*/*;q=0.1, text/html;q=0":    true,
	} {
		require.Equal(t, want, prefersJSON(http.Header{"Accept": {accept}}), "Accept: %s", accept)
	}
	require.True(t, prefersJSON(http.Header{"Accept": {"text/html;q=0.1", "application/json"}}), "two header lines are one list")
}
