package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// sendAndWatch sends a file of some megabytes and notes what its bar shows.
const sendAndWatch = `(() => {
	const files = new DataTransfer();
	files.items.add(new File(['%PDF-1.7 ', new Uint8Array(24 << 20)], 'Statement.pdf', {type: 'application/pdf'}));
	const field = document.getElementById('file-PROOF_OF_FUNDS');
	field.files = files.files;
	field.dispatchEvent(new Event('change', {bubbles: true}));
	const bar = document.querySelector('[data-testid="upload-progress"]');
	window.shown = [];
	new MutationObserver(() => { if (!bar.hidden) window.shown.push(bar.value); }).observe(bar, {attributes: true});
	document.querySelector('[data-testid="upload-send"]').click();
	return true;
})()`

// TestProgressOfAnUpload: the bar fills while a file comes to the desk, and the row says once Paxos has it.
func TestProgressOfAnUpload(t *testing.T) {
	t.Parallel()
	b, _ := beforeTheList(t)
	require.True(t, ask(b, "send it", chromedp.Evaluate[bool](sendAndWatch)))
	b.until("the bar is full", "window.shown.includes(100)")
	require.True(t, ask(b, "look at the bar", chromedp.Evaluate[bool]("window.shown.every((v, n) => n === 0 || v >= window.shown[n - 1])")), "it never goes back")
	b.until("the row tells", `document.querySelector('[data-testid="check-line"][data-type="PROOF_OF_FUNDS"][data-state="uploaded"]')?.textContent.includes('ploaded')`)
}
