package views_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Readers who choose the colours themselves, as Windows' contrast themes do, see which tab they are on, what is a button, and
// the icons that are drawn as backgrounds; those who want no motion get none.
func TestWishesOfTheSystemAreRespected(t *testing.T) {
	t.Parallel()
	g := openGallery(t)
	tab := g.tab(t)
	prefer(t, tab, "", "forced-colors", "active", "prefers-color-scheme", "dark")
	g.visit(t, tab, "queue/beside")
	// What tells the present tab from its neighbour by colour alone would say nothing.
	require.Empty(t, ask[[]string](t, tab, `(() => {
		const look = (e) => { const s = getComputedStyle(e); return [s.textDecorationLine, s.borderTopWidth, s.borderTopStyle, s.borderTopColor, s.outlineStyle, s.outlineWidth, s.fontWeight, s.backgroundColor].join(); };
		return [...document.querySelectorAll('.sidebar a, .lanes a, .whose a')].filter((e) => e.hasAttribute('aria-current'))
			.filter((e) => { const other = [...e.closest('ul').querySelectorAll('a')].find((x) => !x.hasAttribute('aria-current')); return look(e) === look(other); })
			.map((e) => e.outerHTML.slice(0, 80));
	})()`))
	// An icon that is a mask is painted with the colour of text, not with the one of the canvas, in which it would vanish.
	require.True(t, ask[bool](t, tab, `(() => {
		const icon = getComputedStyle(document.querySelector('.queue .w'), '::before');
		return icon.maskImage !== 'none' && icon.backgroundColor === getComputedStyle(document.body).color;
	})()`), "icons in rows are painted")
	require.True(t, ask[bool](t, tab, `[...document.querySelectorAll('.btn')].every((e) => getComputedStyle(e).borderTopStyle === 'solid' && getComputedStyle(e).borderTopColor !== getComputedStyle(e).backgroundColor)`), "buttons have an edge")

	require.True(t, ask[bool](t, tab, `(() => {
		const edge = (row) => { const s = getComputedStyle(row.querySelector('td')); return s.borderLeftStyle + s.borderLeftWidth; };
		const [open, other] = document.querySelectorAll('#rows tbody tr');
		for (const link of document.querySelectorAll('#rows td a[aria-current]')) link.removeAttribute('aria-current');
		const same = edge(open) === edge(other);
		open.querySelector('a').setAttribute('aria-current', 'true');
		return same && edge(open) !== edge(other);
	})()`), "the row whose case is open is told from the others")

	const motion = `[...document.querySelectorAll('*')].filter((e) => { const s = getComputedStyle(e);
		return s.animationName !== 'none' || s.transitionProperty !== 'none' && s.transitionDuration.split(',').some((d) => parseFloat(d) > 0) || s.scrollBehavior === 'smooth'; }).length`
	prefer(t, tab, "", "prefers-reduced-motion", "no-preference")
	require.Positive(t, ask[int](t, tab, motion), "there is motion to be without")
	prefer(t, tab, "", "prefers-reduced-motion", "reduce")
	require.Zero(t, ask[int](t, tab, motion))
}
