// Files on their way to the desk: the form works as it is; the script takes files that are dropped on a row, shows how much has come,
// and names the files that were refused while the page stays.

import { announce } from './announce.js';
import { renew } from './live.js';

const formOf = (element) => element?.closest?.('form[data-upload]');
const fieldsOf = (form) => [...form.querySelectorAll('input[type="file"]')];
const filesOf = (form) => fieldsOf(form).flatMap((field) => [...field.files]);

const sending = new WeakSet(); // forms whose files are on their way

// hold keeps the page from renewing a form in which files are chosen, or whose files are on their way.
function hold(form) {
  if (sending.has(form) || filesOf(form).length > 0) form.dataset.hold = 'files';
  else delete form.dataset.hold;
}

const bringsFiles = (event) => [...event.dataTransfer.types].includes('Files') && document.querySelector('form[data-upload]');

// fieldOf is the field that takes what is dropped on a row: a line of the list names that of its form.
const fieldOf = (row) => (row.dataset.drop ? document.getElementById(row.dataset.drop) : row.querySelector('input[type="file"]'));

// rowOf is the row that takes what is held over it; one whose files are on their way takes nothing.
function rowOf(event) {
  const row = event.target.closest?.('[data-drop]');
  return row && !sending.has(formOf(fieldOf(row))) ? row : null;
}

function light(row) {
  for (const other of document.querySelectorAll('.is-over')) other.classList.remove('is-over');
  row?.classList.add('is-over');
}

// over takes files beside the rows, too, and does nothing with them: the browser would open them in the desk's place.
function over(event) {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  const row = rowOf(event);
  event.dataTransfer.dropEffect = row ? 'copy' : 'none';
  light(row);
}

function leave(event) {
  if (!event.target.closest?.('[data-drop]')?.contains(event.relatedTarget)) light(null);
}

function drop(event) {
  light(null);
  if (!bringsFiles(event)) return;
  event.preventDefault();
  const row = rowOf(event);
  if (!row) return;
  const field = fieldOf(row);
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  field.focus();
}

// tell says what was refused, above the case: the case renews itself, these words stay.
function tell(text, wrong) {
  document.getElementById('problem')?.remove();
  const banner = document.createElement('div');
  Object.assign(banner, { id: 'problem', className: 'banner banner-red errors', tabIndex: -1 });
  banner.setAttribute('role', 'alert');
  banner.dataset.testid = 'problem';
  const words = document.createElement('div');
  const line = document.createElement('p');
  line.append(Object.assign(document.createElement('strong'), { textContent: text }));
  const list = document.createElement('ul');
  for (const each of wrong) list.append(Object.assign(document.createElement('li'), { textContent: each }));
  words.append(line, ...(wrong.length > 0 ? [list] : []));
  banner.append(words);
  document.getElementById('case').before(banner);
  banner.focus();
}

// named puts the name of each refused file, which the desk tells by its place, before what is wrong with it.
function named(fields, names) {
  return Object.entries(fields).map(([field, why]) => {
    const place = /^file (\d+)$/.exec(field);
    return place ? `${names[place[1] - 1]}: ${why}` : why;
  });
}

// shown reports whether the case that files were sent for is the one that the page shows now.
const shown = ({ id }) => document.getElementById('case')?.dataset.case === id;

// refused says why files were not taken in. Where another case is open meanwhile, it names theirs, and no file.
function refused(sent, text, wrong) {
  if (shown(sent)) return tell(text, wrong);
  return announce(`${sent.title}: ${text}`, { seen: true });
}

// fold closes what the form is folded into: while it is open the page does not renew what has come. Whoever was in the form is led to where
// the list of the documents begins, since the form is another one once the case is renewed.
function fold(form) {
  const inside = form.contains(document.activeElement);
  const folded = form.closest('details[data-hold]');
  if (folded) folded.open = false;
  if (inside) document.getElementById('documents-title').focus();
}

function ended(form, request, sent) {
  if (request.status === 401) return location.reload();
  form.reset();
  busy(form, false);
  fold(form);
  renew();
  if (request.status !== 202) {
    const said = request.response?.error;
    return refused(sent, said?.text ?? 'The desk could not take the files in. Try again.', named(said?.fields ?? {}, sent.names));
  }
  const done = sent.names.length === 1 ? 'The file is taken in.' : `${sent.names.length} files are taken in.`;
  if (shown(sent)) document.getElementById('problem')?.remove();
  return announce(shown(sent) ? done : `${sent.title}: ${done}`, { seen: true });
}

// busy marks a form while its files are on their way. Its button stays reachable, so that the focus is not lost.
function busy(form, is) {
  const bar = form.querySelector('progress');
  bar.hidden = !is;
  bar.value = 0;
  form.querySelector('button[type="submit"]').ariaDisabled = is ? 'true' : null;
  if (is) sending.add(form);
  else sending.delete(form);
  hold(form);
}

function send(form) {
  const request = new XMLHttpRequest();
  const sent = {
    id: form.closest('[data-case]').dataset.case,
    title: document.querySelector('#case h1').textContent.trim(),
    names: filesOf(form).map(({ name }) => name),
  };
  request.open('POST', form.action);
  request.responseType = 'json';
  request.setRequestHeader('Accept', 'application/json');
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    form.querySelector('progress').value = total > 0 ? (100 * loaded) / total : 0;
  });
  request.addEventListener('load', () => ended(form, request, sent));
  for (const failure of ['error', 'abort', 'timeout']) {
    request.addEventListener(failure, () => {
      busy(form, false);
      refused(sent, 'The connection was lost. What came whole before is listed below; send the others again.', []);
      renew();
    });
  }
  const body = new FormData(form);
  busy(form, true);
  request.send(body);
}

export function offerUploads() {
  document.addEventListener('dragover', over);
  document.addEventListener('dragleave', leave);
  document.addEventListener('drop', drop);
  document.addEventListener('change', ({ target }) => { if (formOf(target)) hold(formOf(target)); });
  document.addEventListener('submit', (event) => {
    const form = formOf(event.target);
    if (event.defaultPrevented || !form) return;
    event.preventDefault();
    if (sending.has(form)) return;
    if (filesOf(form).length > 0) return send(form);
    tell('Nothing was uploaded.', ['Choose a file.']);
    fieldsOf(form)[0].focus();
  });
}
