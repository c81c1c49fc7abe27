package views_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"identitydesk/views"
)

// audit is what axe-core finds on a page, a line for each place.
type audit struct {
	Violations []string `json:"violations"`
	Incomplete []string `json:"incomplete"` // what a person must judge
	Rules      int      `json:"rules"`      // how many rules found something to look at
}

// runAxe opens what is folded up, since axe-core looks at nothing hidden, and asks for every rule of WCAG 2.2 A and AA and for what is
// good practice besides.
const runAxe = `(async () => {
	for (const folded of document.querySelectorAll('main details')) folded.open = true;
	const found = await axe.run(document, {
		runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
		rules: { 'target-size': { enabled: true } }, preload: false,
	});
	const lines = (results) => results.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) =>
		id + ' at ' + target.join(' ') + ': ' + [...any, ...all, ...none].map((check) => check.message).join('; ')));
	return { violations: lines(found.violations), incomplete: lines(found.incomplete), rules: found.passes.length + found.violations.length };
})()`

// Every page in every state holds WCAG 2.2 A and AA as far as axe-core can tell, light and dark, and its content policy is in force
// and forbids nothing that it does.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	g := openGallery(t)
	g.walk(t, func(t *testing.T, tab context.Context, s views.Story) {
		require.NoError(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](axe)))
		for _, scheme := range []string{"light", "dark"} {
			prefer(t, tab, "", "prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce")
			found := ask[audit](t, tab, runAxe)
			assert.Empty(t, found.Violations, "%s, %s", s.Name, scheme)
			assert.Greater(t, found.Rules, 20, "%s: axe-core looked at the page", s.Name)
			if len(found.Incomplete) > 0 {
				t.Logf("%s, %s, to be judged by a person:\n%s", s.Name, scheme, strings.Join(found.Incomplete, "\n"))
			}
		}
		assert.Empty(t, ask[[]string](t, tab, `forbidden`), "%s: the content policy forbade", s.Name)
	})
}

// axeSource is axe-core as npm has installed it.
func axeSource(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../static/node_modules/axe-core/axe.min.js")
	require.NoError(t, err, "axe-core is not installed: run `make assets`")
	return string(source)
}
