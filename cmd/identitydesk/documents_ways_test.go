package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// dropTwo drops a document and what is none on the line of a kind in the list, as a mouse does.
const dropTwo = `(() => {
	const files = new DataTransfer();
	files.items.add(new File(['%PDF-1.7 invented'], 'May.pdf', {type: 'application/pdf'}));
	files.items.add(new File(['GIF89a'], 'holiday.gif', {type: 'image/gif'}));
	const row = document.querySelector('[data-testid="check-line"][data-type="PROOF_OF_FUNDS"]');
	for (const type of ['dragover', 'drop']) row.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: files}));
	return document.getElementById('file-PROOF_OF_FUNDS').files.length;
})()`

// dropBeside holds a file over a row, takes it off again and drops it on the page: was the row lit, is it, and was the browser kept from
// opening the file, while it was held there and when it fell?
const dropBeside = `(() => {
	const files = new DataTransfer();
	files.items.add(new File(['%PDF-1.7 invented'], 'May.pdf', {type: 'application/pdf'}));
	const row = document.getElementById('file-PROOF_OF_FUNDS').closest('[data-drop]');
	const prevents = (to, type) => !to.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: files}));
	prevents(row, 'dragover');
	const lit = row.classList.contains('is-over');
	prevents(row, 'dragleave');
	return [lit, row.classList.contains('is-over'), prevents(document.body, 'dragover'), prevents(document.body, 'drop')].join(' ');
})()`

// chooseAndHold chooses a file and sends it, and keeps it on its way until go is called.
const chooseAndHold = `(() => {
	const files = new DataTransfer();
	files.items.add(new File(['GIF89a'], 'holiday.gif', {type: 'image/gif'}));
	const field = document.querySelector('form[data-upload] input[type="file"]');
	field.files = files.files;
	field.dispatchEvent(new Event('change', {bubbles: true}));
	const { send } = XMLHttpRequest.prototype;
	XMLHttpRequest.prototype.send = function hold(body) { window.go = () => { send.call(this, body); return true; }; };
	const button = document.querySelector('[data-testid="upload-send"]');
	button.focus();
	button.click();
	XMLHttpRequest.prototype.send = send;
	return document.activeElement === button && button.matches('[aria-disabled="true"]');
})()`

// atShowcase is a desk whose Paxos has its showcase, and an analyst's browser that shows one of the cases.
func atShowcase(t *testing.T, refID string) (desk *faulty, b *browser, id string) {
	t.Helper()
	desk = bootFaulty(t, showcase)
	id = desk.ana.caseOf(refID).ID
	b = desk.open(t)
	b.signIn("bea", "analyst")
	b.visit("/identities/" + id)
	return desk, b, id
}

// beforeTheList is an analyst's browser that shows what Paxos wants of a case, and the case.
func beforeTheList(t *testing.T) (b *browser, id string) {
	t.Helper()
	_, b, id = atShowcase(t, "demo-documents-asked")
	b.run("wait for the list", chromedp.WaitVisible(chromedp.CSS(`[data-testid="check-line"][data-type="PROOF_OF_FUNDS"][data-state="missing"]`)))
	return b, id
}

// TestDropDocuments: an analyst drops two files on a row. The one that is none is named with what helps, while the page stays; the other
// shows by itself how far it is.
func TestDropDocuments(t *testing.T) {
	t.Parallel()
	b, id := beforeTheList(t)
	require.Equal(t, "true false true true", ask(b, "drop beside the row", chromedp.Evaluate[string](dropBeside)))
	require.Equal(t, 2, ask(b, "drop", chromedp.Evaluate[int](dropTwo)))
	require.True(t, ask(b, "send", chromedp.Evaluate[bool](`document.querySelector('[data-testid="upload-send"]').click() ?? true`)))
	b.run("wait for the answer", chromedp.WaitVisible(chromedp.CSS(`#problem[role="alert"]`)),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="check-line"][data-type="PROOF_OF_FUNDS"][data-state="uploaded"]`)))
	problem := b.text(`#problem`)
	require.Contains(t, problem, "1 file was taken in, 1 file was not.")
	require.Contains(t, problem, "holiday.gif: Paxos takes PDF, JPG and PNG")
	require.Equal(t, "/identities/"+id, b.place())

	b.visit("/queue?whose=all&case=" + id)
	b.stays()
	b.run("send nothing", click(`[data-testid="upload-send"]`), chromedp.WaitVisible(chromedp.CSS(`#problem[role="alert"]`)))
	require.Contains(t, b.text(`#problem`), "Choose a file.")
	require.True(t, b.stayed(), "the queue is there, at its own address")

	require.True(t, ask(b, "send a file that is none", chromedp.Evaluate[bool](chooseAndHold)), "the focus stays")
	b.run("open another case", chromedp.Evaluate[chromedp.Void](`document.querySelector('#rows td:first-child a:not([aria-current])').click()`))
	b.until("it is open", "document.getElementById('case')?.dataset.case !== '"+id+"'")
	require.True(t, ask(b, "let the file arrive", chromedp.Evaluate[bool]("window.go()")))
	b.until("it is told whose file it was", "document.getElementById('announcer').textContent === 'demo-documents-asked: Nothing was uploaded.'")
	require.Zero(t, ask(b, "look for its words", chromedp.Evaluate[int]("document.querySelectorAll('#problem').length")), "not on this case")
}

// chooseAndSend chooses a document for the first row, as somebody does who works with the keyboard: the focus is on the button then.
const chooseAndSend = `(() => {
	const files = new DataTransfer();
	files.items.add(new File(['%PDF-1.7 invented'], 'June.pdf', {type: 'application/pdf'}));
	const field = document.querySelector('form[data-upload] input[type="file"]');
	field.files = files.files;
	field.dispatchEvent(new Event('change', {bubbles: true}));
	const button = document.querySelector('[data-testid="upload-send"]');
	button.focus();
	button.click();
	return document.activeElement === button;
})()`

// focusInView tells which place has the focus, and whether it can be seen.
const focusInView = `(() => {
	const {id} = document.activeElement, {top, bottom} = document.activeElement.getBoundingClientRect();
	return id + (top >= 0 && bottom <= innerHeight ? ' is in view' : ' is out of view, at ' + top + ' of ' + innerHeight);
})()`

// TestUploadKeepsItsPlace: on a telephone, whoever has sent a document is led to the list, and stays there while the case renews itself.
func TestUploadKeepsItsPlace(t *testing.T) {
	t.Parallel()
	b, _ := beforeTheList(t)
	b.run("a telephone", chromedp.EmulateViewport(360, 740))
	require.True(t, ask(b, "choose and send", chromedp.Evaluate[bool](chooseAndSend)))
	b.run("wait for the list", chromedp.WaitVisible(chromedp.CSS(`[data-testid="check-line"][data-type="PROOF_OF_FUNDS"][data-state="uploaded"]`)))
	require.Equal(t, "documents-title is in view", ask(b, "look where the focus is", chromedp.Evaluate[string](focusInView)))
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
		click(`[data-testid="upload-send"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="notice"]`)))
	desk.reaches(id, "demo-documents-asked", g)
	b.visit("/identities/" + id)
	b.run("see it", chromedp.WaitVisible(chromedp.CSS(`[data-testid="check-line"][data-type="PROOF_OF_FUNDS"][data-state="uploaded"]`)))
}

// chooseOne unfolds the form, chooses a document in it, and sends it: in one step, since the page may renew the case between two.
const chooseOne = `(() => {
	document.querySelector('[data-testid="upload-other"]').click();
	const files = new DataTransfer();
	files.items.add(new File(['%PDF-1.7 invented'], 'Letter.pdf', {type: 'application/pdf'}));
	const field = document.getElementById('upload-file');
	field.files = files.files;
	field.dispatchEvent(new Event('change', {bubbles: true}));
	document.querySelector('[data-testid="upload-send"]').click();
	return document.querySelector('details[data-hold]:has(#upload-file)').open;
})()`

// TestUploadUnasked: an analyst unfolds the form where Paxos asks for nothing, and sends a document. The list shows it by itself.
func TestUploadUnasked(t *testing.T) {
	t.Parallel()
	_, b, _ := atShowcase(t, "demo-control-by-paxos")
	b.run("wait for the form", chromedp.WaitVisible(chromedp.CSS(`[data-testid="upload-other"]`)))
	require.True(t, ask(b, "unfold, choose and send", chromedp.Evaluate[bool](chooseOne)))
	b.run("wait for the list", chromedp.WaitVisible(chromedp.CSS(`[data-testid="check-line"][data-type="OTHER_DOCUMENTS"][data-state="uploaded"]`)))
}
