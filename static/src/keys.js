// Keys of one letter. They do nothing while somebody types, with a modifier, or for whoever has switched them off; every one of
// them has a link or a button that does the same.

const sequenceWithin = 1500; // milliseconds from "g" to the letter that says where to
let going = 0;

const off = () => document.body.dataset.keys === 'off';

function typing(target) {
  return target.matches?.('input, select, textarea, [contenteditable]');
}

const shown = (element) => element.offsetParent !== null;
const rows = () => [...document.querySelectorAll('.queue td:first-child a, .identities td:first-child a, table a.ref[id]')].filter(shown);

// rowAt is the row that the keys speak of: the one with the focus, else the one whose case is open.
export function rowAt() {
  const all = rows();
  return all.find((row) => row === document.activeElement || row.closest('tr').contains(document.activeElement))
    ?? all.find((row) => row.hasAttribute('aria-current'));
}

function walk(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(rowAt());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next].focus();
}

function lookUp() {
  const box = document.getElementById('lookup-q');
  box?.focus();
  box?.select();
  return Boolean(box);
}

// press does what an element with a key is for.
export function press(key) {
  const element = [...document.querySelectorAll(`[data-key="${key}"]`)].find(shown);
  if (!element) return false;
  if (element.matches('textarea, input')) {
    element.focus();
  } else if (element.matches('summary')) {
    element.parentElement.open = true;
    (element.parentElement.querySelector('input:not([type=hidden]), select, textarea, button') ?? element).focus();
  } else {
    element.click();
  }
  return true;
}

function go(key) {
  const link = document.querySelector(`a[data-go="${key}"]`);
  link?.click();
  return Boolean(link);
}

function explain() {
  const dialog = document.getElementById('keys');
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

// closeMenu closes the menu with the focus.
function closeMenu() {
  const menu = document.activeElement?.closest?.('details[open]');
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (menu !== except) menu.open = false;
  }
}

// answer does what a key is for; true says that it did something.
function answer(key, acts) {
  if (Date.now() - going < sequenceWithin) {
    going = 0;
    if (go(key)) return true;
  }
  switch (key) {
    case 'g': going = Date.now(); return true;
    case 'j': walk(1); return true;
    case 'k': walk(-1); return true;
    case '/': return lookUp();
    case '?': return explain();
    case 'n': case 'v': return press(key);
    case 'c': case 'r': case 's': case 'm':
      return press(key) || acts(key, rowAt());
    default: return false;
  }
}

// sends submits what somebody has written, by the two keys that every text box of the kind knows.
function sends(event) {
  return event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches?.('textarea') && !event.isComposing && event.target.form;
}

// listen takes what a key does to a row whose case is not open.
export function listen(acts) {
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      closeMenu();
      return;
    }
    if (sends(event)) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (off() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229) return;
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    if (event.repeat && event.key !== 'j' && event.key !== 'k') return;
    if (answer(event.key, acts)) event.preventDefault();
  });
  document.addEventListener('click', (event) => {
    closeMenus(event.target.closest?.('details[data-menu]'));
    if (event.target.closest?.('[data-explains-keys]')) explain();
  });
}
