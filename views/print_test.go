package views_test

import (
	"bytes"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// paper is what is left of a page on paper.
type paper struct {
	Shown  []string `json:"shown"`  // parts that must be there
	Hidden []string `json:"hidden"` // parts that are of no use there
	Folded []string `json:"folded"` // what stays folded up
	Times  []string `json:"times"`  // what follows a time
	Dark   bool     `json:"dark"`
	Wide   int      `json:"wide"`
}

const lookAtPaper = `(() => {
	const there = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({ contentVisibilityAuto: true }));
	return {
		shown: ['h1', '[data-testid=status]', '[data-testid=verdict]', '[data-testid=clocks]', '[data-testid=ids]', '[data-testid=timeline] li', '[data-testid=zone]'].filter((s) => there(s).length > 0),
		hidden: there('nav, button, form, input, select, header.topbar, dialog').map((e) => e.outerHTML.slice(0, 80)),
		folded: [...document.querySelectorAll('main details')].filter((e) => e.checkVisibility() && !e.lastElementChild.checkVisibility({ contentVisibilityAuto: true })).map((e) => e.outerHTML.slice(0, 80)),
		times: there('main time').map((e) => getComputedStyle(e, '::after').content),
		dark: getComputedStyle(document.documentElement).colorScheme !== 'light',
		wide: document.documentElement.scrollWidth - innerWidth,
	};
})()`

// A printed case has its head, verdict, clocks, ids and the whole history, also where it stands beside the queue; no navigation and
// nothing to click; every time in UTC as well; and is light, whatever the theme.
func TestCaseOnPaper(t *testing.T) {
	t.Parallel()
	g := openGallery(t)
	tab := g.tab(t)
	for _, story := range []string{"case/overdue", "case/mine", "queue/beside"} {
		prefer(t, tab, "print", "prefers-color-scheme", "dark")
		require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(680, 900))) // what A4 leaves between its margins
		g.visit(t, tab, story)
		require.NoError(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](`document.documentElement.dataset.bsTheme = 'dark'`)))
		seen := ask[paper](t, tab, lookAtPaper)
		require.Len(t, seen.Shown, 7, "%s: %v", story, seen.Shown)
		require.Empty(t, seen.Hidden, story)
		require.Empty(t, seen.Folded, story)
		require.NotEmpty(t, seen.Times, story)
		for _, after := range seen.Times {
			require.Contains(t, after, "UTC", story)
		}
		require.False(t, seen.Dark, story)
		require.LessOrEqual(t, seen.Wide, 0, story)
		require.Empty(t, ask[measures](t, tab, measure).Cut, story)

		pdf, err := chromedp.Run(tab, chromedp.PrintToPDF(func(p *page.PrintToPDFParams) {
			p.PaperWidth, p.PaperHeight = 8.27, 11.69
		}))
		require.NoError(t, err)
		require.True(t, bytes.HasPrefix(pdf, []byte("%PDF")), story)
		require.Less(t, bytes.Count(pdf, []byte("/Type /Page\n")), 7, "%s: pages", story)
	}
}
