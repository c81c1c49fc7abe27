package views

import (
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"
)

// No sentence has a gap before the sign that ends it, such as behind a time that another component draws.
func TestNoGapBeforeAStop(t *testing.T) {
	t.Parallel()
	tag := regexp.MustCompile(`</?(?:a|abbr|b|code|em|q|small|span|strong|time)(?: [^>]*)?>`)
	gap := regexp.MustCompile(`[^<>]{0,40}[\p{L}\p{N}”’"%]\s[.,;:!?)](?:[\s<]|$)`)
	eachStory(t, func(t *testing.T, _ Story, _ *goquery.Document, html string) {
		t.Helper()
		_, body, _ := strings.Cut(html, "<body")
		require.Empty(t, gap.FindAllString(tag.ReplaceAllString(body, ""), -1))
	})
}
