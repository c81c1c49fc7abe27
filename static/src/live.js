// Live regions: an element with data-live asks for itself again when the desk says that something has changed, while the page can
// be seen and nobody works in it. Where no stream of news can be had, it asks every few seconds.
//
// data-live="cases" shows cases: with a stream it asks by itself only now and then, since ages grow.
// data-live="still" asks only upon news. data-case="ID" cares for that case's news alone.
// data-live="slow" is no part of the page's matter: it asks by itself now and then, and opens no stream.

import { announce } from './announce.js';
import { hold } from './focus.js';
import { keepShort } from './reveal.js';

const every = 5000; // milliseconds between two questions without a stream
const everyWithStream = 60000;
const gather = 60; // news often comes in bursts
const pause = 500; // between two questions of one region
const comeBack = 30000; // after a stream was refused

const asked = new Map(); // region's id → when it was asked for last
const wanted = new Set(); // ids of regions that something has happened to
const underWay = new Set(); // ids of regions whose answer is awaited: it may have been written before the latest news
let stream = null;
let streaming = false;
let pressing = false;
let timer = 0;

const visible = () => document.visibilityState === 'visible';
const regions = () => [...document.querySelectorAll('[data-live]')];
const isSlow = ({ dataset }) => dataset.live === 'slow';

// busy tells that a region must stay as it is: somebody types, chooses, marks or clicks in it.
function busy(region) {
  if (pressing) return true;
  const active = document.activeElement;
  if (active && region.contains(active) && active.matches('input, select, textarea')) return true;
  if (region.querySelector('details[data-hold][open], form[data-hold]')) return true;
  if ([...region.querySelectorAll('textarea')].some((field) => field.value !== field.defaultValue)) return true;
  const selection = getSelection();
  return Boolean(selection && !selection.isCollapsed && region.contains(selection.anchorNode));
}

// renew asks for regions again, as soon as nobody works in them.
export function renew(which = regions()) {
  for (const region of which) wanted.add(region.id);
  plan(gather);
}

// isFresh notes that a region has just come from the desk.
export function isFresh(region) {
  asked.set(region.id, Date.now());
  wanted.delete(region.id);
}

function plan(within) {
  if (!timer) timer = setTimeout(ask, within);
}

function ask() {
  timer = 0;
  if (!visible()) return;
  const now = Date.now();
  for (const region of regions().filter(({ id }) => wanted.has(id))) {
    if (busy(region) || underWay.has(region.id) || now - (asked.get(region.id) ?? 0) < pause) continue;
    region.dispatchEvent(new CustomEvent('desk:poll'));
    if (underWay.has(region.id)) isFresh(region); // what a swap has brought hears nothing until htmx has seen it, a moment later
  }
  for (const id of wanted) if (!document.getElementById(id)) wanted.delete(id);
  if (wanted.size > 0) plan(pause / 2);
}

// tick asks for what has not been asked for in its time.
function tick() {
  if (!visible()) return;
  const now = Date.now();
  renew(regions().filter((region) => {
    const { live } = region.dataset;
    if (live === 'still') return false;
    if (!asked.has(region.id)) asked.set(region.id, now);
    return now - asked.get(region.id) >= (isSlow(region) || (streaming && live === 'cases') ? everyWithStream : every);
  }));
}

function news({ ids, many }) {
  renew(regions().filter((region) => !isSlow(region) && (many || !region.dataset.case || ids.includes(region.dataset.case))));
}

// connect opens the one stream of this page. A browser allows a server few connections, so that hidden pages have none.
function connect() {
  if (stream || !visible() || regions().every(isSlow)) return;
  const since = encodeURIComponent(document.body.dataset.since ?? '');
  stream = new EventSource(`/live?since=${since}`);
  stream.addEventListener('open', () => { streaming = true; });
  stream.addEventListener('changed', (event) => {
    document.body.dataset.since = event.lastEventId; // for the next stream
    news(JSON.parse(event.data));
  });
  stream.addEventListener('error', () => {
    streaming = false;
    if (stream?.readyState !== EventSource.CLOSED) return; // it comes back by itself
    stream = null;
    setTimeout(connect, comeBack);
  });
}

function disconnect() {
  stream?.close();
  stream = null;
  streaming = false;
}

// sent notes that a region's answer is awaited, until it has come, or failed to.
function sent({ detail: { xhr, requestConfig: { elt } } }) {
  if (!elt.hasAttribute('data-live')) return;
  underWay.add(elt.id);
  xhr.addEventListener('loadend', () => underWay.delete(elt.id));
}

// stale marks a region that could not be renewed, so that nobody takes old rows for new ones.
function stale(region, isStale) {
  region.classList.toggle('is-stale', isStale);
  const state = region.querySelector('[data-live-state]');
  if (state) state.textContent = isStale ? 'not renewed since' : 'as of';
}

const swapping = new Map(); // region's id → what to do once the new one is in its place

function beforeSwap(event) {
  const region = event.detail.target;
  if (!region.hasAttribute('data-live')) return;
  const answer = event.detail.xhr;
  if (new URL(answer.responseURL).pathname === '/login') { // the session has ended
    event.detail.shouldSwap = false;
    location.reload();
    return;
  }
  if (busy(region)) { // somebody began to work while we asked
    event.detail.shouldSwap = false;
    wanted.add(region.id);
    plan(pause);
    return;
  }
  const putBack = hold(region);
  const { announce: before } = region.dataset;
  swapping.set(region.id, (next) => {
    if (next.dataset.announce !== before) announce(next.dataset.announce);
    putBack(next);
  });
}

// afterSwap runs at once behind the swap: no key may find the focus gone.
function afterSwap(event) {
  const id = event.detail.target?.id;
  const region = document.getElementById(id);
  if (region) swapping.get(id)?.(region);
  swapping.delete(id);
  wake(document);
  ring();
}

let rung = '';

// ring says that somebody has mentioned the reader, whichever region has brought the news.
function ring() {
  const { announce: now = '' } = document.getElementById('bell')?.dataset ?? {};
  if (now !== rung) announce(now);
  rung = now;
}

// wake gives life to what a swap or the first load has brought.
export function wake(within) {
  for (const button of within.querySelectorAll('[data-enable-after]')) {
    const after = Number(button.dataset.enableAfter);
    delete button.dataset.enableAfter;
    setTimeout(() => { button.disabled = false; }, after);
  }
  keepShort(within);
}

export function watch() {
  wake(document);
  rung = document.getElementById('bell')?.dataset.announce ?? '';
  setInterval(tick, 1000);
  connect();
  document.addEventListener('visibilitychange', () => {
    if (!visible()) return disconnect();
    renew();
    return connect();
  });
  addEventListener('pagehide', disconnect);
  addEventListener('pageshow', connect);
  addEventListener('pointerdown', () => { pressing = true; }, true);
  for (const end of ['pointerup', 'pointercancel', 'blur']) addEventListener(end, () => { pressing = false; }, true);
  document.body.addEventListener('htmx:beforeSend', sent);
  document.body.addEventListener('htmx:beforeSwap', beforeSwap);
  document.body.addEventListener('htmx:afterSwap', afterSwap);
  for (const failure of ['htmx:sendError', 'htmx:responseError', 'htmx:timeout']) {
    document.body.addEventListener(failure, (event) => stale(event.detail.elt, true));
  }
}
