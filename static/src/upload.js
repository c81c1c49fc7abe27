// Files on their way to the desk: the form works as it is; the script takes files that are dropped on a row, shows how much has come,
// and names the files that were refused while the page stays.

import { announce } from './announce.js';
import { renew } from './live.js';

const formOf = (element) => element?.closest?.('form[data-upload]');
const fieldsOf = (form) => [...form.querySelectorAll('input[type="file"]')];
const filesOf = (form) => fieldsOf(form).flatMap((field) => [...field.files]);

// hold keeps the page from renewing a form in which files are chosen.
function hold(form) {
  if (filesOf(form).length > 0) form.dataset.hold = 'files';
  else delete form.dataset.hold;
}

function rowOf(event) {
  const row = event.target.closest?.('[data-drop]');
  return row && [...event.dataTransfer.types].includes('Files') ? row : null;
}

function over(event) {
  const row = rowOf(event);
  if (row) event.preventDefault();
  for (const other of document.querySelectorAll('.is-over')) other.classList.toggle('is-over', other === row);
  row?.classList.add('is-over');
}

function drop(event) {
  const row = rowOf(event);
  for (const other of document.querySelectorAll('.is-over')) other.classList.remove('is-over');
  if (!row) return;
  event.preventDefault();
  const field = row.querySelector('input[type="file"]');
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

function ended(form, request, names) {
  busy(form, false);
  if (request.status === 401) return location.reload();
  form.reset();
  delete form.dataset.hold;
  const said = request.response;
  renew();
  if (request.status === 202) {
    document.getElementById('problem')?.remove();
    return announce(names.length === 1 ? 'The file is taken in.' : `${names.length} files are taken in.`, { seen: true });
  }
  return tell(said?.error?.text ?? 'The desk could not take the files in. Try again.', named(said?.error?.fields ?? {}, names));
}

function busy(form, is) {
  const bar = form.querySelector('progress');
  bar.hidden = !is;
  bar.value = 0;
  form.querySelector('button[type="submit"]').disabled = is;
  if (is) form.dataset.hold = 'sending';
}

function send(form) {
  const request = new XMLHttpRequest();
  const names = filesOf(form).map(({ name }) => name);
  request.open('POST', form.action);
  request.responseType = 'json';
  request.setRequestHeader('Accept', 'application/json');
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    form.querySelector('progress').value = total > 0 ? (100 * loaded) / total : 0;
  });
  request.addEventListener('load', () => ended(form, request, names));
  for (const failure of ['error', 'abort', 'timeout']) {
    request.addEventListener(failure, () => {
      busy(form, false);
      hold(form);
      tell('The connection was lost. What came whole before is listed below; send the others again.', []);
      renew();
    });
  }
  const body = new FormData(form);
  busy(form, true);
  request.send(body);
}

export function offerUploads() {
  document.addEventListener('dragover', over);
  document.addEventListener('dragleave', over);
  document.addEventListener('drop', drop);
  document.addEventListener('change', ({ target }) => { if (formOf(target)) hold(formOf(target)); });
  document.addEventListener('submit', (event) => {
    const form = formOf(event.target);
    if (event.defaultPrevented || !form || filesOf(form).length === 0) return;
    event.preventDefault();
    send(form);
  });
}
