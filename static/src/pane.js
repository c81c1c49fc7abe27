// A case beside the list that it was opened from. Links and forms work as they are; the script asks for the case's part alone, puts
// it in place and keeps the address up to date, so that the list stays where it is. No page is kept in the browser: going back asks
// the desk again.

import { announce } from './announce.js';
import { readPage } from './answer.js';
import { focusHeading } from './focus.js';
import { press } from './keys.js';
import { isFresh, renew, wake } from './live.js';

const asPane = { 'Desk-Pane': 'true', Accept: 'text/html' };
let asking = null; // what is asked for now; a newer wish ends it
let listShown = '';
let shownAt = ''; // the address that the page shows
let listScroll = 0;

const split = () => document.getElementById('split');
const pane = () => document.getElementById('pane');
const caseIn = () => pane()?.querySelector('[data-case]')?.dataset.case ?? '';
const rowLinks = () => [...document.querySelectorAll('#rows td:first-child a')];
const idOf = (row) => new URL(row.href).searchParams.get('case');
const rowOf = (id) => (id ? rowLinks().find((row) => idOf(row) === id) : undefined);
const list = () => document.getElementById('list');
const beside = () => getComputedStyle(list()).display !== 'none';
const leads = '#rows td:first-child a, a[data-pane]'; // links that the pane can follow

const here = () => location.pathname + location.search;

// listOf is an address without the case that is open: what the list beside it shows.
function listOf(address) {
  const query = new URL(address, location.href).searchParams;
  for (const name of ['case', 'next', 'shown']) query.delete(name);
  query.sort();
  return query.toString();
}

// fetchPart asks for a part of the queue's page; null where a newer wish came in between.
async function fetchPart(address, options = {}) {
  asking?.abort();
  asking = new AbortController();
  try {
    return await fetch(address, { ...options, headers: { ...asPane, ...options.headers }, signal: asking.signal });
  } catch (failure) {
    if (failure.name === 'AbortError') return null;
    throw failure;
  }
}

// show puts an answer into the pane.
async function show(answer, { push, focus }) {
  const at = new URL(answer.url);
  const doc = await readPage(answer);
  if (at.pathname === '/login') return location.reload(); // the session has ended
  const before = caseIn();
  const held = document.activeElement?.id;
  if (!replace(doc)) return refuse(doc);
  const now = caseIn();
  if (push && at.href !== location.href) history.pushState(null, '', at.pathname + at.search);
  shownAt = here();
  mark(before, now);
  if (at.pathname === location.pathname && listOf(at) !== listShown) {
    listShown = listOf(at);
    freshRows();
  }
  place(before, now, held, focus);
  return announce(pane().querySelector('[data-testid="notice"]')?.textContent.trim());
}

// replace swaps the parts that depend on the open case.
function replace(doc) {
  const next = doc.getElementById('pane');
  if (!next) return false;
  const head = doc.getElementById('queue-head');
  if (head) document.getElementById('queue-head')?.replaceWith(head);
  if (!split().classList.contains('is-open')) listScroll = scrollY;
  pane().replaceWith(next);
  split().classList.toggle('is-open', Boolean(caseIn()));
  if (doc.title) document.title = doc.title;
  htmx.process(next);
  wake(next);
  for (const region of next.querySelectorAll('[data-live]')) isFresh(region);
  return true;
}

// refuse says why the desk answers with something else than a case, such as that there is none.
function refuse(doc) {
  const text = doc.querySelector('.trouble-text')?.textContent.trim();
  if (!text) return location.reload();
  renew();
  return announce(text, { seen: true });
}

// mark tells which row's case is open.
function mark(before, now) {
  rowOf(before)?.removeAttribute('aria-current');
  rowOf(now)?.setAttribute('aria-current', 'true');
}

// place leads focus and view to where the reader goes on.
function place(before, now, held, focus) {
  const wrong = pane().querySelector('[data-focus]'); // what was typed was refused
  if (wrong) return wrong.focus();
  const row = rowOf(now || before);
  if (!now) {
    scrollTo(0, listScroll);
    row?.focus({ preventScroll: true });
  } else if (before !== now) {
    scrollTo(0, 0);
    if (focus || !beside() || document.activeElement === document.body) focusHeading(pane());
  } else if (document.activeElement === document.body) {
    const same = held ? document.getElementById(held) : null;
    const sent = same?.matches('textarea, input, select'); // what was typed there is done: keys are keys again
    if (same && !same.disabled && !sent) same.focus({ preventScroll: true });
    else focusHeading(pane());
  }
  if (row && row !== document.activeElement) row.scrollIntoView({ block: 'nearest' });
}

// go opens an address of the queue in the pane; where that does not work, as a page.
async function go(address, { push = true, focus = false } = {}) {
  let answer;
  try {
    answer = await fetchPart(address);
  } catch {
    return location.assign(address);
  }
  return answer && show(answer, { push, focus });
}

// send submits a form of the pane.
async function send(form, submitter) {
  if (form.dataset.sent) return; // a second click
  form.dataset.sent = 'true';
  let answer;
  try {
    answer = await fetchPart(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form, submitter)) });
  } catch {
    announce('The desk does not answer. Nothing may have been done: look at the case again.', { seen: true });
  }
  delete form.dataset.sent;
  if (answer) await show(answer, { push: answer.redirected, focus: true });
  renew();
}

// freshRows asks for the list as it is now, with what is new in it.
function freshRows() {
  const rows = document.getElementById('rows');
  if (!rows) return;
  rows.dataset.fresh = 'true';
  renew([rows]);
}

// act does to a row's case, which is not open, what a key says.
export function act(key, row) {
  if (!split() || !row?.matches(leads)) return false;
  const id = idOf(row);
  if (key === 's' || key === 'm') go(row.href, { focus: true }).then(() => press(key));
  else post(row, id, key === 'c' ? 'claim' : 'recheck');
  return true;
}

async function post(row, id, what) {
  const name = row.textContent.trim();
  try {
    const body = new URLSearchParams({ expected: '' });
    const answer = await fetch(`/identities/${encodeURIComponent(id)}/${what}`, { method: 'POST', headers: { Accept: 'application/json' }, body });
    if (answer.status === 401) return location.reload();
    const said = await answer.json();
    const done = what === 'claim' ? `${name} is yours.` : `Paxos is being asked about ${name}.`;
    announce(answer.ok ? done : said.error.text, { seen: true });
  } catch {
    announce('The desk does not answer. Try again.', { seen: true });
  }
  return renew();
}

function onClick(event) {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const byKey = event.detail === 0;
  if (event.target.closest('a[data-fresh]')) {
    event.preventDefault();
    freshRows();
    return;
  }
  let link = event.target.closest(leads);
  if (!link && !event.target.closest('a, button, summary, input, select, label') && getSelection().isCollapsed) {
    link = event.target.closest('#rows tbody tr')?.querySelector(leads); // the whole row leads to its case
  }
  if (!link) return;
  event.preventDefault();
  go(link.href, { focus: byKey });
}

// ask adds to the rows' own question which rows they are, so that they keep their places.
function ask(event) {
  const rows = event.detail.elt;
  if (rows.id !== 'rows' || !split()) return;
  if (location.pathname === '/queue') event.detail.path = here(); // a form that was refused as a page has left its own address
  if (rows.dataset.fresh) return;
  const ids = rowLinks().map(idOf);
  if (ids.length > 0) event.detail.parameters.shown = ids.join(',');
}

export function openBeside() {
  if (!split()) return;
  listShown = listOf(location.href);
  shownAt = here();
  document.addEventListener('click', onClick);
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post' || form.enctype !== 'application/x-www-form-urlencoded' || !form.closest('#pane')) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  document.body.addEventListener('htmx:configRequest', ask);
  addEventListener('popstate', () => { // a link to a place of the page itself moves nothing
    if (here() !== shownAt) go(location.href, { push: false, focus: true });
  });
}
