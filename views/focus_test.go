package views_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"identitydesk/views"
)

// trail is what a walk with the keyboard through a page shows.
type trail struct {
	Steps   int      `json:"steps"`   // places where the focus was
	Unseen  []string `json:"unseen"`  // places that look the same with and without it
	Covered []string `json:"covered"` // places that something else hides
}

// walkFocus is a function that leads the focus through a part of the page, down and up again, as the Tab key does. It notes where nothing tells that the focus is
// there, and where the bar at the top, or another part that stays in place, lies over it.
const walkFocus = `((part) => {
	const all = [...document.querySelector(part).querySelectorAll('a[href], button, summary, input, select, textarea, [tabindex="0"]')]
		.filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.type !== 'hidden');
	const brief = (e) => e.outerHTML.slice(0, 90);
	const look = (e) => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow].join(); };
	const unseen = [], covered = [];
	document.activeElement.blur();
	const idle = new Map(all.map((e) => [e, look(e)]));
	for (const e of [...all, ...all.toReversed()]) {
		e.focus();
		if (document.activeElement !== e) { unseen.push('takes no focus: ' + brief(e)); continue; }
		const s = getComputedStyle(e);
		const thick = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
		if (look(e) === idle.get(e) || !thick) unseen.push(brief(e));
		const r = [...e.getClientRects()].find(({ width, height }) => width > 0 && height > 0);
		if (!r) { covered.push('has no size: ' + brief(e)); continue; }
		const [x, y, above, below] = [r.left + r.width / 2, r.top + r.height / 2, r.top + 2, r.bottom - 2];
		const within = [[x, above], [x, below], [r.left + 2, y], [r.right - 2, y]].filter(([x, y]) => x >= 0 && x < innerWidth - 1 && y >= 0 && y < innerHeight - 1);
		const shown = within.length > 0 && within.every(([x, y]) => {
			const top = document.elementFromPoint(x, y);
			return top && (e.contains(top) || top.contains(e) || top.closest('label')?.contains(e));
		});
		if (!shown) covered.push(brief(e));
	}
	document.activeElement.blur();
	scrollTo(0, 0);
	return { steps: all.length, unseen: [...new Set(unseen)], covered: [...new Set(covered)] };
})`

// showsFocus tells that whoever works with the keyboard sees where the focus is, in both schemes (WCAG 2.4.7), and that nothing lies
// over that place (2.4.11), in a low window as on a telephone.
func (g gallery) showsFocus(t *testing.T, tab context.Context, s views.Story) {
	t.Helper()
	for _, look := range []struct {
		scheme        string
		width, height int64
	}{{"dark", 320, 640}, {"light", 1280, 500}} {
		if look.width == 1280 && !g.first(s) {
			continue // the wide page has the same parts, with more room
		}
		prefer(t, tab, "", "prefers-color-scheme", look.scheme, "prefers-reduced-motion", "reduce")
		require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(look.width, look.height), chromedp.KeyEvent(kb.Tab)))
		part := `('main')`
		if g.first(s) {
			part = `('body')` // the frame around the main part is the same in all stories of a page
		}
		found := ask[trail](t, tab, walkFocus+part)
		assert.Empty(t, found.Unseen, "%s, %s: the focus is not seen", s.Name, look.scheme)
		assert.Empty(t, found.Covered, "%s, %s: the focus is covered", s.Name, look.scheme)
		assert.True(t, found.Steps > 0 || !g.first(s), s.Name)
	}
}
