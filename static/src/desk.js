// What the pages gain from a script: the theme, the look-up shortcut, tables that renew themselves, copy buttons. Every page
// works without it. Loaded in the head, before anything is painted, so that a chosen theme never flashes.

const root = document.documentElement;
root.classList.add('js');

// Theme: light, dark, or like the system where nothing is stored.

const themeKey = 'desk-theme';

function storedTheme() {
  try {
    return localStorage.getItem(themeKey) ?? 'auto';
  } catch {
    return 'auto'; // storage is switched off
  }
}

function applyTheme(theme) {
  if (theme === 'light' || theme === 'dark') root.dataset.bsTheme = theme;
  else delete root.dataset.bsTheme;
}

function chooseTheme(theme) {
  applyTheme(theme);
  try {
    if (theme === 'auto') localStorage.removeItem(themeKey);
    else localStorage.setItem(themeKey, theme);
  } catch {
    // It holds for this page alone.
  }
}

applyTheme(storedTheme());
addEventListener('storage', (event) => {
  if (event.key === themeKey) applyTheme(storedTheme());
});

// Live regions: an element with data-live asks for itself again, while the page is visible and nobody works in it.

const pollEvery = 5000;

function busy(region) {
  const active = document.activeElement;
  if (active && region.contains(active) && active.matches('input, select, textarea')) return true;
  if (region.querySelector('details[data-hold][open]')) return true;
  const selection = getSelection();
  return Boolean(selection && !selection.isCollapsed && region.contains(selection.anchorNode));
}

function poll() {
  if (document.visibilityState !== 'visible') return;
  for (const region of document.querySelectorAll('[data-live]')) {
    if (!busy(region)) region.dispatchEvent(new CustomEvent('desk:poll'));
  }
}

function announce(text) {
  const announcer = document.getElementById('announcer');
  if (announcer && text) announcer.textContent = text;
}

// stale marks a region that could not be renewed, so that nobody takes old rows for new ones.
function stale(region, isStale) {
  region.classList.toggle('is-stale', isStale);
  const state = region.querySelector('[data-live-state]');
  if (state) state.textContent = isStale ? 'not renewed since' : 'as of';
}

let announced = null;

function watchLiveRegions() {
  setInterval(poll, pollEvery);
  document.addEventListener('visibilitychange', poll);
  document.body.addEventListener('htmx:beforeSwap', (event) => {
    const region = event.detail.target;
    if (!region.hasAttribute('data-live')) return;
    const answer = event.detail.xhr;
    if (new URL(answer.responseURL).pathname === '/login') { // the session has ended
      event.detail.shouldSwap = false;
      location.reload();
      return;
    }
    if (busy(region)) event.detail.shouldSwap = false; // somebody began to work while we asked
    announced = region.dataset.announce ?? null;
  });
  document.body.addEventListener('htmx:afterSettle', (event) => {
    const text = event.detail.elt?.dataset?.announce ?? document.getElementById(event.detail.target?.id)?.dataset.announce;
    if (announced !== null && text && text !== announced) announce(text);
    announced = null;
    wake(document);
  });
  for (const failure of ['htmx:sendError', 'htmx:responseError', 'htmx:timeout']) {
    document.body.addEventListener(failure, (event) => stale(event.detail.elt, true));
  }
}

// wake gives life to what a swap or the first load has brought.
function wake(within) {
  for (const button of within.querySelectorAll('[data-enable-after]')) {
    const after = Number(button.dataset.enableAfter);
    delete button.dataset.enableAfter;
    setTimeout(() => { button.disabled = false; }, after);
  }
}

// Keys: "/" to look up, "j" and "k" to walk through a table, Escape to close a menu.

function typing(target) {
  return target.matches?.('input, select, textarea, [contenteditable]');
}

function walk(step) {
  const rows = [...document.querySelectorAll('main a[data-row]')];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[next].focus();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (menu !== except) menu.open = false;
  }
}

function onKey(event) {
  if (event.key === 'Escape') {
    const menu = document.activeElement?.closest?.('details[open]');
    if (menu) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === '/') {
    const box = document.getElementById('lookup-q');
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === 'j') {
    walk(1);
  } else if (event.key === 'k') {
    walk(-1);
  }
}

// Copy buttons.

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add('is-copied');
    announce('Copied');
    setTimeout(() => button.classList.remove('is-copied'), 1500);
  } catch {
    const range = document.createRange(); // no clipboard here: mark it, so that the keyboard can copy it
    range.selectNodeContents(button.previousElementSibling);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    announce('Marked: copy it with the keyboard');
  }
}

document.addEventListener('keydown', onKey);
document.addEventListener('click', (event) => {
  closeMenus(event.target.closest?.('details[data-menu]'));
  const button = event.target.closest?.('button[data-copy]');
  if (button) copy(button);
});
document.addEventListener('DOMContentLoaded', () => {
  const select = document.querySelector('[data-theme-select]');
  if (select) {
    select.value = storedTheme();
    select.addEventListener('change', () => chooseTheme(select.value));
  }
  document.querySelector('[data-focus]')?.focus();
  watchLiveRegions();
  wake(document);
});
