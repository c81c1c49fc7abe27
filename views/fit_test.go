package views_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"identitydesk/views"
)

// measures are what a browser makes of a page, in pixels.
type measures struct {
	Wide    int      `json:"wide"`    // by how much the page is wider than the window
	Scroll  []string `json:"scroll"`  // parts that scroll sideways, which no keyboard reaches or nothing names
	Tall    []int    `json:"tall"`    // heights of the queue's rows
	Cut     []string `json:"cut"`     // words that can be seen in part or not at all
	Overlap []string `json:"overlap"` // words that stand on others
}

// measure looks at every word where it is drawn. On a wide page, words of a table may end in "…": the row's case has them in full.
const measure = `(() => {
	const shown = [], cut = [], over = [];
	const style = (e) => getComputedStyle(e);
	const nearest = (test) => { // the answer of an element is that of its parent, where it is not the element itself
		const known = new Map();
		const find = (e) => {
			if (!e) return null;
			if (!known.has(e)) known.set(e, test(e) ? e : find(e.parentElement));
			return known.get(e);
		};
		return find;
	};
	const scrolls = (e) => /auto|scroll/.test(style(e).overflowX);
	const ending = nearest((e) => style(e).textOverflow === 'ellipsis');
	const scrolling = nearest((e) => scrolls(e) && e.scrollWidth > e.clientWidth);
	const scrollable = nearest(scrolls);
	const clipping = nearest((e) => /hidden|clip/.test(style(e).overflowX) && e !== document.documentElement && e !== document.body);
	const placed = nearest((e) => /sticky|fixed|absolute/.test(style(e).position));
	const brief = (n) => n.data.trim().slice(0, 40) + ' in ' + n.parentElement.outerHTML.slice(0, 60);
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const range = document.createRange();
	for (let n = walker.nextNode(); n; n = walker.nextNode()) {
		const e = n.parentElement;
		if (!n.data.trim() || !e.checkVisibility({ visibilityProperty: true }) || e.closest('.visually-hidden, .skip-link, option, noscript, textarea, thead')) continue;
		range.selectNodeContents(n);
		const ellipsis = innerWidth > 1000 && ending(e);
		const scroller = scrolling(e);
		const edge = clipping(e)?.getBoundingClientRect();
		for (const r of range.getClientRects()) {
			if (r.width < 1 || ellipsis || scroller) continue;
			if (r.right > innerWidth + 1 || r.left < -1 || (edge && (r.right > edge.right + 1 || r.left < edge.left - 1 || r.bottom > edge.bottom + 3 || r.top < edge.top - 3))) cut.push(brief(n));
			if (!placed(e)) shown.push([r.top, r.bottom, r.left, r.right, n]);
		}
	}
	shown.sort((a, b) => a[0] - b[0]);
	for (let i = 0; i < shown.length; i++) {
		for (let j = i + 1; j < shown.length && shown[j][0] < shown[i][1] - 4; j++) {
			const [a, b] = [shown[i], shown[j]];
			if (a[4] !== b[4] && Math.min(a[1], b[1]) - Math.max(a[0], b[0]) > 4 && Math.min(a[3], b[3]) - Math.max(a[2], b[2]) > 2) over.push(brief(a[4]) + ' AND ' + brief(b[4]));
		}
	}
	const controls = [...document.querySelectorAll('main a, main button, main input, main select, main textarea')]
		.filter((e) => e.checkVisibility() && !e.closest('pre, .visually-hidden') && !scrollable(e) && e.getBoundingClientRect().right > innerWidth + 1)
		.map((e) => e.outerHTML.slice(0, 80));
	const sideways = [...document.querySelectorAll('body *')].filter((e) => scrolls(e) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1);
	return {
		wide: document.documentElement.scrollWidth - innerWidth,
		scroll: sideways.filter((e) => e.tabIndex < 0 || !(e.ariaLabel || e.getAttribute('aria-labelledby'))).map((e) => e.outerHTML.slice(0, 80)),
		tall: [...document.querySelectorAll('.split:not(.is-open) .queue tbody tr')].map((e) => Math.round(e.getBoundingClientRect().height)),
		cut: [...cut, ...controls], overlap: over,
	};
})()`

// spacing is how far WCAG 1.4.12 lets a reader pull letters, words and lines apart.
const spacing = `(() => {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync('*, ::before, ::after { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
	document.adoptedStyleSheets = [sheet];
})()`

// together undoes it.
const together = `document.adoptedStyleSheets = []`

// fits tells that a page fits on a laptop, on a telephone, and in 320 pixels, which is what is left of 1280 where a reader enlarges
// the page to 400 % (WCAG 1.4.10); it also does so with letters, words and lines pulled apart (1.4.12). A laptop shows a row of the
// queue in one line.
func fits(t *testing.T, tab context.Context, s views.Story) {
	t.Helper()
	for _, width := range []int64{1280, 320} { // a telephone has more than 320
		require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(width, 900)))
		for _, look := range []string{together, spacing} {
			require.NoError(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](look)))
			spaced := look == spacing
			m := ask[measures](t, tab, measure)
			assert.LessOrEqual(t, m.Wide, 0, "%s at %d pixels, spaced: %t", s.Name, width, spaced)
			assert.Empty(t, m.Scroll, "%s at %d pixels, spaced: %t: scrolls sideways", s.Name, width, spaced)
			assert.Empty(t, m.Cut, "%s at %d pixels, spaced: %t: cut off", s.Name, width, spaced)
			assert.Empty(t, m.Overlap, "%s at %d pixels, spaced: %t: overlapping", s.Name, width, spaced)
			for _, height := range m.Tall {
				assert.True(t, spaced || width < 1280 || height <= 42, "%s: a row is %d pixels high", s.Name, height)
			}
			assert.True(t, s.Name != "queue/stuck" || len(m.Tall) > 20, "the rows are measured")
		}
	}
	require.NoError(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](together)))
}
