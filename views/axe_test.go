package views_test

import (
	"context"
	"os"
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
	Passes     []string `json:"passes"`     // rules that had something to look at and liked it
}

// axeFor opens what is folded up in the page, since axe-core looks at nothing hidden, and then asks for rules, or for what has a tag,
// within a part of the page. Of what it likes it keeps one place a rule.
func axeFor(part, rules string) string {
	return `(async () => {
		for (const folded of document.querySelectorAll('main details')) folded.open = true;
		const found = await axe.run(` + part + `, { runOnly: ` + rules + `, rules: { 'target-size': { enabled: true } }, preload: false, resultTypes: ['violations', 'incomplete'] });
		const lines = (results) => results.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) =>
			id + ' at ' + target.join(' ') + ': ' + [...any, ...all, ...none].map((check) => check.message).join('; ')));
		return { violations: lines(found.violations), incomplete: lines(found.incomplete), passes: found.passes.map(({ id }) => id) };
	})()`
}

// What is asked of every page: all of WCAG 2.2 A and AA, and good practice; of the second scheme, which has other colours and nothing
// else, what depends on colours; of the narrow page the size of its targets. The narrow page is looked at in the second scheme, so that one
// look tells of both; what is on the wide page alone, such as the frame, is looked at in that scheme once a page.
const (
	allRules    = `['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']`
	colourRules = `{ type: 'rule', values: ['color-contrast', 'link-in-text-block'] }`
	narrowRules = `{ type: 'rule', values: ['target-size', 'color-contrast', 'link-in-text-block'] }`
)

// isAccessible tells that a page holds WCAG 2.2 A and AA as far as axe-core can tell, light and dark, and that its content policy is in
// force and forbids nothing that it does. The frame around the main part is looked at once a page. What is folded up stays open after it.
func (g gallery) isAccessible(t *testing.T, tab context.Context, axe string, s views.Story) {
	t.Helper()
	require.NoError(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](axe)))
	for _, look := range []struct {
		scheme, rules string
		width         int64
		once          bool
	}{{"dark", narrowRules, 320, false}, {"dark", colourRules, 1280, true}, {"light", allRules, 1280, false}} {
		if look.once && !g.first(s) {
			continue
		}
		prefer(t, tab, "", "prefers-color-scheme", look.scheme, "prefers-reduced-motion", "reduce")
		require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(look.width, 900)))
		part := `'main'`
		if g.first(s) {
			part = `document`
		}
		found := ask[audit](t, tab, axeFor(part, look.rules))
		assert.Empty(t, found.Violations, "%s, %s, %d pixels", s.Name, look.scheme, look.width)
		assert.Contains(t, found.Passes, "color-contrast", "%s: axe-core looked at the page", s.Name)
		for _, doubt := range found.Incomplete {
			if _, known := g.doubts.LoadOrStore(doubt, true); !known {
				t.Logf("for a person to judge, first in %s, %s, %d pixels:\n%s", s.Name, look.scheme, look.width, doubt)
			}
		}
	}
	assert.Empty(t, ask[[]string](t, tab, `forbidden`), "%s: the content policy forbade", s.Name)
}

// What is open only upon a click is accessible, too: the menu of the person, and the list of keys.
func TestMenusAreAccessible(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	g := openGallery(t)
	tab := g.tab(t)
	g.visit(t, tab, "queue/stuck")
	require.NoError(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](axe)))
	for _, scheme := range []string{"light", "dark"} {
		prefer(t, tab, "", "prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce")
		for _, menu := range []struct{ part, open, shut string }{
			{`'.person'`, `document.querySelector('.person').open = true`, `document.querySelector('.person').open = false`},
			{`'dialog'`, `document.querySelector('[data-explains-keys]').click()`, `document.querySelector('dialog').close()`},
		} {
			require.NoError(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](menu.open)))
			found := ask[audit](t, tab, axeFor(menu.part, allRules))
			require.Empty(t, found.Violations, "%s: %s", scheme, menu.part)
			require.Contains(t, found.Passes, "color-contrast", "%s: %s is open", scheme, menu.part)
			require.NoError(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](menu.shut)))
		}
	}
}

// axeSource is axe-core as npm has installed it.
func axeSource(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../static/node_modules/axe-core/axe.min.js")
	require.NoError(t, err, "axe-core is not installed: run `make assets`")
	return string(source)
}
