// Personal data that was revealed is gone after its time, when somebody leaves the page, when the page is out of sight for a while,
// or at a click. It is taken out of the document, so that no way back brings it again.

import { announce } from './announce.js';

const unseen = 30000; // milliseconds out of sight
const shown = new Map(); // part → when it must be gone
const patient = new Set(); // parts that people fill in: they may look elsewhere meanwhile
let sight = 0;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

function wipe(part, why) {
  shown.delete(part);
  patient.delete(part);
  const held = part.contains(document.activeElement);
  const words = document.createElement('p');
  words.className = 'card-text quiet';
  words.dataset.testid = 'hidden';
  words.textContent = why;
  part.replaceChildren(words);
  part.removeAttribute('aria-labelledby');
  part.ariaLabel = 'Personal data';
  if (!held || !part.isConnected) return;
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
}

function wipeAll(why) {
  for (const part of [...shown.keys()]) wipe(part, why);
}

function wipeUnseen(why) {
  for (const part of [...shown.keys()]) if (!patient.has(part)) wipe(part, why);
}

function tick() {
  for (const [part, end] of [...shown]) {
    const seconds = Math.ceil((end - Date.now()) / 1000);
    if (!part.isConnected) {
      wipe(part, '');
    } else if (seconds > 0) {
      const left = part.querySelector('[data-left]');
      if (left) left.textContent = clock(seconds);
    } else {
      const why = 'The time is over: the personal data is gone from this page.';
      wipe(part, why);
      announce(why);
    }
  }
}

// keepShort begins to count for what a page or an answer has brought.
export function keepShort(within) {
  for (const part of within.querySelectorAll('[data-revealed]')) {
    shown.set(part, Date.now() + Number(part.dataset.revealed) * 1000);
    delete part.dataset.revealed;
    if ('patient' in part.dataset) patient.add(part);
    part.querySelector('[data-hide]').addEventListener('click', (event) => {
      event.preventDefault();
      wipe(part, 'Hidden. To see it again, give a reason again.');
    });
    // To load the page again must not send the form again.
    if (/\/(reveal|draft|compare|correct|kyc-refresh)$/.test(location.pathname)) history.replaceState(null, '', part.dataset.home);
  }
  tick();
}

export function guardReveals() {
  setInterval(tick, 1000);
  addEventListener('pagehide', () => wipeAll('Hidden, since the page was left.'));
  addEventListener('freeze', () => wipeAll('Hidden, since the page was out of sight.'));
  addEventListener('pageshow', tick);
  document.addEventListener('visibilitychange', () => {
    clearTimeout(sight);
    if (document.visibilityState === 'hidden') sight = setTimeout(wipeUnseen, unseen, 'Hidden, since the page was out of sight.');
    tick();
  });
}
