// What a script has to say: to a screen reader always, to everybody where it is the answer to a key or a click.

const shownFor = 6000;
let hide = 0;

export function announce(text, { seen = false } = {}) {
  const announcer = document.getElementById('announcer');
  if (!announcer || !text) return;
  announcer.textContent = text;
  announcer.classList.toggle('said', seen);
  announcer.classList.toggle('visually-hidden', !seen);
  clearTimeout(hide);
  hide = setTimeout(() => {
    announcer.classList.remove('said');
    announcer.classList.add('visually-hidden');
    announcer.textContent = '';
  }, shownFor);
}
