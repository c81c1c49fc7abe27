package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// dropTwo drops a document and what is none on the row of a kind, as a mouse does.
const dropTwo = `(() => {
	const files = new DataTransfer();
	files.items.add(new File(['%PDF-1.7 invented'], 'May.pdf', {type: 'application/pdf'}));
	files.items.add(new File(['GIF89a'], 'holiday.gif', {type: 'image/gif'}));
	const row = document.getElementById('file-PROOF_OF_FUNDS').closest('[data-drop]');
	for (const type of ['dragover', 'drop']) row.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: files}));
	return document.getElementById('file-PROOF_OF_FUNDS').files.length;
})()`

// TestDropDocuments: an analyst drops two files on a row. The one that is none is named with what helps, while the page stays; the other
// shows by itself how far it is.
func TestDropDocuments(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, func(o *emulator.Options) { showcase(o) })
	id := desk.ana.caseOf("demo-documents-asked").ID
	b := desk.open(t)
	b.signIn("bea", "analyst")
	b.visit("/identities/" + id)
	b.run("wait for the list", chromedp.WaitVisible(chromedp.CSS(`[data-testid="check-line"][data-type="PROOF_OF_FUNDS"][data-state="missing"]`)))
	require.Equal(t, 2, ask(b, "drop", chromedp.Evaluate[int](dropTwo)))
	require.True(t, ask(b, "send", chromedp.Evaluate[bool](`document.querySelector('[data-testid="upload-send"]').click() ?? true`)))
	b.run("wait for the answer", chromedp.WaitVisible(chromedp.CSS(`#problem[role="alert"]`)),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="check-line"][data-type="PROOF_OF_FUNDS"][data-state="uploaded"]`)))
	problem := b.text(`#problem`)
	require.Contains(t, problem, "1 file was taken in, 1 file was not.")
	require.Contains(t, problem, "holiday.gif: Paxos takes PDF, JPG and PNG")
	require.Equal(t, "/identities/"+id, b.place())
}

// TestUploadWithoutScripts: an analyst whose browser runs no scripts chooses a file and sends the form.
func TestUploadWithoutScripts(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, showcase)
	id := desk.ana.caseOf("demo-documents-asked").ID
	g := pdf(fundsDoc, "June.pdf")
	file := filepath.Join(t.TempDir(), g.name)
	require.NoError(t, os.WriteFile(file, []byte(g.content), 0o600))
	b := desk.open(t)
	b.scriptsOff()
	b.signIn("bea", "analyst")
	b.visit("/identities/" + id)
	b.run("choose a file and send it", chromedp.SetUploadFiles(chromedp.CSS("#file-"+fundsDoc), []string{file}),
		chromedp.Click(chromedp.CSS(`[data-testid="upload-send"]`)), chromedp.WaitVisible(chromedp.CSS(`[data-testid="notice"]`)))
	desk.reaches(id, "demo-documents-asked", g)
	b.visit("/identities/" + id)
	b.run("see it", chromedp.WaitVisible(chromedp.CSS(`[data-testid="check-line"][data-type="PROOF_OF_FUNDS"][data-state="uploaded"]`)))
}
