package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestCheckText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                            "Write something.",
		" \n\t ":                      "Write something.",
		"Called the bank.":            "",
		strings.Repeat("ž", 20):       "",
		strings.Repeat("ž", 20) + "!": "Write at most 20 characters; these are 21.",
	} {
		require.Equal(t, want, identity.CheckText(text, 20), text)
	}
}

func TestParseTags(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][]string{
		"":                                  nil,
		" , ;\n":                            nil,
		"vip":                               {"vip"},
		"#VIP, waiting-for-bank":            {"vip", "waiting-for-bank"},
		"zebra apple\tzebra\u00a0mango":     {"apple", "mango", "zebra"},
		"q3-2026 batch-2026-03":             {"batch-2026-03", "q3-2026"},
		strings.Repeat("a", 32):             {strings.Repeat("a", 32)},
		"a b c d e f g h i j k l l l l l l": {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"},
	} {
		tags, wrong := identity.ParseTags(typed)
		require.Empty(t, wrong, typed)
		require.Equal(t, want, tags, typed)
	}
	for typed, part := range map[string]string{
		"mara@example.org":          "looks like personal data",
		"073-05-1120":               "looks like personal data",
		"073051120":                 "looks like personal data",
		"ssn-073-05-1120":           "looks like personal data",
		"ssn073051120":              "looks like personal data",
		"born-1980-03-02":           "looks like personal data",
		"tel4915112345678":          "looks like personal data",
		"073 05 1120":               "each with a letter",
		"2026":                      "each with a letter",
		"2026-03":                   "each with a letter",
		"fine not_fine":             "at most 32 small letters",
		"josé":                      "at most 32 small letters",
		"-a":                        "at most 32 small letters",
		"a--b":                      "at most 32 small letters",
		"#":                         "at most 32 small letters",
		strings.Repeat("a", 33):     "at most 32 small letters",
		"a b c d e f g h i j k l m": "Use at most 12 tags; these are 13.",
	} {
		tags, wrong := identity.ParseTags(typed)
		require.Contains(t, wrong, part, typed)
		require.Nil(t, tags, typed)
		require.NotContains(t, wrong, typed+" ")
	}
}
