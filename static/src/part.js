// Forms beside something that is not to be fetched again, such as what was revealed for a reason: the answer takes the place of the part
// of the page that data-part names, and the rest stays. Such a form works as it is, and so does every answer that has no such part.

import { announce } from './announce.js';
import { readPage } from './answer.js';
import { wake } from './live.js';

const asPart = { 'Desk-Part': 'true', Accept: 'text/html' };

const refuses = 422;

// partOf is what an answer brings for the part; null where it brings something else.
async function partOf(answer, id) {
  if (!answer.ok && answer.status !== refuses) return null;
  return (await readPage(answer)).getElementById(id);
}

function put(next, id) {
  document.getElementById(id).replaceWith(next);
  wake(next);
  (next.querySelector('[data-focus], [autofocus]') ?? next.querySelector('input:not([type=hidden]), select'))?.focus();
}

// send submits a form and stays on the page. Where that does not do, the browser sends it: the desk takes the same act twice for one.
async function send(form, submitter) {
  form.dataset.sent = 'true';
  try {
    const answer = await fetch(form.action, { method: 'POST', headers: asPart, body: new URLSearchParams(new FormData(form, submitter)) });
    const onward = answer.headers.get('Location');
    if (onward) return location.assign(onward);
    const next = await partOf(answer, form.dataset.part);
    if (next) return put(next, form.dataset.part);
    form.dataset.sent = 'whole';
    return form.requestSubmit(submitter);
  } catch {
    delete form.dataset.sent;
    return announce('The desk does not answer. Nothing may have been done: try again, or look at the case.', { seen: true });
  }
}

export function keepBeside() {
  addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent)); // back again
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.dataset.part || form.dataset.sent === 'whole') return;
    event.preventDefault();
    if (!form.dataset.sent) send(form, event.submitter); // else a second click
  });
}
